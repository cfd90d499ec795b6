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
      "default f815c53623d67e58",
      "small e01a7385f728bfeb",
      "integers 78025891d3be74db",
      "floats 54dfbc05cfcb82e6",
      "memory 3487bef9ec5043d9",
      "control 9c7d7300c3fc6054",
      "calls b0d355fc0a72bb0a",
      "link 78bf035a94626016",
    ]
  `);
});
