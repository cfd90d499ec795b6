/**
 * What some seeds give, frozen. A change here changes the meaning of every seed: it needs a new `GENERATOR_VERSION` and a
 * reviewer who knows it.
 */
import { expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { PEEPHOLE_NAMES, printUnit } from '../../core/index.ts';
import { GENERATOR_VERSION, generateCase, PROFILES } from '../../generators/index.ts';

const YOUNG: readonly string[] = ['atomics', 'tailCall', 'simd128', 'debugInfo', ...PEEPHOLE_NAMES];

function fingerprint(profile: string): string {
  const hash = createHash('sha256');
  for (const seed of [0, 1, 2, 42, 0x51f3, 2 ** 32, 2 ** 53 - 1, ...Array.from({ length: 40 }, (_, n) => 1000 + n)]) {
    const { unit, plan, settings: all, calls } = generateCase(seed, profile);
    // A setting that is younger than the fingerprints counts where it is used.
    const counts = ([key, value]: [string, unknown]): boolean => value === true || !YOUNG.includes(key);
    const settings = Object.fromEntries(Object.entries(all).filter(counts));
    hash.update(printUnit(unit));
    hash.update(JSON.stringify({ plan, settings, calls: calls.map(({ fn, args }) => [fn, ...args.map(String)]) }));
  }
  return hash.digest('hex').slice(0, 16);
}

test('each seed gives the same case as ever', () => {
  // A seed of a sweep is the number of a cell, and there are more cells whenever the language grows.
  const drawn = Object.keys(PROFILES).filter((profile) => !PROFILES[profile]!.sweeps);
  const frozen = drawn.map((profile) => `${profile} ${fingerprint(profile)}`);
  expect([`generator ${GENERATOR_VERSION}`, ...frozen]).toMatchInlineSnapshot(`
    [
      "generator 5",
      "default 9b64202545a4e51f",
      "swarm fdf60e9ecf3dc757",
      "small 6cd94f6ab6d0aa9b",
      "integers 32749b52d0481632",
      "floats e4fa09af22fe8336",
      "formats edc9b4c9ec9021af",
      "memory d37150c3e8dd20dc",
      "control 2449054cff575e05",
      "calls a723a2012753a0ab",
      "link e5a59aab3dc6108f",
      "wasm64 5438cde662c272d6",
      "sums 19f38e9411f9a688",
      "wide 9114e6c60731fb4c",
      "checked c5bce7882d9d0e08",
      "flow 59cff01ab0089186",
      "atomic b503919ddfc2b788",
      "packed f01b58794c49ec2c",
      "wide-packed 74951b85eca0a35c",
      "packed-unions 62ce36796baf9586",
      "vectors 9ffc106bdabcad68",
      "lanes 0d26abd4a1e20308",
      "wide-tags bb0ccafed3c9fa3a",
      "abi c999718ebaf46fe9",
      "thread-locals d15f6fe21bb51568",
      "math c785ad9bcbd19b46",
      "debug a3c9d2ae74ac41a3",
      "traces eee5d2e4a5217a96",
      "drop-in 475bf842a08879cf",
      "objects 51de357482c781de",
      "high-data f7c3861d23219791",
      "registers 117e325500a101b9",
      "peepholes f9bf47b8065dbb16",
    ]
  `);
});
