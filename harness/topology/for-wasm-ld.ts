/**
 * A decorated link in words that wasm-ld has too, with the meaning that it has here.
 *
 * Owns the list of what wasm-ld lacks or means otherwise, and what says the same to it. Both linkers then get the translation;
 * that ours understands the original is for the check `topology`. Nothing else of a link is changed. Pure: models are copied.
 */
import { ByteSink } from '../wasm/byte-sink.ts';
import type { Topology } from './build-topology.ts';
import type { Item, ObjectItem } from './draft.ts';
import { isArchiveItem, isGlobalDefinition } from './draft.ts';
import type { FunctionEntry, ObjectModel, Relocation, SegmentEntry, SymbolEntry } from '../wasm/object-model.ts';
import { Flag, Kind, RELOCATION_TYPES, relocationType, SegmentBit } from '../wasm/object-model.ts';

/** What is to be said otherwise. */
interface Words {
  /** Names that `--defsym` makes, to what they stand for. */
  readonly renamed: ReadonlyMap<string, string>;
  /** Sections whose borders are taken. */
  readonly bracketed: ReadonlySet<string>;
  /** Names that archives are searched for, which ours keeps. */
  readonly kept: ReadonlySet<string>;
  /** Symbols with a fixed address. */
  readonly absolute: ReadonlyMap<string, number>;
}

/** `topology` itself where nothing is to be said otherwise. */
export function forWasmLd(topology: Topology): Topology {
  const { options, models } = topology;
  const words: Words = {
    renamed: new Map(valuesOf(options, '--defsym').map((text) => text.split('=') as [string, string])),
    bracketed: new Set(models.flatMap(({ symbols }) => symbols.flatMap(({ name }) => BRACKET.exec(name)?.[1] ?? []))),
    kept: new Set(valuesOf(options, '--undefined')),
    absolute: new Map(
      models.flatMap(({ symbols }) => symbols.filter(isAbsolute).map(({ name, offset }) => [name, offset])),
    ),
  };
  const translate = (item: ObjectItem): ObjectItem => ({ ...item, model: translateModel(item.model, words) });
  const items = topology.items.map((item): Item => {
    return isArchiveItem(item) ? { ...item, members: item.members.map(translate) } : translate(item);
  });
  const kept = options.filter((option) => {
    const [name] = option.split('=');
    // wasm-ld stops at an assertion of its own.
    return name !== '--emit-relocs' && name !== '--defsym';
  });
  return {
    ...topology,
    items,
    options: kept.map((option) => (option === '--build-id=uuid' ? '--build-id=fast' : option)),
  };
}

const BRACKET = /^__(?:start|stop)_(.+)$/;

/** Values of `option` in `options`. */
export function valuesOf(options: readonly string[], option: string): string[] {
  return options.filter((text) => text.startsWith(`${option}=`)).map((text) => text.slice(option.length + 1));
}

function isAbsolute({ flags }: SymbolEntry): boolean {
  return (flags & (Flag.absolute | Flag.undefined)) === Flag.absolute;
}

function translateModel(model: ObjectModel, words: Words): ObjectModel {
  const symbols = model.symbols.map((symbol) => translateSymbol(symbol, words));
  const constants = model.symbols.map(({ kind, name }) => (kind === Kind.data ? words.absolute.get(name) : undefined));
  return {
    ...model,
    symbols,
    functions: model.functions.map((entry): FunctionEntry => {
      const { bytes, relocations } = translateFields(entry.body, entry.relocations, constants);
      return { ...entry, body: bytes, relocations };
    }),
    segments: model.segments.map((entry): SegmentEntry => {
      const flags = words.bracketed.has(entry.name) ? entry.flags | SegmentBit.retain : entry.flags;
      return { ...entry, flags, ...translateFields(entry.bytes, entry.relocations, constants) };
    }),
  };
}

function translateSymbol(symbol: SymbolEntry, words: Words): SymbolEntry {
  const name = words.renamed.get(symbol.name) ?? symbol.name;
  let { flags } = symbol;
  if (isAbsolute(symbol)) {
    // Nothing refers to it any more; wasm-ld would take the value for an offset.
    return { ...symbol, flags: Flag.local, index: 0, offset: 0 };
  }
  // wasm-ld looks for what must stay among the names that objects share.
  if ((flags & Flag.local) !== 0) flags &= ~Flag.noStrip;
  if ((flags & Flag.undefined) !== 0) {
    if (symbol.kind === Kind.global || symbol.kind === Kind.table || symbol.kind === Kind.tag) flags &= ~Flag.weak;
  } else if (isGlobalDefinition(symbol)) {
    if (words.kept.has(name)) flags |= Flag.noStrip;
  }
  return { ...symbol, name, flags };
}

const LOCREL_I64 = relocationType('MEMORY_ADDR_LOCREL_I64');
const LOCREL_I32 = relocationType('MEMORY_ADDR_LOCREL_I32');

/** Fields that refer to constants become constants, and types newer than the wasm-ld at hand older ones. */
function translateFields(
  bytes: Uint8Array,
  relocations: readonly Relocation[],
  constants: readonly (number | undefined)[],
): { readonly bytes: Uint8Array; readonly relocations: readonly Relocation[] } {
  let copy = bytes;
  const kept: Relocation[] = [];
  for (const relocation of relocations) {
    const { type, index, offset, addend } = relocation;
    // A broken object may have any number there.
    const [name, width] = RELOCATION_TYPES[type] ?? ['', 0];
    const constant = name.startsWith('MEMORY_ADDR') ? constants[index] : undefined;
    if (constant === undefined) {
      // The probes look at the low half.
      kept.push(type === LOCREL_I64 ? { ...relocation, type: LOCREL_I32 } : relocation);
      continue;
    }
    copy = copy === bytes ? bytes.slice() : copy;
    const sink = new ByteSink();
    const value = (constant + addend) | 0;
    if (name.endsWith('SLEB')) sink.sleb(value, width);
    else if (name.endsWith('LEB')) sink.uleb(value >>> 0, width);
    else sink.raw([value & 255, (value >> 8) & 255, (value >> 16) & 255, (value >> 24) & 255]);
    copy.set(sink.bytes(), offset);
  }
  return { bytes: copy, relocations: kept };
}
