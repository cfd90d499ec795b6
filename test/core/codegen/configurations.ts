/**
 * Ways to build one program that must not change what it does: settings, and through objects, whole or split.
 */
import type { NavIndex } from '../../../core/intern/keys.ts';
import { compileExe, compileObject, linkObjects } from '../../../core/pipeline/compile.ts';
import { ALL_PEEPHOLES } from '../../../core/codegen/state/peepholes.ts';
import type { Settings } from '../../../core/pipeline/settings.ts';
import { DEFAULT_SETTINGS } from '../../../core/pipeline/settings.ts';
import type { Running } from './run-air.ts';
import { expectOk, readUnit, start } from './run-air.ts';

/** One way to build. */
export interface Configuration {
  readonly name: string;
  readonly settings: Partial<Settings>;
  readonly build: 'exe' | 'object' | 'split';
}

export const CONFIGURATIONS: readonly Configuration[] = [
  { name: 'default', settings: {}, build: 'exe' },
  { name: 'no bulk memory', settings: { bulkMemory: false }, build: 'exe' },
  { name: 'no reuse of locals', settings: { reuseLocals: false }, build: 'exe' },
  { name: 'tables always', settings: { brTable: 'always' }, build: 'exe' },
  { name: 'tables never', settings: { brTable: 'never' }, build: 'exe' },
  { name: 'data at 1 MiB, stack behind it', settings: { globalBase: 1 << 20, stackFirst: false }, build: 'exe' },
  { name: 'all peepholes', settings: ALL_PEEPHOLES, build: 'exe' },
  { name: 'one object', settings: { strip: true }, build: 'object' },
  { name: 'an object per nav', settings: { gc: false }, build: 'split' },
];

/** Builds `text` as `configuration` says and starts it. */
export function runConfiguration(
  text: string,
  configuration: Configuration,
  imports: Readonly<Record<string, unknown>> = {},
): Running {
  const unit = readUnit(text);
  const settings = { ...DEFAULT_SETTINGS, ...configuration.settings };
  if (configuration.build === 'exe') return start(expectOk(compileExe(unit, settings)), imports);
  if (configuration.build === 'object') {
    const bytes = expectOk(compileObject(unit, settings));
    return start(expectOk(linkObjects([{ name: 'a.o', bytes }], settings)), imports);
  }
  const objects = unit.navs.map((nav, index) => ({
    name: `${nav.name}.o`,
    bytes: expectOk(compileObject(unit, settings, { defines: new Set([index as NavIndex]), shared: true })),
  }));
  return start(expectOk(linkObjects(objects.reverse(), settings)), imports);
}
