/**
 * Compares the memory of an instance with the images that the reference made of its variables.
 *
 * Starts from every exported variable and follows pointers, so that what only a pointer can reach is compared too. Knows
 * addresses only from exports and from pointers already followed. Terminates on cycles: a pair of object and address is
 * compared once.
 *
 * Policy. An exported variable lies at a multiple of its alignment. Only defined bytes count. Where the reference has a NaN that arithmetic made, any NaN of that size will do; all
 * other floats are exact. A pointer to an exported variable is its address plus the offset. A variable that is not exported gets its
 * address from the first pointer to it, and must keep it. A pointer to a function is a slot of the table that holds it; one
 * function has one slot, two functions have two. A number is a number. Pointers into dead frames are not compared.
 */
import type { NavIndex, Unit } from '../../core/index.ts';
import { abiAlign, ptrSize } from '../../core/index.ts';
import type { ObjectImage, PointerTarget } from '../../interpreter/model/outcome.ts';
import { readAddress } from '../model/address.ts';
import type { EngineState } from '../engine/door.ts';
import { addressOfNav, bytesAt } from '../engine/state.ts';
import type { Difference, Verdict } from '../model/verdict.ts';
import { different, SAME } from '../model/verdict.ts';
import type { MaskedImage } from './observable.ts';

/** Compares every exported variable of `images`. */
export function compareMemory(unit: Unit, images: ReadonlyMap<NavIndex, ObjectImage>, state: EngineState): Verdict {
  const comparison = new Comparison(unit, images, state);
  for (const [nav, image] of images) {
    const declared = unit.navs[nav]!;
    if (!declared.exports.some((exported) => exported.visibility === 'default')) continue;
    // Without bytes there is nothing to compare, and a linker need not give it a place.
    if (image.bytes.length === 0) continue;
    const address = addressOfNav(state, unit, nav);
    if (address === undefined) {
      return different('memory', `@${declared.name}`, 'exported', 'the module does not export its address');
    }
    const align = declared.align || abiAlign(unit.pool, declared.ty);
    if (address % align !== 0) {
      return different('memory', `@${declared.name}`, `an address that ${align} divides`, `address ${address}`);
    }
    const found = comparison.compareObject(image, address, { nav, offsets: [null] });
    if (found !== null) return found;
  }
  return SAME;
}

/** An object, and a byte of it or all of it (null), at each step along pointers. */
interface Place {
  readonly nav: NavIndex;
  readonly offsets: readonly (number | null)[];
  /** What the last pointer that was followed, or is compared, holds. */
  readonly pointer?: number;
}

/** Byte `offset` of the object that `place` is. */
function at(place: Place, offset: number): Place {
  return { ...place, offsets: place.offsets.with(-1, offset) };
}

/** What the pointer at `place` leads to. */
function behind(place: Place): Place {
  return { ...place, offsets: [...place.offsets, null] };
}

/** One comparison: what was followed, and which addresses were learnt on the way. */
class Comparison {
  readonly #unit: Unit;
  readonly #images: ReadonlyMap<NavIndex, ObjectImage>;
  readonly #state: EngineState;
  readonly #visited = new Map<ObjectImage, Set<number>>();
  /** Addresses of variables that are not exported, by the first pointer seen. */
  readonly #bases = new Map<NavIndex, number>();
  /** Table slot of each function seen, and the other way round. */
  readonly #slots = new Map<NavIndex, number>();
  readonly #functions = new Map<number, NavIndex>();

  constructor(unit: Unit, images: ReadonlyMap<NavIndex, ObjectImage>, state: EngineState) {
    this.#unit = unit;
    this.#images = images;
    this.#state = state;
  }

  #differs({ nav, offsets, pointer }: Place, expected: string, actual: string): Difference {
    const steps = offsets.map((offset) => (offset === null ? '' : `+${offset}`)).join('.*');
    const where = `@${this.#unit.navs[nav]!.name}${steps}`;
    const place = { kind: 'memory', nav, offsets: offsets.map((offset) => offset ?? 0) } as const;
    return different('memory', where, expected, actual, pointer === undefined ? place : { ...place, pointer });
  }

  /** Compares the object at `address`. */
  compareObject(image: ObjectImage, address: number, place: Place): Difference | null {
    const seen = this.#visited.get(image);
    if (seen?.has(address)) return null;
    if (seen === undefined) this.#visited.set(image, new Set([address]));
    else seen.add(address);

    const size = image.bytes.length;
    if (address < 0 || (size > 0 && address + size > this.#state.memoryBytes)) {
      return this.#differs(place, `${size} bytes`, `address ${address} is outside of the memory`);
    }
    const actual = bytesAt(this.#state, address, size);
    if (actual === null) return this.#differs(place, `${size} bytes`, `address ${address}, where none lie`);
    const found = this.#compareBytes(image, actual, place);
    if (found !== null) return found;
    if (image.nans.size + image.pointers.size === 0) return null;
    const view = new DataView(actual.buffer, actual.byteOffset, size);
    for (const [offset, nanSize] of image.nans) {
      if (Number.isNaN(nanSize === 4 ? view.getFloat32(offset, true) : view.getFloat64(offset, true))) continue;
      const bytes = hexAround(actual, null, offset, nanSize);
      return this.#differs(at(place, offset), `a NaN of ${nanSize} bytes`, bytes);
    }
    for (const [offset, target] of image.pointers) {
      const address = readAddress(view, offset, ptrSize(this.#unit.pool));
      const wrong = this.#comparePointer(target, address, { ...at(place, offset), pointer: address });
      if (wrong !== null) return wrong;
    }
    return null;
  }

  #compareBytes(image: ObjectImage, actual: Uint8Array, place: Place): Difference | null {
    const { bytes, defined, pointers, masks } = image as MaskedImage;
    const pointerBytes = ptrSize(this.#unit.pool);
    for (let n = 0; n < bytes.length; n++) {
      if (pointers.size > 0 && pointers.has(n)) {
        n += pointerBytes - 1;
      } else if (bytes[n] !== actual[n] && defined[n] === 1) {
        if (masks !== undefined && ((bytes[n]! ^ actual[n]!) & masks[n]!) === 0) continue;
        return this.#differs(at(place, n), hexAround(bytes, defined, n, 8), hexAround(actual, null, n, 8));
      }
    }
    return null;
  }

  #comparePointer(target: PointerTarget, actual: number, place: Place): Difference | null {
    switch (target.kind) {
      case 'dangling':
        return null;
      case 'number':
        return actual === target.address
          ? null
          : this.#differs(place, `address ${target.address}`, `address ${actual}`);
      case 'function':
        return this.#compareFunction(target.nav, actual, place);
      case 'object':
        return this.compareObject(target.object, actual - target.offset, behind(place));
      case 'nav':
        return this.#compareNavPointer(target.nav, target.offset, actual, place);
    }
  }

  #compareNavPointer(nav: NavIndex, offset: number, actual: number, place: Place): Difference | null {
    const declared = this.#unit.navs[nav]!;
    const name = `&@${declared.name}${offset === 0 ? '' : offset < 0 ? String(offset) : `+${offset}`}`;
    const base = actual - offset;
    const image = this.#images.get(nav);
    // Where nothing lies has no address to speak of, with or without an offset.
    if (image?.bytes.length === 0) return null;
    const known = addressOfNav(this.#state, this.#unit, nav) ?? this.#bases.get(nav);
    if (known !== undefined) {
      return base === known ? null : this.#differs(place, `${name} = ${known + offset}`, `address ${actual}`);
    }
    if (base < 0) return this.#differs(place, name, `address ${actual}`);
    this.#bases.set(nav, base);
    return image === undefined ? null : this.compareObject(image, base, behind(place));
  }

  #compareFunction(nav: NavIndex, actual: number, place: Place): Difference | null {
    const declared = this.#unit.navs[nav]!;
    const expected = `&@${declared.name}`;
    const knownSlot = this.#slots.get(nav);
    const knownFunction = this.#functions.get(actual);
    if ((knownSlot ?? actual) !== actual || (knownFunction ?? nav) !== nav) {
      const other = knownFunction === undefined ? '' : ` of @${this.#unit.navs[knownFunction]!.name}`;
      return this.#differs(place, expected, `table slot ${actual}${other}`);
    }
    this.#slots.set(nav, actual);
    this.#functions.set(actual, nav);
    const slot = this.#state.slots.get(actual);
    if (slot === undefined) return this.#differs(place, expected, `empty table slot ${actual}`);
    // A stripped module does not tell which function it is; that functions have slots of their own is checked anyway.
    if (slot.names.length === 0) return null;
    const names = [declared.name, ...declared.exports.map((exported) => exported.name)];
    if (slot.names.some((name) => names.includes(name))) return null;
    return this.#differs(place, expected, `&@${slot.names[0]!}`);
  }
}

/** Up to `count` bytes from `at` on, as a memory line shows them. */
function hexAround(bytes: Uint8Array, defined: Uint8Array | null, at: number, count: number): string {
  let text = '';
  for (let i = at; i < Math.min(at + count, bytes.length); i++) {
    text += defined !== null && defined[i] === 0 ? '??' : bytes[i]!.toString(16).padStart(2, '0');
  }
  return text;
}
