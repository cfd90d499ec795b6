/**
 * For which operands an instruction is legal: what the profile `sweep` must not ask of a program (docs/air.md, section 6).
 *
 * Owns the preconditions and nothing of the results. An instruction that is not listed takes all operands; one that should be
 * listed and is not shows as discarded cases.
 */
import type { DescribedTag } from '../../core/index.ts';

/** What a precondition may ask about: the operands in order, and the first operand's and the result's type. */
interface Operands {
  readonly numbers: readonly (bigint | number)[];
  readonly of: NumberClass;
  readonly to: NumberClass;
}

/** Limits of an integer type; null for floats and bool. */
export interface NumberClass {
  readonly int: { readonly bits: number; readonly least: bigint; readonly most: bigint } | null;
  readonly isFloat: boolean;
}

type Precondition = (operands: Operands) => boolean;

const first = ({ numbers }: Operands): bigint => numbers[0] as bigint;
const second = ({ numbers }: Operands): bigint => numbers[1] as bigint;

function isIn({ int }: NumberClass, value: bigint): boolean {
  return int === null || (value >= int.least && value <= int.most);
}

/** The exact result fits; floats always do. */
function exact(apply: (a: bigint, b: bigint) => bigint): Precondition {
  return (o) => o.of.int === null || isIn(o.of, apply(first(o), second(o)));
}

const divides: Precondition = (o) => o.of.int === null || second(o) !== 0n;
const quotientFits: Precondition = (o) => divides(o) && (o.of.int === null || isIn(o.of, first(o) / second(o)));
const amountFits: Precondition = (o) => second(o) < BigInt(o.of.int?.bits ?? 0);

/** Integers up to this are exact in every float type. */
const WHOLE_IN_ALL = 2048;

/** The quotient of two floats is an integer, and has no need to be rounded. */
function isWhole({ numbers }: Operands): boolean {
  const [a, b] = numbers as [number, number];
  return a % b === 0 && Math.abs(a / b) <= WHOLE_IN_ALL;
}

function wholePartFits({ numbers, to }: Operands): boolean {
  const [value] = numbers;
  return typeof value === 'number' && Number.isFinite(value) && isIn(to, BigInt(Math.trunc(value)));
}

/** The preconditions of instructions that have one. */
const PRECONDITIONS: Readonly<Partial<Record<DescribedTag, Precondition>>> = {
  add: exact((a, b) => a + b),
  sub: exact((a, b) => a - b),
  mul: exact((a, b) => a * b),
  add_safe: exact((a, b) => a + b),
  sub_safe: exact((a, b) => a - b),
  mul_safe: exact((a, b) => a * b),
  div_trunc: quotientFits,
  div_floor: quotientFits,
  div_exact: (o) => quotientFits(o) && (o.of.int === null ? isWhole(o) : first(o) % second(o) === 0n),
  rem: divides,
  mod: divides,
  shl: amountFits,
  shr: amountFits,
  shl_exact: (o) => amountFits(o) && isIn(o.of, first(o) << second(o)),
  shr_exact: (o) => amountFits(o) && BigInt.asUintN(Number(second(o)), first(o)) === 0n,
  shl_with_overflow: amountFits,
  intcast: (o) => isIn(o.to, first(o)),
  intcast_safe: (o) => isIn(o.to, first(o)),
  bitcast: (o) => !o.of.isFloat || o.to.isFloat || !Number.isNaN(o.numbers[0]),
  int_from_float: wholePartFits,
  int_from_float_safe: wholePartFits,
  int_from_float_optimized_safe: wholePartFits,
};

/** What `tag` asks of its operands; a form with a licence (`_optimized`) asks what the plain one does. */
export function preconditionOf(tag: DescribedTag): Precondition {
  const plain = tag.replace(/_optimized$/, '') as DescribedTag;
  return PRECONDITIONS[plain] ?? (() => true);
}
