/**
 * Packed structs and unions of a program: which there are, and constants of them.
 *
 * Owns the widths: fields that end at, begin at or cross the borders of bytes and registers, and structs that fill them or do
 * not. Draws only in programs of profiles that have such types.
 */
import type { IpIndex } from '../../core/index.ts';
import {
  IP,
  isOpenEnum,
  isPackedUnion,
  packedBits,
  packedType,
  packedUnionType,
  unionValue,
} from '../../core/index.ts';
import type { Program } from '../model/program.ts';
import type { TypeInfo } from '../model/types.ts';
import { Class, intInfo, typeInfo } from '../model/types.ts';

/** Most bits of a packed struct in a register. */
const MOST_NARROW = 64;

/** Most bits of one that may have fields that are floats of more than 64 bits. */
const MOST_BESIDE_FLOATS = 128;

/** Bits that a packed struct is filled up to. */
const FILLED = [8, 16, 32, 64];
const WIDTHS = [1, 1, 2, 3, 4, 5, 7, 8, 8, 9, 13, 16, 17, 24, 31, 32, 33];
const WIDE_WIDTHS = [65, 80, 100, 127, 128];
/** Most bits of an integer that is worked on limb by limb; wider ones are worked on by loops. */
const MOST_UNROLLED = 512;
const LONG_TARGETS = [513, 576, 577, 640, 768, 1024, 1025];
const FLOATS = [16, 32, 64] as const;
const ALL_FLOATS = [16, 32, 64, 80, 128] as const;

/** Adds the packed structs of a program that has them to its sums. */
export function drawPackedTypes(p: Program): void {
  // Some programs have floats of more than 64 bits in packed structs, and no packed struct of more bits than those.
  const { packed, packedUnions } = p.plan.profile;
  const most = packed > MOST_BESIDE_FLOATS && p.r.chance(100) ? MOST_BESIDE_FLOATS : packed;
  for (let n = p.r.between(2, 5); n > 0; n--) {
    const info = packedUnions > 0 && p.r.chance(packedUnions) ? drawPackedUnion(p, most) : drawPacked(p, most);
    if (!p.sums.includes(info)) p.sums.push(info);
  }
}

function halves(bits: number): number[] {
  const half = bits >> 1;
  return half === 0 ? [bits] : [half, bits - half];
}

function widthOf(p: Program, { ip }: TypeInfo): number {
  return packedBits(p.pool, ip)!;
}

function drawPacked(p: Program, most: number): TypeInfo {
  const { r, types, pool } = p;
  const isWide = most > MOST_NARROW && r.chance(180);
  const target = isWide ? wideTarget(p, most) : r.chance(140) ? r.pick(FILLED) : r.between(2, MOST_NARROW);
  const fields: TypeInfo[] = [];
  let bits = 0;
  for (let n = r.between(1, isWide ? 12 : 7); n > 0; n--) {
    const field = drawField(p, isWide, most);
    if (bits + widthOf(p, field) > target) continue;
    fields.push(field);
    bits += widthOf(p, field);
  }
  if (bits < target && (bits === 0 || r.chance(150))) {
    for (const width of isWide && r.chance(128) ? halves(target - bits) : [target - bits]) {
      fields.push(intInfo(types, r.chance(128), width));
    }
    bits = target;
  }
  const shuffled = r.shuffle(fields).map(({ ip }) => ip);
  return typeInfo(types, packedType(pool, pool.intType(false, bits), shuffled));
}

/**
 * Fields that take any bits, because each is read after another one was written: integers, and others that happen to have as many
 * bits.
 */
function drawPackedUnion(p: Program, most: number): TypeInfo {
  const { r, types, pool } = p;
  const others = p.sums.filter((info) => {
    return (info.cls === Class.enum || info.cls === Class.packed) && takesAnyBits(p, info) && widthOf(p, info) <= most;
  });
  const first = others.length > 0 && r.chance(150) ? r.pick(others) : intInfo(types, true, unionWidth(p, most));
  const bits = widthOf(p, first);
  const fields = [first, intInfo(types, false, bits)];
  if (r.chance(128)) fields.push(intInfo(types, true, bits));
  if (bits === 1) fields.push(typeInfo(types, IP.bool_type));
  fields.push(...others.filter((info) => info !== first && widthOf(p, info) === bits));
  const shuffled = r.shuffle(fields).map(({ ip }) => ip);
  return typeInfo(types, packedUnionType(pool, pool.intType(false, bits), shuffled));
}

function unionWidth(p: Program, most: number): number {
  const { r } = p;
  const width = r.chance(90) ? r.pick(WIDE_WIDTHS) : r.chance(128) ? r.pick(FILLED) : r.pick(WIDTHS);
  return Math.min(width, most);
}

/** Bits of a packed struct in memory: whole limbs, or some. */
function wideTarget(p: Program, most: number): number {
  if (most > MOST_UNROLLED && p.r.chance(170)) return Math.min(most, p.r.pick(LONG_TARGETS));
  return p.r.chance(100) ? Math.min(most, p.r.pick([65, 96, 127, 128, 129, 192, 256])) : p.r.between(65, most);
}

/** An integer, bool, enum, float or packed struct. */
function drawField(p: Program, isWide: boolean, most: number): TypeInfo {
  const { r, types, pool } = p;
  const way = r.below(20);
  if (way < 2) return typeInfo(types, IP.bool_type);
  if (way < 4)
    return typeInfo(types, pool.floatType(r.pick(isWide && most === MOST_BESIDE_FLOATS ? ALL_FLOATS : FLOATS)));
  const others = p.sums.filter(({ cls }) => cls === (way < 6 ? Class.enum : Class.packed));
  if (way < 9 && others.length > 0) return r.pick(others);
  return intInfo(types, r.chance(140), r.pick(isWide && r.chance(60) ? WIDE_WIDTHS : WIDTHS));
}

/** A constant of packed struct or union type `info`; `part` draws one of another type. */
export function packedConstant(p: Program, info: TypeInfo, part: (part: TypeInfo) => IpIndex): IpIndex {
  if (isPackedUnion(p.pool, info.ip)) {
    const field = p.r.below(info.fields.length);
    return unionValue(p.pool, info.ip, field, part(info.fields[field]!));
  }
  return p.pool.aggregate(info.ip, info.fields.map(part));
}

/** Whether any bits are a value of type `info` that a program may have. */
export function takesAnyBits(p: Program, info: TypeInfo): boolean {
  switch (info.cls) {
    case Class.enum:
      return isOpenEnum(p.pool, info.ip);
    case Class.packed:
      return info.fields.every((field) => takesAnyBits(p, field));
    case Class.int:
    case Class.bool:
      return true;
    case Class.nothing:
    case Class.float:
    case Class.ptr:
    case Class.many:
    case Class.slice:
    case Class.fnptr:
    case Class.array:
    case Class.struct:
    case Class.fn:
    case Class.opt:
    case Class.errors:
    case Class.fallible:
    case Class.union:
    case Class.vector:
      return false;
  }
}
