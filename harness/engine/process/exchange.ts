/**
 * What is said to an engine in another process and what it answers: one line of JSON each.
 *
 * Owns the form, and the way from a request to a line and from an answer to a snapshot. A runner (outside/engines/runners) is short,
 * because all that is common to engines is done here: values are integers, memory comes as it is, texts of traps are not understood
 * there. What a runner answers is data of another process: it is checked, never trusted.
 */
import { z } from 'zod';
import type { HostCall } from '../../../interpreter/model/outcome.ts';
import { BROKEN_FORM, fromWasm, wasmRep } from '../../model/scalars.ts';
import type { Scalar } from '../../model/scalars.ts';
import { ModuleEdit } from '../../wasm/module-parts.ts';
import type { EngineOutcome, EngineRequest, EngineRun, ProbeSight, Slot } from '../door.ts';
import { copyObjects } from '../observe.ts';
import { slotsOf } from '../slots.ts';
import { NO_STATE } from '../state.ts';
import { exposeStackPointer, STACK_POINTER_EXPORT } from '../v8/stack-pointer.ts';
import type { ValueType } from './float-doors.ts';
import { doorFrom, doorTo, integerType } from './float-doors.ts';

/** What an error of an engine means; null: nothing that is known. */
export type ErrorMeaning =
  | Exclude<EngineOutcome, { kind: 'returned' }>
  /** The engine says that it cannot do this. */
  | { readonly kind: 'lacks' }
  /** Why a module is refused, in words that all engines share. */
  | { readonly kind: 'rejected'; readonly message: string };

const pattern = z.string().regex(/^[0-9]{1,20}$/);
const wrong = z.object({ wrong: z.enum(['missing-export', 'wrong-signature']), detail: z.string() });
const host = z.array(z.tuple([z.string(), z.array(pattern)]));
const rejected = z.object({ rejected: z.enum(['compile', 'instantiate']), error: z.string(), trace: host });
const ran = z.object({
  outcomes: z.array(z.union([z.object({ bits: pattern.nullable() }), z.object({ error: z.string() })])),
  trace: host,
  sights: z.array(z.tuple([z.string(), z.array(z.string()), z.string().nullable(), z.number().int()])),
  addresses: z.record(z.string(), pattern),
  before: pattern.nullable(),
  after: pattern.nullable(),
  size: z.number().int().min(0),
  pieces: z.array(z.tuple([z.number().int().min(0), z.string()])),
});
const answerForm = z.union([wrong, rejected, ran]);

const featuresForm = z.object({ has: z.array(z.boolean()) });

/** A runner said something that is no answer. */
export class BadAnswer extends Error {}

/** The question which of `modules` an engine takes. */
export function featuresLine(modules: readonly Uint8Array[]): string {
  return JSON.stringify({ ask: 'features', modules: modules.map(base64) });
}

/** The answer to {@link featuresLine}. */
export function readFeatures(line: string): readonly boolean[] {
  return parse(line, featuresForm).has;
}

/** The line for a request. */
export function requestLine(request: EngineRequest): string {
  const { calls, variables, probes, ptrBits } = request;
  const edit = new ModuleEdit(request.bytes);
  exposeStackPointer(edit);
  return ascii({
    ask: 'run',
    module: base64(edit.toBytes()),
    pointerSize: ptrBits / 8,
    stackPointer: STACK_POINTER_EXPORT,
    globals: variables.flatMap(({ names }) => names),
    probes,
    imports: request.imports.map(({ module, name, params, result }) => {
      const types = passed(params);
      const type = wasmType(result);
      return {
        module,
        name,
        params: types.map(integerType),
        result: type === null ? null : integerType(type),
        answer: { kind: result.rep === 'f32' || result.rep === 'f64' ? result.rep : 'int', ...formOf(result) },
        door: textOf(doorFrom(types, type)),
      };
    }),
    calls: calls.map(({ fn, params, result, args }) => {
      const types = passed(params);
      const type = wasmType(result);
      return {
        fn,
        params: types.map(integerType),
        args: params.flatMap((param, n) => (param.rep === 'none' ? [] : [String(argumentOf(param, args[n] ?? 0n))])),
        result: type === null ? null : integerType(type),
        door: textOf(doorTo(types, type)),
      };
    }),
  });
}

/** Shells of engines do not agree on how characters are written, so that only ASCII goes through the pipe. */
function ascii(data: object): string {
  return JSON.stringify(data).replace(
    /[^\0-\x7f]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function formOf({ bits, signed }: Scalar): { readonly bits: number; readonly signed: boolean } {
  return { bits, signed };
}

function textOf(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : base64(bytes);
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
}

function wasmType(scalar: Scalar): ValueType | null {
  const rep = wasmRep(scalar);
  return rep === 'none' ? null : rep;
}

function passed(scalars: readonly Scalar[]): ValueType[] {
  return scalars.map(wasmType).filter((type) => type !== null);
}

/** An argument as the pattern of its whole container: an integer is extended by the sign of its type. */
function argumentOf(scalar: Scalar, bits: bigint): bigint {
  const rep = wasmRep(scalar);
  if (rep === 'f32' || rep === 'f64') return bits;
  const value = scalar.signed ? BigInt.asIntN(scalar.bits, bits) : BigInt.asUintN(scalar.bits, bits);
  return BigInt.asUintN(rep === 'i64' ? 64 : 32, value);
}

/** Pattern of the AIR type out of that of the container. */
function patternOf(scalar: Scalar, text: string): bigint | null {
  const bits = BigInt(text);
  const rep = wasmRep(scalar);
  if (rep === 'none' || scalar.rep === 'pointer') return null;
  if (rep === 'f32' || rep === 'f64') return bits;
  return fromWasm(scalar, rep === 'i64' ? BigInt.asIntN(64, bits) : Number(BigInt.asIntN(32, bits)));
}

/** The snapshot that `line` is. `meaningOf` understands the errors of the engine. Throws {@link BadAnswer}. */
export function readAnswer(
  line: string,
  request: EngineRequest,
  meaningOf: (error: string, phase: 'compile' | 'instantiate' | 'call') => ErrorMeaning | null,
): EngineRun {
  const answer = parse(line, answerForm);
  if ('wrong' in answer)
    return { kind: 'rejected', phase: 'instantiate', message: answer.wrong, detail: answer.detail };
  const trace = answer.trace.map((call) => hostCallOf(call, request));
  if ('rejected' in answer) {
    const { rejected: phase, error } = answer;
    const meaning = meaningOf(error, phase);
    if (meaning?.kind === 'lacks') return { kind: 'not-run', reason: `lacks:${error.slice(0, 60)}` };
    if (meaning?.kind === 'exhausted') return { kind: 'ran', outcomes: [meaning], trace, state: NO_STATE };
    const message = meaning?.kind === 'rejected' ? meaning.message : 'rejected';
    return { kind: 'rejected', phase, message, detail: error };
  }
  const outcomes: EngineOutcome[] = [];
  for (const [n, outcome] of answer.outcomes.entries()) {
    const call = request.calls[n];
    if (call === undefined) throw new BadAnswer('more outcomes than calls');
    if ('bits' in outcome) {
      const bits = outcome.bits === null ? null : patternOf(call.result, outcome.bits);
      outcomes.push({ kind: 'returned', bits });
      continue;
    }
    const meaning = meaningOf(outcome.error, 'call');
    if (meaning?.kind === 'lacks') return { kind: 'not-run', reason: `lacks:${outcome.error.slice(0, 60)}` };
    const known = meaning?.kind === 'trapped' || meaning?.kind === 'exhausted';
    outcomes.push(known ? meaning : { kind: 'trapped', trap: 'host' });
  }
  const addresses = new Map(Object.entries(answer.addresses).map(([name, text]) => [name, Number(text)]));
  const memory = memoryOf(answer.size, answer.pieces);
  const { before, after } = answer;
  let slots: ReadonlyMap<number, Slot> | null = null;
  const state = {
    addresses,
    memoryBytes: memory.length,
    ranges: copyObjects(memory, request, addresses),
    get slots() {
      return (slots ??= slotsOf(request.bytes));
    },
    stackPointer: before !== null && after !== null ? { before: Number(before), after: Number(after) } : null,
    sights: answer.sights.map(sightOf),
  };
  return { kind: 'ran', outcomes, trace, state };
}

function parse<T>(line: string, form: z.ZodType<T>): T {
  let data: unknown;
  try {
    data = JSON.parse(line);
  } catch {
    throw new BadAnswer(`no JSON: ${line.slice(0, 200)}`);
  }
  const result = form.safeParse(data);
  if (!result.success) throw new BadAnswer(`no answer: ${line.slice(0, 200)}`);
  return result.data;
}

/** A parameter without bits is not passed, and counts as 0. */
function hostCallOf([name, values]: readonly [string, readonly string[]], { imports }: EngineRequest): HostCall {
  const params = imports.find((one) => one.name === name)?.params ?? [];
  let next = 0;
  const args = params.map((param) => {
    if (param.rep === 'none') return 0n;
    const text = values[next++];
    return text === undefined ? BROKEN_FORM : (patternOf(param, text) ?? 0n);
  });
  return { name, args };
}

function memoryOf(size: number, pieces: readonly (readonly [number, string])[]): Uint8Array {
  const memory = new Uint8Array(size);
  for (const [at, text] of pieces) {
    const bytes = Buffer.from(text, 'base64');
    if (at + bytes.length > size) throw new BadAnswer('a piece of memory lies outside of it');
    memory.set(bytes, at);
  }
  return memory;
}

function sightOf([name, values, bytes, hostCalls]: readonly [string, string[], string | null, number]): ProbeSight {
  return {
    name,
    values: values.map((text) => (text.endsWith('n') ? BigInt(text.slice(0, -1)) : Number(text))),
    bytes: bytes === null ? null : new Uint8Array(Buffer.from(bytes, 'base64')),
    hostCalls,
  };
}
