/**
 * Compiles corpus/clang/ into harness/topology/clang-objects.ts: `node scripts/make-clang-objects.mjs` (after a build).
 *
 * The objects are kept, so that what a seed generates does not depend on whether the optional package is installed.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileStock } from '../dist/harness/topology/compile-stock.js';
import { loadLlvm } from '../dist/harness/external/llvm.js';

const folder = join(import.meta.dirname, '../corpus/clang');
const llvm = await loadLlvm();
if (llvm === null) throw new Error('the optional package @yowasp/clang is not installed');
const sources = Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
const rows = [...compileStock(llvm, sources)].map(([name, bytes]) => {
  return `  '${name}':\n    '${Buffer.from(bytes).toString('base64')}',\n`;
});
writeFileSync(
  join(import.meta.dirname, '../harness/topology/clang-objects.ts'),
  `/**
 * Objects of clang for the gadget \`clang\`, as base64: made from corpus/clang/ by scripts/make-clang-objects.mjs.
 *
 * They are kept, so that what a seed generates does not depend on whether the optional package is installed. A test
 * compiles them again.
 */

/** Bytes by name. */
export const CLANG_OBJECTS: Readonly<Record<string, string>> = {
${rows.join('')}};
`,
);
