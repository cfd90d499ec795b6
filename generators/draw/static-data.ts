/**
 * Constants of every type, and the data objects that constants point to.
 *
 * Owns initial values: nested pointers, offsets, unnamed constants, over-alignment, link sections. Invariant (relied on by
 * every pointer that is read from memory): a pointer in a constant points to a whole, initialised object of its type that
 * is never freed, is writable if the pointer is, and has {@link MANY_AHEAD} elements ahead if it is a pointer to many; a
 * pointer to a function points to a function that may be called through pointers.
 */
import type { IpIndex } from '../../core/index.ts';
import { bytesValue, IP, refValue, valueRef } from '../../core/index.ts';
import type { DataPlan, Program } from '../model/program.ts';
import { ofType } from '../model/program.ts';
import type { Fact, Value } from '../model/scope.ts';
import { MANY_AHEAD, unlisted } from '../model/scope.ts';
import type { TypeInfo } from '../model/types.ts';
import { arrayInfo, Class, manyInfo, ptrInfo, typeInfo } from '../model/types.ts';
import { boolConst, drawFloat, drawInt, drawIntIp, floatConst, intConst } from './constants.ts';
import { packedConstant } from './draw-packed.ts';
import { vectorConstant } from './draw-vectors.ts';
import { drawSumConstant, zeroSum } from './draw-sums.ts';
import { addData, drawExports, publishPlaces } from './navs.ts';

/** Identities of unnamed constants start here; those of navs are below. */
export const FIRST_UNNAMED = 1 << 24;

/** A constant of any type that has values. */
export function drawConstant(p: Program, info: TypeInfo): Value {
  switch (info.cls) {
    case Class.int:
      return drawInt(p, info);
    case Class.bool:
      return boolConst(info, p.r.chance(128));
    case Class.float:
      return drawFloat(p, info);
    case Class.ptr:
    case Class.many:
    case Class.slice:
      return drawAddress(p, info);
    case Class.fnptr:
      return constant(p.pool.ptrNav(info.ip, p.r.pick(ofType(p, info).targets)), info);
    case Class.array:
    case Class.struct:
      return constant(drawAggregate(p, info), info);
    case Class.opt:
    case Class.errors:
    case Class.fallible:
    case Class.enum:
    case Class.union:
      return constant(
        drawSumConstant(p, info, (part) => drawIp(p, part)),
        info,
      );
    case Class.vector:
      return constant(
        vectorConstant(p, info, (part) => drawIp(p, part)),
        info,
      );
    case Class.packed:
      return constant(
        packedConstant(p, info, (part) => drawIp(p, part)),
        info,
      );
    case Class.nothing:
      return constant(IP.void_value, info);
    case Class.fn:
      throw new Error('a function has no constant of its type');
  }
}

function constant(ip: IpIndex, info: TypeInfo, fact: Fact | null = null): Value {
  return unlisted(valueRef(ip), info, -Infinity, Infinity, fact);
}

/** Interned value of a constant of type `info`. */
function drawIp(p: Program, info: TypeInfo): IpIndex {
  if (info.cls === Class.int) return drawIntIp(p, info);
  return refValue(drawConstant(p, info).ref);
}

/** Zero, as far as the type has a zero: pointers point somewhere. */
function zeroIp(p: Program, info: TypeInfo): IpIndex {
  switch (info.cls) {
    case Class.int:
      return refValue(intConst(p, info, 0).ref);
    case Class.bool:
      return IP.bool_false;
    case Class.float:
      return refValue(floatConst(p, info, 0).ref);
    case Class.array:
      return p.pool.repeated(info.ip, zeroIp(p, info.child!));
    case Class.struct:
      return p.pool.aggregate(
        info.ip,
        info.fields.map((field) => zeroIp(p, field)),
      );
    case Class.opt:
    case Class.errors:
    case Class.fallible:
    case Class.enum:
    case Class.union:
      return zeroSum(p, info, (part) => zeroIp(p, part));
    case Class.vector:
      return p.pool.repeated(info.ip, zeroIp(p, info.child!));
    case Class.packed:
      return packedConstant(p, info, (part) => zeroIp(p, part));
    case Class.nothing:
    case Class.ptr:
    case Class.many:
    case Class.slice:
    case Class.fnptr:
    case Class.fn:
      return drawIp(p, info);
  }
}

function drawAggregate(p: Program, info: TypeInfo): IpIndex {
  const { pool, r } = p;
  if (r.chance(24)) return zeroIp(p, info);
  if (info.cls === Class.struct) {
    return pool.aggregate(
      info.ip,
      info.fields.map((field) => drawIp(p, field)),
    );
  }
  const child = info.child!;
  if (child.ip === IP.u8_type && info.length <= 64 && r.chance(140)) {
    const bytes = new Uint8Array(info.length);
    for (let i = 0; i < bytes.length; i++) bytes[i] = r.chance(40) ? 0 : r.u32();
    return bytesValue(pool, info.ip, bytes);
  }
  if (info.length > 24 || (info.length > 0 && r.chance(64))) return pool.repeated(info.ip, drawIp(p, child));
  const elems: IpIndex[] = [];
  for (let i = 0; i < info.length; i++) elems.push(drawIp(p, child));
  return pool.aggregate(info.ip, elems);
}

/** A constant pointer or slice of type `info`. */
export function drawAddress(p: Program, info: TypeInfo): Value {
  const known = ofType(p, info.child!);
  if (info.cls === Class.ptr) {
    if (info.isConst && p.r.chance(known.places.length === 0 ? 230 : 70)) return unnamedAddress(p, info);
    return placeAddress(p, info);
  }
  if (info.isConst && p.r.chance(known.runs.length === 0 ? 230 : 60)) return unnamedRun(p, info);
  return runAddress(p, info);
}

/** `&` of an unnamed constant of the pointee type. */
function unnamedAddress(p: Program, info: TypeInfo): Value {
  const child = info.child!;
  const value = drawIp(p, child);
  const explicit = p.pool.ptrAlign(info.ip);
  const align = explicit > child.align || p.r.chance(30) ? Math.max(explicit, child.align << p.r.below(4)) : 0;
  const ip = p.pool.ptrUav(info.ip, value, align, 0);
  return constant(ip, info, addressFact(FIRST_UNNAMED + value));
}

/** `&` of an unnamed constant of type `child` at a multiple of `align` (>= natural), which the type of the pointer need not say. */
export function drawAlignedConstant(p: Program, child: TypeInfo, align: number): Value {
  const info = ptrInfo(p.types, child, true, p.r.chance(128) && align > child.align ? align : 0);
  const value = drawIp(p, child);
  return constant(
    p.pool.ptrUav(info.ip, value, align > child.align ? align : 0, 0),
    info,
    addressFact(FIRST_UNNAMED + value),
  );
}

/** A pointer or slice to the elements of an unnamed array. */
function unnamedRun(p: Program, info: TypeInfo): Value {
  const length = p.r.between(MANY_AHEAD, 7);
  const array = arrayInfo(p.types, info.child!, length);
  const value = drawIp(p, array);
  const many = info.cls === Class.many ? info : manyInfo(p.types, info.child!, info.isConst);
  const start = p.r.chance(60) ? p.r.below(length - MANY_AHEAD + 1) : 0;
  const first = p.pool.ptrUav(many.ip, value, 0, start * info.child!.size);
  return runValue(p, info, first, FIRST_UNNAMED + value, start, length);
}

export function addressFact(object: number): Fact {
  return { isStatic: true, object, ahead: 0, most: Infinity, behind: 0 };
}

/** `info` (many or slice) for elements `start ..< length` of an object; `first` is the `[*]` pointer to element `start`. */
function runValue(p: Program, info: TypeInfo, first: IpIndex, object: number, start: number, length: number): Value {
  const ahead = length - start;
  if (info.cls === Class.many) {
    return constant(first, info, { isStatic: true, object, ahead, most: Infinity, behind: start });
  }
  const count = p.r.chance(20) ? 0 : p.r.chance(60) ? p.r.below(ahead + 1) : ahead;
  const usize = typeInfo(p.types, IP.usize_type);
  const ip = p.pool.slice(info.ip, first, refValue(intConst(p, usize, count).ref));
  return constant(ip, info, { isStatic: true, object, ahead: count, most: count, behind: 0 });
}

/** Address of a named object of the pointee type; makes one if there is none that suits. */
function placeAddress(p: Program, info: TypeInfo): Value {
  const child = info.child!;
  const { places } = ofType(p, child);
  for (let tries = 0; tries < 4 && places.length > 0; tries++) {
    const place = p.r.pick(places);
    if (info.isConst || place.data.mutable) {
      const ip = p.pool.ptrNav(info.ip, place.data.nav, place.offset);
      return constant(ip, info, addressFact(place.data.nav + 1));
    }
  }
  const data = newData(p, child, !info.isConst);
  return constant(p.pool.ptrNav(info.ip, data.nav), info, addressFact(data.nav + 1));
}

/** Pointer or slice to elements of a named array; makes one if there is none that suits. */
function runAddress(p: Program, info: TypeInfo): Value {
  const child = info.child!;
  const { runs } = ofType(p, child);
  let run = null;
  for (let tries = 0; tries < 4 && runs.length > 0; tries++) {
    const found = p.r.pick(runs);
    if ((info.isConst || found.data.mutable) && found.length >= MANY_AHEAD) {
      run = found;
      break;
    }
  }
  if (run === null) {
    const length = p.r.between(MANY_AHEAD, 8);
    run = { data: newData(p, arrayInfo(p.types, child, length), !info.isConst), offset: 0, length };
  }
  const many = info.cls === Class.many ? info : manyInfo(p.types, child, info.isConst);
  const start = p.r.chance(60) ? p.r.below(run.length - MANY_AHEAD + 1) : 0;
  const first = p.pool.ptrNav(many.ip, run.data.nav, run.offset + start * child.size);
  return runValue(p, info, first, run.data.nav + 1, start, run.length);
}

/** A new data object with an initial value, known to everybody at once. */
export function newData(p: Program, info: TypeInfo, mutable: boolean): DataPlan {
  const data = announceData(p, info, mutable, drawIp(p, info));
  publishPlaces(p, data);
  return data;
}

/** A name that begins as that of zero memory says nothing of the content. */
const SECTIONS = ['.data.hot', '.data.a', '.data.zz', '.bss.mixed'];
const CONST_SECTIONS = ['.rodata.hot', '.rodata.a', '.rodata.str'];

/** A new data object that nothing points to yet; `init` null: {@link initialise} gives the value later. */
export function announceData(p: Program, info: TypeInfo, mutable: boolean, init: IpIndex | null): DataPlan {
  const { r } = p;
  const align = r.chance(36) ? Math.min(64, Math.max(info.align, 1) << r.between(1, 4)) : 0;
  const section = r.chance(14) ? r.pick(mutable ? SECTIONS : CONST_SECTIONS) : null;
  const data = addData(p, info, mutable, align, { section }, init);
  const draft = p.drafts[data.nav]!;
  if (r.chance(mutable ? 236 : 190)) draft.nav = { ...draft.nav, exports: drawExports(p, draft.nav.name) };
  return data;
}

/** As {@link announceData}, thread-local: nothing constant points to it. */
export function announceThreadLocal(p: Program, info: TypeInfo, mutable: boolean): DataPlan {
  const data = announceData(p, info, mutable, null);
  p.data.pop();
  p.threadLocals.push(data);
  const draft = p.drafts[data.nav]!;
  draft.nav = { ...draft.nav, threadlocal: true };
  return data;
}

/** Gives announced data an initial value that is undefined in whole or in part. */
export function initialisePartly(p: Program, data: DataPlan): void {
  const { pool, r } = p;
  const { info } = data;
  const draft = p.drafts[data.nav]!;
  const part = (child: TypeInfo): IpIndex => (r.chance(128) ? pool.undef(child.ip) : drawIp(p, child));
  const isStruct = info.cls === Class.struct && r.chance(170);
  const init = isStruct ? pool.aggregate(info.ip, info.fields.map(part)) : pool.undef(info.ip);
  draft.nav = { ...draft.nav, init };
  p.unread.push(data);
}

/** Gives announced data its initial value. */
export function initialise(p: Program, data: DataPlan): void {
  const draft = p.drafts[data.nav]!;
  const init = p.r.chance(50) ? zeroIp(p, data.info) : drawIp(p, data.info);
  draft.nav = { ...draft.nav, init };
}
