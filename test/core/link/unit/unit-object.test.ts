/** A unit as an object in memory: nothing differs from the object that reading its written form gives. */
import { describe, expect, test } from '@jest/globals';
import type { ParsedObject, RelocTable } from '../../../../core/link/input/object-file.ts';
import { objectNames } from '../../../../core/link/input/read-names.ts';
import { readObject } from '../../../../core/link/input/read-object.ts';
import { linkObjects } from '../../../../core/link/linker.ts';
import type { UnitOptions } from '../../../../core/link/options/options.ts';
import { codes, expectLinked, expectObject, linkerFor, namesOf, SAMPLE } from '../hand-program.ts';

/** What an object says, without positions in its file, placeholders, and what only a file has. */
function contents(object: ParsedObject): unknown {
  const relocsOf = (table: RelocTable, from: number, to: number, start: number): unknown =>
    Array.from({ length: to - from }, (_, i) => [
      table.type[from + i],
      table.at[from + i]! - start,
      table.index[from + i],
      table.addend[from + i],
    ]);
  const { types, funcImports, globalImports, tableImports, memory, symbols, features } = object;
  return {
    types,
    funcImports,
    globalImports,
    tables: tableImports.map(({ module, field, refType, is64 }) => [module, field, refType, is64]),
    memory,
    funcs: Array.from(object.funcTypes, (type, f) => [
      type,
      object.funcSymbol[f],
      object.bodyEnd[f]! - object.bodyStart[f]!,
      relocsOf(object.codeRelocs, object.funcRelocs[f]!, object.funcRelocs[f + 1]!, object.bodyStart[f]!),
    ]),
    segments: object.segments.map(({ name, alignLog2, flags, passive, start, end, isZero }, s) => [
      [name, alignLog2, flags, passive, isZero, end - start],
      relocsOf(object.dataRelocs, object.segmentRelocs[s]!, object.segmentRelocs[s + 1]!, start),
    ]),
    symbols,
    roots: object.roots,
    takesAddress: object.takesAddress,
    features,
    names: [...objectNames(object).funcs],
    isLegacyTable: object.isLegacyTable,
  };
}

describe('a unit as an object in memory', () => {
  const names = namesOf(SAMPLE.text);
  const options: Partial<UnitOptions>[] = [{}, { binding: 'hidden-global' }, { features: ['bulk-memory', 'atomics'] }];

  test.each(options)('says what its written form says, %j', (unit) => {
    for (const keep of [() => true, (i: number) => i % 2 === 0, (i: number) => i % 2 === 1]) {
      const linker = linkerFor(SAMPLE, names, keep);
      const inMemory = linker.toObject('sample.o', unit);
      if (!inMemory.ok) throw new Error(inMemory.error.text());
      const read = readObject(expectObject(linker.flushObject(unit)), 'sample.o');
      if (!read.ok) throw new Error(read.error.text());
      expect(inMemory.value.funcTypes.length).toBeGreaterThan(0);
      expect(contents({ ...inMemory.value, features: [...inMemory.value.features].sort() })).toEqual(
        contents(read.value),
      );
    }
  });

  test('is linked as its written form is', () => {
    const linker = linkerFor(SAMPLE, names);
    const inMemory = linker.toObject('sample.o');
    if (!inMemory.ok) throw new Error(inMemory.error.text());
    const written = expectObject(linker.flushObject());
    const link = (input: Parameters<typeof linkObjects>[0][number]): Uint8Array =>
      expectLinked(linkObjects([input])).bytes;
    expect(link({ object: inMemory.value })).toEqual(link({ name: 'sample.o', bytes: written }));
  });

  test('refuses two visible symbols of one name', () => {
    const linker = linkerFor(SAMPLE, names);
    linker.updateExports(names.nav('bump'), [{ name: 'inner', visibility: 'default' }]);
    linker.updateExports(names.nav('inner'), [{ name: 'inner', visibility: 'default' }]);
    expect(codes(linker.flushObject())).toContain('duplicate_symbol');
  });
});
