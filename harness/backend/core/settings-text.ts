/**
 * Settings as options, and back: the spelling of the `link` and `target` lines of a case file, and of the command line.
 *
 * Owns the defaults of case file version 1, which are frozen: a file that does not name an option means this value, even
 * when the defaults of a later core differ. Names follow wasm-ld where it has the option.
 */
import type { PeepholeName, Settings } from '../../../core/index.ts';

/** What an absent option means in case file version 1. Never change; a new meaning needs a new version. */
export const CASE_FILE_SETTINGS: Settings = {
  stackSize: 65536,
  stackFirst: true,
  globalBase: null,
  bulkMemory: true,
  reuseLocals: true,
  atomics: false,
  tailCall: false,
  simd128: false,
  brTable: 'heuristic',
  gc: true,
  strip: false,
  debugInfo: null,
  table64: false,
  buildId: 'none',
  promoteAllocs: false,
  signExt: false,
  selects: false,
  foldOffsets: false,
  structuredIf: false,
  propagateCopies: false,
  stackify: false,
  foldMasks: false,
  foldConditions: false,
  trimJumps: false,
};

/** How one setting is written and read. `read` gives the setting, or null if the text is not a value of it. */
interface SettingText {
  print(settings: Settings): string;
  read(option: string): Partial<Settings> | null;
}

type FlagSetting = 'stackFirst' | 'reuseLocals' | 'gc' | 'strip' | Exclude<PeepholeName, 'signExt'>;

function flag(key: FlagSetting, name: string): SettingText {
  return {
    print: (settings) => (settings[key] ? `--${name}` : `--no-${name}`),
    read: (option) => (option === `--${name}` ? { [key]: true } : option === `--no-${name}` ? { [key]: false } : null),
  };
}

function numberIn(text: string): number | null {
  if (!/^(\d+|0x[0-9a-f]+)$/i.test(text)) return null;
  const value = Number(text);
  return value <= 0xffff_ffff ? value : null;
}

/** Features of the target, by the setting that says whether they are used; absent in a file: as in {@link CASE_FILE_SETTINGS}. */
const FEATURES = {
  bulkMemory: 'bulk_memory',
  atomics: 'atomics',
  tailCall: 'tail_call',
  signExt: 'sign_ext',
  simd128: 'simd128',
  table64: 'table64',
} as const;
type FeatureSetting = keyof typeof FEATURES;

/** Every setting except features of the target. */
const SPELLINGS: Readonly<Record<Exclude<keyof Settings, FeatureSetting>, SettingText>> = {
  stackSize: {
    print: (settings) => `--stack-size=${settings.stackSize}`,
    read: (option) => {
      const value = option.startsWith('--stack-size=') ? numberIn(option.slice(13)) : null;
      return value === null || value % 16 !== 0 ? null : { stackSize: value };
    },
  },
  stackFirst: flag('stackFirst', 'stack-first'),
  globalBase: {
    print: (settings) => `--global-base=${settings.globalBase ?? 'auto'}`,
    read: (option) => {
      if (option === '--global-base=auto') return { globalBase: null };
      const value = option.startsWith('--global-base=') ? numberIn(option.slice(14)) : null;
      return value === null ? null : { globalBase: value };
    },
  },
  gc: flag('gc', 'gc-sections'),
  strip: flag('strip', 'strip-all'),
  debugInfo: {
    print: ({ debugInfo }) => (debugInfo === null ? '--no-debug-info' : `--debug-info=${debugInfo}`),
    read: (option) => {
      if (option === '--no-debug-info') return { debugInfo: null };
      const name = /^--debug-info=(\S+)$/.exec(option)?.[1];
      return name === undefined ? null : { debugInfo: name };
    },
  },
  reuseLocals: flag('reuseLocals', 'reuse-locals'),
  brTable: {
    print: (settings) => `--br-table=${settings.brTable}`,
    read: (option) => {
      const value = /^--br-table=(heuristic|always|never)$/.exec(option)?.[1];
      return value === undefined ? null : { brTable: value as Settings['brTable'] };
    },
  },
  promoteAllocs: flag('promoteAllocs', 'promote-allocs'),
  selects: flag('selects', 'selects'),
  foldOffsets: flag('foldOffsets', 'fold-offsets'),
  structuredIf: flag('structuredIf', 'structured-if'),
  propagateCopies: flag('propagateCopies', 'propagate-copies'),
  stackify: flag('stackify', 'stackify'),
  foldMasks: flag('foldMasks', 'fold-masks'),
  foldConditions: flag('foldConditions', 'fold-conditions'),
  trimJumps: flag('trimJumps', 'trim-jumps'),
  buildId: {
    print: (settings) => `--build-id=${settings.buildId}`,
    read: (option) => {
      const value = /^--build-id=(none|fast|sha1)$/.exec(option)?.[1];
      return value === undefined ? null : { buildId: value as Settings['buildId'] };
    },
  },
};

/** Options of the settings that are not those of an empty case file, in a fixed order. */
export function printSettings(settings: Settings): string[] {
  return Object.values(SPELLINGS)
    .filter((spelling) => spelling.print(settings) !== spelling.print(CASE_FILE_SETTINGS))
    .map((spelling) => spelling.print(settings));
}

/** What one option sets, or null if it is none. */
export function readSetting(option: string): Partial<Settings> | null {
  for (const spelling of Object.values(SPELLINGS)) {
    const found = spelling.read(option);
    if (found !== null) return found;
  }
  return null;
}

/** Most that stack and data may take up to the place where data begins; a module has 4 GiB, and data has to fit too. */
const MOST_BELOW_DATA = 0xf000_0000;

/** Why no program can have these settings, or null. */
export function settingsError({ stackSize, stackFirst, globalBase }: Settings): string | null {
  if (stackFirst && globalBase !== null && globalBase < stackSize) {
    return `--global-base=${globalBase} lies inside the stack of ${stackSize} bytes`;
  }
  if (stackSize + (stackFirst ? 0 : (globalBase ?? 0)) > MOST_BELOW_DATA || (globalBase ?? 0) > MOST_BELOW_DATA) {
    return `a stack of ${stackSize} bytes and data from ${globalBase ?? 'behind it'} on leave no room in 4 GiB`;
  }
  return null;
}

/** `+bulk_memory` or `-bulk_memory`, and the other features of the target that are used. */
export function printFeatures(settings: Settings): string[] {
  const more = (['atomics', 'tailCall', 'simd128', 'table64', 'signExt'] as const)
    .filter((key) => settings[key])
    .map((key) => `+${FEATURES[key]}`);
  return [`${settings.bulkMemory ? '+' : '-'}bulk_memory`, ...more];
}

/** What a feature sets, or null if it is none. */
export function readFeature(feature: string): Partial<Settings> | null {
  const key = (Object.keys(FEATURES) as FeatureSetting[]).find((name) => FEATURES[name] === feature.slice(1));
  return key === undefined || !/^[+-]/.test(feature) ? null : { [key]: feature.startsWith('+') };
}

/** What `--target` says: the width of addresses, and features. */
export interface TargetText {
  readonly ptrBits: 32 | 64;
  readonly settings: Partial<Settings>;
}

/** Reads `wasm32 +bulk_memory`; a string is an error message. */
export function readTarget(text: string): TargetText | string {
  const [target, ...features] = text.split(/\s+/);
  if (target !== 'wasm32' && target !== 'wasm64') return `unknown target '${target ?? ''}' (known: wasm32, wasm64)`;
  let settings: Partial<Settings> = {};
  for (const feature of features) {
    const read = readFeature(feature);
    if (read === null)
      return `unknown feature '${feature}' (known, with + or -: ${Object.values(FEATURES).join(', ')})`;
    settings = { ...settings, ...read };
  }
  return { ptrBits: target === 'wasm64' ? 64 : 32, settings };
}
