/**
 * The types of a program: its preferred integers, its structs and arrays, and the choice among all of them.
 *
 * Owns the distributions: the widths at which bugs live, all layouts, nested and over-aligned fields. Invariant: every type
 * drawn here has at least one byte and at most {@link MOST_BYTES}, so that frames stay small.
 */
import type { FieldType } from '../../core/index.ts';
import { CallConv, IP, refValue } from '../../core/index.ts';
import type { Profile } from '../model/profile.ts';
import type { Program } from '../model/program.ts';
import type { RandomStream } from '../model/random.ts';
import type { TypeInfo } from '../model/types.ts';
import {
  arrayInfo,
  Class,
  fnPtrInfo,
  intInfo,
  isPortable,
  manyInfo,
  ptrInfo,
  sliceInfo,
  structInfo,
  typeInfo,
} from '../model/types.ts';
import { intConst } from './constants.ts';

const MOST_BYTES = 96;

/** Widths in which most width bugs were found. */
const WIDTHS = [1, 2, 3, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33, 40, 47, 48, 63, 64];
const CONTAINERS = [8, 16, 32, 64];

/** Widths of more than 64 bits: neighbours of limbs, whole bytes and words, and odd ones. */
const WIDE_WIDTHS = [65, 66, 72, 80, 95, 96, 97, 100, 104, 112, 120, 126, 127, 128, 128, 128];
/** Widths that no pair of words holds. */
const BIG_WIDTHS = [129, 130, 160, 191, 192, 193, 200, 224, 255, 256, 257, 320];

/** Widths of integers that are worked on by loops: the first ones, whole and odd numbers of limbs, and the widest. */
const LONG_WIDTHS = [513, 513, 577, 640, 1024, 1025, 2049, 4096, 4097, 8191, 16384, 65535];

/** A width of more than 64 bits; a long one `longInts` times in 256. */
export function drawWideBits(r: RandomStream, { longInts }: Profile): number {
  if (longInts > 0 && r.chance(longInts)) return r.pick(LONG_WIDTHS);
  if (r.chance(44)) return r.pick(BIG_WIDTHS);
  return r.chance(230) ? r.pick(WIDE_WIDTHS) : r.between(65, 128);
}

/** An integer type. */
export function drawIntType(p: Program): TypeInfo {
  const { r, types } = p;
  const { profile } = p.plan;
  if (profile.wideInts > 0 && r.chance(profile.wideInts)) {
    return intInfo(types, r.chance(128), drawWideBits(r, profile));
  }
  const way = r.below(16);
  if (way === 0) return typeInfo(types, r.chance(170) ? IP.usize_type : IP.isize_type);
  const bits = way < 6 ? r.pick(CONTAINERS) : way < 14 ? r.pick(WIDTHS) : r.between(1, 64);
  return intInfo(types, r.chance(128), bits);
}

/** The integer types that a program computes with: few, so that values meet. */
export function drawIntTypes(p: Program): void {
  const count = p.r.between(2, 6);
  for (let i = 0; i < count; i++) p.ints.push(drawIntType(p));
  // The first one crosses the border of the program.
  if (!isPortable(p.ints[0]!)) p.ints.unshift(intInfo(p.types, p.r.chance(128), p.r.pick(WIDTHS)));
}

/** A float type: with two formats by a toss, as it has always been. */
export function drawFloatType({ r, types, pool, plan }: Program): TypeInfo {
  const { formats } = plan.profile;
  const bits = formats.length === 2 ? (r.chance(128) ? formats[0]! : formats[1]!) : r.pick(formats);
  return typeInfo(types, pool.floatType(bits));
}

/** An integer, bool or float. */
export function drawScalar(p: Program): TypeInfo {
  const { r, types } = p;
  if (r.chance(p.plan.profile.floats)) return drawFloatType(p);
  if (r.chance(18)) return typeInfo(types, IP.bool_type);
  return r.chance(225) ? r.pick(p.ints) : drawIntType(p);
}

/** A scalar that functions take and give across the border of the program. */
function drawPortable(p: Program): TypeInfo {
  const info = drawScalar(p);
  return isPortable(info) ? info : p.ints[0]!;
}

/** Any type that can be in memory. */
export function drawType(p: Program): TypeInfo {
  const { r } = p;
  if (p.sums.length > 0 && r.chance(p.plan.profile.sums)) return r.pick(p.sums);
  if (!r.chance(p.plan.profile.aggregates)) return drawScalar(p);
  return r.chance(180) ? r.pick(p.aggregates) : drawPointerType(p);
}

/** A pointer or slice type. */
export function drawPointerType(p: Program): TypeInfo {
  const { r, types } = p;
  const way = r.below(8);
  if (way === 7 && p.fnPtrs.length > 0) return r.pick(p.fnPtrs);
  if (way < 3 && p.sums.length > 0 && r.chance(100)) return ptrInfo(types, r.pick(p.sums), r.chance(90));
  const child = r.chance(90) ? r.pick(p.aggregates) : drawScalar(p);
  if (way < 3) return ptrInfo(types, child, r.chance(90));
  return way < 5 ? manyInfo(types, child, r.chance(90)) : sliceInfo(types, child, r.chance(110));
}

/** Type of a parameter or result; where there are functions of C, often a struct of one value, at any depth. */
function drawParam(p: Program): TypeInfo {
  const { registers } = p.plan.profile;
  if (registers > 0 && p.r.chance(registers)) {
    const found = p.sums.filter(isRegister);
    if (found.length > 0) return p.r.pick(found);
  }
  if (p.plan.profile.conventions > 0 && p.r.chance(110)) return drawWrapped(p);
  return p.r.chance(p.plan.profile.aggregates) ? drawType(p) : drawScalar(p);
}

/** Whether a v128 may hold an `info`. */
export function isRegister({ cls, child, length, size }: TypeInfo): boolean {
  return cls === Class.vector && size === 16 && child!.size * length === 16;
}

function drawWrapped(p: Program): TypeInfo {
  const { r, types } = p;
  let info = r.chance(170) ? drawScalar(p) : drawType(p);
  for (let depth = r.between(1, 3); depth > 0; depth--) {
    if (r.chance(60)) {
      info = arrayInfo(types, info, r.chance(200) ? 1 : 2);
      if (depth > 1) continue;
    }
    const fields = [plain(info)];
    if (r.chance(40)) fields.push(plain(r.chance(128) ? typeInfo(types, IP.void_type) : drawScalar(p)));
    if (r.chance(24)) fields[0] = { ty: info.ip, align: Math.min(32, info.align << r.below(3)) };
    info = structInfo(types, drawLayout(p), r.shuffle(fields));
  }
  return info;
}

/** Convention of a function. */
function drawConvention({ r, plan }: Program): CallConv {
  const { conventions } = plan.profile;
  return conventions > 0 && r.chance(conventions) ? CallConv.c : CallConv.auto;
}

/** Structs and arrays, at least one of each; a later one may hold earlier ones. */
export function drawAggregates(p: Program): void {
  const count = p.r.below(4);
  p.aggregates.push(drawStruct(p, 0), drawArray(p));
  for (let i = 0; i < count; i++) p.aggregates.push(p.r.chance(150) ? drawStruct(p, 0) : drawArray(p));
}

/** Structs and tables that hold pointers to functions, once there are functions to point to. */
export function drawFunctionHolders(p: Program): void {
  if (p.fnPtrs.length === 0 || !p.r.chance(150)) return;
  const fnPtr = p.r.pick(p.fnPtrs);
  p.aggregates.push(arrayInfo(p.types, fnPtr, p.r.between(1, 6)));
  if (p.r.chance(128)) {
    const fields = [plain(drawScalar(p)), plain(fnPtr), plain(drawScalar(p))];
    p.aggregates.push(structInfo(p.types, drawLayout(p), p.r.shuffle(fields)));
  }
}

function plain(info: TypeInfo): FieldType {
  return { ty: info.ip, align: 0 };
}

function drawLayout(p: Program): 0 | 1 | 2 {
  const way = p.r.below(8);
  return way < 4 ? 0 : way < 7 ? 1 : 2;
}

/** A struct type of at least `least` fields. */
export function drawStruct(p: Program, least = 1): TypeInfo {
  const { r } = p;
  const fields: FieldType[] = [];
  let bytes = 0;
  const count = r.between(Math.max(1, least), Math.max(5, least));
  for (let n = 0; n < count; n++) {
    const info = n < least ? drawScalar(p) : drawMember(p);
    if (n >= Math.max(1, least) && bytes + info.size > MOST_BYTES / 2) break;
    bytes += info.size;
    const over = r.chance(22) ? Math.min(32, info.align << r.between(1, 3)) : 0;
    fields.push({ ty: info.ip, align: over > info.align ? over : 0 });
  }
  return structInfo(p.types, drawLayout(p), fields);
}

/** Type of a field or element. */
function drawMember(p: Program): TypeInfo {
  const { r } = p;
  if (p.sums.length > 0 && r.chance(p.plan.profile.sums)) {
    const info = r.pick(p.sums);
    if (info.size <= MOST_BYTES / 4) return info;
  }
  if (!r.chance(p.plan.profile.aggregates)) return drawScalar(p);
  if (p.aggregates.length > 0 && r.chance(150)) {
    const info = r.pick(p.aggregates);
    if (info.size <= MOST_BYTES / 4) return info;
  }
  if (p.aggregates.length === 0) return drawScalar(p);
  return r.chance(128) ? drawPointerType(p) : drawScalar(p);
}

function drawArray(p: Program): TypeInfo {
  const { r } = p;
  const child = drawMember(p);
  const most = Math.max(1, Math.min(12, Math.floor(MOST_BYTES / child.size)));
  if (child.size <= 2 && r.chance(24)) return arrayInfo(p.types, child, r.between(28, 40));
  const length = r.chance(60) ? Math.min(most, r.between(1, 3)) : r.between(1, most);
  if (child.cls === Class.int && r.chance(30)) {
    return arrayInfo(p.types, child, length, refValue(intConst(p, child, r.below(2)).ref));
  }
  return arrayInfo(p.types, child, length);
}

/** Type of a pointer to a leaf: few parameters, mostly scalars. */
export function drawLeafType(p: Program): TypeInfo {
  const { r, types } = p;
  const params: TypeInfo[] = [];
  const isScalar = (): boolean => p.plan.profile.registers === 0 && r.chance(200);
  for (let n = r.below(4); n > 0; n--) params.push(isScalar() ? drawScalar(p) : drawParam(p));
  return fnPtrInfo(
    types,
    params,
    r.chance(20) ? typeInfo(types, IP.void_type) : isScalar() ? drawScalar(p) : drawParam(p),
    drawConvention(p),
  );
}

/** Number of parameters: now and then so many that the operands of a call need more than one word of flags. */
function drawCount(p: Program): number {
  const way = p.r.below(64);
  return way === 0 ? p.r.between(28, 38) : way < 6 ? p.r.between(4, 9) : p.r.below(5);
}

/** Type of a pointer to an inner function: anything goes. */
export function drawInnerType(p: Program): TypeInfo {
  const { r, types } = p;
  const params: TypeInfo[] = [];
  for (let n = drawCount(p); n > 0; n--) params.push(drawParam(p));
  if (r.chance(6)) params.splice(r.below(params.length + 1), 0, typeInfo(types, IP.void_type));
  const result = r.chance(30) ? typeInfo(types, IP.void_type) : drawParam(p);
  return fnPtrInfo(types, params, result, drawConvention(p));
}

/** Type of a pointer to an entry: scalars, so that it can be called from outside. */
export function drawEntryType(p: Program): TypeInfo {
  const { r, types } = p;
  const params: TypeInfo[] = [];
  for (let n = r.between(r.chance(20) ? 0 : 1, 4); n > 0; n--) params.push(drawPortable(p));
  const result = r.chance(20) ? typeInfo(types, IP.void_type) : drawPortable(p);
  return fnPtrInfo(types, params, result, drawConvention(p));
}

/** Type of a pointer to an imported function: scalars. */
export function drawExternType(p: Program): TypeInfo {
  const { r, types } = p;
  const params: TypeInfo[] = [];
  for (let n = r.below(4); n > 0; n--) params.push(drawPortable(p));
  const result = r.chance(120) ? typeInfo(types, IP.void_type) : drawPortable(p);
  return fnPtrInfo(types, params, result, drawConvention(p));
}
