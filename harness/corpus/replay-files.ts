/**
 * Replays many case files on workers, in portions, and hands over what became of each in the order of the files.
 *
 * Owns the order and the size of portions. A portion whose worker dies, or in which a guard strikes, is gone through case by case, so
 * that each is judged as it is alone. Invariant: what comes out depends neither on the number of workers nor on portions.
 */
import { HarnessError, InputError, Interrupted } from '../model/failure.ts';
import { readInputText } from '../model/files.ts';
import type { SettingsKind } from '../model/settings.ts';
import type { FileReply, NamedText, Refusal, Workers } from '../worker/protocol.ts';
import { openText } from '../worker/replay-files.ts';
import type { NamedFinding, Replay } from './replay.ts';
import { CannotRun, nameFindings, replay } from './replay.ts';

/** How files are replayed. */
export interface ReplayWish {
  /** With the checks that each case is about, not with every one. */
  readonly own: boolean;
  /** Of the back end. */
  readonly settings: SettingsKind;
}

/** What became of a file. */
export type FileReplay =
  | Refusal
  | {
      readonly kind: 'replayed';
      readonly replayed: Replay;
      readonly named: readonly NamedFinding[];
      readonly profile: string;
      readonly bucket: string | null;
      readonly checks: readonly string[];
    };

type Replayed = Extract<FileReply, { kind: 'replayed' }>;

/** Cases in a portion, at most: with every check each takes ten times as long. */
const MOST_OWN = 16;
const MOST_EVERY = 4;

/** Portions for each worker, at least: the last ones end together. */
const LEAST_PORTIONS = 4;

/** Replays `files`; `done` gets each in order, as soon as those before it are through. */
export async function replayAll(
  workers: Workers,
  files: readonly string[],
  wish: ReplayWish,
  done: (file: string, what: FileReplay) => void,
): Promise<void> {
  const size = portionSize(files.length, workers.size, wish.own);
  const waiting = new Map<number, FileReplay>();
  let shown = 0;
  let next = 0;
  const take = (n: number, what: FileReplay): void => {
    waiting.set(n, what);
    for (let ready = waiting.get(shown); ready !== undefined; ready = waiting.get(shown)) {
      waiting.delete(shown);
      done(files[shown++]!, ready);
    }
  };
  const work = async (): Promise<void> => {
    while (next < files.length) {
      const first = next;
      next = Math.min(first + size, files.length);
      const results = await replayPortion(workers, files.slice(first, next), wish);
      results.forEach((what, n) => take(first + n, what));
    }
  };
  await Promise.all(Array.from({ length: workers.size }, work));
}

function portionSize(files: number, workers: number, own: boolean): number {
  const most = own ? MOST_OWN : MOST_EVERY;
  return Math.max(1, Math.min(most, Math.ceil(files / (workers * LEAST_PORTIONS))));
}

async function replayPortion(workers: Workers, files: readonly string[], wish: ReplayWish): Promise<FileReplay[]> {
  const read = files.map(readText);
  const texts = read.filter((one): one is NamedText => !('kind' in one));
  const outcome = await workers.run<'replay'>({ kind: 'replay', files: texts, own: wish.own });
  if (outcome.kind === 'stopped') throw new Interrupted('the worker was stopped');
  if (outcome.kind === 'failed') throw new HarnessError(outcome.message);
  const replies = outcome.kind === 'done' ? outcome.reply.files : [];
  const results: FileReplay[] = [];
  let at = 0;
  for (const one of read) {
    if ('kind' in one) {
      results.push(one);
      continue;
    }
    const reply = replies[at++] ?? (await replayAlone(workers, one, wish));
    results.push(reply.kind === 'replayed' ? await named(workers, one, reply, wish) : reply);
  }
  return results;
}

function readText(name: string): NamedText | Refusal {
  try {
    return { name, text: readInputText(name) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { kind: 'unreadable', message: error.message };
  }
}

/** What became of a case whose portion did not come to its end. */
async function replayAlone(workers: Workers, file: NamedText, { own, settings }: ReplayWish): Promise<FileReply> {
  const stored = openText(file, settings);
  if ('kind' in stored) return stored;
  try {
    const { seed, findings, verdict, tally, original } = await replay(workers, { from: 'text', text: file.text }, own);
    const { case: case_, bucket, checks = [] } = stored;
    const { profile } = case_;
    return { kind: 'replayed', seed, findings, verdict, tally, original, profile, bucket, checks };
  } catch (error) {
    if (!(error instanceof CannotRun)) throw error;
    return { kind: 'unable', message: `${file.name}: ${error.message}` };
  }
}

/** With the names of its findings: by their causes where the case is minimised, which its bucket says. */
async function named(workers: Workers, file: NamedText, reply: Replayed, { settings }: ReplayWish): Promise<FileReplay> {
  const { profile, bucket, checks, kind, ...replayed } = reply;
  const stored = replayed.findings.length === 0 || bucket === null ? null : openText(file, settings);
  const minimised = stored === null || 'kind' in stored ? null : stored.case.unit;
  const findings = await nameFindings(workers, { from: 'text', text: file.text }, replayed, minimised);
  return { kind, replayed, named: findings, profile, bucket, checks };
}
