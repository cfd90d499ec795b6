/**
 * Linkers that nobody here wrote, as what the check `linkers` asks.
 *
 * All get the same objects and archives and the same link in words of wasm-ld. Versions of one linker share most of their mistakes, so
 * they are a family, and a family has one vote.
 */
import type { Unit } from '../../core/index.ts';

/** A link, in the words of wasm-ld. */
export interface ForeignLink {
  /** Inputs in their order, by path. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Options without inputs and output. */
  readonly options: readonly string[];
  readonly ptrBits: 32 | 64;
  /** The program whose variables are to be exported: a linker that exports no data has their addresses told otherwise. Null: none are. */
  readonly variablesOf: Unit | null;
}

/** What a linker makes of a link. */
export type LinkAnswer =
  | { readonly kind: 'module'; readonly bytes: Uint8Array }
  | { readonly kind: 'refused'; readonly text: string }
  | { readonly kind: 'crashed'; readonly text: string }
  /** The linker does not claim to have it, or was ended from outside: no vote. */
  | { readonly kind: 'unsupported'; readonly what: string };

/** A linker with all of its versions; ours is one. */
export type LinkerFamily = 'ours' | 'lld' | 'zig-ld';

/** A linker. */
export interface ForeignLinker {
  /** Name and version, stable: `lld-19.1.7`. */
  readonly name: string;
  readonly family: LinkerFamily;
  link(link: ForeignLink): LinkAnswer;
  /** What it really gets for a link: with what works around its known defects. Absent: the files of the link. */
  readonly inputs?: (link: ForeignLink) => ReadonlyMap<string, Uint8Array>;
  /** Its command line for a link of the files `names` into `a.wasm`, for people; null where it lacks an option. Absent: there is none. */
  readonly line?: (options: readonly string[], names: readonly string[], ptrBits: 32 | 64) => string | null;
}

/** Why the check does not run. */
export const NO_LINKERS =
  'there is no other linker: npm ci installs LLD with its optional dependencies, npm run outside:install zig Zig';
