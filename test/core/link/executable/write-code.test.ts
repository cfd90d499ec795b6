/** Code of objects: padded numbers as they are, or shortened where relocations are compressed. */
import { describe, expect, test } from '@jest/globals';
import { linkObjects } from '../../../../core/link/linker.ts';
import type { LinkOptions } from '../../../../core/link/options/options.ts';
import { F, handObject, K } from '../hand-object.ts';
import { codes, expectLinked, SAMPLE, observeSample, SAMPLE_OUTCOME, linkerFor, namesOf } from '../hand-program.ts';

const section = (module: WebAssembly.Module, name: string): Uint8Array[] =>
  WebAssembly.Module.customSections(module, name).map((buffer) => new Uint8Array(buffer));

describe('relocated code', () => {
  test('is not compressed where a relocation covers no padded number', () => {
    // The field has the length of a number and its value, so that the bytes behind it mean what they mean without compression.
    const body = [0, 0x10, 0, 1, 1, 1, 1, 0x0b];
    const object = handObject({
      types: [[[], []]],
      funcs: [{ type: 0, body, relocs: [{ at: 2, type: 0, index: 0 }] }],
      symbols: [{ kind: K.func, flags: F.exported, index: 0, name: 'f' }],
    });
    const bodyOf = (options: Partial<LinkOptions>): number[] => {
      const { bytes } = expectLinked(linkObjects([{ name: 'a.o', bytes: object }], { strip: true, ...options }));
      const at = Buffer.from(bytes).lastIndexOf(Buffer.from([0, 0x10]));
      return [...bytes.subarray(at, at + body.length)];
    };
    expect(bodyOf({ compressRelocations: true })).toEqual([0, 0x10, 0x80, 0x80, 0x80, 0x80, 0, 0x0b]);
    expect(bodyOf({ compressRelocations: true })).toEqual(bodyOf({}));
  });

  test('may be compressed, which changes its length and nothing else', () => {
    const object = linkerFor(SAMPLE, namesOf(SAMPLE.text)).flushObject();
    if (!object.ok) throw new Error(object.error.text());
    const inputs = [{ name: 'a.o', bytes: object.bytes }];
    const plain = expectLinked(linkObjects(inputs, { strip: true })).bytes;
    const small = expectLinked(linkObjects(inputs, { strip: true, compressRelocations: true })).bytes;
    expect(small.length).toBeLessThan(plain.length);
    expect(observeSample(small)).toEqual(SAMPLE_OUTCOME);
    expect(codes(linkObjects(inputs, { compressRelocations: true }))).toEqual(['compress_needs_strip']);
  });

  test('keeps its relocations when they are asked for: applying them again changes nothing', () => {
    const linker = linkerFor(SAMPLE, namesOf(SAMPLE.text));
    const { bytes } = expectLinked(linker.flushExecutable({ emitRelocs: true }));
    expect(observeSample(bytes)).toEqual(SAMPLE_OUTCOME);
    const module = new WebAssembly.Module(bytes);
    expect(['linking', 'reloc.CODE', 'reloc.DATA'].map((name) => section(module, name).length)).toEqual([1, 1, 1]);
    expect(codes(linker.flushExecutable({ emitRelocs: true, compressRelocations: true, strip: true }))).toEqual([
      'options_conflict',
    ]);
    expect(codes(linker.flushExecutable({ fixedMemory: true, maxMemory: 1 << 20 }))).toEqual(['options_incompatible']);
  });
});
