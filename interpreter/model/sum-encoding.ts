/**
 * Optionals, error unions and unions to and from the bytes of memory objects: docs/air.md section 3.
 *
 * Owns what tells null from a payload and an error from none. Payloads are read and written by what is passed in, so that this
 * file does not depend on encoding.ts. Bytes that decide and are not known, or that no value has, read as undefined.
 */
import { MemoryObject } from './memory-object.ts';
import type { ErrorUnionShape, OptionalShape, Shape, UnionShape } from './shapes.ts';
import type { Absent, Value, Variant } from './values.ts';
import { NULL, wrappedOf } from './values.ts';

type SumShape = OptionalShape | ErrorUnionShape | UnionShape;
type Read = (object: MemoryObject, offset: number, shape: Shape) => Value;
type Write = (object: MemoryObject, offset: number, shape: Shape, value: Value) => void;

const CODE_SIZE = 2;

/** Reads a value of `shape` from `offset` of `object`. */
export function readSum(object: MemoryObject, offset: number, shape: SumShape, read: Read): Value {
  switch (shape.kind) {
    case 'optional': {
      const isPresent = readPresence(object, offset, shape);
      if (isPresent === null) return undefined;
      return isPresent ? { kind: 'payload', payload: read(object, offset, shape.payload) } : NULL;
    }
    case 'error_union': {
      const code = readKnown(object, offset + shape.codeOffset, CODE_SIZE);
      if (code === null) return undefined;
      if (code !== 0) return { kind: 'absent', code };
      return { kind: 'payload', payload: read(object, offset + shape.payloadOffset, shape.payload) };
    }
    case 'union': {
      const variant = newVariant(shape.size, object.ptrSize);
      variant.bytes.copyFrom(0, object, offset, shape.size);
      return variant;
    }
  }
}

/** A number of up to 4 bytes, or null where some of them are not known. */
function readKnown(object: MemoryObject, offset: number, size: number): number | null {
  return object.isPlain(offset, size) ? object.readNumber(offset, size) : null;
}

function readPresence(object: MemoryObject, offset: number, shape: OptionalShape): boolean | null {
  switch (shape.nullBy) {
    case 'flag': {
      const flag = readKnown(object, offset + shape.flagOffset, 1);
      return flag === null || flag > 1 ? null : flag === 1;
    }
    case 'code': {
      const code = readKnown(object, offset, CODE_SIZE);
      return code === null ? null : code !== 0;
    }
    case 'address':
      if (object.pointerAt(offset) !== undefined) return true;
      return object.isPlain(offset, object.ptrSize) ? object.readBig(offset, object.ptrSize) !== 0n : null;
  }
}

/** Writes `value`, which is defined, to `offset` of `object`. What it leaves open becomes undefined. */
export function writeSum(object: MemoryObject, offset: number, shape: SumShape, value: Value, write: Write): void {
  object.erase(offset, shape.size);
  switch (shape.kind) {
    case 'optional': {
      const wrapped = wrappedOf(value);
      if (wrapped.kind === 'payload') write(object, offset, shape.payload, wrapped.payload);
      if (shape.nullBy === 'flag') object.writeNumber(offset + shape.flagOffset, 1, wrapped.kind === 'payload' ? 1 : 0);
      else if (wrapped.kind === 'absent' && shape.nullBy === 'code') object.writeNumber(offset, CODE_SIZE, 0);
      else if (wrapped.kind === 'absent') object.writeBig(offset, object.ptrSize, 0n);
      return;
    }
    case 'error_union': {
      const wrapped = wrappedOf(value);
      if (wrapped.kind === 'payload') write(object, offset + shape.payloadOffset, shape.payload, wrapped.payload);
      object.writeNumber(offset + shape.codeOffset, CODE_SIZE, codeOf(wrapped));
      return;
    }
    case 'union':
      object.copyFrom(offset, (value as Variant).bytes, 0, shape.size);
      return;
  }
}

/** Code of an error, 0 for no error. */
function codeOf(wrapped: Absent | { readonly kind: 'payload' }): number {
  return wrapped.kind === 'absent' ? wrapped.code : 0;
}

/** A union whose bytes are all undefined. */
export function newVariant(size: number, ptrSize: number): Variant {
  return { kind: 'variant', bytes: new MemoryObject('slot', null, size, 1, false, ptrSize) };
}
