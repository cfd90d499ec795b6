/**
 * `order` and `config`: what must not matter does not matter.
 *
 * `order`: the objects of the plan in another order give a program that does the same; the operation of a finding is the
 * order. `config`: so does the executable with one setting changed; the operation is the setting. Each reports only what the
 * case itself does not show already. Which order and which setting is chosen by the seed; all of them where everything runs.
 */
import type { Settings } from '../../core/index.ts';
import type { ObjectInput } from '../backend/door.ts';
import { findingOfBuild, sameFailure } from '../way/build-result.ts';
import type { Finding, Stage } from '../model/finding.ts';
import type { Check } from './check.ts';
import { concludeVerdict, findingOfDifference } from './conclude.ts';
import type { CaseContext } from './context.ts';
import { sampleHash } from '../model/sampling.ts';
import type { Verdict } from '../model/verdict.ts';
import { agree } from '../model/verdict.ts';

/** See the file header. */
export const orderCheck: Check = {
  name: 'order',
  frequency: 1 / 6,
  stage: 'linker',
  applies: (context) => {
    return context.case.plan.parts.length > 1 && context.exe().kind === 'built' && context.split()?.kind === 'built';
  },
  run(context: CaseContext): readonly Finding[] {
    for (const [name, order] of chosen(context, 'order', ordersOf(context.case.plan.order))) {
      const objects: ObjectInput[] = [];
      for (const n of order) {
        const { name: object, result } = context.parts()[n]!;
        if (result.kind === 'built') objects.push({ name: object, bytes: result.bytes });
      }
      const linked = context.link(objects);
      const unlinked = findingOfBuild(linked, 'order', 'linker', `linking in ${name} order`, 'linker');
      if (unlinked !== null || linked.kind !== 'built') return unlinked === null ? [] : [unlinked];
      const known = [context.verdictOf(context.split()), context.verdictOf(context.exe())];
      const found = judgeWay(context, linked.bytes, known, 'order', 'linker', `program linked in ${name} order`);
      if (found !== null) return [found];
    }
    return [];
  },
};

/** The orders that are tried, by name. */
export function ordersOf(order: readonly number[]): readonly (readonly [string, readonly number[]])[] {
  return [
    ['reversed', [...order].reverse()],
    ['rotated', [...order.slice(1), order[0]!]],
  ];
}

/** One setting changed. */
export interface Variation {
  readonly name: string;
  readonly stage: Stage;
  /** The settings changed, or null where there is nothing to change. */
  readonly change: (settings: Settings, ptrBits: 32 | 64) => Settings | null;
}

/** Room that a change of the layout may take. */
const MORE_STACK = 65536;

/** The settings that are tried, by name. */
export const VARIATIONS: readonly Variation[] = [
  {
    name: 'stack-size',
    stage: 'linker',
    change: (settings) => ({ ...settings, stackSize: settings.stackSize + MORE_STACK, globalBase: null }),
  },
  { name: 'stack-first', stage: 'linker', change: (s) => ({ ...s, stackFirst: !s.stackFirst, globalBase: null }) },
  {
    name: 'global-base',
    stage: 'linker',
    change: (settings) => {
      const least = settings.stackFirst ? settings.stackSize : 1024;
      return { ...settings, globalBase: (settings.globalBase ?? least) + 4096 };
    },
  },
  { name: 'gc', stage: 'linker', change: (settings) => ({ ...settings, gc: !settings.gc }) },
  { name: 'strip', stage: 'linker', change: (settings) => ({ ...settings, strip: !settings.strip }) },
  { name: 'bulk-memory', stage: 'codegen', change: (s) => ({ ...s, bulkMemory: !s.bulkMemory }) },
  { name: 'reuse-locals', stage: 'codegen', change: (s) => ({ ...s, reuseLocals: !s.reuseLocals }) },
  {
    name: 'br-table',
    stage: 'codegen',
    change: (settings) => ({ ...settings, brTable: settings.brTable === 'always' ? 'never' : 'always' }),
  },
  { name: 'table64', stage: 'linker', change: (s, ptrBits) => (ptrBits === 64 ? { ...s, table64: !s.table64 } : null) },
];

/** See the file header. */
export const configCheck: Check = {
  name: 'config',
  frequency: 1 / 6,
  stage: 'codegen',
  applies: (context) => context.exe().kind === 'built',
  run(context: CaseContext): readonly Finding[] {
    const { unit, settings } = context.case;
    const { ptrBits } = unit.pool.target;
    const list = VARIATIONS.flatMap(({ name, stage, change }) => {
      const other = change(settings, ptrBits);
      return other === null ? [] : [[name, { stage, other }] as const];
    });
    for (const [name, { stage, other }] of chosen(context, 'config', list)) {
      const built = context.attempt('codegen', () => context.backend.compileExe(unit, other));
      if (sameFailure(built, context.exe())) continue;
      const failed = findingOfBuild(built, 'config', stage, `compiling with another ${name}`, 'compiler');
      if (failed !== null || built.kind !== 'built') return failed === null ? [] : [failed];
      const known = [context.verdictOf(context.exe())];
      const found = judgeWay(context, built.bytes, known, 'config', stage, `executable with another ${name}`);
      if (found !== null) return [found];
    }
    return [];
  },
};

function chosen<T>(
  context: CaseContext,
  salt: string,
  list: readonly (readonly [string, T])[],
): readonly (readonly [string, T])[] {
  return context.every ? list : [list[sampleHash(context.case, `${salt}-choice`) % list.length]!];
}

function judgeWay(
  context: CaseContext,
  bytes: Uint8Array,
  known: readonly (Verdict | null)[],
  check: string,
  stage: Stage,
  side: string,
): Finding | null {
  const difference = concludeVerdict(context, context.judged(bytes).verdict);
  if (difference === null || known.some((other) => other !== null && agree(other, difference))) return null;
  return findingOfDifference(difference, check, stage, side);
}
