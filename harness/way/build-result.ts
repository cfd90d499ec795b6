/**
 * What came of asking a back end for something: a module, or why there is none.
 *
 * Owns the catching of what a back end throws, and the step from a failed build to a finding.
 */
import { layerOfError } from '../../core/index.ts';
import type { Answer } from '../backend/door.ts';
import { withinTime } from '../engine/time-guard.ts';
import type { Finding, Stage, WayId } from '../model/finding.ts';
import { messageClass } from '../model/message-class.ts';
import { Wanted } from './supply.ts';

/** What came of one build. */
export type BuildResult =
  | Exclude<Answer, { kind: 'crashed' }>
  | { readonly kind: 'crashed'; readonly stage: Stage | null; readonly op: string; readonly text: string }
  | { readonly kind: 'hung'; readonly text: string };

/** Runs `body`, for at most `time` milliseconds if that is given. */
export function attempt(body: () => Answer, time: number | null): BuildResult {
  try {
    if (time === null) return settle(body());
    const guarded = withinTime(time, body);
    return guarded.timedOut ? { kind: 'hung', text: `did not end within ${time} ms` } : settle(guarded.value);
  } catch (error) {
    if (error instanceof Wanted) throw error;
    return crashed(error);
  }
}

/** An answer as a result: a crash gets its class. */
export function settle(answer: Answer): BuildResult {
  if (answer.kind !== 'crashed') return answer;
  const { message, stage = null, text = message } = answer;
  return { kind: 'crashed', stage, op: messageClass(message), text };
}

/** The crash that thrown `error` is. */
export function crashed(error: unknown): Extract<BuildResult, { kind: 'crashed' }> {
  const name = error instanceof Error ? error.name : typeof error;
  const message = error instanceof Error ? error.message : String(error);
  const text = (error instanceof Error ? error.stack : undefined) ?? `${name}: ${message}`;
  // Which value is missing, and so what the engine says of it, depends on the program.
  const op = error instanceof TypeError ? 'type-error' : messageClass(message);
  return { kind: 'crashed', stage: STAGES[layerOfError(error) ?? 'none'], op, text };
}

/** Which part of core an error passed on its way out, as core marks it; see core/support/layer-mark.ts. */
const STAGES = { codegen: 'codegen', emit: 'emit', linker: 'linker', none: null } as const;

/**
 * The finding that a failed build is, or null for a built one and for what the back end does not claim to have. `what`
 * says what was being built; a refusal is a `link-error` where the linker was asked.
 */
export function findingOfBuild(
  result: BuildResult,
  check: string,
  stage: Stage,
  what: string,
  asked: 'compiler' | 'linker',
  way?: WayId,
): Finding | null {
  const by = way === undefined ? {} : { way };
  switch (result.kind) {
    case 'built':
    case 'unsupported':
      return null;
    case 'refused': {
      const kind = asked === 'linker' ? 'link-error' : 'refused';
      return { check, stage, kind, op: result.code, ...by, detail: `${what} was refused:\n${result.text}` };
    }
    case 'crashed': {
      const accused = result.stage ?? stage;
      return { check, stage: accused, kind: 'crash', op: result.op, ...by, detail: `${what} threw:\n${result.text}` };
    }
    case 'hung':
      return { check, stage, kind: 'timeout', op: 'build', ...by, detail: `${what} ${result.text}` };
  }
}

/** Whether two failed builds failed in the same way. */
export function sameFailure(a: BuildResult, b: BuildResult | null): boolean {
  if (b === null) return false;
  if (a.kind === 'refused' && b.kind === 'refused') return a.code === b.code;
  if (a.kind === 'crashed' && b.kind === 'crashed') return a.op === b.op;
  if (a.kind === 'unsupported' && b.kind === 'unsupported') return a.what === b.what;
  return a.kind === 'hung' && b.kind === 'hung';
}

/** Text of a build that failed, for people. */
export function textOfFailure(result: Exclude<BuildResult, { kind: 'built' }>): string {
  return result.kind === 'unsupported' ? `not supported: ${result.what}` : result.text;
}
