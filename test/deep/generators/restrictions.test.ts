/** Restrictions: programs made mostly of chosen instructions, and programs without what a backend lacks. */
import { describe, expect, test } from '@jest/globals';
import type { AirTag } from '../../../core/index.ts';
import { AIR_TAG_NAMES, DESCRIBED_TAGS, verifyUnit } from '../../../core/index.ts';
import { EMITTERS } from '../../../generators/emit/table.ts';
import { BASE_TAGS, caseGenerator, generateCase, isDrawn, isGenerated, PROFILES } from '../../../generators/index.ts';
import { tagsOf } from '../../generators/laws.ts';

/** The first profile that draws `tag`: what is about special types is not in all of them. */
function profileOf(tag: AirTag): string {
  const profile = Object.values(PROFILES).find((one) => isDrawn(one, tag));
  if (profile === undefined) throw new Error(`no profile draws ${tag}`);
  return profile.name;
}

/** Seeds whose programs hold `tag` when only it is asked for, of `count`. */
function share(tag: AirTag, count: number): number {
  const generate = caseGenerator(profileOf(tag), { onlyOps: [tag] })!;
  let found = 0;
  for (let seed = 1; seed <= count; seed++) {
    const { unit } = generate(seed);
    if (seed <= 5) expect(verifyUnit(unit)).toEqual([]);
    if (tagsOf(unit).has(tag)) found++;
  }
  return found / count;
}

describe('only one instruction', () => {
  test.each(DESCRIBED_TAGS.filter((tag) => typeof EMITTERS[tag] !== 'string'))('%s: most programs hold it', (tag) => {
    expect(share(tag, 20)).toBeGreaterThan(0.6);
  });
});

describe('a backend', () => {
  test('that supports nothing but the base gets nothing but the base', () => {
    const generate = caseGenerator('default', { supports: () => false })!;
    const base = new Set(BASE_TAGS);
    for (let seed = 1; seed <= 150; seed++) {
      const { unit } = generate(seed);
      expect(verifyUnit(unit)).toEqual([]);
      expect([...tagsOf(unit)].filter((tag) => !base.has(tag))).toEqual([]);
    }
  });

  test.each(AIR_TAG_NAMES.filter((tag) => isGenerated(tag) && !BASE_TAGS.includes(tag)))(
    'that lacks %s never gets it',
    (lacking) => {
      const generate = caseGenerator('default', { supports: (tag) => tag !== lacking })!;
      for (let seed = 1; seed <= 25; seed++) {
        const { unit } = generate(seed);
        expect(tagsOf(unit).has(lacking)).toBe(false);
        if (seed <= 5) expect(verifyUnit(unit)).toEqual([]);
      }
    },
  );
});

test.each([
  ['flow', 'sub_wrap'],
  ['formats', 'mul'],
  ['formats', 'neg'],
] as const)('a back end gets no programs of profile %s with %s if it lacks it', (profile, lacking) => {
  const onlyOps = ['wasm_memory_grow', 'mul_add'] as const;
  const generate = caseGenerator(profile, { onlyOps, supports: (tag) => tag !== lacking })!;
  for (let seed = 1; seed <= 40; seed++) expect(tagsOf(generate(seed).unit).has(lacking)).toBe(false);
});

test('an unknown profile is refused', () => {
  expect(caseGenerator('nonsense')).toBeNull();
  expect(caseGenerator('constructor')).toBeNull();
  expect(() => generateCase(1, 'nonsense')).toThrow(RangeError);
});
