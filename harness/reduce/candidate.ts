/**
 * What a reduction pass is: from a case to a lazy list of smaller cases.
 *
 * Owns the vocabulary of passes and the way an edit is applied: clone, change, repair. A thunk does no work before it is
 * called, so that the driver can skip candidates for nothing. Invariant: passes never change the case they are given, and
 * yield the same candidates in the same order for equal cases.
 */
import type { CaseModel } from './case-model.ts';
import { cloneCase } from './case-model.ts';
import type { ResultTypes } from './repair.ts';
import { repair, resultTypes } from './repair.ts';

/** A candidate, made when asked for; null where the edit turns out to be impossible. */
export type Candidate = () => CaseModel | null;

/** One pass of the reducer. */
export interface ReducePass {
  readonly name: string;
  candidates(current: CaseModel): Iterable<Candidate>;
}

/** Types of the results of one case: computed once for all candidates of a pass. */
const typesOf = new WeakMap<CaseModel, ResultTypes>();

function typesBefore(current: CaseModel): ResultTypes {
  let types = typesOf.get(current);
  if (types === undefined) typesOf.set(current, (types = resultTypes(current.unit)));
  return types;
}

/** A candidate: a clone of `current` changed by `change`, which may say false for "not possible", and repaired. */
export function edit(current: CaseModel, change: (copy: CaseModel) => boolean | undefined): Candidate {
  return () => {
    const copy = cloneCase(current);
    if (change(copy) === false) return null;
    return repair(copy.unit, typesBefore(current)) ? copy : null;
  };
}

/**
 * The ranges that delta debugging tries on `count` items, as [start, end): halves, then quarters, down to single items.
 */
export function* ddminRanges(count: number): Generator<readonly [start: number, end: number]> {
  if (count === 0) return;
  yield [0, count];
  for (let size = Math.ceil(count / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    if (size === count) continue;
    // From the end: later things depend on earlier ones.
    for (let end = count; end > 0; end -= size) yield [Math.max(0, end - size), end];
  }
}
