/** Reading objects: what our own writer says comes back, and every broken promise of the format is named. */
import { describe, expect, test } from '@jest/globals';
import { linkObjects } from '../../../../core/link/linker.ts';
import type { ParsedObject } from '../../../../core/link/input/object-file.ts';
import { readObject } from '../../../../core/link/input/read-object.ts';
import { ByteWriter } from '../../../../core/wasm/byte-writer.ts';
import { LinkingSubsection, SectionId, SymbolFlag, SymbolKind } from '../../../../core/wasm/kinds.ts';
import { RELOCATIONS } from '../../../../core/wasm/relocations.ts';
import { codes, expectLinked, objects, run, SAMPLE } from '../hand-program.ts';

/** Parts of a hand-made object; defaults make a small valid one: import `ext`, define `f`, one datum. */
interface Parts {
  readonly before?: (out: ByteWriter) => void;
  readonly code?: readonly number[];
  readonly data?: readonly number[];
  readonly segment?: {
    readonly name?: string;
    readonly align?: number;
    readonly flags?: number;
    readonly mode?: number;
  };
  readonly symbols?: readonly ((out: ByteWriter) => void)[];
  readonly linkingVersion?: number;
  readonly extraLinking?: (out: ByteWriter) => void;
  readonly codeRelocs?: readonly (readonly number[])[];
  readonly dataRelocs?: readonly (readonly number[])[];
  readonly relocTarget?: number;
  readonly after?: (out: ByteWriter) => void;
}

function section(out: ByteWriter, id: number, write: () => void): void {
  const mark = out.beginSection(id);
  write();
  out.endSized(mark);
}

function custom(out: ByteWriter, name: string, write: () => void): void {
  const mark = out.beginCustomSection(name);
  write();
  out.endSized(mark);
}

const symbol =
  (kind: number, flags: number, index: number, name?: string) =>
  (out: ByteWriter): void => {
    out.u8(kind);
    out.uleb(flags);
    out.uleb(index);
    if (name !== undefined) out.name(name);
  };

const datum =
  (flags: number, name: string, place?: readonly [number, number, number]) =>
  (out: ByteWriter): void => {
    out.u8(SymbolKind.data);
    out.uleb(flags);
    out.name(name);
    for (const number of place ?? []) out.uleb(number);
  };

const EXT = symbol(SymbolKind.function, SymbolFlag.undefined, 0);
const F = symbol(SymbolKind.function, SymbolFlag.exported, 1, 'f');
const D = datum(SymbolFlag.exported, 'd', [0, 0, 4]);
// i32.const &d; i32.load; call ext; end
const CODE = [0, 0x41, 0x80, 0x80, 0x80, 0x80, 0, 0x28, 2, 0, 0x10, 0x80, 0x80, 0x80, 0x80, 0, 0x0b];
const CODE_RELOCS = [
  [4, 4, 2, 0],
  [0, 13, 0],
];

function make(parts: Parts = {}): Uint8Array {
  const out = new ByteWriter();
  out.append(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
  parts.before?.(out);
  section(out, SectionId.type, () => out.append(Uint8Array.of(2, 0x60, 1, 0x7f, 1, 0x7f, 0x60, 0, 1, 0x7f)));
  section(out, SectionId.import, () => {
    out.uleb(2);
    for (const field of ['__linear_memory', 'ext']) {
      out.name('env');
      out.name(field);
      out.append(field === 'ext' ? Uint8Array.of(0, 0) : Uint8Array.of(2, 0, 0));
    }
  });
  section(out, SectionId.function, () => out.append(Uint8Array.of(1, 1)));
  section(out, SectionId.code, () => {
    out.uleb(1);
    const code = parts.code ?? CODE;
    out.uleb(code.length);
    out.append(Uint8Array.from(code));
  });
  section(out, SectionId.data, () => {
    out.uleb(1);
    const mode = parts.segment?.mode ?? 0;
    out.uleb(mode);
    if (mode !== 1) out.append(Uint8Array.of(0x41, 0, 0x0b));
    const data = parts.data ?? [7, 0, 0, 0];
    out.uleb(data.length);
    out.append(Uint8Array.from(data));
  });
  custom(out, 'linking', () => {
    out.uleb(parts.linkingVersion ?? 2);
    const { name = '.data.d', align = 2, flags = 0 } = parts.segment ?? {};
    subsection(out, LinkingSubsection.segment_info, () => {
      out.uleb(1);
      out.name(name);
      out.uleb(align);
      out.uleb(flags);
    });
    subsection(out, LinkingSubsection.symbol_table, () => {
      const symbols = parts.symbols ?? [EXT, F, D];
      out.uleb(symbols.length);
      for (const write of symbols) write(out);
    });
    parts.extraLinking?.(out);
  });
  for (const [name, target, relocs] of [
    ['reloc.CODE', parts.relocTarget ?? 3, parts.codeRelocs ?? CODE_RELOCS],
    ['reloc.DATA', 4, parts.dataRelocs ?? []],
  ] as const) {
    if (relocs.length === 0) continue;
    custom(out, name, () => {
      out.uleb(target);
      out.uleb(relocs.length);
      for (const [type, offset, index, addend] of relocs) {
        out.u8(type!);
        out.uleb(offset!);
        out.uleb(index!);
        if (addend !== undefined) out.sleb(addend);
      }
    });
  }
  parts.after?.(out);
  return out.toBytes();
}

function subsection(out: ByteWriter, id: number, write: () => void): void {
  out.u8(id);
  const mark = out.beginSized();
  write();
  out.endSized(mark);
}

const definesExt = make({
  symbols: [symbol(SymbolKind.function, 0, 1, 'ext')],
  code: [0, 0x41, 5, 0x0b],
  codeRelocs: [],
});

function read(bytes: Uint8Array): ParsedObject {
  const result = readObject(bytes, 'a.o');
  if (!result.ok) throw new Error(result.error.text());
  return result.value;
}

/** Code and text of the one diagnostic of a refused object. */
function refusal(bytes: Uint8Array): string {
  const result = readObject(bytes, 'a.o');
  expect(result.ok).toBe(false);
  if (result.ok) return '';
  expect(result.error.list).toHaveLength(1);
  expect(result.error.text()).toMatch(/^a\.o:0x[0-9a-f]+: error: /);
  return `${result.error.list[0]!.code} ${result.error.list[0]!.message}`;
}

describe('our own objects', () => {
  const object = read(objects(SAMPLE, 1, () => 0)[0]!);

  test('name every function and datum, one segment per symbol', () => {
    const defined = object.symbols.filter((s) => (s.flags & SymbolFlag.undefined) === 0);
    const functions = defined.filter((s) => s.kind === SymbolKind.function).map((s) => s.name);
    expect(functions).toEqual(expect.arrayContaining(['double', 'first', 'second', 'third', 'bump']));
    const data = defined.filter((s) => s.kind === SymbolKind.data);
    expect(data).toHaveLength(object.segments.length);
    expect(new Set(data.map((s) => s.index)).size).toBe(object.segments.length);
    for (const { index, offset, size } of data) {
      const { start, end } = object.segments[index]!;
      expect([offset, size]).toEqual([0, end - start]);
    }
    expect(object.segments.filter((s) => s.isZero).map((s) => s.name)).toEqual(['.bss.zeros']);
  });

  test('bind and export as declared', () => {
    const flags = (name: string): number => object.symbols.find((s) => s.name === name)!.flags;
    expect(flags('counter')).toBe(SymbolFlag.local);
    expect(flags('shared')).toBe(SymbolFlag.exported);
    expect(flags('first')).toBe(SymbolFlag.local);
    expect(flags('second')).toBe(SymbolFlag.exported);
    expect(flags('third')).toBe(SymbolFlag.hidden);
    expect(flags('observe')).toBe(SymbolFlag.undefined | SymbolFlag.explicit_name);
    const split = read(objects(SAMPLE, 2, (nav) => nav % 2)[1]!);
    const navFlags = (name: string): number => split.symbols.find((s) => s.name === name)!.flags;
    expect(navFlags('counter')).toBe(SymbolFlag.hidden);
    expect(navFlags('table')).toBe(SymbolFlag.undefined);
  });

  test('relocate both stack pointer accesses of a prologue, its restore, and every other number that can change', () => {
    const names = (relocs: ParsedObject['codeRelocs']): string[] =>
      Array.from(relocs.type, (type) => RELOCATIONS[type]!.name);
    const code = names(object.codeRelocs);
    expect(code.filter((name) => name === 'GLOBAL_INDEX_LEB')).toHaveLength(3);
    expect(new Set(code)).toEqual(
      new Set([
        'FUNCTION_INDEX_LEB',
        'TABLE_INDEX_SLEB',
        'MEMORY_ADDR_SLEB',
        'TYPE_INDEX_LEB',
        'GLOBAL_INDEX_LEB',
        'TABLE_NUMBER_LEB',
      ]),
    );
    expect(new Set(names(object.dataRelocs))).toEqual(new Set(['MEMORY_ADDR_I32', 'TABLE_INDEX_I32']));
  });

  test('give each relocation to the body or segment it lies in', () => {
    for (let f = 0; f < object.funcTypes.length; f++) {
      for (let r = object.funcRelocs[f]!; r < object.funcRelocs[f + 1]!; r++) {
        expect(object.codeRelocs.at[r]!).toBeGreaterThanOrEqual(object.bodyStart[f]!);
        expect(object.codeRelocs.at[r]! + 5).toBeLessThanOrEqual(object.bodyEnd[f]!);
      }
    }
    expect(object.funcRelocs[object.funcTypes.length]).toBe(object.codeRelocs.count);
  });
});

describe('objects of other producers', () => {
  test('a plain undefined function is an error, one with an explicit name is a host import', () => {
    const link = (...parts: Uint8Array[]) => linkObjects(parts.map((bytes, i) => ({ name: `${i}.o`, bytes })));
    expect(codes(link(make()))).toEqual(['undefined_symbol']);
    const mixed = expectLinked(link(make(), definesExt));
    expect(mixed.warnings.text()).toMatch(
      /warning: function signature mismatch: ext\n>>> defined as \(i32\) -> i32 in 0.o\n>>> defined as \(\) -> i32 in 1.o/,
    );
    expect(() => run(mixed.bytes).call('f')).toThrow(WebAssembly.RuntimeError);
    const host = symbol(SymbolKind.function, SymbolFlag.undefined | SymbolFlag.explicit_name, 0, 'ext');
    const { bytes } = expectLinked(link(make({ symbols: [host, F, D] })));
    const imports = WebAssembly.Module.imports(new WebAssembly.Module(bytes));
    expect(imports).toEqual([{ module: 'env', name: 'ext', kind: 'function' }]);
  });

  test('has one symbol of a name, unless they are local', () => {
    const twice = symbol(SymbolKind.function, SymbolFlag.exported, 1, 'ext');
    expect(readObject(make({ symbols: [EXT, twice] }), 'a.o')).toMatchObject({ ok: false });
    const result = readObject(make({ symbols: [EXT, twice] }), 'a.o');
    if (!result.ok)
      expect(result.error.text()).toMatch(/^a\.o:0x[0-9a-f]+: error: malformed: two symbols have one name$/);
    const own = symbol(SymbolKind.function, SymbolFlag.local, 1, 'ext');
    expect(read(make({ symbols: [EXT, own, own], codeRelocs: [] })).symbols).toHaveLength(3);
  });

  test('a weak definition loses against a strong one in either order, and the first weak one wins', () => {
    const weak = (value: number): Uint8Array =>
      make({
        symbols: [EXT, symbol(SymbolKind.function, SymbolFlag.weak | SymbolFlag.exported, 1, 'w')],
        code: [0, 0x41, value, 0x0b],
        codeRelocs: [],
      });
    const strong = make({
      symbols: [EXT, symbol(SymbolKind.function, SymbolFlag.exported, 1, 'w')],
      code: [0, 0x41, 9, 0x0b],
      codeRelocs: [],
    });
    const value = (...parts: Uint8Array[]): unknown =>
      run(expectLinked(linkObjects(parts.map((bytes, i) => ({ name: `${i}.o`, bytes })))).bytes).call('w');
    expect(value(weak(1), strong)).toBe(9);
    expect(value(strong, weak(1))).toBe(9);
    expect(value(weak(1), weak(2))).toBe(1);
  });

  test('an undefined weak function traps when called and is null when its address is taken', () => {
    const weakExt = symbol(SymbolKind.function, SymbolFlag.undefined | SymbolFlag.weak, 0);
    const call = make({ symbols: [weakExt, F, D] });
    const result = expectLinked(linkObjects([{ name: 'a.o', bytes: call }]));
    expect(result.map.functions).toEqual(['f', 'undefined_weak:ext']);
    expect(() => run(result.bytes).call('f')).toThrow(WebAssembly.RuntimeError);
    const address = make({
      symbols: [weakExt, F, D],
      code: [0, 0x41, 0x81, 0x80, 0x80, 0x80, 0, 0x0b],
      codeRelocs: [[1, 4, 0]],
    });
    expect(run(expectLinked(linkObjects([{ name: 'a.o', bytes: address }])).bytes).call('f')).toBe(0);
  });

  test('an undefined weak datum has address 0, its addend dropped', () => {
    const bytes = make({
      symbols: [EXT, F, datum(SymbolFlag.undefined | SymbolFlag.weak, 'nothing')],
      code: [0, 0x41, 0x80, 0x80, 0x80, 0x80, 0, 0x0b],
      codeRelocs: [[4, 4, 2, 8]],
    });
    expect(run(expectLinked(linkObjects([{ name: 'a.o', bytes }])).bytes).call('f')).toBe(0);
  });

  test('addresses that the linker provides and absolute symbols are addresses themselves', () => {
    const at = (write: (out: ByteWriter) => void, addend: number): unknown => {
      const bytes = make({
        symbols: [EXT, F, write],
        code: [0, 0x41, 0x80, 0x80, 0x80, 0x80, 0, 0x0b],
        codeRelocs: [[4, 4, 2, addend]],
      });
      return run(expectLinked(linkObjects([{ name: 'a.o', bytes }], { stackSize: 4096 })).bytes).call('f');
    };
    expect(at(datum(SymbolFlag.undefined, '__heap_base'), 0)).toBe(4096);
    expect(at(datum(SymbolFlag.undefined, '__stack_high'), -6)).toBe(4090);
    expect(at(datum(SymbolFlag.undefined, '__heap_end'), 0)).toBe(65536);
    expect(at(datum(SymbolFlag.absolute | SymbolFlag.local, 'abs', [0, 1234, 0]), 1)).toBe(1235);
  });

  test('negative addends and addends past the end of a symbol are plain arithmetic', () => {
    for (const addend of [-3, 0, 100]) {
      const bytes = make({
        code: [0, 0x41, 0x80, 0x80, 0x80, 0x80, 0, 0x0b],
        codeRelocs: [[4, 4, 2, addend]],
      });
      const program = run(expectLinked(linkObjects([{ name: 'a.o', bytes }])).bytes);
      expect(program.call('f')).toBe(((program.exports['d'] as WebAssembly.Global).value as number) + addend);
    }
  });

  test('unknown subsections are skipped; custom sections are kept with their relocations', () => {
    const bytes = make({
      extraLinking: (out) => subsection(out, 99, () => out.append(Uint8Array.of(1, 2, 3))),
      after: (out) => {
        custom(out, '.debug_info', () => out.zeros(8));
        custom(out, 'reloc..debug_info', () => out.append(Uint8Array.of(7, 1, 8, 2, 1, 0)));
        custom(out, 'producers', () => out.u8(0));
      },
    });
    const object = read(bytes);
    expect(object.codeRelocs.count).toBe(2);
    expect(object.customs).toMatchObject([{ name: '.debug_info', section: 7, relocs: { count: 1 } }]);
  });
});

describe('refused objects', () => {
  const cases: [string, () => Uint8Array, RegExp][] = [
    ['not wasm at all', () => Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), /^object_malformed .*magic/],
    ['another version', () => make().with(4, 2), /^object_version_number invalid version number: 2/],
    ['another linking version', () => make({ linkingVersion: 1 }), /^object_version linking version 1/],
    ['a plain module', () => Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0), /^object_missing_linking/],
    [
      'relocations before linking',
      () => make({ before: (out) => custom(out, 'reloc.CODE', () => out.append(Uint8Array.of(0, 0))) }),
      /^object_missing_linking/,
    ],
    [
      'a section after linking',
      () => make({ after: (out) => section(out, SectionId.data_count, () => out.u8(0)) }),
      /^object_section_order section data_count/,
    ],
    [
      'sections out of order',
      () => make({ before: (out) => section(out, SectionId.import, () => out.u8(0)) }),
      /^object_section_order section type/,
    ],
    ['a second linking section', () => make({ after: (out) => custom(out, 'linking', () => out.u8(2)) }), /order/],
    [
      'a second relocation section for the code',
      () => make({ after: (out) => custom(out, 'reloc.X', () => out.append(Uint8Array.of(3, 0))) }),
      /^object_section_order section reloc\.X/,
    ],
    [
      'a relocation over another one',
      () => make({ codeRelocs: [CODE_RELOCS[0]!, ...CODE_RELOCS] }),
      /^object_reloc_overlap relocation MEMORY_ADDR_SLEB overlaps/,
    ],
    ['relocations out of order', () => make({ codeRelocs: [...CODE_RELOCS].reverse() }), /not sorted/],
    [
      'an unknown relocation',
      () => make({ codeRelocs: [[28, 4, 0]] }),
      /^object_reloc_type unknown relocation type 28/,
    ],
    [
      'a data relocation in code',
      () => make({ codeRelocs: [[5, 4, 2, 0]] }),
      /^object_reloc_misplaced MEMORY_ADDR_I32/,
    ],
    [
      'a relocation of the wrong kind of symbol',
      () => make({ codeRelocs: [[0, 13, 2]] }),
      /^object_reloc_symbol_kind FUNCTION_INDEX_LEB relocation points to a data symbol/,
    ],
    [
      'a relocation to no symbol',
      () => make({ codeRelocs: [[0, 13, 3]] }),
      /^object_index_out_of_range symbol index 3/,
    ],
    ['a relocation to no type', () => make({ codeRelocs: [[6, 13, 2]] }), /^object_index_out_of_range type index 2/],
    ['a relocation past its body', () => make({ codeRelocs: [[0, 15, 0]] }), /^object_reloc_outside/],
    ['a relocation before its body', () => make({ codeRelocs: [[0, 1, 0]] }), /^object_reloc_outside/],
    ['a relocation of no section', () => make({ relocTarget: 9 }), /^object_index_out_of_range section index 9/],
    [
      'a relocation of the type section',
      () => make({ relocTarget: 0 }),
      /^object_unsupported relocation of section "type"/,
    ],
    ['a relocation past its segment', () => make({ dataRelocs: [[5, 7, 2, 0]] }), /^object_reloc_outside/],
    [
      'a symbol past its segment',
      () => make({ symbols: [EXT, F, datum(0, 'd', [0, 5, 0])] }),
      /begins behind its segment/,
    ],
    ['a symbol of no segment', () => make({ symbols: [EXT, F, datum(0, 'd', [1, 0, 4])] }), /data segment index 1/],
    ['a symbol of no function', () => make({ symbols: [symbol(0, 0, 2, 'x')] }), /^object_index_out_of_range function/],
    ['a definition that is an import', () => make({ symbols: [symbol(0, 0, 0, 'x')] }), /disagrees with the import/],
    ['an import that is a definition', () => make({ symbols: [symbol(0, 0x10, 1)] }), /disagrees with the import/],
    ['a local import', () => make({ symbols: [symbol(0, 0x12, 0)] }), /local symbol without a definition/],
    ['a weak local symbol', () => make({ symbols: [symbol(0, 0x03, 1, 'x')] }), /both weak and local/],
    ['a symbol of no tag', () => make({ symbols: [symbol(4, 0, 0, 'x')] }), /^object_index_out_of_range tag index 0/],
    [
      'a symbol of no table',
      () => make({ symbols: [symbol(5, 0, 0, 'x')] }),
      /^object_index_out_of_range table index 0/,
    ],
    ['a symbol of no kind', () => make({ symbols: [symbol(6, 0, 0, 'x')] }), /unknown symbol kind/],
    ['an alignment beyond the address space', () => make({ segment: { align: 31 } }), /alignment is too large/],
    [
      'a missing segment info',
      () =>
        make({
          extraLinking: (out) =>
            subsection(out, LinkingSubsection.segment_info, () => out.append(Uint8Array.of(1, 0, 0, 0))),
        }),
      /2 segment infos for 1 data segments/,
    ],
    [
      'a constructor that is no function',
      () =>
        make({
          extraLinking: (out) =>
            subsection(out, LinkingSubsection.init_funcs, () => out.append(Uint8Array.of(1, 0, 2))),
        }),
      /constructor is not a function/,
    ],
  ];
  for (const [what, bytes, message] of cases) {
    test(what, () => {
      expect(refusal(bytes())).toMatch(message);
    });
  }

  test('a member of a COMDAT group that is not there', () => {
    const group = (kind: number, index: number): Uint8Array =>
      make({
        extraLinking: (out) =>
          subsection(out, LinkingSubsection.comdat_info, () =>
            out.append(Uint8Array.of(1, 1, 0x67, 0, 1, kind, index)),
          ),
      });
    expect(read(group(1, 1)).comdats).toEqual([{ name: 'g', members: [{ kind: 1, index: 1 }] }]);
    expect(refusal(group(1, 0))).toMatch(/^object_index_out_of_range member of COMDAT "g" index 0/);
    expect(refusal(group(0, 1))).toMatch(/^object_index_out_of_range member of COMDAT "g" index 1/);
    expect(refusal(group(9, 0))).toMatch(/unknown kind 9 in COMDAT "g"/);
  });
});
