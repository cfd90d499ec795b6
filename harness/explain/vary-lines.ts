/** What is said of the parts that may vary: one line for the numbers of a range, and the lines of a terminal for all. */
import { fold } from './print.ts';
import type { Tried, Variation, VariedPart } from './variation.ts';

/** A stretch of numbers that all answer the same. */
interface Stretch {
  readonly fails: boolean;
  readonly first: bigint;
  last: bigint;
  count: number;
}

/** Numbers that are listed; more are counted. */
const LISTED = 6;

/** Which numbers in the place of `own`, which fails, fail as well. */
export function decideLine(own: bigint, tries: readonly Tried[]): string {
  const numbers = [
    ...tries.map(({ number, answer }) => ({ number, fails: answer === 'fails' })),
    { number: own, fails: true },
  ];
  numbers.sort((a, b) => (a.number < b.number ? -1 : 1));
  const stretches: Stretch[] = [];
  for (const { number, fails } of numbers) {
    const open = stretches.at(-1);
    if (open?.fails === fails) {
      open.last = number;
      open.count++;
    } else {
      stretches.push({ fails, first: number, last: number, count: 1 });
    }
  }
  const tried = `(${tries.length} tried)`;
  const failing = stretches.filter(({ fails }) => fails);
  if (stretches.length === 1) return `any value ${tried}`;
  const shape = stretches.map(({ fails }) => (fails ? 'f' : '-')).join('');
  const [a, b, c] = stretches as [Stretch, Stretch, Stretch | undefined];
  if (shape === '-f') return `any value >= ${b.first} ${tried}${gap(a, b)}`;
  if (shape === 'f-') return `any value <= ${a.last} ${tried}${gap(a, b)}`;
  if (shape === 'f-f') {
    const between = b.first === b.last ? String(b.first) : `${b.first} to ${b.last}`;
    return `any value but ${between} ${tried}${gap(a, b)}${gap(b, c!)}`;
  }
  if (failing.length === 1 && failing[0]!.count === 1) return `this value only ${tried}`;
  if (shape === '-f-') return `${b.first} to ${b.last} ${tried}${gap(a, b)}${gap(b, c!)}`;
  const list = (fails: boolean): string => {
    const found = numbers.filter((one) => one.fails === fails && one.number !== own).map(({ number }) => number);
    return found.slice(0, LISTED).join(', ') + (found.length > LISTED ? ` and ${found.length - LISTED} others` : '');
  };
  return `also ${list(true)}; not ${list(false)}`;
}

/** What is not known between two stretches. */
function gap(low: Stretch, high: Stretch): string {
  return high.first - low.last === 1n ? '' : `, not known from ${low.last + 1n} to ${high.first - 1n}`;
}

/** The lines of `variation`; `textOf`: a line of the case. */
export function variationLines(
  { parts, runs, untried, together }: Variation,
  textOf: (line: number) => string,
): string[] {
  const out = [`what may vary, each part alone, and it fails in the same way (${runs} runs):`];
  const groups = new Map<string, VariedPart[]>();
  for (const part of [...parts].sort((a, b) => (a.line ?? Infinity) - (b.line ?? Infinity))) {
    const head = part.line === null ? part.place : `line ${part.line}: ${textOf(part.line)}`;
    groups.set(head, [...(groups.get(head) ?? []), part]);
  }
  for (const [head, group] of groups) {
    out.push(...fold(head, '    ', '  '));
    const width = Math.min(24, Math.max(...group.map(({ text }) => text.length)));
    for (const { text, may } of group) out.push(...fold(`${text.padEnd(width)}  ${may}`, '      ', '    '));
  }
  if (together !== null) {
    const { tried, failed } = together;
    out.push(`  all that may be any value, changed together: fails in ${failed} of ${tried} tries`);
  }
  if (untried > 0) out.push(`  not tried: ${untried} more (--vary sets how many cases are run)`);
  return out;
}
