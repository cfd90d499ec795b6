/** A crash accuses the layer that threw: core marks it, and no stack is read. Planted in copies of the built core. */
import { afterAll, describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { layerOfError } from '../../../core/index.ts';
import { inLayer } from '../../../core/support/layer-mark.ts';
import { loadCoreBackend } from '../../../harness/backend/core/core-backend.ts';
import { generatorOf } from '../../../harness/case/generate.ts';
import { loadChecks } from '../../../harness/check/checks.ts';
import { runCase } from '../../../harness/check/run-case.ts';
import { V8_ENGINE } from '../../../harness/engine/v8/v8-engine.ts';
import { crashed } from '../../../harness/way/build-result.ts';
import { plant } from '../../../bench/planted/plant.ts';
import { makeFolder } from '../cli/run-harness.ts';

const folder = makeFolder();
afterAll(() => folder.remove());

const checks = await loadChecks(['interp-exe', 'exe-linked']);

describe('the stage of a crash', () => {
  test.each([
    ['code generation', 'generate.js', 'generate(pool, fnTy, body, options) {', 'codegen'],
    ['the emitter', 'emit.js', 'emitLocals(code, out);', 'emit'],
    ['the linker, asked for a number by the emitter', 'relocate.js', 'navCall(out, nav) {', 'linker'],
    [
      'the linker, at work by itself',
      'flush.js',
      'export function flushExecutable(all, options, buffers = new OutputBuffers()) {',
      'linker',
    ],
  ])('is right for %s', async (what, file, find, stage) => {
    const replace = find.endsWith(';') ? "throw new Error('planted');" : `${find} throw new Error('planted');`;
    const bug = { name: what.replace(/\W+/g, '-'), family: 'codegen', mistake: '', file, find, replace } as const;
    const core = plant(bug, join(folder.path, bug.name));
    const backend = await loadCoreBackend(pathToFileURL(join(core, 'index.js')).href, bug.name);
    const found = new Set<string>();
    for (let seed = 1; seed <= 12; seed++) {
      const case_ = generatorOf('default', null)(seed);
      const { findings } = runCase(case_, { backend, engines: [V8_ENGINE], checks });
      for (const finding of findings) found.add(`${finding.stage}/${finding.kind}/${finding.op}`);
    }
    expect([...found]).toEqual([`${stage}/crash/planted`]);
  });
});

describe('the mark', () => {
  const thrown = (body: () => void): unknown => {
    try {
      body();
      return null;
    } catch (error) {
      return error;
    }
  };

  test('is that of the innermost layer, and changes nothing else', () => {
    const error = new Error('x');
    const caught = thrown(() => inLayer('linker', () => inLayer('codegen', () => fail(error))));
    expect(caught).toBe(error);
    expect(layerOfError(error)).toBe('codegen');
    expect(crashed(error).stage).toBe('codegen');
    expect(Object.keys(error)).toEqual([]);
  });

  test('is absent where nobody marked, and harmless where nothing can be', () => {
    expect(crashed(new Error('x')).stage).toBeNull();
    expect(thrown(() => inLayer('linker', () => fail('text')))).toBe('text');
    expect(crashed('text').stage).toBeNull();
    const frozen = Object.freeze(new Error('x'));
    expect(thrown(() => inLayer('linker', () => fail(frozen)))).toBe(frozen);
    expect(inLayer('emit', () => 5)).toBe(5);
  });
});

function fail(error: unknown): never {
  throw error;
}
