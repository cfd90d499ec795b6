/** Core behind the backend's door: case files on the real chain, and copies of core on units that another copy made. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { transformSync } from 'esbuild';
import { DEFAULT_SETTINGS } from '../../../../core/index.ts';
import { CORE_BACKEND, loadCoreBackend } from '../../../../harness/backend/core/core-backend.ts';
import { expectationsOf } from '../../../../harness/case/expectations.ts';
import { writeCaseFile } from '../../../../harness/case/case-file.ts';
import { defaultChecks } from '../../../../harness/model/check-names.ts';
import { loadChecks } from '../../../../harness/check/checks.ts';
import { runCase } from '../../../../harness/check/run-case.ts';
import { V8_ENGINE } from '../../../../harness/engine/v8/v8-engine.ts';
import { coreSettings } from '../../../../harness/backend/core/settings.ts';
import { interpret } from '../../../../interpreter/interpret.ts';
import { caseOf, stored, exeOf } from '../../check/fixtures.ts';

const root = join(import.meta.dirname, '../../../..');
const manual = readFileSync(join(root, 'corpus/README.md'), 'utf8');
const examples = [...manual.matchAll(/```air\n([\s\S]*?)```/g)].map((match) => match[1]!);
const checks = await loadChecks();

describe('the chain', () => {
  test.each(examples.map((text, n) => [n + 1, text] as const))(
    'example %i of the manual holds on both sides',
    (_n, text) => {
      const { case: case_, expect: stated } = stored(text);
      const report = runCase(case_, {
        backend: CORE_BACKEND,
        engines: [V8_ENGINE],
        checks,
        every: true,
        expect: stated,
      });
      expect(report.findings).toEqual([]);
      expect(report.incomparable).toEqual([]);
      const { parts, decorations = [] } = case_.plan;
      // The manual's programs have no debug information.
      const silent = new Set<string>(['engines', 'variables']);
      if (parts.length === 0) silent.add('exe-split');
      if (parts.length < 2) {
        silent.add('order');
        silent.add('mixed');
      }
      if (decorations.length === 0) silent.add('topology');
      const names = defaultChecks('default').filter((name) => !silent.has(name));
      expect(report.checks.map((check) => check.name)).toEqual([...names, 'expect']);
    },
  );

  test('what a run did can be stored, and holds when it is read again', () => {
    for (const text of examples) {
      const { case: case_ } = stored(text);
      const seen = expectationsOf(case_.unit, interpret(case_.unit, case_.calls));
      const file = writeCaseFile({ case: case_, bucket: null, notes: [], expect: seen });
      const again = stored(file);
      expect(again.expect).toEqual(seen);
      const report = runCase(again.case, {
        backend: CORE_BACKEND,
        engines: [V8_ENGINE],
        checks: [],
        expect: again.expect,
      });
      expect(report.findings).toEqual([]);
    }
  });

  test('a refusal has the code of its first reason', () => {
    const { unit } = caseOf(
      'export fn @f(u32) u32 {\n%0 = arg u32 0\n%1 = alloc **const fn(vector(2) u7) callconv(c) void\nret %0\n}\n',
    );
    expect(exeOf(CORE_BACKEND, unit, DEFAULT_SETTINGS)).toMatchObject({ kind: 'refused', code: 'refused_type' });
  });
});

describe('another copy of core', () => {
  let folder: string;
  beforeAll(() => {
    folder = copyOfCore();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('compiles units that this copy made to the same bytes', async () => {
    const copy = await loadCoreBackend(pathToFileURL(join(folder, 'index.js')).href);
    const { unit, settings: given, plan } = caseOf(examples[0]!);
    const settings = coreSettings(given);
    const exe = exeOf(copy, unit, settings);
    expect(exe.kind).toBe('built');
    expect(exe).toEqual(exeOf(CORE_BACKEND, unit, settings));
    const job = { unit, settings, defines: new Set(plan.parts[0]), shared: true };
    expect(copy.objects!.compile(job)).toEqual(CORE_BACKEND.objects!.compile(job));
    for (const text of examples) {
      const report = runCase(caseOf(text), { backend: copy, engines: [V8_ENGINE], checks, every: true });
      expect(report.findings).toEqual([]);
    }
  });
});

/** A copy of core as JavaScript in a folder of its own, made file by file: none of its classes is one of ours. */
function copyOfCore(): string {
  const folder = mkdtempSync(join(tmpdir(), 'core-copy-'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  for (const name of readdirSync(join(root, 'core'), { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts')) continue;
    const source = readFileSync(join(root, 'core', name), 'utf8');
    const { code } = transformSync(source, { loader: 'ts', target: 'es2022' });
    const file = join(folder, name.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, code.replace(/(from\s*"[^"]*)\.ts"/g, '$1.js"'));
  }
  return folder;
}
