/**
 * Subsections of the `name` section that both kinds of output write (wasm core spec, appendix "Custom Sections").
 *
 * Owns their bytes. Who has which name, the outputs know.
 */
import type { ByteWriter } from '../../wasm/byte-writer.ts';
import { NameSubsection } from '../../wasm/kinds.ts';
import type { OutIndex } from '../input/index-spaces.ts';
import type { LocalName } from '../input/object-file.ts';

/** The name of one thing of an index space. */
export interface IndexName {
  readonly index: number;
  readonly name: string;
}

/** Subsection `id` of names, ascending by index; nothing if there are none. */
export function writeNameMap(out: ByteWriter, id: number, names: readonly IndexName[]): void {
  if (names.length === 0) return;
  out.u8(id);
  const size = out.beginSized();
  out.uleb(names.length);
  for (const { index, name } of names) {
    out.uleb(index);
    out.name(name);
  }
  out.endSized(size);
}

/** Names of the locals of one function of the output. */
export interface FuncLocals {
  readonly func: OutIndex<'function'>;
  readonly locals: readonly LocalName[];
}

/** The subsection of local names, of functions in ascending order; nothing if there are none. */
export function writeLocalNames(out: ByteWriter, named: readonly FuncLocals[]): void {
  if (named.length === 0) return;
  out.u8(NameSubsection.local);
  const size = out.beginSized();
  out.uleb(named.length);
  for (const { func, locals } of named) {
    out.uleb(func);
    out.uleb(locals.length);
    for (const { index, name } of locals) {
      out.uleb(index);
      out.name(name);
    }
  }
  out.endSized(size);
}

/** The subsection of the name of the module itself; nothing if it has none. */
export function writeModuleName(out: ByteWriter, name: string | null): void {
  if (name === null) return;
  out.u8(NameSubsection.module);
  const size = out.beginSized();
  out.name(name);
  out.endSized(size);
}
