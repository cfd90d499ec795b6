/** Broken objects: whatever the bytes, the linker answers with a diagnostic or with a module, quickly and in little memory. */
import { describe, expect, test } from '@jest/globals';
import { linkObjects } from '../../../../core/link/linker.ts';
import { readObject } from '../../../../core/link/input/read-object.ts';
import { objects, SAMPLE } from '../hand-program.ts';

/** A small deterministic generator (mulberry32). */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b_79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

function mutate(bytes: Uint8Array, random: (below: number) => number): Uint8Array {
  switch (random(4)) {
    case 0:
      return bytes.slice(0, random(bytes.length));
    case 1: {
      const copy = bytes.slice();
      copy[random(copy.length)]! ^= 1 << random(8);
      return copy;
    }
    case 2: {
      const copy = bytes.slice();
      for (let n = 0; n < 4; n++) copy[random(copy.length)] = random(256);
      return copy;
    }
    default: {
      const at = random(bytes.length);
      const gone = random(6);
      const extra = Uint8Array.from({ length: random(6) }, () => random(256));
      return Uint8Array.from([...bytes.subarray(0, at), ...extra, ...bytes.subarray(at + gone)]);
    }
  }
}

describe('mutated objects', () => {
  test('4000 mutations give a diagnostic or a module, never an exception, a hang or a flood of bytes', () => {
    const random = randomFrom(1);
    const whole = objects(SAMPLE, 1, () => 0);
    const parts = objects(SAMPLE, 3, (nav) => nav % 3);
    let linked = 0;
    let refused = 0;
    let valid = 0;
    for (let round = 0; round < 4000; round++) {
      const base = round % 2 === 0 ? whole : parts;
      const victim = random(base.length);
      const inputs = base.map((bytes, i) => ({ name: `m${i}.o`, bytes: i === victim ? mutate(bytes, random) : bytes }));
      const started = process.hrtime.bigint();
      const result = linkObjects(inputs, { stackSize: 4096 });
      expect(Number(process.hrtime.bigint() - started) / 1e6).toBeLessThan(1000);
      if (result.ok) {
        linked++;
        expect(result.bytes.length).toBeLessThan(20_000);
        if (WebAssembly.validate(result.bytes)) valid++;
      } else {
        refused++;
        expect(result.error.text()).not.toBe('');
        for (const { place } of result.error.list) expect(['file', 'options', 'nav']).toContain(place.in);
      }
    }
    expect(linked).toBeGreaterThan(500);
    expect(valid).toBeGreaterThan(300);
    expect(refused).toBeGreaterThan(1000);
  });

  test('every truncation of an object is refused with file and offset', () => {
    const [bytes] = objects(SAMPLE, 1, () => 0);
    let complete = 0;
    for (let length = 0; length < bytes!.length; length++) {
      const result = readObject(bytes!.subarray(0, length), 'cut.o');
      if (result.ok) {
        complete++;
        continue;
      }
      const [diagnostic] = result.error.list;
      expect(diagnostic!.place).toMatchObject({ in: 'file', file: 'cut.o' });
      expect((diagnostic!.place as { offset: number }).offset).toBeLessThanOrEqual(length);
    }
    // Ends of the sections after `linking`, where the file is a complete object without its relocations or names.
    expect(complete).toBeLessThanOrEqual(4);
  });

  test('a huge alignment or count costs neither time nor memory', () => {
    const [bytes] = objects(SAMPLE, 1, () => 0);
    const text = Buffer.from(bytes!).toString('latin1');
    const at = text.indexOf('.data.counter') + '.data.counter'.length;
    const copy = bytes!.slice();
    copy[at] = 30;
    const result = linkObjects([{ name: 'huge.o', bytes: copy }]);
    expect(result.ok).toBe(true);
    if (result.ok) {
      expect(result.map.datum('counter')!.address % 2 ** 30).toBe(0);
      expect(result.bytes.length).toBeLessThan(5000);
    }
    copy[at] = 31;
    expect(linkObjects([{ name: 'huge.o', bytes: copy }]).ok).toBe(false);
  });
});
