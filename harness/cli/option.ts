/**
 * Options as data: each is declared once, with its spelling, help, reader and default, in a table that is total over the
 * type of the options. Help, parsing and defaults all come from it.
 *
 * Owns the readers of values. Knows no command.
 */
import { PROFILES } from '../../generators/index.ts';
import { parseSeed } from '../model/case.ts';
import type { SeedName } from '../model/case.ts';
import { InputError } from '../model/failure.ts';
import type { Shard } from '../worker/protocol.ts';

/** One option. A flag has no `read`; a list is read value by value. */
export interface CliOption<T> {
  /** As commander spells it: `--seed <n>`, `--json`. */
  readonly flags: string;
  readonly help: string;
  readonly fallback: T;
  readonly read?: (text: string, before: T) => T;
  /** The flag that takes a switch back, and its help. */
  readonly negation?: readonly [flags: string, help: string];
  /** Not shown in help. */
  readonly hidden?: boolean;
}

/** One entry for each field of `T`, or it does not compile. */
export type OptionTable<T> = { readonly [K in keyof T]-?: CliOption<T[K]> };

/** A value that an option does not take. */
export function refuseValue(what: string, text: string): never {
  throw new InputError(`'${text}' is not ${what}`);
}

/** Reads a whole number that is at least `least`; decimal, or hex with `0x`. */
export function readInteger(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = /^(0x[0-9a-f]+|[0-9]+)$/i.test(text) ? Number(text) : NaN;
    if (!Number.isSafeInteger(value) || value < least || value > most) {
      refuseValue(`a whole number from ${least}${most === Number.MAX_SAFE_INTEGER ? '' : ` to ${most}`}`, text);
    }
    return value;
  };
}

const DURATION_UNITS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 };

/** Reads `30s`, `2m`, `500ms`, `8h`; in seconds. */
export function readDuration(text: string): number {
  const match = /^([0-9]+(?:\.[0-9]+)?)(ms|s|m|h)$/.exec(text);
  if (match === null) refuseValue('a duration such as 30s, 2m or 8h', text);
  return Number(match[1]) * DURATION_UNITS[match[2]!]!;
}

/** What is written like a seed, whether its number is one or not. */
export const SEED_LIKE = /^([a-z][\w-]*:)?(0x[0-9a-f]+|[0-9]+)$/i;

/** Reads a seed, with a profile before it or not. */
export function readSeed(text: string): SeedName {
  const seed = parseSeed(text);
  if (seed !== null) return seed;
  if (SEED_LIKE.test(text)) throw new InputError(`the seed ${text} is too large: seeds go up to ${LARGEST_SEED}`);
  return refuseValue('a seed such as 0x51f3 or link:0x51f3', text);
}

const LARGEST_SEED = `0x${Number.MAX_SAFE_INTEGER.toString(16)}`;

/** The profile `text`. */
export function readProfile(text: string): string {
  if (Object.hasOwn(PROFILES, text)) return text;
  return refuseValue(`a profile (known: ${Object.keys(PROFILES).join(', ')})`, text);
}

/** Reads `i/n`; `n/n` is `0/n`, so that shards may be counted from 0 or from 1. */
export function readShard(text: string): Shard {
  const match = /^([0-9]+)\/([0-9]+)$/.exec(text);
  const index = Number(match?.[1]);
  const of = Number(match?.[2]);
  if (match === null || !Number.isSafeInteger(of) || of === 0 || index > of)
    refuseValue('a shard i/n: 0/4 to 3/4, or 1/4 to 4/4', text);
  return { index: index % of, of };
}

/** Reads a list of words with commas. */
export function readList(text: string): readonly string[] {
  const words = text.split(',').map((word) => word.trim());
  if (words.some((word) => word === '')) refuseValue('a list of names with commas', text);
  return words;
}

/** Reads one of `words`. */
export function readWord<W extends string>(words: readonly W[]): (text: string) => W {
  return (text) => words.find((word) => word === text) ?? refuseValue(`one of ${words.join(', ')}`, text);
}

/** Reads a name that can be part of a path and stays in its folder. */
export function readName(text: string): string {
  return /^[a-z0-9][a-z0-9._-]{0,99}$/i.test(text) ? text : refuseValue('a plain name (letters, digits, . _ -)', text);
}

/** Reads a day in ISO 8601. */
export function readDay(text: string): string {
  const day = /^\d{4}-\d\d-\d\d$/.test(text) ? new Date(`${text}T00:00:00Z`) : null;
  const isDay = day !== null && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
  return isDay ? text : refuseValue('a day such as 2026-11-28', text);
}

/** Reads any text. */
export function readText(text: string): string {
  return text;
}

/** The option that names a back end. */
export const BACKEND_OPTION = {
  flags: '--backend <name|command|file|folder>',
  help: "the back end: core, zig, zig-llvm (docs/outside.md), 'command:mycc {source} -o {module}', a module that exports one, or the folder of another build of core",
  fallback: 'core',
  read: readText,
} as const;

/** The engines that run when none are named. */
export const DEFAULT_ENGINES = 'v8';

/** The option that names engines. */
export const ENGINES_OPTION = {
  flags: '--engines <list>',
  help: 'engines, by name (v8, node, bun, wasmtime, …; docs/engines.md) or module file, with commas; the first runs everything, the others are compared with it',
  fallback: DEFAULT_ENGINES,
  read: readText,
} as const;
