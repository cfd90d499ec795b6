/**
 * `binaryen`: the executable, optimized by Binaryen at a level that the seed chooses, behaves as it did.
 *
 * Accuses the optimizer only where the module itself does what the interpreter says and every engine that was named shows the
 * difference; what one engine alone shows is that engine's. Which of two traps comes first is not compared: Binaryen may reorder
 * code that traps.
 */
import type { Binaryen, OptimizeLevel } from '../external/binaryen.ts';
import { exposeStackPointer } from '../engine/v8/stack-pointer.ts';
import { messageClass } from '../model/message-class.ts';
import type { Finding } from '../model/finding.ts';
import { sampleHash } from '../model/sampling.ts';
import { describeDifference } from '../model/verdict.ts';
import type { Verdict } from '../model/verdict.ts';
import { leb, ModuleEdit } from '../wasm/module-parts.ts';
import { together } from '../way/supply.ts';
import type { Check } from './check.ts';
import { findingOfDifference } from './conclude.ts';
import type { CaseContext } from './context.ts';

const name = 'binaryen';

/** As wasm-opt's -O1, -O2, -O3, -O4, -Os, -Oz. */
const LEVELS: readonly (readonly [flag: string, level: OptimizeLevel])[] = [
  ['-O1', { optimize: 1, shrink: 0 }],
  ['-O2', { optimize: 2, shrink: 0 }],
  ['-O3', { optimize: 3, shrink: 0 }],
  ['-O4', { optimize: 4, shrink: 0 }],
  ['-Os', { optimize: 2, shrink: 1 }],
  ['-Oz', { optimize: 2, shrink: 2 }],
];

/** The check over `binaryen`. */
export function binaryenCheck(binaryen: Binaryen): Check {
  return {
    name,
    frequency: 1 / 20,
    applies: ({ hasExe }) => hasExe,
    run(context): readonly Finding[] {
      const exe = context.artefacts.exe();
      if (exe.kind !== 'built' || context.judged(exe.bytes).verdict.kind !== 'same') return [];
      const [flag, level] = LEVELS[sampleHash(context.case, 'binaryen level') % LEVELS.length]!;
      // Exports keep what is looked at afterwards: the stack pointer under its name, and the slots that pointers to functions are.
      const edit = new ModuleEdit(exe.bytes);
      exposeStackPointer(edit);
      exposeTable(edit);
      const optimized = context.stopwatch.time('compare', () => binaryen.optimize(edit.toBytes(), level));
      if (optimized.kind === 'failed') {
        const detail = `binaryen ${binaryen.version} ${flag}: ${optimized.message}`;
        return [{ check: name, stage: 'optimizer', kind: 'crash', op: messageClass(optimized.message), detail }];
      }
      return judgeOptimized(context, optimized.bytes, `binaryen ${binaryen.version} ${flag}`);
    },
  };
}

function judgeOptimized(context: CaseContext, bytes: Uint8Array, what: string): readonly Finding[] {
  const verdictOn = (n: number): Verdict => {
    return n === 0 ? context.judged(bytes).verdict : context.judge(context.runOn(n, bytes));
  };
  together(context.engines.map((engine, n) => () => engine.kind === 'batch' && verdictOn(n)));
  const verdicts = context.engines.map((engine, n) => ({ engine: engine.name, verdict: verdictOn(n) }));
  for (const { engine, verdict } of verdicts) {
    if (verdict.kind === 'incomparable') context.incomparable(`${engine}:${verdict.reason}`);
  }
  const votes = verdicts.filter(({ verdict }) => verdict.kind !== 'incomparable');
  const wrong = votes.flatMap(({ engine, verdict }) => {
    return verdict.kind === 'different' && !isOtherTrap(verdict) ? [{ engine, verdict }] : [];
  });
  const first = wrong[0];
  if (first === undefined) return [];
  if (wrong.length === votes.length) return [findingOfDifference(first.verdict, name, 'optimizer', what)];
  return wrong.map(({ engine, verdict }) => {
    const detail = describeDifference(`${engine} alone, of what ${what} made`, verdict);
    return { check: name, stage: 'engine', kind: verdict.what, op: verdict.op, detail };
  });
}

/** Whether both sides trap, in different ways. */
function isOtherTrap({ what, expected, actual }: Extract<Verdict, { kind: 'different' }>): boolean {
  return what === 'trap' && expected.startsWith('traps ') && actual.startsWith('traps ');
}

const SECTION_TABLE = 4;
const SECTION_EXPORT = 7;
const KIND_TABLE = 1;
const TABLE_NAME = '__indirect_function_table';

/** Exports the module's first table, unless it exports one already. */
function exposeTable(edit: ModuleEdit): void {
  const exports = edit.section(SECTION_EXPORT);
  if (exports === undefined || edit.section(SECTION_TABLE) === undefined) return;
  const cursor = edit.cursor(exports);
  for (let n = cursor.number(); n > 0 && cursor.at < cursor.end; n--) {
    cursor.skipName();
    if (cursor.byte() === KIND_TABLE) return;
    cursor.number();
  }
  const name = new TextEncoder().encode(TABLE_NAME);
  edit.addLast(SECTION_EXPORT, [...leb(name.length), ...name, KIND_TABLE, 0], 1);
}
