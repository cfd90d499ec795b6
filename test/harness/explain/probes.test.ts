/**
 * Probes change nothing and see nothing where nothing is wrong: on generated programs, with the back end as it is.
 */
import { describe, expect, test } from '@jest/globals';
import { verifyUnit } from '../../../core/index.ts';
import { generatorOf } from '../../../harness/case/generate.ts';
import { CORE_BACKEND } from '../../../harness/backend/core/core-backend.ts';
import { exeOf } from '../check/fixtures.ts';
import { runOn } from '../../../harness/engine/request.ts';
import { V8_ENGINE } from '../../../harness/engine/v8/v8-engine.ts';
import { quieten } from '../../../harness/model/scalars.ts';
import { Addresses } from '../../../harness/explain/addresses.ts';
import { instrument } from '../../../harness/explain/instrument.ts';
import { findParting } from '../../../harness/explain/parting.ts';
import { watchEngine, watchReference } from '../../../harness/explain/sightings.ts';
import { interpret } from '../../../interpreter/interpret.ts';

const SEEDS = 60;

describe.each(['default', 'link', 'memory'])('programs of profile %s', (profile) => {
  const generate = generatorOf(profile, null);

  test('do what they did, answers of imported functions included, and both sides see the same', () => {
    let seen = 0;
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { unit, calls: given, settings } = generate(seed);
      const calls = quieten(unit, given);
      const plain = interpret(unit, calls);
      const probed = instrument(unit, { wants: () => true, exportData: true });
      expect(verifyUnit(probed.unit)).toEqual([]);
      const { run, sights } = watchReference(probed, calls);
      expect(run.outcomes).toEqual(plain.outcomes);
      expect(run.trace).toEqual(plain.trace);
      const built = exeOf(CORE_BACKEND, probed.unit, settings);
      if (built.kind !== 'built') throw new Error(`seed ${seed}: ${built.kind}`);
      const engine = watchEngine(
        (bytes, of, list, probes) => runOn(V8_ENGINE, bytes, of, list, { timeout: 5000, probes: probes ?? null }),
        built.bytes,
        probed,
        calls,
        sights.length,
      );
      if (engine.run.kind !== 'ran') throw new Error(`seed ${seed}: ${JSON.stringify(engine.run)}`);
      if (engine.run.outcomes.some((outcome) => outcome.kind === 'exhausted')) continue;
      const watched = {
        probed,
        reference: sights,
        engine: engine.sights,
        referenceCalls: run.trace,
        engineCalls: engine.run.trace,
      };
      expect([seed, findParting(watched, new Addresses(probed.unit, engine.run.state))]).toEqual([seed, null]);
      seen += sights.length;
    }
    expect(seen).toBeGreaterThan(SEEDS);
  });
});
