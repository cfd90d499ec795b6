/**
 * The door to engines is open: V8 behind JSON, as it would be in another process, runs every check; with a planted difference the
 * check `engines` finds it and accuses the engine that stands alone.
 */
import { describe, expect, test } from '@jest/globals';
import { CORE_BACKEND } from '../../../../harness/backend/core/core-backend.ts';
import { generatorOf } from '../../../../harness/case/generate.ts';
import { loadChecks } from '../../../../harness/check/checks.ts';
import { runCase } from '../../../../harness/check/run-case.ts';
import { runCasesSupplied, runCaseSupplied } from '../../../../harness/check/run-supplied.ts';
import type { BatchEngine, DirectEngine, EngineRun } from '../../../../harness/engine/door.ts';
import { loadEngines } from '../../../../harness/engine/load-engines.ts';
import { V8_ENGINE } from '../../../../harness/engine/v8/v8-engine.ts';
import { readRequest, readRun, writeRequest, writeRun } from '../../../../harness/engine/wire.ts';
import { bucketOf } from '../../../../harness/model/finding.ts';

/** V8 at the other end of a pipe, whose answers go through `change`. */
function remote(name: string, change: (run: EngineRun) => EngineRun = (run) => run): BatchEngine & { batches: number } {
  return {
    kind: 'batch',
    name,
    most: 50,
    batches: 0,
    run(requests) {
      this.batches++;
      const lines = requests.map((request) => writeRun(change(V8_ENGINE.run(readRequest(writeRequest(request))))));
      return Promise.resolve(lines.map(readRun));
    },
  };
}

/** The first result of a run is off by one. */
function offByOne(run: EngineRun): EngineRun {
  const [first, ...rest] = run.kind === 'ran' ? run.outcomes : [];
  if (run.kind !== 'ran' || first?.kind !== 'returned' || first.bits === null) return run;
  return { ...run, outcomes: [{ kind: 'returned', bits: first.bits ^ 1n }, ...rest] };
}

const checks = await loadChecks();
const enginesCheck = await loadChecks(['interp-exe', 'engines']);
const CASES = 24;

describe('an engine in another process', () => {
  test.each(['default', 'memory', 'wasm64'])('runs all checks as V8 here does, profile %s', async (profile) => {
    const generate = generatorOf(profile, null);
    const engine = remote('far');
    const make = (n: number) => generate(n + 1);
    const far = await runCasesSupplied(CASES, make, { backend: CORE_BACKEND, engines: [engine], checks });
    const near = Array.from({ length: CASES }, (_, n) => {
      return runCase(make(n), { backend: CORE_BACKEND, engines: [V8_ENGINE], checks });
    });
    const told = (reports: typeof near): unknown =>
      reports.map(({ verdict, incomparable, findings, checks: ran, steps }) => {
        return { verdict, incomparable, findings, ran, steps };
      });
    expect(told(far)).toEqual(told(near));
    expect(far.flatMap(({ findings }) => findings)).toEqual([]);
    // All cases share their batches: a few rounds, not one for each case.
    expect(engine.batches).toBeLessThan(CASES);
  });
});

describe('the check engines', () => {
  const generate = generatorOf('default', null);
  const bucketsWith = async (...engines: [BatchEngine | DirectEngine, ...(BatchEngine | DirectEngine)[]]) => {
    const found = new Set<string>();
    let ran = 0;
    for (let seed = 1; seed <= CASES; seed++) {
      const options = { backend: CORE_BACKEND, engines, checks: enginesCheck };
      const report = await runCaseSupplied(generate(seed), options);
      for (const finding of report.findings) found.add(bucketOf(finding));
      if (report.checks.some(({ name }) => name === 'engines')) ran++;
    }
    return { found: [...found], ran };
  };

  test('does not apply to one engine, and finds nothing where two agree', async () => {
    expect(await bucketsWith(V8_ENGINE)).toEqual({ found: [], ran: 0 });
    const { found, ran } = await bucketsWith(V8_ENGINE, remote('far'));
    expect(found).toEqual([]);
    expect(ran).toBeGreaterThan(CASES / 2);
  });

  test('accuses an engine that stands alone, second or first', async () => {
    expect((await bucketsWith(V8_ENGINE, remote('wrong', offByOne))).found).toEqual(['engine/engines/result/-']);
    const first = (await bucketsWith(remote('wrong', offByOne), V8_ENGINE)).found;
    expect(first).toContain('engine/engines/result/-');
  });

  test('leaves what all engines show to the back end', async () => {
    const { found } = await bucketsWith(remote('a', offByOne), remote('b', offByOne));
    expect(found).toEqual(['codegen/interp-exe/result/-']);
  });
});

describe('--engines', () => {
  test('refuses unknown names, and one name twice', async () => {
    expect((await loadEngines('v8')).map(({ name }) => name)).toEqual(['v8']);
    await expect(loadEngines('v9')).rejects.toThrow("no engine 'v9'");
    await expect(loadEngines('v8,v8')).rejects.toThrow('two engines have the name');
  });
});
