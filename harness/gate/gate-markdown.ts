/**
 * What a gate says, for GitHub: the summary of a job as Markdown, and annotations.
 *
 * Owns wording. All text of a case goes through markup.ts.
 */
import { annotationLines } from '../report/markdown.ts';
import { fenced, inlineCode, plainWords } from '../report/markup.ts';
import { cut, plural } from '../report/text.ts';
import type { Judged } from './judge-candidate.ts';
import type { Shown } from './reduce-red.ts';

/** What there is to say. */
export interface GateText {
  /** One line: the verdict with its bound, or how many buckets are red. */
  readonly verdict: string;
  readonly red: readonly Shown[];
  readonly others: readonly Judged[];
  /** Buckets that were not compared with the base. */
  readonly unjudged: number;
  /** The lines by which a red bucket is seen again: of its case, and of the seed that found it. */
  readonly linesOf: (red: Shown) => readonly string[];
}

/** The summary of a job. */
export function gateMarkdown({ verdict, red, others, unjudged, linesOf }: GateText): string {
  const buckets = red.map((one) =>
    [
      `### ${plainWords(one.bucket.id)}`,
      `${plainWords(sizeOf(one))}: ${plainWords(one.why)}; ${plainWords(one.reduction)}.`,
      ...(one.program === null ? [] : [fenced(cut(one.program, 300, 30_000))]),
      fenced(linesOf(one).join('\n'), 'sh'),
    ].join('\n\n'),
  );
  const rest = [
    ...others.map((one) => `- ${one.verdict}: ${inlineCode(one.bucket.id)} (${plainWords(one.why)})`),
    ...(unjudged === 0 ? [] : [`- ${plural(unjudged, 'further bucket')} not compared with the base`]),
  ];
  return `${[`## Gate: ${plainWords(verdict)}`, ...buckets, ...(rest.length === 0 ? [] : [rest.join('\n')])].join('\n\n')}\n`;
}

/** Workflow commands that annotate the job, one a line. */
export function gateAnnotations({ red, others, linesOf }: GateText): string {
  const errors = red.map((one) => ({
    file: null,
    title: one.bucket.id,
    text: [`${sizeOf(one)}: ${one.why}`, ...linesOf(one), one.program ?? ''].join('\n'),
  }));
  const warnings = others
    .filter(({ verdict }) => verdict === 'flaky')
    .map((one) => ({ file: null, title: 'gate', text: `flaky: ${one.bucket.id} (${one.why})` }));
  return [...annotationLines('error', errors), ...annotationLines('warning', warnings)]
    .map((line) => `${line}\n`)
    .join('');
}

/** `3 cases, 2 instructions`. */
export function sizeOf({ bucket: { count, instructions } }: Judged): string {
  return `${plural(count, 'case')}${instructions === null ? '' : `, ${plural(instructions, 'instruction')}`}`;
}
