/** Which parts of a failing case may vary: limits are exact, and what was not tried is not said. */
import { describe, expect, test } from '@jest/globals';
import { CORE_SETTINGS } from '../../../harness/backend/core/settings.ts';
import { readCaseFile } from '../../../harness/case/case-file.ts';
import type { Answer } from '../../../harness/explain/vary.ts';
import type { Variation } from '../../../harness/explain/variation.ts';
import { whatMayVary } from '../../../harness/explain/vary.ts';
import { variationLines } from '../../../harness/explain/vary-lines.ts';

const TEXT = `export var @d: u16 = 7

export fn @f(u8, i8) u8 {
  %0 = arg u8 0
  %1 = arg i8 1
  %2 = add_wrap %0, u8 40
  ret %2
}
;! run @f(200, -3)
`;

/** The number that `pattern` finds in the text of a changed case. */
function numberIn(text: string, pattern: RegExp): number {
  return Number(pattern.exec(text)?.[1]);
}

const OPERAND = /%0, u8 (\d+)\n/;

async function varied(ask: (text: string) => Answer, most = 1000): Promise<Variation> {
  const read = readCaseFile(TEXT, 'case.air');
  if (!read.ok) throw new Error('the case is not read');
  const lineOf = (nav: number, inst: number): number => nav * 100 + inst;
  return whatMayVary(read.value.case, {
    settings: CORE_SETTINGS,
    most,
    lineOf,
    ask: (text) => Promise.resolve(ask(text)),
  });
}

/** What is said of each part. */
function said({ parts }: Variation): Record<string, string> {
  return Object.fromEntries(parts.map(({ place, text, may }) => [`${place} ${text}`.trim(), may]));
}

describe('numbers', () => {
  test.each<[string, (n: number) => Answer, string]>([
    ['all fail', () => 'fails', 'any value (13 tried)'],
    ['from a limit on', (n) => (n >= 37 ? 'fails' : 'differs'), 'any value >= 37 (14 tried)'],
    ['up to a limit', (n) => (n <= 99 ? 'fails' : 'differs'), 'any value <= 99 (19 tried)'],
    ['between two limits', (n) => (n >= 33 && n <= 45 ? 'fails' : 'differs'), '33 to 45 (24 tried)'],
    ['all but some', (n) => (n >= 80 && n <= 130 ? 'differs' : 'fails'), 'any value but 80 to 130 (23 tried)'],
    ['one alone', (n) => (n === 40 ? 'fails' : 'differs'), 'this value only (13 tried)'],
  ])('%s', async (_, answer, line) => {
    const variation = await varied((text) => answer(numberIn(text, OPERAND)));
    expect(said(variation)['u8 40']).toBe(line);
    expect(variation.parts[0]!.line).toBe(102);
  });

  test('no limit is claimed where what lies between cannot be told', async () => {
    const variation = await varied((text) => {
      const n = numberIn(text, OPERAND);
      return n >= 38 ? 'fails' : n > 3 ? 'unknown' : 'differs';
    });
    expect(said(variation)['u8 40']).toMatch(/^any value >= 39 \(\d+ tried\), not known from 4 to 38$/);
  });

  test('what is no range is listed', async () => {
    const variation = await varied((text) => (numberIn(text, OPERAND) % 2 === 0 ? 'fails' : 'differs'));
    expect(said(variation)['u8 40']).toMatch(/^also 0, 2, .*; not 1, 3, /);
  });
});

describe('parts', () => {
  test('constants, arguments, variables, types and instructions, and all that are free at once', async () => {
    const asked: string[] = [];
    const variation = await varied((text) => {
      asked.push(text);
      return numberIn(text, OPERAND) === 40 && / add_(wrap|sat) /.test(text) ? 'fails' : 'differs';
    });
    expect(said(variation)).toMatchObject({
      'u8 40': 'this value only (13 tried)',
      'call 1, @f argument 1, u8 200': expect.stringMatching(/^any value /),
      'call 1, @f argument 2, i8 -3': expect.stringMatching(/^any value /),
      '@d u16 7': expect.stringMatching(/^any value /),
      add_wrap: expect.stringMatching(/^also add_sat; not (?!.*add_sat)/),
    });
    expect(variation.together).toEqual({ tried: 4, failed: 4 });
    expect(variation.runs).toBe(asked.length);
    // Three values that are free, and the one that is not, in each of the last cases.
    const together = asked.slice(-4).map((text) => [/@d: u16 = (\d+)/.exec(text)![1], /@f\((.*)\)$/m.exec(text)![1]]);
    expect(new Set(together.map(String)).size).toBe(4);
    expect(together.every(([d, args]) => d !== '7' && args !== '200, -3')).toBe(true);
  });

  test('parts that depend on each other are seen when they change together', async () => {
    const variation = await varied((text) => {
      const isChanged = [/u16 = 7\n/, /\(200, /, /, -3\)/].filter((one) => !one.test(text)).length;
      return numberIn(text, OPERAND) === 40 && isChanged <= 1 ? 'fails' : 'differs';
    });
    expect(variation.together).toEqual({ tried: 4, failed: 0 });
    expect(variationLines(variation, () => '').join('\n')).toContain('changed together: fails in 0 of 4 tries');
  });

  test('the limit of runs holds, and says what is left', async () => {
    const variation = await varied(() => 'fails', 20);
    expect(variation.runs).toBe(20);
    expect(variation.untried).toBeGreaterThan(0);
    expect(variationLines(variation, () => 'text').at(-1)).toContain(`not tried: ${variation.untried} more`);
  });

  test('the same answers give the same', async () => {
    const ask = (text: string): Answer => (text.length % 3 === 0 ? 'fails' : 'differs');
    expect(await varied(ask)).toEqual(await varied(ask));
  });
});
