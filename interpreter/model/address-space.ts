/**
 * All objects of one run: navs, unnamed constants, functions, frame slots; and constants of the pool as values.
 *
 * Owns which pool constant is which object (equal unnamed constants are one object) and the memory limit. Objects are filled
 * from a work list, so that data which points to itself, or a long chain of it, needs no recursion.
 */
import { byteAt, byteCount } from '../../core/intern/byte-values.ts';
import type { Unit } from '../../core/air/unit.ts';
import { isFunctionNav, navAt } from '../../core/air/unit.ts';
import { elemCount, elemValue, sentinelOf } from '../../core/intern/elements.ts';
import type { IpIndex, NavIndex } from '../../core/intern/keys.ts';
import { IP } from '../../core/intern/keys.ts';
import { abiAlign, abiSize, fieldOffset, ptrSize, unionTagOffset } from '../../core/intern/layout.ts';
import { floatPattern } from '../../core/intern/numbers.ts';
import { enumFieldValue, unionTag } from '../../core/intern/sums.ts';
import { TypeKind } from '../../core/intern/type-kinds.ts';
import { ValueKind } from '../../core/intern/value-kinds.ts';
import { unreachable } from '../../core/support/assert.ts';
import { floatFromBits, intFromBits, softFromBits, writeValue } from './encoding.ts';
import { exhausted } from './halt.ts';
import type { Pointer } from './memory-object.ts';
import { makePointer, MemoryObject } from './memory-object.ts';
import { packed, packedVariant } from './packed.ts';
import { floatShapeOf, intShapeOf, shapeOf } from './shapes.ts';
import { newVariant } from './sum-encoding.ts';
import type { Value } from './values.ts';
import { NULL } from './values.ts';

/** No memory has more pages, and every one begins with some. */
const MOST_PAGES = 65_536n;
/** So many more a program certainly gets. */
const SURE_PAGES = 1024;

/** All memory of one run. */
export class AddressSpace {
  readonly #unit: Unit;
  readonly #navs: (MemoryObject | undefined)[] = [];
  readonly #constants = new Map<IpIndex, MemoryObject>();
  readonly #texts = new Map<string, MemoryObject>();
  readonly #unfilled: [object: MemoryObject, content: IpIndex][] = [];
  /**
   * What a number of pages is an offset from: nothing is at it, and how many pages a program begins with is not known. A
   * number of pages may be copied and compared with another, and their difference is a number.
   */
  readonly pages: MemoryObject;
  readonly #limit: number;
  #used = 0;
  #grown = 0;

  /** `limit`: greatest number of bytes of all objects together. */
  constructor(unit: Unit, limit: number) {
    this.#unit = unit;
    this.#limit = limit;
    this.pages = new MemoryObject('slot', null, 0, 1, true, ptrSize(unit.pool));
    this.pages.alive = false;
  }

  /** The object of a nav, function or data. */
  nav(index: NavIndex): MemoryObject {
    const known = this.#navs[index];
    if (known !== undefined) return known;
    const nav = navAt(this.#unit, index);
    const { pool } = this.#unit;
    const isFunction = isFunctionNav(nav);
    const object = isFunction
      ? new MemoryObject('function', index, 0, 1, true, ptrSize(pool))
      : this.#make('nav', index, abiSize(pool, nav.ty), nav.align || abiAlign(pool, nav.ty), nav.kind === 'const');
    this.#navs[index] = object;
    if (nav.init !== null) this.#unfilled.push([object, nav.init]);
    return object;
  }

  /** The number of pages of memory. */
  pageCount(): Pointer {
    return makePointer(this.pages, this.#grown);
  }

  /** Adds pages; false, and nothing happens, where there can never be so many. */
  grow(pages: bigint): boolean {
    if (pages >= MOST_PAGES) return false;
    const grown = this.#grown + Number(pages);
    if (grown > SURE_PAGES) exhausted('memory');
    this.#grown = grown;
    return true;
  }

  /** A slot of a frame, with undefined content. */
  newSlot(size: number, align: number): MemoryObject {
    return this.#make('slot', null, size, align, false);
  }

  /** Ends the life of a slot. */
  release(slot: MemoryObject): void {
    slot.alive = false;
    this.#used -= slot.size;
  }

  /** Value of a pool constant; the objects that it refers to exist and are filled. */
  constant(ip: IpIndex): Value {
    const value = this.#value(ip);
    this.fill();
    return value;
  }

  /** A slice over `bytes`, which are of this run only and have a zero behind them. */
  text(bytes: Uint8Array): Value {
    const key = String.fromCharCode(...bytes);
    let object = this.#texts.get(key);
    if (object === undefined) {
      object = this.#make('constant', null, bytes.length + 1, 1, true);
      bytes.forEach((byte, n) => object!.writeNumber(n, 1, byte));
      object.writeNumber(bytes.length, 1, 0);
      this.#texts.set(key, object);
    }
    const length = intFromBits(intShapeOf(this.#unit.pool, IP.usize_type), BigInt(bytes.length));
    return [makePointer(object, 0), length];
  }

  /** Gives every object that was made since the last call its initial content. */
  fill(): void {
    const { pool } = this.#unit;
    for (let next = this.#unfilled.pop(); next !== undefined; next = this.#unfilled.pop()) {
      const [object, content] = next;
      if (pool.valueKind(content) !== ValueKind.undef) {
        writeValue(object, 0, shapeOf(pool, pool.typeOf(content)), this.#value(content));
      }
    }
  }

  /** Ends the run if one value or object of `size` bytes is too big for it. */
  demand(size: number): void {
    if (this.#used + size > this.#limit) exhausted('memory');
  }

  #make(role: 'nav' | 'constant' | 'slot', nav: NavIndex | null, size: number, align: number, readonly: boolean) {
    this.demand(size);
    this.#used += size;
    return new MemoryObject(role, nav, size, align, readonly, ptrSize(this.#unit.pool));
  }

  #constantObject(content: IpIndex, align: number): MemoryObject {
    const { pool } = this.#unit;
    let object = this.#constants.get(content);
    if (object === undefined) {
      const ty = pool.typeOf(content);
      object = this.#make('constant', null, abiSize(pool, ty), abiAlign(pool, ty), true);
      this.#constants.set(content, object);
      this.#unfilled.push([object, content]);
    }
    if (align > object.align) object.align = align;
    return object;
  }

  #value(ip: IpIndex): Value {
    const { pool } = this.#unit;
    const kind = pool.valueKind(ip);
    switch (kind) {
      case ValueKind.undef:
      case ValueKind.void:
        return undefined;
      case ValueKind.bool:
        return ip === IP.bool_true ? 1 : 0;
      case ValueKind.int:
        return intFromBits(intShapeOf(pool, pool.typeOf(ip)), pool.intBig(ip));
      case ValueKind.float:
        return this.#float(ip);
      case ValueKind.aggregate:
      case ValueKind.bytes:
      case ValueKind.repeated:
        return this.#aggregate(ip, kind);
      case ValueKind.ptr_nav:
        return makePointer(this.nav(pool.word(ip, 1) as NavIndex), pool.ptrOffset(ip));
      case ValueKind.ptr_uav:
        return makePointer(this.#constantObject(pool.word(ip, 1) as IpIndex, pool.word(ip, 2)), pool.ptrOffset(ip));
      case ValueKind.ptr_int:
        return makePointer(null, pool.word(ip, 1));
      case ValueKind.slice:
        return [this.#value(pool.word(ip, 1) as IpIndex), this.#value(pool.word(ip, 2) as IpIndex)];
      case ValueKind.null:
        return NULL;
      case ValueKind.payload:
        return { kind: 'payload', payload: this.#value(pool.word(ip, 1) as IpIndex) };
      case ValueKind.err: {
        const code = pool.word(ip, 1);
        return pool.typeKind(pool.typeOf(ip)) === TypeKind.error_union ? { kind: 'absent', code } : code;
      }
      case ValueKind.enum_tag:
        return this.#value(pool.word(ip, 1) as IpIndex);
      case ValueKind.union_value:
        return this.#union(ip);
    }
    return unreachable(kind, 'kind of value');
  }

  #union(ip: IpIndex): Value {
    const { pool } = this.#unit;
    const ty = pool.typeOf(ip);
    const field = pool.word(ip, 1);
    const fieldTy = pool.fieldType(ty, field);
    if (pool.typeKind(ty) === TypeKind.packed) {
      return packedVariant(pool, ty, field, this.#value(pool.word(ip, 2) as IpIndex));
    }
    const variant = newVariant(abiSize(pool, ty), ptrSize(pool));
    const payload = this.#value(pool.word(ip, 2) as IpIndex);
    writeValue(variant.bytes, fieldOffset(pool, ty, field), shapeOf(pool, fieldTy), payload);
    const tag = unionTag(pool, ty);
    if (tag !== null) {
      const number = this.#value(enumFieldValue(pool, tag, field));
      writeValue(variant.bytes, unionTagOffset(pool, ty), shapeOf(pool, tag), number);
    }
    return variant;
  }

  #float(ip: IpIndex): Value {
    const { pool } = this.#unit;
    const shape = floatShapeOf(pool, pool.typeOf(ip));
    const pattern = floatPattern(pool, ip);
    return shape.kind === 'soft' ? softFromBits(shape, pattern) : floatFromBits(shape.size, pattern);
  }

  #aggregate(
    ip: IpIndex,
    kind: typeof ValueKind.aggregate | typeof ValueKind.bytes | typeof ValueKind.repeated,
  ): Value {
    const { pool } = this.#unit;
    const ty = pool.typeOf(ip);
    const size = abiSize(pool, ty);
    if (size === 0) return undefined;
    this.demand(size);
    const values: Value[] = [];
    if (kind === ValueKind.bytes) {
      for (let n = 0; n < byteCount(pool, ip); n++) values.push(byteAt(pool, ip, n));
    } else if (kind === ValueKind.repeated) {
      const element = this.#value(elemValue(pool, ip, 0));
      for (let n = 0; n < pool.arrayLen(ty); n++) values.push(element);
    } else {
      const count = elemCount(pool, ty);
      for (let n = 0; n < count; n++) values.push(this.#value(elemValue(pool, ip, n)));
    }
    if (pool.typeKind(ty) === TypeKind.packed) return packed(pool, ty, values);
    const sentinel = sentinelOf(pool, ty);
    if (sentinel !== null) values.push(this.#value(sentinel));
    return values;
  }
}
