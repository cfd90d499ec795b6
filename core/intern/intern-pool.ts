/**
 * Interned types and values: equal content has one index, so equality is index equality everywhere above.
 *
 * Owns what the words of each kind of item mean. Storage and hashing are item-table.ts, layout rules layout.ts, text is
 * core/air. An item is immutable once made; only the owner thread interns, others read an attached pool (pool-reader.ts).
 *
 * Payload words per kind:
 *   ty_simple [SimpleType]                         undef     [ty]
 *   ty_int    [signed, bits]                       int       [ty, lo, hi]   two's complement extended to 64 bits
 *   ty_ptr    [size, const, align, child]          bool      [0|1]
 *   ty_slice  [const, align, child]                f32       [bits]
 *   ty_array  [child, len, sentinel|NONE]          f64       [lo, hi]
 *   ty_struct [layout, n, (ty, align) x n]         aggregate [ty, elem x n]
 *   ty_fn     [cc, ret, n, param x n]              bytes     [ty, len, packed words]
 *   ptr_nav   [ty, nav, offset]                    repeated  [ty, elem]
 *   ptr_uav   [ty, value, align, offset]           ptr_int   [ty, address]
 *   slice     [ty, ptr, len]
 * `align` words are in bytes, 0 = natural. Offsets are i32 stored as u32.
 */
import { assert } from '../support/assert.ts';
import { AttachedItems } from './attached-items.ts';
import type { ItemSource, SharedItems } from './item-table.ts';
import { ItemTable } from './item-table.ts';
import type { CallConv, FieldType, IpIndex, NavIndex, PtrSize, StructLayout } from './keys.ts';
import { IP, IP_NONE, ItemKind, SimpleType } from './keys.ts';
import type { Target } from './target.ts';

const scratchF64 = new DataView(new ArrayBuffer(8));

/** Storage of all types and values of one compilation. */
export class InternPool {
  readonly target: Target;
  /** Cache of layout.ts; index = type, undefined = not computed yet. Derived data, never part of equality. */
  readonly sizeCache: (number | undefined)[] = [];
  /** Cache of layout.ts, as `sizeCache`. */
  readonly alignCache: (number | undefined)[] = [];
  /** Cache of layout.ts: field offsets of struct types. */
  readonly fieldOffsetCache: (readonly number[] | undefined)[] = [];
  readonly #items: ItemSource;

  /** `storage`: true for a pool that is in shared memory from the start; a handle is for `attachPool`. */
  constructor(target: Target = { ptrBits: 32 }, storage: boolean | SharedItems = false) {
    this.target = target;
    if (typeof storage === 'object') {
      this.#items = new AttachedItems(storage);
      return;
    }
    this.#items = new ItemTable(storage);
    for (const simple of Object.values(SimpleType)) this.#put1(ItemKind.ty_simple, simple);
    this.intType(false, 1);
    this.intType(false, 8);
    this.intType(false, 32);
    this.intType(true, 32);
    this.intType(false, 64);
    this.intType(true, 64);
    this.#items.intern(ItemKind.void, 0);
    this.#put1(ItemKind.bool, 0);
    this.#put1(ItemKind.bool, 1);
    this.#put3(ItemKind.int, IP.usize_type, 0, 0);
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
    return this.#items.intern(ItemKind.ty_int, 2);
  }

  /** Pointer type; `align` in bytes, 0 = natural alignment of `child`. */
  ptrType(child: IpIndex, options: { size?: PtrSize; isConst?: boolean; align?: number } = {}): IpIndex {
    const s = this.#items.scratch;
    s[0] = options.size ?? 0;
    s[1] = options.isConst ? 1 : 0;
    s[2] = options.align ?? 0;
    s[3] = child;
    return this.#items.intern(ItemKind.ty_ptr, 4);
  }

  /** Slice type: pointer and length. */
  sliceType(child: IpIndex, options: { isConst?: boolean; align?: number } = {}): IpIndex {
    return this.#put3(ItemKind.ty_slice, options.isConst ? 1 : 0, options.align ?? 0, child);
  }

  /** Array type; a sentinel is a value of `child` stored after the last element and counts as memory, not as length. */
  arrayType(child: IpIndex, len: number, sentinel: IpIndex = IP_NONE): IpIndex {
    return this.#put3(ItemKind.ty_array, child, len, sentinel);
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
    return this.#items.intern(ItemKind.ty_struct, at);
  }

  /** Function type. */
  fnType(params: readonly IpIndex[], ret: IpIndex, cc: CallConv = 0): IpIndex {
    const s = this.#items.room(3 + params.length);
    s[0] = cc;
    s[1] = ret;
    s[2] = params.length;
    for (let i = 0; i < params.length; i++) s[3 + i] = params[i]!;
    return this.#items.intern(ItemKind.ty_fn, 3 + params.length);
  }

  // --- making values ---

  /** The undefined value of `ty`. */
  undef(ty: IpIndex): IpIndex {
    return this.#put1(ItemKind.undef, ty);
  }

  /** Integer of `ty` (width <= 64) from any bigint: reduced to the width, then extended by the sign of the type. */
  int(ty: IpIndex, value: bigint): IpIndex {
    const bits = this.intBits(ty);
    assert(bits <= 64, 'integer constants are at most 64 bits wide');
    const canonical = this.intSigned(ty) ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
    const words = BigInt.asUintN(64, canonical);
    return this.#put3(ItemKind.int, ty, Number(words & 0xffff_ffffn), Number(words >> 32n));
  }

  /** Integer of `ty` from the low and high word of its canonical 64-bit pattern; the caller vouches for canonical form. */
  intWords(ty: IpIndex, lo: number, hi: number): IpIndex {
    return this.#put3(ItemKind.int, ty, lo, hi);
  }

  /** `true` or `false`. */
  bool(value: boolean): IpIndex {
    return value ? IP.bool_true : IP.bool_false;
  }

  /** f32 from its bit pattern. */
  f32Bits(bits: number): IpIndex {
    return this.#put1(ItemKind.f32, bits);
  }

  /** f64 from the words of its bit pattern. */
  f64Bits(lo: number, hi: number): IpIndex {
    this.#items.scratch[0] = lo;
    this.#items.scratch[1] = hi;
    return this.#items.intern(ItemKind.f64, 2);
  }

  /** f32 nearest to `value`; a NaN becomes the canonical quiet NaN. */
  f32(value: number): IpIndex {
    scratchF64.setFloat32(0, value, true);
    return this.f32Bits(Number.isNaN(value) ? 0x7fc0_0000 : scratchF64.getUint32(0, true));
  }

  /** f64 `value`; a NaN becomes the canonical quiet NaN. */
  f64(value: number): IpIndex {
    if (Number.isNaN(value)) return this.f64Bits(0, 0x7ff8_0000);
    scratchF64.setFloat64(0, value, true);
    return this.f64Bits(scratchF64.getUint32(0, true), scratchF64.getUint32(4, true));
  }

  /** Struct or array value; one element per field, or per array element without the sentinel. */
  aggregate(ty: IpIndex, elems: readonly IpIndex[]): IpIndex {
    const s = this.#items.room(1 + elems.length);
    s[0] = ty;
    for (let i = 0; i < elems.length; i++) s[1 + i] = elems[i]!;
    return this.#items.intern(ItemKind.aggregate, 1 + elems.length);
  }

  /** Array of u8 given as bytes (without the sentinel). */
  bytes(ty: IpIndex, bytes: Uint8Array): IpIndex {
    const words = (bytes.length + 3) >> 2;
    const s = this.#items.room(2 + words);
    s[0] = ty;
    s[1] = bytes.length;
    for (let w = 0; w < words; w++) {
      const at = w * 4;
      s[2 + w] =
        (bytes[at]! | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)) >>> 0;
    }
    return this.#items.intern(ItemKind.bytes, 2 + words);
  }

  /** Array whose elements all are `elem`. */
  repeated(ty: IpIndex, elem: IpIndex): IpIndex {
    this.#items.scratch[0] = ty;
    this.#items.scratch[1] = elem;
    return this.#items.intern(ItemKind.repeated, 2);
  }

  /** Address of a nav plus `offset` bytes (i32); of a function when `ty` points to a function type. */
  ptrNav(ty: IpIndex, nav: NavIndex, offset = 0): IpIndex {
    return this.#put3(ItemKind.ptr_nav, ty, nav, offset);
  }

  /** Address of an unnamed constant plus `offset` bytes; `align` > natural over-aligns the constant itself. */
  ptrUav(ty: IpIndex, value: IpIndex, align = 0, offset = 0): IpIndex {
    const s = this.#items.scratch;
    s[0] = ty;
    s[1] = value;
    s[2] = align;
    s[3] = offset;
    return this.#items.intern(ItemKind.ptr_uav, 4);
  }

  /** Pointer with a numeric address. */
  ptrInt(ty: IpIndex, address: number): IpIndex {
    this.#items.scratch[0] = ty;
    this.#items.scratch[1] = address;
    return this.#items.intern(ItemKind.ptr_int, 2);
  }

  /** Slice from a pointer value and a `usize` value. */
  slice(ty: IpIndex, ptr: IpIndex, len: IpIndex): IpIndex {
    return this.#put3(ItemKind.slice, ty, ptr, len);
  }

  // --- reading ---

  /** Kind of item `i`. */
  kind(i: IpIndex): ItemKind {
    return this.#items.kind(i);
  }

  /** Whether item `i` is a type. */
  isType(i: IpIndex): boolean {
    return this.#items.kind(i) < ItemKind.undef;
  }

  /** Payload word `n` of item `i`. */
  word(i: IpIndex, n: number): number {
    return this.#items.word(i, n);
  }

  /** Type of value `i`. */
  typeOf(i: IpIndex): IpIndex {
    switch (this.kind(i)) {
      case ItemKind.bool:
        return IP.bool_type;
      case ItemKind.f32:
        return IP.f32_type;
      case ItemKind.f64:
        return IP.f64_type;
      case ItemKind.void:
        return IP.void_type;
      case ItemKind.undef:
      case ItemKind.int:
      case ItemKind.aggregate:
      case ItemKind.bytes:
      case ItemKind.repeated:
      case ItemKind.ptr_nav:
      case ItemKind.ptr_uav:
      case ItemKind.ptr_int:
      case ItemKind.slice:
        return this.word(i, 0) as IpIndex;
      default:
        assert(false, 'a type has no type here');
    }
  }

  /** Whether `ty` is an integer type, `usize` and `isize` included. */
  isInt(ty: IpIndex): boolean {
    return this.kind(ty) === ItemKind.ty_int || ty === IP.usize_type || ty === IP.isize_type;
  }

  /** Bits of integer type `ty`. */
  intBits(ty: IpIndex): number {
    return this.kind(ty) === ItemKind.ty_int ? this.word(ty, 1) : this.target.ptrBits;
  }

  /** Signedness of integer type `ty`. */
  intSigned(ty: IpIndex): boolean {
    return this.kind(ty) === ItemKind.ty_int ? this.word(ty, 0) === 1 : ty === IP.isize_type;
  }

  /** Whether `ty` is f32 or f64. */
  isFloat(ty: IpIndex): boolean {
    return ty === IP.f32_type || ty === IP.f64_type;
  }

  /** Whether `ty` is a pointer to one or many (not a slice). */
  isPtr(ty: IpIndex): boolean {
    return this.kind(ty) === ItemKind.ty_ptr;
  }

  /** Whether `ty` is a pointer to a function type. */
  isFnPtr(ty: IpIndex): boolean {
    return this.kind(ty) === ItemKind.ty_ptr && this.kind(this.word(ty, 3) as IpIndex) === ItemKind.ty_fn;
  }

  /** Pointee or element type of a pointer, slice or array type. */
  childType(ty: IpIndex): IpIndex {
    switch (this.kind(ty)) {
      case ItemKind.ty_ptr:
        return this.word(ty, 3) as IpIndex;
      case ItemKind.ty_slice:
        return this.word(ty, 2) as IpIndex;
      case ItemKind.ty_array:
        return this.word(ty, 0) as IpIndex;
      default:
        assert(false, 'type has no child');
    }
  }

  /** Whether a pointer type is `[*]T`. */
  ptrIsMany(ty: IpIndex): boolean {
    return this.word(ty, 0) === 1;
  }

  /** Whether a pointer or slice type is const. */
  ptrIsConst(ty: IpIndex): boolean {
    return this.word(ty, this.kind(ty) === ItemKind.ty_ptr ? 1 : 0) === 1;
  }

  /** Explicit alignment of a pointer or slice type in bytes, 0 = natural. */
  ptrAlign(ty: IpIndex): number {
    return this.word(ty, this.kind(ty) === ItemKind.ty_ptr ? 2 : 1);
  }

  /** Elements of an array type, without the sentinel. */
  arrayLen(ty: IpIndex): number {
    return this.word(ty, 1);
  }

  /** Sentinel value of an array type, or `IP_NONE`. */
  arraySentinel(ty: IpIndex): IpIndex {
    return this.word(ty, 2) as IpIndex;
  }

  /** Layout kind of a struct type. */
  structLayout(ty: IpIndex): StructLayout {
    return this.word(ty, 0) as StructLayout;
  }

  /** Number of fields of a struct type. */
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

  /** Low word of the 64-bit pattern of an int or f64 value. */
  valueLo(i: IpIndex): number {
    return this.word(i, this.kind(i) === ItemKind.int ? 1 : 0);
  }

  /** High word of the 64-bit pattern of an int or f64 value. */
  valueHi(i: IpIndex): number {
    return this.word(i, this.kind(i) === ItemKind.int ? 2 : 1);
  }

  /** Integer value as a bigint, negative for negative values of signed types. */
  intBig(i: IpIndex): bigint {
    const raw = (BigInt(this.word(i, 2)) << 32n) | BigInt(this.word(i, 1));
    return this.intSigned(this.word(i, 0) as IpIndex) ? BigInt.asIntN(64, raw) : raw;
  }

  /** f32 bit pattern of value `i`. */
  f32BitsOf(i: IpIndex): number {
    return this.word(i, 0);
  }

  /** Element `n` of an array or struct value in any of its encodings (aggregate, bytes, repeated, undef). */
  elem(i: IpIndex, n: number): IpIndex {
    const ty = this.typeOf(i);
    switch (this.kind(i)) {
      case ItemKind.aggregate:
        return this.word(i, 1 + n) as IpIndex;
      case ItemKind.repeated:
        return this.word(i, 1) as IpIndex;
      case ItemKind.bytes:
        return this.#put3(ItemKind.int, IP.u8_type, this.byte(i, n), 0);
      case ItemKind.undef:
        return this.undef(this.kind(ty) === ItemKind.ty_struct ? this.fieldType(ty, n) : this.childType(ty));
      default:
        assert(false, 'value has no elements');
    }
  }

  /** Number of bytes of a `bytes` value. */
  byteCount(i: IpIndex): number {
    return this.word(i, 1);
  }

  /** Byte `n` of a `bytes` value. */
  byte(i: IpIndex, n: number): number {
    return (this.word(i, 2 + (n >> 2)) >>> ((n & 3) * 8)) & 0xff;
  }

  /** Byte offset of a `ptr_nav` or `ptr_uav` value (i32). */
  ptrOffset(i: IpIndex): number {
    return this.word(i, this.kind(i) === ItemKind.ptr_nav ? 2 : 3) | 0;
  }

  #put1(kind: ItemKind, a: number): IpIndex {
    this.#items.scratch[0] = a;
    return this.#items.intern(kind, 1);
  }

  #put3(kind: ItemKind, a: number, b: number, c: number): IpIndex {
    const s = this.#items.scratch;
    s[0] = a;
    s[1] = b;
    s[2] = c;
    return this.#items.intern(kind, 3);
  }
}
