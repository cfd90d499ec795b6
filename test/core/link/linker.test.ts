/** Executables, objects and links of objects: equal behaviour, repeatable flushes, and the shape of the output. */
import { describe, expect, test } from '@jest/globals';
import { readObject } from '../../../core/link/input/read-object.ts';
import { linkObjects } from '../../../core/link/linker.ts';
import {
  executable,
  expectLinked,
  expectObject,
  inputs,
  linked,
  linkerFor,
  namesOf,
  objects,
  observeSample,
  run,
  SAMPLE,
  SAMPLE_OUTCOME,
  updateFunc,
} from './hand-program.ts';

describe('one program, every way of building it', () => {
  test('the executable behaves as written', () => {
    expect(observeSample(executable(SAMPLE))).toEqual(SAMPLE_OUTCOME);
  });

  test('an object is a valid module by itself', () => {
    for (const bytes of objects(SAMPLE, 1, () => 0))
      expect(WebAssembly.validate(bytes as Uint8Array<ArrayBuffer>)).toBe(true);
    for (const bytes of objects(SAMPLE, 3, (i) => i % 3)) {
      expect(WebAssembly.validate(bytes as Uint8Array<ArrayBuffer>)).toBe(true);
    }
  });

  test('one linked object behaves as the executable', () => {
    expect(observeSample(linked(objects(SAMPLE, 1, () => 0)))).toEqual(SAMPLE_OUTCOME);
  });

  test('any cut over several objects, in any order, behaves as the executable', () => {
    for (let seed = 1; seed < 25; seed++) {
      const count = 2 + (seed % 4);
      const scattered = objects(SAMPLE, count, (nav) => (Math.imul(nav + 1, seed * 7919) >>> 3) % count);
      expect(observeSample(linked(scattered))).toEqual(SAMPLE_OUTCOME);
      const reversed = objects(SAMPLE, count, (nav) => (nav * seed) % count).reverse();
      expect(observeSample(linked(reversed))).toEqual(SAMPLE_OUTCOME);
    }
  });

  test('every option that must not change behaviour does not', () => {
    const parts = objects(SAMPLE, 3, (i) => i % 3);
    for (const options of [
      { gc: false },
      { strip: true },
      { stackFirst: false },
      { stackFirst: false, globalBase: 0x1000 },
      { globalBase: 0x20_0000 },
      { stackSize: 16, stackFirst: false },
      { stackSize: 1 << 20 },
      { initialMemory: 1 << 20, maxMemory: 1 << 21 },
      { exportTable: true },
    ]) {
      const full = { stackSize: 4096, ...options };
      expect(observeSample(executable(SAMPLE, full))).toEqual(SAMPLE_OUTCOME);
      expect(observeSample(linked(parts, full))).toEqual(SAMPLE_OUTCOME);
    }
  });
});

describe('flushing', () => {
  test('twice gives the same bytes, in either mode and mixed', () => {
    const linker = linkerFor(SAMPLE, namesOf(SAMPLE.text));
    const first = expectLinked(linker.flushExecutable()).bytes;
    const object = expectObject(linker.flushObject());
    expect(expectLinked(linker.flushExecutable()).bytes).toEqual(first);
    expect(expectObject(linker.flushObject())).toEqual(object);
  });

  test('after updating a function equals a clean build, also when that needs compaction', () => {
    const names = namesOf(SAMPLE.text);
    const other = { ...SAMPLE, bodies: { ...SAMPLE.bodies, inner: SAMPLE.bodies['slot_of_triple']! } };
    const linker = linkerFor(other, names);
    for (let round = 0; round < 1500; round++) updateFunc(linker, round % 2 === 0 ? other : SAMPLE, names, 'inner');
    expect(expectLinked(linker.flushExecutable()).bytes).toEqual(executable(SAMPLE));
    expect([expectObject(linker.flushObject())]).toEqual(objects(SAMPLE, 1, () => 0));
  });

  test('updating exports changes what is exported', () => {
    const names = namesOf(SAMPLE.text);
    const linker = linkerFor(SAMPLE, names);
    linker.updateExports(names.nav('bump'), [{ name: 'push', visibility: 'default' }]);
    const program = run(expectLinked(linker.flushExecutable()).bytes);
    expect(program.call('push', 1)).toBe(8);
    expect('bump' in program.exports).toBe(false);
  });

  test('a parsed object serves several links', () => {
    const parts = objects(SAMPLE, 2, (i) => i % 2).map((bytes, i) => {
      const parsed = readObject(bytes, `p${i}.o`);
      if (!parsed.ok) throw new Error(parsed.error.text());
      return { object: parsed.value };
    });
    const first = expectLinked(linkObjects(parts)).bytes;
    expect(expectLinked(linkObjects(parts)).bytes).toEqual(first);
    expect(expectLinked(linkObjects(inputs(objects(SAMPLE, 2, (i) => i % 2)))).bytes).toEqual(first);
  });
});

describe('what is in the output', () => {
  test('collection drops what no export reaches, and keeps it when turned off', () => {
    const program = {
      text: `
        var @dead: u32 = 1
        var @live: u32 = 2
        fn @unused() u32 { trap }
        fn @used() u32 { trap }
        export fn @main() u32 { trap }`,
      bodies: {
        unused: SAMPLE.bodies['first']!,
        used: (b, n) => {
          b.navRef(n.nav('live'));
          b.memory(0x28, 0, 4);
        },
        main: (b, n) => b.callNav(n.nav('used')),
      },
    } satisfies typeof SAMPLE;
    program.bodies.unused = (b) => b.i32Const(0);
    const names = namesOf(program.text);
    for (const gc of [true, false]) {
      const { bytes, map } = expectLinked(linkerFor(program, names).flushExecutable({ gc }));
      expect(run(bytes).call('main')).toBe(2);
      expect(map.functions).toEqual(gc ? ['used', 'main'] : ['unused', 'used', 'main']);
      expect(map.data.map((symbol) => symbol.name).sort()).toEqual(gc ? ['live'] : ['dead', 'live']);
      const fromObject = expectLinked(linkObjects(inputs(objects(program, 1, () => 0)), { gc }));
      expect(run(fromObject.bytes).call('main')).toBe(2);
      expect(fromObject.map.functions).toEqual(map.functions);
    }
  });

  test('the map tells addresses, slots and functions', () => {
    const { bytes, map } = expectLinked(linkerFor(SAMPLE, namesOf(SAMPLE.text)).flushExecutable());
    const program = run(bytes);
    expect(map.datum('shared')!.address).toBe((program.exports['shared'] as WebAssembly.Global).value);
    expect(program.word(map.datum('counter')!.address)).toBe(7);
    expect(map.functionOfSlot(program.call('slot_of_triple') as number)).toBe('triple');
    expect(map.functionOfSlot(0)).toBeUndefined();
    expect(map.functions[0]).toBe('observe');
    const words = map.datum('words')!.address;
    expect(program.word(program.word(words))).toBe(99);
    expect(program.word(words) % 64).toBe(0);
    expect(program.word(words + 4)).toBe(map.datum('zeros')!.address + 3);
    expect(map.memory.heapBase % 16).toBe(0);
  });

  test('zero data takes no bytes of the file and popular data comes first', () => {
    const text = `
      var @big: [100000]u8 = .{ 0 ** }
      var @rare: u32 = 1
      var @popular: u32 = 2
      export fn @main() u32 { trap }`;
    const program = {
      text,
      bodies: {
        main: (b, n) => {
          b.navRef(n.nav('big'));
          b.op(0x1a);
          b.navRef(n.nav('rare'));
          b.op(0x1a);
          for (let i = 0; i < 3; i++) {
            b.navRef(n.nav('popular'));
            b.op(0x1a);
          }
          b.i32Const(0);
        },
      },
    } satisfies typeof SAMPLE;
    const { bytes, map } = expectLinked(linkerFor(program, namesOf(text)).flushExecutable());
    expect(bytes.length).toBeLessThan(300);
    expect(map.datum('popular')!.address).toBeLessThan(map.datum('rare')!.address);
    expect(map.datum('rare')!.address).toBeLessThan(map.datum('big')!.address);
    const object = objects(program, 1, () => 0);
    expect(object[0]!.length).toBeGreaterThan(100000);
    expect(linked(object).length).toBeLessThan(300);
  });
});
