/** Which checks a stored case is about, by its file. */
import { describe, expect, test } from '@jest/globals';
import type { StoredCase } from '../../../harness/case/case-file.ts';
import { readCaseFile, writeCaseFile } from '../../../harness/case/case-file.ts';
import { checksFor, enoughChecks, ownChecks } from '../../../harness/check/own-checks.ts';
import { defaultChecks } from '../../../harness/model/check-names.ts';

const PROGRAM = 'export fn @f() u32 {\n  ret u32 7\n}\nexport fn @g() u32 {\n  ret u32 8\n}\n;! run @f() = 7\n';

function stored(...lines: readonly string[]): StoredCase {
  const read = readCaseFile(lines.map((line) => `;! ${line}\n`).join('') + PROGRAM, 'case.air');
  if (!read.ok) throw new Error(read.errors[0]!.message);
  return read.value;
}

describe('the checks that a case is about', () => {
  test.each([
    ['its line names them', ['bucket codegen/run/intcast', 'checks config'], ['config']],
    ['one that is optional', ['checks lld topology'], ['lld', 'topology']],
    ['an old bucket names one', ['bucket codegen/threads/bytes/exe'], ['threads']],
    ['what the file states', ['bucket codegen/expect/result/-'], []],
    ['a bucket of the end does not say', ['bucket codegen/run/intcast'], null],
    ['nor does a worker that died', ['bucket codegen/process/crash/sigsegv'], null],
    ['nor a generated case without a bucket', ['seed 0x1 profile default generator 5'], null],
    ['a case by hand states all', [], []],
    ['and has objects to be linked', ['link a.o = @f | b.o = @g'], ['mixed', 'topology', 'order', 'layout']],
  ])('%s', (_what, lines, own) => {
    expect(ownChecks(stored(...lines))).toEqual(own);
  });

  test('come with those that every case has, in the order of all, and with what was asked for', () => {
    const all = defaultChecks('default');
    const always = ['validate', 'interp-exe', 'exe-linked', 'exe-split'];
    expect(enoughChecks(stored('checks reflush config'), all, [])).toEqual([...always, 'config', 'reflush']);
    expect(enoughChecks(stored(), all, ['wabt'])).toEqual([...always, 'wabt']);
    expect(enoughChecks(stored('bucket codegen/run/intcast'), all, [])).toEqual(all);
  });

  test('are written as they were read, and only names of checks', () => {
    const text = writeCaseFile(stored('bucket codegen/run/intcast', 'checks lld topology'));
    expect(text).toContain('\n;! bucket codegen/run/intcast\n;! checks lld topology\n');
    const again = readCaseFile(text, 'again.air');
    expect(again.ok && again.value.checks).toEqual(['lld', 'topology']);
    expect(readCaseFile(`;! case 1\n;! checks lld ldd\n${PROGRAM}`, 'bad.air')).toMatchObject({
      ok: false,
      errors: [{ line: 2, message: expect.stringContaining("no check 'ldd' (known: validate, ") }],
    });
    expect([checksFor('threads'), checksFor('process'), checksFor(null)]).toEqual([['threads'], [], []]);
  });
});
