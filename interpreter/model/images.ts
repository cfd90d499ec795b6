/**
 * What memory holds after a run, free of addresses: an image of every data nav, and of the objects that they point to.
 */
import type { Unit } from '../../core/air/unit.ts';
import type { NavIndex } from '../../core/intern/keys.ts';
import type { AddressSpace } from './address-space.ts';
import type { MemoryObject } from './memory-object.ts';
import { SHADOW } from './memory-object.ts';
import type { ObjectImage, PointerTarget } from './outcome.ts';
import type { Pointer } from './values.ts';

/** Images of all `var` and `const` navs of `unit`, in the order of their declarations. */
export function imagesOf(unit: Unit, space: AddressSpace): ReadonlyMap<NavIndex, ObjectImage> {
  const images = new Images();
  const navs = new Map<NavIndex, ObjectImage>();
  unit.navs.forEach((nav, n) => {
    if (nav.init !== null) navs.set(n as NavIndex, images.of(space.nav(n as NavIndex)));
  });
  return navs;
}

/** Makes each image once, so that shared objects are shared images and cycles end. */
class Images {
  readonly #known = new Map<MemoryObject, ObjectImage>();

  of(object: MemoryObject): ObjectImage {
    const known = this.#known.get(object);
    if (known !== undefined) return known;
    const pointers = new Map<number, PointerTarget>();
    const nans = new Map<number, 4 | 8>();
    const image: ObjectImage = { bytes: object.bytes(), defined: object.shadow(), pointers, nans };
    this.#known.set(object, image);
    const { defined } = image;
    for (let at = 0; at < defined.length; at++) {
      const shadow = defined[at]!;
      if (shadow === SHADOW.nan4 && at + 4 <= object.size && object.isSomeNan(at, 4)) nans.set(at, 4);
      if (shadow === SHADOW.nan8 && at + 8 <= object.size && object.isSomeNan(at, 8)) nans.set(at, 8);
      defined[at] = shadow === SHADOW.defined || shadow >= SHADOW.pointer ? 1 : 0;
    }
    for (const [at, pointer] of object.pointers()) pointers.set(at, this.#target(pointer));
    return image;
  }

  #target({ object, offset }: Pointer): PointerTarget {
    // A numeric pointer is stored as its number; the table has pointers to objects only.
    if (object === null) return { kind: 'number', address: offset };
    if (!object.alive) return { kind: 'dangling' };
    if (object.nav === null) return { kind: 'object', object: this.of(object), offset };
    return object.role === 'function'
      ? { kind: 'function', nav: object.nav }
      : { kind: 'nav', nav: object.nav, offset };
  }
}
