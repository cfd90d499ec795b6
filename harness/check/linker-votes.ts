/**
 * The votes of linkers on one link, and whom they accuse.
 *
 * Linkers are families (LLD of any version is one), and families vote, each by the newest of its versions; what older ones have alone is
 * fixed, and only counted. A family that is wrong is accused, unless more families are wrong in the same way than are right: then
 * what wrote the objects is.
 */
import type { LinkAnswer, LinkerFamily } from '../linker/foreign-linker.ts';
import type { Finding, FindingKind } from '../model/finding.ts';
import { messageClass } from '../model/message-class.ts';
import type { BuildResult } from '../way/build-result.ts';
import type { CaseContext } from './context.ts';

const name = 'linkers';

/** What is wrong with what a linker made. */
export interface Fault {
  readonly kind: FindingKind;
  readonly op: string;
  readonly detail: string;
}

/** What one linker came to; no fault: it is right. */
export interface Vote {
  readonly linker: string;
  readonly family: LinkerFamily;
  readonly fault: Fault | null;
}

type FaultyVote = Vote & { readonly fault: Fault };

/** What a link came to, as a linker's answer. */
export function answerOf(result: BuildResult): LinkAnswer {
  switch (result.kind) {
    case 'built':
      return { kind: 'module', bytes: result.bytes };
    case 'unsupported':
      return { kind: 'unsupported', what: result.what };
    case 'refused':
      return { kind: 'refused', text: result.text };
    case 'crashed':
    case 'hung':
      return { kind: 'crashed', text: result.text };
  }
}

/** The fault of a linker that broke. */
export function faultOfCrash(text: string): Fault {
  return { kind: 'crash', op: 'crash', detail: text };
}

/** The fault of a linker that refuses what it has to take. */
export function faultOfRefusal(text: string): Fault {
  return { kind: 'link-error', op: messageClass(firstError(text)), detail: text };
}

/** The line of a linker's messages that says what is wrong. */
function firstError(text: string): string {
  const line = text.split('\n').find((one) => /\berror: /.test(one)) ?? text;
  return line.replace(/^.*?\berror: /, '').replace(/[\w./-]+\.(?:o|a)(?:\([^)]*\))?: /g, '');
}

/** Votes of families: each speaks by its newest version. What an older one alone has is fixed, and counted in `context`. */
export function accuse(all: readonly Vote[], context: CaseContext): readonly Finding[] {
  const newest = new Map<string, Vote>();
  for (const vote of all) {
    const known = newest.get(vote.family);
    if (known === undefined || isNewer(vote.linker, known.linker)) newest.set(vote.family, vote);
  }
  const votes = [...newest.values()];
  for (const { linker, family, fault } of all) {
    const { linker: latest, fault: own } = newest.get(family)!;
    if (fault !== null && own === null) context.incomparable(`${linker}:fixed in ${latest}: ${fault.op}`);
  }
  const right = votes.filter(({ fault }) => fault === null);
  const wrong = votes.filter((vote): vote is FaultyVote => vote.fault !== null);
  const believed = right.map(({ linker }) => linker).join(', ');
  return wrong.flatMap(({ linker, family, fault }) => {
    const alike = wrong.filter((vote) => vote.fault.kind === fault.kind && vote.fault.op === fault.op);
    if (alike.length <= right.length) {
      const older = all.filter((vote) => vote.family === family && vote.fault !== null).map((vote) => vote.linker);
      return [findingOf(family, fault, `${older.join(', ')}, and not ${believed}`)];
    }
    if (alike[0]!.linker !== linker) return [];
    const who = alike.map((vote) => vote.linker).join(', ');
    const detail = `${who}${believed === '' ? '' : `, and not ${believed}`}: ${fault.detail}`;
    return [{ check: name, stage: 'object-writer', kind: fault.kind, op: `linkers-${fault.op}`, detail }];
  });
}

/** Whether the version at the end of the name `a` is above that of `b`. */
function isNewer(a: string, b: string): boolean {
  const [first, second] = [a, b].map((text) => (/[\d.]+$/.exec(text)?.[0] ?? '').split('.').map(Number));
  const at = first!.findIndex((number, n) => number !== (second![n] ?? 0));
  return at >= 0 && first![at]! > (second![at] ?? 0);
}

function findingOf(family: LinkerFamily, { kind, op, detail }: Fault, who: string): Finding {
  const stage = family === 'ours' ? 'linker' : 'foreign-linker';
  return { check: name, stage, kind, op: `${family}-${op}`, detail: `${who}: ${detail}` };
}
