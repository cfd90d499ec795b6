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
      "generator 3",
      "default 100501d1fa7d62d5",
      "small 00477239ad2c4d39",
      "integers 3db4c697d21df9ee",
      "floats 2321ecb12bd8bb8c",
      "formats f133d5896ab8c77c",
      "memory 4fae5e8242e9f552",
      "control f3dc2e538960724c",
      "calls 9308e246e15e18f2",
      "link 8255f7607a43539d",
      "wasm64 9b7f9c0921058472",
    ]
  `);
});
