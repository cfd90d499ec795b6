/**
 * Reading a snapshot: addresses of navs, bytes at an address.
 */
import type { NavIndex, Unit } from '../../core/index.ts';
import type { EngineState } from './door.ts';

/** State of a run that never had an instance. */
export const NO_STATE: EngineState = {
  addresses: new Map(),
  memoryBytes: 0,
  ranges: new Map(),
  slots: new Map(),
  stackPointer: null,
  sights: [],
};

/** Address of an exported data nav, or undefined where the module does not tell it. */
export function addressOfNav({ addresses }: EngineState, unit: Unit, nav: NavIndex): number | undefined {
  for (const { name } of unit.navs[nav]!.exports) {
    const address = addresses.get(name);
    if (address !== undefined) return address;
  }
  return undefined;
}

/** The `size` bytes at `address`, or null where nobody asked for so many. */
export function bytesAt({ ranges }: EngineState, address: number, size: number): Uint8Array | null {
  if (size === 0) return new Uint8Array(0);
  const found = ranges.get(address);
  return found === undefined || found.length < size ? null : found.subarray(0, size);
}
