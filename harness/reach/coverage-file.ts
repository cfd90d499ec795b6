/**
 * A measurement of coverage: as a file, as text, and how two of them differ.
 *
 * Owns the form of the file. Cells are sorted, so equal measurements are equal bytes.
 */
import { z } from 'zod';
import { checked, parsed } from '../campaign/event-lines.ts';
import { readInputText } from '../model/files.ts';
import type { Cells } from './cells.ts';
import { CELL_KINDS, unreachedInstructions } from './cells.ts';

const count = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);

const schema = z.strictObject({
  schema: z.literal(1),
  /** Campaign seed, profile and generator of the cases. */
  seed: count,
  profile: z.string().min(1),
  generator: count,
  backend: z.string().min(1),
  cases: count,
  /** Cases by cell. */
  cells: z.record(z.string().min(1), count),
});

/** What some cases reach. */
export type Coverage = z.infer<typeof schema>;

/** The measurement of `cells`. */
export function coverageOf(cells: Cells, of: Omit<Coverage, 'schema' | 'cells'>): Coverage {
  const sorted = [...cells].sort(([a], [b]) => (a < b ? -1 : 1));
  return { schema: 1, ...of, cells: Object.fromEntries(sorted) };
}

/** Reads a file that {@link writtenCoverage} has made. */
export function readCoverage(file: string): Coverage {
  return checked(schema, parsed(readInputText(file), file), file);
}

/** The text of the file of `coverage`. */
export function writtenCoverage(coverage: Coverage): string {
  return `${JSON.stringify(coverage, null, 1)}\n`;
}

/** Cells of one kind, `air/…`, without the kind. */
export function cellsOfKind({ cells }: Coverage, kind: string): readonly (readonly [name: string, cases: number])[] {
  const prefix = `${kind}/`;
  return Object.entries(cells).flatMap(([cell, cases]) =>
    cell.startsWith(prefix) ? [[cell.slice(prefix.length), cases] as const] : [],
  );
}

/** All cells with their cases, and the instructions that no case has. */
export function coverageLines(coverage: Coverage): string[] {
  const lines = [`${coverage.cases} cases of profile ${coverage.profile}, ${Object.keys(coverage.cells).length} cells`];
  for (const kind of CELL_KINDS) {
    const cells = cellsOfKind(coverage, kind);
    lines.push('', `${kind}: ${cells.length}`);
    for (const [name, cases] of cells) lines.push(`${String(cases).padStart(8)}  ${name}`);
  }
  const missing = unreachedInstructions(new Map(Object.entries(coverage.cells)));
  lines.push('', `instructions in no case: ${missing.length}`);
  if (missing.length > 0) lines.push(`  ${missing.join(' ')}`);
  return lines;
}

/** Cells that only one of two measurements has. */
export function comparedLines(before: Coverage, after: Coverage): string[] {
  const lines = [`cells in ${before.cases} cases before and ${after.cases} after, by kind`];
  for (const kind of CELL_KINDS) {
    const [old, now] = [new Map(cellsOfKind(before, kind)), new Map(cellsOfKind(after, kind))];
    const gained = [...now].filter(([name]) => !old.has(name));
    const lost = [...old].filter(([name]) => !now.has(name));
    lines.push(`${kind.padEnd(12)}${String(old.size).padStart(7)} ${String(now.size).padStart(7)}`);
    for (const [name, cases] of lost) lines.push(`  - ${name} (${cases})`);
    for (const [name, cases] of gained) lines.push(`  + ${name} (${cases})`);
  }
  return lines;
}
