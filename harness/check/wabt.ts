/**
 * `wabt`: a second validator, which nobody here wrote, accepts what was made.
 *
 * The module is read with every section checked (the name section too), then validated; executable and linked object.
 */
import type { Finding } from '../model/finding.ts';
import type { Check } from './check.ts';
import { refusalOf } from '../engine/v8/validator.ts';
import { messageClass } from '../model/message-class.ts';
import type { Way } from '../way/ways.ts';
import { LINKED, ownWays } from '../way/ways.ts';
import type { CaseContext } from './context.ts';

/** A validator: null for a valid module, else its message, or {@link TOO_DEEP} where its own limits end. */
export type Validator = (bytes: Uint8Array) => string | null;

/** wabt reads nested blocks by recursion, and its stack is that of the process: no word about the module. */
export const TOO_DEEP = 'too deep for wabt';

/** Features that our modules may use. */
const FEATURES = {
  bulk_memory: true,
  mutable_globals: true,
  sign_extension: true,
  sat_float_to_int: true,
  multi_value: true,
  reference_types: true,
  memory64: true,
  tail_call: true,
  threads: true,
};

/** Loads wabt, which takes some ten milliseconds and a few megabytes. */
export async function loadWabtValidator(): Promise<Validator> {
  const { default: load } = await import('wabt');
  let wabt: Awaited<ReturnType<typeof load>> | null = await load();
  return (bytes) => {
    // A new one is loaded between two tasks.
    if (wabt === null) return TOO_DEEP;
    try {
      // It reads from the beginning of the memory that the bytes lie in.
      const module = wabt.readWasm(new Uint8Array(bytes), { ...FEATURES, readDebugNames: true });
      try {
        module.validate();
      } finally {
        module.destroy();
      }
      return null;
    } catch (error) {
      if (!(error instanceof RangeError)) return (error as Error).message;
      // What ran out of stack has not put its own stack pointer back.
      wabt = null;
      void load().then((fresh) => (wabt = fresh));
      return TOO_DEEP;
    }
  };
}

/** The check over `validator`. */
export function wabtCheck(validator: Validator): Check {
  return {
    name: 'wabt',
    frequency: 1 / 24,
    applies: (context) => context.hasExe,
    run(context: CaseContext): readonly Finding[] {
      for (const way of [...ownWays(context.backend), ...(context.hasObjects ? [LINKED] : [])]) {
        const found = check(context, way, validator);
        if (found !== null) return [found];
      }
      return [];
    },
  };
}

function check(context: CaseContext, way: Way, validator: Validator): Finding | null {
  const result = way.make(context.artefacts);
  // What the engine refuses is for `validate` to say.
  if (result?.kind !== 'built' || refusalOf(result.bytes, context.unit.pool.target.ptrBits) !== null) return null;
  const message = validator(result.bytes);
  if (message === null) return null;
  if (message === TOO_DEEP) {
    context.incomparable(TOO_DEEP);
    return null;
  }
  const detail = `wabt refuses the ${way.name}, which V8 accepts:\n${message}`;
  return { check: 'wabt', stage: way.accuses, kind: 'invalid', op: wabtClass(message), way: way.id, detail };
}

/** Class of wabt's first message: `0000a3: error: type mismatch in implicit return, …`. */
function wabtClass(message: string): string {
  const line = message.split('\n').find((text) => text.includes('error:')) ?? message;
  return messageClass(line.replace(/^.*?error:/, ''));
}
