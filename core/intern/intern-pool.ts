/**
 * Interned types and values: equal content has one index, so equality is index equality everywhere above.
 *
 * Owns what the words of each kind of item mean. Storage and hashing are item-table.ts, layout rules layout.ts, text is
 * core/air. An item is immutable once made; only the owner thread interns, others read an attached pool (pool-reader.ts).
 *
 * Payload words of types (TypeKind) and of values (ValueKind):
 *   simple [SimpleType]                 undef     [ty]                   void      []
 *   int    [signed, bits]               int       [ty, words as in int-words.ts]
 *   float  [bits]                       float     [ty, words of 32 bits, least significant first]
 *   ptr    [size, const, align, child]  bool      [0|1]                  aggregate [ty, elem x n]
 *   slice  [const, align, child]        bytes     [ty, len, packed words]
 *   array  [child, len, sentinel|NONE]  repeated  [ty, elem]             ptr_int   [ty, address]
 *   struct [layout, n, (ty, align) x n] ptr_nav   [ty, nav, offset]      slice     [ty, ptr, len]
 *   fn     [cc, ret, n, param x n]      ptr_uav   [ty, value, align, offset]
 * `align` words are in bytes, 0 = natural. Offsets are i32 stored as u32. Optionals, errors, enums and unions: sums.ts;
 * packed structs and pointers to bits: packed.ts; vectors: vectors.ts; the packed words of bytes: byte-values.ts.
 */
import { assert, InternalError } from '../support/assert.ts';
import { AttachedItems } from './attached-items.ts';
import type { FloatBits } from './float-formats.ts';
import { intWordCount, readIntWords, writeIntWords } from './int-words.ts';
import type { AnyKind, ItemSource, SharedItems } from './item-table.ts';
import { ItemTable } from './item-table.ts';
import type { IpIndex, NavIndex } from './keys.ts';
import { IP, IP_NONE } from './keys.ts';
import type { Target } from './target.ts';
import type { CallConv, FieldType, PtrSize, StructLayout } from './type-kinds.ts';
import { SimpleType, TypeKind } from './type-kinds.ts';
import { FIRST_VALUE_KIND, ValueKind } from './value-kinds.ts';

/** Storage of all types and values of one compilation. */
export class InternPool {
  readonly target: Target;
  /** Cache of layout.ts; index = type, undefined = not computed yet. Derived data, never part of equality. */
  readonly sizeCache: (number | undefined)[] = [];
  /** Cache of layout.ts, as `sizeCache`. */
  readonly alignCache: (number | undefined)[] = [];
  /** Cache of layout.ts: field offsets of struct types. */
  readonly fieldOffsetCache: (readonly number[] | undefined)[] = [];
  /** Error names as sums.ts numbers them: that of code n is at n - 1. Known to the owner only. */
  readonly errorNames: IpIndex[] = [];
  /** Type of the names of errors and tags, once sums.ts knows that there is one. */
  nameType: IpIndex | undefined = undefined;
  readonly #items: ItemSource;

  /** `storage`: true for a pool that is in shared memory from the start; a handle is for `attachPool`. */
  constructor(target: Target = { ptrBits: 32 }, storage: boolean | SharedItems = false) {
    this.target = target;
    if (typeof storage === 'object') {
      this.#items = new AttachedItems(storage);
      return;
    }
    this.#items = new ItemTable(storage);
    for (const simple of Object.values(SimpleType)) this.#put1(TypeKind.simple, simple);
    this.floatType(32);
    this.floatType(64);
    this.intType(false, 1);
    this.intType(false, 8);
    this.intType(false, 32);
    this.intType(true, 32);
    this.intType(false, 64);
    this.intType(true, 64);
    this.#items.intern(ValueKind.void, 0);
    this.#put1(ValueKind.bool, 0);
    this.#put1(ValueKind.bool, 1);
    this.#put3(ValueKind.int, IP.usize_type, 0, 0);
    assert(this.#items.size === IP.zero_usize + 1, 'well-known items are out of order');
  }

  /** The storage for other threads, moved to shared memory if need be: the same object until it moves again. */
  share(): SharedItems {
    return this.#items.share();
  }

  /** An attached pool catches up with its owner; items known before stay as they are. */
  refresh(): void {
    this.#items.refresh();
  }

  /** Number of items. */
  get size(): number {
    return this.#items.size;
  }

  // --- making types ---

  /** Integer type of `bits` bits (1..65535). */
  intType(signed: boolean, bits: number): IpIndex {
    assert(bits >= 1 && bits <= 65535, 'integer width out of range');
    this.#items.scratch[0] = signed ? 1 : 0;
    this.#items.scratch[1] = bits;
    return this.#items.intern(TypeKind.int, 2);
  }

  /** Float type of `bits` bits. */
  floatType(bits: FloatBits): IpIndex {
    return this.#put1(TypeKind.float, bits);
  }

  /** Pointer type; `align` in bytes, 0 = natural alignment of `child`. */
  ptrType(child: IpIndex, options: { size?: PtrSize; isConst?: boolean; align?: number } = {}): IpIndex {
    const s = this.#items.scratch;
    s[0] = options.size ?? 0;
    s[1] = options.isConst ? 1 : 0;
    s[2] = options.align ?? 0;
    s[3] = child;
    return this.#items.intern(TypeKind.ptr, 4);
  }

  /** Slice type: pointer and length. */
  sliceType(child: IpIndex, options: { isConst?: boolean; align?: number } = {}): IpIndex {
    return this.#put3(TypeKind.slice, options.isConst ? 1 : 0, options.align ?? 0, child);
  }

  /** Array type; a sentinel is a value of `child` stored after the last element and counts as memory, not as length. */
  arrayType(child: IpIndex, len: number, sentinel: IpIndex | null = null): IpIndex {
    return this.#put3(TypeKind.array, child, len, sentinel ?? IP_NONE);
  }

  /** Struct type with unnamed fields; two structs with equal layout and fields are one type. */
  structType(layout: StructLayout, fields: readonly FieldType[]): IpIndex {
    const s = this.#items.room(2 + fields.length * 2);
    s[0] = layout;
    s[1] = fields.length;
    let at = 2;
    for (const field of fields) {
      s[at++] = field.ty;
      s[at++] = field.align;
    }
    return this.#items.intern(TypeKind.struct, at);
  }

  /** Function type. */
  fnType(params: readonly IpIndex[], ret: IpIndex, cc: CallConv = 0): IpIndex {
    const s = this.#items.room(3 + params.length);
    s[0] = cc;
    s[1] = ret;
    s[2] = params.length;
    for (let i = 0; i < params.length; i++) s[3 + i] = params[i]!;
    return this.#items.intern(TypeKind.fn, 3 + params.length);
  }

  // --- making values ---

  /** The undefined value of `ty`. */
  undef(ty: IpIndex): IpIndex {
    return this.#put1(ValueKind.undef, ty);
  }

  /** Integer of `ty` from any bigint: reduced to the width, then extended by the sign of the type. */
  int(ty: IpIndex, value: bigint): IpIndex {
    const bits = this.intBits(ty);
    const canonical = this.intSigned(ty) ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
    if (bits <= 64) {
      const words = BigInt.asUintN(64, canonical);
      return this.#put3(ValueKind.int, ty, Number(words & 0xffff_ffffn), Number(words >> 32n));
    }
    const count = intWordCount(bits);
    const s = this.#items.room(1 + count);
    s[0] = ty;
    writeIntWords(s, 1, count, canonical);
    return this.#items.intern(ValueKind.int, 1 + count);
  }

  /** Integer of `ty` (width <= 64) from the words of its canonical 64-bit pattern; the caller vouches for both. */
  intWords(ty: IpIndex, lo: number, hi: number): IpIndex {
    return this.#put3(ValueKind.int, ty, lo, hi);
  }

  /** Float of `ty` from its bit pattern (0 <= pattern < 2^bits). */
  float(ty: IpIndex, pattern: bigint): IpIndex {
    const count = (this.floatBits(ty) + 31) >> 5;
    const s = this.#items.scratch;
    s[0] = ty;
    writeIntWords(s, 1, count, pattern);
    return this.#items.intern(ValueKind.float, 1 + count);
  }

  /** Float of `ty` (width <= 64) from the words of its pattern; the high one counts only above 32 bits. */
  floatWords(ty: IpIndex, lo: number, hi: number): IpIndex {
    const s = this.#items.scratch;
    s[0] = ty;
    s[1] = lo;
    s[2] = hi;
    return this.#items.intern(ValueKind.float, 1 + ((this.floatBits(ty) + 31) >> 5));
  }

  /** Struct or array value; one element per field, or per array element without the sentinel. */
  aggregate(ty: IpIndex, elems: readonly IpIndex[]): IpIndex {
    const s = this.#items.room(1 + elems.length);
    s[0] = ty;
    for (let i = 0; i < elems.length; i++) s[1 + i] = elems[i]!;
    return this.#items.intern(ValueKind.aggregate, 1 + elems.length);
  }

  /** Array whose elements all are `elem`. */
  repeated(ty: IpIndex, elem: IpIndex): IpIndex {
    this.#items.scratch[0] = ty;
    this.#items.scratch[1] = elem;
    return this.#items.intern(ValueKind.repeated, 2);
  }

  /** Address of a nav plus `offset` bytes (i32); of a function when `ty` points to a function type. */
  ptrNav(ty: IpIndex, nav: NavIndex, offset = 0): IpIndex {
    return this.#put3(ValueKind.ptr_nav, ty, nav, offset);
  }

  /** Address of an unnamed constant plus `offset` bytes; `align` > natural over-aligns the constant itself. */
  ptrUav(ty: IpIndex, value: IpIndex, align = 0, offset = 0): IpIndex {
    const s = this.#items.scratch;
    s[0] = ty;
    s[1] = value;
    s[2] = align;
    s[3] = offset;
    return this.#items.intern(ValueKind.ptr_uav, 4);
  }

  /** Pointer with a numeric address. */
  ptrInt(ty: IpIndex, address: number): IpIndex {
    this.#items.scratch[0] = ty;
    this.#items.scratch[1] = address;
    return this.#items.intern(ValueKind.ptr_int, 2);
  }

  /** Slice from a pointer value and a `usize` value. */
  slice(ty: IpIndex, ptr: IpIndex, len: IpIndex): IpIndex {
    return this.#put3(ValueKind.slice, ty, ptr, len);
  }

  /** Item from its words, for kinds of items whose meaning another file owns. */
  item(kind: AnyKind, words: readonly number[]): IpIndex {
    this.#items.room(words.length).set(words);
    return this.#items.intern(kind, words.length);
  }

  // --- reading ---

  /** Whether item `i` is a type; if not it is a value. */
  isType(i: IpIndex): boolean {
    return this.#items.kind(i) < FIRST_VALUE_KIND;
  }

  /** Kind of type `ty`. Fails on a value. */
  typeKind(ty: IpIndex): TypeKind {
    const kind = this.#items.kind(ty);
    assert(kind < FIRST_VALUE_KIND, 'a value was asked for its kind of type');
    return kind as TypeKind;
  }

  /** Kind of value `i`. Fails on a type. */
  valueKind(i: IpIndex): ValueKind {
    const kind = this.#items.kind(i);
    assert(kind >= FIRST_VALUE_KIND, 'a type was asked for its kind of value');
    return kind as ValueKind;
  }

  /** Payload word `n` of item `i`. */
  word(i: IpIndex, n: number): number {
    return this.#items.word(i, n);
  }

  /** Type of value `i`. */
  typeOf(i: IpIndex): IpIndex {
    switch (this.valueKind(i)) {
      case ValueKind.bool:
        return IP.bool_type;
      case ValueKind.void:
        return IP.void_type;
      case ValueKind.undef:
      case ValueKind.int:
      case ValueKind.float:
      case ValueKind.aggregate:
      case ValueKind.bytes:
      case ValueKind.repeated:
      case ValueKind.ptr_nav:
      case ValueKind.ptr_uav:
      case ValueKind.ptr_int:
      case ValueKind.slice:
      case ValueKind.null:
      case ValueKind.payload:
      case ValueKind.err:
      case ValueKind.enum_tag:
      case ValueKind.union_value:
        return this.word(i, 0) as IpIndex;
    }
  }

  /** Which of the types without a payload of its own `ty` is. */
  simpleType(ty: IpIndex): SimpleType {
    return this.word(ty, 0) as SimpleType;
  }

  /** Whether `ty` is an integer type, `usize` and `isize` included. */
  isInt(ty: IpIndex): boolean {
    return this.#items.kind(ty) === TypeKind.int || ty === IP.usize_type || ty === IP.isize_type;
  }

  /** Bits of integer type `ty`. */
  intBits(ty: IpIndex): number {
    return this.#items.kind(ty) === TypeKind.int ? this.word(ty, 1) : this.target.ptrBits;
  }

  /** Signedness of integer type `ty`. */
  intSigned(ty: IpIndex): boolean {
    return this.#items.kind(ty) === TypeKind.int ? this.word(ty, 0) === 1 : ty === IP.isize_type;
  }

  /** Whether `ty` is a float type. */
  isFloat(ty: IpIndex): boolean {
    return this.#items.kind(ty) === TypeKind.float;
  }

  /** Bits of float type `ty`. */
  floatBits(ty: IpIndex): FloatBits {
    assert(this.isFloat(ty), 'a type that is no float was asked for its format');
    return this.word(ty, 0) as FloatBits;
  }

  /** Whether `ty` is a pointer to one or many (not a slice). */
  isPtr(ty: IpIndex): boolean {
    return this.typeKind(ty) === TypeKind.ptr;
  }

  /** Whether `ty` is a pointer to a function type. */
  isFnPtr(ty: IpIndex): boolean {
    return this.typeKind(ty) === TypeKind.ptr && this.#items.kind(this.word(ty, 3) as IpIndex) === TypeKind.fn;
  }

  /** Pointee or element type of a pointer, slice or array type. */
  childType(ty: IpIndex): IpIndex {
    switch (this.typeKind(ty)) {
      case TypeKind.ptr:
        return this.word(ty, 3) as IpIndex;
      case TypeKind.slice:
        return this.word(ty, 2) as IpIndex;
      case TypeKind.array:
      case TypeKind.vector:
      case TypeKind.opt:
        return this.word(ty, 0) as IpIndex;
      case TypeKind.simple:
      case TypeKind.int:
      case TypeKind.float:
      case TypeKind.struct:
      case TypeKind.fn:
      case TypeKind.error_set:
      case TypeKind.error_union:
      case TypeKind.enum:
      case TypeKind.union:
      case TypeKind.packed:
        throw new InternalError('a type without a child was asked for it');
    }
  }

  /** Whether a pointer type is `[*]T`. */
  ptrIsMany(ty: IpIndex): boolean {
    return this.word(ty, 0) === 1;
  }

  /** Whether a pointer or slice type is const. */
  ptrIsConst(ty: IpIndex): boolean {
    return this.word(ty, this.typeKind(ty) === TypeKind.ptr ? 1 : 0) === 1;
  }

  /** Explicit alignment of a pointer or slice type in bytes, 0 = natural. */
  ptrAlign(ty: IpIndex): number {
    return this.word(ty, this.typeKind(ty) === TypeKind.ptr ? 2 : 1);
  }

  /** Elements of an array type, without the sentinel. */
  arrayLen(ty: IpIndex): number {
    return this.word(ty, 1);
  }

  /** Sentinel value of an array type, or null. */
  arraySentinel(ty: IpIndex): IpIndex | null {
    const sentinel = this.word(ty, 2) as IpIndex;
    return sentinel === IP_NONE ? null : sentinel;
  }

  /** Layout kind of a struct or union type. */
  structLayout(ty: IpIndex): StructLayout {
    return this.word(ty, 0) as StructLayout;
  }

  /** Number of fields of a struct or union type. */
  fieldCount(ty: IpIndex): number {
    return this.word(ty, 1);
  }

  /** Type of field `n`. */
  fieldType(ty: IpIndex, n: number): IpIndex {
    return this.word(ty, 2 + n * 2) as IpIndex;
  }

  /** Explicit alignment of field `n`, 0 = natural. */
  fieldAlign(ty: IpIndex, n: number): number {
    return this.word(ty, 3 + n * 2);
  }

  /** Result type of a function type. */
  fnReturn(ty: IpIndex): IpIndex {
    return this.word(ty, 1) as IpIndex;
  }

  /** Number of parameters of a function type. */
  fnParamCount(ty: IpIndex): number {
    return this.word(ty, 2);
  }

  /** Type of parameter `n`. */
  fnParam(ty: IpIndex, n: number): IpIndex {
    return this.word(ty, 3 + n) as IpIndex;
  }

  /** Word `n` of the pattern of an int or float value, 0 = least significant; numbers.ts has their count. */
  patternWord(i: IpIndex, n: number): number {
    return this.word(i, 1 + n);
  }

  /** Integer value as a bigint, negative for negative values of signed types. */
  intBig(i: IpIndex): bigint {
    const ty = this.word(i, 0) as IpIndex;
    const bits = this.intBits(ty);
    if (bits <= 64) {
      const raw = (BigInt(this.word(i, 2)) << 32n) | BigInt(this.word(i, 1));
      return this.intSigned(ty) ? BigInt.asIntN(64, raw) : raw;
    }
    const raw = readIntWords((n) => this.patternWord(i, n), intWordCount(bits));
    return this.intSigned(ty) ? BigInt.asIntN(bits, raw) : raw;
  }

  /** Byte offset of a `ptr_nav` or `ptr_uav` value (i32). */
  ptrOffset(i: IpIndex): number {
    return this.word(i, this.valueKind(i) === ValueKind.ptr_nav ? 2 : 3) | 0;
  }

  #put1(kind: AnyKind, a: number): IpIndex {
    this.#items.scratch[0] = a;
    return this.#items.intern(kind, 1);
  }

  #put3(kind: AnyKind, a: number, b: number, c: number): IpIndex {
    const s = this.#items.scratch;
    s[0] = a;
    s[1] = b;
    s[2] = c;
    return this.#items.intern(kind, 3);
  }
}
