/**
 * The spelling of bucket ids, in both directions.
 *
 * While a case is reduced its bucket is `stage/check/kind/op` (`bucketOf`), which every step keeps. A bucket of the end is named by
 * what is at fault, `stage/family/cause` (`codegen/run/intcast`), so that one mistake has one name however it was seen. Both are
 * read here and nowhere else; names of the older form `stage/check/kind/operation` stand in case files and stay readable.
 */
import type { Unit } from '../../core/index.ts';
import { operationOf } from '../model/bucket.ts';
import type { Finding, FindingKind, Stage } from '../model/finding.ts';
import { FINDING_KINDS } from '../model/finding.ts';
import { CHECK_NAMES, familyOfCheck, needsCalls } from '../model/check-names.ts';

/** What is at fault, as far as it is known. */
export interface Cause {
  /** The part to accuse. */
  readonly stage: Stage;
  /** See {@link familyOf}. */
  readonly family: string;
  /** An instruction with a class of types, a relocation, or the class of a message. */
  readonly name: string;
}

/** Names in the place of a check, in ids of the end. */
/** Family of mistakes that the code of a program shows, whatever was done with it: any check may see them. */
export const CODE_FAMILY = 'code';

const FAMILIES: readonly string[] = ['build', CODE_FAMILY, ...new Set(CHECK_NAMES.map(familyOfCheck))];

/** A wrong number of a link is named by what it is of, whether a program shows it or `layout` does, which needs no calls. */
const LINK_FAMILY = 'link';
const LAYOUT = 'layout';
/** Causes of the family `layout` that programs show too. */
const SHOWN_BY_ALL: readonly string[] = ['memory', 'names'];

/** Class of modules that are refused for the alignment of a memory access; any load or store may be the first. */
const MEMORY_ARGUMENT = 'memory-argument';

/** Failures to build, whatever was to be done with what was built. */
const BUILD_KINDS: readonly FindingKind[] = ['crash', 'refused', 'link-error'];

/** The family that findings are told apart by: that of the check, or `build` where nothing was built. */
export function familyOf({ check, kind, op }: Pick<Finding, 'check' | 'kind' | 'op'>): string {
  const isBuild = BUILD_KINDS.includes(kind) || (kind === 'timeout' && op === 'build');
  const family = familyOfCheck(check);
  return isBuild && family !== check ? 'build' : family;
}

/** The id of the bucket of what `cause` is at fault for: `codegen/run/intcast`. */
export function bucketId({ stage, family, name }: Cause): string {
  return `${stage}/${family}/${name}`;
}

/**
 * The cause that `finding` itself and the minimised program `unit` suggest, without running anything: the class of the message, or
 * the most telling instruction.
 */
export function guessedCause(finding: Finding, unit: Unit): Cause {
  const { stage, kind, op } = finding;
  const family = familyOf(finding);
  // Which of several messages about types a validator gives is a matter of chance; the instruction is not.
  const isChance = kind === 'invalid' && stage === 'codegen' && op !== MEMORY_ARGUMENT;
  if (op === '-' || isChance) return { stage, family, name: operationOf(unit) };
  return { stage, family, name: family === 'build' && kind !== 'link-error' ? `${kind}-${op}` : op };
}

/** The id of the bucket of `finding` on the minimised program `unit`, by what they suggest. */
export function nameBucket(finding: Finding, unit: Unit): string {
  return bucketId(guessedCause(finding, unit));
}

/** What a bucket id of any form says. */
export interface BucketParts {
  readonly stage: string;
  readonly family: string;
  /** Null where the id is of the form of the end. */
  readonly check: string | null;
  readonly kind: FindingKind | null;
  /** Operation or cause; `-` where the id has none. */
  readonly name: string;
}

/** Takes a bucket id apart. */
export function partsOfBucket(id: string): BucketParts {
  const [stage = '', second = '', third = '', ...rest] = id.split('/');
  const kind = FINDING_KINDS.find((known) => known === third);
  // `trap` is a kind and an instruction: ids of the end have a family, and nothing behind the cause.
  if (kind === undefined || (FAMILIES.includes(second) && rest.length === 0))
    return { stage, family: second, check: null, kind: null, name: [third, ...rest].join('/') };
  const op = rest.length === 0 ? '-' : rest.join('/');
  return { stage, family: familyOf({ check: second, kind, op }), check: second, kind, name: op };
}

function isOfAnyCheck(family: string): boolean {
  return family === 'build' || family === CODE_FAMILY;
}

/** The checks that may find what the bucket `id` is about. */
export function checksOfBucket(id: string): readonly string[] {
  const { family, check, name: cause } = partsOfBucket(id);
  if (check !== null) return [check];
  if (isOfAnyCheck(family) || (family === LAYOUT && SHOWN_BY_ALL.includes(cause))) return CHECK_NAMES;
  return CHECK_NAMES.filter((name) => familyOfCheck(name) === family || (family === LINK_FAMILY && name === LAYOUT));
}

/** Whether the bucket `id` is one of checks that compare what calls do. */
export function bucketNeedsCalls(id: string): boolean {
  const { family, check } = partsOfBucket(id);
  if (check !== null) return needsCalls(check);
  return !isOfAnyCheck(family) && checksOfBucket(id).every(needsCalls);
}

/** The finding that a bucket of reduction stands for; its detail comes with the reduction. */
export function findingOfBucket(bucket: string): Finding {
  const { stage, check, kind, name } = partsOfBucket(bucket);
  return { stage: stage as Stage, check: check!, kind: kind!, op: name, detail: '' };
}
