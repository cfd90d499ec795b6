/**
 * Objects of clang beside the program's: what another compiler writes, cut among objects and archives.
 *
 * Owns which objects go together, and what their probes give (read from the sources in corpus/clang/). Names get the gadget's
 * prefix, so that a link may hold one group several times.
 */
import { CLANG_OBJECTS } from './clang-objects.ts';
import type { ObjectItem, Site } from './draft.ts';
import { isGlobalDefinition } from './draft.ts';
import type { ObjectModel, SymbolEntry } from '../wasm/object-model.ts';
import { Extern, Flag, Kind } from '../wasm/object-model.ts';
import { readObjectModel } from '../wasm/read-object.ts';
import { chooseCaller, logOf } from './run-gadgets.ts';
import { ARCHIVE_FLAVOURS } from '../wasm/write-archive.ts';

/** Objects that belong together: `a` has the probes and needs `b`. */
interface Group {
  readonly name: string;
  /** How often it was compiled. */
  readonly variants: number;
  readonly probes: Readonly<Record<string, number | ((runs: number) => number)>>;
}

const GROUPS: readonly Group[] = [
  { name: 'pointers', variants: 2, probes: { pointers: 15250 } },
  { name: 'sections', variants: 2, probes: { sections: 309 } },
  { name: 'inline', variants: 2, probes: { inlined: 1745 } },
  { name: 'constructors', variants: 2, probes: { constructed: (runs) => logOf([1, 2, 3], runs) } },
  { name: 'weak', variants: 2, probes: { weakness: 9062 } },
  { name: 'threads', variants: 1, probes: { threads: 761, aligned: 1 } },
  { name: 'stack', variants: 2, probes: { frames: 355 } },
  { name: 'legacy', variants: 2, probes: { legacy: 1109 } },
];

/** Puts objects that clang made beside the program. */
export function clang(site: Site): boolean {
  const { name, variants, probes } = site.pick(GROUPS);
  const [a, b] = ['a', 'b'].map((part): ObjectItem => {
    const variant = site.below(variants);
    const model = readObjectModel(Buffer.from(CLANG_OBJECTS[`${name}${variant}-${part}`]!, 'base64'));
    rename(model, site);
    // Symbols say what is exported, under the new names.
    model.exports.length = 0;
    return { name: `${site.id}-${name}-${part}.o`, model };
  }) as [ObjectItem, ObjectItem];
  decorate(site, a.model);
  decorate(site, b.model);
  site.draft.insert(a, site.decoration.at);
  // Nobody asks for a constructor.
  if (name === 'constructors') chooseCaller(site);
  if (name !== 'constructors' && site.flip()) site.archive('lib', site.pick(ARCHIVE_FLAVOURS), [b], site.below(4));
  else site.draft.insert(b, site.decoration.at + site.below(4));
  for (const [probe, value] of Object.entries(probes)) site.expect(site.name(probe), value);
  return true;
}

/** Gives the names of a model the gadget's prefix, but those that linkers and languages own. */
function rename(model: ObjectModel, site: Site): void {
  const isOurs = ({ kind, name }: SymbolEntry): boolean => kind !== Kind.section && !name.startsWith('__');
  const isImported = (symbol: SymbolEntry): boolean =>
    symbol.kind === Kind.function && (symbol.flags & (Flag.undefined | Flag.explicitName)) === Flag.undefined;
  let n = 0;
  const places = new Map<number, number>();
  model.imports.forEach(({ kind }, at) => {
    if (kind === Extern.function) places.set(n++, at);
  });
  for (const symbol of model.symbols) {
    if (!isOurs(symbol)) continue;
    symbol.name = site.name(symbol.name);
    if (!isImported(symbol)) continue;
    const at = places.get(symbol.index)!;
    model.imports[at] = { ...model.imports[at]!, field: symbol.name };
  }
  model.comdats.forEach((comdat, c) => (model.comdats[c] = { ...comdat, name: site.name(comdat.name) }));
}

/** Attributes that change nothing: hidden or not, and kept. */
function decorate(site: Site, { symbols }: ObjectModel): void {
  const own = symbols.filter((symbol) => isGlobalDefinition(symbol) && (symbol.flags & Flag.exported) === 0);
  if (own.length === 0) return;
  if (site.flip()) site.pick(own).flags ^= Flag.hidden;
  if (site.flip()) site.pick(own).flags |= Flag.noStrip;
}
