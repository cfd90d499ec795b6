/** Links objects that a test writes by hand, and looks at the module. */
import { linkObjects } from '../../../core/link/linker.ts';
import type { LinkInput } from '../../../core/link/linker.ts';
import type { LinkResult } from '../../../core/link/flush.ts';
import type { LinkOptions } from '../../../core/link/options/options.ts';
import type { HandObject } from './hand-object.ts';
import { handObject } from './hand-object.ts';
import { expectLinked } from './hand-program.ts';

/** One object as an input of that name. */
export function input(name: string, object: HandObject): LinkInput {
  return { name, bytes: handObject(object) };
}

/** Links `objects` as 0.o, 1.o and so on. */
export function link(objects: readonly HandObject[], options: Partial<LinkOptions> = {}): LinkResult {
  return linkObjects(
    objects.map((object, i) => input(`${i}.o`, object)),
    options,
  );
}

/** The module that they link to; the test fails if there is none. */
export function moduleOf(objects: readonly HandObject[], options: Partial<LinkOptions> = {}): WebAssembly.Module {
  return new WebAssembly.Module(expectLinked(link(objects, options)).bytes);
}

/** Contents of its custom sections of that name. */
export function section(module: WebAssembly.Module, name: string): Uint8Array[] {
  return WebAssembly.Module.customSections(module, name).map((buffer) => new Uint8Array(buffer));
}
