/**
 * What MIR says of variables, while peepholes work: each local that has a name gets a key, and each instruction that sets it is
 * followed by a mark of that key.
 *
 * Marks stay where they are, whatever becomes of the instructions around them: that is how it is known later whether the local still
 * holds the variable (mir/variable-ranges.ts). Invariant: nothing here, nor any mark, changes what instructions a pass makes.
 */
import { MirTag } from '../../mir/ops.ts';
import { isInLocalPlace, VARIABLE, VariablePlace } from '../../mir/variables.ts';
import type { Code } from './code.ts';

/** Places in extra of the locals that have names. */
function namedLocals({ tags, data, extra }: Code): number[] {
  const places: number[] = [];
  for (let i = 0; i < tags.length; i++) {
    if (tags[i] !== MirTag.dbg_var || !isInLocalPlace(extra[data[i]! + VARIABLE.place]!)) continue;
    places.push(data[i]! + VARIABLE.a);
  }
  return places;
}

/** Gives keys to the locals that have names, and marks where they are set. */
export function markSets(code: Code): void {
  const places = namedLocals(code);
  if (places.length === 0) return;
  const named = new Set<number>();
  for (const at of places) {
    named.add(code.extra[at]!);
    code.extra[at - VARIABLE.a + VARIABLE.key] = code.extra[at]! + 1;
  }
  const tags: number[] = [];
  const data: number[] = [];
  const mark = (local: number): void => {
    tags.push(MirTag.dbg_set);
    data.push(local + 1);
  };
  for (const local of named) if (local < code.paramCount) mark(local);
  for (let i = 0; i < code.tags.length; i++) {
    const tag = code.tags[i]!;
    tags.push(tag);
    data.push(code.data[i]!);
    if ((tag === MirTag.local_set || tag === MirTag.local_tee) && named.has(code.data[i]!)) mark(code.data[i]!);
  }
  code.tags = tags;
  code.data = data;
}

/** Named locals get new numbers; `undefined`: the local is gone. */
export function renumberNamed(code: Code, numberOf: (local: number) => number | undefined): void {
  const { extra } = code;
  for (const at of namedLocals(code)) {
    const number = numberOf(extra[at]!);
    if (number === undefined) extra[at - VARIABLE.a + VARIABLE.place] = VariablePlace.none;
    else extra[at] = number;
  }
}
