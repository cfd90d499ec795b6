/** How much code a module has. */
import { listSections } from '../harness/wasm/cursor.ts';

const CODE_SECTION = 10;

/** Bytes of the code section of `module` without its header. */
export function codeSize(module: Uint8Array): number {
  const code = listSections(module).find(({ id }) => id === CODE_SECTION);
  return code === undefined ? 0 : code.to - code.from;
}
