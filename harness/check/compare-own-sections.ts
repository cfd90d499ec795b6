/**
 * Custom sections that a linker writes itself, in two modules: which are there, in which order, and what they say.
 *
 * Compared are `name` (the name of the module), `producers`, `target_features` and `build_id`. Function and global names are for
 * compare-modules.ts; a build id that is made of the module's bytes has to have the same size only.
 * Source: tool conventions, ProducersSection, Linking (target features), BuildId; extended name section.
 */
import { valuesOf } from '../topology/for-wasm-ld.ts';
import { Cursor } from '../wasm/cursor.ts';
import type { LinkedModule } from '../wasm/linked-module.ts';
import type { ModuleDifference } from './module-difference.ts';

const OWN = ['name', 'producers', 'target_features', 'build_id'];

/** The first difference, or null. */
export function compareOwnSections(
  ours: LinkedModule,
  theirs: LinkedModule,
  options: readonly string[],
): ModuleDifference | null {
  const list = ({ customs }: LinkedModule): string => customs.map(({ name }) => name).join(', ') || 'none';
  if (list(ours) !== list(theirs)) {
    return { kind: 'custom', what: 'custom sections', ours: list(ours), theirs: list(theirs) };
  }
  for (const name of OWN) {
    const [left, right] = [ours, theirs].map((module) => words(module, name, options)) as [string, string];
    if (left !== right) return { kind: 'custom', what: `custom section ${name}`, ours: left, theirs: right };
  }
  return null;
}

/** What the section says, in words; empty if there is none. */
function words({ customs }: LinkedModule, name: string, options: readonly string[]): string {
  const bytes = customs.find((custom) => custom.name === name)?.bytes;
  if (bytes === undefined) return '';
  if (name === 'build_id') {
    const isGiven = valuesOf(options, '--build-id').at(-1)?.startsWith('0x') === true;
    return isGiven ? Buffer.from(bytes).toString('hex') : `${bytes.length} bytes`;
  }
  // Without the option it is the name of the file, which is not the same for both.
  if (name === 'name') return valuesOf(options, '--soname').length === 0 ? '' : moduleName(bytes);
  return Buffer.from(bytes).toString('latin1');
}

/** Subsection 0 of a name section, in quotes; `none` without it. */
function moduleName(bytes: Uint8Array): string {
  const reader = new Cursor(bytes, 0, bytes.length, true);
  while (reader.at < bytes.length) {
    const id = reader.byte();
    const size = reader.number();
    const end = reader.at + size;
    if (id === 0) return JSON.stringify(reader.name());
    reader.at = end;
  }
  return 'none';
}
