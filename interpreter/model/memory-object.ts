/**
 * One object of memory: its bytes, what is known of each byte, and the pointers stored in it.
 *
 * Owns the three and keeps them consistent: overwriting a part of a stored pointer makes the rest of it undefined, copying a
 * part of one copies undefined bytes. Knows nothing of types; offsets and sizes must lie inside the object (access.ts checks).
 *
 * The shadow of a byte says what it is: undefined, defined, byte k of some NaN of 4 or 8 bytes that arithmetic made (its
 * bits are not known), or byte k of a stored pointer (its target is in the pointer table under its first byte).
 */
import type { NavIndex } from '../../core/intern/keys.ts';
import type { FloatSize } from './shapes.ts';
import type { Pointer } from './values.ts';

/** Shadow values; the last three are the first of a run, one per byte of the NaN or pointer. */
export const SHADOW = { undefined: 0, defined: 1, nan4: 2, nan8: 8, pointer: 16 } as const;

/** Shadow of the first byte of a NaN that arithmetic made. */
const NAN_SHADOW: Readonly<Record<FloatSize, number>> = { 4: SHADOW.nan4, 8: SHADOW.nan8 };

/** What an object is. `slot`: memory of a frame (alloc, ret_ptr). */
export type ObjectRole = 'nav' | 'constant' | 'slot' | 'function';

const scratch = new DataView(new ArrayBuffer(8));

/** See the file header. */
export class MemoryObject {
  readonly role: ObjectRole;
  /** Of roles `nav` and `function`. */
  readonly nav: NavIndex | null;
  readonly size: number;
  readonly readonly: boolean;
  /** Alignment that its address is known to have; references to an unnamed constant may raise it. */
  align: number;
  /** False once the frame of a slot has returned. */
  alive = true;
  /** Bytes of an address. */
  readonly ptrSize: number;
  readonly #bytes: Uint8Array;
  readonly #shadow: Uint8Array;
  #pointers: Map<number, Pointer> | null = null;

  /** An object of `size` undefined bytes. */
  constructor(role: ObjectRole, nav: NavIndex | null, size: number, align: number, readonly: boolean, ptrSize: number) {
    this.role = role;
    this.nav = nav;
    this.size = size;
    this.align = align;
    this.readonly = readonly;
    this.ptrSize = ptrSize;
    this.#bytes = new Uint8Array(size);
    this.#shadow = new Uint8Array(size);
  }

  /** Whether all bytes of a range are plain defined ones. */
  isPlain(offset: number, size: number): boolean {
    const shadow = this.#shadow;
    for (let at = offset; at < offset + size; at++) if (shadow[at] !== SHADOW.defined) return false;
    return true;
  }

  /** Whether a range is, from its first to its last byte, one NaN that arithmetic made. */
  isSomeNan(offset: number, size: FloatSize): boolean {
    return this.#isRun(offset, size, NAN_SHADOW[size]);
  }

  /** The pointer that is stored in exactly the `ptrSize` bytes at `offset`, if there is one. */
  pointerAt(offset: number): Pointer | undefined {
    return this.#pointers?.get(offset);
  }

  /** Unsigned little-endian number of up to 4 bytes. */
  readNumber(offset: number, size: number): number {
    const bytes = this.#bytes;
    let value = 0;
    for (let n = size - 1; n >= 0; n--) value = value * 256 + bytes[offset + n]!;
    return value;
  }

  /** Unsigned little-endian number of any size. */
  readBig(offset: number, size: number): bigint {
    if (size === 8) {
      return (BigInt(this.readNumber(offset + 4, 4)) << 32n) | BigInt(this.readNumber(offset, 4));
    }
    let value = 0n;
    for (let n = size - 1; n >= 0; n--) value = (value << 8n) | BigInt(this.#bytes[offset + n]!);
    return value;
  }

  /** IEEE number; its bytes are plain. */
  readFloat(offset: number, size: FloatSize): number {
    for (let n = 0; n < size; n++) scratch.setUint8(n, this.#bytes[offset + n]!);
    switch (size) {
      case 4:
        return scratch.getFloat32(0, true);
      case 8:
        return scratch.getFloat64(0, true);
    }
  }

  /** Writes an integer of up to 4 bytes, modulo its size. */
  writeNumber(offset: number, size: number, value: number): void {
    this.#drop(offset, size);
    const bytes = this.#bytes;
    for (let n = 0; n < size; n++) {
      // A shift by 8n takes the value modulo 2^32 first, which is the two's complement of a negative one.
      bytes[offset + n] = value >>> (8 * n);
      this.#shadow[offset + n] = SHADOW.defined;
    }
  }

  /** Writes an integer of any size, modulo its size. */
  writeBig(offset: number, size: number, value: bigint): void {
    if (size === 8) {
      this.writeNumber(offset, 4, Number(BigInt.asUintN(32, value)));
      this.writeNumber(offset + 4, 4, Number(BigInt.asUintN(32, value >> 32n)));
      return;
    }
    this.#drop(offset, size);
    for (let n = 0; n < size; n++) {
      this.#bytes[offset + n] = Number((value >> BigInt(8 * n)) & 0xffn);
      this.#shadow[offset + n] = SHADOW.defined;
    }
  }

  /** Writes a float; a NaN is written as "some NaN". */
  writeFloat(offset: number, size: FloatSize, value: number): void {
    this.#drop(offset, size);
    switch (size) {
      case 4:
        scratch.setFloat32(0, value, true);
        break;
      case 8:
        scratch.setFloat64(0, value, true);
        break;
    }
    const nan = value !== value;
    const first = NAN_SHADOW[size];
    for (let n = 0; n < size; n++) {
      this.#bytes[offset + n] = scratch.getUint8(n);
      this.#shadow[offset + n] = nan ? first + n : SHADOW.defined;
    }
  }

  /** Stores a pointer to an object. */
  writePointer(offset: number, pointer: Pointer): void {
    this.#drop(offset, this.ptrSize);
    for (let n = 0; n < this.ptrSize; n++) {
      this.#bytes[offset + n] = 0;
      this.#shadow[offset + n] = SHADOW.pointer + n;
    }
    (this.#pointers ??= new Map()).set(offset, pointer);
  }

  /** Makes a range undefined. */
  erase(offset: number, size: number): void {
    this.#drop(offset, size);
    this.#shadow.fill(SHADOW.undefined, offset, offset + size);
  }

  /** Copies bytes with all that is known of them, as if through a buffer: the ranges may overlap. */
  copyFrom(offset: number, source: MemoryObject, from: number, size: number): void {
    const pointers: [number, Pointer][] = [];
    if (source.#pointers !== null) {
      for (const [at, pointer] of source.#pointers) {
        if (at >= from && at + this.ptrSize <= from + size) pointers.push([offset + at - from, pointer]);
      }
    }
    this.#drop(offset, size);
    // Inside one object, dropping may have undefined source bytes: they lie in the destination too, or in a pointer that
    // the copy cuts, whose copied bytes are undefined anyway. Only whole pointers in the overlap need their shadow again.
    this.#shadow.set(source.#shadow.subarray(from, from + size), offset);
    this.#bytes.set(source.#bytes.subarray(from, from + size), offset);
    for (let at = offset; at < offset + size; at++) {
      if (this.#shadow[at]! >= SHADOW.pointer) this.#shadow[at] = SHADOW.undefined;
    }
    for (const [at, pointer] of pointers) this.writePointer(at, pointer);
  }

  /** Copy of the bytes. */
  bytes(): Uint8Array {
    return this.#bytes.slice();
  }

  /** Copy of the shadow. */
  shadow(): Uint8Array {
    return this.#shadow.slice();
  }

  /** Stored pointers in the order of their offsets. */
  pointers(): [number, Pointer][] {
    return this.#pointers === null ? [] : [...this.#pointers].sort(([a], [b]) => a - b);
  }

  #isRun(offset: number, size: number, first: number): boolean {
    for (let n = 0; n < size; n++) if (this.#shadow[offset + n] !== first + n) return false;
    return true;
  }

  /** Before a range is overwritten: forgets the pointers that reach into it, and undefines what remains of them. */
  #drop(offset: number, size: number): void {
    const pointers = this.#pointers;
    if (pointers === null || pointers.size === 0) return;
    const first = offset - this.ptrSize + 1;
    if (size + this.ptrSize > pointers.size) {
      for (const at of pointers.keys()) if (at >= first && at < offset + size) this.#forget(pointers, at);
    } else {
      for (let at = first; at < offset + size; at++) if (pointers.has(at)) this.#forget(pointers, at);
    }
  }

  #forget(pointers: Map<number, Pointer>, at: number): void {
    pointers.delete(at);
    this.#shadow.fill(SHADOW.undefined, at, at + this.ptrSize);
  }
}
