/**
 * `alloc`, `load`, `store`, and pointers: element, field and parent addresses, arithmetic, casts, comparisons.
 *
 * Owns what is known of a derived pointer. Invariant: indexes and offsets stay inside of the object, a pointer is aligned as
 * its type promises, of an address no more is looked at than addresses.ts allows, and pointers are compared only where the
 * language defines the answer.
 */
import { valueRef } from '../../core/index.ts';
import { drawStruct, drawType } from '../draw/draw-types.ts';
import type { Emitter, Gen } from './gen.ts';
import { can, compare, convert, define, defineFull, unlisted, use, usizeInfo } from './gen.ts';
import { indexBelow, lengthUpTo } from './guards.ts';
import { operand, preferred } from './operands.ts';
import {
  areComparable,
  listedPointer,
  newPlace,
  pointerTo,
  pointerWhere,
  rawSlot,
  store,
  usizeConst,
} from './places.ts';
import type { Fact, Value } from '../model/scope.ts';
import { factByConvention } from '../model/scope.ts';
import { drawAddress } from '../draw/static-data.ts';
import type { TypeInfo } from '../model/types.ts';
import { Class, intInfo, manyInfo, ptrInfo } from '../model/types.ts';
import { lowBitsOfAddress, watchAlignment } from './addresses.ts';

/** Registers a value read from memory. */
export function defineLoaded(g: Gen, ref: Value['ref'], info: TypeInfo): Value {
  return defineFull(g, ref, info, factByConvention(info, 'memory'));
}

/** `alloc` of a slot of any type, initialised. */
export const allocate: Emitter = (g) => {
  watchAlignment(g, newPlace(g, drawType(g.p)));
  return true;
};

/** `load`, sometimes with a store to the same place between the load and its uses. */
export const loading: Emitter = (g) => {
  if (g.r.chance(16) && spilling(g)) return true;
  loadAndDisturb(g, readable(g));
  return true;
};

function readable(g: Gen): Value {
  const listed = g.r.chance(190) ? listedPointer(g, Class.ptr, (v) => v.info.child!.size > 0) : null;
  if (listed !== null) return listed;
  const child = drawType(g.p);
  return drawAddress(g.p, ptrInfo(g.p.types, child, g.r.chance(128)));
}

/** Loads from `pointer`; the value must not change when the memory does. */
export function loadAndDisturb(g: Gen, pointer: Value): Value {
  const child = pointer.info.child!;
  const loaded = defineLoaded(g, g.b.tyOp('load', child.ip, use(pointer)), child);
  disturb(g, pointer, loaded);
  return loaded;
}

/** After `value` was read from `pointer`: sometimes overwrites the memory, so that an alias instead of a copy shows. */
export function disturb(g: Gen, pointer: Value, value: Value): void {
  if (pointer.info.isConst || !g.r.chance(value.info.byRef ? 110 : 20)) return;
  value.used = true; // Not as the operand of the store below.
  const other = operand(g, value.info, true);
  if (other !== value) store(g, pointer, other);
  value.used = false;
}

/** `store` through any writable pointer. */
export const storing: Emitter = (g) => {
  if (g.p.unread.length > 0 && g.r.chance(40)) {
    const data = g.r.pick(g.p.unread);
    const info = ptrInfo(g.p.types, data.info, false);
    store(g, unlisted(valueRef(g.p.pool.ptrNav(info.ip, data.nav)), info, 0, 0), operand(g, data.info, true));
    return true;
  }
  const listed = g.r.chance(170) ? listedPointer(g, Class.ptr, (v) => !v.info.isConst && v.info.child!.size > 0) : null;
  const pointer = listed ?? drawAddress(g.p, ptrInfo(g.p.types, drawType(g.p), false));
  store(g, pointer, operand(g, pointer.info.child!, true));
  return true;
};

/** A pointer to many elements with at least one ahead: listed, cast from a pointer to an array, or constant. */
function manyPointer(g: Gen, least: number): Value {
  const listed = g.r.chance(170) ? listedPointer(g, Class.many, (v) => v.fact!.ahead >= least) : null;
  if (listed !== null) return listed;
  const array = g.r.chance(150)
    ? pointerWhere(g, false, (child) => child.cls === Class.array && child.length >= least)
    : null;
  if (array !== null) return elementsOf(g, array);
  return drawAddress(g.p, manyInfo(g.p.types, drawType(g.p), g.r.chance(128)));
}

/** `bitcast` of a pointer to an array to one to its elements. */
export function elementsOf(g: Gen, array: Value): Value {
  const { child } = array.info;
  const info = manyInfo(g.p.types, child!.child!, array.info.isConst);
  return convert(g, 'bitcast', info, array, 0, 0, { ...array.fact!, ahead: child!.length, behind: 0 });
}

/** `ptr_add`, `ptr_sub`: by a constant or a bounded amount, up to the end of the object. */
export function moving(tag: 'ptr_add' | 'ptr_sub'): Emitter {
  return (g) => {
    const back = tag === 'ptr_sub';
    let pointer = back ? listedPointer(g, Class.many, (v) => v.fact!.behind > 0) : manyPointer(g, 1);
    if (pointer === null) {
      if (!can(g, 'ptr_add')) return false;
      const start = manyPointer(g, 2);
      pointer = moved(g, 'ptr_add', start, usizeConst(g, g.r.between(1, start.fact!.ahead - 1)));
    }
    const fact = pointer.fact!;
    moved(g, tag, pointer, lengthUpTo(g, back ? fact.behind : fact.ahead - (g.r.chance(20) ? 0 : 1)));
    return true;
  };
}

function moved(g: Gen, tag: 'ptr_add' | 'ptr_sub', pointer: Value, count: Value): Value {
  const fact = pointer.fact!;
  const change: Fact =
    tag === 'ptr_add'
      ? { ...fact, ahead: fact.ahead - count.high, behind: fact.behind + count.low }
      : { ...fact, ahead: fact.ahead + count.low, behind: fact.behind - count.high };
  return define(g, g.b.tyBin(tag, pointer.info.ip, use(pointer), use(count)), pointer.info, 0, 0, change);
}

/** `ptr_elem_val`. */
export const elementOfPointer: Emitter = (g) => {
  const pointer = manyPointer(g, 1);
  const index = indexBelow(g, pointer.fact!.ahead);
  const value = defineLoaded(g, g.b.bin('ptr_elem_val', use(pointer), use(index)), pointer.info.child!);
  disturbElement(g, pointer, index, value);
  return true;
};

/** As {@link disturb}, for an element. */
export function disturbElement(g: Gen, base: Value, index: Value, value: Value): void {
  const tag = base.info.cls === Class.slice ? 'slice_elem_ptr' : 'ptr_elem_ptr';
  if (base.info.isConst || !can(g, tag) || !g.r.chance(value.info.byRef ? 110 : 10)) return;
  const info = ptrInfo(g.p.types, value.info, false);
  disturb(g, define(g, g.b.tyBin(tag, info.ip, use(base), use(index)), info, 0, 0, derived(base.fact!)), value);
}

/** What is known of a pointer to one thing inside of the object of `fact`. */
export function derived(fact: Fact): Fact {
  return { isStatic: fact.isStatic, object: fact.object, ahead: 0, most: Infinity, behind: 0 };
}

/** `ptr_elem_ptr` of a pointer to many or to an array. */
export const elementAddress: Emitter = (g) => {
  const array = g.r.chance(128)
    ? pointerWhere(g, false, (child) => child.cls === Class.array && child.length > 0)
    : null;
  const base = array ?? manyPointer(g, 1);
  const count = array === null ? base.fact!.ahead : array.info.child!.length;
  const elem = array === null ? base.info.child! : array.info.child!.child!;
  const index = indexBelow(g, count);
  const info = ptrInfo(g.p.types, elem, base.info.isConst);
  define(g, g.b.tyBin('ptr_elem_ptr', info.ip, use(base), use(index)), info, 0, 0, derived(base.fact!));
  return true;
};

const INDEXED = [
  'struct_field_ptr_index_0',
  'struct_field_ptr_index_1',
  'struct_field_ptr_index_2',
  'struct_field_ptr_index_3',
] as const;

/** A pointer to a struct that has field `n`. */
function structPointer(g: Gen, n: number): Value {
  const found = pointerWhere(g, false, (child) => child.cls === Class.struct && child.fields.length > n);
  return found ?? pointerTo(g, drawStruct(g.p, n + 1), false);
}

/** `struct_field_ptr_index_n`. */
export function indexedFieldAddress(n: 0 | 1 | 2 | 3): Emitter {
  return (g) => {
    const pointer = structPointer(g, n);
    const info = fieldPointerInfo(g, pointer, n);
    convert(g, INDEXED[n], info, pointer, 0, 0, derived(pointer.fact!));
    return true;
  };
}

/** Type of the address of field `n`; now and then with the alignment that the place has. */
function fieldPointerInfo(g: Gen, pointer: Value, n: number): TypeInfo {
  const struct = pointer.info.child!;
  const offset = struct.offsets[n]!;
  const certain = Math.min(struct.align, offset === 0 ? struct.align : offset & -offset);
  const field = struct.fields[n]!;
  const over = certain > field.align && g.r.chance(40) ? certain : 0;
  return ptrInfo(g.p.types, field, pointer.info.isConst, over);
}

function fieldAddressOf(g: Gen, pointer: Value): { place: Value; n: number } {
  const n = g.r.below(pointer.info.child!.fields.length);
  const info = fieldPointerInfo(g, pointer, n);
  const ref = g.b.field('struct_field_ptr', info.ip, use(pointer), n);
  return { place: define(g, ref, info, 0, 0, derived(pointer.fact!)), n };
}

/** `struct_field_ptr`. */
export const fieldAddress: Emitter = (g) => {
  const pointer = structPointer(g, 0);
  fieldAddressOf(g, pointer);
  return true;
};

/** `field_parent_ptr` of the address of a field. */
export const parentAddress: Emitter = (g) => {
  if (!can(g, 'struct_field_ptr')) return false;
  const pointer = structPointer(g, 0);
  const { place, n } = fieldAddressOf(g, pointer);
  const info = ptrInfo(g.p.types, pointer.info.child!, pointer.info.isConst);
  define(g, g.b.field('field_parent_ptr', info.ip, use(place), n), info, 0, 0, derived(pointer.fact!));
  return true;
};

/**
 * Pointer forms of `bitcast`: through `usize` and back, to `usize` for its low bits, to other integers over the same bytes,
 * to const, to elements.
 */
export function recastPointer(g: Gen): boolean {
  const way = g.r.below(5);
  if (way === 0) return viewBytes(g);
  if (way === 4) return lowBitsOfAddress(g);
  const cls = g.r.chance(90) ? Class.many : Class.ptr;
  const pointers = g.scope.ofClass(cls);
  const v = pointers.length > 0 ? preferred(g, pointers) : newPlace(g, drawType(g.p));
  if (way === 1) {
    const address = g.b.tyOp('bitcast', usizeInfo(g).ip, use(v));
    define(g, g.b.tyOp('bitcast', v.info.ip, address), v.info, 0, 0, v.fact);
  } else if (way === 2 && v.info.cls === Class.ptr && v.info.child!.cls === Class.array) {
    elementsOf(g, v);
  } else if (v.info.cls === Class.ptr) {
    const align = g.p.pool.ptrAlign(v.info.ip);
    convert(g, 'bitcast', ptrInfo(g.p.types, v.info.child!, true, align), v, 0, 0, v.fact);
  } else {
    convert(g, 'bitcast', manyInfo(g.p.types, v.info.child!, true), v, 0, 0, v.fact);
  }
  return true;
}

const VIEW_WIDTHS = [8, 16, 32, 64];

/** Another integer, aligned or not, inside of memory that consists of whole integers. */
function viewBytes(g: Gen): boolean {
  const pointer = listedPointer(g, Class.ptr, (v) => v.info.child!.raw && v.info.child!.size > 0);
  if (pointer === null) return false;
  const { size } = pointer.info.child!;
  const fitting = VIEW_WIDTHS.filter((bits) => bits <= size * 8);
  const seen = intInfo(g.p.types, g.r.chance(128), g.r.pick(fitting));
  const bytes = manyInfo(g.p.types, intInfo(g.p.types, false, 8), pointer.info.isConst);
  const first = convert(g, 'bitcast', bytes, pointer, 0, 0, { ...pointer.fact!, ahead: size, behind: 0 });
  const room = size - seen.size;
  const there = room === 0 || !can(g, 'ptr_add') ? first : moved(g, 'ptr_add', first, lengthUpTo(g, room));
  convert(g, 'bitcast', ptrInfo(g.p.types, seen, pointer.info.isConst, 1), there, 0, 0, derived(pointer.fact!));
  return true;
}

/** Equality of two pointers into one object, or into two that are certainly different. */
export function comparePointers(g: Gen, tag: 'cmp_eq' | 'cmp_neq'): boolean {
  const a = listedPointer(g, Class.ptr, (v) => v.info.child!.size > 0);
  if (a === null) return false;
  const b = listedPointer(g, Class.ptr, (v) => v.info === a.info && v !== a && areComparable(v, a));
  compare(g, tag, a, b ?? a);
  return true;
}

/** A pointer kept in a slot of its own for a while. */
export const spilling: Emitter = (g) => {
  const v = listedPointer(g, g.r.pick([Class.ptr, Class.many, Class.slice, Class.fnptr]), () => true);
  if (v === null) return false;
  const slot = rawSlot(g, v.info);
  store(g, slot, v);
  define(g, g.b.tyOp('load', v.info.ip, use(slot)), v.info, v.low, v.high, v.fact);
  return true;
};
