/**
 * Where the two sides of a finding part, in short: what a bucket says of its minimised case. Plain data.
 *
 * docs/reports.md has the fields. A place that is not known is null, not a guess.
 */

/** A relocation of an object of the link. */
export interface RelocationPlace {
  /** As in the object: `R_WASM_MEMORY_ADDR_SLEB`. */
  readonly type: string;
  readonly symbol: string;
  readonly addend: number;
  /** In what has it. */
  readonly offset: number;
  readonly object: string;
  /** The function, segment or section that has it. */
  readonly owner: string;
}

/** The first instruction of a program at which two runs part. */
export interface InstructionPlace {
  readonly function: string;
  /** In the text of the case, from 1, and that line without its indentation. */
  readonly line: number;
  readonly text: string;
  /** What the interpreter has there, and what the other side has. */
  readonly expected: string;
  readonly actual: string;
}

/** Where a finding is. */
export interface Place {
  /** The explanation in one sentence. */
  readonly summary: string;
  readonly instruction: InstructionPlace | null;
  /** The relocation whose number is wrong, for a fault of the linker. */
  readonly relocation: RelocationPlace | null;
}
