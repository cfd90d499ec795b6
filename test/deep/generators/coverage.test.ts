/**
 * Every instruction that has a weight is in programs and is executed.
 *
 * Whether an instruction is executed is asked from outside: a `breakpoint` is put in front of it, and the run must trap.
 */
import { expect, test } from '@jest/globals';
import type { AirTag } from '../../../core/index.ts';
import { AIR_TAG_NAMES, instructionCount, parseUnit, printUnit } from '../../../core/index.ts';
import type { GeneratedCase } from '../../../generators/index.ts';
import { generateCase, isDrawn, PROFILES } from '../../../generators/index.ts';
import { interpret } from '../../../interpreter/interpret.ts';
import { tagsOf } from '../../generators/laws.ts';

const CASES = 2000;
/** Programs per instruction that are tried, and of how many of their places. */
const TRIED = 12;
const PLACES = 4;

/** Whether some of the first places of `tag` in a program is executed. */
function isExecuted({ unit, calls }: GeneratedCase, tag: AirTag): boolean {
  const lines = printUnit(unit).split('\n');
  const pattern = new RegExp(`^ +(%[0-9]+ = )?${tag}( |$)`);
  const places = lines.flatMap((line, n) => (pattern.test(line) ? [n] : [])).slice(0, PLACES);
  return places.some((place) => {
    // Arguments come first; the instruction after them is executed if they are.
    let at = place;
    while (/^ +%[0-9]+ = arg /.test(lines[at]!)) at++;
    const text = [...lines.slice(0, at), 'breakpoint', ...lines.slice(at)].join('\n');
    const parsed = parseUnit(text, { target: unit.pool.target });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed));
    return interpret(parsed.unit, calls).outcomes.at(-1)!.kind === 'trapped';
  });
}

test.each(['default', 'wasm64', 'sums'])(
  `every instruction that has a weight is executed in some of ${CASES} programs of profile %s`,
  (profile) => {
    const casesWith = new Map<AirTag, number>();
    const executed = new Map<AirTag, number>();
    const tried = new Map<AirTag, number>();
    let smallest = Infinity;
    let greatest = 0;
    for (let seed = 50_000; seed < 50_000 + CASES; seed++) {
      const made = generateCase(seed, profile);
      const size = instructionCount(made.unit);
      smallest = Math.min(smallest, size);
      greatest = Math.max(greatest, size);
      const tags = tagsOf(made.unit);
      for (const tag of tags) casesWith.set(tag, (casesWith.get(tag) ?? 0) + 1);
      const wanted = [...tags].filter((tag) => (tried.get(tag) ?? 0) < TRIED);
      // A program that traps by itself would make everything look executed.
      if (wanted.length === 0 || interpret(made.unit, made.calls).outcomes.at(-1)!.kind !== 'returned') continue;
      for (const tag of wanted) {
        tried.set(tag, (tried.get(tag) ?? 0) + 1);
        if (isExecuted(made, tag)) executed.set(tag, (executed.get(tag) ?? 0) + 1);
      }
    }

    const generated = AIR_TAG_NAMES.filter((tag) => isDrawn(PROFILES[profile]!, tag));
    const counts = generated
      .map((tag) => ({
        tag,
        cases: casesWith.get(tag) ?? 0,
        tried: tried.get(tag) ?? 0,
        executed: executed.get(tag) ?? 0,
      }))
      .sort((a, b) => a.cases - b.cases || (a.tag < b.tag ? -1 : 1));
    const text = counts.map((c) => `${c.tag} ${c.cases} (${c.executed}/${c.tried})`).join(', ');
    console.log(`programs of ${CASES} of profile ${profile} with each instruction (executed/tried): ${text}`);

    expect(counts.filter(({ cases }) => cases < 10)).toEqual([]);
    expect([...casesWith.keys()].filter((tag) => !isDrawn(PROFILES[profile]!, tag))).toEqual([]);
    // What traps is executed at the end of a run only, and those runs are left out here; what is illegal never is.
    const ends: readonly AirTag[] = ['trap', 'breakpoint', 'unreach'];
    expect(counts.filter((c) => c.executed === 0 && !ends.includes(c.tag))).toEqual([]);
    expect(executed.get('unreach')).toBeUndefined();
    expect(smallest).toBeLessThan(6);
    expect(greatest).toBeGreaterThan(300);
  },
);

test('traps are reached in some programs, by trap and by breakpoint', () => {
  const ends = new Map<string, number>();
  for (let seed = 0; seed < 2000; seed++) {
    const { unit, calls } = generateCase(seed, 'control');
    const tags = tagsOf(unit);
    if (tags.has('trap') === tags.has('breakpoint')) continue;
    if (interpret(unit, calls).outcomes.at(-1)!.kind !== 'trapped') continue;
    const tag = tags.has('trap') ? 'trap' : 'breakpoint';
    ends.set(tag, (ends.get(tag) ?? 0) + 1);
  }
  expect(ends.get('trap')).toBeGreaterThan(5);
  expect(ends.get('breakpoint')).toBeGreaterThan(0);
});
