/**
 * The ways from a program to a module: as values for those who make and compare modules, as data for findings.
 *
 * Owns their names. A finding says its way by {@link WayId}, and whoever explains it gets the same way from {@link wayOf}.
 */
import type { Backend } from '../backend/door.ts';
import { objectName } from '../case/case-file.ts';
import type { Case } from '../model/case.ts';
import type { Stage, WayId } from '../model/finding.ts';
import type { Artefacts } from './artefacts.ts';
import type { BuildResult } from './build-result.ts';

/** One way. */
export interface Way {
  readonly id: WayId;
  /** For people: `linked object`. */
  readonly name: string;
  /** What a difference accuses that no simpler way has. */
  readonly accuses: Stage;
  /** The store that holds what is made on this way: that of the case, or one with other settings. Null: there is none. */
  on(store: Artefacts): Artefacts | null;
  /** Its module; null where there is nothing to make it of. */
  make(store: Artefacts): BuildResult | null;
}

const same = (store: Artefacts): Artefacts => store;

/** The way `name` of a back end. */
function backendWay(name: string, accuses: Stage): Way {
  return { id: { name }, name, accuses, on: same, make: (store) => store.byWay(name) };
}

/** The ways of the back end itself, its executable first. */
export function ownWays(backend: Backend): readonly Way[] {
  return backend.ways.map(({ name, accuses }) => backendWay(name, accuses));
}

/** One object, linked. */
export const LINKED: Way = {
  id: { name: 'linked' },
  name: 'linked object',
  accuses: 'linker',
  on: same,
  make: (store) => store.linked(),
};

/** The program cut by its link plan, linked in the order of the plan. */
export const SPLIT: Way = {
  id: { name: 'split' },
  name: 'split program',
  accuses: 'linker',
  on: same,
  make: (store) => store.split(),
};

/** The decorated link of the plan. */
export const DECORATED: Way = {
  id: { name: 'decorated' },
  name: 'decorated program',
  accuses: 'linker',
  on: same,
  make: (store) => store.decorated()?.result ?? null,
};

/** Some parts of the link plan compiled straight into the module, the others linked as objects and archives. */
export const MIXED: Way = {
  id: { name: 'mixed' },
  name: 'unit with objects',
  accuses: 'linker',
  on: same,
  make: (store) => store.mixed(),
};

/** The program cut by its link plan, linked in another order. */
export function orderedWay(order: string): Way {
  return {
    id: { name: 'ordered', parameters: { order } },
    name: `${order} order`,
    accuses: 'linker',
    on: same,
    make: (store) => store.ordered(order),
  };
}

/** The executable with one setting changed. */
export function variedWay(setting: string, accuses: Stage): Way {
  return {
    id: { name: 'varied', parameters: { setting } },
    name: `other ${setting}`,
    accuses,
    on: (store) => store.varied(setting),
    make: (store) => store.varied(setting)?.exe() ?? null,
  };
}

/** The whole program as an object; no module that runs, but one that a validator may refuse. */
export const OBJECT: Way = {
  id: { name: 'object' },
  name: 'object',
  accuses: 'object-writer',
  on: same,
  make: (store) => store.object(),
};

/** Object `n` of the link plan. */
export function partWay(n: number): Way {
  return {
    id: { name: 'part', parameters: { part: String(n) } },
    name: `object ${objectName(n)}`,
    accuses: 'object-writer',
    on: same,
    make: (store) => store.parts()[n]?.result ?? null,
  };
}

/** The ways to a plain executable that `backend` has for `case_`, simplest first. */
export function waysOf(case_: Case, backend: Backend): readonly Way[] {
  const ways = [...ownWays(backend)];
  if (backend.objects === undefined) return ways;
  ways.push(LINKED);
  if (case_.plan.parts.length > 0) ways.push(SPLIT);
  if (case_.plan.parts.length > 1 && backend.mixed !== undefined) ways.push(MIXED);
  return ways;
}

/** The way that `id` names; null where this back end has no such way. */
export function wayOf({ name, parameters = {} }: WayId, backend: Backend): Way | null {
  const own = ownWays(backend).find((way) => way.id.name === name);
  if (own !== undefined) return own;
  switch (name) {
    case 'varied':
      return variedWay(parameters['setting'] ?? '', 'codegen');
    case 'linked':
    case 'split':
    case 'decorated':
    case 'object':
      if (backend.objects === undefined) return null;
      return { linked: LINKED, split: SPLIT, decorated: DECORATED, object: OBJECT }[name];
    case 'mixed':
      return backend.mixed === undefined ? null : MIXED;
    case 'ordered':
      return backend.objects === undefined ? null : orderedWay(parameters['order'] ?? '');
    case 'part':
      return backend.objects === undefined ? null : partWay(Number(parameters['part']));
    default:
      return null;
  }
}
