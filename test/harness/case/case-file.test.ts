/** Case files: reading, writing, messages, and the examples of the manual. */
import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ALL_PEEPHOLES, DEFAULT_SETTINGS, printUnit } from '../../../core/index.ts';
import { parseSeed, printSeed } from '../../../harness/model/case.ts';
import type { StoredCase } from '../../../harness/case/case-file.ts';
import { formatCaseFileError, readCaseFile, writeCaseFile } from '../../../harness/case/case-file.ts';
import { CASE_FILE_SETTINGS } from '../../../harness/backend/core/settings-text.ts';

const manual = readFileSync(join(import.meta.dirname, '../../../corpus/README.md'), 'utf8');
const examples = [...manual.matchAll(/```air\n([\s\S]*?)```/g)].map((match) => match[1]!);

function read(text: string): StoredCase {
  const result = readCaseFile(text, 'a.air');
  if (!result.ok) throw new Error(result.errors.map(formatCaseFileError).join('\n'));
  return result.value;
}

function errorsOf(text: string): string[] {
  const result = readCaseFile(text, 'a.air');
  return result.ok ? [] : result.errors.map(formatCaseFileError);
}

const PROGRAM = 'export fn @f(u8) bool {\n  %0 = arg u8 0\n  ret bool true\n}\nexport var @x: u32 = 5\n';

describe('seeds', () => {
  test.each([
    ['0x51f3', { seed: 0x51f3, profile: 'default' }],
    ['link:0x51f3', { seed: 0x51f3, profile: 'link' }],
  ])('%s reads and prints the same', (text, name) => {
    expect(parseSeed(text)).toEqual(name);
    expect(printSeed(name)).toBe(text);
  });

  test('a decimal seed is read, and anything else is not', () => {
    expect(parseSeed('20979')).toEqual({ seed: 20979, profile: 'default' });
    for (const bad of ['', '0x', 'f3', '-1', '1.5', 'a:b:1', '0xffffffffffffffff']) expect(parseSeed(bad)).toBeNull();
  });
});

describe('the manual', () => {
  test('has examples, and each of them reads', () => {
    expect(examples.length).toBeGreaterThanOrEqual(4);
    for (const example of examples) expect(errorsOf(example)).toEqual([]);
  });

  test('the examples read back the same after they are written', () => {
    for (const example of examples) {
      const first = read(example);
      const text = writeCaseFile(first);
      const second = read(text);
      expect(writeCaseFile(second)).toBe(text);
      expect({ ...second, case: { ...second.case, unit: null } }).toEqual({
        ...first,
        case: { ...first.case, unit: null },
      });
      expect(printUnit(second.case.unit)).toBe(printUnit(first.case.unit));
    }
  });

  test('its first example says all that it shows', () => {
    const { case: case_, bucket, expect: stated, notes } = read(examples[0]!);
    expect(case_).toMatchObject({ seed: 0x51f3, profile: 'default', generator: 3 });
    expect(bucket).toBe('codegen/run/intcast');
    expect(case_.plan).toEqual({
      parts: [
        [0, 1],
        [2, 3],
      ],
      order: [1, 0],
    });
    expect(case_.settings).toEqual({ ...CASE_FILE_SETTINGS, stackSize: 32768 });
    expect(case_.calls).toEqual([
      { fn: 'f', args: [4294967294n] },
      { fn: 'g', args: [7n] },
      { fn: 'g', args: [0n] },
    ]);
    expect(stated.outcomes).toEqual([
      { kind: 'returned', bits: 4294967294n },
      { kind: 'returned', bits: null },
      { kind: 'trapped', trap: 'unreachable' },
    ]);
    expect(stated.memory.get(3 as never)).toEqual([0, 0, 0, 0].map((value) => ({ kind: 'byte', value })));
    expect(notes).toEqual(['Found when the widening of a u32 forgot that the value is unsigned.']);
  });

  test('pointers and undefined bytes of a memory line are read by name', () => {
    const { expect: stated } = read(examples[2]!);
    expect(stated.memory.get(0 as never)).toEqual([
      { kind: 'pointer', nav: 1, offset: 4, function: false },
      { kind: 'rest' },
      { kind: 'rest' },
      { kind: 'rest' },
      { kind: 'byte', value: 1 },
      { kind: 'undefined' },
      { kind: 'undefined' },
      { kind: 'undefined' },
    ]);
  });
});

describe('settings', () => {
  test('every setting survives being written and read', () => {
    const plain = read(PROGRAM);
    const changed = {
      stackSize: 1024,
      stackFirst: false,
      globalBase: 131072,
      bulkMemory: false,
      reuseLocals: false,
      atomics: true,
      tailCall: true,
      simd128: true,
      brTable: 'always',
      gc: false,
      strip: true,
      table64: true,
      buildId: 'fast',
      debugInfo: 'a.air',
      ...ALL_PEEPHOLES,
    } as const;
    for (const [key, value] of Object.entries(changed)) {
      const settings = { ...CASE_FILE_SETTINGS, [key]: value };
      const text = writeCaseFile({ ...plain, case: { ...plain.case, settings } });
      expect(read(text).case.settings).toEqual(settings);
    }
    expect(Object.keys(changed).sort()).toEqual(Object.keys(DEFAULT_SETTINGS).sort());
  });

  test('a program without recipe is a case without calls', () => {
    const stored = read(PROGRAM);
    expect(stored.case.calls).toEqual([]);
    expect(stored.case.settings).toEqual(CASE_FILE_SETTINGS);
    expect(stored.bucket).toBeNull();
  });
});

describe('errors', () => {
  test.each([
    ['case 2', "case file version '2' is not known"],
    ['seed five', "expected 'seed 0x"],
    ['bucket result', "'result' is no bucket"],
    ['target wasm16', "unknown target 'wasm16'"],
    ['target wasm32 +simd', "unknown feature '+simd'"],
    ['link --stack-size=7', "unknown option or bad value '--stack-size=7'"],
    ['link --stack-size=4294967280', 'leave no room in 4 GiB'],
    ['link --stack-size=2147483648 --no-stack-first --global-base=0x80000000', 'leave no room in 4 GiB'],
    ['link --global-base=1024', '--global-base=1024 lies inside the stack of 65536 bytes'],
    ['link with --table-base=4294967295', "unknown option or bad value '--table-base=4294967295'"],
    ['link with --initial-memory=4294967296', "unknown option or bad value '--initial-memory=4294967296'"],
    ['link --fast', "unknown option or bad value '--fast'"],
    ['link a.o = @f', '@x is in no object'],
    ['link a.o = @f @x | b.o = @x', '@x is in two objects'],
    ['link a.o = @f @x | order b.o', 'the order does not name each object once'],
    ['link a.o = @f @y', 'no @y in this program'],
    ['link nonsense', "expected 'name.o = @nav …'"],
    ['run @f', "expected '@f(values) = value'"],
    ['run @g(1)', '@g is not exported'],
    ['run @x()', '@x is no function'],
    ['run @f()', '@f takes 1 values, not 0'],
    ['run @f(256)', "'256' is no value of parameter 0"],
    ['run @f(1) = 2', "'2' is no value of the result type"],
    ['run @f(1) traps never', "unknown trap 'never'"],
    ['memory @x', "expected '@variable = bytes'"],
    ['memory @x = 0g', 'expected hex bytes'],
    ['memory @f = 00', '@f is no variable'],
    ['memory @x = &@y', 'no @y in this program'],
    ['walk @f(1)', "unknown recipe line 'walk'"],
  ])('%s', (line, message) => {
    const errors = errorsOf(`${PROGRAM};! ${line}\n`);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain('a.air:6: error: ');
    expect(errors[0]).toContain(message);
  });

  test('errors of the program have its lines', () => {
    expect(errorsOf(';! case 1\nexport fn @f() void {\n  %0 = frob u8 1\n  ret void {}\n}\n')[0]).toContain(
      'a.air:3: error: ',
    );
    expect(errorsOf(';! case 1\nexport fn @f() u8 {\n  ret u16 1\n}\n')[0]).toContain('a.air:3: error: ');
  });

  test('all bad lines are reported at once', () => {
    expect(errorsOf(`;! walk\n${PROGRAM};! run @g()\n`)).toHaveLength(2);
  });
});
