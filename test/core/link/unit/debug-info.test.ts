/** Debug information: lines lead from code to statements in executables and objects, alone, joined, and beside those of others. */
import { describe, expect, test } from '@jest/globals';
import { parseUnit } from '../../../../core/air/text/parse.ts';
import { compileExe, compileObject, joinObjects, linkObjects } from '../../../../core/pipeline/compile.ts';
import { DEFAULT_SETTINGS } from '../../../../core/pipeline/settings.ts';
import { ALL_PEEPHOLES } from '../../../../core/codegen/state/peepholes.ts';
import { Cursor, listSections } from '../../../../harness/wasm/cursor.ts';
import { judgeDebug } from '../../../../harness/layout/judge-debug.ts';
import type { DebugScope, Dwarf, FoundVariable } from '../../../../harness/layout/read-dwarf.ts';
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

/** Names of everything that can have one. */
const NAMED = `
export fn @named(u32, *struct { u32, u8 }) u32 {
  %0 = arg u32 0
  %1 = arg *struct { u32, u8 } 1
  dbg_stmt 1 1
  dbg_var_val %0, "n"
  dbg_var_val %1, "pair"
  %5 = alloc *u32
  dbg_var_ptr %5, "sum"
  store %5, u32 0
  %8 = alloc *[4]u16
  dbg_var_ptr %8, "table"
  dbg_stmt 2 1
  %11 = add_wrap %0, u32 5
  dbg_var_val %11, "m"
  dbg_stmt 3 9
  %14 = dbg_inline_block u32 @inlined {
    dbg_arg_inline %11, "a"
    dbg_stmt 10 1
    %17 = mul_wrap %11, %11
    dbg_var_val %17, "square"
    dbg_stmt 11 1
    br %14 %17
  }
  store %5, %14
  dbg_stmt 4 1
  %22 = block void {
    %23 = load u32 %5
    dbg_var_val %23, "inner"
    dbg_var_val u64 77, "constant"
    %26 = add_wrap %23, u32 1
    store %5, %26
    br %22
  }
  dbg_stmt 5 1
  %30 = load u32 %5
  ret %30
}

fn @inlined(u32) u32 {
  %0 = arg u32 0
  ret %0
}
`;

/** Name, what it is, size of its type, and its places: `local 0`, `frame 4`, a constant. */
function shownVariable({ name, isArgument, size, places }: FoundVariable): string {
  const place = ({ location }: FoundVariable['places'][number]): string => {
    if (location[0] === 0xed) return `local ${location[2]}`;
    if (location[0] === 0x91) return `frame ${location[1]}`;
    return `constant ${location[2]}`;
  };
  const where = [...new Set(places.map(place))].join();
  return `${isArgument ? 'argument' : 'variable'} ${name}:${size} ${where === '' ? 'nowhere' : where}`;
}

function shownScope(scope: DebugScope): unknown[] {
  const { inlined, call, variables, scopes } = scope;
  const own = inlined === null ? [] : [`${inlined} at ${call?.join(':')}`];
  return [...own, ...variables.map(shownVariable), ...scopes.map(shownScope)];
}

const NAMES_OF = {
  names: [
    ['n', 'pair', 'm', 'a', 'square', 'inner', 'constant'].map((name) => ({
      name,
      isVariable: false,
      isCertain: true,
    })),
    ['sum', 'table'].map((name) => ({ name, isVariable: true, isCertain: true })),
  ].flat(),
  inlined: ['inlined'],
};

describe.each([32, 64] as const)('names of variables, with addresses of %i bits', (ptrBits) => {
  const bytes = ptrBits / 8;
  const statements = new Map([
    ['named', [1, 2, 3, 10, 11, 4, 5].map((line) => [line, line === 3 ? 9 : 1] as const)],
    ['inlined', []],
  ]);
  const ways = (settings: typeof SETTINGS): Readonly<Record<string, Uint8Array>> => {
    const object = expectOk(compileObject(unit(ptrBits, NAMED), settings));
    const joined = expectOk(joinObjects([{ name: 'a.o', bytes: object }]));
    return {
      executable: expectOk(compileExe(unit(ptrBits, NAMED), settings)),
      linked: expectOk(linkObjects([{ name: 'a.o', bytes: object }], settings)),
      joined: expectOk(linkObjects([{ name: 'b.o', bytes: joined }], settings)),
    };
  };

  test('lead to locals, to the frame and to constants', () => {
    for (const [way, module] of Object.entries(ways(SETTINGS))) {
      const entry = dwarfOf(module).entries.find(({ name }) => name === 'named')!;
      expect([way, shownScope(entry)]).toEqual([
        way,
        [
          'argument n:4 local 0',
          `argument pair:${bytes} local 1`,
          'variable sum:4 frame 0',
          'variable table:8 frame 4',
          'variable m:4 local 4',
          ['inlined at 3:9', 'argument a:4 local 4', 'variable square:4 local 6'],
          ['variable inner:4 local 5', 'variable constant:8 constant 77'],
        ],
      ]);
      expect(judgeDebug(module, 'program.air', statements, new Map([['named', NAMES_OF]]))).toEqual([]);
    }
  });

  test('of values that stay on the operand stack lead nowhere', () => {
    // Locals of one type lie side by side once they are shared.
    const shared = ptrBits === 64 ? 2 : 4;
    const settings = { ...SETTINGS, ...ALL_PEEPHOLES };
    for (const [way, module] of Object.entries(ways(settings))) {
      const entry = dwarfOf(module).entries.find(({ name }) => name === 'named')!;
      expect([way, shownScope(entry)]).toEqual([
        way,
        [
          'argument n:4 local 0',
          `argument pair:${bytes} local 1`,
          'variable sum:4 nowhere',
          'variable table:8 frame 0',
          `variable m:4 local ${shared}`,
          ['inlined at 3:9', `argument a:4 local ${shared}`, 'variable square:4 nowhere'],
          ['variable inner:4 nowhere', 'variable constant:8 constant 77'],
        ],
      ]);
      expect(judgeDebug(module, 'program.air', statements, new Map([['named', NAMES_OF]]))).toEqual([]);
    }
  });

  test('are those of locals in the name section', () => {
    const named = Object.values(ways(SETTINGS)).map((module) => localsOf(module));
    const locals = ['0 n', '1 pair', '4 m', '5 inner', '6 square'];
    expect(named).toEqual([locals, locals, locals]);
    expect(localsOf(expectOk(compileExe(unit(ptrBits, NAMED), DEFAULT_SETTINGS)))).toEqual([]);
  });

  test('change no code that peepholes make', () => {
    // Without its name the array would not be there.
    const silent = NAMED.replace(/dbg_(?:var_ptr|var_val|arg_inline) .*(?<!"table")$/gm, 'dbg_empty_stmt');
    const code = (text: string): string => {
      const module = expectOk(compileExe(unit(ptrBits, text), { ...DEFAULT_SETTINGS, ...ALL_PEEPHOLES }));
      const { from, to } = listSections(module).find(({ id }) => id === 10)!;
      return Buffer.from(module.subarray(from, to)).toString('hex');
    };
    expect(code(NAMED)).toBe(code(silent));
  });
});

/** Names of the locals of all functions, as the name section has them. */
function localsOf(bytes: Uint8Array): readonly string[] {
  const names = customsOf(bytes).get('name')!;
  const cursor = new Cursor(names, 0, names.length, true);
  const found: string[] = [];
  while (cursor.at < names.length) {
    const kind = cursor.byte();
    const end = cursor.number() + cursor.at;
    if (kind === 2) {
      for (let functions = cursor.number(); functions > 0; functions--) {
        cursor.number();
        for (let locals = cursor.number(); locals > 0; locals--) found.push(`${cursor.number()} ${cursor.name()}`);
      }
    }
    cursor.at = end;
  }
  return found;
}
