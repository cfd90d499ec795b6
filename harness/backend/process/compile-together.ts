/**
 * Compiles many programs with one run of a compiler, and takes the module apart again.
 *
 * Owns the file that holds them, and who is at fault where it does not compile: an error names a line, and so a program; at a
 * crash the batch is halved until the program stands alone. Knows no language and no compiler: a {@link Toolchain} does.
 * A toolchain that cuts programs has two files: the second holds the second halves of those that have some.
 * Invariant: the answer to a program does not depend on its neighbours, but for addresses.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Unit } from '../../../core/index.ts';
import { HarnessError } from '../../model/failure.ts';
import { messageOf } from '../../model/files.ts';
import { printed } from '../../source/not-printable.ts';
import { listedIn, listedNavs, tableNumber } from '../../source/address-table.ts';
import type { Half } from '../../source/cut-program.ts';
import { BatchModule } from '../../wasm/split-module.ts';
import type { Answer } from '../door.ts';
import { batches, isLarge } from './batches.ts';
import { readAddressTables } from './read-addresses.ts';
import type { RunEnd, RunLimits } from './run-compiler.ts';
import { runCompiler } from './run-compiler.ts';
import { makeScratchFolder } from './scratch.ts';

/** How a run ended that started. */
export type StartedEnd = Exclude<RunEnd, { kind: 'missing' }>;

/** A language, and a compiler of it. */
export interface Toolchain {
  /** Name of the file that holds the source: `batch.zig`. */
  readonly file: string;
  /** What a source begins with; ends with a line break. */
  readonly prelude: string;
  /**
   * Declarations of program `n`, or of a half of it, with the table of its addresses; names begin with `prefix`. Ends with a line
   * break. Throws NotPrintable.
   */
  readonly print: (unit: Unit, prefix: string, n: number, half: Half | null) => string;
  /** The halves of a program that are compiled apart; null: it has none. Absent: programs are whole. */
  readonly cut?: (unit: Unit) => readonly [Half, Half] | null;
  /** The command that compiles the file `source` into the file `module` (an object, where `link` is), both absolute. */
  readonly words: (source: string, module: string) => readonly string[];
  /** Folder that the command runs in; `scratch` is that of the run. */
  readonly folder: (scratch: string) => string;
  readonly environment: (scratch: string) => Readonly<Record<string, string>>;
  readonly limits: RunLimits;
  /** Makes the module of the objects that the command has written, one for each file. Absent: what it has written is the module. */
  readonly link?: (objects: readonly Uint8Array[]) => Answer;
  /** Compiles that were done, by source: who links the same programs several times compiles them once. */
  readonly compiled?: Map<string, Compiled>;
  /** What a function of `unit` is called whose name in the module is `text` behind the prefix. Absent: modules tell no names. */
  readonly functionName?: (unit: Unit, text: string) => string | null;
  /** The answer to a program in which an error lies that has a line. */
  toError(message: string, end: StartedEnd): Answer;
  /** The answer to a program that was compiled alone and gave no module; `large`: it may take a compiler minutes. */
  alone(end: StartedEnd, large: boolean): Answer;
}

/** What a command made of one file. */
export interface Compiled {
  readonly end: StartedEnd;
  /** What it has written; null where it failed. */
  readonly output: Uint8Array | null;
  /** First line of each program in the file, and the line behind the last. */
  readonly lines: readonly number[];
}

/** A program that has a source. `n`: its place in the answers. */
interface Program {
  readonly n: number;
  readonly unit: Unit;
  readonly prefix: string;
  readonly halves: readonly [Half, Half] | null;
  /** What stands in each file. */
  readonly texts: readonly string[];
}

/** One answer for each of `units`, in order. At most `most` go into one file. */
export async function compileTogether(
  units: readonly Unit[],
  toolchain: Toolchain,
  most = Infinity,
): Promise<readonly Answer[]> {
  const answers = new Map<number, Answer>();
  const programs: Program[] = [];
  units.forEach((unit, n) => {
    const prefix = programPrefix(n);
    const source = printed(() => {
      const halves = toolchain.cut?.(unit) ?? null;
      return { halves, texts: (halves ?? [null]).map((half) => toolchain.print(unit, prefix, n, half)) };
    });
    if (source.kind === 'unsupported') answers.set(n, { kind: 'unsupported', what: source.reason });
    else programs.push({ n, unit, prefix, ...source.value });
  });
  for (const part of batches(programs, most)) await compileAll(part, toolchain, answers);
  return units.map((_, n) => answers.get(n)!);
}

/** Begins the names of program `n` of a file. */
export function programPrefix(n: number): string {
  return `p${n}_`;
}

async function compileAll(
  programs: readonly Program[],
  toolchain: Toolchain,
  answers: Map<number, Answer>,
): Promise<void> {
  if (programs.length === 0) return;
  const outputs: Uint8Array[] = [];
  for (let at = 0; programs.some(({ texts }) => at < texts.length); at++) {
    const present = programs.filter(({ texts }) => at < texts.length);
    const made = await compileOnce(
      present.map(({ texts }) => texts[at]!),
      toolchain,
    );
    const { end, output } = made;
    if (end.kind !== 'exited' || end.code !== 0 || output === null) {
      return blame(programs, present, made, toolchain, answers);
    }
    outputs.push(output);
  }
  const module = toolchain.link?.(outputs) ?? { kind: 'built', bytes: outputs[0]! };
  if (module.kind === 'built') return takeApart(programs, module.bytes, toolchain, answers);
  if (programs.length > 1) return compileHalves(programs, toolchain, answers);
  answers.set(programs[0]!.n, module);
}

/** Finds who is at fault that the file of `present` did not compile, and compiles the others of `programs`. */
async function blame(
  programs: readonly Program[],
  present: readonly Program[],
  { end, lines }: Compiled,
  toolchain: Toolchain,
  answers: Map<number, Answer>,
): Promise<void> {
  const stderr = 'stderr' in end ? end.stderr : '';
  const guilty = new Map<Program, string>();
  for (const { line, message } of end.kind === 'exited' ? errorsIn(stderr, toolchain.file) : []) {
    const program = present.find((_, n) => line >= lines[n]! && line < lines[n + 1]!);
    if (program !== undefined && !guilty.has(program)) guilty.set(program, message);
  }
  if (guilty.size > 0) {
    for (const [{ n }, message] of guilty) answers.set(n, toolchain.toError(message, end));
    return compileAll(
      programs.filter((program) => !guilty.has(program)),
      toolchain,
      answers,
    );
  }
  if (programs.length > 1) return compileHalves(programs, toolchain, answers);
  answers.set(programs[0]!.n, toolchain.alone(end, isLarge(programs[0]!)));
}

/** An error in the source. */
interface SourceError {
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

/** The errors that `stderr` places in `file`, in order: `FILE:LINE:COLUMN: error: MESSAGE`, as Zig, clang and gcc write them. */
function errorsIn(stderr: string, file: string): readonly SourceError[] {
  const found: SourceError[] = [];
  for (const line of stderr.split('\n')) {
    const match = /^(.*?):(\d+):\d+: (?:fatal )?error: (.*)$/.exec(line);
    if (match?.[1]?.endsWith(file)) found.push({ line: Number(match[2]), message: match[3]! });
  }
  return found;
}

async function compileHalves(
  programs: readonly Program[],
  toolchain: Toolchain,
  answers: Map<number, Answer>,
): Promise<void> {
  const middle = programs.length >> 1;
  await compileAll(programs.slice(0, middle), toolchain, answers);
  await compileAll(programs.slice(middle), toolchain, answers);
}

async function takeApart(
  programs: readonly Program[],
  module: Uint8Array,
  toolchain: Toolchain,
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
    const bytes = batch === null ? null : programOf(batch, program, addressesOf(program, tables), toolchain);
    if (bytes !== null) answers.set(program.n, { kind: 'built', bytes });
    else if (programs.length > 1) await compileAll([program], toolchain, answers);
    // What cannot be read is the module that the engine gets, and it will say why.
    else answers.set(program.n, { kind: 'built', bytes: module });
  }
}

/** The addresses of the variables of a program, in the order of listedNavs, as far as tables have them. */
function addressesOf(
  { n, unit, halves }: Program,
  tables: ReadonlyMap<number, readonly number[]>,
): readonly (number | undefined)[] {
  if (halves === null) return tables.get(n) ?? [];
  const byNav = new Map<number, number | undefined>();
  for (const half of halves) {
    const addresses = tables.get(tableNumber(n, half)) ?? [];
    listedIn(unit, half).forEach((nav, at) => byNav.set(nav, addresses[at]));
  }
  return listedNavs(unit).map((nav) => byNav.get(nav));
}

/** The one program of `module`, printed with `prefix` and table 0; the module itself where it cannot be read. */
export function onlyProgram(module: Uint8Array, unit: Unit, prefix: string): Uint8Array {
  try {
    return programOf(new BatchModule(module), { unit, prefix }, readAddressTables(module).get(0) ?? []) ?? module;
  } catch (error) {
    if (error instanceof RangeError) return module;
    throw error;
  }
}

function programOf(
  batch: BatchModule,
  { unit, prefix }: Pick<Program, 'unit' | 'prefix'>,
  addresses: readonly (number | undefined)[],
  { functionName }: Pick<Toolchain, 'functionName'> = {},
): Uint8Array | null {
  const byName = new Map<string, number>();
  listedNavs(unit).forEach((nav, n) => {
    for (const { name, visibility } of unit.navs[nav]!.exports) {
      const address = addresses[n];
      if (visibility === 'default' && address !== undefined) byName.set(name, address);
    }
  });
  try {
    return batch.program(prefix, byName, (text) => functionName?.(unit, text) ?? null);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** How a linker says that an object is not there which the same compile has written: no source names one. */
const LOST_OBJECT = /cannot open \S+\.o: No such file or directory/;

/** Whether a run failed because files of its own are gone, `source` among them or not: no program does that. */
function hasLostFiles(end: StartedEnd, source: string): boolean {
  if (end.kind === 'exited' && end.code === 0) return false;
  return !existsSync(source) || ('stderr' in end && LOST_OBJECT.test(end.stderr));
}

/**
 * Compiles programs with the sources `texts` in a folder of its own, unless that was done. A run whose files are lost is done once more; where
 * they are lost again, it counts as ended from outside.
 */
export async function compileOnce(texts: readonly string[], toolchain: Toolchain): Promise<Compiled> {
  const { compiled } = toolchain;
  const body = texts.join('');
  const known = compiled?.get(body);
  if (known !== undefined) return known;
  const made =
    (await compileFile(texts, toolchain)) ??
    (await compileFile(texts, toolchain)) ??
    ({ end: { kind: 'killed', why: 'its files were lost' }, output: null, lines: [] } as const);
  compiled?.set(body, made);
  return made;
}

/** Null: its files were lost. */
function compileFile(
  texts: readonly string[],
  { file, prelude, words, folder, environment, limits }: Toolchain,
): Promise<Compiled | null> {
  return inScratch(async (scratch) => {
    let line = prelude.split('\n').length;
    const lines = texts.map((text) => {
      const first = line;
      line += text.split('\n').length - 1;
      return first;
    });
    const [source, output] = [join(scratch, file), join(scratch, 'batch.wasm')];
    writeFileSync(source, `${prelude}${texts.join('')}`);
    const end = await runStarted(words(source, output), folder(scratch), environment(scratch), limits);
    if (hasLostFiles(end, source)) return null;
    const isBuilt = end.kind === 'exited' && end.code === 0;
    return { end, output: isBuilt ? readModule(output) : null, lines: [...lines, line] };
  });
}

/** As {@link runCompiler}; that the command does not start is the environment's fault. */
export async function runStarted(
  words: readonly string[],
  folder: string,
  environment: Readonly<Record<string, string>>,
  limits: RunLimits,
): Promise<StartedEnd> {
  const end = await runCompiler(words, folder, environment, limits);
  if (end.kind === 'missing') throw new HarnessError(`${words[0]} does not start: ${end.message}`);
  return end;
}

/** Calls `body` with a folder that is gone afterwards. */
export async function inScratch<T>(body: (scratch: string) => Promise<T>): Promise<T> {
  let scratch: string;
  try {
    scratch = makeScratchFolder();
  } catch (error) {
    throw new HarnessError(`no folder for a compiler can be made: ${messageOf(error)}`);
  }
  try {
    return await body(scratch);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The file that a compiler says to have written; null where it has not. */
export function readModule(file: string): Uint8Array | null {
  try {
    // In memory of its own: what a Buffer of a small file lies in is shared.
    return new Uint8Array(readFileSync(file));
  } catch {
    return null;
  }
}
