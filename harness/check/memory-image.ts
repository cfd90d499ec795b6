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
import type { Difference, Verdict } from '../model/verdict.ts';
import { different, SAME } from '../model/verdict.ts';

/** Compares every exported variable of `images`. */
export function compareMemory(unit: Unit, images: ReadonlyMap<NavIndex, ObjectImage>, state: EngineState): Verdict {
  const comparison = new Comparison(unit, images, state);
  for (const [nav, image] of images) {
    const declared = unit.navs[nav]!;
    if (!declared.exports.some((exported) => exported.visibility === 'default')) continue;
    // Without bytes there is nothing to compare, and a linker need not give it a place.
    if (image.bytes.length === 0) continue;
    const address = state.addressOf(nav);
    if (address === undefined) {
      return different('memory', `@${declared.name}`, 'exported', 'the module does not export its address');
    }
    const align = declared.align || abiAlign(unit.pool, declared.ty);
    if (address % align !== 0) {
      return different('memory', `@${declared.name}`, `an address that ${align} divides`, `address ${address}`);
    }
    const found = comparison.compareObject(image, address, `@${declared.name}`);
    if (found !== null) return found;
  }
  return SAME;
}

/** One comparison: what was followed, and which addresses were learnt on the way. */
class Comparison {
  readonly #unit: Unit;
  readonly #images: ReadonlyMap<NavIndex, ObjectImage>;
  readonly #state: EngineState;
  readonly #view: DataView;
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
    const { memory } = state;
    this.#view = new DataView(memory.buffer, memory.byteOffset, memory.byteLength);
  }

  /** Compares the object at `address`. */
  compareObject(image: ObjectImage, address: number, where: string): Difference | null {
    const seen = this.#visited.get(image);
    if (seen?.has(address)) return null;
    if (seen === undefined) this.#visited.set(image, new Set([address]));
    else seen.add(address);

    const { memory } = this.#state;
    const size = image.bytes.length;
    if (address < 0 || (size > 0 && address + size > memory.length)) {
      return different('memory', where, `${size} bytes`, `address ${address} is outside of the memory`);
    }
    const found = this.#compareBytes(image, address, where);
    if (found !== null) return found;
    for (const [offset, nanSize] of image.nans) {
      if (this.#isNan(address + offset, nanSize)) continue;
      const actual = hexAround(memory, null, address + offset, nanSize);
      return different('memory', `${where}+${offset}`, `a NaN of ${nanSize} bytes`, actual);
    }
    for (const [offset, target] of image.pointers) {
      const actual = readAddress(this.#view, address + offset, ptrSize(this.#unit.pool));
      const wrong = this.#comparePointer(target, actual, `${where}+${offset}`);
      if (wrong !== null) return wrong;
    }
    return null;
  }

  #compareBytes(image: ObjectImage, address: number, where: string): Difference | null {
    const { bytes, defined, pointers } = image;
    const { memory } = this.#state;
    const pointerBytes = ptrSize(this.#unit.pool);
    for (let at = 0; at < bytes.length; at++) {
      if (pointers.size > 0 && pointers.has(at)) {
        at += pointerBytes - 1;
      } else if (bytes[at] !== memory[address + at] && defined[at] === 1) {
        const expected = hexAround(bytes, defined, at, 8);
        return different('memory', `${where}+${at}`, expected, hexAround(memory, null, address + at, 8));
      }
    }
    return null;
  }

  #isNan(address: number, size: 4 | 8): boolean {
    const value = size === 4 ? this.#view.getFloat32(address, true) : this.#view.getFloat64(address, true);
    return Number.isNaN(value);
  }

  #comparePointer(target: PointerTarget, actual: number, where: string): Difference | null {
    switch (target.kind) {
      case 'dangling':
        return null;
      case 'number':
        return actual === target.address
          ? null
          : different('memory', where, `address ${target.address}`, `address ${actual}`);
      case 'function':
        return this.#compareFunction(target.nav, actual, where);
      case 'object':
        return this.compareObject(target.object, actual - target.offset, `${where}.*`);
      case 'nav':
        return this.#compareNavPointer(target.nav, target.offset, actual, where);
    }
  }

  #compareNavPointer(nav: NavIndex, offset: number, actual: number, where: string): Difference | null {
    const declared = this.#unit.navs[nav]!;
    const name = `&@${declared.name}${offset === 0 ? '' : offset < 0 ? String(offset) : `+${offset}`}`;
    const base = actual - offset;
    const image = this.#images.get(nav);
    // Where nothing lies has no address to speak of, with or without an offset.
    if (image?.bytes.length === 0) return null;
    const known = this.#state.addressOf(nav) ?? this.#bases.get(nav);
    if (known !== undefined) {
      return base === known ? null : different('memory', where, `${name} = ${known + offset}`, `address ${actual}`);
    }
    if (base < 0) return different('memory', where, name, `address ${actual}`);
    this.#bases.set(nav, base);
    return image === undefined ? null : this.compareObject(image, base, `${where}.*`);
  }

  #compareFunction(nav: NavIndex, actual: number, where: string): Difference | null {
    const declared = this.#unit.navs[nav]!;
    const expected = `&@${declared.name}`;
    const knownSlot = this.#slots.get(nav);
    const knownFunction = this.#functions.get(actual);
    if ((knownSlot ?? actual) !== actual || (knownFunction ?? nav) !== nav) {
      const other = knownFunction === undefined ? '' : ` of @${this.#unit.navs[knownFunction]!.name}`;
      return different('memory', where, expected, `table slot ${actual}${other}`);
    }
    this.#slots.set(nav, actual);
    this.#functions.set(actual, nav);
    const slot = this.#state.slot(actual);
    if (slot.kind === 'empty') return different('memory', where, expected, `empty table slot ${actual}`);
    // A stripped module does not tell which function it is; that functions have slots of their own is checked anyway.
    if (slot.names.length === 0) return null;
    const names = [declared.name, ...declared.exports.map((exported) => exported.name)];
    if (slot.names.some((name) => names.includes(name))) return null;
    return different('memory', where, expected, `&@${slot.names[0]!}`);
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
