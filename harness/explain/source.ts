/**
 * The text of a case as the user has it: lines of instructions, and lines around them.
 */
import type { InstIndex, NavIndex, Unit } from '../../core/index.ts';
import { parseUnit } from '../../core/index.ts';
import { addressWidthOf } from '../case/target-line.ts';
import type { SourceLine } from './explanation.ts';

/** Lines shown before and behind the one in question. */
const AROUND = 3;

/** See the file header. */
export interface Source {
  readonly unit: Unit;
  lineOf(nav: NavIndex, inst: InstIndex): number;
  /** Line `n`, counted from 1, without its indentation. */
  text(line: number): string;
  around(line: number): SourceLine[];
}

/** The source of `text`, the program of a case that was read before. */
export function sourceOf(text: string): Source {
  const parsed = parseUnit(text, { target: { ptrBits: addressWidthOf(text) } });
  if (!parsed.ok) throw new Error('the text of a case does not parse');
  const lines = text.split('\n');
  return {
    unit: parsed.unit,
    lineOf: (nav, inst) => parsed.lines.insts[nav]?.[inst] ?? parsed.lines.navs[nav] ?? 1,
    text: (line) => (lines[line - 1] ?? '').trim(),
    around: (line) => linesAround(lines, line),
  };
}

/** Lines around line `line` (counted from 1), which is marked. */
export function linesAround(lines: readonly string[], line: number): SourceLine[] {
  const shown: SourceLine[] = [];
  for (let n = Math.max(1, line - AROUND); n <= Math.min(lines.length, line + AROUND); n++) {
    const text = lines[n - 1]!;
    if (text.trim() !== '' || n === line) shown.push({ line: n, text, marked: n === line });
  }
  return shown;
}
