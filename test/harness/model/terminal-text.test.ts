/**
 * Text on its way to a terminal: nothing in it is obeyed, and colours cannot be forged.
 */
import { describe, expect, test } from '@jest/globals';
import { Chalk } from 'chalk';
import { paintWith, printable, printableJson, terminalText } from '../../../harness/model/terminal-text.ts';

describe('text for a terminal', () => {
  test.each([
    ['an escape sequence', 'a\u001b[2Jb', 'a\\u{1b}[2Jb'],
    ['a carriage return', 'real\rfake', 'real\\u{d}fake'],
    ['a one-byte control sequence (C1)', 'a\u009b31mb', 'a\\u{9b}31mb'],
    ['delete', 'a\u007fb', 'a\\u{7f}b'],
    ['an override of direction', '\u202egnp.exe', '\\u{202e}gnp.exe'],
    ['an isolate', '\u2066x\u2069', '\\u{2066}x\\u{2069}'],
    ['an invisible tag', 'x\u{e0041}', 'x\\u{e0041}'],
    ['a line separator', 'a\u2028b', 'a\\u{2028}b'],
    ['half of a pair', 'a\ud800b', 'a\\u{d800}b'],
  ])('shows %s', (_what, text, shown) => {
    expect(printable(text)).toBe(shown);
    expect(terminalText(text)).toBe(shown);
  });

  test('keeps what is layout or writing', () => {
    const text = 'line\n\tword é 漢字 👩\u200d👩 ไทย';
    expect(terminalText(text)).toBe(text);
  });

  test('has the colours that were painted, and no others', () => {
    const paint = paintWith(new Chalk({ level: 1 }));
    expect(terminalText(paint.red.bold('x'))).toBe(new Chalk({ level: 1 }).red.bold('x'));
    const hostile = paint.green(`name \u001b[31m \ufdd031m`);
    expect(terminalText(hostile)).toBe(`\u001b[32mname \\u{1b}[31m \ufdd031m\u001b[39m`);
    expect(terminalText(paintWith(new Chalk({ level: 0 })).red('x'))).toBe('x');
  });

  test('of JSON says the same in printable characters', () => {
    const value = { name: 'a\u001b\u009b\u202e\u{e0041}\ud800"\\', list: [1, 'é'] };
    const text = printableJson(value);
    expect(text).toMatch(/^[^\p{Cc}\p{Cf}\p{Cs}]*$/u);
    expect(JSON.parse(text)).toEqual(value);
  });
});
