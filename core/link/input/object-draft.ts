/**
 * The half-read object that the reading functions fill, and how they refuse an input.
 *
 * Owns the mutable draft and the shapes of what `linking` and `reloc.*` said; object-file.ts has the frozen result.
 * Invariant: a refusal always carries a byte offset; only readObject catches it.
 */
import type { MessageArgs, MessageCode } from '../../diagnostics/catalogue.ts';
import type { Diagnostics } from '../../diagnostics/diagnostics.ts';
import type { Slab } from '../../support/slab.ts';
import type { ByteReader } from '../../wasm/byte-reader.ts';
import type { ObjTypeIndex } from './index-spaces.ts';
import type {
  Comdat,
  InitFunc,
  ObjectFuncImport,
  ObjectGlobal,
  ObjectGlobalImport,
  ObjectMemory,
  ObjectSymbol,
  ObjectTable,
  ObjectTableImport,
  ObjectTagImport,
  ParsedObject,
  ProducerField,
  RelocTable,
  SignatureKey,
} from './object-file.ts';
import { NO_EXPORT_NAMES } from './object-file.ts';

/** A refusal with a message of the catalogue; caught by readObject only. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly report: (diags: Diagnostics, file: string) => void;

  constructor(report: (diags: Diagnostics, file: string) => void) {
    super('refused');
    this.report = report;
  }
}

/** Stops the reading with message `code` at `offset`. */
export function refuse<Code extends MessageCode>(code: Code, args: MessageArgs<Code>, offset: number): never {
  throw new RefusedError((diags, file) => {
    diags.error(code, args, { in: 'file', file, offset });
  });
}

/** Where one section lies: payload start, and for custom sections the start after the name. */
export interface SectionPlace {
  readonly id: number;
  readonly name: string;
  /** First byte of the payload, after the name of a custom section: what relocation offsets count from. */
  readonly start: number;
  readonly end: number;
}

/** A data segment before all is known of it: name, alignment and flags come with `linking`, `isZero` in the end. */
export interface DraftSegment {
  name: string;
  alignLog2: number;
  flags: number;
  readonly passive: boolean;
  readonly start: number;
  readonly end: number;
  isZero: boolean;
}

/** What the walk has collected so far. */
export interface Draft {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly slab: Slab;
  readonly sections: SectionPlace[];
  types: SignatureKey[];
  readonly funcImports: ObjectFuncImport[];
  readonly globalImports: ObjectGlobalImport[];
  readonly tableImports: ObjectTableImport[];
  readonly tagImports: ObjectTagImport[];
  memory: ObjectMemory | null;
  funcTypes: Uint32Array;
  bodyStart: Uint32Array;
  bodyEnd: Uint32Array;
  readonly globals: ObjectGlobal[];
  readonly tables: ObjectTable[];
  readonly tags: ObjTypeIndex[];
  segments: readonly DraftSegment[];
  linking: LinkingSection | null;
  readonly relocs: RelocSection[];
  readonly features: string[];
  readonly producers: ProducerField[];
  names: ParsedObject['names'];
  exportNames: ReadonlyMap<number, string>;
}

const EMPTY = new Uint32Array(0);

/** A draft that nothing has been read into. */
export function newDraft(file: string, bytes: Uint8Array, slab: Slab): Draft {
  return {
    file,
    bytes,
    slab,
    sections: [],
    types: [],
    funcImports: [],
    globalImports: [],
    tableImports: [],
    tagImports: [],
    memory: null,
    funcTypes: EMPTY,
    bodyStart: EMPTY,
    bodyEnd: EMPTY,
    globals: [],
    tables: [],
    tags: [],
    segments: [],
    linking: null,
    relocs: [],
    features: [],
    producers: [],
    names: null,
    exportNames: NO_EXPORT_NAMES,
  };
}

/** Content of the `linking` section. */
export interface LinkingSection {
  /** Data segments that have got their names. */
  segmentInfos: number;
  symbols: ObjectSymbol[];
  readonly initFuncs: InitFunc[];
  readonly comdats: Comdat[];
}

/** Relocations of one section, before they are given to bodies and segments. */
interface RelocSection {
  /** Number of the section among all sections. */
  readonly target: number;
  readonly table: RelocTable;
}

/** An index below `count`. */
export function readIndex(reader: ByteReader, what: string, count: number): number {
  const at = reader.at;
  const index = reader.uleb();
  if (index >= count) refuse('object_index_out_of_range', { what, index, count }, at);
  return index;
}
