#!/usr/bin/env node
/**
 * The linker under the name of wasm-ld: a link to this file called `wasm-ld` is what `clang -fuse-ld=`, `rustc -C linker=` and
 * build systems can call. All behaviour is in harness/cli/wasm-ld.ts.
 */
import { createRequire } from 'node:module';

const { isBuilt, start } = createRequire(import.meta.url)('./start.cjs');

if (isBuilt('wasm-ld')) {
  start('wasm-ld');
} else {
  process.stderr.write('wasm-ld: error: not built yet; run npm ci (or npm run build) first\n');
  process.exitCode = 1;
}
