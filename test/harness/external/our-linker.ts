/** Our linker in the shape in which tests take any linker: wasm-ld's option names, inputs in memory. */
import { runLinkCommand } from '../../../core/link/link-command.ts';
import type { Linker } from '../../../harness/external/c-program.ts';

/** Links in this process; `prepare` may change the arguments. */
export const ourLinker: Linker = (inputs, args) => {
  const files = new Map(inputs.map(({ name, bytes }) => [name, bytes]));
  const {
    exitCode,
    files: written,
    stderr,
  } = runLinkCommand([...args, ...files.keys()], {
    read: (path) => files.get(path) ?? null,
  });
  return { exitCode, stderr: stderr.join('\n'), module: written[0]?.bytes ?? null };
};
