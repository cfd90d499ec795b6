/**
 * Whether two modules linked from the same marked objects are the same but for addresses and numbers.
 *
 * Pure. Compared are exports, imports, memory, table, start function, which symbols are there, the bytes of each function and
 * segment with relocated fields read as symbols, custom sections, and orders (compare-order.ts). docs/linking.md has the rules. Names that each
 * linker gives to things of its own are left out.
 */
import type { ObjectItem } from '../topology/draft.ts';
import { valuesOf } from '../topology/for-wasm-ld.ts';
import type { SegmentEntry } from '../wasm/object-model.ts';
import { Group, Kind, SegmentBit } from '../wasm/object-model.ts';
import { compareCustoms } from './compare-customs.ts';
import { compareOwnSections } from './compare-own-sections.ts';
import { compareOrder } from './compare-order.ts';
import { SymbolComparison, UNDEFINED_STUB } from './compare-symbols.ts';
import type { LinkedModule } from '../wasm/linked-module.ts';
import type { Limits } from '../wasm/cursor.ts';
import { listSections } from '../wasm/cursor.ts';
import type { LinkedSide } from './linked-side.ts';
import { NOWHERE, readSide } from './linked-side.ts';
import type { ModuleDifference } from './module-difference.ts';

/** What both modules were linked from. */
export interface ComparedLink {
  /** In the order of their markers. */
  readonly objects: readonly ObjectItem[];
  /** wasm-ld's names, those that stand for settings too. */
  readonly options: readonly string[];
}

/** Exported functions and globals that depend on what a linker calls its own. */
const OWN_NAMES =
  /^(__(wasm|heap|data_end|global_base|memory_base|table_base|dso|stack|tls|rt_|wrap_|start_|stop_)|\.L)/;

const KINDS = ['function', 'table', 'memory', 'global', 'tag'];

/** Compares `ours` with `theirs`; null if they agree. Both must be valid. */
export function compareModules(ours: Uint8Array, theirs: Uint8Array, link: ComparedLink): ModuleDifference | null {
  const { objects, options } = link;
  const left = readSide(ours, objects);
  const right = readSide(theirs, objects);
  const wrapped = new Set(valuesOf(options, '--wrap'));
  const symbols = new SymbolComparison(objects, left, right, wrapped);
  return (
    compareLists('exports', 'exports', exportsOf(left.module), exportsOf(right.module)) ??
    compareLists('imports', 'imports', importsOf(left.module), importsOf(right.module)) ??
    symbols.run() ??
    compareExported(symbols, left.module, right.module) ??
    compareMemories(link, symbols, left, right) ??
    compareTables(symbols, left.module, right.module, options) ??
    compareStart(link, left.module, right.module) ??
    compareOwnFunctions(link, symbols, left.module, right.module) ??
    compareCustoms(objects, symbols, left, right, !options.includes('--compress-relocations')) ??
    compareOrder(symbols, left.module, right.module, (exported) => !OWN_NAMES.test(exported)) ??
    compareOwnSections(left.module, right.module, options)
  );
}

function exportsOf({ exports }: LinkedModule): string[] {
  return exports.filter(({ name }) => !OWN_NAMES.test(name)).map(({ name, kind }) => `${KINDS[kind]!} ${name}`);
}

function importsOf({ imports }: LinkedModule): string[] {
  return imports.map(({ module, field, kind }) => `${KINDS[kind]!} ${module}.${field}`);
}

function compareLists(
  kind: ModuleDifference['kind'],
  what: string,
  ours: readonly string[],
  theirs: readonly string[],
): ModuleDifference | null {
  const onlyOurs = without(ours, theirs);
  const onlyTheirs = without(theirs, ours);
  if (onlyOurs.length + onlyTheirs.length === 0) return null;
  const say = (list: readonly string[]): string => (list.length === 0 ? 'nothing more' : `also ${list.join(', ')}`);
  return { kind, what, ours: say(onlyOurs), theirs: say(onlyTheirs) };
}

/** `list` without what `other` has, each as often as it has it; sorted. */
function without(list: readonly string[], other: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const item of other) left.set(item, (left.get(item) ?? 0) + 1);
  return list
    .filter((item) => {
      const count = left.get(item) ?? 0;
      left.set(item, count - 1);
      return count <= 0;
    })
    .sort();
}

/** An export is the same thing in both. */
function compareExported(symbols: SymbolComparison, ours: LinkedModule, theirs: LinkedModule): ModuleDifference | null {
  for (const { name, kind, index } of ours.exports) {
    if (OWN_NAMES.test(name)) continue;
    const other = theirs.exports.find((entry) => entry.name === name && entry.kind === kind)!;
    let left = '?';
    let right = '?';
    if (kind === 0) {
      left = symbols.functionWord(true, index);
      right = symbols.functionWord(false, other.index);
    } else if (kind === 3) {
      left = addressWord(symbols, true, name, ours, index);
      right = addressWord(symbols, false, name, theirs, other.index);
    }
    if (left !== right && left !== '?' && right !== '?') {
      return { kind: 'exports', what: `export ${name}`, ours: left, theirs: right };
    }
  }
  return null;
}

function addressWord(
  symbols: SymbolComparison,
  ours: boolean,
  name: string,
  module: LinkedModule,
  index: number,
): string {
  const address = symbols.addressOf(ours, name);
  const { type, value } = module.globals[index]!;
  if (address === NOWHERE || value === null) return type;
  return value >>> 0 === address ? `${type} address` : `${type} ${value} where it is at ${address}`;
}

// --- memory and table ---

function compareMemories(
  { objects, options }: ComparedLink,
  symbols: SymbolComparison,
  left: LinkedSide,
  right: LinkedSide,
): ModuleDifference | null {
  const ours = left.module.memories;
  const theirs = right.module.memories;
  const say = (limits: readonly Limits[]): string => limits.map(sayLimits).join(', ');
  const differ = (what: string): ModuleDifference => ({ kind: 'memory', what, ours: say(ours), theirs: say(theirs) });
  if (ours.length !== theirs.length) return differ('number of memories');
  const [a, b] = [ours[0], theirs[0]];
  if (a === undefined || b === undefined) return null;
  if (a.shared !== b.shared || a.is64 !== b.is64) return differ('kind of memory');
  if (options.includes('--no-growable-memory')) {
    if (a.max !== a.min || b.max !== b.min) return differ('a memory that cannot grow');
  } else if (a.max !== b.max) return differ('limit of memory');
  // Without collection wasm-ld keeps copies of data whose group was left out.
  const hasCopies = options.includes('--no-gc-sections') && objects.some(({ model }) => model.comdats.length > 0);
  if (hasCopies && valuesOf(options, '--initial-memory').length === 0) return null;
  if (a.min !== b.min) return differ('initial memory');
  for (const { o, index, ours: at, theirs: other } of symbols.segments) {
    const { name, flags } = objects[o]!.model.segments[index]!;
    if ((flags & SegmentBit.strings) !== 0 || at === other || hasCopies) continue;
    const what = `address of segment ${name} of ${objects[o]!.name}`;
    return { kind: 'memory', what, ours: String(at), theirs: String(other) };
  }
  return null;
}

function sayLimits({ min, max, shared, is64 }: Limits): string {
  return `${min} to ${max ?? 'any'}${shared ? ' shared' : ''}${is64 ? ' 64-bit' : ''}`;
}

function compareTables(
  symbols: SymbolComparison,
  ours: LinkedModule,
  theirs: LinkedModule,
  options: readonly string[],
): ModuleDifference | null {
  const words = (isOurs: boolean, { slots }: LinkedModule): string[] => {
    return [...slots.values()].map((index) => symbols.functionWord(isOurs, index));
  };
  const numbers = ({ slots }: LinkedModule): string[] => [...slots.keys()].map(String);
  const found =
    compareLists('table', 'limits of the tables', ours.tables.map(sayLimits), theirs.tables.map(sayLimits)) ??
    compareLists('table', 'slots of the table', numbers(ours), numbers(theirs));
  if (found !== null) return found;
  if (options.includes('--strip-all') || options.includes('--strip-debug')) return null;
  return compareLists('table', 'functions of the table', words(true, ours), words(false, theirs));
}

// --- what the linkers add ---

function compareStart({ objects }: ComparedLink, ours: LinkedModule, theirs: LinkedModule): ModuleDifference | null {
  const hasSegment = (test: (segment: SegmentEntry) => boolean): boolean =>
    objects.some(({ model }) => model.segments.some(test));
  // Ours fills in what says that it is passive (docs/linker.md), wasm-ld clears zeros of which there are none.
  if (theirs.start === null && hasSegment(({ passive }) => passive)) return null;
  if (ours.start === null && hasSegment(({ bytes }) => bytes.length === 0)) return null;
  if ((ours.start === null) === (theirs.start === null)) return null;
  const say = ({ start }: LinkedModule): string => (start === null ? 'none' : 'there is one');
  return { kind: 'start', what: 'start function', ours: say(ours), theirs: say(theirs) };
}

/** Functions that come from no input, by the names they have. */
function compareOwnFunctions(
  { objects, options }: ComparedLink,
  symbols: SymbolComparison,
  ours: LinkedModule,
  theirs: LinkedModule,
): ModuleDifference | null {
  if (ours.functionNames.size === 0 || theirs.functionNames.size === 0) return null;
  // Without collection wasm-ld keeps copies of functions whose group was left out.
  const isCopy = (word: string): boolean => options.includes('--no-gc-sections') && isInGroup(objects, word);
  // The first one wasm-ld has always, the second one ours where there is thread-local data, the third is the start function.
  const optional = ['__wasm_call_ctors', '__wasm_init_tls', '__wasm_init_memory'];
  const isOwnAffair = (word: string): boolean => optional.includes(word) || isCopy(word);
  const own = (isOurs: boolean, { functionImports, bodies }: LinkedModule): string[] => {
    const words = bodies.map((_, n) => symbols.functionWord(isOurs, functionImports.length + n));
    // As many as there are signatures, or names.
    const hasStub = words.includes(UNDEFINED_STUB);
    const others = words.filter((word) => !/^\d+:f/.test(word) && !isOwnAffair(word) && word !== UNDEFINED_STUB);
    return hasStub ? [...others, UNDEFINED_STUB] : others;
  };
  return compareLists('functions', 'functions beside those of the inputs', own(true, ours), own(false, theirs));
}

/** Whether some function called `name` belongs to a COMDAT group. */
function isInGroup(objects: readonly ObjectItem[], name: string): boolean {
  return objects.some(({ model: { comdats, symbols } }) =>
    comdats.some(({ members }) =>
      members.some(
        ({ kind, index }) =>
          kind === Group.function &&
          symbols.some((symbol) => symbol.kind === Kind.function && symbol.index === index && symbol.name === name),
      ),
    ),
  );
}

/** `bytes` without custom sections. */
export function withoutCustoms(bytes: Uint8Array): Uint8Array {
  const kept = listSections(bytes).filter(({ id }) => id !== 0);
  return Buffer.concat(kept.map(({ start, to }) => bytes.subarray(start, to)));
}
