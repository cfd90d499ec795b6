/** Bytes that are no module or object: thrown by the harness's own readers, so that whoever reads can tell it from a fault of the reader. */
export class Malformed extends RangeError {}
