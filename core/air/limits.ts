/**
 * Bounds of what an AIR file may contain, enforced by the parser on text and by the verifier on built units, so that the
 * recursive passes above them need no bound of their own. Knows nothing of the representation.
 */

/** Greatest number of bodies inside each other, and of types and values inside each other. */
export const MAX_NESTING = 256;

/** Greatest alignment in bytes: one page of wasm memory. */
export const MAX_ALIGN = 65536;

/** Greatest size of a type in bytes: half of a 32-bit address space, so that every offset is an i32. */
export const MAX_TYPE_SIZE = 0x7fff_ffff;

/** Whether `align` is an alignment that a file may ask for. */
export function isValidAlign(align: number): boolean {
  return align >= 1 && align <= MAX_ALIGN && (align & (align - 1)) === 0;
}
