/**
 * A measurement of coverage as part of the page of a run: what was reached, how often, and what the run before did or did not reach.
 *
 * Owns the sections and their cells. All names go through markup.ts; colours are those of the page. A cell that no case has is empty: whether there
 * can be one, nobody says. Equal measurements give equal bytes.
 */
import { escapeMarkup as e } from '../report/markup.ts';
import { plural, wholeNumber } from '../report/text.ts';
import type { Coverage } from './coverage-file.ts';
import { cellsOfKind } from './coverage-file.ts';
import { CELL_KINDS, unreachedInstructions } from './cells.ts';

/** Titles of the kinds of cells; grids have a name of rows and of columns. */
const TITLES: Readonly<Record<(typeof CELL_KINDS)[number], string>> = {
  air: 'Instructions by class of type',
  opcode: 'Opcodes',
  relocation: 'Relocations by state of their symbol',
  option: 'Options',
  decoration: 'Decorations of links',
};
const GRIDS: Readonly<Partial<Record<(typeof CELL_KINDS)[number], readonly [row: string, plain: string]>>> = {
  air: ['instruction', 'other'],
  relocation: ['relocation', 'no symbol'],
};

/** Parts of the cases from which on a cell has a stronger colour. */
const LEVELS = [0, 0.01, 0.1, 0.3];

/** Cells that are listed by name where two measurements differ. */
const NAMED = 60;

/** The map of `coverage` as HTML; `before`: that of an earlier run, to be compared. */
export function coverageMap(coverage: Coverage, before: Coverage | null): string {
  const { cases, cells } = coverage;
  const missing = unreachedInstructions(new Map(Object.entries(cells)));
  const head = `${plural(Object.keys(cells).length, 'cell')} in the first ${plural(cases, 'case')}; numbers are cases`;
  const parts = CELL_KINDS.map((kind) => {
    const own = cellsOfKind(coverage, kind);
    if (own.length === 0) return '';
    const grid = GRIDS[kind];
    const body = grid === undefined ? list(own, cases) : table(own, cases, grid);
    return `<details><summary>${TITLES[kind]}: ${own.length}</summary>${body}</details>`;
  });
  const none = missing.length === 0 ? '' : `<p>Instructions in no case: ${missing.map(e).join(', ')}.</p>`;
  return `<h2>Reached</h2><p>${e(head)}.</p>${none}${before === null ? '' : difference(before, coverage)}${parts.join('')}`;
}

/** Rows are the first words of the names of cells, columns what follows, the most frequent first. */
function table(
  cells: readonly (readonly [name: string, cases: number])[],
  all: number,
  [corner, plain]: readonly [string, string],
): string {
  const rows = new Map<string, Map<string, number>>();
  const columns = new Map<string, number>();
  for (const [name, cases] of cells) {
    const at = name.indexOf(' ');
    const [row, column] = at < 0 ? [name, ''] : [name.slice(0, at), name.slice(at + 1)];
    rows.set(row, (rows.get(row) ?? new Map<string, number>()).set(column, cases));
    columns.set(column, (columns.get(column) ?? 0) + 1);
  }
  const order = [...columns].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([name]) => name);
  const lines = [...rows].map(([row, values]) => {
    const fields = order.map((column) => {
      const cases = values.get(column);
      return cases === undefined ? '<td></td>' : `<td class="n ${level(cases, all)}">${wholeNumber(cases)}</td>`;
    });
    return `<tr><th scope="row">${e(row)}</th>${fields.join('')}</tr>`;
  });
  const titles = order.map((column) => `<th scope="col" class="n">${e(column === '' ? plain : column)}</th>`);
  return (
    `<div class="scroll" tabindex="0" role="region" aria-label="${e(corner)}s that were reached"><table class="map"><thead><tr>` +
    `<th scope="col">${e(corner)}</th>${titles.join('')}</tr></thead><tbody>${lines.join('')}</tbody></table></div>`
  );
}

function list(cells: readonly (readonly [name: string, cases: number])[], all: number): string {
  const items = cells.map(([name, cases]) => {
    return `<li class="${level(cases, all)}"><code>${e(name)}</code> ${wholeNumber(cases)}</li>`;
  });
  return `<ul class="cells">${items.join('')}</ul>`;
}

function level(cases: number, all: number): string {
  return `m${LEVELS.filter((least) => cases >= least * all).length}`;
}

/** What one of two runs reaches and the other does not. */
function difference(before: Coverage, after: Coverage): string {
  const [old, now] = [Object.keys(before.cells), Object.keys(after.cells)];
  const gained = now.filter((cell) => before.cells[cell] === undefined);
  const lost = old.filter((cell) => after.cells[cell] === undefined);
  const named = (title: string, cells: readonly string[]): string => {
    const more = cells.length > NAMED ? ` and ${cells.length - NAMED} more` : '';
    const names = cells.slice(0, NAMED).map((cell) => `<code>${e(cell)}</code>`);
    return `<p>${title}: ${cells.length === 0 ? 'none' : names.join(', ') + more}.</p>`;
  };
  return (
    `<h3>Beside the ${plural(before.cases, 'case')} of the last run that was measured</h3>` +
    named('Cells that it does not have', gained) +
    named('Cells that this run does not have', lost)
  );
}
