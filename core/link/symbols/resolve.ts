/**
 * Which definition each name means: resolution of the unit, all objects and all archives against each other.
 *
 * Owns the rules (linker conventions; where two linkers differ, lld's): a strong definition beats a weak one, the first weak
 * one wins, two strong ones are an error; a reference with an explicit import module that nobody satisfies becomes an
 * import (the runtime library of the compiler, whose names a user does not know, never satisfies it). Inputs are seen in
 * order; a strong reference to a name without a definition takes the first archive member so far that defines it, and
 * every later archive is asked when its turn comes. What is undefined but never reached is no error, so undefined symbols
 * are reported by mark-live.ts; calls with another signature by number-symbols.ts.
 */
import type { Diagnostics } from '../../diagnostics/diagnostics.ts';
import type { NavIndex } from '../../intern/keys.ts';
import { intrinsicParams, INTRINSICS } from '../../mir/intrinsics.ts';
import { SYMBOL_KIND_NAMES, SymbolFlag, SymbolKind } from '../../wasm/kinds.ts';
import { checkMemories } from './check-memories.ts';
import { claimComdats, isDiscarded } from './comdat.ts';
import { definedNames } from '../input/lazy-archive.ts';
import type { ParsedObject, SignatureKey } from '../input/object-file.ts';
import { signatureKey } from '../input/object-file.ts';
import { INDIRECT_TABLE } from './linker-symbols.ts';
import type { LinkOptions } from '../options/options.ts';
import type { LinkState } from '../unit/state.ts';
import type { Discarded, ResolveInput, SymbolEntry, SymbolTable } from './symbols.ts';
import { explicitImport, FROM_OPTIONS, FROM_UNIT, typeOfSymbol, UNDEFINED, UNIT_FILE } from './symbols.ts';
import { navHasBits } from '../unit/update.ts';

/** The options that resolution looks at. */
export type ResolveOptions = Pick<
  LinkOptions,
  'exports' | 'entry' | 'undefined' | 'wrap' | 'defsyms' | 'wasm64' | 'table64' | 'pageSize' | 'allowMultiple'
>;

/** Signature of each row of INTRINSICS, by the bits of an address. */
const INTRINSIC_KEYS: Readonly<Record<32 | 64, readonly SignatureKey[]>> = {
  32: INTRINSICS.map((row) => signatureKey(intrinsicParams(row, 32), row.results)),
  64: INTRINSICS.map((row) => signatureKey(intrinsicParams(row, 64), row.results)),
};

/** Joins all inputs; reports conflicts. `state` is null for a link of objects only. */
export function resolveSymbols(
  state: LinkState | null,
  inputs: readonly ResolveInput[],
  options: ResolveOptions,
  diags: Diagnostics,
): SymbolTable {
  const resolver = new Resolver(options.allowMultiple, diags);
  if (state) resolver.defineUnit(state);
  resolver.defineOptions(options);
  // The unit comes before every input: what it needs is taken from the first archive that has it.
  if (state) resolver.referenceUnit(state);
  for (const input of inputs) {
    resolver.addInput(input);
    resolver.satisfy();
  }
  // As wasm-ld: an archive is searched for a name of the options when no input has asked for it.
  resolver.wantNames(options);
  resolver.satisfy();
  resolver.wrap(options.wrap, options.exports);
  resolver.satisfy();
  resolver.reportConflicts();
  const is64 = checkMemories(state, resolver.objects, options, diags);
  return {
    state,
    objects: resolver.objects,
    isLazy: resolver.isLazy,
    discarded: resolver.discarded,
    entries: resolver.entries,
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
type Offer = (wanted: SymbolEntry | string, name: string) => ParsedObject | null;

class Resolver {
  readonly entries = new Map<string, SymbolEntry>();
  readonly objects: ParsedObject[] = [];
  readonly isLazy: boolean[] = [];
  readonly discarded: (Discarded | null)[] = [];
  readonly symbolEntries: (SymbolEntry | null)[][] = [];
  readonly wrapped = new Map<SymbolEntry, SymbolEntry>();
  readonly extracted: { reference: string; name: string; file: string }[] = [];
  readonly #allowsMultiple: boolean;
  readonly #diags: Diagnostics;
  readonly #offers: Offer[] = [];
  /** Names that were wanted while undefined and have been looked for in all offers so far. */
  #missing: (SymbolEntry | string)[] = [];
  /** Names that are wanted and have not been looked for. */
  readonly #wanted: (SymbolEntry | string)[] = [];
  readonly #taken = new Set<ParsedObject>();
  readonly #groups = new Set<string>();
  readonly #conflicts: SymbolEntry[] = [];

  constructor(allowsMultiple: boolean, diags: Diagnostics) {
    this.#allowsMultiple = allowsMultiple;
    this.#diags = diags;
  }

  // --- the unit and the options ---

  defineUnit(state: LinkState): void {
    const { keys, values } = state.exports;
    for (let i = 0; i < keys.length; i++) {
      const nav = keys[i]!;
      const func = state.funcs.get(nav);
      const position = func ? state.funcs.indexOf(nav) : state.data.indexOf(nav);
      if (position < 0) continue;
      const kind = func ? SymbolKind.function : SymbolKind.data;
      const type = func ? state.signature(state.unit.navs[nav]!.ty) : '';
      for (const { name, visibility } of values[i]!) {
        this.#define(name, kind, type, UNIT_FILE, FROM_UNIT, position, visibility === 'hidden' ? SymbolFlag.hidden : 0);
      }
    }
  }

  /** Externs, navs that were not handed over, and runtime functions. */
  referenceUnit(state: LinkState): void {
    state.unit.navs.forEach((nav, i) => {
      const index = i as NavIndex;
      switch (nav.kind) {
        case 'extern_func':
          this.#reference(nav.name, SymbolKind.function, state.signature(nav.ty), UNIT_FILE, 0, {
            module: nav.module ?? 'env',
            field: nav.name,
          });
          return;
        case 'extern_var':
          this.#reference(nav.name, SymbolKind.data, '', UNIT_FILE, 0, null);
          return;
        case 'func':
          if (state.funcs.indexOf(index) < 0) this.#referenceMissing(state, index, SymbolKind.function);
          return;
        case 'var':
        case 'const':
          if (state.data.indexOf(index) < 0 && navHasBits(state, index)) {
            this.#referenceMissing(state, index, SymbolKind.data);
          }
          return;
      }
    });
    const keys = INTRINSIC_KEYS[state.unit.pool.target.ptrBits];
    for (const func of state.funcs.values) {
      for (const row of func.intrinsics) {
        this.#reference(INTRINSICS[row]!.name, SymbolKind.function, keys[row]!, UNIT_FILE, 0, null);
      }
    }
  }

  #referenceMissing(state: LinkState, nav: NavIndex, kind: number): void {
    const type = kind === SymbolKind.function ? state.signature(state.unit.navs[nav]!.ty) : '';
    this.#reference(state.symbolName(nav), kind, type, UNIT_FILE, SymbolFlag.weak, null);
  }

  /** Symbols of the command line: data, unless the target turns out to be a function. */
  defineOptions({ defsyms }: ResolveOptions): void {
    defsyms.forEach(({ name, target }, i) => {
      this.#define(name, SymbolKind.data, '', '<defsym>', FROM_OPTIONS, i, 0);
      if (target !== null) this.#wanted.push(target);
    });
  }

  wantNames({ exports, entry, undefined: names }: ResolveOptions): void {
    if (entry !== null) this.#wanted.push(entry);
    for (const name of exports) this.#wanted.push(name);
    for (const name of names) this.#wanted.push(name);
  }

  // --- inputs ---

  addInput(input: ResolveInput): void {
    if ('object' in input) {
      const { object, lazy, runtime = false } = input;
      const serves = (wanted: SymbolEntry | string): boolean =>
        !runtime || typeof wanted === 'string' || wanted.isPlain;
      if (lazy) this.#offer((wanted, name) => (serves(wanted) && definedNames(object).has(name) ? object : null));
      else this.#include(object, false);
    } else if (input.whole) {
      for (const object of input.archive.all(this.#diags)) this.#include(object, false);
    } else {
      this.#offer((_, name) => input.archive.find(name, this.#diags));
    }
  }

  /** From now on `offer` is asked too; what was missing before is asked for at once. */
  #offer(offer: Offer): void {
    this.#offers.push(offer);
    const missing = this.#missing;
    this.#missing = [];
    for (const wanted of missing) {
      if (!this.#isMissing(wanted)) continue;
      const object = offer(wanted, typeof wanted === 'string' ? wanted : wanted.name);
      if (object === null) this.#missing.push(wanted);
      else this.#take(object, wanted);
    }
  }

  /** Takes members until no wanted name is left that an offer so far defines. */
  satisfy(): void {
    for (let i = 0; i < this.#wanted.length; i++) {
      const wanted = this.#wanted[i]!;
      if (!this.#isMissing(wanted)) continue;
      const name = typeof wanted === 'string' ? wanted : wanted.name;
      let found: ParsedObject | null = null;
      for (let o = 0; found === null && o < this.#offers.length; o++) found = this.#offers[o]!(wanted, name);
      if (found === null) this.#missing.push(wanted);
      else this.#take(found, wanted);
    }
    this.#wanted.length = 0;
  }

  #isMissing(wanted: SymbolEntry | string): boolean {
    const entry = typeof wanted === 'string' ? this.entries.get(wanted) : wanted;
    return entry?.definedIn === UNDEFINED || entry === undefined;
  }

  #take(object: ParsedObject, wanted: SymbolEntry | string): void {
    if (this.#taken.has(object)) return;
    this.#taken.add(object);
    const [reference, name] = typeof wanted === 'string' ? ['<options>', wanted] : [wanted.firstFile, wanted.name];
    this.extracted.push({ reference, name, file: object.file });
    this.#include(object, true);
  }

  /** Enters the symbols of one object. */
  #include(object: ParsedObject, isLazy: boolean): void {
    const number = this.objects.length;
    const { symbols, file } = object;
    const discarded = claimComdats(object, this.#groups);
    const own = new Array<SymbolEntry | null>(symbols.length);
    this.objects.push(object);
    this.isLazy.push(isLazy);
    this.discarded.push(discarded);
    this.symbolEntries.push(own);
    for (let s = 0; s < symbols.length; s++) {
      const symbol = symbols[s]!;
      const { kind, flags, name } = symbol;
      if (kind === SymbolKind.section || (flags & SymbolFlag.local) !== 0) {
        own[s] = null;
        continue;
      }
      const type = typeOfSymbol(object, symbol);
      if ((flags & SymbolFlag.undefined) !== 0) {
        own[s] = this.#reference(name, kind, type, file, flags, explicitImport(object, symbol));
      } else if (discarded !== null && isDiscarded(object, symbol, discarded)) {
        own[s] = this.#reference(name, kind, type, file, flags, null);
      } else {
        own[s] = this.#define(name, kind, type, file, number, s, flags);
      }
    }
  }

  // --- options that rename ---

  /** References to NAME go to `__wrap_NAME`, those to `__real_NAME` go to NAME. */
  wrap(names: readonly string[], exports: readonly string[]): void {
    for (const name of names) {
      const entry = this.entries.get(name);
      if (!entry) continue;
      const wrapper = this.#reference(`__wrap_${name}`, entry.kind, entry.type, '<wrap>', 0, null);
      this.wrapped.set(entry, wrapper);
      if (exports.includes(`__real_${name}`))
        this.#reference(`__real_${name}`, entry.kind, entry.type, '<wrap>', 0, null);
      const real = this.entries.get(`__real_${name}`);
      if (!real) continue;
      this.wrapped.set(real, entry);
      if (entry.definedIn === UNDEFINED) this.#want(entry);
    }
  }

  // --- entries ---

  #define(
    name: string,
    kind: number,
    type: string,
    file: string,
    definedIn: number,
    definition: number,
    flags: number,
  ): SymbolEntry {
    const isWeak = (flags & SymbolFlag.weak) !== 0;
    const isHidden = (flags & SymbolFlag.hidden) !== 0;
    const entry = this.entries.get(name);
    if (!entry) return this.#enter(name, kind, type, file, definedIn, definition, isWeak, isHidden);
    if (entry.definedIn === FROM_OPTIONS) return entry;
    if (!this.#agree(entry, kind, type, file)) return entry;
    if (entry.definedIn !== UNDEFINED && (!entry.isWeak || isWeak)) {
      if (!entry.isWeak && !isWeak && !this.#allowsMultiple) this.#duplicate(entry, file);
      return entry;
    }
    entry.definedIn = definedIn;
    entry.definition = definition;
    entry.isWeak = isWeak;
    entry.isHidden = isHidden;
    entry.type = type;
    entry.firstFile = file;
    return entry;
  }

  #reference(
    name: string,
    kind: number,
    type: string,
    file: string,
    flags: number,
    origin: { readonly module: string; readonly field: string } | null,
  ): SymbolEntry {
    const isHidden = (flags & SymbolFlag.hidden) !== 0;
    let entry = this.entries.get(name);
    if (!entry) entry = this.#enter(name, kind, type, file, UNDEFINED, -1, false, isHidden);
    else if (entry.definedIn !== FROM_OPTIONS && !this.#agree(entry, kind, type, file)) return entry;
    entry.isReferenced = true;
    // As in wasm-ld, and not as in ELF: what a definition says about its visibility is final.
    if (isHidden && entry.definedIn === UNDEFINED) entry.isHidden = true;
    if ((flags & SymbolFlag.weak) === 0) {
      entry.isWanted = true;
      // Searched once more when the first plain reference comes: now the runtime library serves it too.
      if (origin === null && !entry.isPlain) {
        entry.isPlain = true;
        entry.isSearched = false;
      }
      this.#want(entry);
    }
    if (origin === null) return entry;
    if (entry.importModule === null) {
      entry.importModule = origin.module;
      entry.importField = origin.field;
    } else if ((entry.importModule !== origin.module || entry.importField !== origin.field) && !entry.conflict) {
      entry.conflict = { second: `${origin.module}.${origin.field}`, file };
      this.#conflicts.push(entry);
    }
    return entry;
  }

  #want(entry: SymbolEntry): void {
    if (entry.isSearched) return;
    entry.isSearched = true;
    this.#wanted.push(entry);
  }

  #enter(
    name: string,
    kind: number,
    type: string,
    file: string,
    definedIn: number,
    definition: number,
    isWeak: boolean,
    isHidden: boolean,
  ): SymbolEntry {
    const entry: SymbolEntry = {
      name,
      kind,
      definedIn,
      definition,
      isWeak,
      isWanted: false,
      isSearched: false,
      isPlain: false,
      isHidden,
      isReferenced: false,
      type,
      isMixed: false,
      importModule: null,
      importField: '',
      conflict: null,
      firstFile: file,
    };
    this.entries.set(name, entry);
    return entry;
  }

  /** Whether a new mention fits the entry; reports it if not. Functions of two signatures are both kept. */
  #agree(entry: SymbolEntry, kind: number, type: string, file: string): boolean {
    if (entry.kind === kind && entry.type === type) return true;
    const place = { in: 'file', file } as const;
    const { name, firstFile: other } = entry;
    if (entry.kind !== kind) {
      const first = SYMBOL_KIND_NAMES[kind]!;
      const second = SYMBOL_KIND_NAMES[entry.kind]!;
      this.#diags.error('symbol_kind_mismatch', { name, first, second, other }, place);
      return false;
    }
    if (kind === SymbolKind.function) {
      entry.isMixed = true;
      return true;
    }
    this.#diags.error('symbol_type_mismatch', { name, first: type, second: entry.type, other }, place);
    return false;
  }

  #duplicate(entry: SymbolEntry, file: string): void {
    this.#diags.error('duplicate_symbol', { name: entry.name, other: entry.firstFile }, { in: 'file', file });
  }

  /** Two modules for one import; a definition makes both of them moot. */
  reportConflicts(): void {
    for (const entry of this.#conflicts) {
      if (entry.definedIn !== UNDEFINED) continue;
      const { second, file } = entry.conflict!;
      const first = `${entry.importModule ?? ''}.${entry.importField}`;
      this.#diags.error('import_conflict', { name: entry.name, first, second }, { in: 'file', file });
    }
  }
}
