/**
 * The work of a case is linear in its number of functions: generating excepted, all that `run`, `repro` and `regress` do.
 *
 * Measured in processor time of this process, so that a busy machine changes nothing; a square law would take 16 times as long for
 * four times as many functions.
 */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { CORE_BACKEND } from '../../../../harness/backend/core/core-backend.ts';
import { readCaseFile, writeCaseFile } from '../../../../harness/case/case-file.ts';
import { loadChecks } from '../../../../harness/check/checks.ts';
import { runCase } from '../../../../harness/check/run-case.ts';
import { V8_ENGINE } from '../../../../harness/engine/v8/v8-engine.ts';

const FEW = 2000;
const MANY = 4 * FEW;
/** Between a linear law (4) and a square one (16). */
const MOST = 9;

function program(functions: number): string {
  const lines: string[] = [];
  for (let n = 0; n < functions; n++) lines.push(`export fn @f${n}() u32 {\n  ret u32 ${n}\n}`);
  for (let n = 0; n < 10; n++) lines.push(`;! run @f${(n * functions) / 10}() = ${(n * functions) / 10}`);
  return `${lines.join('\n')}\n`;
}

/** Seconds of processor time. */
function timed(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

describe('four times as many exported functions', () => {
  const ran: string[] = [];
  let checks: Awaited<ReturnType<typeof loadChecks>>;

  beforeAll(async () => {
    checks = await loadChecks();
  });

  /** Reads, writes and runs a case with every check; throws if something is found. */
  function work(functions: number): number {
    const text = program(functions);
    return timed(() => {
      const read = readCaseFile(text, 'many.air');
      if (!read.ok) throw new Error(read.errors[0]!.message);
      writeCaseFile(read.value);
      const { findings, checks: done } = runCase(read.value.case, {
        backend: CORE_BACKEND,
        engines: [V8_ENGINE],
        checks,
        every: true,
        expect: read.value.expect,
        time: { case: null, step: 600_000 },
      });
      if (findings.length > 0) throw new Error(findings[0]!.detail);
      ran.splice(0, ran.length, ...done.map(({ name }) => name));
    });
  }

  test('take about four times as long', () => {
    work(FEW);
    const few = Math.min(work(FEW), work(FEW));
    const many = work(MANY);
    expect(many / few).toBeLessThan(MOST);
    expect(ran).toEqual(
      expect.arrayContaining(['interp-exe', 'exe-linked', 'determinism', 'roundtrip', 'wabt', 'expect']),
    );
  });
});
