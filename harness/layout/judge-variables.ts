/**
 * Whether what debug information says of variables is true to the module: scopes nest and begin at instructions, names are those of
 * the program, locals are there and wide enough, the frame is where the function has put it, and a value's local is not set while
 * the value is said to be in it.
 *
 * Judged from the bytes, and from the names of the program. Knows no linker.
 */
import { Cursor } from '../wasm/cursor.ts';
import { isSignedImmediate, readInstruction } from '../wasm/instructions.ts';
import type { Complaints } from './complaints.ts';
import type { FoundModule } from './found-module.ts';
import type { DebugEntry, DebugScope, FoundVariable } from './read-dwarf.ts';

/** A name that a function gives. */
export interface GivenName {
  readonly name: string;
  /** It is that of a variable, which may be written. */
  readonly isVariable: boolean;
  /** Whatever else is left out of the function, this is in its code. */
  readonly isCertain: boolean;
}

/** Names that a function gives, and those of the functions that are inlined in it. */
export interface GivenNames {
  readonly names: readonly GivenName[];
  readonly inlined: readonly string[];
}

/** Nothing has a name. */
export const NO_NAMES: GivenNames = { names: [], inlined: [] };

/** What of a body decides what can be said of it; places count from the start of the code section. */
interface FoundBody {
  /** Value types of parameters and locals. */
  readonly locals: readonly number[];
  /** Place of each instruction. */
  readonly starts: ReadonlySet<number>;
  /** Places behind each instruction that sets a local, by local. */
  readonly sets: ReadonlyMap<number, readonly number[]>;
  /** Local of the lowest address of the frame, and bytes of that. */
  readonly frame: { readonly local: number; readonly size: number } | null;
}

const SIZES: Readonly<Record<number, number>> = { 0x7f: 4, 0x7e: 8, 0x7d: 4, 0x7c: 8, 0x7b: 16 };

function readBody(module: FoundModule, n: number, from: number): FoundBody {
  const { start, end } = module.bodies[n]!;
  const [params] = module.types[module.functionTypes[module.importedFunctions + n]!]!.split('>');
  const locals = params === '' ? [] : params!.split(',').map(Number);
  const cursor = new Cursor(module.bytes, start, end, true);
  for (let groups = cursor.number(); groups > 0; groups--) {
    const count = cursor.number();
    locals.push(...new Array<number>(count).fill(cursor.byte()));
  }
  const starts = new Set<number>();
  const sets = new Map<number, number[]>();
  const first: (readonly [op: number, immediate: number])[] = [];
  while (cursor.at < end) {
    starts.add(cursor.at - from);
    const found: number[] = [];
    const op = readInstruction(cursor, (kind) => {
      found.push(isSignedImmediate(kind) ? Number(cursor.signed()) : cursor.number());
    });
    if (first.length < 8) first.push([op, found[0] ?? 0]);
    if (op !== 0x21 && op !== 0x22) continue;
    const local = found[0]!;
    sets.set(local, [...(sets.get(local) ?? []), cursor.at - from]);
  }
  return { locals, starts, sets, frame: frameOf(first) };
}

/** global.get, local.tee, const, sub, const, and, local.tee, global.set: the beginning of a function with a frame. */
function frameOf(first: readonly (readonly [op: number, immediate: number])[]): FoundBody['frame'] {
  const ops = first.map(([op]) => op).join();
  const is32 = ops === [0x23, 0x22, 0x41, 0x6b, 0x41, 0x71, 0x22, 0x24].join();
  const is64 = ops === [0x23, 0x22, 0x42, 0x7d, 0x42, 0x83, 0x22, 0x24].join();
  if (!is32 && !is64) return null;
  return { local: first[6]![1], size: first[2]![1] };
}

/** Judges what is said of the function `entry`, defined function `n`. */
export function judgeVariables(
  module: FoundModule,
  n: number,
  from: number,
  entry: DebugEntry,
  given: GivenNames,
  complaints: Complaints,
): void {
  new VariableJudge(readBody(module, n, from), entry, given, complaints).run();
}

class VariableJudge {
  readonly #body: FoundBody;
  readonly #entry: DebugEntry;
  readonly #complaints: Complaints;
  readonly #left: GivenName[];
  readonly #inlined: string[];

  constructor(body: FoundBody, entry: DebugEntry, { names, inlined }: GivenNames, complaints: Complaints) {
    this.#body = body;
    this.#entry = entry;
    this.#complaints = complaints;
    this.#left = [...names];
    this.#inlined = [...inlined];
  }

  run(): void {
    const entry = this.#entry;
    const base = entry.frameBase;
    if (base !== null) {
      const local = localOf(base);
      const { frame } = this.#body;
      if (local === null || frame?.local !== local.index || !local.isValue) {
        this.#complain('debug-frame', `the frame is in local ${local?.index ?? -1}, not in ${frame?.local ?? -1}`);
      }
    }
    this.#scope(entry, entry.low, entry.high);
    const missing = this.#left.find(({ isCertain }) => isCertain);
    if (missing !== undefined) this.#complain('debug-variable', `nothing is said of ${missing.name}`);
  }

  #complain(op: string, text: string): void {
    this.#complaints.add(op, `${text} (${this.#entry.name})`);
  }

  #scope({ low, high, inlined, variables, scopes }: DebugScope, from: number, to: number): void {
    const isFunction = low === this.#entry.low;
    if (low < from || high > to || low > high) this.#complain('debug-scope', `a scope ${low}-${high} in ${from}-${to}`);
    if (!isFunction && !this.#body.starts.has(low)) this.#complain('debug-scope', `a scope begins at ${low}`);
    if (inlined !== null) {
      const at = this.#inlined.indexOf(inlined);
      if (at < 0) this.#complain('debug-inlined', `${inlined} is not inlined, or not as often`);
      else this.#inlined.splice(at, 1);
    }
    for (const variable of variables) this.#variable(variable, low, high);
    for (const scope of scopes) this.#scope(scope, low, high);
  }

  #variable(variable: FoundVariable, from: number, to: number): void {
    const { name, isArgument, size, places } = variable;
    const same = this.#left.filter((one) => one.name === name);
    const mayChange = !isArgument && same.some(({ isVariable }) => isVariable);
    const at = this.#left.findIndex((one) => one.name === name);
    if (at < 0) this.#complain('debug-variable', `there is no variable ${JSON.stringify(name)}, or not as often`);
    else this.#left.splice(at, 1);
    let end = from;
    for (const { low, high, location } of places) {
      const isWhole = low === from && high === to;
      if (low < end || high > to || low >= high) {
        this.#complain('debug-place', `${name} is in a place from ${low} to ${high}, in ${from}-${to}`);
      }
      if (!isWhole && !this.#body.starts.has(low))
        this.#complain('debug-place', `${name} is in a place from ${low} on`);
      end = high;
      this.#location(name, location, size, mayChange, low, high);
    }
  }

  #location(
    name: string,
    location: Uint8Array,
    size: number | null,
    mayChange: boolean,
    low: number,
    high: number,
  ): void {
    if (location[0] === 0x9e) return;
    if (location[0] === 0x91) {
      this.#inFrame(name, location, size);
      return;
    }
    const local = localOf(location);
    const type = local === null ? undefined : this.#body.locals[local.index];
    if (local === null || type === undefined) {
      this.#complain('debug-location', `${name} is in no local that is there`);
      return;
    }
    if (local.isValue && size !== null && SIZES[type]! < size) {
      this.#complain('debug-location', `${name} of ${size} bytes is in a local of ${SIZES[type]!}`);
    }
    if (mayChange && local.isValue) return;
    const set = this.#body.sets.get(local.index)?.find((behind) => behind > low && behind < high);
    if (set !== undefined) {
      this.#complain(
        'debug-location',
        `${name} is in local ${local.index} from ${low} to ${high}, which is set before ${set}`,
      );
    }
  }

  #inFrame(name: string, location: Uint8Array, size: number | null): void {
    const cursor = new Cursor(location, 1, location.length, true);
    const offset = Number(cursor.signed());
    const { frame } = this.#body;
    if (frame === null || this.#entry.frameBase === null) {
      this.#complain('debug-frame', `${name} is in a frame that is not there`);
    } else if (offset < 0 || offset + (cursor.at === location.length ? (size ?? 0) : 0) > frame.size) {
      this.#complain('debug-frame', `${name} is at ${offset} of a frame of ${frame.size} bytes`);
    }
  }
}

/** The local that a location begins with, and whether the variable is what is in it; null for another location. */
function localOf(location: Uint8Array): { readonly index: number; readonly isValue: boolean } | null {
  if (location[0] !== 0xed || location[1] !== 0) return null;
  const cursor = new Cursor(location, 2, location.length, true);
  const index = cursor.number();
  return { index, isValue: location[cursor.at] === 0x9f };
}
