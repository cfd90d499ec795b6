/** What each operator makes of code, and what it leaves alone. */
import { describe, expect, test } from '@jest/globals';
import { findMutants } from '../../../harness/mutants/find-mutants.ts';

/** The mutants of `code` as `operator: original => replacement`. */
function mutantsOf(code: string): string[] {
  return findMutants('codegen/made-up.js', code, null).map(({ operator, original, replacement }) =>
    `${operator}: ${original} => ${replacement ?? ''}`.trimEnd(),
  );
}

describe('operators', () => {
  test.each<[string, string[]]>([
    ['x = a - b;', ['dropped-statement: x = a - b; =>', 'arithmetic: a - b => a + b']],
    ['x = a >>> b;', ['dropped-statement: x = a >>> b; =>', 'arithmetic: a >>> b => a >> b']],
    ['x += y;', ['dropped-statement: x += y; =>', 'arithmetic: x += y => x -= y']],
    ['x++;', ['dropped-statement: x++; =>', 'arithmetic: x++ => x--']],
    ['const x = -y;', ['arithmetic: -y => y']],
    ['const x = a === b;', ['comparison: a === b => a !== b']],
    ['const x = a <= b;', ['comparison: a <= b => a > b', 'boundary: a <= b => a < b']],
    ['const x = a && b;', ['condition: a && b => a || b']],
    ['const x = 0;', ['constant: 0 => 1']],
    ['const x = 0x10;', ['constant: 0x10 => 17', 'constant: 0x10 => 15']],
    ['const x = 5n;', ['constant: 5n => 6n', 'constant: 5n => 4n']],
    ['const x = true;', ['constant: true => false']],
    ['if (a) b = c;', ['condition: a => false', 'condition: a => true', 'dropped-statement: b = c; =>']],
    ['const x = a ? b : c;', ['condition: a => false', 'condition: a => true', 'swapped-branch: a => !(a)']],
    ['while (a) ;', ['condition: a => false']],
    ['const x = f(a, b, c);', ['argument-order: f(a, b, c) => f(b, a, c)', 'argument-order: f(a, b, c) => f(a, c, b)']],
    ['const x = new F(a, b);', ['argument-order: new F(a, b) => new F(b, a)']],
  ])('%s', (code, expected) => {
    expect(mutantsOf(code)).toEqual(expected);
  });

  test('a negated condition and a comparison have their opposite once', () => {
    expect(mutantsOf('const x = !a ? b : c;')).toEqual([
      'condition: !a => a',
      'condition: !a => false',
      'condition: !a => true',
    ]);
    expect(mutantsOf('const x = a === b ? c : d;')).toEqual([
      'comparison: a === b => a !== b',
      'condition: a === b => false',
      'condition: a === b => true',
    ]);
  });

  test.each([
    ['text that is put together', "const x = 'a' + b + c;"],
    ['what asserts', 'assert(a < b, 1);'],
    ['keys', 'const x = { 1: a };'],
    ['fractions', 'const x = 0.5;'],
    ['equal arguments', 'const x = f(a, a);'],
    ['spread arguments and functions', 'const x = f(...a, (b) => b);'],
    ['parts of optional chains', 'const x = a?.b(c, d);'],
    ['texts', "const x = 'link';"],
  ])('leave %s alone', (_what, code) => {
    expect(mutantsOf(code)).toEqual([]);
  });

  test('leave the step of a loop alone', () => {
    expect(mutantsOf('for (let i = a; i < b; i++) ;')).toEqual([
      'comparison: i < b => i >= b',
      'boundary: i < b => i <= b',
      'condition: i < b => false',
    ]);
  });
});

describe('a mutant', () => {
  const code =
    'export function f(a) {\n    return a + 1;\n}\nclass C {\n    m() {\n        return 1;\n    }\n}\nexport const g = (a) => a + 1;\n';

  test('knows its function', () => {
    const names = findMutants('a.js', code, null).map((mutant) => mutant.function);
    expect([...new Set(names)]).toEqual(['f', 'C.m', 'g']);
  });

  test('keeps its name when lines move, and has another for other code', () => {
    const ids = (text: string): string[] => findMutants('a.js', text, null).map(({ id }) => id);
    expect(ids(`// A comment.\n\n${code}`)).toEqual(ids(code));
    expect(ids(code.replace('a + 1', 'a + 2'))).not.toEqual(ids(code));
    expect(new Set(ids(code)).size).toBe(ids(code).length);
  });

  test('of two places that are alike has a number', () => {
    const found = findMutants('a.js', 'f(0, 0);', null).filter(({ operator }) => operator === 'constant');
    expect(found.map(({ nth, start }) => [nth, start])).toEqual([
      [1, 2],
      [2, 5],
    ]);
  });
});
