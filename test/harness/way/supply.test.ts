/** Batches: what is asked later comes out as what is asked at once, in few batches, each question once. */
import { describe, expect, test } from '@jest/globals';
import type { Settings } from '../../../core/index.ts';
import { CORE_BACKEND } from '../../../harness/backend/core/core-backend.ts';
import type { Answer, Backend, BuildJob } from '../../../harness/backend/door.ts';
import { generatorOf } from '../../../harness/case/generate.ts';
import { loadChecks } from '../../../harness/check/checks.ts';
import { runCase } from '../../../harness/check/run-case.ts';
import { runCasesSupplied } from '../../../harness/check/run-supplied.ts';
import { V8_ENGINE } from '../../../harness/engine/v8/v8-engine.ts';
import { judgeBucketLater } from '../../../harness/reduce/judge-bucket.ts';
import { reduceCaseLater } from '../../../harness/reduce/reduce.ts';
import { Supply, supplied } from '../../../harness/way/supply.ts';
import { exeOf } from '../check/fixtures.ts';

const CASES = 20;
const generate = generatorOf('default', null);
const checks = await loadChecks();
const engines = [V8_ENGINE] as const;

/** Core as a back end that answers later. */
function later(
  most: number,
  answer: (job: BuildJob<Settings>) => Answer = now,
): Backend<Settings> & { sizes: number[] } {
  const sizes: number[] = [];
  return {
    ...CORE_BACKEND,
    sizes,
    compiler: {
      kind: 'batch',
      most,
      build(jobs) {
        sizes.push(jobs.length);
        return Promise.resolve(jobs.map(answer));
      },
    },
  };
}

function now({ unit, settings }: BuildJob<Settings>): Answer {
  return exeOf(CORE_BACKEND, unit, settings);
}

describe('a back end that takes batches', () => {
  test('gives the reports of the same one asked at once, in a few batches', async () => {
    const backend = later(100);
    const reports = await runCasesSupplied(CASES, (n) => generate(n + 1), { backend, engines, checks });
    reports.forEach((report, n) => {
      const { case: _case, ...told } = runCase(generate(n + 1), { backend: CORE_BACKEND, engines, checks });
      expect(report).toMatchObject(told);
    });
    expect(backend.sizes.length).toBeLessThanOrEqual(6);
    expect(backend.sizes[0]).toBe(CASES);
  });

  test('never gets more programs than it takes, and must answer each', async () => {
    const backend = later(7);
    await runCasesSupplied(CASES, (n) => generate(n + 1), { backend, engines, checks: checks.slice(0, 2) });
    expect(Math.max(...backend.sizes)).toBe(7);
    const silent: Backend = { ...backend, compiler: { kind: 'batch', most: 9, build: () => Promise.resolve([]) } };
    const run = runCasesSupplied(2, (n) => generate(n + 1), { backend: silent, engines, checks });
    await expect(run).rejects.toThrow('was given 0 answers');
  });

  test('may refuse, break, and not support what it is given', async () => {
    const kinds = ['built', 'refused', 'unsupported', 'crashed'] as const;
    const answers: Readonly<Record<(typeof kinds)[number], (job: BuildJob<Settings>) => Answer>> = {
      built: now,
      refused: () => ({ kind: 'refused', code: 'no', text: 'no' }),
      unsupported: () => ({ kind: 'unsupported', what: 'everything' }),
      crashed: () => ({ kind: 'crashed', message: 'panic: 17 is odd', stage: 'linker' }),
    };
    for (const kind of kinds) {
      const backend = later(100, answers[kind]);
      const [report] = await runCasesSupplied(1, () => generate(1), { backend, engines, checks });
      const found = report!.findings.map(({ stage, kind: what, op }) => `${stage}/${what}/${op}`);
      expect([kind, found, report!.incomparable]).toEqual([
        kind,
        { built: [], refused: ['codegen/refused/no'], unsupported: [], crashed: ['linker/crash/panic-is-odd'] }[kind],
        kind === 'unsupported' ? ['unsupported:everything'] : [],
      ]);
    }
  });

  test('is reduced by the same steps', async () => {
    const crash = ({ unit, settings, way }: BuildJob<Settings>): Answer => {
      const hasSwitch = unit.navs.some(({ body }) => {
        if (body === null) return false;
        return Array.from({ length: body.length }, (_, n) => body.tag(n as never)).includes('cond_br');
      });
      return hasSwitch ? { kind: 'crashed', message: 'cond_br' } : now({ unit, settings, way });
    };
    const backend = later(100, crash);
    const bucket = 'codegen/interp-exe/crash/cond-br';
    const judge = judgeBucketLater(bucket, { backend, engines, checks });
    const options = {
      bucket,
      maxRuns: 400,
      judge: async (one: Parameters<typeof judge>[0]) => (await judge(one)).findings,
    };
    for (let seed = 1; ; seed++) {
      const reduction = await reduceCaseLater(generate(seed), options);
      if (reduction.finding === null) continue;
      expect(reduction.minimal).toBe(true);
      expect(reduction.case.unit.navs).toHaveLength(1);
      break;
    }
  });
});

test('a question that nobody hears is an error, not an endless loop', async () => {
  const supply = new Supply(CORE_BACKEND);
  const ask = (): Answer => supply.build({ unit: generate(1).unit, settings: generate(1).settings, way: 'x' }, '');
  await expect(supplied(supply, ask)).rejects.toThrow('nobody was asked for');
});
