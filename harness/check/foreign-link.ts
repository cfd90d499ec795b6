/**
 * The link of an object that another compiler writes, as every linker gets it: for a report to the makers of a linker.
 */
import type { BuildJob, CommandAbility, LinkableAbility } from '../backend/door.ts';
import { LIBRARY, LINK_WORDS } from '../backend/process/link-together.ts';
import type { ForeignLink } from '../linker/foreign-linker.ts';
import { runtimeArchive } from '../linker/runtime-archive.ts';
import { runtimeFor } from './plan-link.ts';

/**
 * The link of the program of `job`, with what it needs of the library `runtime` where the compiler brings none; null where an object does
 * not compile.
 */
export async function foreignLink(
  job: BuildJob,
  linkable: LinkableAbility,
  { runtime }: Pick<CommandAbility, 'runtime'>,
): Promise<ForeignLink | null> {
  const links: ReadonlyMap<string, Uint8Array>[] = [];
  const keep = (files: ReadonlyMap<string, Uint8Array>): { readonly kind: 'unsupported'; readonly what: string } => {
    links.push(files);
    return { kind: 'unsupported', what: 'nothing is linked' };
  };
  await linkable.link([job], [keep]);
  const objects = links.at(-1);
  if (objects === undefined) return null;
  const files = new Map(objects);
  if (!files.has(LIBRARY)) {
    const inputs = [...files].map(([name, bytes]) => ({ name, bytes }));
    const library = runtimeFor(inputs, (names) => runtime?.(32, names) ?? []);
    if (library.length > 0) files.set('runtime.a', runtimeArchive(library));
  }
  return { files, options: LINK_WORDS, ptrBits: 32, variablesOf: null };
}
