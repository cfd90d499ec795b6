/**
 * A C compiler as a command for the harness: clang, which the package @yowasp/clang brings as WebAssembly.
 *
 *   node examples/clang-c/cc.mjs SOURCE MODULE [options of clang]
 *
 * docs/your-back-end.md says how to use it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { runClang } from '@yowasp/clang';

const [source, module, ...options] = process.argv.slice(2);
const name = basename(source);
const words = ['clang', ...options, '-w', '-nostartfiles', '-Wl,--no-entry', name, '-o', 'module.wasm'];
// Where the package says how far it has come, nobody reads it.
await runClang(null, {}, { fetchProgress: () => undefined });
try {
  const files = await runClang(words, { [name]: readFileSync(source) }, { stderr: say });
  writeFileSync(module, files['module.wasm']);
} catch (error) {
  // What clang ends with: its messages are on stderr already.
  if (typeof error.code !== 'number') throw error;
  process.exitCode = error.code;
}

/** Passes on what clang says; null is its end. */
function say(bytes) {
  if (bytes !== null) process.stderr.write(bytes);
}
