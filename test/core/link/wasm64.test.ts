/** Units with 64-bit addresses: executables, objects, relocations, tables of both widths, and addresses far up. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import wabtModule from 'wabt';
import { parseUnit } from '../../../core/air/text/parse.ts';
import type { Unit } from '../../../core/air/unit.ts';
import { verifyUnit } from '../../../core/air/verify/verify.ts';
import { formatDiagnostic } from '../../../core/diagnostics/diagnostics.ts';
import { readObject } from '../../../core/link/input/read-object.ts';
import type { Result } from '../../../core/pipeline/compile.ts';
import { compileExe, compileObject, joinObjects, linkObjects } from '../../../core/pipeline/compile.ts';
import type { Settings } from '../../../core/pipeline/settings.ts';
import { DEFAULT_SETTINGS } from '../../../core/pipeline/settings.ts';
import { RELOCATIONS } from '../../../core/wasm/relocations.ts';
import { asEngineTakes, requireAddresses } from '../../../harness/engine/v8/memory64.ts';

const wabt = await wabtModule();

const PROGRAM = `
export var @data: [4]u32 = .{ 1, 2, 3, 4 }
export var @into: *u32 = &@data + 8
var @calls: [2]*const fn(u64) u64 = .{ &@twice, &@square }
export var @text: []const u8 = slice([*]const u8 &([5]u8 "abcde"), 5)
fn @twice(u64) u64 {
  %0 = arg u64 0
  %1 = mul_wrap %0, u64 2
  ret %1
}
fn @square(u64) u64 {
  %0 = arg u64 0
  %1 = mul_wrap %0, %0
  ret %1
}
export fn @call(usize, u64) u64 {
  %0 = arg usize 0
  %1 = arg u64 1
  %2 = ptr_elem_ptr **const fn(u64) u64 *[2]*const fn(u64) u64 &@calls, %0
  %3 = load *const fn(u64) u64 %2
  %4 = call %3(%1)
  ret %4
}
export fn @read(usize) u32 {
  %0 = arg usize 0
  %1 = load *u32 **u32 &@into
  %2 = load u32 %1
  %3 = ptr_elem_ptr *u32 *[4]u32 &@data, %0
  %4 = load u32 %3
  %5 = mul_wrap %4, u32 100
  %6 = add_wrap %5, %2
  ret %6
}
export fn @letter(usize) u8 {
  %0 = arg usize 0
  %1 = load []const u8 *[]const u8 &@text
  %2 = slice_len usize %1
  %3 = rem %0, %2
  %4 = slice_elem_val %1, %3
  ret %4
}
export fn @product(u64, u64) u64 {
  %0 = arg u64 0
  %1 = arg u64 1
  %2 = mul_with_overflow tuple { u64, u1 } %0, %1
  %3 = struct_field_val u64 %2, 0
  ret %3
}
`;

function unitOf(text: string, ptrBits: 32 | 64 = 64): Unit {
  const parsed = parseUnit(text, { target: { ptrBits } });
  if (!parsed.ok) throw new Error(parsed.diagnostics.map(formatDiagnostic).join('\n'));
  expect(verifyUnit(parsed.unit).map(({ message }) => message)).toEqual([]);
  return parsed.unit;
}

function bytesOf(result: Result<Uint8Array>): Uint8Array {
  if (!result.ok) throw new Error(result.error.map(formatDiagnostic).join('\n'));
  return result.value;
}

function settings(changed: Partial<Settings> = {}): Settings {
  return { ...DEFAULT_SETTINGS, ...changed };
}

function observe(module: Uint8Array): unknown[] {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(asEngineTakes(module)));
  const e = exports as unknown as Record<string, (...args: bigint[]) => unknown>;
  return [
    ...[e['call']!(0n, 21n), e['call']!(1n, 12n), e['read']!(0n), e['read']!(3n), e['letter']!(7n)],
    e['product']!(3n, 5n),
  ];
}

const OUTCOME = [42n, 144n, 103, 403, 99, 15n];

function relocationsOf(object: Uint8Array): Set<string> {
  const parsed = readObject(object, 'a.o');
  if (!parsed.ok) throw new Error(parsed.error.text());
  const { codeRelocs, dataRelocs } = parsed.value;
  const types = [codeRelocs, dataRelocs].flatMap(({ type, count }) => [...type.subarray(0, count)]);
  return new Set(types.map((type) => RELOCATIONS[type]!.name));
}

beforeAll(() => {
  requireAddresses(64);
});

describe('units with 64-bit addresses', () => {
  const unit = unitOf(PROGRAM);

  for (const changed of [{}, { table64: true }, { bulkMemory: false }, { stackFirst: false, gc: false }] as const) {
    test(`run as executables and as linked objects with ${JSON.stringify(changed)}`, () => {
      const chosen = settings(changed);
      expect(observe(bytesOf(compileExe(unit, chosen)))).toEqual(OUTCOME);
      const object = bytesOf(compileObject(unit, chosen));
      expect(observe(bytesOf(linkObjects([{ name: 'a.o', bytes: object }], chosen)))).toEqual(OUTCOME);
      const joined = bytesOf(joinObjects([{ name: 'a.o', bytes: object }]));
      expect(observe(bytesOf(linkObjects([{ name: 'a.o', bytes: joined }], chosen)))).toEqual(OUTCOME);
    });
  }

  test('have 32-bit slots that any engine knows, unless 64-bit ones are asked for', () => {
    expect(WebAssembly.validate(bytesOf(compileExe(unit, settings())) as Uint8Array<ArrayBuffer>)).toBe(true);
    const wide = bytesOf(compileExe(unit, settings({ table64: true })));
    expect(asEngineTakes(wide)).not.toEqual(wide);
  });

  test('have the 64-bit relocations in objects', () => {
    expect([...relocationsOf(bytesOf(compileObject(unit, settings())))].sort()).toEqual([
      'FUNCTION_INDEX_LEB',
      'GLOBAL_INDEX_LEB',
      'MEMORY_ADDR_I64',
      'MEMORY_ADDR_SLEB64',
      'TABLE_INDEX_I64',
      'TABLE_NUMBER_LEB',
      'TYPE_INDEX_LEB',
    ]);
    const slot = unitOf(`${PROGRAM}
      export fn @slot() u64 {
        %0 = alloc **const fn(u64) u64
        store %0, *const fn(u64) u64 &@twice
        %2 = load *const fn(u64) u64 %0
        %3 = call %2(u64 4)
        ret %3
      }`);
    expect(relocationsOf(bytesOf(compileObject(slot, settings())))).toContain('TABLE_INDEX_SLEB64');
  });

  test('of which two objects with tables of different widths are refused by name, as is one of 32-bit addresses', () => {
    const narrow = { name: 'a.o', bytes: bytesOf(compileObject(unit, settings())) };
    const other = unitOf(PROGRAM.replaceAll('export ', ''));
    const wide = { name: 'b.o', bytes: bytesOf(compileObject(other, settings({ table64: true }))) };
    const codesOf = (inputs: readonly { name: string; bytes: Uint8Array }[]): string[] => {
      const result = linkObjects(inputs, settings());
      return result.ok ? [] : result.error.map(({ code }) => code);
    };
    expect(codesOf([narrow, wide])).toEqual(['table_width_mismatch']);
    const small = { name: 'c.o', bytes: bytesOf(compileObject(unitOf('var @x: u32 = 1', 32), settings())) };
    expect(codesOf([narrow, small])).toEqual(['address_width_mismatch']);
  });

  test('join with wide tables into a module that is valid by itself', () => {
    const object = bytesOf(compileObject(unit, settings({ table64: true })));
    const joined = bytesOf(joinObjects([{ name: 'a.o', bytes: object }]));
    for (const bytes of [object, joined]) {
      const parsed = wabt.readWasm(new Uint8Array(bytes), { memory64: true });
      const text = parsed.toText({});
      parsed.destroy();
      expect(text).toMatch(/\(elem \(;0;\) \(i64\.const 1\)/);
    }
  });

  test('keep the sign of addresses from 2 GiB on, where a memory of that size can be had', () => {
    const far = bytesOf(compileExe(unit, settings({ globalBase: 0x8000_0000 })));
    expect(observe(far)).toEqual(OUTCOME);
    const linked = linkObjects([{ name: 'a.o', bytes: bytesOf(compileObject(unit, settings())) }], {
      ...settings({ globalBase: 0x8000_0000 }),
    });
    expect(observe(bytesOf(linked))).toEqual(OUTCOME);
  });

  test('have addresses beyond 4 GiB in code, data and segments', () => {
    const base = 2 ** 32 + 64;
    for (const module of [
      compileExe(unit, settings({ globalBase: base })),
      linkObjects([{ name: 'a.o', bytes: bytesOf(compileObject(unit, settings())) }], settings({ globalBase: base })),
    ]) {
      const bytes = bytesOf(module);
      const parsed = wabt.readWasm(new Uint8Array(bytes), { memory64: true });
      const text = parsed.toText({});
      parsed.destroy();
      // The segment, two variables and two constants that code names, and the exported variables.
      expect([...text.matchAll(/i64\.const 429496\d{4}\b/g)].length).toBeGreaterThanOrEqual(7);
      // Upper halves of the pointers in data.
      expect([...text.matchAll(/\\00\\01\\00\\00\\00(?!\\00\\00\\00)/g)].length).toBeGreaterThan(0);
      expect(text).toMatch(/\(memory .* i64 6553[78]\)/);
    }
  });
});
