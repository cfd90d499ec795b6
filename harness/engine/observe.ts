/**
 * Copies out of a memory what a request asks for: the part of an engine that every engine has in common.
 *
 * Knows bytes and numbers only, so that it can run beside any engine. Follows wished pointers wherever they lead; what
 * lies outside of the memory is left out, and so is what comes after a generous number of objects, as a wrong program
 * may chain garbage for ever.
 */
import { addressOf, readAddress } from '../model/address.ts';
import type { EngineRequest, ProbeRead } from './door.ts';

/** Objects that are copied for each object that is wished for, and beside them, at most. */
const STRETCH = 4;
const SPARE = 64;

/** Copies of the wished objects, by address. */
export function copyObjects(
  memory: Uint8Array,
  { variables, objects, ptrBits }: Pick<EngineRequest, 'variables' | 'objects' | 'ptrBits'>,
  addresses: ReadonlyMap<string, number>,
): Map<number, Uint8Array> {
  const ranges = new Map<number, Uint8Array>();
  const seen = new Set<string>();
  const waiting: { readonly object: number; readonly address: number }[] = [];
  const visit = (object: number, address: number): void => {
    const { size, pointers } = objects[object]!;
    if (size === 0 || address < 0 || address + size > memory.length) return;
    if (pointers.length === 0) {
      copy(ranges, memory, address, size);
      return;
    }
    const key = `${object} ${address}`;
    if (seen.has(key) || seen.size > objects.length * STRETCH + SPARE) return;
    seen.add(key);
    copy(ranges, memory, address, size);
    waiting.push({ object, address });
  };
  for (const { names, object } of variables) {
    if (object === null) continue;
    const name = names.find((one) => addresses.has(one));
    if (name !== undefined) visit(object, addresses.get(name)!);
  }
  if (waiting.length === 0) return ranges;
  const view = new DataView(memory.buffer, memory.byteOffset, memory.byteLength);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const { at, to, offset } of objects[next.object]!.pointers) {
      visit(to, readAddress(view, next.address + at, ptrBits / 8) - offset);
    }
  }
  return ranges;
}

function copy(ranges: Map<number, Uint8Array>, memory: Uint8Array, address: number, size: number): void {
  if ((ranges.get(address)?.length ?? 0) < size) ranges.set(address, memory.slice(address, address + size));
}

/** What a probe that was given address `raw` is to tell. */
export function copyProbed(
  memory: Uint8Array,
  read: ProbeRead | null,
  raw: unknown,
  ptrBits: 32 | 64,
): Uint8Array | null {
  if (read === null) return null;
  const address = addressOf(raw);
  if (read.kind === 'bytes') return memory.slice(address, address + read.size);
  const size = ptrBits / 8;
  if (address + 2 * size > memory.length) return null;
  const view = new DataView(memory.buffer, memory.byteOffset, memory.byteLength);
  const start = readAddress(view, address, size);
  const length = Math.min(read.elementSize * readAddress(view, address + size, size), read.most);
  return memory.slice(start, start + length);
}
