/**
 * Whether the instruction at which two runs part got what was made for it: a value that was right when it was made and is wrong when it is
 * used has been overwritten in between, and the instruction is not at fault.
 *
 * Owns the second look at the operands of that instruction, right in front of it. A function that leaves without putting the stack
 * pointer back is told by its code alone. Deterministic.
 */
import type { NavIndex, Unit } from '../../core/index.ts';
import { isByRef } from '../../core/index.ts';
import type { CodeInstruction, FunctionCode } from '../backend/door.ts';
import type { Case } from '../model/case.ts';
import type { Way } from '../way/ways.ts';
import { guiltySite } from './instruction-part.ts';
import type { Lockstep } from './lockstep.ts';
import { watch } from './lockstep.ts';
import type { Bench } from './runner.ts';

/** Where the value was kept: a slot of the frame, a local of the function, other memory. */
export type LostPlace = 'frame' | 'local' | 'memory';

/** Where the operand was kept that is wrong in front of the instruction at which `steps` ended; null if all are right. */
export function lostValue(
  case_: Case,
  way: Way,
  bench: Bench,
  steps: Extract<Lockstep, { kind: 'parted' }>,
): LostPlace | null {
  const { range } = steps;
  const { nav, inst } = guiltySite(steps);
  const again = watch(case_, way, bench, {
    wants: (of, at) => range === null || (of === range.nav && at >= range.from && at < range.to),
    exportData: range === null,
    operandsOf: { nav, inst },
  });
  const site = again?.parting?.site ?? null;
  if (again === null || site === null || site.nav !== nav || site.inst !== inst) return null;
  if (again.parting?.kind === 'garbled') return null;
  if (site.kind === 'operand') return isByRef(case_.unit.pool, site.ty) ? 'frame' : 'local';
  if (site.kind !== 'operand-memory') return null;
  const value = again.watched.reference[again.parting!.at]!.value;
  if (value?.kind !== 'pointer') return null;
  // An address that is wrong itself is a value that was kept in a local.
  if (again.parting!.expected.startsWith('writes to')) return 'local';
  return value.pointer.object?.role === 'slot' ? 'frame' : 'memory';
}

const RETURN = 0x0f;
const RETURN_CALL = 0x12;
const RETURN_CALL_INDIRECT = 0x13;
const LOCAL_GET = 0x20;
const LOCAL_TEE = 0x22;
const GLOBAL_SET = 0x24;
const LEAVING: readonly number[] = [RETURN, RETURN_CALL, RETURN_CALL_INDIRECT];

/** A function of `unit` that returns without putting back the stack pointer that it has lowered; null if there is none. */
export function keepsFrame(unit: Unit, instructionsOf: (nav: NavIndex) => FunctionCode): NavIndex | null {
  for (let n = 0; n < unit.navs.length; n++) {
    const nav = n as NavIndex;
    if (unit.navs[n]!.kind === 'func' && leavesFrame(instructionsOf(nav))) return nav;
  }
  return null;
}

function leavesFrame({ instructions }: FunctionCode): boolean {
  const saved = instructions.find(({ op, operand }) => operand === 'frame' && op === LOCAL_TEE)?.immediates[0];
  if (saved === undefined) return false;
  const isRestored = (n: number): boolean => {
    const isGet = ({ op, immediates }: CodeInstruction): boolean => op === LOCAL_GET && immediates[0] === saved;
    return n >= 2 && instructions[n - 1]!.op === GLOBAL_SET && isGet(instructions[n - 2]!);
  };
  return instructions.some(({ op }, n) => LEAVING.includes(op) && !isRestored(n));
}
