/** Lines of MIR under the instructions that they come from, with the lowering that made them. */
import { describe, expect, test } from '@jest/globals';
import type { InstIndex, NavIndex } from '../../../core/index.ts';
import { AIR_TAG_NAMES, DEFAULT_SETTINGS, isFunctionNav, parseUnit } from '../../../core/index.ts';
import { CORE_BACKEND } from '../../../harness/backend/core/core-backend.ts';
import { generatorOf } from '../../../harness/case/generate.ts';
import type { TiedPart } from '../../../harness/explain/tie-lines.ts';
import { tieLines } from '../../../harness/explain/tie-lines.ts';
import { markInstructions } from '../../../harness/explain/mark-instructions.ts';
import { seedAt } from '../../../harness/worker/seed-at.ts';

const TEXT = `fn @run(u32, u32) u64 {
  %0 = arg u32 0
  %1 = arg u32 1
  %2 = add_wrap %0, %1
  %3 = block u64 {
    %4 = intcast u64 %2
    %5 = cmp_lt %0, %1
    cond_br %5 {
      br %3 %4
    } else {
      br %3 u64 7
    }
  }
  ret %3
}
`;

const code = CORE_BACKEND.code!;
const settings = DEFAULT_SETTINGS;

function tied(): { readonly parts: readonly TiedPart[]; readonly tags: readonly string[] } {
  const parsed = parseUnit(TEXT);
  if (!parsed.ok) throw new Error('the text is no unit');
  const { unit } = parsed;
  const nav = 0 as NavIndex;
  const lines = code.print(unit, settings, nav).trimEnd().split('\n');
  const parts = tieLines(lines, code.trace!(markInstructions(unit, nav), settings, nav));
  expect(parts!.flatMap((part) => part.lines)).toEqual(lines);
  const { tags } = unit.navs[nav]!.body!;
  return { parts: parts!, tags: [...tags].map((tag) => AIR_TAG_NAMES[tag]!) };
}

describe('lines of MIR', () => {
  test('stand under the instruction that they come from, inside of blocks too', () => {
    const { parts, tags } = tied();
    const under = (name: string): string[] =>
      parts
        .filter(({ inst }) => inst !== null && tags[inst] === name)
        .flatMap(({ lines }) => lines.map((line) => line.replace(/^ *\d+ */, '')));
    expect(under('add_wrap')).toContain('i32_add');
    expect(under('intcast')).toContain('i64_extend_i32_u');
    expect(under('ret')).toContain('return');
    expect(under('cond_br')).toContain('br_if 0');
  });

  test('name the lowering that made them', () => {
    const { parts, tags } = tied();
    const makers = parts.flatMap(({ inst, makers: names }) => (inst === null ? [] : [[tags[inst], ...names]]));
    expect(makers).toContainEqual(['add_wrap', 'core/codegen/scalar/arithmetic.ts']);
    expect(makers).toContainEqual(['intcast', 'lowerIntcast, core/codegen/scalar/casts.ts']);
    expect(makers).toContainEqual(['ret', 'lowerRet, core/codegen/control/control.ts']);
  });

  test('are tied to nothing where the positions change the code', () => {
    const mark = (text: string, line: number) => ({ text, position: { line, column: 0x7fff_fffe, makers: [] } });
    const plain = (text: string) => ({ text, position: null });
    const traced = [plain('mir @f'), mark('     0    dbg_line', 3), plain('     1    nop')];
    expect(tieLines(['mir @f', '     0    nop'], traced)).toEqual([
      { inst: null, makers: [], lines: ['mir @f'] },
      { inst: 2 as InstIndex, makers: [], lines: ['     0    nop'] },
    ]);
    expect(tieLines(['mir @f', '     0    drop'], traced)).toBeNull();
    expect(tieLines(['mir @f', '     0    nop', '     1    nop'], traced)).toBeNull();
    expect(tieLines(['mir @f'], traced)).toBeNull();
  });
});

test.each(['default', 'flow', 'debug', 'peepholes', 'vectors'])(
  'positions change no code, so every function of profile %s can be shown by line',
  (profile) => {
    const generate = generatorOf(profile, null);
    let functions = 0;
    for (let n = 0; n < 20; n++) {
      const { unit, settings: drawn } = generate(seedAt({ seed: 5, shard: { index: 0, of: 1 }, profile }, n));
      for (const [at, nav] of unit.navs.entries()) {
        if (!isFunctionNav(nav) || nav.body === null) continue;
        const lines = code
          .print(unit, drawn, at as NavIndex)
          .trimEnd()
          .split('\n');
        const traced = code.trace!(markInstructions(unit, at as NavIndex), drawn, at as NavIndex);
        expect([n, nav.name, tieLines(lines, traced) === null]).toEqual([n, nav.name, false]);
        functions++;
      }
    }
    expect(functions).toBeGreaterThan(30);
  },
);
