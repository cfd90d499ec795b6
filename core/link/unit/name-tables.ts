/**
 * The tables of names of a unit: of its errors, and per enum a function that gives the name of a value.
 *
 * The table of errors is an unnamed constant like any other: `[]const u8` per code, that of code 0 undefined. Code that reads it
 * counts as use of that constant, so references are counted, sorted by, collected away and relocated as for all constants.
 * The functions are written here, as MIR, the first time that code calls one. Both exist as soon as the pool has names, so
 * that which item is which does not depend on what is linked. Knows nothing of output.
 */
import { byteCount } from '../../intern/byte-values.ts';
import type { Nav, Unit } from '../../air/unit.ts';
import { makeNav } from '../../air/unit.ts';
import type { InternPool } from '../../intern/intern-pool.ts';
import type { IpIndex, NavIndex } from '../../intern/keys.ts';
import { IP } from '../../intern/keys.ts';
import { isByRef, ptrSize } from '../../intern/layout.ts';
import { enumFieldCount, enumFieldName, enumFieldValue, enumTag } from '../../intern/sums.ts';
import { TypeKind } from '../../intern/type-kinds.ts';
import { MirBuilder } from '../../mir/builder.ts';
import type { LocalIndex, Mir } from '../../mir/mir.ts';
import { MirTag } from '../../mir/ops.ts';

/** The function that gives the names of the values of an enum. */
export interface TagNameFunction {
  readonly nav: NavIndex;
  readonly enumType: IpIndex;
  readonly fnType: IpIndex;
}

export interface NameTables {
  /** `[n]([]const u8)` by code. */
  readonly errors: IpIndex;
  /** By enum type. */
  readonly tags: ReadonlyMap<IpIndex, TagNameFunction>;
  /** In the order of their navs. */
  readonly functions: readonly TagNameFunction[];
  /** Navs of the functions; they follow those of the unit. */
  readonly navs: readonly Nav[];
}

/** The tables of `unit`, or null for a unit that can have no names. */
export function makeNameTables(unit: Unit): NameTables | null {
  const { pool } = unit;
  const { nameType } = pool;
  if (nameType === undefined) return null;
  const tags = new Map<IpIndex, TagNameFunction>();
  const navs: Nav[] = [];
  const size = pool.size;
  for (let i = 0; i < size; i++) {
    const ty = i as IpIndex;
    if (!pool.isType(ty) || pool.typeKind(ty) !== TypeKind.enum) continue;
    const fnType = pool.fnType([ty], nameType);
    tableOf(pool, nameType, ty);
    tags.set(ty, { nav: (unit.navs.length + navs.length) as NavIndex, enumType: ty, fnType });
    navs.push(makeNav({ kind: 'func', name: '__zig_tag_name', ty: fnType }));
  }
  const names = pool.errorNames.map((name) => sliceOf(pool, nameType, name));
  const errors = pool.aggregate(pool.arrayType(nameType, names.length + 1), [pool.undef(nameType), ...names]);
  return { errors, tags, functions: [...tags.values()], navs };
}

/** The names of an enum in the order of its fields. */
function tableOf(pool: InternPool, nameType: IpIndex, enumType: IpIndex): IpIndex {
  const count = enumFieldCount(pool, enumType);
  const names = Array.from({ length: count }, (_, n) => sliceOf(pool, nameType, enumFieldName(pool, enumType, n)));
  return pool.aggregate(pool.arrayType(nameType, count), names);
}

/** A slice over the bytes of a name, which a zero follows. */
function sliceOf(pool: InternPool, nameType: IpIndex, name: IpIndex): IpIndex {
  const length = byteCount(pool, name);
  const pointer = pool.ptrUav(pool.ptrType(pool.typeOf(name), { isConst: true }), name);
  return pool.slice(nameType, pointer, pool.int(IP.usize_type, BigInt(length)));
}

/** Parameters of such a function: where the name goes, and the value, of more than 64 bits its address. */
const RESULT = 0 as LocalIndex;
const VALUE = 1 as LocalIndex;

/**
 * The code of a tag-name function. A value that has no name is illegal. Where the values follow each other, the table has the
 * name at the distance from the first; else each value is compared in turn.
 */
export function tagNameMir(pool: InternPool, { enumType, fnType }: TagNameFunction): Mir {
  const mir = new MirBuilder();
  mir.reset(fnType);
  const count = enumFieldCount(pool, enumType);
  const table = tableOf(pool, pool.fnReturn(fnType), enumType);
  const values = Array.from({ length: count }, (_, n) => pool.intBig(enumFieldValue(pool, enumType, n)));
  const entry = 2 * ptrSize(pool);
  const bits = pool.intBits(enumTag(pool, enumType));
  const isWide = bits > 32;
  const limbs = isByRef(pool, enumType) ? Math.ceil(bits / LIMB_BITS) : 0;
  if (count > 0 && values.every((value, n) => value === values[0]! + BigInt(n))) {
    copyEntry(pool, mir, () => {
      mir.uavRef(table);
      // The distance is that of the low limbs: it is less than the number of names.
      pushLimb(mir, limbs, 0);
      pushConstant(mir, isWide, values[0]!);
      mir.op(isWide ? MirTag.i64_sub : MirTag.i32_sub);
      pushOffset(pool, mir, isWide, entry);
    });
    mir.op(MirTag.return);
  } else {
    values.forEach((value, n) => {
      mir.block();
      for (let k = 0; k === 0 || k < limbs; k++) {
        pushLimb(mir, limbs, k);
        pushConstant(mir, isWide, value >> BigInt(k * LIMB_BITS));
        mir.op(isWide ? MirTag.i64_ne : MirTag.i32_ne);
        mir.brIf(0);
      }
      copyEntry(pool, mir, () => {
        mir.uavRef(table, 0, n * entry);
      });
      mir.op(MirTag.return);
      mir.end();
    });
    mir.op(MirTag.unreachable);
  }
  mir.end();
  return mir.finish();
}

const LIMB_BITS = 64;

/** Pushes the value, or of one in memory, with as many `limbs`, limb `k`. */
function pushLimb(mir: MirBuilder, limbs: number, k: number): void {
  mir.localGet(VALUE);
  if (limbs > 0) mir.memory(MirTag.i64_load, (k * LIMB_BITS) / 8, LIMB_BITS / 8);
}

function pushConstant(mir: MirBuilder, isWide: boolean, value: bigint): void {
  const low = Number(BigInt.asIntN(32, value));
  if (isWide) mir.i64Const(low, Number(BigInt.asIntN(32, value >> 32n)));
  else mir.i32Const(low);
}

/** Adds the index on the stack, in entries, to the address below it. */
function pushOffset(pool: InternPool, mir: MirBuilder, isWide: boolean, entry: number): void {
  const is64 = pool.target.ptrBits === 64;
  if (isWide && !is64) mir.op(MirTag.i32_wrap_i64);
  if (!isWide && is64) mir.op(MirTag.i64_extend_i32_u);
  pushConstant(mir, is64, BigInt(entry));
  mir.op(is64 ? MirTag.i64_mul : MirTag.i32_mul);
  mir.op(is64 ? MirTag.i64_add : MirTag.i32_add);
}

/** Copies a slice from the address that `pushEntry` leaves on the stack to the result. */
function copyEntry(pool: InternPool, mir: MirBuilder, pushEntry: () => void): void {
  const size = ptrSize(pool);
  for (let offset = 0; offset < 2 * size; offset += 8) {
    mir.localGet(RESULT);
    pushEntry();
    mir.memory(MirTag.i64_load, offset, size);
    mir.memory(MirTag.i64_store, offset, size);
  }
}
