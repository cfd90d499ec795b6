/**
 * One program out of a module of several: what it can do, and that nothing of its neighbours is left that could break it.
 */
import { describe, expect, test } from '@jest/globals';
import { compileExe, DEFAULT_SETTINGS, parseUnit } from '../../../core/index.ts';
import { functionIndexOf } from '../../../harness/wasm/module-place.ts';
import { functionNames } from '../../../harness/wasm/module-reader.ts';
import { BatchModule } from '../../../harness/wasm/split-module.ts';

const TEXT = `extern fn @"p0_host"(u32) u32
extern fn @"p1_host"(u64) u32

fn @p0_n2(u32) u32 {
  %0 = arg u32 0
  %1 = call @"p0_host"(%0)
  ret %1
}

fn @p1_n2(u32) u32 {
  %0 = arg u32 0
  %1 = call @"p1_host"(u64 5)
  ret %1
}

var @p0_pointer: *const fn (u32) u32 = &@p0_n2
var @p1_pointer: *const fn (u32) u32 = &@p1_n2

export fn @p0_f(u32) u32 {
  %0 = arg u32 0
  %1 = load *const fn (u32) u32 **const fn (u32) u32 &@p0_pointer
  %2 = call %1(%0)
  ret %2
}

export fn @p1_f(u32) u32 {
  %0 = arg u32 0
  %1 = load *const fn (u32) u32 **const fn (u32) u32 &@p1_pointer
  %2 = call %1(%0)
  ret %2
}
`;

function batch(): Uint8Array {
  const parsed = parseUnit(TEXT);
  if (!parsed.ok) throw new Error(parsed.diagnostics[0]!.message);
  const built = compileExe(parsed.unit, DEFAULT_SETTINGS);
  if (!built.ok) throw new Error('does not build');
  return built.value;
}

function run(bytes: Uint8Array, imports: WebAssembly.Imports): unknown {
  const module = new WebAssembly.Module(Buffer.from(bytes));
  const { exports } = new WebAssembly.Instance(module, imports);
  return (exports['f'] as (x: number) => number)(20);
}

describe('a program of a batch', () => {
  test('tells the names of functions that are known, and no others', () => {
    const whole = new BatchModule(batch());
    expect([...functionNames(whole.program('p1_', new Map()))]).toEqual([]);
    const named = whole.program('p1_', new Map(), (text) => (text === 'n2' ? 'callee' : null));
    const index = functionIndexOf(named, 'callee')!;
    expect([...functionNames(named)]).toEqual([[index, 'callee']]);
    expect(WebAssembly.validate(Buffer.from(named))).toBe(true);
    expect(run(named, { env: { host: (x: bigint) => Number(x) + 1 } })).toBe(6);
  });

  test('imports, exports and calls by pointer what is its own, under its own names', () => {
    const whole = new BatchModule(batch());
    const first = whole.program('p0_', new Map());
    const second = whole.program('p1_', new Map());
    const shape = (bytes: Uint8Array): string[] => {
      const module = new WebAssembly.Module(Buffer.from(bytes));
      return [...WebAssembly.Module.imports(module), ...WebAssembly.Module.exports(module)].map(({ name }) => name);
    };
    expect(shape(first)).toEqual(['host', 'f', 'memory']);
    expect(shape(second)).toEqual(['host', 'f', 'memory']);
    expect(run(first, { env: { host: (x: number) => x + 1 } })).toBe(21);
    expect(run(second, { env: { host: (x: bigint) => Number(x) + 2 } })).toBe(7);
  });

  test('tells the addresses that it is given as globals', () => {
    const bytes = new BatchModule(batch()).program('p0_', new Map([['counter', 70000]]));
    const module = new WebAssembly.Module(Buffer.from(bytes));
    const { exports } = new WebAssembly.Instance(module, { env: { host: (x: number) => x } });
    expect((exports['counter'] as WebAssembly.Global).value).toBe(70000);
  });

  test('is valid beside a neighbour that is not', () => {
    const bytes = Uint8Array.from(batch());
    // The constant 5 of the second program is a 64-bit one: as one of 32 bits, its function is invalid.
    const at = bytes.findIndex((byte, n) => byte === 0x42 && bytes[n + 1] === 5);
    expect(at).toBeGreaterThan(0);
    bytes[at] = 0x41;
    expect(WebAssembly.validate(Buffer.from(bytes))).toBe(false);
    const whole = new BatchModule(bytes);
    expect(run(whole.program('p0_', new Map()), { env: { host: (x: number) => x + 1 } })).toBe(21);
    expect(WebAssembly.validate(Buffer.from(whole.program('p1_', new Map())))).toBe(false);
  });
});
