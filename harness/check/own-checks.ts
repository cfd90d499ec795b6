/**
 * The checks that a stored case is about, by what its file says: whether its failure is back is for them to say.
 *
 * Owns what a file without a `checks` line is taken to be about. Runs nothing.
 */
import type { StoredCase } from '../case/case-file.ts';
import { CHECK_NAMES } from '../model/check-names.ts';
import { partsOfBucket } from './bucket-id.ts';

/** Run on every stored case: what is built is valid and does what the interpreter says. The links are made and run for the first of them. */
const ALWAYS: readonly string[] = ['validate', 'interp-exe', 'exe-linked', 'exe-split'];

/** The others that are about links of the objects of a plan, but for what is optional. */
const LINKING: readonly string[] = ['mixed', 'topology', 'order', 'layout'];

/**
 * Names of the checks that `stored` is about beside what its file states; null: it does not say, and any may be. Its `checks` line names
 * them; buckets of the older form have the check in their names. A case by hand without a bucket is about what it states, and about
 * linking if its plan has objects.
 */
export function ownChecks({
  checks = [],
  bucket,
  case: { plan, generator },
}: Pick<StoredCase, 'checks' | 'bucket' | 'case'>): readonly string[] | null {
  if (checks.length > 0) return checks;
  if (bucket !== null) {
    const { check } = partsOfBucket(bucket);
    if (check === 'expect') return [];
    return check !== null && isCheck(check) ? [check] : null;
  }
  if (generator > 0) return null;
  return plan.parts.length > 0 || (plan.decorations ?? []).length > 0 ? LINKING : [];
}

/** The checks out of `all` that are enough to tell whether the failure of `stored` is back; `required` are run in any case. */
export function enoughChecks(
  stored: Pick<StoredCase, 'checks' | 'bucket' | 'case'>,
  all: readonly string[],
  required: readonly string[],
): readonly string[] {
  const own = ownChecks(stored);
  if (own === null) return all;
  return all.filter((name) => ALWAYS.includes(name) || own.includes(name) || required.includes(name));
}

/** The checks to write into the file of a case that failed in `check`, which may be the name of something else. */
export function checksFor(check: string | null): readonly string[] {
  return check !== null && isCheck(check) ? [check] : [];
}

function isCheck(name: string): boolean {
  return (CHECK_NAMES as readonly string[]).includes(name);
}
