/**
 * The symbol table of one link: its shapes, before anything has a number.
 *
 * Owns what an entry is. resolve.ts fills the table and number-symbols.ts turns it into arrays. Invariant: an entry never
 * changes its name or kind; everything else may change until all inputs have been seen.
 */
import type { ObjectId } from '../input/index-spaces.ts';
import type { ReadonlyFlags } from '../../support/flag-set.ts';
import { valTypeName } from '../../wasm/kinds.ts';
import type { ParsedObject } from '../input/object-file.ts';
import type { LazyArchive } from '../input/lazy-archive.ts';
import type { LinkState } from '../unit/state.ts';

/** One object handed to a link. */
export interface ObjectInput {
  readonly object: ParsedObject;
  /** Take part only if it defines a name that is needed. */
  readonly lazy: boolean;
}

/** One archive handed to a link. */
interface ArchiveInput {
  readonly archive: LazyArchive;
  /** All members take part. */
  readonly whole: boolean;
}

/** Objects by the names that they define, made when one is asked for. */
export interface RuntimeLibrary {
  /** The object that defines `name`, always the same one, or null. */
  readonly find: (name: string) => ParsedObject | null;
}

/** The library of the compiler: a reference that names a host import never takes anything from it. */
interface RuntimeInput {
  readonly runtime: RuntimeLibrary;
}

/** An input of a link, in command-line order. */
export type ResolveInput = ObjectInput | ArchiveInput | RuntimeInput;

/** Object number that stands for the unit. */
export const FROM_UNIT = -1 as ObjectId;
/** Object number of an entry without a definition. */
export const UNDEFINED = -2 as ObjectId;
/** Object number that stands for the options (`defsyms`). */
export const FROM_OPTIONS = -3 as ObjectId;

/** One name of the link. */
export interface SymbolEntry {
  readonly name: string;
  /** SymbolKind: function, data, global, tag or table. */
  readonly kind: number;
  /** Where the definition is: an object number, FROM_UNIT, FROM_OPTIONS or UNDEFINED. */
  definedIn: ObjectId;
  /** Definition: position in the unit's functions or data, symbol index in the object, or position in `defsyms`. */
  definition: number;
  /** The definition is weak. */
  isWeak: boolean;
  /** Some reference is not weak. */
  isWanted: boolean;
  /** Archives are searched for it. */
  isSearched: boolean;
  /** Some reference is neither weak nor names a host import: the runtime library is searched too. */
  isPlain: boolean;
  /** The definition is hidden; without one, some reference. */
  isHidden: boolean;
  /** Some object refers to it without defining it. */
  isReferenced: boolean;
  /** Functions and tags: signature. Globals and tables: type. Of the definition, or of the first reference. Else empty. */
  type: string;
  /** Some mention has another type. */
  isMixed: boolean;
  /** Explicit import module and field, or null. */
  importModule: string | null;
  importField: string;
  /** Import module of a reference that does not say that it wants an import; other than `env`, else null. */
  plainModule: string | null;
  /** Input that named the module or the field first. */
  importFile: string;
  /** A second import module or field that disagrees, and who wants it. */
  conflict: { readonly what: 'module' | 'name'; readonly second: string; readonly file: string } | null;
  /** Input that mentioned the name first, or that defines it, for messages. */
  firstFile: string;
}

/** Members of COMDAT groups that an earlier object has already given. */
export interface Discarded {
  readonly funcs: ReadonlyFlags;
  readonly segments: ReadonlyFlags;
  readonly globals: ReadonlyFlags;
  readonly tags: ReadonlyFlags;
  readonly tables: ReadonlyFlags;
  /** Section numbers. */
  readonly sections: ReadonlyFlags;
}

/** Names and definitions of a link, before anything has a number. */
export interface SymbolTable {
  readonly state: LinkState | null;
  /** Objects that take part, in order: members of archives before those that need them. */
  readonly objects: readonly ParsedObject[];
  /** The same objects in the order in which they were opened: before the members that they need. */
  readonly opened: readonly ParsedObject[];
  /** Per object: taken from an archive or lazy, so live only if something reaches it. */
  readonly isLazy: readonly boolean[];
  /** Per object: what it must leave out, or null. */
  readonly discarded: readonly (Discarded | null)[];
  /** In the order of their first mention. */
  readonly entries: ReadonlyMap<string, SymbolEntry>;
  /** Names that members of archives offered before they were needed, and how many entries there were then; in that order. */
  readonly offered: readonly { readonly entered: number; readonly names: readonly string[] }[];
  /** Per object, by symbol: what references to it mean; null for local symbols. */
  readonly symbolEntries: readonly (readonly (SymbolEntry | null)[])[];
  /** Members taken from archives, in order: who wanted which name. */
  readonly extracted: readonly { readonly reference: string; readonly name: string; readonly file: string }[];
  /** Addresses are 64 bits wide. */
  readonly is64: boolean;
  /** Whether slots of the function table are 64 bits wide. */
  readonly isTable64: boolean;
  /** Names of entries that references are sent to another entry for (`wrap`). */
  readonly wrapped: ReadonlyMap<SymbolEntry, SymbolEntry>;
}

/** Text of a signature key: `(i32, i64) -> f32`. */
export function signatureText(key: string): string {
  const [params = '', results = ''] = key.split('>');
  const names = (letters: string): string =>
    Array.from(letters, (letter) => valTypeName(letter.charCodeAt(0))).join(', ');
  return `(${names(params)}) -> ${results === '' ? '()' : names(results)}`;
}
