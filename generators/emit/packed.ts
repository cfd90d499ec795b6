/**
 * Packed structs and unions: made, taken apart, changed bit by bit in memory, and seen as integers.
 *
 * Owns pointers to bits, which are not listed: they are good for loads and stores only. Invariant: the bits of a float that is
 * put into a packed struct are known, so it is no NaN.
 */
import type { IpIndex } from '../../core/index.ts';
import { bitOffset, bitPtrType, bitRange, isPackedUnion } from '../../core/index.ts';
import { takesAnyBits } from '../draw/draw-packed.ts';
import { sumsOf } from '../draw/draw-sums.ts';
import type { Value } from '../model/scope.ts';
import { unlisted } from '../model/scope.ts';
import type { TypeInfo } from '../model/types.ts';
import { Class, intInfo, typeInfo } from '../model/types.ts';
import type { Emitter, Gen } from './gen.ts';
import { can, compare, convert, define, defineFull, use } from './gen.ts';
import { withoutNaN } from './guards.ts';
import { operand, operands } from './operands.ts';
import { pointerTo } from './places.ts';
import { markWritten, rawSlot, store, undefinedValue } from './slots.ts';

/** In programs with packed structs: `packed` half of the time, and `plain` where that finds nothing, and in all others. */
export function orPacked(plain: Emitter, packed: Emitter): Emitter {
  return (g) => (g.p.plan.profile.packed > 0 && g.r.chance(150) && packed(g)) || plain(g);
}

/** In programs with packed unions: one of them half of the time, and `plain` in all others. */
export function orPackedUnion(plain: Emitter): Emitter {
  return (g) => {
    if (g.p.plan.profile.packedUnions === 0 || g.r.chance(128)) return plain(g);
    const unions = sumsOf(g.p, Class.packed).filter(({ ip }) => isPackedUnion(g.p.pool, ip));
    if (unions.length === 0) return plain(g);
    const made = packedOf(g, g.r.pick(unions));
    const n = g.r.below(made.info.fields.length);
    const field = made.info.fields[n]!;
    if (can(g, 'struct_field_val')) defineFull(g, g.b.field('struct_field_val', field.ip, use(made), n), field);
    return true;
  };
}

function somePacked(g: Gen): TypeInfo {
  return g.r.pick(sumsOf(g.p, Class.packed));
}

/** A value for a field of type `info`. */
function fieldOperand(g: Gen, info: TypeInfo): Value {
  const v = operand(g, info, true);
  return info.cls === Class.float ? withoutNaN(g, v) : v;
}

/** `aggregate_init` of packed struct type `info`, `union_init` of a packed union. */
function packedOf(g: Gen, info: TypeInfo): Value {
  if (isPackedUnion(g.p.pool, info.ip)) {
    if (!can(g, 'union_init')) return operand(g, info);
    const n = g.r.below(info.fields.length);
    return defineFull(g, g.b.field('union_init', info.ip, use(fieldOperand(g, info.fields[n]!)), n), info);
  }
  const fields = info.fields.map((field) => fieldOperand(g, field));
  return defineFull(g, g.b.aggregate(info.ip, fields.map(use)), info);
}

/** aggregate_init; beside packed unions now and then of nothing but undefined fields, in a place that gets a real one before it is read. */
export const initialising: Emitter = (g) => {
  const info = somePacked(g);
  if (g.p.plan.profile.packedUnions === 0 || !g.r.chance(24) || isPackedUnion(g.p.pool, info.ip)) {
    packedOf(g, info);
    return true;
  }
  const slot = rawSlot(g, info);
  const fields = info.fields.map((field) => undefinedValue(g, field).ref);
  store(g, slot, unlisted(g.b.aggregate(info.ip, fields), info, -Infinity, Infinity));
  store(g, slot, packedOf(g, info));
  defineFull(g, g.b.tyOp('load', info.ip, use(slot)), info);
  return true;
};

/** struct_field_val, of a field that is one itself again. */
export const fieldOfPacked: Emitter = (g) => {
  let v = operand(g, somePacked(g));
  for (;;) {
    const n = g.r.below(v.info.fields.length);
    const field = v.info.fields[n]!;
    v = defineFull(g, g.b.field('struct_field_val', field.ip, use(v), n), field);
    if (field.cls !== Class.packed || g.r.chance(80)) return true;
  }
};

type FieldTag = 'struct_field_ptr' | `struct_field_ptr_index_${0 | 1 | 2 | 3}`;

/** Type of the address of field `n` of what `pointer` points to. */
function fieldPtr(g: Gen, pointer: Value, n: number): IpIndex {
  const { pool } = g.p;
  const struct = pointer.info.child!;
  const host = bitRange(pool, pointer.info.ip) ?? { hostSize: struct.size, bitOffset: 0 };
  const range = { ...host, bitOffset: host.bitOffset + bitOffset(pool, struct.ip, n) };
  const certain = pool.ptrAlign(pointer.info.ip) || struct.align;
  const align = g.r.chance(40) ? Math.max(1, certain >> 1) : certain;
  return bitPtrType(pool, struct.fields[n]!.ip, range, pointer.info.isConst, align);
}

function addressOf(g: Gen, pointer: Value, tag: FieldTag, n: number): Value {
  const info = typeInfo(g.p.types, fieldPtr(g, pointer, n));
  const ref =
    tag === 'struct_field_ptr' ? g.b.field(tag, info.ip, use(pointer), n) : g.b.tyOp(tag, info.ip, use(pointer));
  return unlisted(ref, info, 0, 0, pointer.fact);
}

/** struct_field_ptr and its kin: the field is stored and loaded through it, and then the whole is looked at. */
export function addressing(tag: FieldTag): Emitter {
  const at = tag === 'struct_field_ptr' ? null : Number(tag.at(-1));
  return (g) => {
    const types = sumsOf(g.p, Class.packed).filter(({ fields }) => fields.length > (at ?? 0));
    if (types.length === 0) return false;
    const whole = g.r.pick(types);
    const pointer = pointerTo(g, whole, g.r.chance(200));
    let place = addressOf(g, pointer, tag, at ?? g.r.below(whole.fields.length));
    while (place.info.child!.cls === Class.packed && can(g, 'struct_field_ptr') && g.r.chance(150)) {
      place = addressOf(g, place, 'struct_field_ptr', g.r.below(place.info.child!.fields.length));
    }
    const field = place.info.child!;
    if (!place.info.isConst && g.r.chance(190)) {
      g.b.bin('store', place.ref, use(fieldOperand(g, field)));
      markWritten(pointer);
    }
    if (g.r.chance(130)) defineFull(g, g.b.tyOp('load', field.ip, place.ref), field);
    if (g.r.chance(130)) {
      const seen = defineFull(g, g.b.tyOp('load', whole.ip, use(pointer)), whole);
      if (g.r.chance(128)) convert(g, 'bitcast', whole.tag!, seen);
    }
    return true;
  };
}

/** bitcast to an integer, or from one where any bits will do. */
export const recasting: Emitter = (g) => {
  const info = somePacked(g);
  const int = intInfo(g.p.types, g.r.chance(100), info.tag!.bits);
  if (g.r.chance(128) && takesAnyBits(g.p, info)) {
    defineFull(g, g.b.tyOp('bitcast', info.ip, use(operand(g, int))), info);
  } else {
    convert(g, 'bitcast', int, operand(g, info));
  }
  return true;
};

/** cmp_eq, cmp_neq. */
export function comparing(tag: 'cmp_eq' | 'cmp_neq'): Emitter {
  return (g) => {
    const [a, b] = operands(g, somePacked(g));
    compare(g, tag, a, g.r.chance(40) ? a : b);
    return true;
  };
}

/** The integer that a packed struct is. */
export function numberOfPacked(g: Gen, v: Value): Value {
  const info = v.info.tag!;
  return define(g, g.b.tyOp('bitcast', info.ip, use(v)), info, 0, info.full);
}
