/**
 * Asks debug information at run time: in front of each call of a probe that the program makes with a variable, another one is put
 * with what is at the place where the variable is said to be.
 *
 * Owns reading places as code and writing bodies anew. Judges nothing, but that a place has the type of the variable. Custom sections
 * are left as they were: their offsets are those of the module that is read. Source: DWARF 4, 2.5; tool conventions, Debugging.
 */
import { ByteSink } from '../wasm/byte-sink.ts';
import { Cursor, listSections } from '../wasm/cursor.ts';
import { isSignedImmediate, readInstruction } from '../wasm/instructions.ts';
import { leb } from '../wasm/module-parts.ts';
import { Complaints } from './complaints.ts';
import type { FoundModule } from './found-module.ts';
import { readFoundModule } from './found-module.ts';
import type { DebugEntry, DebugScope, FoundVariable } from './read-dwarf.ts';
import { customsOf, readDwarf } from './read-dwarf.ts';

const CODE = 10;
const Op = { call: 0x10, localGet: 0x20, i32Const: 0x41, i64Const: 0x42, i32Add: 0x6a, i64Add: 0x7c } as const;
const Dw = { frameOffset: 0x91, plus: 0x23, value: 0x9f, implicitValue: 0x9e } as const;
/** `const` by value type: of integers a LEB, of floats the bytes. */
const CONSTANT: Readonly<Record<number, number>> = { 0x7f: 0x41, 0x7e: 0x42, 0x7d: 0x43, 0x7c: 0x44 };
const [I32, F32, F64] = [0x7f, 0x7d, 0x7c];

/** What the probes of a program are. */
export interface ProbeCalls {
  /** Import module of the probe functions. */
  readonly module: string;
  /** The first argument of a call is the number of the variable, and this; with `said` in place of it, the call was put there. A value that is
   * said to be a constant has the bytes that are said, and 0 above them. */
  readonly first: number;
  readonly said: number;
  /** What each variable's probe is given, by number: its value, or its address. The name of variable n is `n`. */
  readonly given: readonly ('value' | 'address' | null)[];
}

/** A module that asks. */
export interface AskingModule {
  readonly bytes: Uint8Array;
  /** Calls that were put there. */
  readonly asked: number;
  readonly complaints: Complaints;
}

/** A place in code, and bytes that come in front of it. */
interface Insertion {
  readonly at: number;
  readonly bytes: readonly number[];
}

/** `bytes` with a second call of each probe, if it has debug information. */
export function askDebugInfo(bytes: Uint8Array, probes: ProbeCalls): AskingModule {
  const complaints = new Complaints();
  const dwarf = readDwarf(customsOf(bytes));
  const section = listSections(bytes).find(({ id }) => id === CODE);
  if (dwarf === null || section === undefined) return { bytes, asked: 0, complaints };
  const module = readFoundModule(bytes);
  const insertions = module.bodies.map(({ start }, n) => {
    const entry = dwarf.entries.find(({ low }) => low === start - section.from);
    return entry === undefined ? [] : new Asker(module, n, section.from, entry, probes, complaints).run();
  });
  const code: number[] = leb(module.bodies.length);
  for (const [n, { start, end }] of module.bodies.entries()) {
    const body: number[] = [];
    let from = start;
    for (const { at, bytes: more } of insertions[n]!) {
      for (; from < at; from++) body.push(bytes[from]!);
      body.push(...more);
    }
    for (; from < end; from++) body.push(bytes[from]!);
    code.push(...leb(body.length));
    for (const byte of body) code.push(byte);
  }
  const head = [CODE, ...leb(code.length)];
  const out = new Uint8Array(section.start + head.length + code.length + bytes.length - section.to);
  out.set(bytes.subarray(0, section.start));
  out.set(head, section.start);
  out.set(code, section.start + head.length);
  out.set(bytes.subarray(section.to), section.start + head.length + code.length);
  return { bytes: out, asked: insertions.reduce((sum, list) => sum + list.length, 0), complaints };
}

/** Puts calls into one body. */
class Asker {
  readonly #module: FoundModule;
  readonly #locals: readonly number[];
  readonly #body: { readonly start: number; readonly end: number };
  readonly #from: number;
  readonly #entry: DebugEntry;
  readonly #probes: ProbeCalls;
  readonly #complaints: Complaints;
  readonly #variables: ReadonlyMap<string, FoundVariable>;

  constructor(
    module: FoundModule,
    n: number,
    from: number,
    entry: DebugEntry,
    probes: ProbeCalls,
    complaints: Complaints,
  ) {
    this.#module = module;
    this.#body = module.bodies[n]!;
    this.#from = from;
    this.#entry = entry;
    this.#probes = probes;
    this.#complaints = complaints;
    this.#variables = new Map(variablesIn(entry));
    const locals = [...paramsOf(module, module.importedFunctions + n)];
    const cursor = new Cursor(module.bytes, this.#body.start, this.#body.end, true);
    for (let groups = cursor.number(); groups > 0; groups--) {
      const count = cursor.number();
      locals.push(...new Array<number>(count).fill(cursor.byte()));
    }
    this.#locals = locals;
    this.#body = { start: cursor.at, end: this.#body.end };
  }

  run(): Insertion[] {
    const { first, given, module } = this.#probes;
    const found: Insertion[] = [];
    const cursor = new Cursor(this.#module.bytes, this.#body.start, this.#body.end, true);
    let variable = -1;
    while (cursor.at < this.#body.end) {
      const { at } = cursor;
      let value = 0;
      const op = readInstruction(cursor, (kind) => {
        value = isSignedImmediate(kind) ? Number(cursor.signed()) : cursor.number();
      });
      if (op === Op.i32Const && value >= first && value < first + given.length) variable = value - first;
      if (op !== Op.call || this.#module.imports.filter(({ kind }) => kind === 0)[value]?.module !== module) continue;
      const bytes = this.#ask(variable, at - this.#from, value);
      if (bytes !== null) found.push({ at, bytes });
    }
    return found;
  }

  /** The call for `variable` in front of the call at `place` of probe `callee`; null where nothing is said, or not how it is asked. */
  #ask(variable: number, place: number, callee: number): number[] | null {
    const given = this.#probes.given[variable];
    const said = this.#variables.get(String(variable))?.places.find(({ low, high }) => low <= place && place < high);
    if (said === undefined || given === undefined || given === null) return null;
    const type = paramsOf(this.#module, callee)[1]!;
    const value = this.#push(said.location, given, type, variable);
    return value === null ? null : [...constant(this.#probes.said + variable), ...value, Op.call, ...leb(callee)];
  }

  #push(location: Uint8Array, given: 'value' | 'address', type: number, variable: number): number[] | null {
    if (location[0] === Dw.implicitValue) return given === 'value' ? constantOf(location, type) : null;
    const cursor = new Cursor(location, 0, location.length, true);
    let local: number;
    let more = 0;
    if (location[0] === Dw.frameOffset) {
      const base = this.#entry.frameBase;
      cursor.at = 1;
      more = Number(cursor.signed());
      if (base === null) return null;
      local = new Cursor(base, 2, base.length, true).number();
    } else if (location[0] === 0xed && location[1] === 0) {
      cursor.at = 2;
      local = cursor.number();
      if (location[cursor.at] === Dw.plus) {
        cursor.at++;
        more = cursor.number();
      }
    } else return null;
    const isValue = location[cursor.at] === Dw.value;
    if (isValue !== (given === 'value')) return null;
    if (this.#locals[local] !== type) {
      this.#complaints.add(
        'debug-value',
        `variable ${variable} of ${this.#entry.name} is in local ${local} of another type`,
      );
      return null;
    }
    if (more === 0) return [Op.localGet, ...leb(local)];
    const is32 = type === I32;
    return [
      ...[Op.localGet, ...leb(local)],
      ...(is32 ? constant(more) : [Op.i64Const, ...constant(more).slice(1)]),
      is32 ? Op.i32Add : Op.i64Add,
    ];
  }
}

/** The value of type `type` whose low bytes a location has in it; those above are 0. */
function constantOf(location: Uint8Array, type: number): number[] {
  const cursor = new Cursor(location, 1, location.length, true);
  const low = cursor.take(cursor.number());
  const bytes = new Uint8Array(type === I32 || type === F32 ? 4 : 8);
  bytes.set(low.subarray(0, bytes.length));
  const op = CONSTANT[type]!;
  if (type === F32 || type === F64) return [op, ...bytes];
  const view = new DataView(bytes.buffer);
  return [op, ...new ByteSink().sleb(type === I32 ? view.getInt32(0, true) : view.getBigInt64(0, true)).bytes()];
}

/** `i32.const` of a number below 2^31. */
function constant(value: number): number[] {
  return [
    Op.i32Const,
    (value & 0x7f) | 0x80,
    ((value >>> 7) & 0x7f) | 0x80,
    ((value >>> 14) & 0x7f) | 0x80,
    ((value >>> 21) & 0x7f) | 0x80,
    value >>> 28,
  ];
}

function paramsOf(module: FoundModule, fn: number): readonly number[] {
  const [params] = module.types[module.functionTypes[fn]!]!.split('>');
  return params === '' ? [] : params!.split(',').map(Number);
}

function* variablesIn({ variables, scopes }: DebugScope): Generator<readonly [string, FoundVariable]> {
  for (const variable of variables) yield [variable.name, variable];
  for (const scope of scopes) yield* variablesIn(scope);
}
