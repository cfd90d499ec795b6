/**
 * The ways from a program to a module that a finding can accuse, made anew for any program with the navs of the case.
 */
import type { Settings, Unit } from '../../core/index.ts';
import type { Backend, ObjectInput } from '../backend/door.ts';
import type { Case } from '../model/case.ts';
import { objectName } from '../case/case-file.ts';
import type { BuildResult } from '../way/build-result.ts';
import { attempt } from '../way/build-result.ts';
import type { Finding } from '../model/finding.ts';
import { ordersOf, VARIATIONS } from '../check/variations.ts';

/** One way. */
export interface Way {
  readonly name: string;
  readonly settings: Settings;
  /** `settings`: those of the way if nothing else is said. */
  build(unit: Unit, settings?: Settings): BuildResult;
}

/** Milliseconds that one build may take. */
export const BUILD_TIME = 5000;

/** The ways that `backend` has for `case_`, simplest first. */
export function waysOf(case_: Case, backend: Backend): readonly Way[] {
  const ways: Way[] = [
    {
      name: 'executable',
      settings: case_.settings,
      build: (unit, settings = case_.settings) => attempt(() => backend.compileExe(unit, settings), BUILD_TIME),
    },
  ];
  const { objects, links } = backend.capabilities;
  if (!objects || !links) return ways;
  ways.push({
    name: 'linked object',
    settings: case_.settings,
    build(unit, settings = case_.settings) {
      const object = attempt(() => backend.compileObject!(unit, settings, {}), BUILD_TIME);
      if (object.kind !== 'built') return object;
      const inputs = [{ name: 'whole.o', bytes: object.bytes }];
      return attempt(() => backend.linkObjects!(inputs, settings), BUILD_TIME);
    },
  });
  if (case_.plan.parts.length > 0) ways.push(splitWay(case_, backend, 'split program', case_.plan.order));
  return ways;
}

function splitWay(case_: Case, backend: Backend, name: string, order: readonly number[]): Way {
  return {
    name,
    settings: case_.settings,
    build(unit, settings = case_.settings) {
      const inputs: ObjectInput[] = [];
      for (const n of order) {
        const options = { defines: new Set(case_.plan.parts[n]), shared: true };
        const object = attempt(() => backend.compileObject!(unit, settings, options), BUILD_TIME);
        if (object.kind !== 'built') return object;
        inputs.push({ name: objectName(n), bytes: object.bytes });
      }
      return attempt(() => backend.linkObjects!(inputs, settings), BUILD_TIME);
    },
  };
}

const WAY_OF_CHECK: Readonly<Partial<Record<string, string>>> = {
  'interp-exe': 'executable',
  expect: 'executable',
  'exe-linked': 'linked object',
  'exe-split': 'split program',
};

/** The ways that `finding` may accuse; of a check whose way cannot be made here, all of {@link waysOf}. */
export function accusedWays(finding: Finding, case_: Case, backend: Backend): readonly Way[] {
  const ways = waysOf(case_, backend);
  const order = /linked in (\w+) order/.exec(finding.detail)?.[1];
  if (finding.check === 'order' && order !== undefined) {
    const found = ordersOf(case_.plan.order).find(([name]) => name === order);
    return found === undefined ? [] : [splitWay(case_, backend, `${order} order`, found[1])];
  }
  const setting = /with another ([\w-]+)/.exec(finding.detail)?.[1];
  if (finding.check === 'config' && setting !== undefined) {
    const settings =
      VARIATIONS.find(({ name }) => name === setting)?.change(case_.settings, case_.unit.pool.target.ptrBits) ?? null;
    if (settings === null) return [];
    const [executable] = waysOf({ ...case_, settings }, backend);
    return [{ ...executable!, name: `other ${setting}` }];
  }
  const name = WAY_OF_CHECK[finding.check];
  return name === undefined ? ways : ways.filter((way) => way.name === name);
}
