/**
 * Which definition each name means: resolution of the unit, all objects and all archives against each other.
 *
 * Owns the order, which is wasm-ld's: inputs are seen one by one, archives member by member, and a strong reference to a name
 * without a definition takes the first member so far that defines it at once, with all that this member needs, before the next
 * symbol of the object is looked at. Objects are numbered when all of their symbols have been seen. A reference with an explicit
 * import module that nobody satisfies becomes an import (the runtime library of the compiler, whose names a user does not know,
 * never satisfies it). The rules between two mentions are in symbol-entries.ts. What is undefined but never reached is no error,
 * so undefined symbols are reported by marking; calls with another signature by number-symbols.ts.
 */
import type { ObjectId } from '../input/index-spaces.ts';
import type { Diagnostics } from '../../diagnostics/diagnostics.ts';
import { SymbolFlag, SymbolKind } from '../../wasm/kinds.ts';
import { checkMemories } from './check-memories.ts';
import { claimComdats, isDiscarded } from './comdat.ts';
import type { LazyArchive } from '../input/lazy-archive.ts';
import { definedNames } from '../input/lazy-archive.ts';
import type { ParsedObject } from '../input/object-file.ts';
import { CALL_CTORS, CALL_DTORS, INDIRECT_TABLE } from './provided-symbols.ts';
import type { Wanted } from './symbol-entries.ts';
import { SymbolEntries } from './symbol-entries.ts';
import type { LinkOptions } from '../options/options.ts';
import type { LinkState } from '../unit/state.ts';
import type { Discarded, ResolveInput, RuntimeLibrary, SymbolEntry, SymbolTable } from './symbol-table.ts';
import { FROM_OPTIONS, UNDEFINED } from './symbol-table.ts';
import { explicitImport, plainModule, typeOfSymbol } from '../input/object-symbols.ts';
import { inLlvmSetOrder } from './llvm-set-order.ts';
import { defineUnit, referenceUnit } from './unit-mentions.ts';

/** The options that resolution looks at. */
export type ResolveOptions = Pick<
  LinkOptions,
  | 'exports'
  | 'exportIfDefined'
  | 'entry'
  | 'undefined'
  | 'wrap'
  | 'defsyms'
  | 'wasm64'
  | 'table64'
  | 'pageSize'
  | 'allowMultiple'
> & {
  /** The output is relocatable: what only a module needs is not looked for. */
  readonly isRelocatable?: boolean;
};

/** Joins all inputs; reports conflicts. `state` is null for a link of objects only. */
export function resolveSymbols(
  state: LinkState | null,
  inputs: readonly ResolveInput[],
  options: ResolveOptions,
  diags: Diagnostics,
): SymbolTable {
  const resolver = new Resolver(options.allowMultiple, diags);
  if (state) defineUnit(state, resolver.entries);
  resolver.defineOptions(options);
  // The unit comes before every input: what it needs is taken from the first archive that has it.
  if (state) referenceUnit(state, resolver.entries);
  resolver.satisfy();
  for (const input of inputs) resolver.addInput(input);
  // As wasm-ld: an archive is searched for a name of the options when no input has asked for it.
  resolver.wantNames(options);
  resolver.satisfy();
  resolver.wrap(options.wrap, options.exports);
  resolver.satisfy();
  resolver.renumber();
  resolver.entries.reportConflicts();
  const is64 = checkMemories(state, resolver.objects, options, diags);
  return {
    state,
    objects: resolver.objects,
    opened: resolver.opened,
    isLazy: resolver.isLazy,
    discarded: resolver.discarded,
    entries: resolver.entries.map,
    offered: resolver.offered,
    symbolEntries: resolver.symbolEntries,
    wrapped: resolver.wrapped,
    extracted: resolver.extracted,
    is64,
    isTable64: is64 && tableIs64(state, resolver.objects, options, diags),
  };
}

/** Whether slots of the function table are 64 bits wide; reports objects that disagree. */
function tableIs64(
  state: LinkState | null,
  objects: readonly ParsedObject[],
  { table64 }: ResolveOptions,
  diags: Diagnostics,
): boolean {
  let known = table64;
  for (const { tableImports, file } of objects) {
    for (const { field, is64 } of tableImports) {
      if (field !== INDIRECT_TABLE) continue;
      known ??= is64;
      if (is64 === known) continue;
      const args = { found: is64 ? 64 : 32, need: known ? 64 : 32 };
      diags.error('table_width_mismatch', args, { in: 'file', file });
    }
  }
  // Where nobody says, a unit has a table that every engine knows, and objects have that of LLVM.
  return known ?? state === null;
}

/** Something that may offer a definition when asked; null: it has none, or does not serve such a name. */
type Offer = (wanted: Wanted) => ParsedObject | null;

/** An object whose symbols are being seen. */
interface Opened {
  readonly object: ParsedObject;
  /** In the order in which objects are opened. */
  readonly number: ObjectId;
  /** What is known of its symbols so far, by symbol. */
  readonly own: (SymbolEntry | null)[];
  readonly discarded: Discarded | null;
  /** Why it takes part, if it is a member. */
  readonly reason: { readonly reference: string; readonly name: string } | null;
}

class Resolver {
  readonly entries: SymbolEntries;
  readonly objects: ParsedObject[] = [];
  readonly opened: ParsedObject[] = [];
  readonly isLazy: boolean[] = [];
  readonly discarded: (Discarded | null)[] = [];
  readonly symbolEntries: (SymbolEntry | null)[][] = [];
  readonly wrapped = new Map<SymbolEntry, SymbolEntry>();
  readonly offered: { entered: number; names: readonly string[] }[] = [];
  readonly extracted: { reference: string; name: string; file: string }[] = [];
  readonly #diags: Diagnostics;
  readonly #offers: Offer[] = [];
  /** Names that were wanted while undefined and are in none of the offers so far. */
  #missing: Wanted[] = [];
  /** Names that options want, whoever mentions them. */
  readonly #wantedNames = new Map<string, Wanted>();
  readonly #taken = new Set<ParsedObject>();
  readonly #groups = new Set<string>();
  /** Numbers of opened objects in the order in which all of their symbols had been seen. */
  readonly #closed: ObjectId[] = [];

  constructor(allowsMultiple: boolean, diags: Diagnostics) {
    this.entries = new SymbolEntries(allowsMultiple, diags);
    this.#diags = diags;
  }

  // --- options ---

  /** Symbols of the command line: data, unless the target turns out to be a function. */
  defineOptions({ defsyms }: ResolveOptions): void {
    defsyms.forEach(({ name, target }, i) => {
      this.entries.define({ name, kind: SymbolKind.data, flags: 0 }, '', '<defsym>', FROM_OPTIONS, i);
      if (target === null) return;
      const wanted = { name: target, option: '--defsym' };
      this.#wantedNames.set(target, wanted);
      this.entries.wanted.push(wanted);
    });
  }

  wantNames({ exports, exportIfDefined, entry, undefined: names, isRelocatable = false }: ResolveOptions): void {
    const { wanted, map } = this.entries;
    for (const name of names) wanted.push({ name, option: '<internal>' });
    for (const name of this.#inOrder([...exportIfDefined, ...exports])) wanted.push({ name, option: '--export' });
    if (entry !== null) wanted.push({ name: entry, option: '--entry' });
    const callsCtors =
      map.get(CALL_CTORS)?.isReferenced === true || [entry, ...exports, ...exportIfDefined].includes(CALL_CTORS);
    // Where nothing calls the constructors, each export does, and ends the command.
    if (!isRelocatable && !callsCtors) wanted.push({ name: CALL_DTORS, option: '<internal>' });
  }

  /** Names of `--export` as wasm-ld looks for them: one after the other where no archive could tell, else as its set has them. */
  #inOrder(names: readonly string[]): readonly string[] {
    const isWanted = (name: string): boolean => this.#isMissing({ name, option: '--export' });
    return this.#offers.length > 0 && names.some(isWanted) ? inLlvmSetOrder(names) : names;
  }

  // --- inputs ---

  addInput(input: ResolveInput): void {
    if ('object' in input) {
      if (input.lazy) this.#addLazy(input.object);
      else this.#include(input.object, null);
    } else if ('runtime' in input) {
      this.#addRuntime(input.runtime);
    } else if (input.whole) {
      for (const object of input.archive.all(this.#diags)) this.#include(object, null);
    } else {
      this.#addArchive(input.archive);
    }
  }

  #addLazy(object: ParsedObject): void {
    const names = definedNames(object);
    this.#offers.push(({ name }) => (names.has(name) ? object : null));
    this.#offer([...names], () => object);
  }

  /** Member by member: what one needs is in those before it, or waits for those behind it. */
  #addArchive(archive: LazyArchive): void {
    let known = 0;
    this.#offers.push(({ name }) => archive.find(name, known, this.#diags));
    for (let member = 0; member < archive.size; member++) {
      known = member + 1;
      this.#offer(archive.offers(member, this.#diags), (name) => archive.member(member, name, this.#diags));
    }
    known = archive.size;
  }

  /** Takes what defines `names`, if one of them is wanted. */
  #offer(names: readonly string[], open: (name: string) => ParsedObject | null): void {
    const { map } = this.entries;
    const lacksSome = this.#lacksSome();
    for (let i = 0; lacksSome && i < names.length; i++) {
      const wanted = this.#undefined(names[i]!);
      const object = wanted === null ? null : open(names[i]!);
      if (wanted === null || object === null) continue;
      this.offered.push({ entered: map.size, names: names.slice(0, i) });
      this.#take(object, wanted);
      return;
    }
    this.offered.push({ entered: map.size, names });
  }

  #addRuntime(library: RuntimeLibrary): void {
    const find: Offer = (wanted) => ('option' in wanted || wanted.isPlain ? library.find(wanted.name) : null);
    this.#offers.push(find);
    const missing = this.#missing;
    this.#missing = [];
    for (const wanted of missing) {
      if (!this.#isMissing(wanted)) continue;
      const object = find(wanted);
      if (object === null) this.#missing.push(wanted);
      else this.#take(object, wanted);
    }
  }

  /** Looks for what is wanted; each member takes part with all that it needs before the next name has its turn. */
  satisfy(): void {
    for (const wanted of this.entries.wanted.splice(0)) {
      const found = this.#find(wanted);
      if (found !== null) this.#take(found, wanted);
    }
  }

  /** The member that a wanted name takes, or null; one that nobody offers so far is kept in mind. */
  #find(wanted: Wanted): ParsedObject | null {
    if (!this.#isMissing(wanted)) return null;
    for (const offer of this.#offers) {
      const found = offer(wanted);
      if (found !== null) return this.#taken.has(found) ? null : found;
    }
    this.#missing.push(wanted);
    return null;
  }

  #isMissing(wanted: Wanted): boolean {
    const entry = 'option' in wanted ? this.entries.map.get(wanted.name) : wanted;
    return entry === undefined || entry.definedIn === UNDEFINED;
  }

  /** Whether a wanted name is in no input so far. */
  #lacksSome(): boolean {
    const missing = this.#missing;
    while (missing.length > 0 && !this.#isMissing(missing[missing.length - 1]!)) missing.pop();
    return missing.length > 0;
  }

  /** What wants `name`, which has no definition so far; or null. */
  #undefined(name: string): Wanted | null {
    const entry = this.entries.map.get(name);
    if (entry !== undefined && entry.definedIn !== UNDEFINED) return null;
    return entry?.isWanted === true ? entry : (this.#wantedNames.get(name) ?? null);
  }

  #take(object: ParsedObject, wanted: Wanted): void {
    if (!this.#taken.has(object)) this.#include(object, wanted);
  }

  /** Enters the symbols of an object, and those of the members that it needs; no recursion, as members may need each other in long chains. */
  #include(object: ParsedObject, wanted: Wanted | null): void {
    const stack = [this.#open(object, wanted)];
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      const needed = this.#enterSymbols(top);
      if (needed !== null) {
        stack.push(needed);
        continue;
      }
      stack.pop();
      this.#closed.push(top.number);
      if (top.reason !== null) this.extracted.push({ ...top.reason, file: top.object.file });
    }
  }

  #open(object: ParsedObject, wanted: Wanted | null, by: string | null = null): Opened {
    const number = this.opened.push(object) - 1;
    const discarded = claimComdats(object, this.#groups);
    const own: (SymbolEntry | null)[] = [];
    this.isLazy.push(wanted !== null);
    this.discarded.push(discarded);
    this.symbolEntries.push(own);
    let reason: Opened['reason'] = null;
    if (wanted !== null) {
      this.#taken.add(object);
      reason = { reference: by ?? ('option' in wanted ? wanted.option : wanted.firstFile), name: wanted.name };
    }
    return { object, number: number as ObjectId, own, discarded, reason };
  }

  /** Enters the symbols that have not been seen, until one needs a member that does not take part yet: that one, or null. */
  #enterSymbols({ object, number, own, discarded }: Opened): Opened | null {
    const { symbols, file } = object;
    const { wanted } = this.entries;
    while (own.length < symbols.length) {
      own.push(this.#enter(object, number, own.length, discarded, file));
      while (wanted.length > 0) {
        const needed = wanted.pop()!;
        const found = this.#find(needed);
        if (found !== null) return this.#open(found, needed, file);
      }
    }
    return null;
  }

  #enter(
    object: ParsedObject,
    number: ObjectId,
    s: number,
    discarded: Discarded | null,
    file: string,
  ): SymbolEntry | null {
    const symbol = object.symbols[s]!;
    const { kind, flags } = symbol;
    if (kind === SymbolKind.section || (flags & SymbolFlag.local) !== 0) return null;
    const type = typeOfSymbol(object, symbol);
    if ((flags & SymbolFlag.undefined) !== 0) {
      const origin = explicitImport(object, symbol);
      return this.entries.reference(symbol, type, file, origin, plainModule(object, symbol));
    }
    if (discarded !== null && isDiscarded(object, symbol, discarded)) {
      return this.entries.reference(symbol, type, file, null);
    }
    return this.entries.define(symbol, type, file, number, s);
  }

  /** Numbers the objects by when all of their symbols had been seen: members before those that need them. */
  renumber(): void {
    const closed = this.#closed;
    const numbers = new Int32Array(closed.length);
    closed.forEach((number, i) => (numbers[number] = i));
    const permute = <T>(list: T[]): void => {
      const before = list.splice(0);
      for (const number of closed) list.push(before[number]!);
    };
    for (const number of closed) this.objects.push(this.opened[number]!);
    permute(this.isLazy);
    permute(this.discarded);
    permute(this.symbolEntries);
    for (const entry of this.entries.map.values()) {
      if (entry.definedIn >= 0) entry.definedIn = numbers[entry.definedIn] as ObjectId;
    }
  }

  // --- options that rename ---

  /** References to NAME go to `__wrap_NAME`, those to `__real_NAME` go to NAME. */
  wrap(names: readonly string[], exports: readonly string[]): void {
    const { map } = this.entries;
    const exported = new Set(exports);
    for (const name of names) {
      const entry = map.get(name);
      if (!entry) continue;
      const { kind, type } = entry;
      const wrapper = this.entries.reference({ name: `__wrap_${name}`, kind, flags: 0 }, type, '<wrap>', null);
      this.wrapped.set(entry, wrapper);
      const realName = `__real_${name}`;
      if (exported.has(realName)) this.entries.reference({ name: realName, kind, flags: 0 }, type, '<wrap>', null);
      const real = map.get(realName);
      if (!real) continue;
      this.wrapped.set(real, entry);
      if (entry.definedIn === UNDEFINED) this.entries.want(entry);
    }
  }
}
