/**
 * The linker by its command line, with the runtime library of the compiler behind the other inputs.
 */
import type { LinkHost, LinkOutcome } from '../link/link-command.ts';
import { runLinkCommand } from '../link/link-command.ts';
import { inLayer } from '../support/layer-mark.ts';
import { runtimeLibrary } from './runtime-library.ts';

export type { LinkOutcome };

/** What a run may ask of the world, and whether the runtime library takes part. */
export interface LinkerHost extends Omit<LinkHost, 'intrinsics'> {
  readonly runtime: boolean;
}

/** Runs the linker with the arguments behind its name. Prints and writes nothing. */
export function runLinker(args: readonly string[], { runtime, ...host }: LinkerHost): LinkOutcome {
  const intrinsics: LinkHost['intrinsics'] = (is64) => runtimeLibrary(is64 ? 64 : 32);
  return inLayer('linker', () => runLinkCommand(args, runtime ? { ...host, intrinsics } : host));
}
