/**
 * What an explanation says. Types only, plain data only: `--json` prints it as it is.
 *
 * A part that does not apply to a finding, or could not be found out, is null.
 */
import type { ModuleDifference } from '../check/module-difference.ts';
import type { FindingKind } from '../model/finding.ts';
import type { PartingKind } from './parting.ts';

/** The instruction at which two runs part. */
export interface InstructionPart {
  readonly function: string;
  /** Number of the instruction in its function, `%n` of the text. */
  readonly index: number;
  /** Line in the text of the case, and that line. */
  readonly line: number;
  readonly text: string;
  readonly kind: PartingKind;
  /** How often it was reached, this time included. */
  readonly count: number;
  /** What the interpreter has, and what the other side has. */
  readonly expected: string;
  readonly actual: string;
  /** Operands with their values, on which both sides agree. */
  readonly operands: readonly { readonly name: string; readonly value: string }[];
  readonly context: readonly SourceLine[];
}

/** A line of the text of the case. */
export interface SourceLine {
  readonly line: number;
  readonly text: string;
  readonly marked: boolean;
}

/** A place in memory that differs. */
export interface MemoryPart {
  readonly object: string;
  readonly offset: number;
  /** By the type of the object: `@d3[2].1`. */
  readonly path: string;
  /** Type at that place. */
  readonly type: string;
  readonly expected: string;
  readonly actual: string;
}

/** Calls of imported functions around the first that differs. */
export interface TracePart {
  /** Counted from 1. */
  readonly index: number;
  /** Number of the first call shown. */
  readonly first: number;
  readonly expected: readonly string[];
  readonly actual: readonly string[];
}

/** Where a name is in two modules; null where the module does not tell. */
export interface SymbolPart {
  readonly name: string;
  /** Object of the link that defines it. */
  readonly object: string;
  readonly what: 'address' | 'function index';
  readonly executable: number | null;
  readonly linked: number | null;
}

/** First difference of two builds. */
export interface BytesPart {
  readonly what: string;
  readonly offset: number;
  readonly lengths: readonly [number, number];
  readonly section: string;
  readonly function: string | null;
  readonly first: string;
  readonly second: string;
}

/** What a validator says, and the place that it means. */
export interface ModulePart {
  readonly what: string;
  readonly message: string;
  readonly offset: number | null;
  readonly section: string | null;
  readonly function: string | null;
  /** Lines of the text of the function around the instruction. */
  readonly context: readonly SourceLine[];
}

/** The first difference of the modules that two linkers made of the same objects. */
export interface LinkPart {
  readonly kind: ModuleDifference['kind'];
  readonly what: string;
  readonly section: string | null;
  /** The relocation that the field comes from which differs; null where the difference is of no field. */
  readonly relocation: {
    readonly type: string;
    /** In the section of the object. */
    readonly offset: number;
    readonly symbol: string;
    readonly addend: number;
    readonly object: string;
    /** The function or segment of the object that has it. */
    readonly owner: string;
  } | null;
  readonly sides: readonly [LinkSide, LinkSide];
  /** What of two such modules may differ freely, and was not compared. */
  readonly free: readonly string[];
}

/** What one of the two modules has there. */
export interface LinkSide {
  readonly name: string;
  readonly value: string;
  /** The function in the module, or null. */
  readonly function: string | null;
  /** Address of a field of data, or null. */
  readonly address: number | null;
  /** Lines of the text of the function around the instruction. */
  readonly context: readonly SourceLine[];
}

/** Code of the function in question, or how to get it. */
export interface CodePart {
  readonly function: string;
  readonly mir: readonly string[];
  readonly wat: readonly string[];
}

/** One finding, explained. */
export interface Explanation {
  readonly check: string;
  readonly kind: FindingKind;
  /** The answer in one sentence. */
  readonly summary: string;
  /** What was compared with the interpreter. */
  readonly way: string | null;
  readonly instruction: InstructionPart | null;
  readonly memory: MemoryPart | null;
  readonly trace: TracePart | null;
  readonly symbols: readonly SymbolPart[] | null;
  readonly bytes: BytesPart | null;
  readonly module: ModulePart | null;
  readonly link: LinkPart | null;
  readonly code: CodePart | null;
  /** What a reader must know to trust the rest. */
  readonly notes: readonly string[];
}
