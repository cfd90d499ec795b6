/**
 * The linker by its command line, for a process that does nothing else: the compiler is loaded only if it has to make a part of
 * the runtime library.
 *
 * Owns the order: a link without the library, which remembers what was asked of it, and a second link only if something was. The
 * result is that of run-linker.ts.
 */
import type { LinkHost, LinkOutcome } from '../link/link-command.ts';
import { runLinkCommand } from '../link/link-command.ts';
import { INTRINSICS } from '../mir/intrinsics.ts';
import { inLayer } from '../support/layer-mark.ts';
import type { LinkerHost } from './run-linker.ts';

/** All that the library can define is in the table. */
const LIBRARY_NAMES: ReadonlySet<string> = new Set(INTRINSICS.map(({ name }) => name));

/** Runs the linker with the arguments behind its name. Prints and writes nothing. */
export async function runLinkerLate(args: readonly string[], { runtime, ...host }: LinkerHost): Promise<LinkOutcome> {
  let wantsLibrary = false;
  const find = (name: string): null => {
    wantsLibrary ||= LIBRARY_NAMES.has(name);
    return null;
  };
  const intrinsics: LinkHost['intrinsics'] = () => ({ find });
  const outcome = inLayer('linker', () => runLinkCommand(args, runtime ? { ...host, intrinsics } : host));
  if (!wantsLibrary) return outcome;
  const { runLinker } = await import('./run-linker.ts');
  return runLinker(args, { ...host, runtime });
}
