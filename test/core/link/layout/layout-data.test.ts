/** Addresses, slots and indexes at the places where LEBs change length or sign, and the map of memory. */
import type { LocalIndex } from '../../../../core/mir/mir.ts';
import { describe, expect, test } from '@jest/globals';
import { linkObjects } from '../../../../core/link/linker.ts';
import { prefixOf } from '../../../../core/link/layout/collect-segments.ts';
import type { LinkOptions } from '../../../../core/link/options/options.ts';
import { MirTag } from '../../../../core/mir/ops.ts';
import type { BodyWriter, HandProgram } from '../hand-program.ts';
import {
  codes,
  executable,
  expectLinked,
  inputs,
  linked,
  linkerFor,
  namesOf,
  objects,
  observeSample,
  run,
  SAMPLE,
  SAMPLE_OUTCOME,
} from '../hand-program.ts';

/** Both ways to an executable. */
function bothWays(program: HandProgram, options: Partial<LinkOptions>): Uint8Array[] {
  return [
    executable(program, options),
    linked(
      objects(program, 1, () => 0),
      options,
    ),
  ];
}

describe('addresses', () => {
  // Each value lies in a range that a signed reader of an unsigned LEB takes for negative, or at its border.
  for (const base of [64, 127, 128, 0x2000, 0x3ff0, 0x4000, 0x10_0000, 0x1f_fff0, 0x20_0000, 0x800_0000]) {
    test(`data at 0x${base.toString(16)} is found, stack below it or above it`, () => {
      const below = Math.min(base, 4096) & ~15;
      for (const options of [
        { stackFirst: true, stackSize: below, globalBase: base },
        { stackFirst: false, stackSize: 4096, globalBase: base },
      ]) {
        for (const bytes of bothWays(SAMPLE, options)) {
          if (options.stackFirst && below < 256) expect(run(bytes).call('deref')).toBe(1333);
          else expect(observeSample(bytes)).toEqual(SAMPLE_OUTCOME);
        }
      }
    });
  }

  for (const stackSize of [64, 112, 8192, 16368, 1 << 20, (1 << 21) - 16]) {
    test(`a stack of ${stackSize} bytes in front of the data starts where it should`, () => {
      for (const bytes of bothWays(SAMPLE, { stackSize })) {
        const program = run(bytes);
        expect(program.call('deref')).toBe(1333);
        expect([program.call('frame', 1), program.call('frame', 1)]).toEqual([9, 10]);
      }
    });
  }

  test('data above 2 GiB is valid and lies there', () => {
    const base = 2 ** 31 + 16;
    for (const bytes of bothWays(SAMPLE, { globalBase: base })) {
      expect(WebAssembly.validate(bytes as Uint8Array<ArrayBuffer>)).toBe(true);
      const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
        env: { observe: () => undefined },
      });
      expect(((exports['shared'] as WebAssembly.Global).value as number) >>> 0).toBeGreaterThanOrEqual(base);
      expect((exports['deref'] as () => number)()).toBe(1333);
    }
  });

  test('segments keep their alignment whatever the base', () => {
    for (let base = 1024; base < 1024 + 70; base += 7) {
      const { map } = expectLinked(
        linkerFor(SAMPLE, namesOf(SAMPLE.text)).flushExecutable({ stackSize: 1024, globalBase: base }),
      );
      expect(map.datum('shared')!.address % 16).toBe(0);
      expect(map.datum('counter')!.address % 4).toBe(0);
      const sorted = [...map.data].sort((a, b) => a.address - b.address);
      for (let i = 1; i < sorted.length; i++) {
        expect(sorted[i]!.address).toBeGreaterThanOrEqual(sorted[i - 1]!.address + sorted[i - 1]!.size);
      }
    }
  });
});

describe('numbers', () => {
  test('200 address-taken functions are reached through slots of one and two bytes', () => {
    const count = 200;
    const bodies: Record<string, BodyWriter> = {
      // Calls function number arg0 through its slot, which comes from code for even numbers and from data for odd ones.
      call: (b, n) => {
        b.block();
        b.block();
        b.localGet(0 as LocalIndex);
        b.i32Const(1);
        b.op(MirTag.i32_and);
        b.brIf(0);
        for (let i = 0; i < count; i += 2) {
          b.block();
          b.localGet(0 as LocalIndex);
          b.i32Const(i);
          b.op(MirTag.i32_ne);
          b.brIf(0);
          b.funcRef(n.nav(`f${i}`));
          b.callIndirect(n.type('f0'));
          b.op(MirTag.return);
          b.end();
        }
        b.end();
        b.end();
        b.navRef(n.nav('all'));
        b.localGet(0 as LocalIndex);
        b.i32Const(2);
        b.op(MirTag.i32_shl);
        b.op(MirTag.i32_add);
        b.memory(MirTag.i32_load, 0, 4);
        b.callIndirect(n.type('f0'));
      },
    };
    const names = Array.from({ length: count }, (_, i) => `f${i}`);
    names.forEach((name, i) => (bodies[name] = (b) => b.i32Const(i * 1000)));
    const text = `
      const @all: [${count}]*const fn() u32 = .{ ${names.map((name) => `&@${name}`).join(', ')} }
      ${names.map((name) => `fn @${name}() u32 { trap }`).join('\n')}
      export fn @call(u32) u32 { trap }`;
    for (const bytes of [...bothWays({ text, bodies }, {}), linked(objects({ text, bodies }, 5, (nav) => nav % 5))]) {
      const program = run(bytes);
      for (let i = 0; i < count; i++) expect(program.call('call', i)).toBe(i * 1000);
    }
  });

  test('200 types and 300 functions get indexes of two bytes', () => {
    const bodies: Record<string, BodyWriter> = {};
    const lines: string[] = [];
    for (let i = 0; i < 300; i++) {
      const arity = i % 200;
      lines.push(`${i === 299 ? 'export ' : ''}fn @g${i}(${Array(arity).fill('u64').join(', ')}) u32 { trap }`);
      bodies[`g${i}`] = (b, n) => {
        if (i === 0) {
          b.i32Const(5);
          return;
        }
        const callee = (i - 1) % 200;
        for (let a = 0; a < callee; a++) b.i64Const(0, 0);
        b.callNav(n.nav(`g${i - 1}`));
        b.i32Const(1);
        b.op(MirTag.i32_add);
      };
    }
    const program = { text: lines.join('\n'), bodies };
    const args = Array<bigint>(99).fill(0n);
    for (const bytes of [...bothWays(program, {}), linked(objects(program, 3, (nav) => nav % 3))]) {
      expect(run(bytes).call('g299', ...args)).toBe(304);
    }
  });
});

describe('the map of memory', () => {
  const memoryOf = (options: Partial<LinkOptions>) =>
    expectLinked(linkerFor(SAMPLE, namesOf(SAMPLE.text)).flushExecutable(options)).map.memory;

  test('stack first: stack, data, heap', () => {
    const memory = memoryOf({ stackSize: 4096 });
    expect([memory.stackLow, memory.stackPointer, memory.dataStart]).toEqual([0, 4096, 4096]);
    expect(memory.dataEnd).toBeLessThanOrEqual(memory.heapBase);
    expect(memory.heapEnd).toBe(65536);
  });

  test('data first: 1024 bytes, data, stack, heap', () => {
    const memory = memoryOf({ stackSize: 4096, stackFirst: false });
    expect(memory.dataStart).toBe(1024);
    expect(memory.stackLow).toBeGreaterThanOrEqual(memory.dataEnd);
    expect(memory.stackPointer % 16).toBe(0);
    expect(memory.heapBase).toBe(memory.stackPointer);
  });

  test('an initial memory that is exactly enough is accepted, a page less is refused', () => {
    const need = { stackSize: 65536 * 2 - 4096 };
    const pages = memoryOf(need).pages;
    expect(memoryOf({ ...need, initialMemory: pages * 65536 }).pages).toBe(pages);
    const linker = linkerFor(SAMPLE, namesOf(SAMPLE.text));
    expect(codes(linker.flushExecutable({ ...need, initialMemory: (pages - 1) * 65536 }))).toEqual([
      'memory_too_small',
    ]);
    expect(codes(linker.flushExecutable({ ...need, maxMemory: (pages - 1) * 65536 }))).toEqual(['memory_too_small']);
  });

  test('wrong options are refused before anything is linked', () => {
    const refused: [Partial<LinkOptions>, string][] = [
      [{ stackSize: 24 }, 'option_bad'],
      [{ stackSize: -16 }, 'option_invalid'],
      [{ globalBase: 0.5, stackFirst: false }, 'option_invalid'],
      [{ initialMemory: 1000 }, 'memory_size_not_page_multiple'],
      [{ maxMemory: 2 ** 33 }, 'memory_too_large'],
      [{ stackSize: 65536, globalBase: 1024 }, 'global_base_too_low'],
      [{ globalBase: 2 ** 32 - 16 }, 'memory_too_large'],
      [{ exports: ['nothing'] }, 'export_missing'],
      [{ entry: '_start' }, 'entry_missing'],
      [{ exports: ['memory'] }, 'export_missing'],
    ];
    const parts = inputs(objects(SAMPLE, 1, () => 0));
    for (const [options, code] of refused) {
      expect(codes(linkerFor(SAMPLE, namesOf(SAMPLE.text)).flushExecutable(options))).toEqual([code]);
      expect(codes(linkObjects(parts, options))).toEqual([code]);
    }
  });

  test('segment names split at the second dot', () => {
    const known: string[] = [];
    const names = ['.rodata.str1.1', '.data', 'mine', 'a.b', '.rodata.cst', 'ab.c', 'a'];
    expect(names.map((name) => prefixOf(name, known))).toEqual(['.rodata', '.data', 'mine', 'a', '.rodata', 'ab', 'a']);
    expect(known).toEqual(['.rodata', 'a', 'ab']);
  });
});

describe('sections', () => {
  test('an empty program is a module with a memory', () => {
    const empty = { text: '', bodies: {} };
    for (const bytes of [executable(empty), linked([]), linked(objects(empty, 1, () => 0))]) {
      expect(Object.keys(run(bytes).exports)).toEqual(['memory']);
    }
  });

  test('segments that are zero come last and first without harm to their neighbours', () => {
    const text = `
      export var @a: u32 section("mine") = 0
      export var @b: u32 section("mine") = 5
      export var @c: [3]u8 section("mine") = .{ 0 ** }
      export var @d: u64 = 0
      export var @e: u16 = 9
      export var @f: [70]u8 align(32) = .{ 0 ** }
      export const @g: u8 = 3`;
    for (const bytes of [
      ...bothWays({ text, bodies: {} }, {}),
      linked(objects({ text, bodies: {} }, 4, (n) => n % 4)),
    ]) {
      const program = run(bytes);
      const at = (name: string): number => (program.exports[name] as WebAssembly.Global).value as number;
      const view = new DataView(program.memory.buffer);
      expect([view.getUint32(at('a'), true), view.getUint32(at('b'), true)]).toEqual([0, 5]);
      expect([view.getUint16(at('e'), true), view.getUint8(at('g')), at('f') % 32]).toEqual([9, 3, 0]);
      const addresses = Array.from('abcdefg')
        .map(at)
        .sort((x, y) => x - y);
      expect(new Set(addresses).size).toBe(7);
    }
  });
});
