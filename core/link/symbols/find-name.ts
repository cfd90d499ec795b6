/**
 * From a name to what it means, once symbols have numbers: for names of the options and for entries of the symbol table.
 *
 * Owns the names that the linker knows by itself. Invariant: look-ups only, nothing gets a number here.
 */
import { SymbolKind, ValType, valTypeName } from '../../wasm/kinds.ts';
import type { DefinitionSpaces, Meaning, NamedMeaning, NumberedSymbols } from './numbered-symbols.ts';
import { at, ownMeaning } from './numbered-symbols.ts';
import type { ProvidedData, SyntheticName } from './provided-symbols.ts';
import {
  bracketOf,
  FIXED_GLOBALS,
  fixedGlobal,
  INDIRECT_TABLE,
  isSyntheticName,
  PROVIDED_DATA,
  syntheticSignature,
} from './provided-symbols.ts';
import type { SymbolEntry, SymbolTable } from './symbol-table.ts';
import { FROM_UNIT, UNDEFINED } from './symbol-table.ts';
import type { BracketIndex, DataId, FuncId, GlobalId } from './targets.ts';
import { bracketTarget, FUNCTION_TABLE, providedTarget, Target } from './targets.ts';

/** Meaning of an entry that an input defines, or null. */
export function definedMeaning(spaces: DefinitionSpaces, table: SymbolTable, entry: SymbolEntry): Meaning | null {
  const { definedIn, definition, kind } = entry;
  if (definedIn >= 0) {
    const object = table.objects[definedIn]!;
    return ownMeaning(spaces, object, definedIn, object.symbols[definition]!);
  }
  if (definedIn !== FROM_UNIT) return null;
  return at(kind === SymbolKind.function ? (definition as FuncId) : ((spaces.navDataBase + definition) as DataId));
}

/** Meaning of an entry that something refers to. */
export function entryMeaning(symbols: NumberedSymbols, entry: SymbolEntry): NamedMeaning {
  const { meanings, table } = symbols;
  const defined = definedMeaning(symbols, table, entry);
  if (defined !== null) return { ...defined, kind: entry.kind };
  return meanings.get(entry) ?? { ...at(Target.undefined), kind: entry.kind };
}

/** What the options mean by `name`: a definition, or something of the linker's; null if it is neither. */
export function findName(symbols: NumberedSymbols, name: string, hasThreads: boolean): NamedMeaning | null {
  const { table, synthetic, brackets } = symbols;
  const entry = table.entries.get(name);
  if (entry && entry.definedIn !== UNDEFINED) return entryMeaning(symbols, entry);
  const fixed = FIXED_GLOBALS.findIndex((global) => global.name === name);
  // As wasm-ld: without threads, those of thread-local data are there for who refers to them.
  if (!entry && !hasThreads && name.startsWith('__tls_')) return null;
  if (fixed >= 0) return { kind: SymbolKind.global, ...at(fixed as GlobalId) };
  if (!entry && isSyntheticName(name) && (name === '__wasm_call_ctors' || hasThreads)) {
    return { kind: SymbolKind.function, ...at(synthetic[name]) };
  }
  const provider: Provider = {
    is64: table.is64,
    syntheticId: (wanted) => synthetic[wanted],
    bracketIndex: (section) => brackets.indexOf(section) as BracketIndex,
  };
  const kind = entry?.kind ?? SymbolKind.data;
  const target = providedMeaning(provider, name, kind, entry?.type ?? '');
  return target === Target.undefined ? null : { kind, ...at(target) };
}

/** Where the numbers of what the linker makes come from. */
export interface Provider {
  /** Addresses are 64 bits wide. */
  readonly is64: boolean;
  readonly syntheticId: (name: SyntheticName) => FuncId;
  /** Number of the borders of a section; negative if no input has it. */
  readonly bracketIndex: (section: string) => BracketIndex;
}

const FUNCREF = valTypeName(ValType.funcref);

/** What the linker itself knows under `name` as kind `kind` and type `type`; Target.undefined if nothing. */
export function providedMeaning(provider: Provider, name: string, kind: number, type: string): Target {
  switch (kind) {
    case SymbolKind.function:
      if (!isSyntheticName(name) || type !== syntheticSignature(name, provider.is64)) return Target.undefined;
      return provider.syntheticId(name);
    case SymbolKind.data: {
      const index = PROVIDED_DATA.indexOf(name as ProvidedData);
      return index >= 0 ? providedTarget(index) : bracketMeaning(provider, name);
    }
    case SymbolKind.global: {
      const id = fixedGlobal(name, type);
      return id < 0 ? Target.undefined : (id as GlobalId);
    }
    case SymbolKind.table:
      return name === INDIRECT_TABLE && type === FUNCREF ? FUNCTION_TABLE : Target.undefined;
    default:
      return Target.undefined;
  }
}

function bracketMeaning(provider: Provider, name: string): Target {
  const bracket = bracketOf(name);
  if (bracket === null) return Target.undefined;
  const index = provider.bracketIndex(bracket.section);
  return index < 0 ? Target.undefined : bracketTarget(index, bracket.isStop);
}
