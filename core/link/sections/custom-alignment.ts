/**
 * How the parts of a joined custom section are aligned in it.
 *
 * The format has no field for it, so linkers know by name (wasm-ld: records of llvm-cov begin at multiples of 8).
 */

/** Multiple at which each part of the section `name` begins, in bytes from its start. */
export function alignmentOf(name: string): number {
  return name === '__llvm_covfun' ? 8 : 1;
}
