/**
 * The entries of a symbol table under construction: what a new mention of a name does to what is known of it.
 *
 * Owns the rules between two mentions (linker conventions; where two linkers differ, lld's): a strong definition beats a weak
 * one, the first weak one wins, two strong ones are an error; kinds and types must agree, but functions of two signatures are
 * both kept. Knows no inputs: resolve.ts brings the mentions in order and looks for what is wanted.
 */
import type { ObjectId } from '../input/index-spaces.ts';
import type { Diagnostics } from '../../diagnostics/diagnostics.ts';
import { SYMBOL_KIND_NAMES, SymbolFlag, SymbolKind, symbolTypeName } from '../../wasm/kinds.ts';
import type { ObjectSymbol } from '../input/object-file.ts';
import type { SymbolEntry } from './symbol-table.ts';
import { FROM_OPTIONS, signatureText, UNDEFINED } from './symbol-table.ts';

/** What a definition or a reference says of its name. */
export type Mention = Pick<ObjectSymbol, 'name' | 'kind' | 'flags'>;

/** A name that an option wants, whether or not some input mentions it. */
interface NameOfOption {
  readonly name: string;
  /** Who wants it, in reports. */
  readonly option: string;
}

/** What is looked for in archives. */
export type Wanted = SymbolEntry | NameOfOption;

/** Import module and field that a reference asks for. */
export interface ImportOrigin {
  readonly module: string;
  readonly field: string;
}

export class SymbolEntries {
  readonly map = new Map<string, SymbolEntry>();
  /** Entries and names that are wanted and have not been looked for. */
  readonly wanted: Wanted[] = [];
  readonly #allowsMultiple: boolean;
  readonly #diags: Diagnostics;
  readonly #conflicts: SymbolEntry[] = [];

  constructor(allowsMultiple: boolean, diags: Diagnostics) {
    this.#allowsMultiple = allowsMultiple;
    this.#diags = diags;
  }

  /** A definition; `type` as SymbolEntry.type, `definedIn` and `definition` as there. */
  define(mention: Mention, type: string, file: string, definedIn: ObjectId, definition: number): SymbolEntry {
    const { name, kind, flags } = mention;
    const isWeak = (flags & SymbolFlag.weak) !== 0;
    let entry = this.map.get(name);
    if (!entry) {
      entry = this.#enter(mention, type, file);
    } else {
      if (entry.definedIn === FROM_OPTIONS) return entry;
      if (!this.#agree(entry, kind, type, file)) return entry;
      if (entry.definedIn !== UNDEFINED && (!entry.isWeak || isWeak)) {
        if (!entry.isWeak && !isWeak && !this.#allowsMultiple) this.#duplicate(entry, file);
        return entry;
      }
    }
    entry.definedIn = definedIn;
    entry.definition = definition;
    entry.isWeak = isWeak;
    entry.isHidden = (flags & SymbolFlag.hidden) !== 0;
    entry.type = type;
    entry.firstFile = file;
    return entry;
  }

  /** A reference; a strong one wants a definition. */
  reference(
    mention: Mention,
    type: string,
    file: string,
    origin: ImportOrigin | null,
    plainModule: string | null = null,
  ): SymbolEntry {
    const { name, kind, flags } = mention;
    let entry = this.map.get(name);
    if (!entry) entry = this.#enter(mention, type, file);
    else if (entry.definedIn !== FROM_OPTIONS && !this.#agree(entry, kind, type, file)) return entry;
    entry.isReferenced = true;
    // As in wasm-ld, and not as in ELF: what a definition says about its visibility is final.
    if ((flags & SymbolFlag.hidden) !== 0 && entry.definedIn === UNDEFINED) entry.isHidden = true;
    if ((flags & SymbolFlag.weak) === 0) {
      entry.isWanted = true;
      // Searched once more when the first plain reference comes: now the runtime library serves it too.
      if (origin === null && !entry.isPlain) {
        entry.isPlain = true;
        entry.isSearched = false;
      }
      this.want(entry);
    }
    if (origin === null) {
      if (plainModule !== null) this.#setPlainModule(entry, plainModule, file);
      return entry;
    }
    if (entry.importModule === null) {
      if (entry.plainModule !== null && entry.plainModule !== origin.module) {
        this.#conflict(entry, 'module', origin.module, file);
      }
      entry.importModule = origin.module;
      entry.importField = origin.field;
      entry.importFile = file;
    } else if (entry.importModule !== origin.module) {
      this.#conflict(entry, 'module', origin.module, file);
    } else if (entry.importField !== origin.field) {
      this.#conflict(entry, 'name', origin.field, file);
    }
    return entry;
  }

  #setPlainModule(entry: SymbolEntry, module: string, file: string): void {
    const known = entry.importModule ?? entry.plainModule;
    if (known === null) {
      entry.plainModule = module;
      entry.importFile = file;
    } else if (known !== module) {
      this.#conflict(entry, 'module', module, file);
    }
  }

  #conflict(entry: SymbolEntry, what: 'module' | 'name', second: string, file: string): void {
    if (entry.conflict) return;
    entry.conflict = { what, second, file };
    this.#conflicts.push(entry);
  }

  /** Looks for an entry, once. */
  want(entry: SymbolEntry): void {
    if (entry.isSearched) return;
    entry.isSearched = true;
    this.wanted.push(entry);
  }

  /** An entry without a definition. */
  #enter({ name, kind, flags }: Mention, type: string, file: string): SymbolEntry {
    const entry: SymbolEntry = {
      name,
      kind,
      definedIn: UNDEFINED,
      definition: -1,
      isWeak: false,
      isWanted: false,
      isSearched: false,
      isPlain: false,
      isHidden: (flags & SymbolFlag.hidden) !== 0,
      isReferenced: false,
      type,
      isMixed: false,
      importModule: null,
      importField: '',
      plainModule: null,
      importFile: '',
      conflict: null,
      firstFile: file,
    };
    this.map.set(name, entry);
    return entry;
  }

  /** Whether a new mention fits the entry; reports it if not. Functions of two signatures are both kept. */
  #agree(entry: SymbolEntry, kind: number, type: string, file: string): boolean {
    if (entry.kind === kind && entry.type === type) return true;
    const place = { in: 'file', file } as const;
    const { name, firstFile } = entry;
    if (entry.kind !== kind) {
      const [first, second] = [symbolTypeName(entry.kind), symbolTypeName(kind)];
      this.#diags.error('symbol_kind_mismatch', { name, first, file: firstFile, second, other: file }, place);
      return false;
    }
    if (kind === SymbolKind.function) {
      entry.isMixed = true;
      return true;
    }
    const isTag = kind === SymbolKind.tag;
    const [first, second] = isTag ? [signatureText(entry.type), signatureText(type)] : [entry.type, type];
    const what = SYMBOL_KIND_NAMES[kind]!;
    const args = {
      kind: `${what[0]!.toUpperCase()}${what.slice(1)}`,
      name,
      first,
      file: firstFile,
      second,
      other: file,
    };
    this.#diags.error('symbol_type_mismatch', args, place);
    return false;
  }

  #duplicate(entry: SymbolEntry, file: string): void {
    this.#diags.error(
      'duplicate_symbol',
      { name: entry.name, first: entry.firstFile, second: file },
      { in: 'file', file },
    );
  }

  /** Two modules for one import; a definition makes both of them moot. */
  reportConflicts(): void {
    for (const entry of this.#conflicts) {
      if (entry.definedIn !== UNDEFINED) continue;
      const { what, second, file: other } = entry.conflict!;
      const first = what === 'name' ? entry.importField : (entry.importModule ?? entry.plainModule ?? 'env');
      const args = { what, name: entry.name, first, file: entry.importFile, second, other };
      this.#diags.error('import_conflict', args, { in: 'file', file: other });
    }
  }
}
