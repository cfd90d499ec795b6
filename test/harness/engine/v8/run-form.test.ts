/** The form in which a module is run: imports through a table, memory from a pool; the run is the same. */
import { describe, expect, test } from '@jest/globals';
import type { EngineRun } from '../../../../harness/engine/door.ts';
import { shapesOf } from '../../../../harness/engine/v8/host.ts';
import { MemoryPool } from '../../../../harness/engine/v8/memory-pool.ts';
import { asEngineTakes, requireAddresses } from '../../../../harness/engine/v8/memory64.ts';
import { plainForm, pooledForm } from '../../../../harness/engine/v8/run-form.ts';
import { importsOf, requestOf, runOn } from '../../../../harness/engine/request.ts';
import { V8_ENGINE } from '../../../../harness/engine/v8/v8-engine.ts';
import { generatorOf } from '../../../../harness/case/generate.ts';
import { CORE_BACKEND } from '../../../../harness/backend/core/core-backend.ts';
import { call, exeOf, unitOf, wat } from '../../check/fixtures.ts';

const UNIT = unitOf(`
extern fn @seen(u8, f64) i16
export fn @go() void { ret void {} }
`);
const OFFERS = shapesOf(importsOf(UNIT));

/** What can be told of a run without looking at live objects. */
function told(run: EngineRun): unknown {
  if (run.kind !== 'ran') return run;
  const { outcomes, trace, state } = run;
  return { outcomes, trace, pointer: state.stackPointer, addresses: state.addresses, ranges: state.ranges };
}

describe('a module that gets the imports of its unit', () => {
  const TITLE = 'does the same with a table of imports and a lent memory, for 150 programs of profile %s';
  test.each(['default', 'wasm64'])(TITLE, (profile) => {
    requireAddresses(64);
    const generate = generatorOf(profile, null);
    const forms = { slots: 0, pages: 0 };
    for (let seed = 1; seed <= 150; seed++) {
      const { unit, settings, calls } = generate(seed * 31);
      // The contents of a memory of gigabytes are too much to tell.
      if ((settings.globalBase ?? 0) > 2 ** 30) continue;
      const built = exeOf(CORE_BACKEND, unit, settings);
      if (built.kind !== 'built') continue;
      const form = pooledForm(asEngineTakes(built.bytes), shapesOf(importsOf(unit)));
      expect(form.isWide).toBe(form.pages !== null && profile === 'wasm64');
      if (form.slots !== null) forms.slots++;
      if (form.pages !== null) forms.pages++;
      // A run with a probe takes the plain form.
      const probes = { module: 'none', functions: [], most: 0 };
      const plain = told(runOn(V8_ENGINE, built.bytes, unit, calls, { timeout: null, probes }));
      const pooled = told(V8_ENGINE.fast!(requestOf(built.bytes, unit, calls, { timeout: null })));
      expect(pooled).toEqual(plain);
    }
    expect(forms.slots).toBeGreaterThan(75);
    expect(forms.pages).toBeGreaterThan(100);
  });

  test('reaches each of 10,000 imports: the slot of a stub is a signed number of up to three bytes', () => {
    const count = 10_000;
    const names = Array.from({ length: count }, (_, n) => `f${n}`);
    const offers = shapesOf(importsOf(unitOf(names.map((name) => `extern fn @${name}() u32\n`).join(''))));
    const bytes = wat(`(module
      ${names.map((name) => `(import "env" "${name}" (func $${name} (result i32)))`).join('\n')}
      (func (export "go"))
      ${names.map((name) => `(export "${name}" (func $${name}))`).join('\n')})`);
    const { bytes: changed, slots } = pooledForm(bytes, offers);
    expect(slots).toHaveLength(count);
    const module = new WebAssembly.Module(changed);
    expect(WebAssembly.Module.imports(module)).toEqual([]);
    const { exports } = new WebAssembly.Instance(module);
    const table = Object.values(exports).find((item) => item instanceof WebAssembly.Table)!;
    // One function of the host for each slot; a module of its own, for a table takes nothing else.
    const source = wat(
      `(module ${names.map((name, n) => `(func (export "${name}") (result i32) i32.const ${n})`).join('\n')})`,
    );
    const host = new WebAssembly.Instance(new WebAssembly.Module(source)).exports;
    names.forEach((name, n) => table.set(n, host[name] as WebAssembly.ExportedFunction));
    const wrong = names.filter((name, n) => (exports[name] as () => number)() !== n);
    expect(wrong).toEqual([]);
  });

  test('keeps the numbers of its functions, tables and exports', () => {
    const bytes = wat(`(module
      (import "env" "seen" (func $seen (param i32 f64) (result i32)))
      (table (export "t") 3 funcref) (memory (export "memory") 1)
      (func $go (export "go") (drop (call $seen (i32.const 200) (f64.const 1.5))))
      (elem (i32.const 1) $go $seen))`);
    const { bytes: changed, slots, pages } = pooledForm(bytes, OFFERS);
    expect({ slots, pages }).toEqual({ slots: [0], pages: 1 });
    const module = new WebAssembly.Module(changed);
    expect(WebAssembly.Module.imports(module)).toEqual([{ module: 'harness', name: 'memory', kind: 'memory' }]);
    const memory = new WebAssembly.Memory({ initial: 1 });
    const { exports } = new WebAssembly.Instance(module, { harness: { memory } });
    const table = exports['t'] as WebAssembly.Table;
    expect(table.get(1)).toBe(exports['go']);
    expect((exports['go'] as { name: string }).name).toBe('1');
    expect((table.get(2) as { name: string }).name).toBe('0');
    expect(exports['memory']).toBe(memory);
  });

  test.each([
    ['a function that is not offered', '(import "env" "other" (func (param i32 f64) (result i32)))'],
    ['another parameter', '(import "env" "seen" (func (param i32 f32) (result i32)))'],
    ['another result', '(import "env" "seen" (func (param i32 f64) (result i64)))'],
    ['a global too', '(import "env" "seen" (func (param i32 f64) (result i32))) (import "env" "g" (global i32))'],
  ])('is left alone when it wants %s', (_what, wants) => {
    const bytes = wat(`(module ${wants} (memory 1) (func (export "go")))`);
    expect(pooledForm(bytes, OFFERS)).toMatchObject({ slots: null, pages: null });
    expect(V8_ENGINE.fast!(requestOf(bytes, UNIT, [call('go')], { timeout: null })).kind).toBe('rejected');
  });

  test('is left alone when it is not valid', () => {
    const bytes = wat(
      `(module (import "env" "seen" (func (param i32 f64) (result i32))) (memory 1) (func (export "go")))`,
    );
    for (let length = 0; length < bytes.length; length++) {
      const { bytes: changed } = pooledForm(bytes.slice(0, length), OFFERS);
      expect(WebAssembly.validate(changed as Uint8Array<ArrayBuffer>)).toBe(
        WebAssembly.validate(bytes.slice(0, length)),
      );
    }
    expect(plainForm(bytes)).toMatchObject({ slots: null, pages: null });
  });
});

describe('lent memories', () => {
  test('are zero and of the right size each time, whatever a run did to them', () => {
    const pool = new MemoryPool();
    const first = pool.take(2);
    const second = pool.take(2);
    requireAddresses(64);
    const wide = pool.take(2, true);
    expect(second).not.toBe(first);
    new Uint8Array(first.buffer).fill(7);
    second.grow(1);
    expect(pool.take(2)).not.toBe(first);
    pool.giveBack();
    const again = [pool.take(2), pool.take(2), pool.take(2)];
    expect(again).toContain(first);
    expect(again).not.toContain(second);
    expect(again).not.toContain(wide);
    expect(pool.take(2, true)).toBe(wide);
    for (const memory of again) {
      expect(memory.buffer.byteLength).toBe(2 * 65536);
      expect(new Uint8Array(memory.buffer).every((byte) => byte === 0)).toBe(true);
    }
  });

  test('are taken back only as long as they are few', () => {
    const pool = new MemoryPool();
    const big = Array.from({ length: 5 }, () => pool.take(600));
    pool.giveBack();
    const again = Array.from({ length: 5 }, () => pool.take(600));
    expect(again.filter((memory) => big.includes(memory)).length).toBe(3);
  });
});
