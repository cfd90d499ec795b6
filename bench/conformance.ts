/**
 * `npm run conformance`: LLVM's own tests of wasm-ld, run with wasm-ld and with `harness link`, and a table of what came of them.
 *
 * The tests and the tools come from the distribution (docs/linker.md says how); nothing of theirs is in the repository. wasm-ld
 * runs first, to prove the runner: a test that it does not pass proves nothing and is left out. Exit code: 0 nothing wrong,
 * 1 a test is wrong or a reason is out of date, 2 wrong usage, 3 something is not installed.
 */
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { scriptOf, toolsOf } from './conformance/lit.ts';
import type { Reason } from './conformance/reasons.ts';
import { REASONS } from './conformance/reasons.ts';
import type { TestResult } from './conformance/run-tests.ts';
import { listTests, runTests } from './conformance/run-tests.ts';
import { findTools, TOOLS } from './conformance/tools.ts';

/** A release whose wasm-ld, tools and tests distributions have in one piece. */
const LLVM_VERSION = 19;

const USAGE = `usage: npm run conformance -- [options] [name of a test...]
  --tests DIR   the folder lld/test/wasm of LLVM's sources (or the variable LLD_TESTS)
  --tools DIR   the folder of LLVM's tools (otherwise /usr/lib/llvm-${LLVM_VERSION}/bin, then PATH)
  --ours        leave out the run with wasm-ld
  --jobs N      tests at a time
  --show        print what each test that does not pass said
  --json        the last line is one JSON object
`;

async function main(): Promise<number> {
  let line;
  try {
    line = parseArgs({
      allowPositionals: true,
      options: {
        tests: { type: 'string' },
        tools: { type: 'string' },
        ours: { type: 'boolean', default: false },
        jobs: { type: 'string' },
        show: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    process.stderr.write(`conformance: ${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
    return 2;
  }
  const { values, positionals } = line;
  const tests = values.tests ?? process.env['LLD_TESTS'];
  const tools = findTools(LLVM_VERSION, values.tools ?? null);
  const missing = missingOf(tests, tools);
  if (missing.length > 0 || tests === undefined) {
    process.stderr.write(`conformance: not installed: ${missing.join(', ')}\n${USAGE}`);
    return 3;
  }
  const folder = resolve(tests);
  const all = listTests(folder);
  const unknown = positionals.filter((name) => !all.includes(name));
  if (unknown.length > 0) {
    process.stderr.write(`conformance: no such test: ${unknown.join(', ')}\n`);
    return 2;
  }
  const names = positionals.length > 0 ? positionals : all;
  const jobs = Math.max(1, Number(values.jobs ?? availableParallelism()) || 1);
  const run = { tests: folder, names, tools, jobs };
  const theirs = values.ours ? null : await runTests({ ...run, linker: [tools.get('wasm-ld')!] });
  const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
  // The tests are those of a release that puts data first; wasm-ld of later ones and this linker put the stack first.
  const linker = [process.execPath, join(root, 'bin/wasm-ld.mjs'), '--no-stack-first'] as const;
  const ours = await runTests({ ...run, linker });
  const rows = ours.map((mine, i) => judge(mine, theirs?.[i] ?? null));
  return report(rows, values.show, values.json);
}

/** What a run cannot do without and this machine does not have. */
function missingOf(tests: string | undefined, tools: ReadonlyMap<string, string>): string[] {
  const missing: string[] = TOOLS.filter((tool) => !tools.has(tool));
  if (!tools.has('wasm-ld')) missing.push('wasm-ld');
  if (tests === undefined) missing.push("LLVM's tests (--tests DIR)");
  else if (!existsSync(tests)) missing.push(`LLVM's tests (${tests} is not there)`);
  else if (
    toolsOf(
      listTests(tests)
        .map((name) => scriptOf(readFileSync(join(tests, name), 'latin1'), '', ''))
        .join('\n'),
      TOOLS,
    ).length === 0
  ) {
    missing.push(`LLVM's tests (${tests} holds none)`);
  }
  return missing;
}

type Verdict = 'pass' | 'order' | 'wording' | 'other' | 'scope' | 'wrong' | 'stale' | 'unproven';

interface Row {
  readonly name: string;
  readonly verdict: Verdict;
  readonly why: string;
  readonly said: string;
}

function judge({ name, passed, said }: TestResult, theirs: TestResult | null): Row {
  const reason: Reason | undefined = Object.hasOwn(REASONS, name) ? REASONS[name] : undefined;
  if (theirs !== null && !theirs.passed) {
    return { name, verdict: 'unproven', why: 'wasm-ld does not pass it here', said: theirs.said };
  }
  if (passed) {
    if (reason === undefined) return { name, verdict: 'pass', why: '', said };
    return { name, verdict: 'stale', why: `passes, and is listed with the reason: ${reason.why}`, said };
  }
  if (reason === undefined) return { name, verdict: 'wrong', why: '', said };
  return { name, verdict: reason.kind, why: reason.why, said };
}

const VERDICTS: Readonly<Record<Verdict, string>> = {
  pass: 'pass as they stand',
  order: 'differ in order',
  wording: 'differ in wording',
  other: 'as later releases, or more is accepted',
  scope: 'out of scope',
  wrong: 'wrong',
  stale: 'pass, but are listed as different',
  unproven: 'not passed by wasm-ld itself',
};

function report(rows: readonly Row[], show: boolean, json: boolean): number {
  const print = (text: string): void => void (json ? process.stderr : process.stdout).write(`${text}\n`);
  const counts = Object.fromEntries(
    Object.keys(VERDICTS).map((verdict) => [verdict, rows.filter((row) => row.verdict === verdict).length]),
  ) as Record<Verdict, number>;
  for (const { name, verdict, why, said } of rows) {
    if (verdict === 'pass') continue;
    print(`${verdict.padEnd(9)} ${name}${why === '' ? '' : `: ${why}`}`);
    if (show) print(said.replace(/^/gm, '    '));
  }
  print('');
  for (const [verdict, text] of Object.entries(VERDICTS)) {
    print(`${String(counts[verdict as Verdict]).padStart(5)}  ${text}`);
  }
  print(`${String(rows.length).padStart(5)}  tests`);
  if (json) {
    const tests = Object.fromEntries(rows.map(({ name, verdict, why }) => [name, { verdict, why }]));
    process.stdout.write(`${JSON.stringify({ schema: 1, ...counts, tests })}\n`);
  }
  return counts.wrong + counts.stale > 0 ? 1 : 0;
}

process.exitCode = await main();
