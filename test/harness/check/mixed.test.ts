/** The check `mixed`: what it links, that core does it right, and that it sees a link that does not. */
import { expect, test } from '@jest/globals';
import { CORE_BACKEND } from '../../../harness/backend/core/core-backend.ts';
import type { Backend, ObjectInput, ObjectJob } from '../../../harness/backend/door.ts';
import { generatorOf } from '../../../harness/case/generate.ts';
import { mixedCheck } from '../../../harness/check/mixed.ts';
import { runCase } from '../../../harness/check/run-case.ts';
import { V8_ENGINE } from '../../../harness/engine/v8/v8-engine.ts';
import type { Case } from '../../../harness/model/case.ts';
import { bucketOf } from '../../../harness/model/finding.ts';
import { Stopwatch } from '../../../harness/model/stopwatch.ts';
import { readObjectModel } from '../../../harness/wasm/read-object.ts';
import { Artefacts } from '../../../harness/way/artefacts.ts';
import { caseOf } from './fixtures.ts';

const options = { engines: [V8_ENGINE], checks: [mixedCheck], every: true } as const;
const core = CORE_BACKEND as Backend;

/** Core, with a look at what is mixed. */
function spied(asked: (job: ObjectJob, objects: readonly ObjectInput[]) => void): Backend {
  return {
    ...core,
    mixed: {
      build: (job, objects, work) => {
        asked(job, objects);
        return core.mixed!.build(job, objects, work);
      },
    },
  };
}

test.each(['default', 'link', 'wasm64'])(
  'profile %s: unit and objects are linked, and do what the program does',
  (profile) => {
    const generate = generatorOf(profile, null);
    const seen = { units: 0, unitData: 0, objects: 0, objectData: 0, archives: 0, both: 0 };
    const backend = spied(({ unit, defines }, objects) => {
      const navs = [...defines!].map((nav) => unit.navs[nav]!);
      const hasData = navs.some(({ kind }) => kind === 'var' || kind === 'const');
      const plain = objects.filter(({ name }) => !name.endsWith('.a'));
      const otherData = plain.some(({ bytes }) => readObjectModel(bytes).segments.length > 0);
      seen.units++;
      seen.unitData += hasData ? 1 : 0;
      seen.objects += plain.length;
      seen.objectData += otherData ? 1 : 0;
      seen.archives += objects.length - plain.length;
      seen.both += hasData && otherData ? 1 : 0;
    });
    for (let seed = 2000; seed < 2060; seed++) {
      const { findings } = runCase(generate(seed), { ...options, backend });
      expect([seed, findings]).toEqual([seed, []]);
    }
    expect(seen.units).toBeGreaterThan(40);
    expect(seen.objects).toBeGreaterThan(40);
    expect(seen.archives).toBeGreaterThan(5);
    expect(seen.both).toBeGreaterThan(10);
  },
);

test('a mix is a function of the case, and has parts on both sides', () => {
  const generate = generatorOf('default', null);
  for (let seed = 0; seed < 40; seed++) {
    const [first, again] = [generate(seed), generate(seed)].map((given) => storeOf(given).mix());
    expect(again).toEqual(first);
    const { plan } = generate(seed);
    expect(first!.others.length).toBeGreaterThan(0);
    expect(first!.others.length).toBeLessThan(plan.parts.length);
    for (const { part } of first!.others) expect(plan.parts[part]!.some((nav) => first!.unit.has(nav))).toBe(false);
  }
  expect(storeOf(caseOf('export fn @f() u8 {\n  ret u8 0\n}\n')).mix()).toBeNull();
});

function storeOf(given: Case): Artefacts {
  return new Artefacts({ case: given, backend: core, stopwatch: new Stopwatch(), stepTime: null, supply: null });
}

test('a link that loses data of objects beside those of a unit is found, and one that throws', () => {
  const case_ = caseOf(`
;! run @f() = 305419896
;! link a.o = @f | b.o = @n
export fn @f() u32 {
  %0 = load u32 *u32 &@n
  ret %0
}
var @n: u32 = 305419896
`);
  const wrong: Backend = {
    ...core,
    mixed: {
      build: (job, objects, work) => {
        const answer = core.mixed!.build(job, objects, work);
        if (answer.kind !== 'built') return answer;
        const bytes = answer.bytes.slice();
        // The only bytes of data.
        bytes[Buffer.from(bytes).indexOf('78563412', 'hex')] = 13;
        return { kind: 'built', bytes };
      },
    },
  };
  const { findings, checks } = runCase(case_, { ...options, backend: wrong });
  expect(checks).toEqual([{ name: 'mixed', failed: true }]);
  expect(findings.map(bucketOf)).toEqual(['linker/mixed/result/-']);
  expect(findings[0]!.way).toEqual({ name: 'mixed' });
  const refusing: Backend = {
    ...core,
    mixed: { build: () => ({ kind: 'refused', code: 'undefined_symbol', text: 'n' }) },
  };
  expect(runCase(case_, { ...options, backend: refusing }).findings.map(bucketOf)).toEqual([
    'linker/mixed/link-error/undefined_symbol',
  ]);
});
