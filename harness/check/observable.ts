/**
 * The part of a reference run that can be compared with what a back end makes: the memory that it lays out as AIR does.
 */
import type { NavIndex, Unit } from '../../core/index.ts';
import type { ObjectImage, PointerTarget, ProgramRun } from '../../interpreter/model/outcome.ts';
import type { Backend } from '../backend/door.ts';

/** An image of which some bits do not count. */
export interface MaskedImage extends ObjectImage {
  /** Bits that count, of each byte. */
  readonly masks?: Uint8Array;
}

/** `run` without the images of variables that lie in other ways in the modules of `backend`, and without what pointers lead to that nobody can tell there. */
export function observable(run: ProgramRun, unit: Unit, { comparable, mergesFunctions }: Backend): ProgramRun {
  if (comparable === undefined && mergesFunctions === undefined) return run;
  const memory = new Map<NavIndex, ObjectImage>();
  for (const [nav, whole] of run.memory) {
    const image = mergesFunctions === true ? without(whole, ({ kind }) => kind === 'function') : whole;
    if (comparable === undefined) {
      memory.set(nav, image);
      continue;
    }
    const masks = comparable(unit.pool, unit.navs[nav]!.ty);
    if (masks === null) continue;
    const isOwnLayout = (to: NavIndex): boolean => comparable(unit.pool, unit.navs[to]!.ty) === null;
    const masked: MaskedImage = { ...withoutObjects(image, isOwnLayout), masks };
    memory.set(nav, masked);
  }
  return { ...run, memory };
}

/** `image` with pointers that may lead anywhere in the place of those with `isUnknown`. */
function without(image: ObjectImage, isUnknown: (target: PointerTarget) => boolean): ObjectImage {
  const pointers: ObjectImage['pointers'] = new Map(
    [...image.pointers].map(([at, target]) => [at, isUnknown(target) ? { kind: 'dangling' } : target]),
  );
  return { ...image, pointers };
}

/**
 * Where a pointer leads that names no variable is not known by its type, so it is not followed; nor is one into a variable that has
 * another layout: at offset 0 it may mean the first field, which lies elsewhere.
 */
function withoutObjects(image: ObjectImage, isOwnLayout: (nav: NavIndex) => boolean): ObjectImage {
  return without(image, (target) => target.kind === 'object' || (target.kind === 'nav' && isOwnLayout(target.nav)));
}
