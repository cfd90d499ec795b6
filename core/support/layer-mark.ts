/**
 * Which part of core an error came out of: a mark that the code which enters a layer puts on what is thrown there.
 *
 * The innermost mark stays, so an error of code generation that passes the linker is still one of code generation. The mark
 * is a registered symbol: several builds of core in one process read each other's. It costs nothing where nothing is thrown.
 */

const MARK = Symbol.for('wasm-backend-harness.layer');

/** `emit`: from the machine form to bytes. */
export type MarkedLayer = 'codegen' | 'emit' | 'linker';

/** Marks `error` unless it is marked already, and returns it. */
export function markLayer(error: unknown, layer: MarkedLayer): unknown {
  if (typeof error === 'object' && error !== null && !(MARK in error) && Object.isExtensible(error)) {
    Object.defineProperty(error, MARK, { value: layer });
  }
  return error;
}

/** Runs `body`; what it throws is marked. */
export function inLayer<T>(layer: MarkedLayer, body: () => T): T {
  try {
    return body();
  } catch (error) {
    throw markLayer(error, layer);
  }
}

/** The layer that `error` is marked with, or null. */
export function layerOfError(error: unknown): MarkedLayer | null {
  if (typeof error !== 'object' || error === null || !(MARK in error)) return null;
  return error[MARK] as MarkedLayer;
}
