/** The runtime library's sin to log10, compiled and run: bit for bit what exact arithmetic gives, at turns and at random. */
import { expect, test } from '@jest/globals';
import { elementary } from '../../../interpreter/model/elementary.ts';
import { isNan, SOFT_FORMATS } from '../../../interpreter/model/soft-float.ts';
import { randomPattern, randoms, turnsOf } from '../../interpreter/elementary-inputs.ts';
import { elementaryModule, FORMATS, NAMES } from './elementary.ts';

const ask = elementaryModule();

test.each(FORMATS)('f%i', (bits) => {
  const t = SOFT_FORMATS[bits];
  const random = randoms(BigInt(bits));
  const wrong: string[] = [];
  const check = (name: (typeof NAMES)[number], x: bigint): void => {
    const [own, exact] = [ask(name, bits, x), elementary(name, t, x)];
    // Which NaN an f32 or f64 is has no meaning.
    const isSame = own === exact || (isNan(t, own) && isNan(t, exact) && (bits === 32 || bits === 64));
    if (!isSame) wrong.push(`${name} ${x.toString(16)}: ${own.toString(16)}, not ${exact.toString(16)}`);
  };
  for (const name of NAMES) {
    for (const x of turnsOf(t).filter((_, n) => n % 7 === NAMES.indexOf(name) % 7)) check(name, x);
    for (let n = 0; n < 30; n++) check(name, randomPattern(t, random, n));
  }
  expect(wrong).toEqual([]);
});
