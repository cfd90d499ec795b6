/**
 * Decorations of the program's own objects: symbols get other attributes, second names, duplicates that lose, archives.
 *
 * Each keeps what the program does, for a reason of the linking convention that stands beside it. An edit that finds no
 * symbol to work on does nothing and says so.
 */
import type { FunctionType } from '../wasm/object-model.ts';
import { Extern, Flag, functionTypeOf, Group, importCount, Kind, RELOCATION_TYPES } from '../wasm/object-model.ts';
import { Assembler } from './assembler.ts';
import { Op } from './opcodes.ts';
import type { Definition, ObjectItem, Site } from './draft.ts';
import { isGlobalDefinition } from './draft.ts';
import { ARCHIVE_FLAVOURS } from '../wasm/write-archive.ts';

/** Applies a decoration; false if it found nothing to do. */
export type Apply = (site: Site) => boolean;

function onDefinition(apply: (site: Site, found: Definition) => boolean | undefined): Apply {
  return (site) => {
    const found = site.draft.definition(site.decoration.symbol);
    if (found === null || (found.symbol.kind !== Kind.function && found.symbol.kind !== Kind.data)) return false;
    return apply(site, found) ?? true;
  };
}

function signatureOf({ part, symbol }: Definition): FunctionType {
  return part.model.types[functionTypeOf(part.model, symbol.index)]!;
}

/** Hidden and default visibility differ for the outside of the module only. */
export const visible = onDefinition((_site, { symbol }) => {
  symbol.flags ^= Flag.hidden;
});

/** A weak definition that nobody competes with is a definition. */
export const weaken = onDefinition((site, { part, symbol }) => {
  if (!claim(site, symbol.name)) return false;
  symbol.flags |= Flag.weak;
  // Now and then a second weak one, which loses because it comes later; a member may come still later.
  if (site.flip() && !site.draft.isMember(part)) {
    const item = site.object('second', duplicateOf(site, { part, symbol }, Flag.weak));
    site.draft.insertAfter(item, part, site.decoration.at);
  }
  return true;
});

/** A weak reference to something that is linked in anyway is a reference. */
export const weakReference = onDefinition((site, { part, symbol }) => {
  const references = site.draft.references(symbol.name);
  for (const reference of references) reference.flags |= Flag.weak;
  if (site.draft.isMember(part)) site.draft.require(symbol.name);
  return references.length > 0;
});

/** Two symbols, one function or datum. */
export const alias = onDefinition((site, { part, symbol }) => {
  const name = `${symbol.name}.${site.id}`;
  part.model.symbols.push({ ...symbol, name, flags: symbol.flags & ~Flag.exported });
  site.draft.aliases.set(name, symbol.name);
  const references = site.draft.references(symbol.name);
  references.forEach((reference, n) => {
    if (n % 2 === 1 && site.flip()) return;
    rename(reference, name);
  });
  if (site.draft.isMember(part)) site.draft.require(name);
  return true;
});

function rename(reference: Definition['symbol'], name: string): void {
  reference.name = name;
  if (reference.kind !== Kind.data) reference.flags |= Flag.explicitName;
}

/** The first copy of a group counts, whatever the other ones hold. */
export const comdat = onDefinition((site, found) => {
  const { part, symbol } = found;
  const kind = symbol.kind === Kind.data ? Group.data : Group.function;
  const taken = part.model.comdats.some(({ members }) =>
    members.some((m) => m.kind === kind && m.index === symbol.index),
  );
  const name = `${symbol.name}.group`;
  // When a member is taken depends on who needs it, so no copy is surely behind it.
  if (site.draft.isMember(part)) return false;
  if (taken || part.model.comdats.some((group) => group.name === name)) return false;
  const isImport = symbol.kind === Kind.function && symbol.index < importCount(part.model, Extern.function);
  if (isImport || symbol.index < 0 || !claim(site, symbol.name)) return false;
  part.model.comdats.push({ name, flags: 0, members: [{ kind, index: symbol.index }] });
  if (site.flip()) symbol.flags |= Flag.weak;
  const copies = 1 + site.below(2);
  for (let n = 0; n < copies; n++) {
    const copy = duplicateOf(site, found, symbol.flags & Flag.weak);
    copy.comdat(name, [symbol.name]);
    const item = site.object(`copy${n}`, copy);
    site.draft.insertAfter(item, part, site.decoration.at + n);
  }
  return true;
});

/** A strong definition wins over a weak one wherever that is. */
export const weakLoser = onDefinition((site, found) => {
  const { part, symbol } = found;
  // A name that is defined, weakly or not, takes no member out of an archive.
  if (site.draft.isMember(part) || !claim(site, symbol.name)) return false;
  site.draft.insert(site.object('loser', duplicateOf(site, found, Flag.weak)), site.decoration.at);
  return true;
});

/** Whether nobody else competes for `name`: two competitions could have another winner than each alone. */
function claim({ draft }: Site, name: string): boolean {
  if (draft.contested.has(name)) return false;
  draft.contested.add(name);
  return true;
}

/** An object that defines the same symbol with contents that would be noticed. */
function duplicateOf(site: Site, found: Definition, flags: number): Assembler {
  const { name, kind, size } = found.symbol;
  const assembler = new Assembler();
  if (kind === Kind.function) {
    assembler.func(name, signatureOf(found), flags, (code) => code.op(Op.unreachable));
  } else {
    assembler.data(name, new Array<number>(size).fill(0xa5), { flags, alignLog2: site.below(3) });
  }
  return assembler;
}

/** A wrapper that hands through what it gets. */
export const wrap = onDefinition((site, found) => {
  const { part, symbol } = found;
  const option = `--wrap=${symbol.name}`;
  if (symbol.kind !== Kind.function || site.draft.options.includes(option)) return false;
  // Pointers to the function would be pointers to the wrapper, which is another function.
  if (isAddressTaken(site, symbol.name)) return false;
  const type = signatureOf(found);
  const assembler = new Assembler();
  assembler.undefinedFunction(`__real_${symbol.name}`, type);
  assembler.func(`__wrap_${symbol.name}`, type, 0, (code) => {
    type.params.forEach((_, n) => {
      code.op(Op.localGet);
      code.sink.uleb(n);
    });
    code.call(`__real_${symbol.name}`);
  });
  site.add('wrapper', assembler);
  site.draft.options.push(option);
  if (site.draft.isMember(part)) site.draft.require(symbol.name);
  return true;
});

function isAddressTaken(site: Site, name: string): boolean {
  return site.draft.parts.some(({ model }) => {
    const takes = ({ type, index }: { type: number; index: number }): boolean =>
      RELOCATION_TYPES[type]![0].startsWith('TABLE_INDEX') && model.symbols[index]!.name === name;
    return [...model.functions, ...model.segments].some(({ relocations }) => relocations.some(takes));
  });
}

/** A name made on the command line. */
export const defsym = onDefinition((site, { part, symbol }) => {
  const references = site.draft.references(symbol.name);
  if (references.length === 0 || site.draft.isMember(part)) return false;
  const name = `${symbol.name.replace(/[^\w.$]/g, '_')}.${site.id}`;
  if (!/^[A-Za-z_$.][\w$.]*$/.test(symbol.name)) return false;
  for (const reference of references) rename(reference, name);
  site.draft.aliases.set(name, symbol.name);
  site.draft.options.push(`--defsym=${name}=${symbol.name}`);
  return true;
});

/** One more export. */
export const exported = onDefinition((site, { part, symbol }) => {
  const { name, kind } = symbol;
  if (name === 'memory' || name.startsWith('__')) return false;
  if (site.draft.isMember(part)) site.draft.require(name);
  const isFlag = site.flip();
  const { options } = site.draft;
  let isReference = false;
  if (isFlag) symbol.flags |= Flag.exported;
  else if (kind === Kind.function && site.below(4) === 3 && !options.some((text) => /^--(entry|wrap)=/.test(text))) {
    options.push(`--entry=${name}`);
  } else isReference = options.push(`${site.flip() ? '--export-if-defined' : '--export'}=${name}`) > 0;
  site.draft.inspections.push((module) => {
    // Such an option is a reference like any other: it means the wrapper. An entry point is not.
    const meant = isReference && options.includes(`--wrap=${name}`) ? `__wrap_${name}` : name;
    const found = WebAssembly.Module.exports(module).find((entry) => entry.name === meant);
    const wanted = kind === Kind.function ? 'function' : 'global';
    return found?.kind === wanted ? null : `${meant} should be exported as a ${wanted}`;
  });
  return true;
});

/** A symbol that must stay, stays; nothing else changes. */
export const keep = onDefinition((_site, { symbol }) => {
  symbol.flags |= Flag.noStrip;
});

/** A reference may be imported under one name and called another; a definition wins over any import. */
export const explicitName = onDefinition((site, { symbol }) => {
  if (symbol.kind !== Kind.function) return false;
  let found = false;
  for (const { model } of site.draft.parts) {
    for (const reference of model.symbols) {
      if (reference.name !== symbol.name || (reference.flags & Flag.undefined) === 0) continue;
      let function_ = -1;
      const at = model.imports.findIndex((e) => e.kind === Extern.function && ++function_ === reference.index);
      model.imports[at] = { ...model.imports[at]!, field: `${site.id}.field` };
      reference.flags |= Flag.explicitName;
      found = true;
    }
  }
  return found;
});

/** Objects of the program as members of an archive: all that somebody needs is still found. */
export const archive = (site: Site): boolean => {
  const { draft, decoration } = site;
  const free = draft.parts.filter((part) => !draft.isMember(part));
  if (free.length === 0) return false;
  const flavour = site.pick(ARCHIVE_FLAVOURS);
  const first = free[decoration.at % free.length]!;
  const members: ObjectItem[] = [first];
  const second = free[(decoration.at + 1) % free.length]!;
  if (second !== first && site.flip()) members.push(second);
  if (site.flip()) members.reverse();
  const place = Math.min(...members.map((part) => draft.items.indexOf(part)));
  for (const part of members) draft.items.splice(draft.items.indexOf(part), 1);
  draft.items.splice(place, 0, { name: `${site.id}.a`, flavour, members });
  for (const part of members) {
    for (const symbol of part.model.symbols) {
      const isWeaklyNeeded = draft.references(symbol.name).some(({ flags }) => (flags & Flag.weak) !== 0);
      if (!isGlobalDefinition(symbol)) continue;
      // What the outside asks for, and what nobody asks for strongly.
      if ((symbol.flags & (Flag.exported | Flag.weak)) !== 0 || isWeaklyNeeded) draft.require(symbol.name);
    }
  }
  return true;
};

/** Neighbouring objects become one by relocatable output; the linker that is tested does it. */
export const join = (site: Site): boolean => {
  const { draft, decoration } = site;
  if (draft.joined !== null || draft.ownJoin !== null) return false;
  draft.joined = { first: decoration.at, count: 2 + site.below(3) };
  return true;
};
