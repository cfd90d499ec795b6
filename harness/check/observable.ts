/**
 * The part of a reference run that can be compared with what a back end makes: the memory that it lays out as AIR does.
 */
import type { NavIndex, Unit } from '../../core/index.ts';
import type { ObjectImage, ProgramRun } from '../../interpreter/model/outcome.ts';
import type { Backend } from '../backend/door.ts';

/** An image of which some bits do not count. */
export interface MaskedImage extends ObjectImage {
  /** Bits that count, of each byte. */
  readonly masks?: Uint8Array;
}

/** `run` without the images of variables that lie in other ways in the modules of `backend`. */
export function observable(run: ProgramRun, unit: Unit, { comparable }: Backend): ProgramRun {
  if (comparable === undefined) return run;
  const memory = new Map<NavIndex, ObjectImage>();
  for (const [nav, image] of run.memory) {
    const masks = comparable(unit.pool, unit.navs[nav]!.ty);
    if (masks === null) continue;
    const isOwnLayout = (to: NavIndex): boolean => comparable(unit.pool, unit.navs[to]!.ty) === null;
    const masked: MaskedImage = { ...withoutObjects(image, isOwnLayout), masks };
    memory.set(nav, masked);
  }
  return { ...run, memory };
}

/**
 * Where a pointer leads that names no variable is not known by its type, so it is not followed; nor is one into a variable that has
 * another layout: at offset 0 it may mean the first field, which lies elsewhere.
 */
function withoutObjects(image: ObjectImage, isOwnLayout: (nav: NavIndex) => boolean): ObjectImage {
  const pointers: ObjectImage['pointers'] = new Map(
    [...image.pointers].map(([at, target]) => {
      const isUnknown = target.kind === 'object' || (target.kind === 'nav' && isOwnLayout(target.nav));
      return [at, isUnknown ? { kind: 'dangling' } : target];
    }),
  );
  return { ...image, pointers };
}
