/**
 * Compiles many programs with one run of a Zig compiler, and takes the module apart again.
 *
 * Owns the file that holds them, and who is at fault where it does not compile: an error names a line, and so a program; at a
 * crash the batch is halved until the program stands alone. Invariant: the answer to a program does not depend on its neighbours,
 * but for addresses.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Unit } from '../../../core/index.ts';
import { abiSize, isFunctionNav } from '../../../core/index.ts';
import { HarnessError } from '../../model/failure.ts';
import { messageOf } from '../../model/files.ts';
import { printed } from '../../source/not-printable.ts';
import { printZig, ZIG_PRELUDE } from '../../source/zig/print-zig.ts';
import { listedNavs, printAddressTable } from '../../source/zig/zig-addresses.ts';
import { BatchModule } from '../../wasm/split-module.ts';
import type { Answer } from '../door.ts';
import { answerToCrash, answerToError, errorsIn } from './diagnose.ts';
import { readAddressTables } from './read-addresses.ts';
import type { RunEnd, RunLimits } from '../process/run-compiler.ts';
import { runCompiler } from '../process/run-compiler.ts';
import { makeScratchFolder } from '../process/scratch.ts';

/** A compiler command, without the source and the output. */
export interface Compiler {
  readonly command: readonly string[];
  /** Variables of its environment, its cache among them. */
  readonly environment: Readonly<Record<string, string>>;
  readonly limits: RunLimits;
}

/** A program that has a source. `n`: its place in the answers. */
interface Program {
  readonly n: number;
  readonly unit: Unit;
  readonly prefix: string;
  readonly text: string;
}

const SOURCE = 'batch.zig';
const MODULE = 'batch.wasm';

/** One answer for each of `units`, in order. */
export async function compileBatch(units: readonly Unit[], compiler: Compiler): Promise<readonly Answer[]> {
  const answers = new Map<number, Answer>();
  const programs: Program[] = [];
  units.forEach((unit, n) => {
    const prefix = `p${n}_`;
    const source = printed(() => `${printZig(unit, prefix, prefix)}${printAddressTable(unit, prefix, n)}`);
    if (source.kind === 'unsupported') answers.set(n, { kind: 'unsupported', what: source.reason });
    else programs.push({ n, unit, prefix, text: source.value });
  });
  for (const part of byData(programs)) await compileAll(part, compiler, answers);
  return units.map((_, n) => answers.get(n)!);
}

/** Bytes of data of one module: Zig's own code generator gets addresses from 1 MiB on wrong, which would show everywhere. */
const MOST_DATA = 600_000;

/** `programs` in parts that have little data each; in order. */
function byData(programs: readonly Program[]): readonly (readonly Program[])[] {
  const parts: Program[][] = [];
  let left = 0;
  for (const program of programs) {
    const { pool, navs } = program.unit;
    const bytes = navs.reduce((sum, nav) => sum + (isFunctionNav(nav) ? 0 : abiSize(pool, nav.ty)), 0);
    if (parts.length === 0 || left < bytes) {
      parts.push([]);
      left = MOST_DATA;
    }
    parts.at(-1)!.push(program);
    left -= bytes;
  }
  return parts;
}

async function compileAll(
  programs: readonly Program[],
  compiler: Compiler,
  answers: Map<number, Answer>,
): Promise<void> {
  if (programs.length === 0) return;
  const { end, module, lines } = await compileOnce(programs, compiler);
  if (end.kind === 'missing') throw new HarnessError(`${compiler.command[0]} does not start: ${end.message}`);
  if (end.kind === 'exited' && end.code === 0 && module !== null) {
    return takeApart(programs, module, compiler, answers);
  }
  const stderr = 'stderr' in end ? end.stderr : '';
  const guilty = new Map<Program, string>();
  for (const { line, message } of end.kind === 'exited' ? errorsIn(stderr, SOURCE) : []) {
    const program = programs.find((_, n) => line >= lines[n]! && line < lines[n + 1]!);
    if (program !== undefined && !guilty.has(program)) guilty.set(program, message);
  }
  if (guilty.size > 0) {
    for (const [{ n }, message] of guilty) answers.set(n, answerToError(message));
    return compileAll(
      programs.filter((program) => !guilty.has(program)),
      compiler,
      answers,
    );
  }
  if (programs.length > 1) return compileHalves(programs, compiler, answers);
  answers.set(programs[0]!.n, answerAlone(end, compiler));
}

async function compileHalves(
  programs: readonly Program[],
  compiler: Compiler,
  answers: Map<number, Answer>,
): Promise<void> {
  const middle = programs.length >> 1;
  await compileAll(programs.slice(0, middle), compiler, answers);
  await compileAll(programs.slice(middle), compiler, answers);
}

/** The answer to a program that was compiled alone and gave no module. */
function answerAlone(end: Exclude<RunEnd, { kind: 'missing' }>, { limits }: Compiler): Answer {
  switch (end.kind) {
    case 'exited': {
      const error = /\berror: (.*)/.exec(end.stderr)?.[1];
      if (error !== undefined && !end.stderr.includes('panic: ')) return answerToError(error);
      return answerToCrash(null, end.stderr);
    }
    case 'signal':
      return answerToCrash(end.signal, end.stderr);
    case 'processor-time':
      return { kind: 'crashed', message: 'it does not end', text: `it did not end in ${limits.processor} s of work` };
    case 'killed':
      return { kind: 'unsupported', what: `compiler ended from outside: ${end.why}` };
  }
}

async function takeApart(
  programs: readonly Program[],
  module: Uint8Array,
  compiler: Compiler,
  answers: Map<number, Answer>,
): Promise<void> {
  let batch: BatchModule | null = null;
  let tables: ReadonlyMap<number, readonly number[]> = new Map();
  try {
    batch = new BatchModule(module);
    tables = readAddressTables(module);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  for (const program of programs) {
    const bytes = batch === null ? null : programOf(batch, program, tables.get(program.n) ?? []);
    if (bytes !== null) answers.set(program.n, { kind: 'built', bytes });
    else if (programs.length > 1) await compileAll([program], compiler, answers);
    // What cannot be read is the module that the engine gets, and it will say why.
    else answers.set(program.n, { kind: 'built', bytes: module });
  }
}

function programOf(batch: BatchModule, { unit, prefix }: Program, addresses: readonly number[]): Uint8Array | null {
  const byName = new Map<string, number>();
  listedNavs(unit).forEach((nav, n) => {
    for (const { name, visibility } of unit.navs[nav]!.exports) {
      if (visibility === 'default' && addresses[n] !== undefined) byName.set(name, addresses[n]);
    }
  });
  try {
    return batch.program(prefix, byName);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Compiles `programs` in a folder of its own. `lines`: first line of each in the file, and the line behind the last. */
async function compileOnce(
  programs: readonly Program[],
  { command, environment, limits }: Compiler,
): Promise<{ readonly end: RunEnd; readonly module: Uint8Array | null; readonly lines: readonly number[] }> {
  let folder: string;
  try {
    folder = makeScratchFolder();
  } catch (error) {
    throw new HarnessError(`no folder for a compiler can be made: ${messageOf(error)}`);
  }
  try {
    let line = ZIG_PRELUDE.split('\n').length;
    const lines = programs.map(({ text }) => {
      const first = line;
      line += text.split('\n').length - 1;
      return first;
    });
    writeFileSync(join(folder, SOURCE), `${ZIG_PRELUDE}${programs.map(({ text }) => text).join('')}`);
    const words = [...command, SOURCE, `-femit-bin=${MODULE}`];
    const own = { ZIG_LOCAL_CACHE_DIR: join(folder, 'cache') };
    const end = await runCompiler(words, folder, { ...environment, ...own }, limits);
    const isBuilt = end.kind === 'exited' && end.code === 0;
    return { end, module: isBuilt ? readModule(join(folder, MODULE)) : null, lines: [...lines, line] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readModule(file: string): Uint8Array | null {
  try {
    return readFileSync(file);
  } catch {
    return null;
  }
}
