import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Unit } from '../../../core/air/unit.ts';
import { parseUnit } from '../../../core/air/text/parse.ts';
import { printUnit } from '../../../core/air/text/print.ts';
import { verifyUnit } from '../../../core/air/verify/verify.ts';
import { PROGRAMS } from './programs.ts';

const SEED = 0x5eed;
const WHOLE = Object.values(PROGRAMS);

/**
 * What holds for any text: it is refused with a place in it, or it is read, verified without an exception, and printed as
 * text that reads back to the same text.
 */
function survives(text: string): boolean {
  const result = parseUnit(text);
  if (!result.ok) {
    expect(result.diagnostics.length).toBeGreaterThan(0);
    const lineCount = text.split('\n').length;
    for (const { place } of result.diagnostics) {
      expect(place.in === 'text' && place.line >= 1 && place.line <= lineCount).toBe(true);
    }
    return false;
  }
  verifyUnit(result.unit, result.lines);
  expectStable(result.unit);
  return true;
}

function expectStable(unit: Unit): void {
  const text = printUnit(unit);
  const again = parseUnit(text);
  expect(again.ok && printUnit(again.unit)).toBe(text);
}

const program = fc.constantFrom(...WHOLE);

/** Pieces of the grammar, right and wrong. */
const SCRAPS = [
  '{', '}', '(', ')', '[', ']', '*', '&', '.{', '..', ',', ':', '=', '-', '+', '%0', '%3', '%99', '@', '@f', '@itself',
  '"', '"a"', ';', ';!', '\n', '0', '1', '255', '4294967296', '1.5', '1e999', '0x', 'u8', 'i7', 'u65535', 'f32', 'bool',
  'void', 'noreturn', 'const', 'align(4)', 'struct', 'extern', 'tuple', 'fn', 'export', 'var', 'undef', 'slice', 'ptr',
  'block', 'loop', 'br', 'repeat', 'cond_br', 'switch_br', 'case', 'else', 'call', 'ret', 'load', 'add', '\u0000', '\u{1f600}',
] as const; // prettier-ignore

describe('any text', () => {
  test('cut off anywhere is refused or read, never worse', () => {
    fc.assert(
      fc.property(program, fc.double({ min: 0, max: 1, noNaN: true }), (text, part) => {
        survives(text.slice(0, Math.floor(text.length * part)));
      }),
      { seed: SEED, numRuns: 200 },
    );
  });

  test('with characters changed is refused or read, never worse', () => {
    const change = fc.tuple(fc.nat(10_000), fc.integer({ min: 0, max: 127 }));
    fc.assert(
      fc.property(program, fc.array(change, { minLength: 1, maxLength: 4 }), (text, changes) => {
        const chars = Array.from(text);
        for (const [at, code] of changes) chars[at % chars.length] = String.fromCharCode(code);
        survives(chars.join(''));
      }),
      { seed: SEED, numRuns: 400 },
    );
  });

  test('with lines dropped, doubled or swapped is refused or read, never worse', () => {
    let read = 0;
    const edit = fc.tuple(fc.constantFrom('drop', 'double', 'swap'), fc.nat(1000));
    fc.assert(
      fc.property(program, fc.array(edit, { minLength: 1, maxLength: 3 }), (text, edits) => {
        const lines = text.split('\n');
        for (const [what, n] of edits) {
          const at = n % lines.length;
          if (what === 'drop') lines.splice(at, 1);
          else if (what === 'double') lines.splice(at, 0, lines[at]!);
          else lines.splice(at, 2, ...lines.slice(at, at + 2).reverse());
        }
        if (survives(lines.join('\n'))) read++;
      }),
      { seed: SEED, numRuns: 300 },
    );
    expect(read).toBeGreaterThan(10);
  });

  test('made of scraps of the grammar is refused or read, never worse', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...SCRAPS), { maxLength: 60 }), (scraps) => {
        survives(scraps.join(' '));
        survives(`fn @f(u8) u8 { ${scraps.join(' ')}`);
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  test.each([
    '{',
    '(',
    '[',
    '*',
    '&(',
    '.{',
    '[1:',
    'struct {',
    'fn(',
    'block void {',
    'var @x: [',
    '"',
    '@',
    ';!\n',
    '\n',
  ])('of a hundred thousand times %j ends soon', (piece) => {
    const text = piece.repeat(100_000);
    survives(text);
    survives(`var @y: ${text}`);
    survives(`fn @f() void { ${text}`);
  });
});
