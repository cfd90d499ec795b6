/** Instrumented code does what the code does, and what a mutant makes of it when that is on. */
import { expect, test } from '@jest/globals';
import { runInNewContext } from 'node:vm';
import { findMutants } from '../../../harness/mutants/find-mutants.ts';
import { instrument } from '../../../harness/mutants/instrument.ts';

const CODE = `
  const log = [];
  function f(a, b) {
    log.push(a);
    if (a === 5) log.push(b);
    else log.push(-a);
    if (a < b && a !== 3) return a + b * 2;
    return b - a;
  }
  return [f(1, 2), f(3, 4), f(5, 2), log];
`;

const mutants = findMutants('made-up.js', CODE, null);

/** What a body of a function returns. */
function valueOf(body: string): unknown {
  return JSON.parse(runInNewContext(`JSON.stringify((() => { ${body} })())`) as string);
}

/** What the instrumented code returns with `number` on (-1: none). */
function run(number: number): unknown {
  const text = instrument(
    CODE,
    mutants.map((mutant, n) => ({ ...mutant, number: n })),
    './switch.js',
  );
  const body = text.replace(/^import \{ isOn as (\w+) \} from "\.\/switch\.js";/, 'const $1 = (n) => n === chosen;');
  expect(body).not.toContain('import');
  return valueOf(`const chosen = ${number}; ${body}`);
}

/** What the code returns with the text of `number` replaced. */
function replaced(number: number): unknown {
  const { start, end, code } = mutants[number]!;
  return valueOf(CODE.slice(0, start) + (code ?? ';') + CODE.slice(end));
}

test('with no mutant on it does what it did', () => {
  expect(run(-1)).toEqual([5, 1, -3, [1, -1, 3, -3, 5, 2]]);
});

test.each(mutants.map(({ operator, original, replacement }, n) => [`${operator} ${original} => ${replacement}`, n]))(
  '%s does what the replaced text does',
  (_what, number) => {
    expect(run(number as number)).toEqual(replaced(number as number));
  },
);

test('most of these mutants show', () => {
  const shown = mutants.filter((_, n) => JSON.stringify(run(n)) !== JSON.stringify(run(-1)));
  expect(mutants.length).toBeGreaterThan(15);
  expect(shown.length).toBeGreaterThan(mutants.length * 0.7);
});
