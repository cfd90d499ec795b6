/**
 * The door to back ends is open: the example of docs/your-back-end.md, outside of this tree and imported by the name of the package,
 * is fuzzed in workers, its mistake is found, minimised, replayed, explained and reduced.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { harness, makeFolder, ROOT } from '../../../harness/cli/run-harness.ts';

const folder = makeFolder();
afterAll(() => folder.remove());

const cwd = folder.path;
const BACKEND = ['--backend', 'example.mjs'];

interface Bucket {
  readonly id: string;
  readonly caseFile: string;
  readonly instructions: number;
  readonly seed: string;
}

interface Summary {
  readonly cases: number;
  readonly seconds: number;
  readonly casesPerSecond: number;
  readonly engineShare: number;
  readonly incomparable: Readonly<Record<string, number>>;
  readonly checks: Readonly<Record<string, { readonly ran: number; readonly failed: number }>>;
  readonly buckets: readonly Bucket[];
}

function jsonOf<T>(stdout: string): T {
  return JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as T;
}

async function campaign(jobs: number): Promise<{ readonly code: number | null; readonly summary: Summary }> {
  const budget = ['--seed', '1', '--runs', '90', '--jobs', String(jobs), '--out', `run${jobs}`];
  const { code, stdout } = await harness(cwd, 'fuzz', ...BACKEND, ...budget, '--json');
  return { code, summary: jsonOf<Summary>(stdout) };
}

let found: Awaited<ReturnType<typeof campaign>>;

beforeAll(async () => {
  const manual = readFileSync(join(ROOT, 'docs', 'your-back-end.md'), 'utf8');
  writeFileSync(join(cwd, 'example.mjs'), /```js\n([\s\S]*?)```/.exec(manual)![1]!);
  mkdirSync(join(cwd, 'node_modules'));
  symlinkSync(ROOT, join(cwd, 'node_modules', 'wasm-backend-harness'), 'dir');
  found = await campaign(2);
});

describe('a back end from outside', () => {
  test('is fuzzed in batches, and its mistake is the only one that is found', () => {
    const { code, summary } = found;
    expect(code).toBe(1);
    expect(summary.cases).toBe(90);
    expect(summary.buckets.length).toBeGreaterThan(0);
    for (const { id, instructions, caseFile } of summary.buckets) {
      expect(id).toBe('codegen/run/xor');
      expect(instructions).toBeLessThanOrEqual(12);
      expect(readFileSync(join(cwd, caseFile), 'utf8')).toContain(' = xor ');
    }
  });

  test('runs the checks that it can have, and counts what it does not support', () => {
    const { checks, incomparable } = found.summary;
    expect(Object.keys(checks)).toEqual(['validate', 'interp-exe', 'determinism', 'roundtrip', 'wabt']);
    expect(incomparable['unsupported:popcount']).toBeGreaterThan(0);
  });

  test('gives the same for another number of jobs', async () => {
    const timeless = (summary: Summary): object => ({ ...summary, seconds: 0, casesPerSecond: 0, engineShare: 0 });
    const again = await campaign(1);
    expect(timeless(again.summary)).toEqual(timeless(found.summary));
  });

  test('gets no instruction that it does not support', async () => {
    for (const { seed } of found.summary.buckets) {
      const { stdout } = await harness(cwd, 'repro', seed, ...BACKEND);
      expect(stdout).not.toContain('mul_wrap');
    }
  });

  test('stores its own settings in the minimised case, which core cannot read', async () => {
    const { caseFile } = found.summary.buckets[0]!;
    expect(readFileSync(join(cwd, caseFile), 'utf8')).toContain('--mode=fast');
    const asCore = await harness(cwd, 'repro', caseFile);
    expect(asCore.code).toBe(2);
    expect(asCore.stderr).toContain("unknown option or bad value '--mode=fast'");
  });

  test('is explained down to the instruction', async () => {
    const { id, caseFile } = found.summary.buckets[0]!;
    const { code, stdout } = await harness(cwd, 'repro', caseFile, ...BACKEND, '--explain', '--json');
    expect(code).toBe(1);
    const { buckets, explanations } = jsonOf<{
      readonly buckets: readonly { readonly id: string }[];
      readonly explanations: readonly {
        readonly way: string;
        readonly instruction: { readonly text: string } | null;
      }[];
    }>(stdout);
    expect(buckets.map((bucket) => bucket.id)).toContain(id);
    expect(explanations[0]).toMatchObject({ way: 'executable' });
    expect(explanations[0]!.instruction!.text).toContain(' xor ');
  });

  test('is reduced by the command', async () => {
    const { seed } = found.summary.buckets[0]!;
    const { code, stdout } = await harness(cwd, 'reduce', seed, ...BACKEND, '-o', 'small.air');
    expect(code).toBe(1);
    expect(stdout).toContain('1-minimal');
    expect(readFileSync(join(cwd, 'small.air'), 'utf8')).toContain(' = xor ');
  });

  test('runs a file', async () => {
    writeFileSync(join(cwd, 'one.air'), 'export fn @f() u32 {\n  %0 = xor u32 5, u32 3\n  ret %0\n}\n;! run @f()\n');
    expect((await harness(cwd, 'run', 'one.air', ...BACKEND)).code).toBe(0);
    writeFileSync(join(cwd, 'two.air'), `;! link --mode=fast\n${readFileSync(join(cwd, 'one.air'), 'utf8')}`);
    const fast = await harness(cwd, 'run', 'two.air', ...BACKEND);
    expect(fast.code).toBe(1);
    expect(fast.stdout).toContain('returns 7');
  });
});

describe('a module that is no back end', () => {
  test.each([
    ['export const other = 1;', "exports no 'backend'"],
    ["export const backend = { name: 'x' };", "settings without 'stored'"],
    ['export const backend = {};', 'has no name'],
  ])('%s', async (text, message) => {
    writeFileSync(join(cwd, 'wrong.mjs'), text);
    const { code, stderr } = await harness(cwd, 'fuzz', '--backend', 'wrong.mjs', '--runs', '1');
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});
