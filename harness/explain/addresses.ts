/**
 * What the addresses of an instance mean: by export for variables, and by the first pointer seen for everything else.
 *
 * Owns what was learnt in one comparison of two runs. An object keeps the address that it was first seen at; exported
 * variables have theirs from the beginning.
 */
import type { NavIndex, Unit } from '../../core/index.ts';
import { abiSize, isFunctionNav, printNavName } from '../../core/index.ts';
import type { SeenObject, SeenPointer } from '../../interpreter/model/probe.ts';
import type { EngineState } from '../engine/door.ts';
import { addressOfNav } from '../engine/state.ts';

/** See the file header. */
export class Addresses {
  readonly #unit: Unit;
  readonly #state: EngineState;
  readonly #bases = new Map<SeenObject, number>();
  readonly #slots = new Map<NavIndex, number>();

  constructor(unit: Unit, state: EngineState) {
    this.#unit = unit;
    this.#state = state;
  }

  /** Whether `actual` is the address of what `pointer` points to; learns addresses that were not known. */
  agree(pointer: SeenPointer, actual: number): boolean {
    const { object, offset, alive } = pointer;
    if (object === null) return actual === offset;
    if (!alive) return true;
    if (object.role === 'function') return this.#agreeOnSlot(object.nav!, actual);
    const base = actual - offset;
    const known = this.baseOf(object);
    if (known !== undefined) return base === known;
    this.#bases.set(object, base);
    return base >= 0;
  }

  /** Address of an object, if it is known. */
  baseOf(object: SeenObject): number | undefined {
    const exported = object.nav === null ? undefined : addressOfNav(this.#state, this.#unit, object.nav);
    return exported ?? this.#bases.get(object);
  }

  /** A pointer of the reference: `&@x + 4`. */
  describe(pointer: SeenPointer): string {
    const { object, offset } = pointer;
    if (object === null) return `address ${offset}`;
    return `${this.#nameOf(object)}${offsetText(offset)}`;
  }

  /** The address that the engine has for a pointer: `address 1028 (&@x + 4)`. */
  describeActual(address: number): string {
    for (let n = 0; n < this.#unit.navs.length; n++) {
      const nav = this.#unit.navs[n]!;
      if (isFunctionNav(nav)) continue;
      const base = addressOfNav(this.#state, this.#unit, n as NavIndex);
      if (base === undefined || address < base || address >= base + abiSize(this.#unit.pool, nav.ty)) continue;
      return `address ${address} (&${printNavName(nav.name)}${offsetText(address - base)})`;
    }
    return `address ${address}`;
  }

  #agreeOnSlot(nav: NavIndex, actual: number): boolean {
    const known = this.#slots.get(nav);
    if (known !== undefined) return known === actual;
    this.#slots.set(nav, actual);
    const slot = this.#state.slots.get(actual);
    if (slot === undefined) return false;
    const { name, exports } = this.#unit.navs[nav]!;
    return slot.names.length === 0 || [name, ...exports.map((one) => one.name)].some((one) => slot.names.includes(one));
  }

  #nameOf(object: SeenObject): string {
    if (object.nav !== null) return `&${printNavName(this.#unit.navs[object.nav]!.name)}`;
    return object.role === 'slot' ? '&(a slot of the frame)' : '&(a constant)';
  }
}

function offsetText(offset: number): string {
  return offset === 0 ? '' : offset > 0 ? ` + ${offset}` : ` - ${-offset}`;
}
