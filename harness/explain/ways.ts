/**
 * The ways from a program to a module that a finding can accuse, made anew for any program with the navs of the case.
 */
import type { Settings, Unit } from '../../core/index.ts';
import type { Backend, ObjectInput } from '../backend/backend.ts';
import type { Case } from '../case/case.ts';
import { objectName } from '../case/case-file.ts';
import type { BuildResult } from '../check/build-result.ts';
import { attempt } from '../check/build-result.ts';
import type { Finding } from '../check/check.ts';

/** One way. */
export interface Way {
  readonly name: 'executable' | 'linked object' | 'split program';
  build(unit: Unit, settings?: Settings): BuildResult;
}

/** Milliseconds that one build may take. */
export const BUILD_TIME = 5000;

/** The ways that `backend` has for `case_`, simplest first. */
export function waysOf(case_: Case, backend: Backend): readonly Way[] {
  const ways: Way[] = [
    {
      name: 'executable',
      build: (unit, settings = case_.settings) => attempt(() => backend.compileExe(unit, settings), BUILD_TIME),
    },
  ];
  const { objects, links } = backend.capabilities;
  if (!objects || !links) return ways;
  ways.push({
    name: 'linked object',
    build(unit, settings = case_.settings) {
      const object = attempt(() => backend.compileObject!(unit, settings, {}), BUILD_TIME);
      if (object.kind !== 'built') return object;
      const inputs = [{ name: 'whole.o', bytes: object.bytes }];
      return attempt(() => backend.linkObjects!(inputs, settings), BUILD_TIME);
    },
  });
  const { parts, order } = case_.plan;
  if (parts.length === 0) return ways;
  ways.push({
    name: 'split program',
    build(unit, settings = case_.settings) {
      const inputs: ObjectInput[] = [];
      for (const n of order) {
        const options = { defines: new Set(parts[n]), shared: true };
        const object = attempt(() => backend.compileObject!(unit, settings, options), BUILD_TIME);
        if (object.kind !== 'built') return object;
        inputs.push({ name: objectName(n), bytes: object.bytes });
      }
      return attempt(() => backend.linkObjects!(inputs, settings), BUILD_TIME);
    },
  });
  return ways;
}

const WAY_OF_CHECK: Readonly<Partial<Record<string, Way['name']>>> = {
  'interp-exe': 'executable',
  expect: 'executable',
  'exe-linked': 'linked object',
  'exe-split': 'split program',
};

/** The way that `finding` accuses, before the others; those of a check that has no way of its own are tried in order. */
export function accusedFirst(finding: Finding, ways: readonly Way[]): readonly Way[] {
  const name = WAY_OF_CHECK[finding.check];
  return name === undefined ? ways : ways.filter((way) => way.name === name);
}
