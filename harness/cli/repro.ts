/** `harness repro`: runs one case again and shows what differs and where. */
import { GENERATOR_VERSION } from '../../generators/index.ts';
import { printSeed } from '../model/case.ts';
import { bucketsOfReplay, nameFindings, replay, whyNothing } from '../corpus/replay.ts';
import type { Replay } from '../corpus/replay.ts';
import type { Backend } from '../backend/door.ts';
import { lldCheck } from '../check/lld.ts';
import { loadWabtValidator } from '../check/wabt.ts';
import type { Engine } from '../engine/door.ts';
import { loadEngines } from '../engine/load-engines.ts';
import { loadLlvm } from '../external/llvm.ts';
import { loadModuleText } from '../wasm/module-text.ts';
import { explain, LINK_CHECKS } from '../explain/explain.ts';
import type { Explanation } from '../explain/explanation.ts';
import { printExplanation } from '../explain/print.ts';
import type { Variation } from '../explain/variation.ts';
import { variationLines } from '../explain/vary-lines.ts';
import { makeSummary } from '../report/summary.ts';
import type { BackendOptions } from './backend-options.ts';
import { BACKEND_OPTIONS, withBackend } from './backend-options.ts';
import { defineCommand } from './command.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import type { FoundByName } from './find-case.ts';
import { findCase, generatorNote } from './find-case.ts';
import { loadBackend } from '../backend/load-backend.ts';
import { withWorker } from './one-worker.ts';
import { activeBugs, NO_KNOWN_OPTION, withKnown } from './known-bugs.ts';
import { ONLY_OPS, requireCells } from './only-ops.ts';
import { ENGINES_OPTION, readInteger, readProfile, readText } from './option.ts';
import { selectChecks } from '../check/select-checks.ts';
import { variationOf } from './vary.ts';

/** Options of commands that run stored cases. */
interface ReplayOptions extends BackendOptions {
  readonly profile: string | null;
  readonly checks: string | null;
  readonly onlyOps: readonly string[] | null;
  readonly engines: string;
  readonly json: boolean;
}

interface ReproOptions extends ReplayOptions {
  readonly known: boolean;
  readonly explain: boolean;
  readonly vary: number;
}

/** Cases that are run to see what may vary. */
const VARY_RUNS = 400;

export const reproCommand = defineCommand<ReproOptions>({
  details: 'Every check that applies runs, however rarely it runs in a campaign.',
  args: [['<case>', 'a seed (0x51f3, link:0x51f3), a case file, or a bucket']],
  options: {
    profile: { flags: '--profile <name>', help: 'the profile of the seed', fallback: null, read: readProfile },
    onlyOps: ONLY_OPS,
    checks: {
      flags: '--checks <list>',
      help: '+lld,-wabt changes the selection of checks, a,b replaces it',
      fallback: null,
      read: readText,
    },
    ...BACKEND_OPTIONS,
    engines: ENGINES_OPTION,
    known: NO_KNOWN_OPTION,
    explain: {
      flags: '--explain',
      help: 'step through the case and say at which instruction the two sides part',
      fallback: false,
    },
    vary: {
      flags: '--vary <runs>',
      help: 'with --explain: most changed cases that are run to say which parts may vary; 0: none',
      fallback: VARY_RUNS,
      read: readInteger(0),
    },
    json: {
      flags: '--json',
      help: 'print one JSON object as the last line of stdout, everything else on stderr',
      fallback: false,
    },
  },
  async run([named], given, io) {
    const options = withBackend(given);
    const backend = await loadBackend(options.backend);
    const [engine] = await loadEngines(options.engines);
    const found = findCase(named!, options.profile, process.cwd(), backend.settings);
    selectChecks(options.checks, 'default');
    const { profile, stored } = found;
    // A seed stands for a program that keeps away from the known bugs that are there, as in a campaign.
    const { known, notes } = found.source.from === 'seed' ? await activeBugs(backend, options) : { notes: [] };
    for (const text of notes) io.note(text);
    if (found.source.from === 'seed') requireCells(profile, options.onlyOps, withKnown(backend, known));
    const begin = performance.now();
    const { known: _wish, explain: isExplained, vary, ...others } = options;
    const setup = { ...others, profile, ...(known !== undefined && { known }) };
    const minimised = stored === null || stored.bucket === null ? null : stored.case.unit;
    const { replayed, named: failed } = await withWorker(setup, async (workers) => {
      const done = await replay(workers, found.source);
      return { replayed: done, named: await nameFindings(workers, found.source, done, minimised) };
    });
    const seconds = (performance.now() - begin) / 1000;
    const seed = stored === null ? replayed.seed : stored.case.seed;
    const seedName = printSeed({ seed, profile });

    const note = stored === null ? null : generatorNote(stored);
    if (note !== null) io.note(note);
    if (replayed.original !== null) io.say(`${replayed.original.text.trimEnd()}\n`);
    const explanations = isExplained ? await explanationsOf(replayed, found, backend, engine) : [];
    const explained: (Explanation & { readonly vary: Variation | null })[] = [];
    for (const [n, { id, finding }] of failed.entries()) {
      io.say(`${io.paint.red.bold(id)}\n${finding.detail.trimEnd()}\n`);
      const explanation = explanations[n];
      if (explanation === undefined) continue;
      io.say(`${printExplanation(explanation, io.paint)}\n`);
      const most = Math.floor(vary / failed.length);
      const text = textOfCase(replayed, found);
      const varied = most === 0 || text === null ? null : await variationOf(finding, text, { backend, setup, most });
      if (varied !== null) io.say(`${printVariation(varied, text!)}\n`);
      explained.push({ ...explanation, vary: typeof varied === 'string' ? null : varied });
    }
    if (replayed.verdict.kind === 'discarded') io.say(`discarded: ${replayed.verdict.reason}`);
    const nothing = whyNothing(replayed, stored?.bucket ?? null, stored?.checks);
    const ran = Object.keys(replayed.tally.checks).join(', ');
    if (replayed.findings.length > 0) io.say(io.paint.red(`${found.name} fails`));
    else if (nothing !== null) io.say(io.paint.yellow(`${found.name} proves nothing: ${nothing}`));
    else if (replayed.verdict.kind === 'completed') io.say(io.paint.green(`${found.name} passes (${ran})`));
    if (options.json) {
      const buckets = bucketsOfReplay(replayed, failed, seedName, found.file);
      const generator = stored === null ? GENERATOR_VERSION : stored.case.generator;
      const summary = makeSummary({ seed, profile, generator, seconds, tally: replayed.tally, buckets });
      io.json(isExplained ? { ...summary, explanations: explained } : summary);
    }
    if (replayed.findings.length > 0) return exitCodeOf(replayed.findings);
    // What says nothing about the back end, as its program is at fault or never called, `git bisect run` skips.
    return nothing !== null || replayed.verdict.kind === 'discarded' ? EXIT.unknown : EXIT.clean;
  },
});

/** The case as its user has it; null: its worker died before it could say. */
function textOfCase({ original }: Replay, { source }: FoundByName): string | null {
  return source.from === 'text' ? source.text : (original?.text ?? null);
}

function printVariation(varied: Variation | string, text: string): string {
  if (typeof varied === 'string') return `what may vary was not tried: ${varied}`;
  const lines = text.split('\n');
  return variationLines(varied, (line) => (lines[line - 1] ?? '').trim()).join('\n');
}

/** One explanation for each finding; none for a case that took its worker with it, as it would take this process too. */
async function explanationsOf(
  replayed: Replay,
  found: FoundByName,
  backend: Backend,
  engine: Engine,
): Promise<Explanation[]> {
  if (replayed.findings.length === 0 || replayed.original === null) return [];
  const text = textOfCase(replayed, found)!;
  const textOf = await loadModuleText();
  const { name, file } = found;
  const validator = await loadWabtValidator();
  const hasLinks = replayed.findings.some(({ check }) => LINK_CHECKS.includes(check));
  const llvm = hasLinks ? await loadLlvm() : null;
  const given = { text, name, isFile: file !== null, backend, engine, textOf, validator };
  const parts = llvm === null ? given : { ...given, lld: lldCheck(llvm) };
  const explanations: Explanation[] = [];
  for (const finding of replayed.findings) explanations.push(await explain(finding, parts));
  return explanations;
}
