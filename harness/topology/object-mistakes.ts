/**
 * Mistakes of the profile `objects`: objects that break a rule of the convention, one rule each, with the code of the refusal.
 *
 * Written from tool-conventions Linking.md and the core specification. A broken object is on the command line itself, so that
 * every linker reads it.
 */
import { Assembler, GIVES_I32, words } from './assembler.ts';
import { Op } from './opcodes.ts';
import type { Site } from './draft.ts';
import { ByteSink } from '../wasm/byte-sink.ts';
import { listSections } from '../wasm/cursor.ts';
import type { ObjectModel, Relocation, SymbolEntry } from '../wasm/object-model.ts';
import { Extern, Flag, Group, relocationType, Section, SegmentBit, Type } from '../wasm/object-model.ts';

/** What is broken in an object, and how it is refused. */
interface Breakage {
  readonly code: string;
  /** wasm-ld does not look for it. */
  readonly isAllowedThere?: boolean;
  readonly apply: (model: ObjectModel) => void;
}

// Places in the object that is broken, see `wholeObject`.
const SYMBOL = { f: 0, d: 1, probe: 2 } as const;
const PROBE = 1;
/** The relocations of the probe. */
const RELOCATION = { call: 0, address: 1, type: 3 } as const;

/** A function, a datum with the address of another one, and a probe with one relocation of each kind. */
function wholeObject(site: Site): Assembler {
  const [f, d] = [site.name('f'), site.name('d')];
  const assembler = new Assembler().func(f, GIVES_I32, Flag.local, (code) => code.i32(0)).data(d, words(1, 2));
  return assembler.probe(site.name('probe'), (code) =>
    code.call(f).loadOf(d).op(Op.i32Add).slot(f).callIndirect(GIVES_I32).op(Op.i32Add),
  );
}

function relocation(at: number, change: Partial<Relocation>): Breakage['apply'] {
  return ({ functions }) => {
    const list = [...functions[PROBE]!.relocations];
    list[at] = { ...list[at]!, ...change };
    functions[PROBE] = { ...functions[PROBE]!, relocations: list };
  };
}

function symbol(at: number, change: Partial<SymbolEntry>): Breakage['apply'] {
  return ({ symbols }) => {
    symbols[at] = { ...symbols[at]!, ...change };
  };
}

function segment(change: Partial<ObjectModel['segments'][number]>): Breakage['apply'] {
  return ({ segments }) => {
    segments[0] = { ...segments[0]!, ...change };
  };
}

function member(kind: number): Breakage['apply'] {
  return ({ comdats }) => {
    comdats.push({ name: 'group', flags: 0, members: [{ kind, index: 9 }] });
  };
}

const BREAKAGES: readonly Breakage[] = [
  { code: 'object_reloc_symbol_kind', apply: relocation(RELOCATION.call, { index: SYMBOL.d }) },
  { code: 'object_reloc_symbol_kind', apply: relocation(RELOCATION.address, { index: SYMBOL.f }) },
  { code: 'object_index_out_of_range', apply: relocation(RELOCATION.call, { index: 1000 }) },
  { code: 'object_index_out_of_range', apply: relocation(RELOCATION.type, { index: 1000 }) },
  { code: 'object_reloc_type', apply: relocation(RELOCATION.call, { type: 200 }) },
  {
    code: 'object_reloc_misplaced',
    isAllowedThere: true,
    apply: relocation(RELOCATION.address, { type: relocationType('MEMORY_ADDR_I32') }),
  },
  { code: 'object_reloc_outside', apply: relocation(RELOCATION.type, { offset: 0x7000 }) },
  { code: 'object_reloc_overlap', isAllowedThere: true, apply: relocation(RELOCATION.address, { offset: 3 }) },
  { code: 'object_index_out_of_range', apply: symbol(SYMBOL.d, { index: 7 }) },
  { code: 'object_index_out_of_range', apply: symbol(SYMBOL.f, { index: 7 }) },
  { code: 'object_malformed', apply: symbol(SYMBOL.d, { offset: 9 }) },
  { code: 'object_malformed', apply: symbol(SYMBOL.f, { flags: Flag.weak | Flag.local }) },
  { code: 'object_malformed', apply: symbol(SYMBOL.f, { flags: Flag.undefined }) },
  { code: 'object_malformed', apply: symbol(SYMBOL.d, { flags: Flag.undefined | Flag.local }) },
  { code: 'object_malformed', apply: symbol(SYMBOL.d, { kind: 9 }) },
  { code: 'object_malformed', apply: segment({ alignLog2: 40 }) },
  { code: 'object_malformed', apply: ({ initFuncs }) => void initFuncs.push({ priority: 1, symbol: SYMBOL.d }) },
  { code: 'object_index_out_of_range', apply: ({ initFuncs }) => void initFuncs.push({ priority: 1, symbol: 99 }) },
  { code: 'object_index_out_of_range', apply: member(Group.function) },
  { code: 'object_index_out_of_range', apply: member(Group.data) },
  { code: 'object_malformed', apply: member(77) },
  { code: 'object_malformed', apply: (model) => void (model.features = ['?atomics']) },
  {
    code: 'object_malformed',
    apply: ({ tags, types }) => void tags.push(types.push({ params: [], results: [Type.i32] }) - 1),
  },
  { code: 'object_index_out_of_range', apply: ({ functions }) => void (functions[0] = { ...functions[0]!, type: 50 }) },
];

/** An object that breaks one rule. */
export function badObject(site: Site): boolean {
  const { draft } = site;
  const { code, isAllowedThere = false, apply } = site.pick(BREAKAGES);
  const item = site.add('broken', wholeObject(site), site.below(4));
  apply(item.model);
  if (isAllowedThere) draft.notForWasmLd = `${code}: wasm-ld does not look for it`;
  draft.refusals.push(code);
  return true;
}

/** What is wrong with the sections of an object, and how it is refused. */
interface Disorder {
  readonly code: string;
  readonly says: string;
  /** wasm-ld does not look for it. */
  readonly isAllowedThere?: boolean;
  readonly apply: (object: Uint8Array) => Uint8Array;
}

/** The object with its sections in another order, or not those; `of` gives the section with an id. */
function sections(arrange: (all: Uint8Array[], of: (id: number) => Uint8Array) => Uint8Array[]): Disorder['apply'] {
  return (object) => {
    const all = listSections(object).map(({ start, to }) => object.subarray(start, to));
    const arranged = arrange(all, (id) => all.find((bytes) => bytes[0] === id)!);
    return Buffer.concat([object.subarray(0, HEADER), ...arranged]);
  };
}

/** Magic and version. */
const HEADER = 8;

/** A custom section of `contents` called `name`. */
function custom(name: string, contents: readonly number[]): Uint8Array {
  return new ByteSink().raw([Section.custom]).sized(new ByteSink().name(name).raw(contents)).bytes();
}

function isLinking(section: Uint8Array): boolean {
  return section[0] === Section.custom && Buffer.from(section.subarray(0, 16)).includes('linking');
}

function withByte(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = value;
  return copy;
}

const DISORDERS: readonly Disorder[] = [
  {
    code: 'object_section_order',
    says: 'section linking is out of order or repeated',
    apply: sections((all) => all.flatMap((one) => (isLinking(one) ? [one, one] : [one]))),
  },
  {
    code: 'object_section_order',
    says: 'section type is out of order or repeated',
    apply: sections((all) => [all[0]!, ...all]),
  },
  {
    code: 'object_section_order',
    says: 'section import is out of order or repeated',
    apply: sections((all, of) => [of(Section.type), of(Section.function), of(Section.import), ...all.slice(3)]),
  },
  {
    code: 'object_section_order',
    says: 'section type is out of order or repeated',
    apply: sections((all, of) => [of(Section.data), ...all.filter((one) => one !== of(Section.data))]),
  },
  {
    code: 'object_malformed',
    says: 'unknown section id 99',
    apply: sections((all) => [...all, Uint8Array.of(99, 0)]),
  },
  {
    code: 'object_malformed',
    says: 'section exceeds the file',
    apply: (object) => object.subarray(0, object.length - 3),
  },
  {
    code: 'object_malformed',
    says: 'section size mismatch',
    apply: sections((all, of) => {
      const types = of(Section.type);
      // One byte more than its entries take.
      const longer = withByte(Uint8Array.of(...types, 0), 1, types[1]! + 1);
      return all.map((one) => (one === types ? longer : one));
    }),
  },
  {
    code: 'object_missing_linking',
    says: 'not a relocatable object: no "linking" section',
    apply: sections((_, of) => [of(Section.type), of(Section.import)]),
  },
  {
    code: 'object_version_number',
    says: 'invalid version number: 2 (need 1)',
    apply: (object) => withByte(object, 4, 2),
  },
  {
    code: 'object_unsupported',
    says: 'shared library is not supported by this linker',
    isAllowedThere: true,
    apply: sections((all) => [custom('dylink.0', []), ...all]),
  },
];

/** An object whose sections are not in order. */
export function badSections(site: Site): boolean {
  const { draft } = site;
  const { code, says, isAllowedThere = false, apply } = site.pick(DISORDERS);
  const item = site.add('broken', wholeObject(site), site.below(4), { afterwards: apply });
  if (isAllowedThere) draft.notForWasmLd = `${code}: wasm-ld does not look for it`;
  draft.refuse(code, item.name, says);
  return true;
}

/** An object of the time before tables had symbols, which imports another table than the one for functions. */
export function badLegacyTable(site: Site): boolean {
  const item = site.add(
    'broken',
    new Assembler().probe(site.name('probe'), (code) => code.i32(1)),
    site.below(4),
  );
  const desc = Uint8Array.of(Type.funcref, 0, 0);
  item.model.imports.push({ module: 'env', field: site.name('table'), kind: Extern.table, type: -1, desc });
  site.draft.refusals.push('object_malformed');
  return true;
}

/** A place in the block of thread-locals for what nobody defines. */
export function badTlsUndefined(site: Site): boolean {
  const { draft } = site;
  const [t, gone] = [site.name('t'), site.name('gone')];
  const thread = { section: `.tdata.${site.id}`, segmentFlags: SegmentBit.tls, flags: Flag.tls };
  const assembler = new Assembler().features('+atomics', '+bulk-memory').data(t, words(1), thread);
  assembler.undefinedData(gone, Flag.weak | Flag.tls);
  assembler.probe(site.name('probe'), (code) => code.op(Op.i32Const).reference('MEMORY_ADDR_TLS_SLEB', gone));
  if (site.flip() && !draft.options.includes('--shared-memory')) draft.options.push('--shared-memory');
  site.add('user', assembler, site.below(4));
  draft.refusals.push('tls_of_nothing');
  return true;
}
