/**
 * AIR text to runs, for the tests of the interpreter: parse, verify, interpret. Throws where the text is not a valid program.
 */
import { parseUnit } from '../../core/air/text/parse.ts';
import type { Unit } from '../../core/air/unit.ts';
import { verifyUnit } from '../../core/air/verify/verify.ts';
import type { NavIndex } from '../../core/intern/keys.ts';
import type { Limits } from '../../interpreter/interpret.ts';
import { interpret } from '../../interpreter/interpret.ts';
import type { IllegalKind, ObjectImage, Outcome, ProgramRun } from '../../interpreter/model/outcome.ts';

/** The unit of a text that the verifier may refuse. */
export function unverifiedUnitOf(text: string): Unit {
  const parsed = parseUnit(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.diagnostics));
  return parsed.unit;
}

/** The verified unit of a text. */
export function unitOf(text: string): Unit {
  const parsed = parseUnit(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.diagnostics));
  const errors = verifyUnit(parsed.unit, parsed.lines);
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
  return parsed.unit;
}

/** One run that calls `fn` once. */
export function runOnce(
  text: string,
  args: readonly bigint[] = [],
  limits: Partial<Limits> = {},
  fn = 'f',
): ProgramRun {
  return interpret(unitOf(text), [{ fn, args }], limits);
}

/** Outcome of one call of `f`. */
export function outcomeOf(text: string, ...args: bigint[]): Outcome {
  return runOnce(text, args).outcomes[0]!;
}

/** Outcome of one call of a function `f` without parameters, from its result type and body; `declarations` stand before it. */
export function outcomeOfBody(result: string, body: string, declarations = ''): Outcome {
  return outcomeOf(`${declarations}\nexport fn @f() ${result} {\n${body}\n}`);
}

/** The outcome of a call that returned `bits`. */
export function returned(bits: bigint | null): Outcome {
  return { kind: 'returned', bits };
}

/** Matches an illegal outcome of a kind. */
export function illegalAs(what: IllegalKind): object {
  return { kind: 'illegal', what };
}

/** Image of the nav called `name` after a run. */
export function imageOf(unit: Unit, run: ProgramRun, name: string): ObjectImage {
  const image = run.memory.get(unit.navs.findIndex((nav) => nav.name === name) as NavIndex);
  if (image === undefined) throw new Error(`no image of @${name}`);
  return image;
}

/** Bytes of an image in hex; `..` where undefined. */
export function hexOf({ bytes, defined }: ObjectImage): string {
  return Array.from(bytes, (byte, n) => (defined[n] === 1 ? byte.toString(16).padStart(2, '0') : '..')).join(' ');
}
