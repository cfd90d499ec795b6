/**
 * Types of variables as entries of `.debug_info`: integers, floats, `bool`, pointers, slices, structs, arrays and enums; of any other
 * type the name and the number of bytes.
 *
 * A type is written once, behind those that it is made of: types of the pool refer to older ones only.
 */
import { elemCount, elemType } from '../../intern/elements.ts';
import type { IpIndex } from '../../intern/keys.ts';
import { IP } from '../../intern/keys.ts';
import { abiSize, fieldOffset, hasRuntimeBits, ptrSize } from '../../intern/layout.ts';
import type { PoolReader } from '../../intern/pool-reader.ts';
import { enumFieldCount, enumFieldName, enumFieldValue, enumTag, integerValue, nameBytes } from '../../intern/sums.ts';
import { SimpleType, SIMPLE_TYPE_NAMES, TypeKind } from '../../intern/type-kinds.ts';
import type { ByteWriter } from '../../wasm/byte-writer.ts';
import type { ShapeName } from './debug-forms.ts';
import { SHAPE_CODE } from './debug-forms.ts';

// DWARF 4, figure 22.
const ENCODING = { boolean: 2, float: 4, signed: 5, unsigned: 7 } as const;

/** Longest name of a type that is made of the names of others. */
const LONGEST_NAME = 80;
const MOST_BYTES = 0xffff_ffff;

/** Where type entries go. */
interface TypeSink {
  readonly out: ByteWriter;
  /** Appends the place of a string. */
  readonly string: (text: string | Uint8Array) => void;
}

/** The types that have been written. */
export class DebugTypes {
  readonly #pool: PoolReader;
  readonly #sink: TypeSink;
  readonly #places = new Map<IpIndex, number>();
  readonly #names = new Map<IpIndex, string>();

  constructor(pool: PoolReader, sink: TypeSink) {
    this.#pool = pool;
    this.#sink = sink;
  }

  /** Bytes of a value of type `ty`. */
  sizeOf(ty: IpIndex): number {
    return abiSize(this.#pool, ty);
  }

  /** Offset of the entry of `ty`, which is written if it is not there. */
  place(ty: IpIndex): number {
    let place = this.#places.get(ty);
    if (place === undefined) {
      place = this.#write(ty);
      this.#places.set(ty, place);
    }
    return place;
  }

  #begin(shape: ShapeName): number {
    const at = this.#sink.out.length;
    this.#sink.out.uleb(SHAPE_CODE[shape]);
    return at;
  }

  #write(ty: IpIndex): number {
    const pool = this.#pool;
    if (!hasRuntimeBits(pool, ty)) return this.#unspecified(ty);
    switch (pool.typeKind(ty)) {
      case TypeKind.simple: {
        const simple = pool.simpleType(ty);
        if (simple === SimpleType.bool) return this.#base(ty, ENCODING.boolean, 8);
        return this.#base(ty, simple === SimpleType.isize ? ENCODING.signed : ENCODING.unsigned, 8 * ptrSize(pool));
      }
      case TypeKind.int:
        return this.#base(ty, pool.intSigned(ty) ? ENCODING.signed : ENCODING.unsigned, pool.intBits(ty));
      case TypeKind.float:
        return this.#base(ty, ENCODING.float, pool.floatBits(ty));
      case TypeKind.ptr:
        return this.#pointer(ty);
      case TypeKind.slice:
        return this.#slice(ty);
      case TypeKind.array:
      case TypeKind.struct:
        return abiSize(pool, ty) > MOST_BYTES ? this.#unspecified(ty) : this.#aggregate(ty);
      case TypeKind.enum:
        return this.#enumeration(ty);
      case TypeKind.fn:
      case TypeKind.opt:
      case TypeKind.error_set:
      case TypeKind.error_union:
      case TypeKind.union:
      case TypeKind.packed:
      case TypeKind.vector:
        return this.#opaque(ty);
    }
  }

  #unspecified(ty: IpIndex): number {
    const at = this.#begin('unspecified');
    this.#sink.string(this.#nameOf(ty));
    return at;
  }

  #opaque(ty: IpIndex): number {
    const at = this.#begin('opaque');
    this.#sink.string(this.#nameOf(ty));
    this.#sink.out.uleb(abiSize(this.#pool, ty));
    return at;
  }

  #base(ty: IpIndex, encoding: number, bits: number): number {
    const size = abiSize(this.#pool, ty);
    const at = this.#begin(bits === 8 * size ? 'base' : 'baseOfBits');
    this.#sink.string(this.#nameOf(ty));
    this.#sink.out.u8(encoding);
    this.#sink.out.uleb(size);
    if (bits !== 8 * size) this.#sink.out.uleb(bits);
    return at;
  }

  #pointer(ty: IpIndex): number {
    const { out } = this.#sink;
    const size = ptrSize(this.#pool);
    if (this.#pool.isFnPtr(ty)) {
      const at = this.#begin('pointerToCode');
      out.uleb(size);
      return at;
    }
    const child = this.place(this.#pool.childType(ty));
    const at = this.#begin('pointer');
    out.u32(child);
    out.uleb(size);
    return at;
  }

  #slice(ty: IpIndex): number {
    const { out, string } = this.#sink;
    const size = ptrSize(this.#pool);
    const length = this.place(IP.usize_type);
    const child = this.place(this.#pool.childType(ty));
    const pointer = this.#begin('pointer');
    out.u32(child);
    out.uleb(size);
    const at = this.#begin('struct');
    string(this.#nameOf(ty));
    out.uleb(2 * size);
    this.#member('ptr', pointer, 0);
    this.#member('len', length, size);
    out.uleb(0);
    return at;
  }

  #member(name: string, type: number, offset: number): void {
    const { out, string } = this.#sink;
    this.#begin('member');
    string(name);
    out.u32(type);
    out.uleb(offset);
  }

  #aggregate(ty: IpIndex): number {
    const pool = this.#pool;
    const { out, string } = this.#sink;
    if (pool.typeKind(ty) === TypeKind.array) {
      const child = this.place(pool.childType(ty));
      const at = this.#begin('array');
      out.u32(child);
      this.#begin('length');
      out.uleb(pool.arrayLen(ty));
      out.uleb(0);
      return at;
    }
    const fields = Array.from({ length: elemCount(pool, ty) }, (_, n) => this.place(elemType(pool, ty, n)));
    const at = this.#begin('struct');
    string(this.#nameOf(ty));
    out.uleb(abiSize(pool, ty));
    fields.forEach((field, n) => {
      this.#member(String(n), field, fieldOffset(pool, ty, n));
    });
    out.uleb(0);
    return at;
  }

  #enumeration(ty: IpIndex): number {
    const pool = this.#pool;
    const { out, string } = this.#sink;
    if (pool.intBits(enumTag(pool, ty)) > 64) return this.#opaque(ty);
    const at = this.#begin('enumeration');
    string(this.#nameOf(ty));
    out.uleb(abiSize(pool, ty));
    for (let n = 0; n < enumFieldCount(pool, ty); n++) {
      const value = integerValue(pool, enumFieldValue(pool, ty, n))!;
      this.#begin('enumerator');
      string(nameBytes(pool, enumFieldName(pool, ty, n)));
      out.sleb64(Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n)));
    }
    out.uleb(0);
    return at;
  }

  #nameOf(ty: IpIndex): string {
    let name = this.#names.get(ty);
    if (name === undefined) {
      name = this.#makeName(ty);
      this.#names.set(ty, name);
    }
    return name;
  }

  #makeName(ty: IpIndex): string {
    const pool = this.#pool;
    const kind = pool.typeKind(ty);
    const child = (): string => this.#nameOf(pool.childType(ty));
    switch (kind) {
      case TypeKind.simple:
        return SIMPLE_TYPE_NAMES[pool.simpleType(ty)];
      case TypeKind.int:
        return `${pool.intSigned(ty) ? 'i' : 'u'}${pool.intBits(ty)}`;
      case TypeKind.float:
        return `f${pool.floatBits(ty)}`;
      case TypeKind.ptr:
        return `${pool.ptrIsMany(ty) ? '[*]' : '*'}${child()}`;
      case TypeKind.slice:
        return `[]${child()}`;
      case TypeKind.array:
        return `[${pool.arrayLen(ty)}]${child()}`;
      case TypeKind.vector:
        return `@vector(${pool.arrayLen(ty)}, ${child()})`;
      case TypeKind.opt:
        return `?${child()}`;
      case TypeKind.struct: {
        const names = Array.from({ length: elemCount(pool, ty) }, (_, n) => this.#nameOf(elemType(pool, ty, n)));
        const text = `struct { ${names.join(', ')} }`;
        return text.length > LONGEST_NAME ? 'struct' : text;
      }
      case TypeKind.fn:
      case TypeKind.error_set:
      case TypeKind.error_union:
      case TypeKind.enum:
      case TypeKind.union:
      case TypeKind.packed:
        return KIND_NAMES[kind];
    }
  }
}

const KIND_NAMES = {
  [TypeKind.fn]: 'fn',
  [TypeKind.error_set]: 'error',
  [TypeKind.error_union]: 'error union',
  [TypeKind.enum]: 'enum',
  [TypeKind.union]: 'union',
  [TypeKind.packed]: 'packed',
} as const;
