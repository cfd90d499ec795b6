/**
 * Types of AIR as Zig source.
 *
 * Struct types of AIR are structural, those of Zig are nominal: each gets a declaration with a name of its number in the
 * pool, in the order in which they are first mentioned. Fields are called f0, f1, ...; tuples are Zig's tuples.
 */
import type { InternPool, IpIndex } from '../../../core/index.ts';
import {
  abiAlign,
  abiSize,
  backingOf,
  bitRange,
  CallConv,
  callConv,
  enumTag,
  errorPayload,
  errorSetOf,
  IP,
  isPackedUnion,
  packedBits,
  SimpleType,
  StructLayout,
  TypeKind,
  unionTag,
} from '../../../core/index.ts';
import { NotPrintable } from '../not-printable.ts';
import { enumText, errorSetText, unionFieldName } from './zig-names.ts';

const SIMPLE_NAMES: Readonly<Record<SimpleType, string>> = {
  [SimpleType.void]: 'void',
  [SimpleType.noreturn]: 'noreturn',
  [SimpleType.bool]: 'bool',
  [SimpleType.usize]: 'usize',
  [SimpleType.isize]: 'isize',
};

/** Widths of integers that C has: the others may not stand in extern structs and signatures. */
const C_WIDTHS: ReadonlySet<number> = new Set([8, 16, 32, 64]);

/** `prefix` begins every name that is declared. */
export class ZigTypes {
  readonly #pool: InternPool;
  readonly #prefix: string;
  readonly #names = new Map<IpIndex, string>();
  /** Whether there is a vector that Zig 0.16 aligns to more than AIR does. */
  readonly #hasLongVectors: boolean;
  /** Declarations of struct types so far; what one mentions comes before it. */
  readonly declarations: string[] = [];
  /** Prints the value of a sentinel; set once by the printer of values. */
  sentinelText: (value: IpIndex) => string = () => {
    throw new NotPrintable('a sentinel');
  };

  constructor(pool: InternPool, prefix: string) {
    this.#pool = pool;
    this.#prefix = prefix;
    const items = Array.from({ length: pool.size }, (_, n) => n as IpIndex);
    this.#hasLongVectors = items.some((item) => pool.isType(item) && isLongVector(pool, item));
  }

  /** Text of type `ty`. */
  text(ty: IpIndex): string {
    let text = this.#names.get(ty);
    if (text === undefined) {
      text = this.#make(ty);
      this.#names.set(ty, text);
    }
    return text;
  }

  #make(ty: IpIndex): string {
    const pool = this.#pool;
    const kind = pool.typeKind(ty);
    switch (kind) {
      case TypeKind.simple:
        return SIMPLE_NAMES[pool.simpleType(ty)];
      case TypeKind.float:
        return `f${pool.floatBits(ty)}`;
      case TypeKind.int:
        return `${pool.intSigned(ty) ? 'i' : 'u'}${pool.intBits(ty)}`;
      case TypeKind.ptr:
        if (bitRange(pool, ty) !== null) throw new NotPrintable('a pointer to bits that is kept');
        return `${pool.ptrIsMany(ty) ? '[*]' : '*'}${this.#pointee(ty)}`;
      case TypeKind.slice:
        return `[]${this.#pointee(ty)}`;
      case TypeKind.array: {
        const sentinel = pool.arraySentinel(ty);
        const mark = sentinel === null ? '' : `:${this.sentinelText(sentinel)}`;
        return `[${pool.arrayLen(ty)}${mark}]${this.text(pool.childType(ty))}`;
      }
      case TypeKind.struct:
        return this.#struct(ty);
      case TypeKind.opt:
        return `?${this.text(pool.childType(ty))}`;
      case TypeKind.error_set:
        return errorSetText(pool, ty);
      case TypeKind.error_union:
        if (pool.typeKind(errorPayload(pool, ty)) === TypeKind.error_set) {
          throw new NotPrintable('an error union whose payload is an error');
        }
        return `${errorSetText(pool, errorSetOf(pool, ty))}!${this.text(errorPayload(pool, ty))}`;
      case TypeKind.enum: {
        const name = `${this.#prefix}E${ty}`;
        this.declarations.push(`const ${name} = ${enumText(pool, ty, this.text(enumTag(pool, ty)))};`);
        return name;
      }
      case TypeKind.union:
        return this.#union(ty);
      case TypeKind.packed:
        return this.#packed(ty);
      case TypeKind.vector:
        return `@Vector(${pool.arrayLen(ty)}, ${this.text(pool.childType(ty))})`;
      case TypeKind.fn: {
        const params = Array.from({ length: pool.fnParamCount(ty) }, (_, n) => this.text(pool.fnParam(ty, n)));
        return `fn (${params.join(', ')}) ${this.convention(ty)}${this.text(pool.fnReturn(ty))}`;
      }
    }
  }

  /**
   * What stands before the result of function type `ty`. Zig's functions of C's calling convention take what C has; others get Zig's own,
   * as the convention changes nothing that a program does.
   */
  convention(ty: IpIndex): string {
    const pool = this.#pool;
    if (callConv(pool, ty) !== CallConv.c) return '';
    const params = Array.from({ length: pool.fnParamCount(ty) }, (_, n) => pool.fnParam(ty, n));
    const result = pool.fnReturn(ty);
    const isNothing = result === IP.void_type || result === IP.noreturn_type;
    const passed = isNothing ? params : [...params, result];
    return passed.every((one) => this.#isPassedInC(one)) ? 'callconv(.c) ' : '';
  }

  #isPassedInC(ty: IpIndex): boolean {
    const pool = this.#pool;
    const kind = pool.typeKind(ty);
    if (kind === TypeKind.array || abiSize(pool, ty) === 0) return false;
    if (kind !== TypeKind.ptr) return this.hasCLayout(ty);
    const child = pool.childType(ty);
    return pool.typeKind(child) !== TypeKind.fn || this.convention(child) !== '';
  }

  /** What follows the type of an object of type `ty`: Zig aligns some types to less than AIR does, `f80` and vectors among them. */
  alignment(ty: IpIndex, wanted: number): string {
    const natural = abiAlign(this.#pool, ty);
    const align = wanted > 0 ? wanted : natural > 8 || holdsVector(this.#pool, ty) ? natural : 0;
    return align === 0 ? '' : ` align(${align})`;
  }

  #pointee(ty: IpIndex): string {
    const pool = this.#pool;
    const child = pool.childType(ty);
    const isFunction = pool.typeKind(child) === TypeKind.fn;
    // Longer vectors have an alignment in each version that AIR's does not reach, or that AIR's exceeds: the least of all fits all.
    const isLess = this.#hasLongVectors && pool.ptrAlign(ty) === 0 && holdsVector(pool, child);
    const align = isLess ? leastAlign(pool, child) : pool.ptrAlign(ty);
    const alignText = align === 0 || isFunction ? '' : `align(${align}) `;
    return `${alignText}${pool.ptrIsConst(ty) || isFunction ? 'const ' : ''}${this.text(child)}`;
  }

  #struct(ty: IpIndex): string {
    const pool = this.#pool;
    const fields = Array.from({ length: pool.fieldCount(ty) }, (_, n) => {
      const field = pool.fieldType(ty, n);
      const align = pool.fieldAlign(ty, n);
      return {
        text: this.text(field),
        align: align === 0 || align === abiAlign(pool, field) ? '' : ` align(${align})`,
      };
    });
    if (this.isTuple(ty)) return `struct { ${fields.map(({ text }) => text).join(', ')} }`;
    const name = `${this.#prefix}S${ty}`;
    const list = fields.map(({ text, align }, n) => `f${n}: ${text}${align}`).join(', ');
    this.declarations.push(`const ${name} = ${this.isExtern(ty) ? 'extern ' : ''}struct { ${list} };`);
    return name;
  }

  #packed(ty: IpIndex): string {
    const pool = this.#pool;
    const fields = Array.from({ length: pool.fieldCount(ty) }, (_, n) => `f${n}: ${this.text(pool.fieldType(ty, n))}`);
    const name = `${this.#prefix}P${ty}`;
    this.declarations.push(
      `const ${name} = packed ${isPackedUnion(pool, ty) ? 'union' : 'struct'}(${this.text(backingOf(pool, ty))}) { ${fields.join(', ')} };`,
    );
    return name;
  }

  #union(ty: IpIndex): string {
    const pool = this.#pool;
    const tag = unionTag(pool, ty);
    if (tag === null && !this.hasCLayout(ty)) {
      throw new NotPrintable('a union without a tag whose fields C does not have');
    }
    const kind = tag === null ? 'extern union' : `union(${this.text(tag)})`;
    const fields = Array.from({ length: pool.fieldCount(ty) }, (_, n) => {
      const field = pool.fieldType(ty, n);
      const align = pool.fieldAlign(ty, n);
      const attribute = align === 0 || align === abiAlign(pool, field) ? '' : ` align(${align})`;
      return `${unionFieldName(pool, ty, n)}: ${this.text(field)}${attribute}`;
    });
    const name = `${this.#prefix}U${ty}`;
    this.declarations.push(`const ${name} = ${kind} { ${fields.join(', ')} };`);
    return name;
  }

  /** Whether struct type `ty` is a tuple in Zig: one whose fields ask for an alignment is a struct with names. */
  isTuple(ty: IpIndex): boolean {
    const pool = this.#pool;
    if (pool.structLayout(ty) !== StructLayout.tuple) return false;
    for (let n = 0; n < pool.fieldCount(ty); n++) {
      const align = pool.fieldAlign(ty, n);
      if (align !== 0 && align !== abiAlign(pool, pool.fieldType(ty, n))) return false;
    }
    return true;
  }

  /** Name of field `n` of struct or union type `ty`. */
  fieldName(ty: IpIndex, n: number): string {
    if (this.#pool.typeKind(ty) === TypeKind.union) return unionFieldName(this.#pool, ty, n);
    return this.#pool.typeKind(ty) === TypeKind.struct && this.isTuple(ty) ? `@"${n}"` : `f${n}`;
  }

  /** Whether Zig lays out struct type `ty` as AIR does: all its fields are such as C has. */
  isExtern(ty: IpIndex): boolean {
    const pool = this.#pool;
    if (pool.typeKind(ty) === TypeKind.union) return unionTag(pool, ty) === null && this.hasCLayout(ty);
    if (pool.structLayout(ty) !== StructLayout.extern) return false;
    for (let n = 0; n < pool.fieldCount(ty); n++) if (!this.hasCLayout(pool.fieldType(ty, n))) return false;
    return true;
  }

  /** Whether the bytes of a `ty` lie in Zig where they lie in AIR, and C has the type. */
  hasCLayout(ty: IpIndex): boolean {
    const pool = this.#pool;
    if (isCScalar(pool, ty)) return true;
    const kind = pool.typeKind(ty);
    if (kind === TypeKind.ptr) return pool.typeKind(pool.childType(ty)) !== TypeKind.fn;
    if (kind === TypeKind.array) return pool.arrayLen(ty) > 0 && this.hasCLayout(pool.childType(ty));
    if (kind === TypeKind.enum) return isCScalar(pool, enumTag(pool, ty));
    if (kind === TypeKind.union) {
      if (unionTag(pool, ty) !== null) return false;
      for (let n = 0; n < pool.fieldCount(ty); n++) if (!this.hasCLayout(pool.fieldType(ty, n))) return false;
      return true;
    }
    return kind === TypeKind.struct && this.isExtern(ty);
  }
}

/** Whether there is a vector in a `ty`. */
function holdsVector(pool: InternPool, ty: IpIndex): boolean {
  const kind = pool.typeKind(ty);
  if (kind === TypeKind.vector) return true;
  if (kind === TypeKind.array || kind === TypeKind.opt) return holdsVector(pool, pool.childType(ty));
  if (kind === TypeKind.error_union) return holdsVector(pool, errorPayload(pool, ty));
  if (kind !== TypeKind.struct && kind !== TypeKind.union) return false;
  const fields = Array.from({ length: pool.fieldCount(ty) }, (_, n) => pool.fieldType(ty, n));
  return fields.some((field) => holdsVector(pool, field));
}

/** Bits of the longest vector that Zig 0.16 aligns as AIR does. */
const SHORT_BITS = 128;

/** Whether `ty` is a vector of more bits than Zig 0.16 aligns as AIR does. */
export function isLongVector(pool: InternPool, ty: IpIndex): boolean {
  if (pool.typeKind(ty) !== TypeKind.vector) return false;
  return packedBits(pool, pool.childType(ty))! * pool.arrayLen(ty) > SHORT_BITS;
}

/** The least alignment that a version of Zig gives type `ty`, in bytes: since 0.17 a vector has that of a lane. */
function leastAlign(pool: InternPool, ty: IpIndex): number {
  const kind = pool.typeKind(ty);
  if (kind === TypeKind.vector || kind === TypeKind.array || kind === TypeKind.opt) {
    return leastAlign(pool, pool.childType(ty));
  }
  if (kind === TypeKind.error_union) return Math.max(ERROR_ALIGN, leastAlign(pool, errorPayload(pool, ty)));
  if (pool.isFloat(ty) && pool.floatBits(ty) === 80) return F80_ALIGN;
  if (kind !== TypeKind.struct && kind !== TypeKind.union) return abiAlign(pool, ty);
  const tag = kind === TypeKind.union ? unionTag(pool, ty) : null;
  const fields = Array.from(
    { length: pool.fieldCount(ty) },
    (_, n) => pool.fieldAlign(ty, n) || leastAlign(pool, pool.fieldType(ty, n)),
  );
  return Math.max(1, tag === null ? 1 : abiAlign(pool, tag), ...fields);
}

/** Bytes to which an error is aligned. */
const ERROR_ALIGN = 2;

/** Bytes to which Zig aligns an `f80` since 0.17. */
const F80_ALIGN = 8;

/** Whether a scalar of `ty` may cross Zig's C calling convention as it is. */
export function isCScalar(pool: InternPool, ty: IpIndex): boolean {
  if (pool.typeKind(ty) === TypeKind.int) return C_WIDTHS.has(pool.intBits(ty));
  if (pool.isFloat(ty)) return pool.floatBits(ty) !== 80;
  return ty === IP.bool_type || ty === IP.usize_type || ty === IP.isize_type;
}
