/**
 * What some seeds give, frozen. A change here changes the meaning of every seed: it needs a new `GENERATOR_VERSION` and a
 * reviewer who knows it.
 */
import { expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { printUnit } from '../../core/index.ts';
import { GENERATOR_VERSION, generateCase, PROFILES } from '../../generators/index.ts';

function fingerprint(profile: string): string {
  const hash = createHash('sha256');
  for (const seed of [0, 1, 2, 42, 0x51f3, 2 ** 32, 2 ** 53 - 1, ...Array.from({ length: 40 }, (_, n) => 1000 + n)]) {
    const { unit, plan, settings, calls } = generateCase(seed, profile);
    hash.update(printUnit(unit));
    hash.update(JSON.stringify({ plan, settings, calls: calls.map(({ fn, args }) => [fn, ...args.map(String)]) }));
  }
  return hash.digest('hex').slice(0, 16);
}

test('each seed gives the same case as ever', () => {
  const frozen = Object.keys(PROFILES).map((profile) => `${profile} ${fingerprint(profile)}`);
  expect([`generator ${GENERATOR_VERSION}`, ...frozen]).toMatchInlineSnapshot(`
    [
      "generator 1",
      "default 7e2184cca8257a25",
      "small 9de9a394872105b4",
      "integers 9d769405db416832",
      "floats 3da99b1febaebc10",
      "memory 93dc0a41e584669f",
      "control 13d0fb36be764bd2",
      "calls a097f605bab4a517",
      "link d0b92ee1d42c8ac9",
    ]
  `);
});
