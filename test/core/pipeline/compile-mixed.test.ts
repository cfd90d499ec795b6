/** A unit linked with objects and archives that hold the rest of its program. */
import { describe, expect, test } from '@jest/globals';
import type { Unit } from '../../../core/air/unit.ts';
import type { NavIndex } from '../../../core/intern/keys.ts';
import { compileExe, compileObject } from '../../../core/pipeline/compile.ts';
import { DEFAULT_SETTINGS } from '../../../core/pipeline/settings.ts';
import { writeArchive } from '../../../harness/wasm/write-archive.ts';
import { expectOk, readUnit, start } from '../codegen/run-air.ts';

const UNIT = readUnit(`
  export fn @f(u32) u32 {
    %0 = arg u32 0
    %1 = load u32 *u32 &@own
    %2 = load u32 *u32 &@theirs
    %3 = call @helper(%0)
    %4 = add_wrap %1, %2
    %5 = add_wrap %3, %4
    ret %5
  }
  var @own : u32 = 10
  var @theirs : u32 = 200
  fn @helper(u32) u32 {
    %0 = arg u32 0
    %1 = load u32 *u32 &@own
    %2 = mul_sat %0, u32 1000
    %3 = add_wrap %1, %2
    ret %3
  }
  fn @unused() u64 {
    %0 = load u64 *u64 &@nowhere
    ret %0
  }
  var @nowhere : u64 = 1
`);

function only(unit: Unit, ...names: string[]): ReadonlySet<NavIndex> {
  return new Set(names.map((name) => unit.navs.findIndex((nav) => nav.name === name) as NavIndex));
}

function object(...names: string[]): Uint8Array {
  return expectOk(compileObject(UNIT, DEFAULT_SETTINGS, { defines: only(UNIT, ...names), shared: true }));
}

const UNIT_PART = only(UNIT, 'f', 'own');

describe('compileExe with inputs', () => {
  test('joins a unit with objects, whose names without export it sees and the other way about', () => {
    const inputs = [{ name: 'b.o', bytes: object('helper', 'theirs') }];
    const bytes = expectOk(compileExe(UNIT, DEFAULT_SETTINGS, { defines: UNIT_PART, inputs }));
    expect(start(bytes).call['f']!(3)).toBe(10 + 200 + 10 + 3000);
    expect(Object.keys(start(bytes).call)).toEqual(['f', 'memory']);
  });

  test('takes what is needed from archives, and no more', () => {
    const members = [
      { name: 'b.o', bytes: object('helper'), symbols: ['helper'] },
      { name: 'c.o', bytes: object('theirs'), symbols: ['theirs'] },
      { name: 'd.o', bytes: object('unused', 'nowhere'), symbols: ['unused', 'nowhere'] },
    ];
    const inputs = [{ name: 'lib.a', bytes: writeArchive(members, 'gnu') }];
    const settings = { ...DEFAULT_SETTINGS, gc: false };
    const bytes = expectOk(compileExe(UNIT, settings, { defines: UNIT_PART, inputs }));
    expect(start(bytes).call['f']!(3)).toBe(3220);
    expect(Buffer.from(bytes).includes('unused')).toBe(false);
  });

  test('says which name nobody has, and which input cannot be read', () => {
    const missing = compileExe(UNIT, DEFAULT_SETTINGS, { defines: UNIT_PART, inputs: [] });
    expect(missing.ok ? [] : missing.error.map(({ code }) => code)).toContain('undefined_symbol');
    const inputs = [{ name: 'broken.o', bytes: Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 99) }];
    const broken = compileExe(UNIT, DEFAULT_SETTINGS, { defines: UNIT_PART, inputs });
    expect(broken.ok ? [] : broken.error.map(({ place }) => place)).toEqual([
      expect.objectContaining({ in: 'file', file: 'broken.o' }),
    ]);
    const archive = [{ name: 'broken.a', bytes: new TextEncoder().encode('!<arch>\nrubbish') }];
    expect(compileExe(UNIT, DEFAULT_SETTINGS, { defines: UNIT_PART, inputs: archive }).ok).toBe(false);
  });

  test('two parts that both define a name are refused', () => {
    const inputs = [{ name: 'b.o', bytes: object('helper', 'theirs', 'own') }];
    const result = compileExe(UNIT, DEFAULT_SETTINGS, { defines: UNIT_PART, inputs });
    expect(result.ok ? [] : result.error.map(({ code }) => code)).toEqual(['duplicate_symbol']);
  });
});
