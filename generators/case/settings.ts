/**
 * Settings of a case: the layout as an input, near the places where encodings of addresses change their length.
 *
 * Invariant: the stack holds what the program needs, memory stays below {@link MOST_MEMORY} unless data is put high up, and a base given with
 * the stack first lies at or above the stack.
 */
import type { PeepholeName, Peepholes, Settings } from '../../core/index.ts';
import { ALL_PEEPHOLES, DEFAULT_SETTINGS, NO_PEEPHOLES, PEEPHOLE_NAMES } from '../../core/index.ts';
import type { Profile } from '../model/profile.ts';
import type { RandomStream } from '../model/random.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
/** Stack and base together. */
const MOST_MEMORY = 7 * MIB;

const STACKS = [
  1024,
  4 * KIB,
  8 * KIB,
  8 * KIB + 16,
  16 * KIB,
  32 * KIB,
  64 * KIB,
  128 * KIB,
  MIB,
  MIB - 16,
  2 * MIB,
  4 * MIB,
];
const BASES = [
  64,
  128,
  1024,
  8 * KIB,
  8 * KIB - 32,
  16 * KIB,
  0x8000,
  64 * KIB,
  64 * KIB + 8,
  0x0f_fff0,
  0x10_0000,
  0x20_0000,
];

/** Draws settings; `stack` is what the program needs of it in bytes. */
export function drawSettings(r: RandomStream, stack: number, profile: Profile): Settings {
  const settings = drawPlain(r, stack, profile);
  return profile.peepholes > 0 && r.chance(profile.peepholes) ? { ...settings, ...drawPeepholes(r) } : settings;
}

/** All peepholes, or a random half. */
function drawPeepholes(r: RandomStream): Peepholes {
  if (r.chance(80)) return ALL_PEEPHOLES;
  return Object.fromEntries(PEEPHOLE_NAMES.map((name) => [name, r.chance(128)])) as Record<PeepholeName, boolean>;
}

/** Settings without peepholes. */
function drawPlain(r: RandomStream, stack: number, profile: Profile): Settings {
  const settings = r.chance(profile.settings) ? farFromDefault(r, stack) : nearDefault(r, stack);
  if (profile.atomics) return { ...settings, atomics: r.chance(160) };
  if (profile.everyVector) return { ...settings, simd128: r.chance(170) };
  return profile.ptrBits === 64 ? widened(r, settings, profile) : raised(r, settings, profile);
}

/** First data addresses whose sign in 32 bits, or that of some data behind it, is not that of the address. */
const HIGH_BASES = [0x7fff_fff0, 0x8000_0000, 0xc000_0000];

/** What only 64-bit addresses can have: slots as wide. */
function widened(r: RandomStream, settings: Settings, profile: Profile): Settings {
  const table64 = r.chance(80);
  return { ...raised(r, settings, profile), table64 };
}

/** Data at 2 GiB or beyond, rarely because memories are large then. */
function raised(r: RandomStream, settings: Settings, { highData }: Profile): Settings {
  if (highData === 0 || !r.chance(highData)) return settings;
  return { ...settings, globalBase: r.pick(HIGH_BASES) };
}

function farFromDefault(r: RandomStream, stack: number): Settings {
  const stackFirst = r.chance(128);
  const stackSize = Math.max(roundUp(stack), r.chance(190) ? r.pick(STACKS) : 16 * r.between(1, 20_000));
  return {
    stackSize,
    stackFirst,
    globalBase: drawBase(r, stackFirst, stackSize),
    bulkMemory: r.chance(140),
    reuseLocals: r.chance(140),
    atomics: false,
    tailCall: false,
    simd128: false,
    debugInfo: null,
    brTable: r.pick(['heuristic', 'always', 'never']),
    gc: r.chance(128),
    strip: r.chance(100),
    table64: false,
    buildId: 'none',
    ...NO_PEEPHOLES,
  };
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / 16) * 16;
}

function drawBase(r: RandomStream, stackFirst: boolean, stackSize: number): number | null {
  if (r.chance(90)) return null;
  const base = r.chance(200) ? r.pick(BASES) : 8 * r.between(8, 40_000);
  const least = stackFirst ? stackSize : 64;
  const chosen = base < least ? least + r.pick([0, 16, 64 * KIB]) : base;
  return chosen + (stackFirst ? 0 : stackSize) <= MOST_MEMORY ? chosen : null;
}

/** The defaults with at most one change. */
function nearDefault(r: RandomStream, stack: number): Settings {
  const base: Settings = { ...DEFAULT_SETTINGS, stackSize: Math.max(DEFAULT_SETTINGS.stackSize, roundUp(stack)) };
  switch (r.below(12)) {
    case 0:
      return { ...base, stackSize: Math.max(MIB, base.stackSize) };
    case 1:
      return { ...base, stackFirst: false };
    case 2:
      return { ...base, bulkMemory: false };
    case 3:
      return { ...base, reuseLocals: false };
    case 4:
      return { ...base, brTable: r.chance(128) ? 'always' : 'never' };
    case 5:
      return { ...base, gc: false };
    case 6:
      return { ...base, strip: true };
    default:
      return base;
  }
}
