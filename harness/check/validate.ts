/**
 * `validate`: every module and every object that was made is a valid WebAssembly module (an object is one).
 *
 * What objects give is made where `exe-linked` and `exe-split` are due, or are not among the checks.
 * Reports the first artefact that is not, in the order in which they are made from each other; the later ones are likely to
 * show the same mistake. An invalid executable accuses codegen, an invalid object the object writer, an invalid
 * linked module the linker.
 */
import { rejectionClass } from '../engine/v8/rejection-class.ts';
import { refusalOf } from '../engine/v8/validator.ts';
import type { Finding, Stage, WayId } from '../model/finding.ts';
import type { BuildResult } from '../way/build-result.ts';
import { LINKED, OBJECT, ownWays, partWay, SPLIT } from '../way/ways.ts';
import type { Check } from './check.ts';
import type { CaseContext } from './context.ts';

/** Something that was made on the way to a module. */
interface Made {
  readonly what: string;
  readonly stage: Stage;
  readonly way: WayId;
  readonly result: BuildResult | null;
}

export const validate: Check = {
  name: 'validate',
  frequency: 1,
  applies: (context) => context.hasExe,
  run(context: CaseContext): readonly Finding[] {
    for (const { what, stage, way, result } of madeBy(context)) {
      if (result?.kind !== 'built') continue;
      const message = refusal(context, result.bytes, stage);
      if (message === null) continue;
      const detail = `the ${what} is not a valid module: ${message}`;
      return [{ check: 'validate', stage, kind: 'invalid', op: rejectionClass(message), way, detail }];
    }
    return [];
  },
};

/** Objects are only validated; of what is run anyway, the compiler of the engine says the same at no extra cost. */
function refusal(context: CaseContext, bytes: Uint8Array, stage: Stage): string | null {
  const { ptrBits } = context.unit.pool.target;
  if (stage === 'object-writer') return refusalOf(bytes, ptrBits);
  const { run } = context.judged(bytes);
  return run.kind === 'ran' || (run.kind === 'rejected' && run.phase === 'instantiate')
    ? null
    : refusalOf(bytes, ptrBits);
}

function* madeBy(context: CaseContext): Generator<Made> {
  const { artefacts } = context;
  for (const way of ownWays(context.backend)) {
    yield { what: way.name, stage: way.accuses, way: way.id, result: artefacts.byWay(way.id.name) };
  }
  if (!context.hasObjects) return;
  if (context.samples('exe-linked')) {
    yield { what: 'object', stage: 'object-writer', way: OBJECT.id, result: artefacts.object() };
    yield { what: 'linked object', stage: 'linker', way: LINKED.id, result: artefacts.linked() };
  }
  if (!context.samples('exe-split')) return;
  const parts = artefacts.parts();
  for (const [n, { name, result }] of parts.entries()) {
    yield { what: `object ${name}`, stage: 'object-writer', way: partWay(n).id, result };
  }
  if (parts.length > 0) {
    yield { what: 'linked split program', stage: 'linker', way: SPLIT.id, result: artefacts.split() };
  }
}
