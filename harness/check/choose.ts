/**
 * What a sampled check takes of a list: one entry, drawn by the seed; where everything is asked for all of them.
 *
 * Invariant: the drawn one comes first either way, so a case that failed in a campaign fails alike where it is replayed.
 */
import { sampleHash } from '../model/sampling.ts';
import type { CaseContext } from './context.ts';

/** Entries of `list`, at least one; `drawn`: a number for the choice, by the seed. */
export function chooseBy<T>({ every }: Pick<CaseContext, 'every'>, drawn: number, list: readonly T[]): readonly T[] {
  const first = list[drawn % list.length]!;
  return every ? [first, ...list.filter((one) => one !== first)] : [first];
}

/** The same, drawn by a hash of the case and `salt`. */
export function choose<T>(
  context: Pick<CaseContext, 'every' | 'case'>,
  salt: string,
  list: readonly T[],
): readonly T[] {
  return chooseBy(context, sampleHash(context.case, salt), list);
}
