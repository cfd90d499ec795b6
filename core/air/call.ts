/**
 * A call from outside: which exported function, with which scalar arguments. The common currency of generators,
 * interpreter, engines and case files.
 *
 * Scalars travel as bit patterns in a bigint: an integer of N bits as its unsigned N-bit pattern, bool as 0 or 1, a float
 * as its IEEE bits. So a NaN payload survives, and no side converts for the other.
 */
export interface CallInput {
  /** Export name of the function. */
  readonly fn: string;
  /** One bit pattern per parameter; parameters of exported functions are scalars. */
  readonly args: readonly bigint[];
}
