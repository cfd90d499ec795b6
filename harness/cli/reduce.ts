/** `harness reduce`: makes a failing case smaller and keeps the bug. */
import { bucketId, familyOf, partsOfBucket } from '../check/bucket-id.ts';
import { checksFor } from '../check/own-checks.ts';
import { bucketOf, shownBucket } from '../model/finding.ts';
import { replay } from '../corpus/replay.ts';
import { join } from 'node:path';
import { readCaseFile, writeCaseFile } from '../case/case-file.ts';
import { HarnessError, InputError, Interrupted } from '../model/failure.ts';
import type { Replies, Workers } from '../worker/protocol.ts';
import { runNaming } from '../worker/run-naming.ts';
import { runReduction } from '../worker/run-reduction.ts';
import { writeWhole } from '../model/files.ts';
import { bucketSlug } from '../model/bucket-slug.ts';
import { plural } from '../report/text.ts';
import { rateText } from '../model/rate.ts';
import type { Finding } from '../model/finding.ts';
import type { BackendOptions } from './backend-options.ts';
import { BACKEND_OPTIONS, withBackend } from './backend-options.ts';
import { defineCommand } from './command.ts';
import type { ExitCode } from './exit-codes.ts';
import { EXIT } from './exit-codes.ts';
import { findCase } from './find-case.ts';
import { loadEngines } from '../engine/load-engines.ts';
import { loadBackend } from '../backend/load-backend.ts';
import { activeBugs, NO_KNOWN_OPTION } from './known-bugs.ts';
import { withWorker } from './one-worker.ts';
import { ENGINES_OPTION, readDuration, readText } from './option.ts';
import { selectChecks } from '../check/select-checks.ts';

interface ReduceOptions extends BackendOptions {
  readonly time: number | null;
  readonly out: string | null;
  readonly bucket: string | null;
  readonly checks: string | null;
  readonly engines: string;
  readonly known: boolean;
  readonly json: boolean;
}

/** Cases that a reduction may run that has no other limit. */
const MAX_RUNS = 100_000;

export const reduceCommand = defineCommand<ReduceOptions>({
  details:
    'Every candidate is run, and accepted only if it fails in the same way of the same cause. Those that fail otherwise are ' +
    'saved beside the result. The exit code is 1 if the case fails, and 0 if there is nothing to reduce.',
  args: [['<case>', 'a case file, a seed or a bucket']],
  options: {
    time: {
      flags: '--time <duration>',
      help: 'stop after this time and keep the smallest case so far: 60s, 5m',
      fallback: null,
      read: readDuration,
    },
    out: {
      flags: '-o, --out <file>',
      help: 'where to write the result (default: <case>.min.air)',
      fallback: null,
      read: readText,
    },
    bucket: {
      flags: '--bucket <id>',
      help: 'the bucket to keep, if the case fails in several',
      fallback: null,
      read: readText,
    },
    checks: {
      flags: '--checks <list>',
      help: '+lld,-wabt changes the selection of checks, a,b replaces it',
      fallback: null,
      read: readText,
    },
    ...BACKEND_OPTIONS,
    engines: ENGINES_OPTION,
    known: NO_KNOWN_OPTION,
    json: {
      flags: '--json',
      help: 'print one JSON object as the last line of stdout, everything else on stderr',
      fallback: false,
    },
  },
  async run([named], given, io) {
    const options = withBackend(given);
    const cwd = process.cwd();
    const backend = await loadBackend(options.backend);
    await loadEngines(options.engines);
    const found = findCase(named!, null, cwd, backend.settings);
    selectChecks(options.checks, 'default');
    const out =
      options.out ?? `${(found.file ?? found.name.replace(':', '-')).replace(/(\.min|\.original)?\.air$/, '')}.min.air`;
    // As in repro: a seed stands for a program that keeps away from the known bugs that are there.
    const { known: bugs, notes } = found.source.from === 'seed' ? await activeBugs(backend, options) : { notes: [] };
    for (const text of notes) io.note(text);
    const { known: _wish, json, ...others } = options;
    const nothing = (code: ExitCode): ExitCode => {
      if (json) io.json({ schema: 1, bucket: null });
      return code;
    };
    const setup = { ...others, profile: found.profile, onlyOps: null, ...(bugs !== undefined && { known: bugs }) };
    return withWorker(setup, async (workers) => {
      const first = await replay(workers, found.source);
      const finding = chooseFinding(first.findings, options.bucket, found.stored?.bucket ?? null);
      if (finding === null) {
        io.say(`${found.name} does not fail: nothing to reduce`);
        return nothing(first.verdict.kind === 'discarded' ? EXIT.unknown : EXIT.clean);
      }
      if (finding.check === 'expect') {
        io.say(
          `${found.name} fails only in what its file states, which holds for this program alone: nothing to reduce`,
        );
        return nothing(EXIT.finding);
      }
      const bucket = bucketOf(finding);
      const named = await runNaming(workers, { source: found.source, findings: [finding], minimised: false });
      const known = named?.causes[0] ?? null;
      const cause = known === null ? null : bucketId(known);
      io.note(`keeping ${cause ?? shownBucket(bucket)}, from ${first.original?.instructions ?? '?'} instructions`);
      const end = await runReduction(
        workers,
        { source: found.source, bucket, cause, maxRuns: MAX_RUNS, maxSeconds: options.time },
        join(workers.folder, 'reduce.journal'),
        {
          onStep: ({ pass, instructions, runs }) =>
            io.note(`  ${String(instructions).padStart(5)} instructions  ${pass}, run ${runs}`),
        },
      );
      if (end.kind === 'cut') {
        if (end.best !== null) {
          writeWhole(out, withBucket(end.best.text, cause ?? bucket, finding));
          io.say(`${end.best.instructions} instructions so far, written to ${out}`);
        }
        if (end.why === 'stopped') throw new Interrupted('interrupted');
        throw new HarnessError(`the case cannot be reduced: ${end.message}`);
      }
      const { reply, unjudged, rate } = end;
      if (unjudged > 0) {
        io.note(`${unjudged} candidates were not judged: their workers were ended from outside, again and again`);
      }
      if (reply.reduced === null) {
        const often = rate === null ? '' : ` (${rateText(rate)} runs)`;
        throw new HarnessError(`the case did not fail again: it cannot be reduced${often}`);
      }
      const { id, text } = await nameReduced(workers, reply.reduced, cause);
      writeWhole(out, text);
      for (const slip of reply.slips) {
        const slipped = slip.cause ?? shownBucket(slip.bucket);
        const file = out.replace(/(\.min)?\.air$/, `.slip-${bucketSlug(slipped)}.air`);
        writeWhole(file, slip.text);
        io.note(`another bucket on the way, ${slipped}: saved as ${file}`);
      }
      io.say(`${text.trimEnd()}\n`);
      io.say(`${id}: ${reply.reduced.instructions} instructions, written to ${out}`);
      io.say(
        reply.minimal
          ? `1-minimal: none of the ${reply.lastSweep} smaller candidates still fails (${plural(reply.runs, 'run')})`
          : `stopped after ${plural(reply.runs, 'run')}: it may get smaller still`,
      );
      if (rate !== null) io.say(`it does not fail each time: ${rateText(rate)} runs`);
      const { instructions } = reply.reduced;
      if (json) io.json({ schema: 1, bucket: id, instructions, minimal: reply.minimal, runs: reply.runs, file: out });
      return EXIT.finding;
    });
  },
});

/** The reduced case by its cause: the one that was kept, or what the small case tells. */
async function nameReduced(
  workers: Workers,
  { id, text, finding }: NonNullable<Replies['reduce']['reduced']>,
  kept: string | null,
): Promise<{ readonly id: string; readonly text: string }> {
  if (kept !== null) return { id, text };
  const source = { from: 'text', text } as const;
  const named = await runNaming(workers, { source, findings: [finding], minimised: true });
  const cause = named?.causes[0] ?? null;
  return named === null || cause === null ? { id, text } : { id: bucketId(cause), text: named.text };
}

/** A case file with its bucket in it. */
function withBucket(text: string, bucket: string, { check }: Finding): string {
  const read = readCaseFile(text, 'candidate');
  return read.ok ? writeCaseFile({ ...read.value, bucket, checks: checksFor(check) }) : text;
}

/** The finding to keep: of the bucket that was asked for, or of the one in the file, or the first. */
function chooseFinding(findings: readonly Finding[], asked: string | null, stored: string | null): Finding | null {
  if (asked !== null && findings.length > 0) {
    const chosen = findingIn(findings, asked);
    if (chosen !== undefined) return chosen;
    const buckets = findings.map((finding) => shownBucket(bucketOf(finding)));
    throw new InputError(`the case does not fail in ${asked}, but in ${buckets.join(', ')}`);
  }
  // What a file states of its program goes when the program changes: such a finding comes last.
  const first = findings.find(({ check }) => check !== 'expect') ?? findings[0] ?? null;
  return (stored === null ? undefined : findingIn(findings, stored)) ?? first;
}

/** The finding that the bucket `id` is about: the operation of an id is what was left of a smaller program. */
function findingIn(findings: readonly Finding[], id: string): Finding | undefined {
  const { stage, family, check, kind } = partsOfBucket(id);
  return findings.find((finding) => {
    if (check === null) return familyOf(finding) === family;
    return finding.stage === stage && finding.check === check && finding.kind === kind;
  });
}
