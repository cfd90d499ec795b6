/**
 * Mistakes of the profile `objects`: objects that break a rule of the convention, one rule each, with the code of the refusal.
 *
 * Written from tool-conventions Linking.md and the core specification. A broken object is on the command line itself, so that
 * every linker reads it.
 */
import { Assembler, GIVES_I32, words } from './assembler.ts';
import { Op } from './opcodes.ts';
import type { Site } from './draft.ts';
import type { ObjectModel, Relocation, SymbolEntry } from '../wasm/object-model.ts';
import { Extern, Flag, Group, relocationType, SegmentBit, Type } from '../wasm/object-model.ts';

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
