/**
 * The recipe lines of a case file (`;!` notes) read against the program they belong to.
 *
 * Owns the grammar of each line; case-file.ts owns the file. A line that is wrong is an error with its number, and reading
 * goes on, so that one reading reports all of them.
 */
import type { CallInput, NavIndex, Unit } from '../../core/index.ts';
import { IP, isFunctionNav, printNavName } from '../../core/index.ts';
import type { TrapKind } from '../../interpreter/model/outcome.ts';
import type { Decoration } from '../../generators/index.ts';
import { DECORATION_KINDS, PROFILES } from '../../generators/index.ts';
import { exportedNav, signatureOf } from '../model/scalars.ts';
import type { LinkPlan, SeedName } from '../model/case.ts';
import { DEFAULT_PROFILE, parseSeed, WHOLE_PLAN } from '../model/case.ts';
import { CHECK_NAMES } from '../model/check-names.ts';
import type { OpaqueSettings, SettingsKind } from '../model/settings.ts';
import type { ExpectedByte, ExpectedOutcome } from './expectations.ts';
import { parseExpectedBytes } from './expectations.ts';
import { isPlanOption } from './plan-options.ts';
import { parseScalar } from './scalar-text.ts';
import { readTargetLine } from './target-line.ts';

/** A `;!` line. */
export interface RecipeLine {
  readonly line: number;
  /** Without `;!`. */
  readonly text: string;
}

/** What the recipe lines say; mutable while they are read. */
export interface Recipe {
  name: SeedName;
  generator: number;
  bucket: string | null;
  checks: readonly string[];
  /** How its settings are spelt. */
  readonly kind: SettingsKind;
  settings: OpaqueSettings;
  plan: LinkPlan;
  readonly calls: CallInput[];
  readonly outcomes: ExpectedOutcome[];
  readonly memory: Map<NavIndex, readonly ExpectedByte[]>;
}

/** The trap kinds that a case file can name. */
const TRAP_KINDS: Readonly<Record<TrapKind, true>> = {
  unreachable: true,
  memory_out_of_bounds: true,
  division_by_zero: true,
  integer_overflow: true,
  invalid_conversion: true,
  indirect_call: true,
  host: true,
};

const NAME = String.raw`@(?:[\w.$]+|"(?:[^"\\]|\\.)*")`;
/** Values, which contain no parentheses except those of `nan(0x…)`. */
const ARGUMENTS = String.raw`((?:[^()]|\([^()]*\))*)`;

/** A recipe that says nothing. */
function emptyRecipe(kind: SettingsKind): Recipe {
  return {
    name: { seed: 0, profile: DEFAULT_PROFILE },
    generator: 0,
    bucket: null,
    checks: [],
    kind,
    settings: kind.stored,
    plan: WHOLE_PLAN,
    calls: [],
    outcomes: [],
    memory: new Map(),
  };
}

/** Navs by their name as the text form spells it, `@f`. */
function navsByName(unit: Unit): ReadonlyMap<string, NavIndex> {
  return new Map(unit.navs.map((nav, n) => [printNavName(nav.name), n as NavIndex]));
}

/** Reads `lines` into a recipe; `fail` gets what is wrong with them. */
export function readRecipe(
  lines: readonly RecipeLine[],
  unit: Unit,
  kind: SettingsKind,
  fail: (line: number, message: string) => void,
): Recipe {
  const recipe = emptyRecipe(kind);
  const names = { navs: navsByName(unit), exports: exportsByName(unit) };
  for (const { line, text } of lines) {
    const [, word, rest] = /^(\S+)\s*(.*)$/.exec(text) ?? [text, '', ''];
    const error = Object.hasOwn(READERS, word) ? READERS[word]!(rest.trim(), recipe, unit, names) : unknownLine(word);
    if (error !== null) fail(line, error);
  }
  return recipe;
}

/** The names of a program as its text form spells them (`@f`). */
interface ProgramNames {
  readonly navs: ReadonlyMap<string, NavIndex>;
  /** The names of exports, by their spelling. */
  readonly exports: ReadonlyMap<string, string>;
}

function exportsByName(unit: Unit): ReadonlyMap<string, string> {
  const byName = new Map<string, string>();
  for (const nav of unit.navs) {
    for (const { name, visibility } of nav.exports) if (visibility === 'default') byName.set(printNavName(name), name);
  }
  return byName;
}

/** Reads one line into the recipe and returns what is wrong with it. */
type Reader = (rest: string, recipe: Recipe, unit: Unit, names: ProgramNames) => string | null;

const READERS: Readonly<Record<string, Reader>> = {
  case: (rest) => (rest === '1' ? null : `case file version '${rest}' is not known (known: 1)`),
  seed: readSeed,
  bucket: (rest, recipe) => {
    if (!/^[\w-]+(\/[\w.-]+){2,3}$/.test(rest)) return `'${rest}' is no bucket (stage/family/cause)`;
    recipe.bucket = rest;
    return null;
  },
  checks: (rest, recipe) => {
    const names = rest.split(/\s+/);
    const unknown = names.find((name) => !(CHECK_NAMES as readonly string[]).includes(name));
    if (unknown !== undefined) return `no check '${unknown}' (known: ${CHECK_NAMES.join(', ')})`;
    recipe.checks = [...new Set([...recipe.checks, ...names])];
    return null;
  },
  target: (rest, recipe) => {
    const read = readTargetLine(rest, recipe.settings, recipe.kind);
    if (typeof read === 'string') return read;
    recipe.settings = read;
    return null;
  },
  link: readLink,
  run: readRun,
  memory: readMemory,
};

function unknownLine(word: string): string {
  return `unknown recipe line '${word}' (known: ${Object.keys(READERS).join(', ')})`;
}

function readSeed(rest: string, recipe: Recipe): string | null {
  const match = /^(\S+)(?:\s+profile\s+(\S+))?(?:\s+generator\s+(\d+))?$/.exec(rest);
  const seed = match === null ? null : parseSeed(match[1]!);
  if (match === null || seed === null) return `expected 'seed 0x… profile NAME generator N', found '${rest}'`;
  const profile = match[2] ?? seed.profile;
  if (!Object.hasOwn(PROFILES, profile)) {
    return `unknown profile '${profile}' (known: ${Object.keys(PROFILES).join(', ')})`;
  }
  recipe.name = { seed: seed.seed, profile };
  recipe.generator = Number(match[3] ?? 0);
  return null;
}

function readLink(rest: string, recipe: Recipe, unit: Unit, names: ProgramNames): string | null {
  const objects: string[] = [];
  const parts: NavIndex[][] = [];
  let order: readonly string[] | null = null;
  for (const item of splitOutsideQuotes(rest, '|')) {
    const part = /^([\w.-]+)\s*=\s*(.*)$/.exec(item);
    if (item.startsWith('--')) {
      for (const option of item.split(/\s+/)) {
        const settings = recipe.kind.read(recipe.settings, option);
        if (settings === null) return `unknown option or bad value '${option}'`;
        recipe.settings = settings;
      }
    } else if (item.startsWith('with ')) {
      const options = item.slice(5).trim().split(/\s+/);
      const unknown = options.find((option) => !isPlanOption(option));
      if (unknown !== undefined) return `unknown option or bad value '${unknown}' of a decorated link`;
      recipe.plan = { ...recipe.plan, options: [...(recipe.plan.options ?? []), ...options] };
    } else if (item.startsWith('+')) {
      const decoration = readDecoration(item, unit, names);
      if (typeof decoration === 'string') return decoration;
      recipe.plan = { ...recipe.plan, decorations: [...(recipe.plan.decorations ?? []), decoration] };
    } else if (item.startsWith('order ')) {
      order = item.slice(6).trim().split(/\s+/);
    } else if (part !== null) {
      const navs = readPart(part[2]!, unit, names);
      if (typeof navs === 'string') return navs;
      if (objects.includes(part[1]!)) return `object '${part[1]!}' is named twice`;
      objects.push(part[1]!);
      parts.push(navs);
    } else if (item !== '') {
      return `expected 'name.o = @nav …', 'order …', '--option …', '+decoration …' or 'with --option …', found '${item}'`;
    }
  }
  const impossible = recipe.kind.error?.(recipe.settings) ?? null;
  if (impossible !== null) return impossible;
  const decorated = (recipe.plan.decorations ?? []).length + (recipe.plan.options ?? []).length > 0;
  if (decorated && unit.pool.target.ptrBits === 64)
    return 'decorations and options of a link are for the target wasm32';
  if (parts.length === 0) return order === null ? null : `an order of no objects`;
  const plan = { ...recipe.plan, parts, order: (order ?? objects).map((object) => objects.indexOf(object)) };
  recipe.plan = plan;
  return planError(plan, unit);
}

/** `+comdat 3 @f 17`. */
function readDecoration(item: string, unit: Unit, names: ProgramNames): Decoration | string {
  const match = new RegExp(String.raw`^\+([\w-]+)\s+(\d+)\s+(?:(${NAME})\s+)?(\d+)$`).exec(item);
  if (match === null) return `expected '+kind PLACE @symbol NUMBER', found '${item}'`;
  const kind = DECORATION_KINDS.find((known) => known === match[1]);
  if (kind === undefined) return `unknown decoration '${match[1]!}' (known: ${DECORATION_KINDS.join(', ')})`;
  const [at, value] = [Number(match[2]), Number(match[4])];
  const nav = names.navs.get(match[3] ?? '');
  if (match[3] !== undefined && nav === undefined) return `no ${match[3]} in this program`;
  const symbol = nav === undefined ? null : unit.navs[nav]!.name;
  if (at > 0xffff || value > 0xffff_ffff) return `a number of '${item}' is too large`;
  return { kind, at, symbol, value };
}

function readPart(text: string, unit: Unit, names: ProgramNames): NavIndex[] | string {
  const navs: NavIndex[] = [];
  for (const item of splitOutsideQuotes(text, ' ')) {
    if (item === '') continue;
    const nav = names.navs.get(item);
    if (nav === undefined) return `no ${item} in this program`;
    if (unit.navs[nav]!.kind.startsWith('extern')) return `${item} is defined nowhere, so it is in no object`;
    navs.push(nav);
  }
  return navs;
}

function planError(plan: LinkPlan, unit: Unit): string | null {
  const { order, parts } = plan;
  if (order.includes(-1) || new Set(order).size !== parts.length || order.length !== parts.length) {
    return 'the order does not name each object once';
  }
  const homes = new Map<NavIndex, number>();
  for (const nav of parts.flat()) homes.set(nav, (homes.get(nav) ?? 0) + 1);
  for (let n = 0; n < unit.navs.length; n++) {
    const nav = unit.navs[n]!;
    const count = homes.get(n as NavIndex) ?? 0;
    if (count > 1) return `${printNavName(nav.name)} is in two objects`;
    if (count === 0 && !nav.kind.startsWith('extern')) return `${printNavName(nav.name)} is in no object`;
  }
  return null;
}

function readRun(rest: string, recipe: Recipe, unit: Unit, names: ProgramNames): string | null {
  const match = new RegExp(String.raw`^(${NAME})\(${ARGUMENTS}\)\s*(?:=\s*(.+)|traps\s+(\w+))?$`).exec(rest);
  if (match === null) return `expected '@f(values) = value' or '@f(values) traps KIND', found '${rest}'`;
  const fn = exportNameOf(match[1]!, unit, names);
  const nav = fn === null ? undefined : exportedNav(unit, fn);
  if (fn === null || nav === undefined) return `${match[1]!} is not exported`;
  const { pool } = unit;
  const ty = unit.navs[nav]!.ty;
  if (!isFunctionNav(unit.navs[nav]!)) return `${match[1]!} is no function`;
  if (signatureOf(pool, ty) === null) return `${match[1]!} takes or returns what is not a scalar`;
  const values = match[2]!.trim() === '' ? [] : match[2]!.split(',').map((value) => value.trim());
  const count = pool.fnParamCount(ty);
  if (values.length !== count) return `${match[1]!} takes ${count} values, not ${values.length}`;
  const args: bigint[] = [];
  for (let n = 0; n < count; n++) {
    const bits = parseScalar(pool, pool.fnParam(ty, n), values[n]!);
    if (bits === null) return `'${values[n]!}' is no value of parameter ${n}`;
    args.push(bits);
  }
  const outcome = readOutcome(match[3], match[4], unit, nav);
  if (typeof outcome === 'string') return outcome;
  recipe.calls.push({ fn, args });
  recipe.outcomes.push(outcome);
  return null;
}

function readOutcome(
  value: string | undefined,
  trap: string | undefined,
  unit: Unit,
  nav: NavIndex,
): ExpectedOutcome | string {
  if (trap !== undefined) {
    if (Object.hasOwn(TRAP_KINDS, trap)) return { kind: 'trapped', trap: trap as TrapKind };
    return `unknown trap '${trap}' (known: ${Object.keys(TRAP_KINDS).join(', ')})`;
  }
  if (value === undefined) return { kind: 'unstated' };
  const type = unit.pool.fnReturn(unit.navs[nav]!.ty);
  const bits = parseScalar(unit.pool, type, value.trim());
  if (bits === null) return `'${value.trim()}' is no value of the result type`;
  return { kind: 'returned', bits: type === IP.void_type ? null : bits };
}

/** Export name that `written` (`@f`) stands for: the export of that name, or else the first export of the nav. */
function exportNameOf(written: string, unit: Unit, { navs, exports }: ProgramNames): string | null {
  const exported = exports.get(written);
  if (exported !== undefined) return exported;
  const nav = navs.get(written);
  return nav === undefined ? null : (unit.navs[nav]!.exports.find((e) => e.visibility === 'default')?.name ?? null);
}

function readMemory(rest: string, recipe: Recipe, unit: Unit, names: ProgramNames): string | null {
  const match = new RegExp(String.raw`^(${NAME})\s*=\s*(.*)$`).exec(rest);
  if (match === null) return `expected '@variable = bytes', found '${rest}'`;
  const nav = names.navs.get(match[1]!);
  if (nav === undefined) return `no ${match[1]!} in this program`;
  if (unit.navs[nav]!.init === null) return `${match[1]!} is no variable of this program`;
  if (recipe.memory.has(nav)) return `${match[1]!} is stated twice`;
  const bytes = parseExpectedBytes(unit, match[2]!, names.navs);
  if (typeof bytes === 'string') return bytes;
  recipe.memory.set(nav, bytes);
  return null;
}

/** Splits at `separator` where it is not inside of double quotes; the pieces are trimmed. */
function splitOutsideQuotes(text: string, separator: string): string[] {
  const pieces: string[] = [];
  let piece = '';
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (char === '\\' && quoted) piece += char + (text[++at] ?? '');
    else if (char === separator && !quoted) {
      pieces.push(piece.trim());
      piece = '';
    } else piece += char;
    if (char === '"') quoted = !quoted;
  }
  return [...pieces, piece.trim()];
}
