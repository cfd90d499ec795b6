/** Mistakes that only two options together show, planted in a copy of the built core: cases of `drop-in` with both find them. */
import { describe, expect, test } from '@jest/globals';
import type { Settings } from '../../../core/index.ts';
import { generatorOf } from '../../../harness/case/generate.ts';
import { loadChecks } from '../../../harness/check/checks.ts';
import { lldCheck } from '../../../harness/check/lld.ts';
import { LLVM_ABSENT, loadLlvm } from '../../../harness/external/llvm.ts';
import type { Case } from '../../../harness/model/case.ts';
import { hunt, withPlanted } from './hunt.ts';
import { OPTION_BUGS } from './option-bugs.ts';

const llvm = await loadLlvm();
const checks = llvm === null ? [] : [...(await loadChecks(['topology'])), lldCheck(llvm)];

function has({ plan, settings }: Case, word: string): boolean {
  const words = [...(plan.options ?? []), ...((settings as Partial<Settings>).strip === true ? ['--strip-all'] : [])];
  return words.some((option) => option.startsWith(word));
}

describe(llvm === null ? LLVM_ABSENT : 'with wasm-ld as judge', () => {
  const rows = OPTION_BUGS.map(({ pair, bug }) => [bug.name, pair.join(' '), pair, bug] as const);

  (llvm === null ? test.skip : test).each(rows)('%s is found by cases with %s', async (_name, _words, pair, bug) => {
    const wants = (case_: Case): boolean => pair.every((word) => has(case_, word));
    const [bucket] = await hunt(bug, { profile: 'drop-in', checks, every: true, wants });
    expect(bucket).toMatch(/^linker\//);
  });

  (llvm === null ? test.skip : test).each(rows)(
    '%s is not found without the other: %s',
    async (_name, _words, pair, bug) => {
      const generate = generatorOf('drop-in', null);
      await withPlanted(bug, (bucketsOf) => {
        let [seed, tried] = [0, 0];
        for (; tried < 15; seed++) {
          const case_ = generate(seed);
          if (has(case_, pair[0]) === has(case_, pair[1])) continue;
          expect(bucketsOf(case_, checks, true)).toEqual([]);
          tried++;
        }
      });
    },
  );
});
