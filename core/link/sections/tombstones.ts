/**
 * What stands in a custom section in place of a reference to something that is not in the output.
 *
 * Source: tool-conventions Linking.md and wasm-ld: debug sections get a value that no place has, all others the addend.
 */

/** Value that marks a dead reference in a section called `name`, or null where the addend stays. */
export function tombstoneOf(name: string): number | null {
  if (name === '.debug_ranges' || name === '.debug_loc') return -2;
  return name.startsWith('.debug_') || name.startsWith('llvm.func_attr.') ? -1 : null;
}
