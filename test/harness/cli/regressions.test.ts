/**
 * Every case of corpus/regressions: does what its file states, in the interpreter and compiled, and passes every check.
 */
import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CORE_BACKEND } from '../../../harness/backend/core/core-backend.ts';
import { formatCaseFileError, readCaseFile } from '../../../harness/case/case-file.ts';
import { loadChecks } from '../../../harness/check/checks.ts';
import { runCase } from '../../../harness/check/run-case.ts';
import { airFilesBelow } from '../../../harness/corpus/air-files.ts';
import { V8_ENGINE } from '../../../harness/engine/v8/v8-engine.ts';
import { ROOT } from './run-harness.ts';

const CORPUS = join(ROOT, 'corpus', 'regressions');
const files = airFilesBelow(CORPUS).map((file) => file.slice(CORPUS.length + 1));
const checks = await loadChecks();

describe('the corpus', () => {
  test('has cases in every area', () => {
    expect(files.length).toBeGreaterThanOrEqual(25);
    expect(new Set(files.map((file) => file.split('/')[0]))).toEqual(
      new Set(['calls', 'campaign', 'control', 'data', 'floats', 'integers', 'linking', 'memory', 'sums', 'wasm64']),
    );
  });

  test.each(files)('%s', (file) => {
    const text = readFileSync(join(CORPUS, file), 'utf8');
    const read = readCaseFile(text, file);
    if (!read.ok) throw new Error(read.errors.map(formatCaseFileError).join('\n'));
    const { case: case_, expect: stated, notes } = read.value;
    expect(notes.join('\n')).toMatch(/\w/);
    expect(stated.outcomes.length).toBeGreaterThan(0);
    expect(stated.outcomes.every(({ kind }) => kind !== 'unstated')).toBe(true);
    const report = runCase(case_, {
      backend: CORE_BACKEND,
      engines: [V8_ENGINE],
      checks,
      every: true,
      expect: stated,
    });
    expect(report.findings.map((finding) => finding.detail)).toEqual([]);
    expect(report.verdict).toEqual({ kind: 'completed' });
    expect(report.checks.map((check) => check.name)).toEqual(
      expect.arrayContaining(['interp-exe', 'exe-linked', 'expect']),
    );
  });
});
