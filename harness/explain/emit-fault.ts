/**
 * Whether the bytes of a program's functions say what its back end wanted them to say: mistakes of the encoder.
 *
 * Owns the comparison of a function before it is encoded with its body in the executable, which the harness's own reader takes apart. What the
 * linker decides is left open. A function is wrong only if no body of the module is right for it, so names that are wrong
 * accuse nobody. Runs nothing.
 */
import type { NavIndex } from '../../core/index.ts';
import type { CodeInstruction, FunctionCode } from '../backend/door.ts';
import type { Case } from '../model/case.ts';
import { functionNames } from '../wasm/module-reader.ts';
import { importCount } from '../wasm/module-place.ts';
import { Cursor, listSections } from '../wasm/cursor.ts';
import type { ReadBody, ReadInstruction } from '../wasm/read-body.ts';
import { readBody } from '../wasm/read-body.ts';
import type { Bench } from './runner.ts';

/** An encoding that is wrong. */
export interface EmitFault {
  readonly nav: NavIndex;
  /** What the encoder was given: `i32`, `memarg-offset`, `locals`, `frame`, or the opcode that is not there. */
  readonly cause: string;
  /** The instruction as the back end calls it. */
  readonly text: string;
  /** What the bytes should say and what they do say. */
  readonly expected: string;
  readonly actual: string;
}

const CODE = 10;

/** The first encoding that is wrong in `case_`'s executable; null where there is none, or nobody can tell. */
export function emitFault(case_: Case, bench: Bench): EmitFault | null {
  const { code } = bench.backend;
  if (code?.instructions === undefined) return null;
  const store = bench.store(case_, case_.unit, true);
  const built = store.exe();
  if (built.kind !== 'built') return null;
  const bodies = bodiesOf(built.bytes);
  const first = importCount(built.bytes);
  const read: (ReadBody | undefined)[] = [];
  const bodyAt = (n: number): ReadBody => (read[n] ??= readBody(built.bytes, bodies[n]!.start, bodies[n]!.end));
  const byName = new Map([...functionNames(built.bytes)].map(([index, name]) => [name, index - first]));
  for (const [n, { kind, name }] of case_.unit.navs.entries()) {
    const named = byName.get(name);
    if (kind !== 'func' || named === undefined || bodies[named] === undefined) continue;
    const nav = n as NavIndex;
    const wanted = code.instructions(case_.unit, store.settings, nav);
    const fault = difference(wanted, bodyAt(named));
    if (fault === null) continue;
    const isElsewhere = bodies.some((_, other) => other !== named && difference(wanted, bodyAt(other)) === null);
    if (!isElsewhere) return { nav, ...fault };
  }
  return null;
}

function bodiesOf(bytes: Uint8Array): { readonly start: number; readonly end: number }[] {
  const found: { readonly start: number; readonly end: number }[] = [];
  const section = listSections(bytes).find(({ id }) => id === CODE);
  if (section === undefined) return found;
  const cursor = new Cursor(bytes, section.from, section.to);
  for (let left = cursor.number(); left > 0 && cursor.at < section.to; left--) {
    const size = cursor.number();
    found.push({ start: cursor.at, end: Math.min(cursor.at + size, section.to) });
    cursor.at += size;
  }
  return found;
}

type Fault = Omit<EmitFault, 'nav'>;

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
