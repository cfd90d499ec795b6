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
      "generator 2",
      "default 2158dcf6ec919005",
      "small 82f46ed75830a675",
      "integers 934c454d79a562b9",
      "floats 51b366ed52423df3",
      "memory fc52c9500d491345",
      "control 0f9306caae9e80e9",
      "calls 70975e6127c1c74c",
      "link 72ce77439ca9a45d",
    ]
  `);
});
