/**
 * Interned values as C: literals, and objects in memory with the addresses in them.
 *
 * Owns how an object is initialised: byte by byte where AIR says the bytes, by an address where it has one. Unnamed constants
 * become objects of their own.
 */
import type { InternPool, IpIndex, NavIndex, Unit } from '../../../core/index.ts';
import {
  abiAlign,
  abiSize,
  elemCount,
  elemValue,
  errorOffset,
  errorPayloadOffset,
  fieldOffset,
  floatPattern,
  hasNullPayload,
  integerValue,
  InternalError,
  IP,
  isFunctionNav,
  packedPattern,
  presenceWord,
  ptrSize,
  sentinelOf,
  TypeKind,
  unionTag,
  unionTagOffset,
  enumFieldValue,
  ValueKind,
} from '../../../core/index.ts';
import { NotPrintable } from '../not-printable.ts';
import type { CTypes } from './c-types.ts';
import { shapeOf } from './c-types.ts';

/** Bytes of an object, and the addresses among them by offset. */
interface Image {
  readonly bytes: Uint8Array;
  readonly addresses: Map<number, string>;
}

/** Whether other objects of a link have something. */
export type Linkage = 'static' | 'shared';

/** What other objects of a link have, and nobody else. */
export const HIDDEN = '__attribute__((visibility("hidden")))';

export class CValues {
  readonly #unit: Unit;
  readonly #types: CTypes;
  readonly #prefix: string;
  readonly #constants = new Map<string, string>();
  /** Declarations of unnamed constants so far: heads, which may be mentioned before they are defined, and definitions. */
  readonly heads: string[] = [];
  readonly definitions: string[] = [];

  constructor(unit: Unit, types: CTypes, prefix: string) {
    this.#unit = unit;
    this.#types = types;
    this.#prefix = prefix;
  }

  /** Name of nav `nav`. */
  navName(nav: NavIndex): string {
    return `${this.#prefix}n${nav}`;
  }

  /** `value` as an expression of its type. */
  text(value: IpIndex): string {
    const { pool } = this.#unit;
    const ty = pool.typeOf(value);
    const shape = shapeOf(pool, ty);
    const isUndefined = pool.valueKind(value) === ValueKind.undef;
    switch (shape.kind) {
      case 'none':
        return '';
      case 'int':
        return this.int(shape.bits, shape.signed, isUndefined ? 0n : numberOf(pool, value));
      case 'bool':
        return value === IP.bool_true ? '(_Bool)1' : '(_Bool)0';
      case 'float':
        return isUndefined ? '0.0' : floatText(shape.bits, floatPattern(pool, value));
      case 'pointer':
        return isUndefined ? '(unsigned char *)0' : this.address(value);
      case 'bytes': {
        const type = this.#types.text(ty);
        return isUndefined ? `((${type}){{0}})` : `(*(${type} *)${this.bytes(value)})`;
      }
    }
  }

  /** An integer literal. */
  int(bits: number, signed: boolean, value: bigint): string {
    const type = this.#types.int(bits, signed);
    const pattern = BigInt.asUintN(bits, value);
    if (bits <= 64) return `((${type})0x${pattern.toString(16)}ull)`;
    const [high, low] = [pattern >> 64n, pattern & 0xffff_ffff_ffff_ffffn];
    return `((${type})((unsigned __int128)0x${high.toString(16)}ull << 64 | 0x${low.toString(16)}ull))`;
  }

  /** Address of the bytes of a constant, as an expression. */
  bytes(value: IpIndex): string {
    return `((unsigned char *)&${this.#constant(value, abiAlign(this.#unit.pool, this.#unit.pool.typeOf(value)))})`;
  }

  /** A constant pointer, as an expression that also initialises an object. */
  address(value: IpIndex): string {
    const { pool, navs } = this.#unit;
    switch (pool.valueKind(value)) {
      case ValueKind.ptr_nav: {
        const nav = pool.word(value, 1) as NavIndex;
        if (navs[nav]!.kind === 'extern_var') throw new NotPrintable('a variable of another object');
        const name = this.navName(nav);
        return offsetText(isFunctionNav(navs[nav]!) ? name : `&${name}`, pool.ptrOffset(value));
      }
      case ValueKind.ptr_uav: {
        const constant = pool.word(value, 1) as IpIndex;
        const align = Math.max(pool.word(value, 2), abiAlign(pool, pool.typeOf(constant)));
        return offsetText(`&${this.#constant(constant, align)}`, pool.ptrOffset(value));
      }
      case ValueKind.ptr_int:
        return `((unsigned char *)${pool.word(value, 1)}u)`;
      case ValueKind.undef:
      case ValueKind.null:
        return '((unsigned char *)0)';
      case ValueKind.bool:
      case ValueKind.int:
      case ValueKind.float:
      case ValueKind.void:
      case ValueKind.aggregate:
      case ValueKind.bytes:
      case ValueKind.repeated:
      case ValueKind.slice:
      case ValueKind.err:
      case ValueKind.payload:
      case ValueKind.enum_tag:
      case ValueKind.union_value:
        throw new InternalError('a constant that is no address stands for one');
    }
  }

  #constant(constant: IpIndex, align: number): string {
    const key = `${constant} ${align}`;
    let name = this.#constants.get(key);
    if (name === undefined) {
      name = `${this.#prefix}k${constant}_${align}`;
      this.#constants.set(key, name);
      const { head, definition } = this.object(name, this.#unit.pool.typeOf(constant), constant, align, true);
      this.heads.push(head);
      this.definitions.push(definition);
    }
    return name;
  }

  /** An object `name` of type `ty` with the value `init`: what can be declared before all others, and its definition. */
  object(
    name: string,
    ty: IpIndex,
    init: IpIndex,
    align: number,
    isConst: boolean,
    linkage: Linkage = 'static',
  ): { readonly head: string; readonly definition: string } {
    shapeOf(this.#unit.pool, ty);
    const image: Image = { bytes: new Uint8Array(abiSize(this.#unit.pool, ty)), addresses: new Map() };
    this.#place(init, image, 0);
    const fields: string[] = [];
    const values: string[] = [];
    let at = 0;
    const run = (to: number): void => {
      if (to === at) return;
      fields.push(`unsigned char b${at}[${to - at}];`);
      values.push(bytesText(image.bytes.subarray(at, to)));
      at = to;
    };
    for (const [offset, text] of [...image.addresses].sort(([a], [b]) => a - b)) {
      run(offset);
      fields.push(`unsigned char *p${offset};`);
      values.push(text);
      at = offset + ptrSize(this.#unit.pool);
    }
    run(image.bytes.length);
    // What has no bytes still has an address.
    if (fields.length === 0) {
      fields.push('unsigned char b[1];');
      values.push('{0}');
    }
    const type = `struct __attribute__((packed, aligned(${align}))) ${name}_t`;
    const [declared, defined] = linkage === 'static' ? ['static', 'static'] : [`extern ${HIDDEN}`, HIDDEN];
    const head = `${type} { ${fields.join(' ')} };\n${declared} ${isConst ? 'const ' : ''}struct ${name}_t ${name};`;
    return {
      head,
      definition: `${defined} ${isConst ? 'const ' : ''}struct ${name}_t ${name} = { ${values.join(', ')} };`,
    };
  }

  #place(value: IpIndex, image: Image, at: number): void {
    const { pool } = this.#unit;
    const ty = pool.typeOf(value);
    const size = abiSize(pool, ty);
    if (pool.valueKind(value) === ValueKind.undef || size === 0) return;
    const put = (pattern: bigint, bytes: number, where = at): void => {
      for (let n = 0; n < bytes; n++) image.bytes[where + n] = Number((pattern >> BigInt(8 * n)) & 0xffn);
    };
    const word = (n: number): IpIndex => pool.word(value, n) as IpIndex;
    switch (pool.typeKind(ty)) {
      case TypeKind.simple:
        return put(
          ty === IP.bool_type ? (value === IP.bool_true ? 1n : 0n) : BigInt.asUintN(size * 8, numberOf(pool, value)),
          size,
        );
      case TypeKind.int:
      case TypeKind.enum:
      case TypeKind.packed:
      case TypeKind.error_set:
        return put(BigInt.asUintN(size * 8, numberOf(pool, value)), size);
      case TypeKind.float:
        return put(floatPattern(pool, value), size);
      case TypeKind.ptr:
        image.addresses.set(at, this.address(value));
        return;
      case TypeKind.slice:
        this.#place(word(1), image, at);
        return this.#place(word(2), image, at + ptrSize(pool));
      case TypeKind.array: {
        const child = abiSize(pool, pool.childType(ty));
        const sentinel = sentinelOf(pool, ty);
        for (let n = 0; n < pool.arrayLen(ty); n++) this.#place(elemValue(pool, value, n), image, at + n * child);
        if (sentinel !== null) this.#place(sentinel, image, at + pool.arrayLen(ty) * child);
        return;
      }
      case TypeKind.struct:
        for (let n = 0; n < elemCount(pool, ty); n++)
          this.#place(elemValue(pool, value, n), image, at + fieldOffset(pool, ty, n));
        return;
      case TypeKind.opt: {
        if (pool.valueKind(value) === ValueKind.null) return;
        this.#place(word(1), image, at);
        const presence = presenceWord(pool, ty);
        if (!hasNullPayload(pool, ty)) put(1n, presence.size, at + presence.offset);
        return;
      }
      case TypeKind.error_union:
        if (pool.valueKind(value) === ValueKind.err) return put(BigInt(word(1)), 2, at + errorOffset(pool, ty));
        return this.#place(word(1), image, at + errorPayloadOffset(pool, ty));
      case TypeKind.union: {
        const [field, tag] = [pool.word(value, 1), unionTag(pool, ty)];
        this.#place(word(2), image, at + fieldOffset(pool, ty, field));
        if (tag === null) return;
        const number = BigInt.asUintN(abiSize(pool, tag) * 8, pool.intBig(enumFieldValue(pool, tag, field)));
        return put(number, abiSize(pool, tag), at + unionTagOffset(pool, ty));
      }
      case TypeKind.vector:
      case TypeKind.fn:
        throw new NotPrintable('a vector');
    }
  }
}

/** The number that a constant integer, enum value, error or packed struct is. */
function numberOf(pool: InternPool, value: IpIndex): bigint {
  if (pool.typeKind(pool.typeOf(value)) === TypeKind.packed) return packedPattern(pool, value);
  return integerValue(pool, value) ?? 0n;
}

function offsetText(address: string, offset: number): string {
  const text = `(unsigned char *)${address}`;
  return offset === 0 ? `(${text})` : `(${text} ${offset < 0 ? '-' : '+'} ${Math.abs(offset)})`;
}

/** An initialiser of an array of bytes; zeros are left out. */
function bytesText(bytes: Uint8Array): string {
  const items: string[] = [];
  let from = 0;
  for (let n = 1; n <= bytes.length; n++) {
    if (n < bytes.length && bytes[n] === bytes[from]) continue;
    if (bytes[from] !== 0)
      items.push(n - from === 1 ? `[${from}] = ${bytes[from]}` : `[${from} ... ${n - 1}] = ${bytes[from]}`);
    from = n;
  }
  return items.length === 0 ? '{0}' : `{ ${items.join(', ')} }`;
}

/** A float literal with these bits. */
function floatText(bits: 32 | 64, pattern: bigint): string {
  const [fraction, bias] = bits === 32 ? [23n, 127n] : [52n, 1023n];
  const [suffix, digits] = bits === 32 ? ['f', 6] : ['', 13];
  const sign = pattern >> (fraction === 23n ? 31n : 63n) === 1n ? '-' : '';
  const exponent = (pattern >> fraction) & (bias * 2n + 1n);
  const mantissa = pattern & ((1n << fraction) - 1n);
  if (exponent === bias * 2n + 1n) {
    return mantissa === 0n
      ? `(${sign}__builtin_inf${suffix}())`
      : `air_float${bits}(0x${pattern.toString(16)}${bits === 32 ? 'u' : 'ull'})`;
  }
  const hex = (bits === 32 ? mantissa << 1n : mantissa).toString(16).padStart(digits, '0');
  if (exponent === 0n) return mantissa === 0n ? `(${sign}0.0${suffix})` : `(${sign}0x0.${hex}p${1n - bias}${suffix})`;
  return `(${sign}0x1.${hex}p${exponent - bias}${suffix})`;
}
