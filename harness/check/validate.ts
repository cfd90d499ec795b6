/**
 * `validate`: every module and every object that was made is a valid WebAssembly module (an object is one).
 *
 * Reports the first artefact that is not, in the order in which they are made from each other; the later ones are likely to
 * show the same mistake. An invalid executable accuses codegen, an invalid object the object writer, an invalid
 * linked module the linker.
 */
import { asEngineTakes } from '../engine/v8/memory64.ts';
import { rejectionClass } from '../engine/v8/rejection-class.ts';
import { uniqueModule } from '../engine/v8/unique-module.ts';
import type { BuildResult } from '../way/build-result.ts';
import type { Finding, Stage } from '../model/finding.ts';
import type { Check } from './check.ts';
import type { CaseContext } from './context.ts';

interface Artefact {
  readonly what: string;
  readonly stage: Stage;
  readonly result: BuildResult | null;
}

/** See the file header. */
export const validate: Check = {
  name: 'validate',
  frequency: 1,
  stage: 'codegen',
  applies: (context) => context.exe().kind === 'built',
  run(context: CaseContext): readonly Finding[] {
    for (const { what, stage, result } of artefacts(context)) {
      if (result?.kind !== 'built') continue;
      const { bytes } = result;
      if (isModule(context, bytes, stage)) continue;
      const message = rejection(formOf(context, bytes));
      const detail = `the ${what} is not a valid module: ${message}`;
      return [{ check: 'validate', stage, kind: 'invalid', op: rejectionClass(message), detail }];
    }
    return [];
  },
};

/** What the engine is given to judge: what it runs. */
function formOf(context: CaseContext, bytes: Uint8Array): Uint8Array {
  return context.unit.pool.target.ptrBits === 64 ? asEngineTakes(bytes) : bytes;
}

/** Objects are only validated; of what is run anyway, the compiler of the engine says the same at no extra cost. */
function isModule(context: CaseContext, bytes: Uint8Array, stage: Stage): boolean {
  if (stage === 'object-writer') return WebAssembly.validate(formOf(context, bytes));
  const { run } = context.judged(bytes);
  return run.kind === 'ran' || run.phase === 'instantiate' || WebAssembly.validate(formOf(context, bytes));
}

function* artefacts(context: CaseContext): Generator<Artefact> {
  yield { what: 'executable', stage: 'codegen', result: context.exe() };
  if (!context.hasObjects) return;
  yield { what: 'object', stage: 'object-writer', result: context.object() };
  yield { what: 'linked object', stage: 'linker', result: context.linked() };
  for (const part of context.parts()) {
    yield { what: `object ${part.name}`, stage: 'object-writer', result: part.result };
  }
  if (context.parts().length > 0) yield { what: 'linked split program', stage: 'linker', result: context.split() };
}

/** Why the engine does not take `bytes`. */
function rejection(bytes: Uint8Array): string {
  try {
    const module = new WebAssembly.Module(uniqueModule(bytes));
    return `the validator refuses what the compiler takes (${WebAssembly.Module.exports(module).length} exports)`;
  } catch (error) {
    return (error as Error).message;
  }
}
