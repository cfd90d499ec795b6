/**
 * What decorated links reach: relocation types, kinds and flags of symbols, options, decorations.
 *
 * Counts cases, not occurrences: a row says how many links have at least one. Prints one table.
 */
import type { Topology } from './build-topology.ts';
import { RELOCATION_TYPES } from '../wasm/object-model.ts';

/** Links by what they have: `reloc/…`, `symbol/…`, `option/…`, `word/…`, `decoration/…`. */
export type LinkCoverage = Map<string, number>;

const SYMBOL_KINDS = ['function', 'data', 'global', 'section', 'tag', 'table'];
const FLAGS: readonly (readonly [bit: number, name: string])[] = [
  [0x10, 'undefined'],
  [0x1, 'weak'],
  [0x2, 'local'],
  [0x4, 'hidden'],
  [0x20, 'exported'],
  [0x40, 'explicit-name'],
  [0x80, 'no-strip'],
  [0x100, 'tls'],
  [0x200, 'absolute'],
];

/** `function weak hidden`: kind and flags of a symbol. */
function symbolState(kind: number, flags: number): string {
  const names = FLAGS.filter(([bit]) => (flags & bit) !== 0).map(([, name]) => name);
  return [SYMBOL_KINDS[kind]!, ...(names.length === 0 ? ['plain'] : names)].join(' ');
}

/** Adds one link, said in words of the forms `forms`. */
export function countLink(coverage: LinkCoverage, topology: Topology, forms: readonly string[]): void {
  const seen = new Set<string>();
  for (const model of topology.models) {
    for (const { kind, flags } of model.symbols) seen.add(`symbol/${symbolState(kind, flags)}`);
    for (const { relocations } of [...model.functions, ...model.segments, ...model.customs]) {
      // A broken object may have any number there.
      for (const { type } of relocations) {
        const row = RELOCATION_TYPES[type];
        if (row !== undefined) seen.add(`reloc/${row[0]}`);
      }
    }
  }
  for (const option of topology.options) seen.add(`option/${option.replace(/=.*/, '')}`);
  for (const kind of topology.applied) seen.add(`decoration/${kind}`);
  for (const form of forms) seen.add(`word/${form}`);
  if (topology.joined !== null) seen.add('option/-r');
  for (const row of seen) coverage.set(row, (coverage.get(row) ?? 0) + 1);
}

/** The table, sorted by name. */
export function formatCoverage(coverage: LinkCoverage, links: number): string {
  const rows = [...coverage].sort(([a], [b]) => (a < b ? -1 : 1));
  return [`${links} links`, ...rows.map(([name, count]) => `${String(count).padStart(7)}  ${name}`)].join('\n');
}
