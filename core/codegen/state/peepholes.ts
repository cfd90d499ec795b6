/**
 * What may make code smaller without changing what it does: one switch each, so that any of them can be compared with code
 * that does without.
 *
 * Plain data. The switches are part of the settings of a compilation; all of them are off unless someone asks. Owns the list,
 * not what they do: the first five are done where the code is made, the others to the finished MIR of a function (peephole/).
 */

/** One switch for each peephole. */
export interface Peepholes {
  /** A variable whose address goes nowhere is a wasm local in place of a slot of the frame. */
  readonly promoteAllocs: boolean;
  /** Use the instructions that extend a sign (feature `sign-ext`) in place of two shifts. */
  readonly signExt: boolean;
  /** A branch both of whose arms only give a value to one block is a `select`. */
  readonly selects: boolean;
  /** Constant parts of addresses go into the static offset of loads and stores. */
  readonly foldOffsets: boolean;
  /** A branch is an `if` in place of a block that is left. */
  readonly structuredIf: boolean;
  /** A local that only repeats another one is not used. */
  readonly propagateCopies: boolean;
  /** Values stay on the operand stack (`local.tee` included) where their order allows it. */
  readonly stackify: boolean;
  /** A mask or an extension of what has these bits already is left out. */
  readonly foldMasks: boolean;
  /** Comparisons with 0 and negations go into what they decide. */
  readonly foldConditions: boolean;
  /** Jumps to what follows anyway, code behind jumps, and the last return are left out. */
  readonly trimJumps: boolean;
}

/** Name of a peephole. */
export type PeepholeName = keyof Peepholes;

/** All of them off. */
export const NO_PEEPHOLES: Peepholes = {
  promoteAllocs: false,
  signExt: false,
  selects: false,
  foldOffsets: false,
  structuredIf: false,
  propagateCopies: false,
  stackify: false,
  foldMasks: false,
  foldConditions: false,
  trimJumps: false,
};

/** Names of all, in a fixed order. */
export const PEEPHOLE_NAMES = Object.keys(NO_PEEPHOLES) as readonly PeepholeName[];

/** All of them on. */
export const ALL_PEEPHOLES: Peepholes = {
  promoteAllocs: true,
  signExt: true,
  selects: true,
  foldOffsets: true,
  structuredIf: true,
  propagateCopies: true,
  stackify: true,
  foldMasks: true,
  foldConditions: true,
  trimJumps: true,
};

/** The peepholes of `settings`, which may hold more. */
export function peepholesOf(settings: Peepholes): Peepholes {
  const { promoteAllocs, signExt, selects, foldOffsets, structuredIf } = settings;
  const { propagateCopies, stackify, foldMasks, foldConditions, trimJumps } = settings;
  return {
    promoteAllocs,
    signExt,
    selects,
    foldOffsets,
    structuredIf,
    propagateCopies,
    stackify,
    foldMasks,
    foldConditions,
    trimJumps,
  };
}

/** Whether any works on finished MIR. */
export function rewritesMir(peepholes: Peepholes): boolean {
  const { propagateCopies, stackify, foldMasks, foldConditions, trimJumps } = peepholes;
  return propagateCopies || stackify || foldMasks || foldConditions || trimJumps;
}
