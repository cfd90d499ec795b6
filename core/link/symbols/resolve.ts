/**
 * Which definition each name means: resolution of the unit, all objects and all archives against each other.
 *
 * Owns the order: inputs are seen one by one; a strong reference to a name without a definition takes the first archive
 * member so far that defines it, and every later archive is asked when its turn comes. A reference with an explicit import
 * module that nobody satisfies becomes an import (the runtime library of the compiler, whose names a user does not know, never
 * satisfies it). The rules between two mentions are in symbol-entries.ts. What is undefined but never reached is no error, so
 * undefined symbols are reported by marking; calls with another signature by number-symbols.ts.
 */
import type { ObjectId } from '../input/index-spaces.ts';
import type { Diagnostics } from '../../diagnostics/diagnostics.ts';
import type { NavIndex } from '../../intern/keys.ts';
import { intrinsicParams, INTRINSICS } from '../../mir/intrinsics.ts';
import { SymbolFlag, SymbolKind } from '../../wasm/kinds.ts';
import { checkMemories } from './check-memories.ts';
import { claimComdats, isDiscarded } from './comdat.ts';
import { definedNames } from '../input/lazy-archive.ts';
import type { ParsedObject, SignatureKey } from '../input/object-file.ts';
import { signatureKey } from '../input/object-file.ts';
import { INDIRECT_TABLE } from './provided-symbols.ts';
import { SymbolEntries } from './symbol-entries.ts';
import type { LinkOptions } from '../options/options.ts';
import type { LinkState } from '../unit/state.ts';
import { UNIT_FILE } from '../unit/state.ts';
import type { Discarded, ResolveInput, SymbolEntry, SymbolTable } from './symbol-table.ts';
import { FROM_OPTIONS, FROM_UNIT, UNDEFINED } from './symbol-table.ts';
import { explicitImport, plainModule, typeOfSymbol } from '../input/object-symbols.ts';
import { collectReferences } from '../unit/unit-references.ts';

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
  resolver.entries.reportConflicts();
  const is64 = checkMemories(state, resolver.objects, options, diags);
  return {
    state,
    objects: resolver.objects,
    isLazy: resolver.isLazy,
    discarded: resolver.discarded,
    entries: resolver.entries.map,
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
  readonly entries: SymbolEntries;
  readonly objects: ParsedObject[] = [];
  readonly isLazy: boolean[] = [];
  readonly discarded: (Discarded | null)[] = [];
  readonly symbolEntries: (SymbolEntry | null)[][] = [];
  readonly wrapped = new Map<SymbolEntry, SymbolEntry>();
  readonly extracted: { reference: string; name: string; file: string }[] = [];
  readonly #diags: Diagnostics;
  readonly #offers: Offer[] = [];
  /** Names that were wanted while undefined and have been looked for in all offers so far. */
  #missing: (SymbolEntry | string)[] = [];
  readonly #taken = new Set<ParsedObject>();
  readonly #groups = new Set<string>();

  constructor(allowsMultiple: boolean, diags: Diagnostics) {
    this.entries = new SymbolEntries(allowsMultiple, diags);
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
        const flags = visibility === 'hidden' ? SymbolFlag.hidden : 0;
        this.entries.define({ name, kind, flags }, type, UNIT_FILE, FROM_UNIT, position);
      }
    }
    if (state.isShared) this.#defineHidden(state);
  }

  /** Navs by the name that the parts of one program call them by, where that is no export. */
  #defineHidden(state: LinkState): void {
    const define = (nav: NavIndex, kind: number, type: string, position: number): void => {
      const name = state.symbolName(nav);
      if (state.exports.get(nav)?.some((entry) => entry.name === name) === true) return;
      this.entries.define({ name, kind, flags: SymbolFlag.hidden }, type, UNIT_FILE, FROM_UNIT, position);
    };
    state.funcs.keys.forEach((nav, position) => {
      // Each part has those that it calls.
      if (state.isTagNameFunction(nav)) return;
      define(nav, SymbolKind.function, state.signature(state.unit.navs[nav]!.ty), position);
    });
    state.data.keys.forEach((nav, position) => define(nav, SymbolKind.data, '', position));
  }

  /** Externs, navs that were not handed over, and runtime functions. */
  referenceUnit(state: LinkState): void {
    state.unit.navs.forEach((nav, i) => {
      const index = i as NavIndex;
      const { name } = nav;
      switch (nav.kind) {
        case 'extern_func': {
          const mention = { name, kind: SymbolKind.function, flags: 0 };
          const origin = { module: nav.module ?? 'env', field: name };
          this.entries.reference(mention, state.signature(nav.ty), UNIT_FILE, origin);
          return;
        }
        case 'extern_var':
          this.entries.reference({ name, kind: SymbolKind.data, flags: 0 }, '', UNIT_FILE, null);
          return;
        case 'func':
          if (state.isTagNameFunction(index)) return;
          if (state.funcs.indexOf(index) < 0) this.#referenceMissing(state, index, SymbolKind.function);
          return;
        case 'var':
        case 'const':
          if (state.data.indexOf(index) < 0 && state.hasBits(index)) {
            this.#referenceMissing(state, index, SymbolKind.data);
          }
          return;
      }
    });
    if (state.isShared) this.#referenceParts(state);
    const keys = INTRINSIC_KEYS[state.unit.pool.target.ptrBits];
    for (const func of state.funcs.values) {
      for (const row of func.intrinsics) {
        const mention = { name: INTRINSICS[row]!.name, kind: SymbolKind.function, flags: 0 };
        this.entries.reference(mention, keys[row]!, UNIT_FILE, null);
      }
    }
  }

  /** What the unit mentions and does not have is in the other parts, which may be in archives. */
  #referenceParts(state: LinkState): void {
    const { importedFuncs, importedData } = collectReferences(state);
    const isPart = (nav: NavIndex): boolean => !state.unit.navs[nav]!.kind.startsWith('extern');
    for (const nav of importedFuncs) if (isPart(nav)) this.#referenceMissing(state, nav, SymbolKind.function, 0);
    for (const nav of importedData) if (isPart(nav)) this.#referenceMissing(state, nav, SymbolKind.data, 0);
  }

  #referenceMissing(state: LinkState, nav: NavIndex, kind: number, flags: number = SymbolFlag.weak): void {
    const type = kind === SymbolKind.function ? state.signature(state.unit.navs[nav]!.ty) : '';
    this.entries.reference({ name: state.symbolName(nav), kind, flags }, type, UNIT_FILE, null);
  }

  /** Symbols of the command line: data, unless the target turns out to be a function. */
  defineOptions({ defsyms }: ResolveOptions): void {
    defsyms.forEach(({ name, target }, i) => {
      this.entries.define({ name, kind: SymbolKind.data, flags: 0 }, '', '<defsym>', FROM_OPTIONS, i);
      if (target !== null) this.entries.wanted.push(target);
    });
  }

  wantNames({ exports, entry, undefined: names }: ResolveOptions): void {
    if (entry !== null) this.entries.wanted.push(entry);
    for (const name of exports) this.entries.wanted.push(name);
    for (const name of names) this.entries.wanted.push(name);
  }

  // --- inputs ---

  addInput(input: ResolveInput): void {
    if ('object' in input) {
      const { object, lazy } = input;
      if (lazy) this.#offer((_, name) => (definedNames(object).has(name) ? object : null));
      else this.#include(object, false);
    } else if ('library' in input) {
      const { library } = input;
      this.#offer((wanted, name) => (typeof wanted === 'string' || wanted.isPlain ? library.find(name) : null));
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
    const { wanted: names } = this.entries;
    for (let i = 0; i < names.length; i++) {
      const wanted = names[i]!;
      if (!this.#isMissing(wanted)) continue;
      const name = typeof wanted === 'string' ? wanted : wanted.name;
      let found: ParsedObject | null = null;
      for (let n = 0; found === null && n < this.#offers.length; n++) found = this.#offers[n]!(wanted, name);
      if (found === null) this.#missing.push(wanted);
      else this.#take(found, wanted);
    }
    names.length = 0;
  }

  #isMissing(wanted: SymbolEntry | string): boolean {
    const entry = typeof wanted === 'string' ? this.entries.map.get(wanted) : wanted;
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
    const number = this.objects.length as ObjectId;
    const { symbols, file } = object;
    const discarded = claimComdats(object, this.#groups);
    const own = new Array<SymbolEntry | null>(symbols.length);
    this.objects.push(object);
    this.isLazy.push(isLazy);
    this.discarded.push(discarded);
    this.symbolEntries.push(own);
    for (let s = 0; s < symbols.length; s++) {
      const symbol = symbols[s]!;
      const { kind, flags } = symbol;
      if (kind === SymbolKind.section || (flags & SymbolFlag.local) !== 0) {
        own[s] = null;
        continue;
      }
      const type = typeOfSymbol(object, symbol);
      if ((flags & SymbolFlag.undefined) !== 0) {
        own[s] = this.entries.reference(
          symbol,
          type,
          file,
          explicitImport(object, symbol),
          plainModule(object, symbol),
        );
      } else if (discarded !== null && isDiscarded(object, symbol, discarded)) {
        own[s] = this.entries.reference(symbol, type, file, null);
      } else {
        own[s] = this.entries.define(symbol, type, file, number, s);
      }
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
