/** From units to bytes: executables, objects whole and in parts, repeated flushes, the runtime library. */
import { describe, expect, test } from '@jest/globals';
import type { NavIndex } from '../../../core/intern/keys.ts';
import { makeNav } from '../../../core/air/unit.ts';
import type { Nav, Unit } from '../../../core/air/unit.ts';
import {
  Compilation,
  compileExe,
  compileObject,
  linkObjects,
  openCompilation,
} from '../../../core/pipeline/compile.ts';
import { compileRuntimeObjects, runtimeLibrary } from '../../../core/pipeline/runtime-library.ts';
import type { Settings } from '../../../core/pipeline/settings.ts';
import { RUNTIME_FAMILIES } from '../../../core/runtime/source.ts';
import { DEFAULT_SETTINGS } from '../../../core/pipeline/settings.ts';
import { INTRINSICS } from '../../../core/mir/intrinsics.ts';
import { expectOk, readUnit, start } from '../codegen/run-air.ts';
import { SymbolFlag } from '../../../core/wasm/kinds.ts';

const PROGRAM = `
  export var @counter : u32 = 7
  const @step : u32 = 3
  var @zero : [100]u8 = .{ 0 ** }
  fn @next(u32) u32 {
    %0 = arg u32 0
    %1 = load u32 *const u32 &@step
    %2 = add_wrap %0, %1
    ret %2
  }
  export fn @f(u64) u64 {
    %0 = arg u64 0
    %1 = load u32 *u32 &@counter
    %2 = call @next(%1)
    store *u32 &@counter, %2
    %4 = mul_sat %0, u64 4294967299
    %5 = bit_reverse u64 %4
    %6 = ptr_elem_ptr *u8 *[100]u8 &@zero, usize 99
    %7 = load u8 %6
    %8 = intcast u64 %7
    %9 = add_wrap %5, %8
    ret %9
  }
`;

function reverse64(v: bigint): bigint {
  return BigInt(`0b${Array.from(v.toString(2).padStart(64, '0')).reverse().join('')}`);
}

function exercise(bytes: Uint8Array): void {
  const { call, memory, address } = start(bytes);
  expect(BigInt.asUintN(64, BigInt(call['f']!(5n)))).toBe(reverse64(5n * 4294967299n));
  expect(memory().getUint32(address('counter'), true)).toBe(10);
}

function swap(unit: Unit, name: string, text: string): Unit {
  const body = readUnit(text).navs.find((nav) => nav.name === name)!.body;
  const navs = unit.navs as Nav[];
  const index = unit.navs.findIndex((nav) => nav.name === name);
  navs[index] = { ...unit.navs[index]!, body };
  return unit;
}

describe('compileExe', () => {
  test('makes a module that runs, with runtime functions linked in', () => {
    exercise(expectOk(compileExe(readUnit(PROGRAM), DEFAULT_SETTINGS)));
  });

  test('exports data as addresses, and the memory', () => {
    const module = new WebAssembly.Module(expectOk(compileExe(readUnit(PROGRAM), DEFAULT_SETTINGS)));
    expect(WebAssembly.Module.exports(module)).toEqual([
      { name: 'counter', kind: 'global' },
      { name: 'f', kind: 'function' },
      { name: 'memory', kind: 'memory' },
    ]);
  });

  test('says what the module needs of an engine, and identifies it where that is asked for', () => {
    const section = (name: string, settings: Partial<Settings>): string[] => {
      const unit = readUnit('export fn @f() void { ret void {} }');
      const module = new WebAssembly.Module(expectOk(compileExe(unit, { ...DEFAULT_SETTINGS, ...settings })));
      return WebAssembly.Module.customSections(module, name).map((bytes) => Buffer.from(bytes).toString('latin1'));
    };
    expect(section('target_features', {})).toEqual(['\x01+\x0bbulk-memory']);
    expect(section('target_features', { bulkMemory: false })).toEqual([]);
    expect(section('target_features', { strip: true })).toEqual([]);
    expect(section('build_id', {})).toEqual([]);
    const [fast] = section('build_id', { buildId: 'fast' });
    expect(fast).toHaveLength(1 + 16);
    expect(section('build_id', { buildId: 'fast' })).toEqual([fast]);
    expect(section('build_id', { buildId: 'fast', bulkMemory: false })).not.toEqual([fast]);
    expect(section('build_id', { buildId: 'sha1' })[0]).toHaveLength(1 + 20);
  });

  test('leaves out the runtime library when nothing calls it', () => {
    const bytes = expectOk(compileExe(readUnit('export fn @f() void { ret void {} }'), DEFAULT_SETTINGS));
    expect(Buffer.from(bytes).includes('fmod')).toBe(false);
    expect(bytes.length).toBeLessThan(200);
  });
});

describe('compileObject and linkObjects', () => {
  test('give a module that runs, for one object and for one per nav in any order', () => {
    const unit = readUnit(PROGRAM);
    const whole = expectOk(compileObject(unit, DEFAULT_SETTINGS));
    exercise(expectOk(linkObjects([{ name: 'a.o', bytes: whole }], DEFAULT_SETTINGS)));
    const parts = unit.navs.map((nav, index) => ({
      name: `${nav.name}.o`,
      bytes: expectOk(compileObject(unit, DEFAULT_SETTINGS, { defines: new Set([index as NavIndex]), shared: true })),
    }));
    exercise(expectOk(linkObjects(parts, DEFAULT_SETTINGS)));
    exercise(expectOk(linkObjects([...parts].reverse(), DEFAULT_SETTINGS)));
  });

  test('report a missing part by name', () => {
    const unit = readUnit(PROGRAM);
    const defines = new Set([4 as NavIndex]);
    const bytes = expectOk(compileObject(unit, DEFAULT_SETTINGS, { defines, shared: true }));
    const result = linkObjects([{ name: 'f.o', bytes }], DEFAULT_SETTINGS);
    expect(result.ok ? [] : [...new Set(result.error.map((d) => d.code))]).toEqual(['undefined_symbol']);
  });

  test('report a missing runtime when told to leave it out', () => {
    const bytes = expectOk(compileObject(readUnit(PROGRAM), DEFAULT_SETTINGS));
    expect(linkObjects([{ name: 'a.o', bytes }], DEFAULT_SETTINGS, { runtime: false }).ok).toBe(false);
  });

  test('report broken input with its file', () => {
    const result = linkObjects([{ name: 'x.o', bytes: new Uint8Array([0, 1, 2]) }], DEFAULT_SETTINGS);
    expect(result.ok ? null : result.error[0]!.place).toMatchObject({ in: 'file', file: 'x.o' });
  });
});

describe('a kept compilation', () => {
  test('flushes to the same bytes each time, and those of a single compilation', () => {
    const unit = readUnit(PROGRAM);
    const open = expectOk(openCompilation(unit, DEFAULT_SETTINGS));
    const first = expectOk(open.flush());
    expect(Buffer.compare(first, expectOk(open.flush()))).toBe(0);
    expect(Buffer.compare(first, expectOk(compileExe(unit, DEFAULT_SETTINGS)))).toBe(0);
  });

  test('gives the bytes of a clean build after every update', () => {
    const unit = readUnit(PROGRAM);
    const open = expectOk(openCompilation(unit, DEFAULT_SETTINGS));
    const before = expectOk(open.flush());
    const edit = `${PROGRAM.slice(0, PROGRAM.indexOf('%2 = add_wrap %0, %1'))}%2 = mul_wrap %0, %1 ret %2 }
      export fn @f(u64) u64 { %0 = arg u64 0 ret %0 }`;
    swap(unit, 'next', edit);
    unit.navs.forEach((nav, index) => {
      if (nav.body) open.updateFunc(index as NavIndex);
      else open.updateNav(index as NavIndex);
      if (nav.body)
        expect(Buffer.compare(expectOk(open.flush()), expectOk(compileExe(unit, DEFAULT_SETTINGS)))).toBe(0);
    });
    expect(Buffer.compare(before, expectOk(open.flush()))).not.toBe(0);
  });

  test('is the same whatever object of it was asked for before', () => {
    const unit = readUnit(PROGRAM);
    const open = new Compilation(unit, DEFAULT_SETTINGS);
    const object = expectOk(open.flushObject(false));
    expectOk(open.flush());
    expect(Buffer.compare(object, expectOk(open.flushObject(false)))).toBe(0);
    expect(Buffer.compare(object, expectOk(compileObject(unit, DEFAULT_SETTINGS)))).toBe(0);
  });
});

describe('the runtime library', () => {
  test.each(RUNTIME_FAMILIES)('family $name defines what it says, of the intrinsic table', (family) => {
    const defines = family.defines();
    expect(defines.length).toBeGreaterThan(0);
    const objects = defines.map((name) => runtimeLibrary(32).find(name));
    expect(new Set(objects).size).toBe(1);
    const intrinsics = new Set<string>(INTRINSICS.map(({ name }) => name));
    const defined = objects[0]!.symbols.filter(({ flags }) => (flags & SymbolFlag.undefined) === 0);
    const names = defined.map(({ name }) => name).filter((name) => intrinsics.has(name));
    expect(new Set(names)).toEqual(new Set(defines));
  });

  test('has nothing under other names', () => {
    expect(runtimeLibrary(32).find('main')).toBeNull();
  });

  test('is parsed once, and compiles to the same bytes each time', () => {
    for (const bits of [32, 64] as const) {
      const library = runtimeLibrary(bits);
      expect(library.find('fmod')).toBe(library.find('fmodf'));
      expect(library.find('fmod')!.memory?.is64).toBe(bits === 64);
      const [once, twice] = [compileRuntimeObjects(bits), compileRuntimeObjects(bits)];
      expect(once.length).toBe(RUNTIME_FAMILIES.length);
      once.forEach(({ bytes }, n) => expect(Buffer.compare(bytes, twice[n]!.bytes)).toBe(0));
    }
  });
});

test('makeNav units without any nav compile to an empty module', () => {
  const unit = readUnit('');
  expect(unit.navs).toEqual([]);
  expect(makeNav({ kind: 'var', name: 'x', ty: 0 as never }).exports).toEqual([]);
  expect(WebAssembly.validate(expectOk(compileExe(unit, DEFAULT_SETTINGS)))).toBe(true);
});
