/**
 * Locals for as few values as they need, once peepholes are done: `reuseLocals` for code whose values have a local of their own.
 *
 * A local is busy from its first mention to its last one, around every loop at whose beginning its value is needed. Two locals of one
 * type become one if they are never busy at the same time. Locals that nothing mentions vanish in any case.
 */
import { MirTag } from '../../mir/ops.ts';
import type { LocalIndex } from '../../mir/mir.ts';
import { hasFrame } from '../../mir/mir.ts';
import type { Code } from './code.ts';
import { endsOf, namesLocal } from './code.ts';
import { findLiveness } from './local-liveness.ts';
import { renumberNamed } from './variable-marks.ts';

/** From where to where a local is busy. */
interface Busy {
  readonly local: number;
  first: number;
  last: number;
}

/** Gives the locals of `code` new numbers; only unused ones vanish unless `shares`. */
export function shareLocals(code: Code, shares: boolean): void {
  const { tags, data, paramCount, locals } = code;
  const busy = findBusy(code);
  const groups = shares ? group(busy, locals, paramCount) : busy.map(({ local }) => [local]);
  // Runs of one type are one entry of the declaration.
  const order = groups.map((group) => ({ group, type: locals[group[0]! - paramCount]! }));
  order.sort((a, b) => b.type - a.type || a.group[0]! - b.group[0]!);
  const numbers: number[] = [];
  order.forEach(({ group }, n) => {
    for (const local of group) numbers[local] = paramCount + n;
  });
  for (let i = 0; i < tags.length; i++) {
    if (namesLocal(tags[i]!) && data[i]! >= paramCount) data[i] = numbers[data[i]!]!;
  }
  renumberNamed(code, (local) => (local < paramCount ? local : numbers[local]));
  if (hasFrame(code.prologue)) {
    const { spLocal, bottomLocal } = code.prologue;
    code.prologue = {
      ...code.prologue,
      spLocal: numbers[spLocal] as LocalIndex,
      bottomLocal: numbers[bottomLocal] as LocalIndex,
    };
  }
  code.locals = order.map(({ type }) => type);
}

/** The locals that are no parameters and that are used, in order of their beginning. */
function findBusy(code: Code): Busy[] {
  const { tags, data, paramCount, locals, prologue } = code;
  const count = tags.length;
  const first = new Array<number>(paramCount + locals.length).fill(-1);
  const last = new Array<number>(paramCount + locals.length).fill(-1);
  const touch = (local: number, at: number): void => {
    if (first[local]! < 0 || at < first[local]!) first[local] = at;
    if (at > last[local]!) last[local] = at;
  };
  for (let i = 0; i < count; i++) if (namesLocal(tags[i]!)) touch(data[i]!, i);
  const liveness = findLiveness(code);
  const ends = endsOf(code);
  for (let i = 0; i < count; i++) {
    if (tags[i] !== MirTag.loop) continue;
    for (let local = paramCount; local < first.length; local++) {
      if (first[local]! < 0 || !liveness.isLiveAt(data[i]!, local)) continue;
      touch(local, i);
      touch(local, ends[data[i]!]!);
    }
  }
  // What is read before it is set is 0 at the beginning; the prologue sets two.
  for (let local = paramCount; local < first.length; local++) if (liveness.isLiveAtStart(local)) touch(local, 0);
  if (hasFrame(prologue)) {
    for (const local of [prologue.spLocal, prologue.bottomLocal]) {
      touch(local, 0);
      touch(local, count);
    }
  }
  const busy: Busy[] = [];
  for (let local = paramCount; local < first.length; local++) {
    if (first[local]! >= 0) busy.push({ local, first: first[local]!, last: last[local]! });
  }
  return busy.sort((a, b) => a.first - b.first || a.local - b.local);
}

/** Puts locals together that are busy one after the other. */
function group(busy: readonly Busy[], types: readonly number[], paramCount: number): number[][] {
  const groups: { readonly locals: number[]; readonly type: number; free: number }[] = [];
  for (const { local, first, last } of busy) {
    const type = types[local - paramCount]!;
    let found = groups.find((group) => group.type === type && group.free < first);
    if (found === undefined) groups.push((found = { locals: [], type, free: 0 }));
    found.locals.push(local);
    found.free = last;
  }
  return groups.map(({ locals }) => locals);
}
