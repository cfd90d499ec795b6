/**
 * Whether debug information is true to the module: an entry for each function of the unit with the range of its body and its
 * name, and rows of the line table that are statements of the program and begin at instructions.
 *
 * Judged from the bytes and from the statements of the program. Knows no linker. What an object says of a function that the link
 * has dropped stays, at an address that no code has (tool conventions, Linking.md); so it may be there of no other function.
 */
import { Cursor, Malformed } from '../wasm/cursor.ts';
import { readInstruction, skipLocals } from '../wasm/instructions.ts';
import type { Complaint } from './complaints.ts';
import { Complaints } from './complaints.ts';
import { readFoundModule } from './found-module.ts';
import type { FoundModule } from './found-module.ts';
import type { GivenNames } from './judge-variables.ts';
import { judgeVariables, NO_NAMES } from './judge-variables.ts';
import type { DebugScope, Dwarf, LineRow } from './read-dwarf.ts';
import { customsOf, readDwarf } from './read-dwarf.ts';

/** Line and column of the statements of a function. */
export type Statements = readonly (readonly [line: number, column: number])[];

/** Judges a module that was made with the lines of `file`; `statements`: of each function that has code. */
export function judgeDebug(
  bytes: Uint8Array,
  file: string,
  statements: ReadonlyMap<string, Statements>,
  given: ReadonlyMap<string, GivenNames> = new Map(),
): readonly Complaint[] {
  const complaints = new Complaints();
  const module = readFoundModule(bytes);
  let dwarf: Dwarf | null;
  try {
    dwarf = readDwarf(customsOf(bytes));
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    complaints.add('debug-form', error.message);
    return complaints.list;
  }
  const names = functionNames(module);
  const own = names.filter((name) => statements.has(name));
  if (dwarf === null) {
    if (own.length > 0) complaints.add('debug-none', `no debug information for ${own.length} functions`);
    return complaints.list;
  }
  if (dwarf.file !== file || dwarf.unitName !== file) {
    complaints.add('debug-file', `the file is ${dwarf.file}, the unit ${dwarf.unitName}, of ${file}`);
  }
  judgeEntries(module, names, own, dwarf, complaints);
  judgeNames(module, names, dwarf, statements, given, complaints);
  judgeRows(module, names, dwarf.rows, statements, complaints);
  return complaints.list;
}

/** Whether `address` is -1 or -2 of either width, as read: what stands for code that is not there. */
function isGone(address: number): boolean {
  return address === 2 ** 32 - 1 || address === 2 ** 32 - 2 || address >= 2 ** 63;
}

/** Start of the contents of the code section. */
function codeStart({ sections }: FoundModule): number {
  return sections.find(({ id }) => id === 10)?.from ?? 0;
}

/** Names of defined functions. */
function functionNames({ names, bodies, importedFunctions }: FoundModule): readonly string[] {
  const known = new Map(names?.get(1) ?? []);
  return bodies.map((_, n) => known.get(importedFunctions + n) ?? '');
}

function judgeEntries(
  module: FoundModule,
  names: readonly string[],
  own: readonly string[],
  { entries, ranges }: Dwarf,
  complaints: Complaints,
): void {
  const from = codeStart(module);
  const described = new Set<string>();
  for (const { name, low, high } of entries) {
    if (isGone(low) && !names.includes(name)) continue;
    const n = module.bodies.findIndex(({ start }) => start - from === low);
    if (n < 0) complaints.add('debug-range', `no function begins at ${low}, where ${name} is said to`);
    else if (names[n] !== name) complaints.add('debug-function', `function ${names[n]!} is called ${name}`);
    else if (module.bodies[n]!.end - from !== high) {
      complaints.add('debug-range', `${name} is said to end at ${high}, not ${module.bodies[n]!.end - from}`);
    }
    described.add(name);
  }
  const missing = own.find((name) => !described.has(name));
  if (missing !== undefined) complaints.add('debug-function', `nothing is said of ${missing}`);
  const list = (pairs: readonly (readonly [number, number])[]): string =>
    pairs.flatMap(([low, high]) => (isGone(low) ? [] : [`${low}-${high}`])).join();
  if (list(ranges) !== list(entries.map(({ low, high }) => [low, high]))) {
    complaints.add('debug-ranges', `ranges ${list(ranges)} of the unit are not those of its functions`);
  }
}

/** What is said of variables and of what was inlined, and the names of locals. */
function judgeNames(
  module: FoundModule,
  names: readonly string[],
  { entries }: Dwarf,
  statements: ReadonlyMap<string, Statements>,
  given: ReadonlyMap<string, GivenNames>,
  complaints: Complaints,
): void {
  const from = codeStart(module);
  for (const entry of entries) {
    const n = module.bodies.findIndex(({ start }) => start - from === entry.low);
    if (n < 0 || names[n] !== entry.name) continue;
    judgeVariables(module, n, from, entry, given.get(entry.name) ?? NO_NAMES, complaints);
    for (const [line, column] of callsOf(entry)) {
      if ((statements.get(entry.name) ?? []).some((one) => one[0] === line && one[1] === column)) continue;
      complaints.add('debug-inlined', `nothing is at ${line}:${column}, where ${entry.name} is said to call`);
    }
  }
}

function callsOf({ call, scopes }: DebugScope): readonly (readonly [number, number])[] {
  return [...(call === null ? [] : [call]), ...scopes.flatMap(callsOf)];
}

function judgeRows(
  module: FoundModule,
  names: readonly string[],
  rows: readonly LineRow[],
  statements: ReadonlyMap<string, Statements>,
  complaints: Complaints,
): void {
  const from = codeStart(module);
  for (let at = 0; at < rows.length;) {
    const first = rows[at]!;
    const end = rows.findIndex(({ ends }, m) => m >= at && ends);
    if (end >= 0 && isGone(first.address)) {
      at = end + 1;
      continue;
    }
    const n = module.bodies.findIndex(({ start }) => start - from === first.address);
    if (n < 0 || end < 0) {
      complaints.add('debug-sequence', `lines from ${first.address} on are those of no function`);
      return;
    }
    const body = module.bodies[n]!;
    const sequence = rows.slice(at, end);
    if (rows[end]!.address !== body.end - from) {
      complaints.add('debug-sequence', `lines of ${names[n]!} end at ${rows[end]!.address}, not at ${body.end - from}`);
    }
    const starts = instructionStarts(module, n);
    // The first row is the place of the whole beginning.
    const stray = sequence.slice(1).find(({ address }, m) => !starts.has(address) || address <= sequence[m]!.address);
    if (stray !== undefined) complaints.add('debug-place', `a line of ${names[n]!} begins at ${stray.address}`);
    if (!areStatements(sequence, statements.get(names[n]!) ?? [])) {
      complaints.add('debug-lines', `lines of ${names[n]!} are not those of its statements: ${shown(sequence)}`);
    }
    at = end + 1;
  }
}

function shown(rows: readonly LineRow[]): string {
  return rows.map(({ line, column }) => `${line}:${column}`).join(' ');
}

/** Offsets of the instructions of a body in the code section. */
function instructionStarts(module: FoundModule, n: number): ReadonlySet<number> {
  const from = codeStart(module);
  const { start, end } = module.bodies[n]!;
  const cursor = new Cursor(module.bytes, start, end, true);
  skipLocals(cursor);
  const starts = new Set<number>();
  while (cursor.at < end) {
    starts.add(cursor.at - from);
    readInstruction(cursor, () => void cursor.number());
  }
  return starts;
}

/** Whether each row is a statement, and none is there twice. Arms of a branch need not lie in their order; a statement without code has no row. */
function areStatements(rows: readonly LineRow[], statements: Statements): boolean {
  const left = statements.map((pair) => pair.join());
  return rows.every(({ line, column }) => {
    const at = left.indexOf(`${line},${column}`);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
}
