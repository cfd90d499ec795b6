/**
 * Atomic instructions: loads, stores, changes and exchanges of the scalars that one access can hold.
 *
 * Owns the choice of places and expected values: half of the exchanges succeed. Invariant: the address promises the natural
 * alignment, and what is stored may be stored by anybody (a pointer is static, a value of a closed enum has a name).
 */
import type { AirTag } from '../../core/index.ts';
import { instRef, MODIFICATIONS, optType, ORDERS } from '../../core/index.ts';
import { sumsOf } from '../draw/draw-sums.ts';
import { drawScalar } from '../draw/draw-types.ts';
import { drawAddress, drawConstant } from '../draw/static-data.ts';
import type { Value } from '../model/scope.ts';
import type { TypeInfo } from '../model/types.ts';
import { Class, ptrInfo, typeInfo } from '../model/types.ts';
import type { Emitter, Gen } from './gen.ts';
import { boolInfo, can, define, defineFull, use } from './gen.ts';
import { newPlace, operand } from './operands.ts';
import { listedPointer } from './places.ts';
import { defineLoaded } from './pointers.ts';
import { markWritten, store } from './slots.ts';
import { guarded } from './sums.ts';

type Order = (typeof ORDERS)[number];
type Change = (typeof MODIFICATIONS)[number];

/** Whether one access can hold a value of type `info`. */
function isAtomic({ cls, bits, tag }: TypeInfo): boolean {
  switch (cls) {
    case Class.int:
    case Class.float:
      return bits <= 64;
    case Class.enum:
    case Class.packed:
      return tag!.bits <= 64;
    case Class.bool:
    case Class.ptr:
    case Class.many:
    case Class.fnptr:
      return true;
    case Class.nothing:
    case Class.slice:
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

/** A type for an atomic access: mostly a number, now and then an enum or a pointer; a packed struct where rare types are asked for. */
function drawAtomic(g: Gen): TypeInfo {
  const { r, p } = g;
  const { rare } = p.plan.profile;
  if (r.chance(rare ? 170 : 40)) {
    const others = (rare ? sumsOf(p, Class.packed) : [...p.sums, ...p.fnPtrs]).filter(isAtomic);
    if (others.length > 0) return r.pick(others);
    return ptrInfo(p.types, drawScalar(p), r.chance(128));
  }
  const info = drawScalar(p);
  return isAtomic(info) ? info : p.ints[0]!;
}

/** A pointer to a value of a type that `accepts`. */
function atomicPlace(g: Gen, mutable: boolean, accepts: (info: TypeInfo) => boolean): Value {
  const isSuitable = ({ info }: Value): boolean => {
    const align = g.p.pool.ptrAlign(info.ip);
    const child = info.child!;
    return !(mutable && info.isConst) && isAtomic(child) && accepts(child) && (align === 0 || align >= child.size);
  };
  const listed = g.r.chance(g.p.plan.profile.rare ? 60 : 180) ? listedPointer(g, Class.ptr, isSuitable) : null;
  if (listed !== null) return listed;
  const drawn = drawAtomic(g);
  const child = accepts(drawn) ? drawn : g.p.ints.find(isAtomic)!;
  if (g.r.chance(128)) return newPlace(g, child);
  return drawAddress(g.p, ptrInfo(g.p.types, child, !mutable && g.r.chance(100)));
}

const ANY = (): boolean => true;

function order(g: Gen, excluded: readonly Order[]): number {
  return ORDERS.indexOf(g.r.pick(ORDERS.filter((one) => !excluded.includes(one))));
}

/** atomic_load. */
export const loadingAtomically: Emitter = (g) => {
  loadFrom(g, atomicPlace(g, false, ANY));
  return true;
};

function loadFrom(g: Gen, place: Value): Value {
  const info = place.info.child!;
  const inst = g.b.add('atomic_load', info.ip, use(place), order(g, ['release', 'acq_rel']));
  return defineLoaded(g, instRef(inst), info);
}

/** Makes visible what is in the place: sometimes at once, by a load of either kind. */
function lookAgain(g: Gen, place: Value): void {
  markWritten(place);
  if (!g.r.chance(110)) return;
  if (can(g, 'atomic_load') && g.r.chance(128)) loadFrom(g, place);
  else defineLoaded(g, g.b.tyOp('load', place.info.child!.ip, use(place)), place.info.child!);
}

type StoreTag = 'atomic_store_unordered' | 'atomic_store_monotonic' | 'atomic_store_release' | 'atomic_store_seq_cst';

/** atomic_store_*. */
export function storingAtomically(tag: StoreTag): Emitter {
  return (g) => {
    const place = atomicPlace(g, true, ANY);
    g.b.bin(tag, place.ref, use(operand(g, place.info.child!, true)));
    lookAgain(g, place);
    return true;
  };
}

const OF_FLOATS: readonly Change[] = ['add', 'sub', 'max', 'min', 'xchg'];

function changesOf({ cls }: TypeInfo): readonly Change[] {
  if (cls === Class.int) return MODIFICATIONS;
  return cls === Class.float ? OF_FLOATS : ['xchg'];
}

/** atomic_rmw. */
export const modifying: Emitter = (g) => {
  const place = atomicPlace(g, true, ANY);
  const info = place.info.child!;
  const change = g.r.pick(changesOf(info));
  const value = operand(g, info, true);
  const ref = place.ref;
  const inst = g.b.add('atomic_rmw', info.ip, ref, use(value), MODIFICATIONS.indexOf(change), order(g, ['unordered']));
  defineLoaded(g, instRef(inst), info);
  lookAgain(g, place);
  return true;
};

/** Whether values of `info` can be told to be equal whatever they are. */
function isExchangeable({ cls }: TypeInfo): boolean {
  return cls === Class.int || cls === Class.bool || cls === Class.enum || cls === Class.packed;
}

/** cmpxchg_weak, cmpxchg_strong; what was there is taken out of the result where it is. */
export function exchanging(tag: 'cmpxchg_weak' | 'cmpxchg_strong'): Emitter {
  return (g) => {
    const pointerWise = g.r.chance(24);
    const place = pointerWise ? pointerPlace(g) : atomicPlace(g, true, isExchangeable);
    const info = place.info.child!;
    const expected = pointerWise ? loadFrom(g, place) : expectedAt(g, place);
    const value = operand(g, info, true);
    const result = typeInfo(g.p.types, optType(g.p.pool, info.ip));
    const success = order(g, ['unordered']);
    const weaker = ORDERS.filter((one, n) => n <= success && !['unordered', 'release', 'acq_rel'].includes(one));
    const failure = ORDERS.indexOf(g.r.pick(weaker));
    const inst = g.b.add(tag, result.ip, place.ref, use(expected), use(value), success, failure);
    const seen = defineFull(g, instRef(inst), result);
    lookAgain(g, place);
    lookInto(g, seen);
    return true;
  };
}

/** A slot with a pointer: whether two pointers are equal is known of one that was just read. */
function pointerPlace(g: Gen): Value {
  return newPlace(g, ptrInfo(g.p.types, drawScalar(g.p), g.r.chance(128)));
}

/** What is there (read, or stored just now), or any value. */
function expectedAt(g: Gen, place: Value): Value {
  const info = place.info.child!;
  const way = g.r.below(5);
  if (way < 2) return can(g, 'atomic_load') ? loadFrom(g, place) : operand(g, info, true);
  if (way > 2) return operand(g, info, true);
  const known = drawConstant(g.p, info);
  store(g, place, known);
  return known;
}

function lookInto(g: Gen, seen: Value): void {
  const tests: readonly AirTag[] = ['is_null', 'optional_payload'];
  if (!tests.every((tag) => can(g, tag)) || g.r.chance(40)) return;
  const cond = define(g, g.b.un('is_null', use(seen)), boolInfo(g), 0, 1);
  const child = seen.info.child!;
  guarded(g, child, cond, () => defineLoaded(g, g.b.tyOp('optional_payload', child.ip, use(seen)), child), true);
}
