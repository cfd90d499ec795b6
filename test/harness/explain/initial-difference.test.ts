/** What variables hold before the first call: of which ones a back end promises it. */
import { expect, test } from '@jest/globals';
import type { Unit } from '../../../core/index.ts';
import { IP } from '../../../core/index.ts';
import { CORE_BACKEND } from '../../../harness/backend/core/core-backend.ts';
import type { Backend } from '../../../harness/backend/door.ts';
import { V8_ENGINE } from '../../../harness/engine/v8/v8-engine.ts';
import { initialDifference } from '../../../harness/explain/lockstep.ts';
import { benchOf } from '../../../harness/explain/runner.ts';
import { Supply } from '../../../harness/way/supply.ts';
import { waysOf } from '../../../harness/way/ways.ts';
import { caseOf } from '../check/fixtures.ts';

const { layout: _layout, ...FOREIGN } = CORE_BACKEND as Backend;

/** `backend`, for which the variable @d holds something else than the program says. */
function changed(backend: Backend): Backend {
  const { compiler } = CORE_BACKEND as Backend;
  if (compiler.kind !== 'direct') throw new Error(compiler.kind);
  const edited = ({ pool, navs }: Unit): Unit => {
    const value = pool.int(IP.u32_type, 7n);
    return { pool, navs: navs.map((nav) => (nav.name === 'd' ? { ...nav, init: value } : nav)) };
  };
  const build: typeof compiler.build = (job, ...more) => compiler.build({ ...job, unit: edited(job.unit) }, ...more);
  return { ...backend, compiler: { ...compiler, build } };
}

function differs(declaration: string, backend: Backend): boolean {
  const case_ = caseOf(`;! run @f() = true\nexport fn @f() bool {\n  ret bool true\n}\n${declaration} @d: u32 = 5\n`);
  const bench = benchOf(backend, V8_ENGINE, new Supply(backend));
  return initialDifference(case_, waysOf(case_, backend)[0]!, bench) !== null;
}

test('is looked at of all variables where the layout is that of AIR, and else of exported ones', () => {
  const core = CORE_BACKEND as Backend;
  expect([differs('export var', core), differs('var', core)]).toEqual([false, false]);
  expect([differs('export var', changed(core)), differs('var', changed(core))]).toEqual([true, true]);
  expect([differs('export var', changed(FOREIGN)), differs('var', changed(FOREIGN))]).toEqual([true, false]);
});
