/**
 * LLVM's own tests of wasm-ld with this linker, where LLVM 19 is installed and LLD_TESTS names the folder of the tests
 * (docs/linker.md says where they come from); otherwise skipped, with what is missing in the name.
 */
import { expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findTools, TOOLS } from '../../../bench/conformance/tools.ts';
import { ROOT } from '../../harness/cli/run-harness.ts';

const folder = process.env['LLD_TESTS'];
const tools = findTools(19, null);
const missing: string[] = [...TOOLS, 'wasm-ld'].filter((tool) => !tools.has(tool));
if (folder === undefined || !existsSync(folder)) missing.push("LLVM's tests (LLD_TESTS)");
const why = missing.length === 0 ? '' : ` (skipped: not installed: ${missing.join(', ')})`;

(missing.length === 0 ? test : test.skip)(`no test of wasm-ld is wrong, and 95 pass as they stand${why}`, () => {
  const args = [join(ROOT, 'dist/bench/conformance.js'), '--ours', '--json'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 2 ** 26 });
  const amiss = stderr.split('\n').filter((line) => /^(wrong|stale) /.test(line));
  expect([status, amiss]).toEqual([0, []]);
  const { pass } = JSON.parse(stdout) as { readonly pass: number };
  expect(pass).toBeGreaterThanOrEqual(95);
});

test('what is missing is named, and ends the run with 3', () => {
  const args = [join(ROOT, 'dist/bench/conformance.js'), '--tests', join(ROOT, 'corpus'), '--tools', ROOT];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(status).toBe(3);
  expect(stderr).toMatch(/^conformance: not installed: FileCheck, .*, wasm-ld, LLVM's tests \(.*corpus holds none\)$/m);
});
