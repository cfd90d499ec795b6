/**
 * Compiles many programs into two objects, has each of several linkers link them, and takes the modules apart again.
 *
 * A program that can be cut has a half in each, the others are whole in the first.
 *
 * An object of a program that is the same in every link goes first, so that no number and no address of a program is the same
 * in its object and in the module, whether it is linked alone or with others. Who is at fault where a link fails is found as where a compile does.
 */
import type { Unit } from '../../../core/index.ts';
import { parseUnit } from '../../../core/index.ts';
import type { Answer, LinkFiles } from '../door.ts';
import type { Compiled, Toolchain } from './compile-together.ts';
import { compileOnce, compileTogether, programPrefix } from './compile-together.ts';

/** A toolchain whose command writes an object. */
export interface ObjectToolchain extends Omit<Toolchain, 'link' | 'compiled'> {
  /** The run-time library of the compiler, an object. Absent: a linker has what programs need. */
  readonly runtime?: Uint8Array;
}

/** A function, one that it calls through the table, a variable and text: an entry in every section that a linker writes. */
const NEIGHBOUR = `var @count: u32 = 3
export fn @f(u32) u32 {
  %0 = arg u32 0
  %1 = load u32 *u32 &@count
  %2 = add_wrap %1, %0
  store *u32 &@count, %2
  %3 = call @g(%2)
  ret %3
}
fn @g(u32) u32 {
  %0 = arg u32 0
  %1 = mul_wrap %0, u32 3
  ret %1
}
`;

/** Path of the run-time library of the compiler. No other goes with it: compilers pass some types in other ways. */
export const LIBRARY = 'library.o';

/** Path of the object that goes first. */
const NEIGHBOUR_PATH = 'neighbour.o';

/** Paths of the objects of the programs: whole ones and first halves, second halves. */
const PROGRAMS = ['programs.o', 'halves.o'] as const;

/** Words of wasm-ld for such a link. */
export const LINK_WORDS: readonly string[] = ['--no-entry', '--export-dynamic', '-z', 'stack-size=65536'];

/** Its number among the tables of addresses: that of no other program. */
const NUMBER = 1_000_000;

/** For each of `linkers` one answer for each of `units`. At most `most` go into one file. */
export async function linkTogether(
  units: readonly Unit[],
  toolchain: ObjectToolchain,
  linkers: readonly LinkFiles[],
  most = Infinity,
): Promise<readonly (readonly Answer[])[]> {
  const compiled = new Map<string, Compiled>();
  const neighbour = await compileNeighbour(toolchain);
  const { runtime } = toolchain;
  const runtimeFiles = runtime === undefined ? [] : [[LIBRARY, runtime] as const];
  const answers: (readonly Answer[])[] = [];
  const named = (object: Uint8Array, n: number): [string, Uint8Array] => [PROGRAMS[n]!, object];
  for (const linker of linkers) {
    const link = (objects: readonly Uint8Array[]): Answer =>
      linker(new Map([...neighbour, ...objects.map(named), ...runtimeFiles]));
    answers.push(await compileTogether(units, { ...toolchain, compiled, link }, most));
  }
  return answers;
}

/** Begins the names of a program that is linked alone. */
export const ALONE_PREFIX = programPrefix(0);

/** The sources of the objects of a link of `unit` alone, by path of the object, in their order. Throws NotPrintable. */
export function linkSources(
  unit: Unit,
  { prelude, print, cut }: Pick<Toolchain, 'prelude' | 'print' | 'cut'>,
): ReadonlyMap<string, string> {
  return new Map([
    [NEIGHBOUR_PATH, `${prelude}${printNeighbour(print)}`],
    ...(cut?.(unit) ?? [null]).map((half, n): [string, string] => [
      PROGRAMS[n]!,
      `${prelude}${print(unit, ALONE_PREFIX, 0, half)}`,
    ]),
  ]);
}

/** The object that goes first, by path; none where it does not compile. */
async function compileNeighbour(toolchain: ObjectToolchain): Promise<ReadonlyMap<string, Uint8Array>> {
  const { output } = await compileOnce([printNeighbour(toolchain.print)], toolchain);
  return new Map(output === null ? [] : [[NEIGHBOUR_PATH, output]]);
}

function printNeighbour(print: Toolchain['print']): string {
  const parsed = parseUnit(NEIGHBOUR);
  if (!parsed.ok) throw new Error(parsed.diagnostics[0]!.message);
  return print(parsed.unit, 'neighbour_', NUMBER, null);
}
