/**
 * Builds and runs for explanations: a store of artefacts for any program with the navs of the case, and runs on one engine.
 */
import type { CallInput, Unit } from '../../core/index.ts';
import type { ProgramRun } from '../../interpreter/model/outcome.ts';
import type { Backend } from '../backend/door.ts';
import type { Engine, EngineRun, ProbeWish } from '../engine/door.ts';
import type { MemoryWish } from '../engine/request.ts';
import { requestOf, wishOfImages } from '../engine/request.ts';
import type { Case } from '../model/case.ts';
import { Stopwatch } from '../model/stopwatch.ts';
import { Artefacts } from '../way/artefacts.ts';
import type { Supply } from '../way/supply.ts';

/** Milliseconds that one build and one run may take. */
const STEP_TIME = 5000;

/** Runs a module; with `reference`, what a comparison with it looks at is in the answer. */
export type Runner = (
  bytes: Uint8Array,
  unit: Unit,
  calls: readonly CallInput[],
  probes?: ProbeWish | null,
  reference?: ProgramRun,
) => EngineRun;

/** With what an explanation builds and runs. */
export interface Bench {
  readonly backend: Backend;
  readonly run: Runner;
  /** What can be made of `unit`, which has the navs of the case. `named`: with names of functions in modules. */
  store(case_: Case, unit: Unit, named?: boolean): Artefacts;
}

/** `stepTime`: milliseconds that one build and one run may take. */
export function benchOf(backend: Backend, engine: Engine, supply: Supply, stepTime = STEP_TIME): Bench {
  return {
    backend,
    run(bytes, unit, calls, probes = null, reference) {
      const memory: { memory?: MemoryWish } =
        reference === undefined ? {} : { memory: wishOfImages(unit, reference.memory) };
      const request = requestOf(bytes, unit, calls, { timeout: stepTime, probes, ...memory });
      return engine.kind === 'direct' ? engine.run(request) : supply.run(engine, request);
    },
    store(case_, unit, named = false) {
      const stopwatch = new Stopwatch();
      return new Artefacts({ case: { ...case_, unit }, backend, stopwatch, stepTime, supply, named });
    },
  };
}
