/**
 * When the deaths of workers at one case are enough to conclude something.
 *
 * Owns the numbers. A case is accused when workers died at it in the same way again and again; when they were killed from outside
 * as often, it cannot be run here. Knows no process and no case.
 */
import { isFromOutside, likenessOf } from './death.ts';
import type { Died } from './protocol.ts';

/** Equal deaths that make a finding; hung workers take long to notice, and nobody makes one hang from outside. */
const CONFIRMED = 3;
const CONFIRMED_HUNG = 2;
/** Kills from outside after which a case is given up; deaths of any kind: twice as many. */
const GIVEN_UP = 4;
/** The same where giving up would change the bucket of what was found: at one candidate, and at the naming of one case. */
export const GIVEN_UP_LATE = 12;

/** What {@link judgeDeaths} thinks: run it again, it is a finding, or the environment does not let it run. */
export type DeathVerdict = 'again' | 'finding' | 'environment';

/**
 * What `deaths` at one case, in order, come to; `givenUp`: kills from outside after which it is given up. The last of them decides what kind
 * of finding it is.
 */
export function judgeDeaths(deaths: readonly Died[], givenUp = GIVEN_UP): DeathVerdict {
  const last = deaths.at(-1);
  if (last === undefined) return 'again';
  const likeness = likenessOf(last);
  const alike = deaths.filter((died) => likenessOf(died) === likeness).length;
  if (isFromOutside(last)) return alike >= givenUp || deaths.length >= 2 * givenUp ? 'environment' : 'again';
  if (alike >= (likeness === 'hung' ? CONFIRMED_HUNG : CONFIRMED)) return 'finding';
  return deaths.length >= 2 * givenUp ? 'environment' : 'again';
}
