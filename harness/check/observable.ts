/**
 * The part of a reference run that can be compared with what a back end makes: the memory that it lays out as AIR does.
 */
import type { NavIndex, Unit } from '../../core/index.ts';
import type { ObjectImage, ProgramRun } from '../../interpreter/model/outcome.ts';
import type { Backend } from '../backend/door.ts';

/** `run` without the images of variables that lie in other ways in the modules of `backend`. */
export function observable(run: ProgramRun, unit: Unit, { observes }: Backend): ProgramRun {
  if (observes === undefined) return run;
  const memory = new Map<NavIndex, ObjectImage>();
  for (const [nav, image] of run.memory) {
    if (observes(unit.pool, unit.navs[nav]!.ty)) memory.set(nav, withoutObjects(image));
  }
  return { ...run, memory };
}

/** Where a pointer leads that names no variable is not known by its type, so it is not followed. */
function withoutObjects(image: ObjectImage): ObjectImage {
  const pointers: ObjectImage['pointers'] = new Map(
    [...image.pointers].map(([at, target]) => [at, target.kind === 'object' ? { kind: 'dangling' } : target]),
  );
  return { ...image, pointers };
}
