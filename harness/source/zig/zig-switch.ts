/**
 * `switch_br` and `loop_switch_br` as Zig source.
 *
 * Owns when Zig wants an else prong: where the cases leave a value over, and never elsewhere.
 */
import type { IpIndex, Ref } from '../../../core/index.ts';
import {
  enumFieldCount,
  enumFieldValue,
  errorCodes,
  integerOf,
  integerValue,
  IP,
  isAnyError,
  isOpenEnum,
  refValue,
  TypeKind,
} from '../../../core/index.ts';
import { NotPrintable } from '../not-printable.ts';
import { enumFieldText } from './zig-names.ts';
import type { BodyPrinter, Spelling } from './zig-body.ts';

export const printSwitch: Spelling = (p, inst, indent) => {
  const { pool } = p.unit;
  const { operand, cases, elseBody } = p.body.switchOf(inst);
  const number = (ref: Ref): bigint => integerValue(pool, refValue(ref))!;
  const ty = p.refType(operand);
  const isNumber = pool.typeKind(ty) === TypeKind.int || pool.typeKind(ty) === TypeKind.simple;
  let covered = 0n;
  p.line(indent, `${p.label('w', inst)}switch (${p.ref(operand)}) {`);
  for (const { items, ranges, body } of cases) {
    covered += BigInt(items.length);
    const named = isNumber ? [] : ranges.flatMap(([lo, hi]) => namedBetween(p, ty, number(lo), number(hi)));
    covered += BigInt(named.length);
    if (isNumber) for (const [lo, hi] of ranges) covered += number(hi) - number(lo) + 1n;
    const labels = [
      ...items.map((ref) => (isNumber ? `${number(ref)}` : p.values.plain(refValue(ref)))),
      ...(isNumber ? ranges.map(([lo, hi]) => `${number(lo)}...${number(hi)}`) : named),
    ];
    if (labels.length === 0) continue;
    p.line(`${indent}    `, `${labels.join(', ')} => {`);
    p.sequence(body, `${indent}        `);
    p.line(`${indent}    `, `},`);
  }
  const all = valuesOf(p, ty);
  if (all === null || covered < all) {
    p.line(`${indent}    `, `else => {`);
    p.sequence(elseBody, `${indent}        `);
    p.line(`${indent}    `, `},`);
  }
  p.line(indent, `}`);
};

/** The values of enum type `ty` from `least` to `most`: Zig has no ranges of them. */
function namedBetween({ unit: { pool } }: BodyPrinter, ty: IpIndex, least: bigint, most: bigint): readonly string[] {
  if (pool.typeKind(ty) !== TypeKind.enum) throw new NotPrintable('a switch over a range of errors');
  const fields = Array.from({ length: enumFieldCount(pool, ty) }, (_, n) => n).filter((n) => {
    const number = pool.intBig(enumFieldValue(pool, ty, n));
    return number >= least && number <= most;
  });
  if (isOpenEnum(pool, ty) && BigInt(fields.length) !== most - least + 1n)
    throw new NotPrintable('a switch over a range of enum values without names');
  return fields.map((n) => `.${enumFieldText(pool, ty, n)}`);
}

/** How many values Zig knows a type to have; null: it never takes the cases for all. */
function valuesOf({ unit: { pool } }: BodyPrinter, ty: IpIndex): bigint | null {
  if (ty === IP.usize_type || ty === IP.isize_type) return null;
  switch (pool.typeKind(ty)) {
    case TypeKind.error_set:
      return isAnyError(pool, ty) ? null : BigInt(errorCodes(pool, ty).length);
    case TypeKind.enum:
      return isOpenEnum(pool, ty) ? null : BigInt(enumFieldCount(pool, ty));
    case TypeKind.simple:
    case TypeKind.int:
    case TypeKind.float:
    case TypeKind.ptr:
    case TypeKind.slice:
    case TypeKind.array:
    case TypeKind.struct:
    case TypeKind.packed:
    case TypeKind.vector:
    case TypeKind.fn:
    case TypeKind.opt:
    case TypeKind.error_union:
    case TypeKind.union:
      return 1n << BigInt(pool.intBits(integerOf(pool, ty)));
  }
}
