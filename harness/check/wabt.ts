/**
 * `wabt`: a second validator, which nobody here wrote, accepts what was made.
 *
 * The module is read with every section checked (the name section too), then validated; executable and linked object.
 */
import type { Finding, Stage } from '../model/finding.ts';
import type { Check } from './check.ts';
import { asEngineTakes } from '../engine/v8/memory64.ts';
import { messageClass } from '../model/message-class.ts';
import type { BuildResult } from '../way/build-result.ts';
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
};

/** Loads wabt, which takes some ten milliseconds and a few megabytes. */
export async function loadWabtValidator(): Promise<Validator> {
  const { default: load } = await import('wabt');
  let wabt: Awaited<ReturnType<typeof load>> | null = await load();
  return (bytes) => {
    // A new one is loaded between two tasks.
    if (wabt === null) return TOO_DEEP;
    try {
      const module = wabt.readWasm(bytes, { ...FEATURES, readDebugNames: true });
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
    frequency: 1 / 6,
    stage: 'codegen',
    applies: (context) => context.exe().kind === 'built',
    run(context: CaseContext): readonly Finding[] {
      const exe = check(context, context.exe(), validator, 'executable', 'codegen');
      if (exe !== null) return [exe];
      const linked = context.hasObjects ? check(context, context.linked(), validator, 'linked object', 'linker') : null;
      return linked === null ? [] : [linked];
    },
  };
}

function check(
  context: CaseContext,
  result: BuildResult | null,
  validator: Validator,
  what: string,
  stage: Stage,
): Finding | null {
  // What the engine refuses is for `validate` to say, and in another form for 64-bit addresses.
  if (result?.kind !== 'built' || !WebAssembly.validate(asEngineTakes(result.bytes))) return null;
  const message = validator(result.bytes);
  if (message === null) return null;
  if (message === TOO_DEEP) {
    context.incomparable(TOO_DEEP);
    return null;
  }
  const detail = `wabt refuses the ${what}, which V8 accepts:\n${message}`;
  return { check: 'wabt', stage, kind: 'invalid', op: wabtClass(message), detail };
}

/** Class of wabt's first message: `0000a3: error: type mismatch in implicit return, …`. */
function wabtClass(message: string): string {
  const line = message.split('\n').find((text) => text.includes('error:')) ?? message;
  return messageClass(line.replace(/^.*?error:/, ''));
}
