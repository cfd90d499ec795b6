/** The V8 engine: what goes in and out at the boundary, how runs end, and that nothing is kept. */
import { describe, expect, test } from '@jest/globals';
import { IP } from '../../../../core/index.ts';
import type { EngineRun } from '../../../../harness/engine/door.ts';
import { messageClass } from '../../../../harness/model/message-class.ts';
import { ModuleEdit } from '../../../../harness/wasm/module-parts.ts';
import { functionNames, tableElements } from '../../../../harness/wasm/module-reader.ts';
import { BROKEN_FORM, fromWasm, quieten, scalarOf, toWasm } from '../../../../harness/model/scalars.ts';
import { exposeStackPointer } from '../../../../harness/engine/v8/stack-pointer.ts';
import { withinTime } from '../../../../harness/engine/time-guard.ts';
import { uniqueModule } from '../../../../harness/engine/v8/unique-module.ts';
import { addressOfNav, bytesAt } from '../../../../harness/engine/state.ts';
import { runOn } from '../../../../harness/engine/request.ts';
import { V8_ENGINE } from '../../../../harness/engine/v8/v8-engine.ts';
import { call, caseOf, unitOf, wat } from '../../check/fixtures.ts';

const UNIT = unitOf(`
extern fn @seen(u8, f64) i16
export fn @add(u8, u8) u8 {
  %0 = arg u8 0
  %1 = arg u8 1
  %2 = add_wrap %0, %1
  ret %2
}
export fn @look(u8) i16 {
  %0 = arg u8 0
  %1 = call @seen(%0, f64 1.5)
  ret %1
}
export fn @go() void { ret void {} }
export var @x: u32 = 7
`);

function ran(run: EngineRun): Extract<EngineRun, { kind: 'ran' }> {
  if (run.kind !== 'ran') throw new Error(JSON.stringify(run));
  return run;
}

/** The module with its stack pointer shown. */
function exposed(bytes: Uint8Array): Uint8Array {
  const edit = new ModuleEdit(bytes);
  exposeStackPointer(edit);
  return edit.toBytes();
}

function runGo(body: string, timeout: number | null = null): EngineRun {
  const bytes = wat(`(module (memory (export "memory") 1) (table 2 funcref) (type $t (func (param i32)))
    (func $go (export "go") ${body}))`);
  return runOn(V8_ENGINE, bytes, UNIT, [call('go'), call('go')], { timeout });
}

describe('scalars', () => {
  const { pool } = UNIT;
  const i7 = scalarOf(pool, pool.intType(true, 7))!;
  const u7 = scalarOf(pool, pool.intType(false, 7))!;
  const i40 = scalarOf(pool, pool.intType(true, 40))!;

  test('integers cross extended by their sign, and come back as patterns', () => {
    expect(toWasm(i7, 0x7fn)).toBe(-1);
    expect(toWasm(u7, 0x7fn)).toBe(127);
    expect(toWasm(scalarOf(pool, IP.u32_type)!, 0xffff_ffffn)).toBe(-1);
    expect(toWasm(i40, 0xff_ffff_ffffn)).toBe(-1n);
    expect(fromWasm(i7, -1)).toBe(0x7fn);
    expect(fromWasm(u7, 127)).toBe(0x7fn);
    expect(fromWasm(scalarOf(pool, IP.u32_type)!, -1)).toBe(0xffff_ffffn);
    expect(fromWasm(i40, -1n)).toBe(0xff_ffff_ffffn);
    expect(fromWasm(scalarOf(pool, IP.u64_type)!, -1n)).toBe(0xffff_ffff_ffff_ffffn);
  });

  test('a pattern that is wider than its type is cut to it', () => {
    expect(toWasm(u7, 0xffn)).toBe(127);
    expect(toWasm(i7, 0xffn)).toBe(-1);
    expect(toWasm(i40, 1n << 40n)).toBe(0n);
  });

  test('a result with wrong bits above its width equals no pattern', () => {
    expect(fromWasm(i7, 127)! & BROKEN_FORM).toBe(BROKEN_FORM);
    expect(fromWasm(u7, -1)! & BROKEN_FORM).toBe(BROKEN_FORM);
    expect(fromWasm(u7, 128)! & BROKEN_FORM).toBe(BROKEN_FORM);
    expect(fromWasm(i40, 0xff_ffff_ffffn)! & BROKEN_FORM).toBe(BROKEN_FORM);
    expect(fromWasm(scalarOf(pool, IP.bool_type)!, 2)! & BROKEN_FORM).toBe(BROKEN_FORM);
  });

  test('floats keep their bits, quiet NaNs included', () => {
    const f32 = scalarOf(pool, IP.f32_type)!;
    const f64 = scalarOf(pool, IP.f64_type)!;
    for (const bits of [0n, 0x8000_0000n, 0x3f80_0000n, 1n, 0x7f80_0000n, 0x7fc1_2345n]) {
      expect(fromWasm(f32, toWasm(f32, bits))).toBe(bits);
    }
    for (const bits of [0n, 1n << 63n, 0x7ff8_0000_dead_beefn]) expect(fromWasm(f64, toWasm(f64, bits))).toBe(bits);
  });

  test('signalling NaNs are made quiet before either side sees them', () => {
    const unit = unitOf(
      'export fn @f(f32, f64, u32) void {\n%0 = arg f32 0\n%1 = arg f64 1\n%2 = arg u32 2\nret void {}\n}',
    );
    const loud = [call('f', 0x7fa1_2345n, 0x7ff4_0000_0000_0001n, 0x7fa1_2345n)];
    expect(quieten(unit, loud)[0]!.args).toEqual([0x7fe1_2345n, 0x7ffc_0000_0000_0001n, 0x7fa1_2345n]);
    const calls = [call('f', 0n, 0n, 5n)];
    expect(quieten(unit, calls)).toBe(calls);
  });
});

describe('runs', () => {
  test('calls in order on one instance, with results as patterns', () => {
    const bytes = wat(`(module (global $n (mut i32) (i32.const 0))
      (func (export "add") (param i32 i32) (result i32)
        (global.set $n (i32.add (global.get $n) (local.get 0))) (global.get $n)))`);
    const run = ran(runOn(V8_ENGINE, bytes, UNIT, [call('add', 3n, 1n), call('add', 4n, 1n)], { timeout: null }));
    expect(run.outcomes).toEqual([
      { kind: 'returned', bits: 3n },
      { kind: 'returned', bits: 7n },
    ]);
  });

  test('imported functions are seen, and answer by the rule of docs/air.md', () => {
    const bytes = wat(`(module (import "env" "seen" (func $seen (param i32 f64) (result i32)))
      (func (export "look") (param i32) (result i32) (call $seen (local.get 0) (f64.const 1.5))))`);
    const run = ran(runOn(V8_ENGINE, bytes, UNIT, [call('look', 9n), call('look', 8n)], { timeout: null }));
    expect(run.trace).toEqual([
      { name: 'seen', args: [9n, 0x3ff8_0000_0000_0000n] },
      { name: 'seen', args: [8n, 0x3ff8_0000_0000_0000n] },
    ]);
    expect(run.outcomes).toEqual([
      { kind: 'returned', bits: 0n },
      { kind: 'returned', bits: BigInt.asUintN(16, 0x9e37_79b9_7f4a_7c15n >> 7n) },
    ]);
  });

  test.each([
    ['unreachable', 'unreachable'],
    ['(drop (i32.load (i32.const -1)))', 'memory_out_of_bounds'],
    ['(drop (i32.div_u (i32.const 1) (i32.const 0)))', 'division_by_zero'],
    ['(drop (i64.rem_s (i64.const 1) (i64.const 0)))', 'division_by_zero'],
    ['(drop (i32.div_s (i32.const 0x80000000) (i32.const -1)))', 'integer_overflow'],
    ['(drop (i32.trunc_f32_s (f32.const nan)))', 'invalid_conversion'],
    ['(call_indirect (type $t) (i32.const 0) (i32.const 9))', 'indirect_call'],
    ['(call_indirect (type $t) (i32.const 0) (i32.const 1))', 'indirect_call'],
    ['(memory.fill (i32.const 65536) (i32.const 0) (i32.const 1))', 'memory_out_of_bounds'],
  ])('%s ends the run as %s', (body, trap) => {
    expect(ran(runGo(body)).outcomes).toEqual([{ kind: 'trapped', trap }]);
  });

  test('endless recursion exhausts the stack, and endless loops the time', () => {
    expect(ran(runGo('(call $go)')).outcomes).toEqual([{ kind: 'exhausted', what: 'stack' }]);
    const started = performance.now();
    expect(ran(runGo('(loop (br 0))', 100)).outcomes).toEqual([{ kind: 'exhausted', what: 'time' }]);
    expect(performance.now() - started).toBeLessThan(200_000);
    // The guard works again; on a busy machine even nothing takes longer than 100 ms at times.
    expect(ran(runGo('', 30_000)).outcomes).toHaveLength(2);
  });

  test('a module that does not compile, link or export is rejected with the class of the message', () => {
    const invalid = runOn(V8_ENGINE, wat('(module)').slice(0, 7), UNIT, [], { timeout: null });
    expect(invalid).toMatchObject({ kind: 'rejected', phase: 'compile' });
    const unlinked = wat('(module (import "env" "nobody" (func)))');
    expect(runOn(V8_ENGINE, unlinked, UNIT, [], { timeout: null })).toMatchObject({
      kind: 'rejected',
      phase: 'instantiate',
    });
    expect(runOn(V8_ENGINE, wat('(module)'), UNIT, [call('go')], { timeout: null })).toMatchObject({
      kind: 'rejected',
      message: 'missing-export',
    });
  });

  test('the state shows memory, addresses, table slots by name and the stack pointer', () => {
    const bytes = wat(`(module (memory (export "memory") 1) (table 3 funcref)
      (global (export "x") i32 (i32.const 1024)) (global $sp (export "__stack_pointer") (mut i32) (i32.const 4096))
      (func $inner) (func $go (export "go") (i32.store (i32.const 1024) (i32.const 9)) (global.set $sp (i32.const 4080)))
      (elem (i32.const 1) $inner $go))`);
    const { state } = ran(runOn(V8_ENGINE, bytes, UNIT, [call('go')], { timeout: null }));
    expect(addressOfNav(state, UNIT, 4 as never)).toBe(1024);
    expect(addressOfNav(state, UNIT, 3 as never)).toBeUndefined();
    expect(state.memoryBytes).toBe(65536);
    expect([...bytesAt(state, 1024, 4)!]).toEqual([9, 0, 0, 0]);
    expect(bytesAt(state, 1024, 5)).toBeNull();
    expect([...state.slots]).toEqual([
      [1, { index: 0, names: ['inner'] }],
      [2, { index: 1, names: ['go'] }],
    ]);
    expect(state.stackPointer).toEqual({ before: 4096, after: 4080 });
  });

  test('a function that does not take or give the values of its type is rejected', () => {
    const wrong = (type: string, value: string): EngineRun => {
      const bytes = wat(`(module (func (export "add") ${type} ${value}))`);
      return runOn(V8_ENGINE, bytes, UNIT, [call('add', 1n, 2n)], { timeout: null });
    };
    const rejected = { kind: 'rejected', phase: 'instantiate', message: 'wrong-signature' };
    expect(wrong('(param i64 i64) (result i32)', '(i32.const 3)')).toMatchObject(rejected);
    expect(wrong('(param i32 i32) (result i64)', '(i64.const 3)')).toMatchObject(rejected);
    expect(wrong('(param i32 i32) (result f64)', '(f64.const 0.5)')).toMatchObject(rejected);
    expect(wrong('(param i32 i32)', '')).toMatchObject(rejected);
    expect(wrong('(param i32 i32) (result i32)', '(i32.const 3)').kind).toBe('ran');
  });

  test('the stack pointer is seen though the module does not export it', () => {
    const bytes = wat(`(module (import "env" "seen" (func (param i32 f64) (result i32))) (memory (export "memory") 1)
      (global i32 (i32.const 64)) (global f32 (f32.const 1)) (global $sp (mut i32) (i32.const 4096))
      (func (export "go") (global.set $sp (i32.const 4080))))`);
    expect(ran(runOn(V8_ENGINE, bytes, UNIT, [call('go')], { timeout: null })).state.stackPointer).toBeNull();
    const plain = wat(`(module (import "env" "seen" (func (param i32 f64) (result i32))) (memory (export "memory") 1)
      (global i32 (i32.const 64)) (global $sp (mut i32) (i32.const 0x100000))
      (func (export "go") (global.set $sp (i32.const 4080))))`);
    const { state } = ran(runOn(V8_ENGINE, plain, UNIT, [call('go')], { timeout: null }));
    expect(state.stackPointer).toEqual({ before: 0x10_0000, after: 4080 });
  });

  test('20,000 instances with memories pass through one process', () => {
    const bytes = wat('(module (memory (export "memory") 1) (func (export "go")))');
    let returned = 0;
    for (let n = 0; n < 20_000; n++) {
      const run = ran(runOn(V8_ENGINE, bytes, UNIT, [call('go')], { timeout: null }));
      if (run.outcomes[0]!.kind === 'returned' && run.state.memoryBytes === 65536) returned++;
    }
    expect(returned).toBe(20_000);
  });
});

describe('parts of the engine', () => {
  test('two copies of a module are never equal, and both are valid', () => {
    const bytes = wat('(module (func (export "go")))');
    const first = uniqueModule(bytes);
    const second = uniqueModule(bytes);
    expect(first).not.toEqual(second);
    expect(first.subarray(0, bytes.length)).toEqual(bytes);
    expect(WebAssembly.validate(first) && WebAssembly.validate(second)).toBe(true);
  });

  test.each([
    ['no exports', '(module (global (mut i32) (i32.const 1)))'],
    ['no globals', '(module (func (export "f")))'],
    ['no mutable i32', '(module (global i32 (i32.const 1)) (global (mut i64) (i64.const 1)) (func (export "f")))'],
    [
      'an imported global',
      '(module (import "env" "g" (global i32)) (global (mut i32) (i32.const 1)) (func (export "f")))',
    ],
    ['a shown stack pointer', '(module (global (export "__stack_pointer") (mut i32) (i32.const 1)))'],
  ])('a module with %s is left as it is', (_what, text) => {
    const bytes = wat(text);
    expect(exposed(bytes)).toBe(bytes);
  });

  test('bytes that are no module are left alone, or at least do no harm', () => {
    const bytes = wat('(module (global (mut i32) (i32.const 1)) (func (export "f") (drop (i32.const 5))))');
    expect(WebAssembly.validate(exposed(bytes))).toBe(true);
    for (let length = 0; length < bytes.length; length++) {
      expect(WebAssembly.validate(exposed(bytes.slice(0, length)))).toBe(WebAssembly.validate(bytes.slice(0, length)));
    }
  });

  test('table slots are read from the element segments', () => {
    const bytes = wat(
      '(module (table 99 funcref) (func $a) (func $b) (elem (i32.const 1) $b $a) (elem (i32.const 90) $b))',
    );
    expect([...tableElements(bytes)]).toEqual([
      [1, 1],
      [2, 0],
      [90, 1],
    ]);
  });

  test('function names are read, and nonsense gives none', () => {
    const bytes = wat('(module (func $one) (func $two))');
    expect([...functionNames(bytes)]).toEqual([
      [0, 'one'],
      [1, 'two'],
    ]);
    expect(functionNames(bytes.slice(0, 12)).size).toBe(0);
    expect(functionNames(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff]))).toEqual(
      new Map(),
    );
  });

  test.each([
    [
      'WebAssembly.Module(): Compiling function #3:"f" failed: type error in fallthru[0] (expected i32, got i64) @+37',
      'type-error-in-fallthru',
    ],
    [
      'WebAssembly.Module(): Compiling function #12 failed: i32.add[0] expected type i32, found local.get of type i64 @+91',
      'expected-type-found-of-type',
    ],
    ['@f %12: unexpected operand 7', 'unexpected-operand'],
    ['42', 'unknown'],
  ])('the class of "%s" is free of the program at hand', (message, expected) => {
    expect(messageClass(message)).toBe(expected);
  });

  test('the guard gives values through, throws through, and stops what does not end', () => {
    expect(withinTime(1000, () => 5)).toEqual({ timedOut: false, value: 5 });
    expect(() =>
      withinTime(1000, () => {
        throw new RangeError('mine');
      }),
    ).toThrow('mine');
    expect(
      withinTime(50, () => {
        for (;;);
      }),
    ).toMatchObject({ timedOut: true });
    expect(withinTime(1000, () => 6)).toEqual({ timedOut: false, value: 6 });
  });

  test('a case knows its calls by export name', () => {
    const { unit, calls } = caseOf(';! run @b(1)\nexport("a", "b") fn @f(u8) void {\n%0 = arg u8 0\nret void {}\n}\n');
    const bytes = wat('(module (func (export "b") (param i32)))');
    expect(ran(runOn(V8_ENGINE, bytes, unit, calls, { timeout: null })).outcomes).toEqual([
      { kind: 'returned', bits: null },
    ]);
  });
});
