/**
 * Which definition each name means: resolution of the unit and of all objects against each other.
 *
 * Owns the symbol table of one link and its rules (linker conventions; where two linkers differ, lld's): a strong
 * definition beats a weak one, the first weak one wins, two strong ones are an error; a reference with an explicit import
 * module that nobody satisfies becomes an import of the output; functions must agree in signature. An input marked lazy
 * joins only when it defines a name that something needs. What is undefined but never reached is no error, so undefined
 * symbols are reported by mark-live.ts. number-symbols.ts turns the table into arrays for the later phases.
 */
import type { Diagnostics } from '../diagnostics/diagnostics.ts';
import type { NavIndex } from '../intern/keys.ts';
import { INTRINSICS } from '../mir/intrinsics.ts';
import { assert } from '../support/assert.ts';
import { BINDING_MASK, SegmentFlag, SYMBOL_KIND_NAMES, SymbolFlag, SymbolKind, valTypeName } from '../wasm/kinds.ts';
import type { ObjectSymbol, ParsedObject, SignatureKey } from './object-file.ts';
import { signatureKey } from './object-file.ts';
import type { LinkState } from './state.ts';
import { navHasBits } from './update.ts';

/** One object handed to a link. */
export interface ObjectInput {
  readonly object: ParsedObject;
  /** Take part only if it defines a name that is needed. */
  readonly lazy: boolean;
}

/** Object number that stands for the unit. */
export const FROM_UNIT = -1;
/** Object number of an entry without a definition. */
export const UNDEFINED = -2;

/** One name of the link. */
export interface SymbolEntry {
  readonly name: string;
  /** SymbolKind: function, data, global or table. */
  readonly kind: number;
  /** Where the definition is: an object number, FROM_UNIT or UNDEFINED. */
  definedIn: number;
  /** Definition: position in the unit's functions or data, or symbol index in the object. */
  definition: number;
  /** The definition is weak. */
  isWeak: boolean;
  /** Some reference is not weak. */
  isWanted: boolean;
  /** Lazy inputs are searched for it. */
  isSearched: boolean;
  /** The definition is hidden. */
  isHidden: boolean;
  /** Functions: signature of the definition, or of the first reference. Globals: type. Else empty. */
  readonly type: string;
  /** Explicit import module and field, or null. */
  importModule: string | null;
  importField: string;
  /** Input that mentioned the name first, for messages. */
  readonly firstFile: string;
}

/** Names and definitions of a link, before anything has a number. */
export interface SymbolTable {
  readonly state: LinkState | null;
  /** Objects that take part, in order. */
  readonly objects: readonly ParsedObject[];
  readonly entries: ReadonlyMap<string, SymbolEntry>;
}

/** Text of a signature key: `(i32, i64) -> f32`. */
export function signatureText(key: string): string {
  const [params = '', results = ''] = key.split('>');
  const names = (letters: string): string =>
    Array.from(letters, (letter) => valTypeName(letter.charCodeAt(0))).join(', ');
  return `(${names(params)}) -> ${results === '' ? '()' : names(results)}`;
}

/** Name of the unit in messages. */
const UNIT_FILE = '<unit>';

const INTRINSIC_KEYS: readonly SignatureKey[] = INTRINSICS.map((row) => signatureKey(row.params, row.results));

/** Joins all inputs; reports conflicts. `state` is null for a link of objects only. */
export function resolveSymbols(
  state: LinkState | null,
  inputs: readonly ObjectInput[],
  diags: Diagnostics,
): SymbolTable {
  const resolver = new Resolver(diags);
  if (state) resolver.defineUnit(state);
  for (const input of inputs) if (!input.lazy) resolver.include(input.object);
  if (state) resolver.referenceUnit(state);
  resolver.pullLazy(inputs.filter((input) => input.lazy).map((input) => input.object));
  return { state, objects: resolver.objects, entries: resolver.entries };
}

/** Names that each object defines for others; objects are immutable and shared, so one index serves all links. */
const definedNames = new WeakMap<ParsedObject, ReadonlySet<string>>();

function definedNamesOf(object: ParsedObject): ReadonlySet<string> {
  let names = definedNames.get(object);
  if (!names) {
    const hiddenFromOthers = SymbolFlag.undefined | SymbolFlag.local;
    names = new Set(
      object.symbols
        .filter((s) => s.kind !== SymbolKind.section && (s.flags & hiddenFromOthers) === 0)
        .map((s) => s.name),
    );
    definedNames.set(object, names);
  }
  return names;
}

/** A mention of a name by some input. */
interface Mention {
  readonly name: string;
  readonly kind: number;
  readonly type: string;
  readonly file: string;
}

class Resolver {
  readonly entries = new Map<string, SymbolEntry>();
  readonly objects: ParsedObject[] = [];
  /** Entries that were wanted while undefined, in order; the list grows while lazy inputs join. */
  readonly #wanted: SymbolEntry[] = [];
  readonly #diags: Diagnostics;

  constructor(diags: Diagnostics) {
    this.#diags = diags;
  }

  defineUnit(state: LinkState): void {
    state.exports.keys.forEach((nav, i) => {
      const func = state.funcs.get(nav);
      const position = func ? state.funcs.indexOf(nav) : state.data.indexOf(nav);
      if (position < 0) return;
      const kind = func ? SymbolKind.function : SymbolKind.data;
      const type = func ? state.signature(state.unit.navs[nav]!.ty) : '';
      for (const { name, visibility } of state.exports.values[i]!) {
        this.#define({ name, kind, type, file: UNIT_FILE }, FROM_UNIT, position, false, visibility === 'hidden');
      }
    });
  }

  /** Externs, navs that were not handed over, and runtime functions. */
  referenceUnit(state: LinkState): void {
    state.unit.navs.forEach((nav, i) => {
      const index = i as NavIndex;
      switch (nav.kind) {
        case 'extern_func': {
          const mention = { name: nav.name, kind: SymbolKind.function, type: state.signature(nav.ty), file: UNIT_FILE };
          this.#reference(mention, false, nav.module ?? 'env', nav.name);
          return;
        }
        case 'extern_var':
          this.#reference({ name: nav.name, kind: SymbolKind.data, type: '', file: UNIT_FILE }, false, null, '');
          return;
        case 'func':
          if (state.funcs.indexOf(index) < 0) this.#referenceMissing(state, index, SymbolKind.function);
          return;
        case 'var':
        case 'const':
          if (state.data.indexOf(index) < 0 && navHasBits(state, index))
            this.#referenceMissing(state, index, SymbolKind.data);
          return;
      }
    });
    for (const func of state.funcs.values) {
      for (const row of func.intrinsics) {
        const { name } = INTRINSICS[row]!;
        const type = INTRINSIC_KEYS[row]!;
        this.#reference({ name, kind: SymbolKind.function, type, file: UNIT_FILE }, false, null, '');
      }
    }
  }

  #referenceMissing(state: LinkState, nav: NavIndex, kind: number): void {
    const type = kind === SymbolKind.function ? state.signature(state.unit.navs[nav]!.ty) : '';
    this.#reference({ name: state.symbolName(nav), kind, type, file: UNIT_FILE }, true, null, '');
  }

  /** Enters the symbols of one object. */
  include(object: ParsedObject): void {
    const number = this.objects.length;
    this.objects.push(object);
    refuseUnsupported(object, this.#diags);
    object.symbols.forEach((symbol, i) => {
      if (symbol.kind === SymbolKind.section || (symbol.flags & BINDING_MASK) === SymbolFlag.local) return;
      const isWeak = (symbol.flags & SymbolFlag.weak) !== 0;
      const mention = { name: symbol.name, kind: symbol.kind, type: typeOfSymbol(object, symbol), file: object.file };
      if ((symbol.flags & SymbolFlag.undefined) === 0) {
        this.#define(mention, number, i, isWeak, (symbol.flags & SymbolFlag.hidden) !== 0);
      } else {
        const origin = explicitImport(object, symbol);
        this.#reference(mention, isWeak, origin?.module ?? null, origin?.field ?? '');
      }
    });
  }

  /** Adds lazy objects until no wanted name is left that one of them defines. */
  pullLazy(lazy: readonly ParsedObject[]): void {
    if (lazy.length === 0) return;
    const included = new Set<ParsedObject>();
    for (let i = 0; i < this.#wanted.length; i++) {
      const entry = this.#wanted[i]!;
      if (entry.definedIn !== UNDEFINED) continue;
      const object = lazy.find((candidate) => definedNamesOf(candidate).has(entry.name));
      if (!object || included.has(object)) continue;
      included.add(object);
      this.include(object);
    }
  }

  #define(mention: Mention, definedIn: number, definition: number, isWeak: boolean, isHidden: boolean): void {
    const entry = this.entries.get(mention.name);
    if (!entry) {
      this.#enter(mention, { definedIn, definition, isWeak, isHidden, isWanted: false });
      return;
    }
    if (!this.#agree(entry, mention)) return;
    if (entry.definedIn !== UNDEFINED && !entry.isWeak) {
      if (!isWeak) this.#duplicate(entry, mention.file);
      return;
    }
    if (entry.definedIn !== UNDEFINED && isWeak) return;
    entry.definedIn = definedIn;
    entry.definition = definition;
    entry.isWeak = isWeak;
    entry.isHidden = isHidden;
  }

  #reference(mention: Mention, isWeak: boolean, importModule: string | null, importField: string): void {
    let entry = this.entries.get(mention.name);
    if (!entry) {
      const nowhere = { definedIn: UNDEFINED, definition: -1, isWeak: false, isHidden: false, isWanted: false };
      entry = this.#enter(mention, nowhere);
    } else if (!this.#agree(entry, mention)) {
      return;
    }
    if (!isWeak) {
      entry.isWanted = true;
      // A host import alone must not be captured by a library that happens to define the name.
      if (importModule === null && !entry.isSearched) {
        entry.isSearched = true;
        this.#wanted.push(entry);
      }
    }
    if (importModule === null) return;
    if (entry.importModule === null) {
      entry.importModule = importModule;
      entry.importField = importField;
    } else if (entry.importModule !== importModule || entry.importField !== importField) {
      const first = `${entry.importModule}.${entry.importField}`;
      const second = `${importModule}.${importField}`;
      this.#diags.error('import_conflict', { name: entry.name, first, second }, { in: 'file', file: mention.file });
    }
  }

  #enter(
    mention: Mention,
    definition: Pick<SymbolEntry, 'definedIn' | 'definition' | 'isWeak' | 'isHidden' | 'isWanted'>,
  ): SymbolEntry {
    const { name, kind, type, file } = mention;
    const entry: SymbolEntry = {
      isSearched: false,
      name,
      kind,
      type,
      firstFile: file,
      importModule: null,
      importField: '',
      ...definition,
    };
    this.entries.set(name, entry);
    return entry;
  }

  /** Whether a new mention fits the entry; reports it if not. */
  #agree(entry: SymbolEntry, mention: Mention): boolean {
    const place = { in: 'file', file: mention.file } as const;
    const { name, firstFile: other } = entry;
    if (entry.kind !== mention.kind) {
      const first = SYMBOL_KIND_NAMES[mention.kind]!;
      const second = SYMBOL_KIND_NAMES[entry.kind]!;
      this.#diags.error('symbol_kind_mismatch', { name, first, second, other }, place);
      return false;
    }
    if (entry.type === mention.type) return true;
    if (entry.kind === SymbolKind.function) {
      const first = signatureText(mention.type);
      const second = signatureText(entry.type);
      this.#diags.error('signature_mismatch', { name, first, second, other }, place);
    } else {
      this.#diags.error('symbol_type_mismatch', { name, first: mention.type, second: entry.type, other }, place);
    }
    return false;
  }

  #duplicate(entry: SymbolEntry, file: string): void {
    const owner = entry.definedIn === FROM_UNIT ? UNIT_FILE : this.objects[entry.definedIn]!.file;
    this.#diags.error('duplicate_symbol', { name: entry.name, other: owner }, { in: 'file', file });
  }
}

/** What must be equal in all mentions of a name, as text. */
function typeOfSymbol(object: ParsedObject, symbol: ObjectSymbol): string {
  switch (symbol.kind) {
    case SymbolKind.function: {
      const imports = object.funcImports.length;
      const type =
        symbol.index < imports ? object.funcImports[symbol.index]!.type : object.funcTypes[symbol.index - imports]!;
      return object.types[type]!;
    }
    case SymbolKind.global: {
      const imports = object.globalImports.length;
      const global =
        symbol.index < imports ? object.globalImports[symbol.index]! : object.globals[symbol.index - imports]!;
      return `${global.mutable ? 'mut ' : ''}${valTypeName(global.valType)}`;
    }
    case SymbolKind.table:
      return valTypeName(object.tableImports[symbol.index]!.refType);
    default:
      return '';
  }
}

/** Import module and field that an undefined function symbol asks for explicitly. */
function explicitImport(object: ParsedObject, symbol: ObjectSymbol): { module: string; field: string } | null {
  if (symbol.kind !== SymbolKind.function || (symbol.flags & SymbolFlag.explicit_name) === 0) return null;
  const origin = object.funcImports[symbol.index];
  assert(origin !== undefined, 'an undefined function symbol is an import');
  return origin;
}

/** Constructs that are read but not linked, by name. */
function refuseUnsupported(object: ParsedObject, diags: Diagnostics): void {
  const place = { in: 'file', file: object.file } as const;
  const unsupported = (what: string): void => {
    diags.error('object_unsupported', { what }, place);
  };
  if (object.comdats.length > 0) unsupported(`COMDAT group "${object.comdats[0]!.name}"`);
  if (object.initFuncs.length > 0) unsupported(`constructor "${object.symbols[object.initFuncs[0]!.symbol]!.name}"`);
  for (const segment of object.segments) {
    if ((segment.flags & SegmentFlag.tls) !== 0) unsupported(`thread-local segment "${segment.name}"`);
    if (segment.passive) unsupported(`passive segment "${segment.name}"`);
  }
}
