/**
 * Types of AIR as C, and what a value of each is in C.
 *
 * An integer is a `_BitInt` of its width, a pointer a `unsigned char *`; what lies in memory as several of these is a struct of bytes of its
 * size and alignment. So layouts are AIR's, and memory is read and written by typedefs that may alias everything. Owns which
 * types have no C. Source: C23, 6.2.5 (bit-precise types); clang's limits of them.
 */
import type { InternPool, IpIndex } from '../../../core/index.ts';
import { abiAlign, abiSize, backingOf, enumTag, fieldOffset, integerOf, IP, TypeKind } from '../../../core/index.ts';
import { NotPrintable } from '../not-printable.ts';

/** Widest integer that clang has for wasm. */
const MAX_BITS = 128;

/** What a value is in C. */
export type Shape =
  | { readonly kind: 'none' }
  | { readonly kind: 'int'; readonly bits: number; readonly signed: boolean }
  | { readonly kind: 'bool' }
  | { readonly kind: 'float'; readonly bits: 32 | 64 }
  | { readonly kind: 'pointer' }
  | { readonly kind: 'bytes'; readonly size: number; readonly align: number };

/** The shape of a value of type `ty`. Throws NotPrintable. */
export function shapeOf(pool: InternPool, ty: IpIndex): Shape {
  switch (pool.typeKind(ty)) {
    case TypeKind.simple:
      if (ty === IP.void_type || ty === IP.noreturn_type) return { kind: 'none' };
      if (ty === IP.bool_type) return { kind: 'bool' };
      return integer(pool, ty);
    case TypeKind.int:
      return integer(pool, ty);
    case TypeKind.enum:
    case TypeKind.packed:
      return integer(pool, integerOf(pool, ty));
    case TypeKind.error_set:
      return { kind: 'int', bits: 16, signed: false };
    case TypeKind.float: {
      const bits = pool.floatBits(ty);
      if (bits !== 32 && bits !== 64) throw new NotPrintable(`a float of ${bits} bits`);
      return { kind: 'float', bits };
    }
    case TypeKind.ptr:
      return { kind: 'pointer' };
    case TypeKind.vector:
      throw new NotPrintable('a vector');
    case TypeKind.fn:
      return { kind: 'none' };
    case TypeKind.slice:
    case TypeKind.array:
    case TypeKind.struct:
    case TypeKind.opt:
    case TypeKind.error_union:
    case TypeKind.union: {
      requireParts(pool, ty);
      const size = abiSize(pool, ty);
      return size === 0 ? { kind: 'none' } : { kind: 'bytes', size, align: abiAlign(pool, ty) };
    }
  }
}

function integer(pool: InternPool, ty: IpIndex): Shape {
  const [bits, signed] = [pool.intBits(ty), pool.intSigned(ty)];
  if (bits > MAX_BITS) throw new NotPrintable(`an integer of more than ${MAX_BITS} bits`);
  if (signed && bits === 1) throw new NotPrintable('a signed integer of one bit');
  return { kind: 'int', bits, signed };
}

/** Refuses an aggregate with a part that has no C: its bytes would have a meaning that nobody can print. */
function requireParts(pool: InternPool, ty: IpIndex): void {
  const kind = pool.typeKind(ty);
  if (kind === TypeKind.array || kind === TypeKind.opt) shapeOf(pool, pool.childType(ty));
  if (kind !== TypeKind.struct && kind !== TypeKind.union) return;
  for (let n = 0; n < pool.fieldCount(ty); n++) shapeOf(pool, pool.fieldType(ty, n));
}

/** Names of C types, and the declarations that they need. */
export class CTypes {
  readonly #pool: InternPool;
  readonly #prefix: string;
  readonly #declared = new Set<string>();
  /** Declarations so far. */
  readonly declarations: string[] = [];

  constructor(pool: InternPool, prefix: string) {
    this.#pool = pool;
    this.#prefix = prefix;
  }

  /** Name of the type of a value of `ty`; `void` for none. */
  text(ty: IpIndex): string {
    return this.#name(shapeOf(this.#pool, ty));
  }

  #name(shape: Shape): string {
    switch (shape.kind) {
      case 'none':
        return 'void';
      case 'int':
        return this.int(shape.bits, shape.signed);
      case 'bool':
        return '_Bool';
      case 'float':
        return shape.bits === 32 ? 'float' : 'double';
      case 'pointer':
        return 'unsigned char *';
      case 'bytes': {
        const name = `struct ${this.#prefix}b${shape.size}_${shape.align}`;
        this.#declare(
          name,
          `${name} { _Alignas(${shape.align}) unsigned char b[${shape.size}]; } __attribute__((may_alias));`,
        );
        return name;
      }
    }
  }

  /** Name of an integer type. */
  int(bits: number, signed: boolean): string {
    const name = `${this.#prefix}${signed ? 'i' : 'u'}${bits}`;
    this.#declare(name, `typedef ${signed ? '' : 'unsigned '}_BitInt(${bits}) ${name};`);
    return name;
  }

  /** Name of a type through which a `ty` in memory is read and written that is aligned to `align` bytes. */
  inMemory(ty: IpIndex, align: number): string {
    const plain = this.text(ty);
    const isLess = align < abiAlign(this.#pool, ty);
    const name = `${this.#prefix}m${plain.replace(/\W+/g, '_').replace(this.#prefix, '')}${isLess ? `_a${align}` : ''}`;
    const attributes = isLess ? `may_alias, aligned(${align})` : 'may_alias';
    this.#declare(name, `typedef ${plain} ${name} __attribute__((${attributes}));`);
    return name;
  }

  #declare(name: string, text: string): void {
    if (this.#declared.has(name)) return;
    this.#declared.add(name);
    this.declarations.push(text);
  }
}

/** A mask for each byte of a variable of type `ty`: what fills an integer up to whole bytes is nobody's. */
export function comparableInC(pool: InternPool, ty: IpIndex): Uint8Array | null {
  const masks = new Uint8Array(abiSize(pool, ty)).fill(0xff);
  maskPadding(pool, ty, masks, 0);
  return masks;
}

function maskPadding(pool: InternPool, ty: IpIndex, masks: Uint8Array, at: number): void {
  switch (pool.typeKind(ty)) {
    case TypeKind.int:
      return maskInteger(pool.intBits(ty), abiSize(pool, ty), masks, at);
    case TypeKind.enum:
      return maskInteger(pool.intBits(enumTag(pool, ty)), abiSize(pool, ty), masks, at);
    case TypeKind.packed:
      return maskInteger(pool.intBits(backingOf(pool, ty)), abiSize(pool, ty), masks, at);
    case TypeKind.array: {
      const child = pool.childType(ty);
      const size = abiSize(pool, child);
      for (let n = 0; size > 0 && (n + 1) * size <= abiSize(pool, ty); n++)
        maskPadding(pool, child, masks, at + n * size);
      return;
    }
    case TypeKind.opt:
      return maskPadding(pool, pool.childType(ty), masks, at);
    case TypeKind.struct:
      for (let n = 0; n < pool.fieldCount(ty); n++) {
        maskPadding(pool, pool.fieldType(ty, n), masks, at + fieldOffset(pool, ty, n));
      }
      return;
    case TypeKind.simple:
    case TypeKind.float:
    case TypeKind.ptr:
    case TypeKind.slice:
    case TypeKind.fn:
    case TypeKind.error_set:
    case TypeKind.error_union:
    case TypeKind.union:
    case TypeKind.vector:
      return;
  }
}

function maskInteger(bits: number, size: number, masks: Uint8Array, at: number): void {
  for (let n = 0; n < size; n++)
    masks[at + n] = bits - n * 8 >= 8 ? 0xff : bits <= n * 8 ? 0 : (1 << (bits - n * 8)) - 1;
}
