/**
 * What a profile says of the programs that a campaign makes.
 *
 * Types only; the profiles are in profiles.ts.
 */
import type { AirTag, FloatBits } from '../../core/index.ts';

/** Sets of decorations that a profile draws: of all kinds, those of a drop-in for wasm-ld, those of objects that few compilers write. */
export type DecorationSet = 'all' | 'drop-in' | 'objects';

/** One kind of program. Chances are of 256. */
export interface Profile {
  readonly name: string;
  /** One line for `harness doctor` and `--help`. */
  readonly summary: string;
  /** Instructions of a program: [weight, least, most] per class of size. */
  readonly sizes: readonly (readonly [weight: number, least: number, most: number])[];
  /** Factors on the weights of instructions. */
  readonly factors: Readonly<Partial<Record<AirTag, number>>>;
  /** Factor on the instructions that `factors` does not name. */
  readonly others: number;
  /** Chance that a type is a struct, array or pointer. */
  readonly aggregates: number;
  /** Chance that a type is an optional, error, enum or union; 0: the program has none. */
  readonly sums: number;
  /** Chance that a scalar is a float. */
  readonly floats: number;
  /** Formats that floats are drawn from, each as likely as it is listed. */
  readonly formats: readonly FloatBits[];
  /** Chance that an integer type has more than 64 bits. */
  readonly wideInts: number;
  /** Whether there are checked operations, whose failures call the panic function. */
  readonly checked: boolean;
  /** Whether there are vectors. */
  readonly vectors: boolean;
  /** Whether these have lanes of every width, and the instructions of vectors that profile `vectors` does not draw. */
  readonly everyVector: boolean;
  /** Chance that a parameter or result is a vector that one v128 holds; 0: none is drawn for that. */
  readonly registers: number;
  /** Chance that an `alloc` is a vector that one v128 holds, in a slot that only loads and stores see. */
  readonly variables: number;
  /** Chance that the settings have peepholes, all or a random half of them. */
  readonly peepholes: number;
  /** Whether instructions are drawn of types that no other program has them of: safe stores and fills of everything, and the like. */
  readonly rare: boolean;
  /** Whether most enums have a tag of more than 64 bits. */
  readonly wideTags: boolean;
  /** Whether there are the instructions of `TRACE_TAGS`. */
  readonly traces: boolean;
  /** Chance that there is debug information. */
  readonly debug: number;
  /** Whether there are elementary functions. A sweep has them alone, or none. */
  readonly math: boolean;
  /** Most bits of packed structs; 0: there are none. */
  readonly packed: number;
  /** Chance that one of them is a packed union. */
  readonly packedUnions: number;
  /** Chance that a function has the calling convention of C; 0: none has, and what is exported and imported takes scalars only. */
  readonly conventions: number;
  /** Chance that a variable is thread-local; 0: none is. */
  readonly threadLocals: number;
  /** Whether there are the instructions of `FLOW_TAGS`. */
  readonly flow: boolean;
  /** Whether there are atomic instructions, and settings with the feature. */
  readonly atomics: boolean;
  /** Chance that a body splits into arms. */
  readonly splits: number;
  /** Most data navs that are planned. */
  readonly data: number;
  /** Chance of more than 63 functions with an address. */
  readonly crowds: number;
  /** Chance of very many data navs. */
  readonly heaps: number;
  /** Chance that a program has a place that may trap. */
  readonly faults: number;
  /** Chance that the settings are far from the defaults. */
  readonly settings: number;
  /** Chance that data lies at 2 GiB or beyond. */
  readonly highData: number;
  /** Most functions of a program without a crowd. */
  readonly functions: number;
  /** Bits of an address. */
  readonly ptrBits: 32 | 64;
  /** The link plan has decorations (decorations.ts) of this set. */
  readonly decorated: false | DecorationSet;
  /** Chance in 256 that an integer of more than 64 bits is one of more than 512. */
  readonly longInts: number;
  /** A seed is the number of a cell of the sweep (generators/sweep); nothing is drawn. */
  readonly sweeps: boolean;
  /** Whether each seed switches off instructions of its own (swarm.ts). */
  readonly swarms: boolean;
  /** What some of the seeds have on top of it; the others are of the profile as it stands. */
  readonly mixes: readonly Mix[];
}

/** A share of the seeds of a profile, of 256, and how their programs differ. */
export interface Mix {
  readonly share: number;
  readonly change: Partial<Omit<Profile, 'name' | 'ptrBits' | 'sweeps' | 'swarms' | 'mixes'>>;
}
