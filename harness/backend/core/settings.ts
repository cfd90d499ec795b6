/**
 * Core's settings as the harness handles them: drawn by the generator, spelt by settings-text.ts, made simpler and varied
 * here.
 */
import type { IpIndex, PeepholeName, Settings, Unit } from '../../../core/index.ts';
import { AIR_TAG_NAMES, DEFAULT_SETTINGS, PEEPHOLE_NAMES, routineStack, TypeKind } from '../../../core/index.ts';
import type { OpaqueSettings, SettingsKind, Variation } from '../../model/settings.ts';
import {
  CASE_FILE_SETTINGS,
  printFeatures,
  printSettings,
  readFeature,
  readSetting,
  settingsError,
} from './settings-text.ts';

export const CORE_SETTINGS: SettingsKind<Settings> = {
  stored: CASE_FILE_SETTINGS,
  draw: (_random, given) => coreSettings(given),
  print: (settings) => [...printFeatures(settings), ...printSettings(settings)],
  read(settings, word) {
    const change = word.startsWith('--') ? readSetting(word) : readFeature(word);
    return change === null ? null : { ...settings, ...change };
  },
  size: (settings) => changedSettings(settings).length,
  *simpler(settings) {
    const changed = changedSettings(settings);
    if (changed.length === 0) return;
    yield DEFAULT_SETTINGS;
    for (const key of changed) {
      const simpler = withDefault(settings, key);
      if (isLinkable(simpler)) yield simpler;
    }
  },
  variations,
  error: settingsError,
  stackBytes: ({ stackSize }, unit) => stackSize - routineStack(unit),
  withNames: (settings) => ({ ...settings, strip: false }),
};

/** The settings that a generated case, or one that was read for core, has. */
export function coreSettings(settings: OpaqueSettings): Settings {
  return settings as Settings;
}

function changedSettings(settings: Settings): (keyof Settings)[] {
  return (Object.keys(DEFAULT_SETTINGS) as (keyof Settings)[]).filter((key) => settings[key] !== DEFAULT_SETTINGS[key]);
}

/** Whether a linker can follow `settings`: with the stack first, the data begins behind it. */
function isLinkable({ stackFirst, globalBase, stackSize }: Settings): boolean {
  return !stackFirst || globalBase === null || globalBase >= stackSize;
}

function withDefault<K extends keyof Settings>(settings: Settings, key: K): Settings {
  return { ...settings, [key]: DEFAULT_SETTINGS[key] };
}

/** Room that a change of the layout may take. */
const MORE_STACK = 65536;

function variations(settings: Settings, unit: Unit): readonly Variation<Settings>[] {
  const { stackSize, stackFirst, globalBase, gc, strip, bulkMemory, reuseLocals, brTable } = settings;
  const { atomics, simd128, table64, buildId, debugInfo } = settings;
  // One of them is chosen, and only that one's settings are made.
  const variation = (
    name: string,
    stage: Variation<Settings>['stage'],
    change: () => Partial<Settings>,
  ): Variation<Settings> => ({
    name,
    stage,
    get settings() {
      return { ...settings, ...change() };
    },
  });
  const linker = (name: string, change: Partial<Settings>): Variation<Settings> =>
    variation(name, 'linker', () => change);
  const codegen = (name: string, change: Partial<Settings>): Variation<Settings> =>
    variation(name, 'codegen', () => change);
  const opposed = (name: string, peepholes: readonly PeepholeName[]): Variation<Settings> =>
    variation(name, 'codegen', () => opposite(settings, peepholes));
  return [
    linker('stack-size', { stackSize: stackSize + MORE_STACK, globalBase: null }),
    linker('stack-first', { stackFirst: !stackFirst, globalBase: null }),
    linker('global-base', { globalBase: (globalBase ?? (stackFirst ? stackSize : 1024)) + 4096 }),
    linker('gc', { gc: !gc }),
    linker('strip', { strip: !strip }),
    linker('debug-info', { debugInfo: debugInfo === null ? 'unit.air' : null }),
    linker('build-id', { buildId: buildId === 'none' ? 'fast' : 'none' }),
    codegen('bulk-memory', { bulkMemory: !bulkMemory }),
    codegen('reuse-locals', { reuseLocals: !reuseLocals }),
    codegen('br-table', { brTable: brTable === 'always' ? 'never' : 'always' }),
    opposed('peepholes', PEEPHOLE_NAMES),
    ...PEEPHOLE_NAMES.map((peephole) => opposed(PEEPHOLE_WORDS[peephole], [peephole])),
    ...(hasAtomics(unit) ? [codegen('atomics', { atomics: !atomics })] : []),
    ...(hasVectors(unit) ? [codegen('simd128', { simd128: !simd128 })] : []),
    ...(unit.pool.target.ptrBits === 64 ? [linker('table64', { table64: !table64 })] : []),
  ];
}

/** Whether the setting `simd128` can change anything. */
function hasVectors({ pool }: Unit): boolean {
  for (let n = 0; n < pool.size; n++) {
    const item = n as IpIndex;
    if (pool.isType(item) && pool.typeKind(item) === TypeKind.vector) return true;
  }
  return false;
}

/** The peepholes `names`, as they are not in `settings`. */
function opposite(settings: Settings, names: readonly PeepholeName[]): Partial<Settings> {
  return Object.fromEntries(names.map((peephole) => [peephole, !settings[peephole]]));
}

/** Names of the variations of one peephole each. */
const PEEPHOLE_WORDS = Object.fromEntries(
  PEEPHOLE_NAMES.map((peephole) => [peephole, peephole.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)]),
) as Readonly<Record<PeepholeName, string>>;

/** Whether the setting `atomics` can change anything. */
function hasAtomics({ navs }: Unit): boolean {
  return navs.some((nav) => nav.body !== null && nav.body.tags.some((tag) => ATOMIC[tag] === 1));
}

/** 1 for each tag number of an atomic instruction. */
const ATOMIC = Uint8Array.from(AIR_TAG_NAMES, (tag) => (/^(atomic_|cmpxchg)/.test(tag) ? 1 : 0));
