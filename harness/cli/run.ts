/**
 * `harness run`: interprets and executes a program and prints both outcomes; a finished module is executed only.
 *
 * Owns the choice of calls: those of the case file, those of `--call`, or every exported function without parameters.
 */
import type { CallInput, Unit } from '../../core/index.ts';
import { IP } from '../../core/index.ts';
import { interpret } from '../../interpreter/interpret.ts';
import type { HostCall } from '../../interpreter/model/outcome.ts';
import { formatCaseFileError, printCall, readCaseFile } from '../case/case-file.ts';
import { describeOutcome, judge } from '../check/judge.ts';
import { observable } from '../check/observable.ts';
import { describeDifference } from '../model/verdict.ts';
import { exportedNav } from '../model/scalars.ts';
import { loadEngines } from '../engine/load-engines.ts';
import { benchOf } from '../explain/runner.ts';
import type { Case } from '../model/case.ts';
import type { SettingsKind } from '../model/settings.ts';
import { textOfFailure } from '../way/build-result.ts';
import { Supply, supplied } from '../way/supply.ts';
import { readInput, readInputText } from '../model/files.ts';
import { HarnessError, InputError } from '../model/failure.ts';
import type { BackendOptions } from './backend-options.ts';
import { BACKEND_OPTIONS, withBackend } from './backend-options.ts';
import { defineCommand } from './command.ts';
import type { ExitCode } from './exit-codes.ts';
import { EXIT } from './exit-codes.ts';
import type { Io } from '../report/io.ts';
import { loadBackend } from '../backend/load-backend.ts';
import { ENGINES_OPTION } from './option.ts';
import { runModule } from './run-module.ts';

interface RunOptions extends BackendOptions {
  readonly call: readonly string[];
  readonly engines: string;
}

export const runCommand = defineCommand<RunOptions>({
  details:
    'A .wasm file is executed only. Without --call the calls of the case file are made, or all exported functions without ' +
    'parameters. The exit code is 1 if the two outcomes differ, and 125 if nothing was compared.',
  args: [['<file>', 'a .air or .wasm file']],
  options: {
    call: {
      flags: '--call <call>',
      help: "a call to make, such as '@f(1, -2.5)'; may be repeated",
      fallback: [],
      read: (text, before) => [...before, text],
    },
    ...BACKEND_OPTIONS,
    engines: ENGINES_OPTION,
  },
  run: async ([file], given, io) => {
    const options = withBackend(given);
    if (isModule(file!)) return runModule(file!, options.call, io);
    return runProgram(file!, options, io);
  },
});

function isModule(file: string): boolean {
  const bytes = readInput(file);
  return bytes[0] === 0 && bytes[1] === 0x61 && bytes[2] === 0x73 && bytes[3] === 0x6d;
}

async function runProgram(
  file: string,
  options: Pick<RunOptions, 'backend' | 'call' | 'engines'>,
  io: Io,
): Promise<ExitCode> {
  const backend = await loadBackend(options.backend);
  const [engine] = await loadEngines(options.engines);
  const case_ = readProgram(file, options.call, backend.settings);
  const { unit, calls } = case_;
  const missing = engine.refuses?.(unit.pool.target.ptrBits) ?? null;
  if (missing !== null) throw new HarnessError(missing);
  const reference = observable(interpret(unit, calls), unit, backend);
  const supply = new Supply(backend);
  const bench = benchOf(backend, engine, supply);
  const run = await supplied(supply, () => {
    const built = bench.store(case_, unit).exe();
    if (built.kind === 'built') return bench.run(built.bytes, unit, calls, null, reference);
    throw new InputError(`${file}: the back end makes no module of this program\n${textOfFailure(built)}`);
  });
  if (run.kind === 'not-run') {
    io.say(io.paint.yellow(`not comparable: ${run.reason}`));
    return EXIT.unknown;
  }
  if (run.kind === 'rejected') {
    io.say(io.paint.red(`the engine rejects the module (${run.phase}): ${run.detail}`));
    return EXIT.finding;
  }
  calls.forEach((call, n) => {
    const nav = exportedNav(unit, call.fn);
    const type = nav === undefined ? IP.void_type : unit.pool.fnReturn(unit.navs[nav]!.ty);
    const says = (outcome: Parameters<typeof describeOutcome>[2] | undefined): string =>
      outcome === undefined ? 'not called' : describeOutcome(unit, type, outcome);
    io.say(printCall(unit, call));
    io.say(`  interpreted  ${says(reference.outcomes[n])}`);
    io.say(`  executed     ${says(run.outcomes[n])}`);
  });
  sayTrace('interpreted', reference.trace, io);
  sayTrace('executed', run.trace, io);
  if (calls.length === 0) {
    io.say(io.paint.yellow('no call was made, so nothing was compared; --call makes one'));
    return EXIT.unknown;
  }
  const last = reference.outcomes.at(-1);
  if (last?.kind === 'illegal' || last?.kind === 'exhausted') {
    io.say('the program is at fault: nothing is compared');
    return EXIT.unknown;
  }
  const verdict = judge(unit, calls, reference, run);
  if (verdict.kind === 'same') {
    io.say(io.paint.green('same'));
    return EXIT.clean;
  }
  if (verdict.kind === 'incomparable') {
    io.say(io.paint.yellow(`not comparable: ${verdict.reason}`));
    return EXIT.unknown;
  }
  io.say(io.paint.red(describeDifference('executable', verdict)));
  return EXIT.finding;
}

/** Reads a program with its settings and the calls to make. */
function readProgram(file: string, asked: readonly string[], settings: SettingsKind): Case {
  const text = readInputText(file);
  const plain = text.endsWith('\n') || text === '' ? text : `${text}\n`;
  const lines = plain.split('\n').length - 1;
  const read = readCaseFile(plain + asked.map((call) => `;! run ${call}\n`).join(''), file, { settings });
  if (!read.ok) {
    const errors = read.errors.map((error) =>
      error.line > lines
        ? `--call ${asked[error.line - lines - 1] ?? ''}: ${error.message}`
        : formatCaseFileError(error),
    );
    throw new InputError(errors.join('\n'));
  }
  const { unit, calls } = read.value.case;
  const own = asked.length === 0 ? calls : calls.slice(calls.length - asked.length);
  return { ...read.value.case, calls: own.length > 0 ? own : callsWithoutArguments(unit) };
}

function callsWithoutArguments(unit: Unit): CallInput[] {
  return unit.navs.flatMap((nav) => {
    const exported = nav.exports.find((e) => e.visibility === 'default');
    const isCallable = nav.kind === 'func' && exported !== undefined && unit.pool.fnParamCount(nav.ty) === 0;
    return isCallable ? [{ fn: exported.name, args: [] }] : [];
  });
}

function sayTrace(side: string, trace: readonly HostCall[], io: Io): void {
  if (trace.length === 0) return;
  io.say(`calls of imported functions, ${side}:`);
  for (const call of trace) io.say(`  ${call.name}(${call.args.map((bits) => `0x${bits.toString(16)}`).join(', ')})`);
}
