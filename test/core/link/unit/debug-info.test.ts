/** Debug information: lines lead from code to statements in executables and objects, alone, joined, and beside those of others. */
import { describe, expect, test } from '@jest/globals';
import { parseUnit } from '../../../../core/air/text/parse.ts';
import { compileExe, compileObject, joinObjects, linkObjects } from '../../../../core/pipeline/compile.ts';
import { DEFAULT_SETTINGS } from '../../../../core/pipeline/settings.ts';
import { Cursor, listSections } from '../../../../harness/wasm/cursor.ts';
import { judgeDebug } from '../../../../harness/layout/judge-debug.ts';
import type { Dwarf } from '../../../../harness/layout/read-dwarf.ts';
import { customsOf, readDwarf } from '../../../../harness/layout/read-dwarf.ts';
import { expectOk } from '../../codegen/run-air.ts';

/** Constants of code are the lines that it comes from. */
const PROGRAM = `
export fn @main(u32) u32 {
  %0 = arg u32 0
  dbg_stmt 1001 3
  %2 = add_wrap %0, u32 1001
  dbg_stmt 1002 7
  %4 = call @helper(%2)
  dbg_stmt 1003 0
  %6 = xor %4, u32 1003
  dbg_stmt 900000 4000
  %8 = mul_wrap %6, u32 900000
  ret %8
}

fn @helper(u32) u32 {
  %0 = arg u32 0
  %1 = alloc *u32
  store %1, %0
  dbg_stmt 2001 1
  dbg_stmt 2002 1
  %5 = load u32 %1
  %6 = cmp_lt %5, u32 2002
  cond_br %6 {
    dbg_stmt 2003 1
    %9 = sub_wrap %5, u32 2003
    ret %9
  } else {
    dbg_stmt 2004 1
    %12 = add_wrap %5, u32 2004
    ret %12
  }
}

fn @unused() void {
  dbg_stmt 3001 1
  ret void {}
}
`;

const SETTINGS = { ...DEFAULT_SETTINGS, debugInfo: 'program.air' };
const STATEMENTS = new Map([
  [
    'main',
    [
      [1001, 3],
      [1002, 7],
      [1003, 0],
      [900000, 4000],
    ] as const,
  ],
  [
    'helper',
    [
      [2001, 1],
      [2002, 1],
      [2003, 1],
      [2004, 1],
    ] as const,
  ],
  ['unused', [[3001, 1]] as const],
]);

function unit(ptrBits: 32 | 64, text = PROGRAM) {
  const parsed = parseUnit(text, { target: { ptrBits } });
  if (!parsed.ok) throw new Error('does not parse');
  return parsed.unit;
}

function dwarfOf(bytes: Uint8Array): Dwarf {
  const dwarf = readDwarf(customsOf(bytes));
  if (dwarf === null) throw new Error('there is no debug information');
  return dwarf;
}

/** Line of the code section's byte at `address`. */
function lineAt({ rows }: Dwarf, address: number): number | null {
  for (let n = 0; n + 1 < rows.length; n++) {
    if (!rows[n]!.ends && rows[n]!.address <= address && address < rows[n + 1]!.address) return rows[n]!.line;
  }
  return null;
}

/** Where each of the lines that are constants of the code stands in the code section, and what the table says of that place. */
function linesOfConstants(
  bytes: Uint8Array,
  dwarf: Dwarf,
): readonly (readonly [constant: number, line: number | null])[] {
  const code = listSections(bytes).find(({ id }) => id === 10)!;
  const lines: readonly number[] = [...STATEMENTS.values()].flat().map(([line]) => line);
  const found: (readonly [number, number | null])[] = [];
  for (let at = code.from; at < code.to; at++) {
    if (bytes[at] !== 0x41) continue;
    const cursor = new Cursor(bytes, at + 1, code.to);
    const value = Number(cursor.signed());
    if (lines.includes(value)) found.push([value, lineAt(dwarf, at - code.from)]);
  }
  return found;
}

const ALL = [1001, 1003, 900000, 2002, 2003, 2004];

describe.each([32, 64] as const)('of a program with addresses of %i bits', (ptrBits) => {
  const object = expectOk(compileObject(unit(ptrBits), SETTINGS));

  test.each([
    ['an executable', () => expectOk(compileExe(unit(ptrBits), SETTINGS)), ['main', 'helper']],
    [
      'one with everything',
      () => expectOk(compileExe(unit(ptrBits), { ...SETTINGS, gc: false })),
      ['main', 'helper', 'unused'],
    ],
    ['a linked object', () => expectOk(linkObjects([{ name: 'a.o', bytes: object }], SETTINGS)), null],
    [
      'an object that was joined and linked',
      () => {
        const bytes = expectOk(joinObjects([{ name: 'a.o', bytes: object }]));
        return expectOk(linkObjects([{ name: 'b.o', bytes }], SETTINGS));
      },
      null,
    ],
  ])('%s leads from code to its statement', (_name, make, functions) => {
    const bytes = make();
    const dwarf = dwarfOf(bytes);
    expect(
      linesOfConstants(bytes, dwarf)
        .map(([constant]) => constant)
        .sort(),
    ).toEqual([...ALL].sort());
    for (const [constant, line] of linesOfConstants(bytes, dwarf))
      expect([constant, line]).toEqual([constant, constant]);
    expect([dwarf.file, dwarf.unitName]).toEqual(['program.air', 'program.air']);
    if (functions !== null) expect(dwarf.entries.map(({ name }) => name)).toEqual(functions);
    expect(judgeDebug(bytes, 'program.air', STATEMENTS)).toEqual([]);
  });

  test('of a function that a link has dropped says that it is nowhere, and of no other', () => {
    const bytes = expectOk(linkObjects([{ name: 'a.o', bytes: object }], SETTINGS));
    const gone = BigInt.asUintN(ptrBits, -1n);
    const { entries } = dwarfOf(bytes);
    expect(entries.map(({ name, low }) => [name, low === Number(gone)])).toEqual([
      ['main', false],
      ['helper', false],
      ['unused', true],
    ]);
    // The entry of main at no place.
    const info = customsOf(bytes).get('.debug_info')!;
    const at = info.byteOffset - bytes.byteOffset;
    const low = entries[0]!.low;
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const place = [...info.keys()].find(
      (n) => n >= 11 && n + 4 <= info.length && view.getUint32(at + n, true) === low,
    )!;
    const broken = bytes.slice();
    broken.fill(0xff, at + place, at + place + ptrBits / 8);
    expect(judgeDebug(broken, 'program.air', STATEMENTS).map(({ op }) => op)).toContain('debug-range');
  });

  test('stripping removes it, and no setting asks for it by itself', () => {
    const debug = (bytes: Uint8Array): string[] =>
      [...customsOf(bytes).keys()].filter((name) => name.startsWith('.debug'));
    const sections = ['.debug_abbrev', '.debug_info', '.debug_ranges', '.debug_line', '.debug_str'];
    expect(debug(object)).toEqual(sections);
    expect(debug(expectOk(compileExe(unit(ptrBits), SETTINGS)))).toEqual(sections);
    expect(debug(expectOk(compileExe(unit(ptrBits), DEFAULT_SETTINGS)))).toEqual([]);
    expect(debug(expectOk(compileObject(unit(ptrBits), DEFAULT_SETTINGS)))).toEqual([]);
    expect(debug(expectOk(compileExe(unit(ptrBits), { ...SETTINGS, strip: true })))).toEqual([]);
    expect(debug(expectOk(compileObject(unit(ptrBits), { ...SETTINGS, strip: true })))).toEqual([]);
    const link = { stripDebug: true };
    expect(debug(expectOk(linkObjects([{ name: 'a.o', bytes: object }], SETTINGS, { link })))).toEqual([]);
  });

  test('beside that of another object: the unit comes first, equal strings are there once', () => {
    const other = unit(ptrBits, 'export fn @other() void {\n  dbg_stmt 5 1\n  ret void {}\n}\n');
    const inputs = [{ name: 'o.o', bytes: expectOk(compileObject(other, SETTINGS)) }];
    const bytes = expectOk(compileExe(unit(ptrBits), SETTINGS, { inputs }));
    const dwarf = dwarfOf(bytes);
    expect(dwarf.entries.map(({ name }) => name)).toEqual(['main', 'helper']);
    expect(dwarf.unitName).toBe('program.air');
    const strings = new TextDecoder().decode(customsOf(bytes).get('.debug_str')).split('\0');
    expect(strings.filter((text) => text === 'program.air')).toHaveLength(1);
    expect(strings).toContain('other');
  });
});

test('a unit without functions has none', () => {
  const data = unit(32, 'export var @x : u32 = 5\n');
  expect([...customsOf(expectOk(compileExe(data, SETTINGS))).keys()]).not.toContain('.debug_info');
  expect([...customsOf(expectOk(compileObject(data, SETTINGS))).keys()]).not.toContain('.debug_info');
});

test('code is the same with it and without', () => {
  const code = (bytes: Uint8Array): string => {
    const { from, to } = listSections(bytes).find(({ id }) => id === 10)!;
    return Buffer.from(bytes.subarray(from, to)).toString('hex');
  };
  expect(code(expectOk(compileExe(unit(32), SETTINGS)))).toBe(code(expectOk(compileExe(unit(32), DEFAULT_SETTINGS))));
});
