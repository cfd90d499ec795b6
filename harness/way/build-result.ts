/**
 * What came of asking a backend for something: the module, a refusal, an exception or no end.
 *
 * Owns the catching of exceptions of the system under test, and reads from their stack which layer threw.
 */
import type { Built } from '../backend/door.ts';
import { messageClass } from '../model/message-class.ts';
import { withinTime } from '../engine/time-guard.ts';
import type { Finding, Stage } from '../model/finding.ts';

/** See the file header. */
export type BuildResult =
  | Built
  | { readonly kind: 'crashed'; readonly stage: Stage | null; readonly op: string; readonly text: string }
  | { readonly kind: 'hung'; readonly text: string };

/** Runs `body`, for at most `time` milliseconds if that is given. */
export function attempt(body: () => Built, time: number | null): BuildResult {
  try {
    if (time === null) return body();
    const guarded = withinTime(time, body);
    return guarded.timedOut ? { kind: 'hung', text: `did not end within ${time} ms` } : guarded.value;
  } catch (error) {
    return crashed(error);
  }
}

/** The crash that thrown `error` is. */
export function crashed(error: unknown): Extract<BuildResult, { kind: 'crashed' }> {
  const name = error instanceof Error ? error.name : typeof error;
  const message = error instanceof Error ? error.message : String(error);
  const stack = (error instanceof Error ? error.stack : undefined) ?? `${name}: ${message}`;
  return { kind: 'crashed', stage: stageOfStack(stack), op: messageClass(message), text: stack };
}

const LAYER_STAGES: Readonly<Record<string, Stage>> = {
  codegen: 'codegen',
  mir: 'codegen',
  link: 'linker',
  interpreter: 'interpreter',
};

/** Stage of the innermost frame that lies in a layer with a stage; null where none does. */
function stageOfStack(stack: string): Stage | null {
  for (const line of stack.split('\n')) {
    const layer = /\/(codegen|mir|link|interpreter)\/(?:[\w-]+\/)*[\w-]+\.[jt]s/.exec(line)?.[1];
    if (layer !== undefined) return LAYER_STAGES[layer] ?? null;
  }
  return null;
}

/**
 * The finding that a failed build is, or null for a built one. `what` says what was being built; a refusal is a
 * `link-error` where the linker was asked.
 */
export function findingOfBuild(
  result: BuildResult,
  check: string,
  stage: Stage,
  what: string,
  asked: 'compiler' | 'linker',
): Finding | null {
  switch (result.kind) {
    case 'built':
      return null;
    case 'refused': {
      const kind = asked === 'linker' ? 'link-error' : 'refused';
      return { check, stage, kind, op: result.code, detail: `${what} was refused:\n${result.text}` };
    }
    case 'crashed':
      return {
        check,
        stage: result.stage ?? stage,
        kind: 'crash',
        op: result.op,
        detail: `${what} threw:\n${result.text}`,
      };
    case 'hung':
      return { check, stage, kind: 'timeout', op: 'build', detail: `${what} ${result.text}` };
  }
}

/** Whether two failed builds failed in the same way. */
export function sameFailure(a: BuildResult, b: BuildResult): boolean {
  if (a.kind === 'refused' && b.kind === 'refused') return a.code === b.code;
  if (a.kind === 'crashed' && b.kind === 'crashed') return a.op === b.op;
  return a.kind === 'hung' && b.kind === 'hung';
}
