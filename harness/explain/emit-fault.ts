/**
 * Whether the bytes of a program's functions say what its back end wanted them to say: mistakes of the encoder.
 *
 * Owns the comparison of a function before it is encoded with its body in the executable and in the object, which the harness's own reader takes apart. What the
 * linker decides is left open. A function is wrong only if no body of the module is right for it, so names that are wrong
 * accuse nobody. Runs nothing.
 */
import type { NavIndex, Unit } from '../../core/index.ts';
import type { CodeInstruction, FunctionCode } from '../backend/door.ts';
import type { Case } from '../model/case.ts';
import type { OpaqueSettings } from '../model/settings.ts';
import { functionNames } from '../wasm/module-reader.ts';
import { importCount } from '../wasm/module-place.ts';
import type { ObjectModel } from '../wasm/object-model.ts';
import { Extern, Flag, importCount as countImports, Kind } from '../wasm/object-model.ts';
import type { ReadBody, ReadInstruction } from '../wasm/read-body.ts';
import { bodiesOf, readBody } from '../wasm/read-body.ts';
import { readObjectModel } from '../wasm/read-object.ts';
import type { Bench } from './runner.ts';

/** An encoding that is wrong. */
export interface EmitFault {
  /** Null: a function of the runtime library. */
  readonly nav: NavIndex | null;
  /** As the module calls it. */
  readonly name: string;
  /** What the encoder was given: `i32`, `memarg-offset`, `locals`, `frame`, or the opcode that is not there. */
  readonly cause: string;
  /** The instruction as the back end calls it. */
  readonly text: string;
  /** What the bytes should say and what they do say. */
  readonly expected: string;
  readonly actual: string;
}

/** The bodies of one module or object, by their place and by name. */
interface Bodies {
  readonly count: number;
  readonly byName: ReadonlyMap<string, number>;
  at(n: number): ReadBody;
}

/**
 * The first encoding that is wrong in the executable of `case_`, or in its object, which has the functions that the executable does not need; null
 * where there is none, or nobody can tell.
 */
export function emitFault(case_: Case, bench: Bench): EmitFault | null {
  const { code, objects } = bench.backend;
  if (code?.instructions === undefined) return null;
  const store = bench.store(case_, case_.unit, true);
  const codes: (FunctionCode | undefined)[] = [];
  const codeOf = (nav: NavIndex): FunctionCode => (codes[nav] ??= code.instructions!(case_.unit, store.settings, nav));
  const exe = store.exe();
  const bodies = exe.kind === 'built' ? bodiesOfModule(exe.bytes) : null;
  const own = bodies === null ? null : faultIn(case_.unit, bodies, codeOf);
  const fault = own ?? (bodies === null ? null : faultInLibrary(case_.unit, bodies, code, store.settings));
  if (fault !== null || objects === undefined) return fault;
  const object = store.object();
  return object.kind === 'built' ? faultIn(case_.unit, bodiesOfObject(object.bytes), codeOf) : null;
}

function faultIn(unit: Unit, bodies: Bodies, codeOf: (nav: NavIndex) => FunctionCode): EmitFault | null {
  for (const [n, { kind, name }] of unit.navs.entries()) {
    if (kind !== 'func') continue;
    const nav = n as NavIndex;
    const fault = faultOfBody(name, bodies, () => codeOf(nav));
    if (fault !== null) return { nav, name, ...fault };
  }
  return null;
}

/** The same for functions of the runtime library that the program has brought in. */
function faultInLibrary(
  { navs, pool }: Unit,
  bodies: Bodies,
  code: NonNullable<Bench['backend']['code']>,
  settings: OpaqueSettings,
): EmitFault | null {
  if (code.runtimeCode === undefined) return null;
  const own = new Set(navs.map(({ name }) => name));
  const names = new Set([...bodies.byName.keys()].filter((name) => !own.has(name)));
  if (names.size === 0) return null;
  for (const [name, wanted] of code.runtimeCode(settings, pool.target.ptrBits, names)) {
    const fault = own.has(name) ? null : faultOfBody(name, bodies, () => wanted);
    if (fault !== null) return { nav: null, name, ...fault };
  }
  return null;
}

/** What is wrong with the body that is called `name`, if there is one and no other body is right. */
function faultOfBody(name: string, bodies: Bodies, codeOf: () => FunctionCode): Fault | null {
  const { byName, count } = bodies;
  const named = byName.get(name);
  if (named === undefined || named < 0 || named >= count) return null;
  const wanted = codeOf();
  const fault = difference(wanted, bodies.at(named));
  if (fault === null) return null;
  for (let other = 0; other < count; other++)
    if (other !== named && difference(wanted, bodies.at(other)) === null) return null;
  return fault;
}

function bodiesOfModule(bytes: Uint8Array): Bodies {
  const places = bodiesOf(bytes);
  const first = importCount(bytes);
  const read: (ReadBody | undefined)[] = [];
  return {
    count: places.length,
    byName: new Map([...functionNames(bytes)].map(([index, name]) => [name, index - first])),
    at: (n) => (read[n] ??= readBody(bytes, places[n]!.start, places[n]!.end)),
  };
}

/** Functions of an object have the names of their symbols. One that cannot be read has none. */
function bodiesOfObject(bytes: Uint8Array): Bodies {
  let model: ObjectModel;
  try {
    model = readObjectModel(bytes);
  } catch (error) {
    if (error instanceof RangeError)
      return { count: 0, byName: new Map(), at: () => ({ locals: [], instructions: [] }) };
    throw error;
  }
  const first = countImports(model, Extern.function);
  const defined = model.symbols.filter(({ kind, flags }) => kind === Kind.function && (flags & Flag.undefined) === 0);
  const read: (ReadBody | undefined)[] = [];
  return {
    count: model.functions.length,
    byName: new Map(defined.map(({ name, index }) => [name, index - first])),
    at: (n) => {
      const { body } = model.functions[n]!;
      return (read[n] ??= readBody(body, 0, body.length));
    },
  };
}

type Fault = Omit<EmitFault, 'nav' | 'name'>;

function difference({ locals, instructions }: FunctionCode, body: ReadBody): Fault | null {
  if (locals.length !== body.locals.length || locals.some((type, n) => type !== body.locals[n])) {
    const listed = (types: readonly number[]): string => types.map((type) => type.toString(16)).join(' ') || 'none';
    return { cause: 'locals', text: 'locals', expected: listed(locals), actual: listed(body.locals) };
  }
  for (let n = 0; n < Math.max(instructions.length, body.instructions.length); n++) {
    const fault = faultOf(instructions[n], body.instructions[n]);
    if (fault !== null) return fault;
  }
  return null;
}

function faultOf(wanted: CodeInstruction | undefined, found: ReadInstruction | undefined): Fault | null {
  if (wanted === undefined) return { cause: 'end', text: 'the end', expected: 'the end', actual: shown(found!) };
  const { op, operand, immediates, text } = wanted;
  const wrong = (cause: string): Fault => {
    const actual = found === undefined ? 'the end' : shown(found);
    return { cause, text, expected: shown(wanted), actual };
  };
  if (found === undefined) return wrong(operand === 'none' ? nameOf(text) : operand);
  if (operand === 'frame') return isSame(wanted, found) ? null : wrong('frame');
  if (found.op !== op) return wrong(operand === 'none' ? nameOf(text) : operand);
  const at = immediates.findIndex((value, n) => value !== null && value !== found.immediates[n]);
  if (at < 0 && immediates.length === found.immediates.length) return null;
  if (operand === 'memarg') return wrong(at === 0 ? 'memarg-align' : 'memarg-offset');
  return wrong(operand);
}

function isSame({ op, immediates }: CodeInstruction, found: ReadInstruction): boolean {
  if (found.op !== op || found.immediates.length !== immediates.length) return false;
  return immediates.every((value, n) => value === null || value === found.immediates[n]);
}

/** `i32_const at 3` as `i32_const`. */
function nameOf(text: string): string {
  return text.split(' ')[0]!;
}

function shown({ op, immediates }: Pick<CodeInstruction, 'op' | 'immediates'>): string {
  const values = immediates.map((value) => (value === null ? 'open' : String(value)));
  return [`opcode 0x${op.toString(16).padStart(2, '0')}`, ...values].join(' ');
}
