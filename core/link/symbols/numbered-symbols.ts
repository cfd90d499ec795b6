/**
 * The symbols of a link as numbers: what number-symbols.ts makes, and the look-ups from numbers to what they stand for.
 *
 * Owns the layout of the index spaces: what comes from the unit, what from which object, what from nowhere. Invariant: the
 * record is complete and never changes; functions that the linker may need later have their numbers already.
 */
import type { NavIndex } from '../../intern/keys.ts';
import { SymbolKind } from '../../wasm/kinds.ts';
import type { ObjDefined, ObjectId, ObjIndex, ObjSegIndex, ObjSymIndex, Space } from '../input/index-spaces.ts';
import type { InitRef, ObjectSymbol, ParsedObject, SignatureKey } from '../input/object-file.ts';
import { definedPosition } from '../input/object-symbols.ts';
import { FIXED_GLOBALS, FixedGlobal, INDIRECT_TABLE } from './provided-symbols.ts';
import type { SyntheticName } from './provided-symbols.ts';
import type { SymbolEntry, SymbolTable } from './symbol-table.ts';
import type { DataId, FuncId, GlobalId, TableId, TagId } from './targets.ts';
import { FUNCTION_TABLE, Target } from './targets.ts';

/** What a function that no input defines is. */
type ExtraRole = 'import' | 'undefined_weak' | 'undefined' | 'signature_mismatch' | 'synthetic';

/** A function that no input defines: imported from the host, a stub that traps, or made by the linker. */
export interface ExtraFunc {
  readonly role: ExtraRole;
  readonly name: string;
  readonly signature: SignatureKey;
  /** Imports only. */
  readonly module: string;
  readonly field: string;
}

/** A definition of an object: the object's number and the position among its own definitions. */
export interface ObjectRef<S extends Space> {
  readonly object: ObjectId;
  readonly index: ObjDefined<S>;
}

/** Something that is not a function and comes from the host. */
export interface ExtraImport {
  readonly name: string;
  /** As SymbolEntry.type. */
  readonly type: string;
  readonly module: string;
  readonly field: string;
  /** The input that mentions it first. */
  readonly file: string;
}

/** Where the definitions of each object begin in each index space. */
export interface DefinitionSpaces {
  /** Functions of the unit. */
  readonly unitFuncs: number;
  /** FuncId of the first function of each object. */
  readonly funcBase: readonly number[];
  /** Number of functions that inputs define, and FuncId of the first one that none does. */
  readonly extraBase: number;
  /** DataId of the first segment of each object. */
  readonly segmentBase: readonly number[];
  /** Number of segments, and DataId of the unit's first data nav. */
  readonly navDataBase: number;
  /** DataIds in all. */
  readonly dataCount: number;
  /** GlobalId of the first global of each object. */
  readonly globalBase: readonly number[];
  /** By GlobalId - FIXED_GLOBALS.length. */
  readonly globals: readonly ObjectRef<'global'>[];
  readonly tableBase: readonly number[];
  /** By TableId - 1; 0 is the table of function addresses. */
  readonly tables: readonly ObjectRef<'table'>[];
  readonly tagBase: readonly number[];
  /** By TagId. */
  readonly tags: readonly ObjectRef<'tag'>[];
}

/** Where a name leads. */
export interface Meaning {
  readonly target: Target;
  /** Data: bytes after the target. */
  readonly offset: number;
}

/** A meaning and the SymbolKind of what it leads to. */
export interface NamedMeaning extends Meaning {
  readonly kind: number;
}

/** All symbols of a link, numbered. */
export interface NumberedSymbols extends DefinitionSpaces {
  readonly phase: 'numbered';
  readonly table: SymbolTable;
  readonly extras: readonly ExtraFunc[];
  /** Reserved for what the linker may have to make; see Synthetics for what the output has. */
  readonly synthetic: Readonly<Record<SyntheticName, FuncId>>;
  /** Behind the objects' globals. */
  readonly globalImports: readonly ExtraImport[];
  /** The imported global that holds the address of an imported function. */
  readonly hostFuncs: ReadonlyMap<FuncId, GlobalId>;
  readonly tableImports: readonly ExtraImport[];
  readonly tagImports: readonly ExtraImport[];
  /** Sections whose borders something refers to. */
  readonly brackets: readonly string[];
  /** Per object, by symbol: a Target. Read it with {@link targetOf}. */
  readonly symbolTarget: readonly Int32Array[];
  /** Per object, by symbol: offset to add for data. */
  readonly symbolOffset: readonly Float64Array[];
  /** By nav: FuncId, DataId or a special value. Read it with {@link navTargetOf}. */
  readonly navTarget: Int32Array;
  /** By nav: offset to add for data. */
  readonly navOffset: Float64Array;
  /** By row of INTRINSICS, for those that the unit calls. */
  readonly intrinsicTarget: ReadonlyMap<number, Target>;
  /** Of names that no input defines, as far as something asks for them. */
  readonly meanings: ReadonlyMap<SymbolEntry, NamedMeaning>;
}

/** The stack pointer's GlobalId. */
export const STACK_POINTER = FixedGlobal.stack_pointer as GlobalId;
/** GlobalId of the base of thread-local data. */
export const TLS_BASE = FixedGlobal.tls_base as GlobalId;

// --- from references to numbers ---

/** What a symbol of object `o` means. */
export function targetOf(
  { symbolTarget }: Pick<NumberedSymbols, 'symbolTarget'>,
  o: ObjectId,
  symbol: ObjSymIndex,
): Target {
  return symbolTarget[o]![symbol]! as Target;
}

/** What a nav of the unit means. */
export function navTargetOf({ navTarget }: Pick<NumberedSymbols, 'navTarget'>, nav: NavIndex): Target {
  return navTarget[nav]! as Target;
}

/** What an initialiser of object `o` mentions. */
export function initialiserTarget(symbols: NumberedSymbols, o: ObjectId, { kind, index, symbol }: InitRef): Target {
  if (symbol >= 0) return targetOf(symbols, o, symbol);
  // No symbol: only a definition of the object itself can be meant.
  const object = symbols.table.objects[o]!;
  const position = definedPosition(object, {
    kind: kind === 'global' ? SymbolKind.global : SymbolKind.function,
    index,
  });
  if (position < 0) return Target.undefined;
  return kind === 'global'
    ? globalId(symbols, o, position as ObjDefined<'global'>)
    : funcId(symbols, o, position as ObjDefined<'function'>);
}

/** What a symbol that object `o` itself defines means. */
export function ownMeaning(spaces: DefinitionSpaces, object: ParsedObject, o: ObjectId, symbol: ObjectSymbol): Meaning {
  const { kind, index } = symbol;
  const position = definedPosition(object, symbol);
  switch (kind) {
    case SymbolKind.function:
      return at(funcId(spaces, o, position as ObjDefined<'function'>));
    case SymbolKind.global:
      return at(globalId(spaces, o, position as ObjDefined<'global'>));
    case SymbolKind.table:
      // Output with relocations defines the function table; slots of all objects are in one.
      if (symbol.name === INDIRECT_TABLE) return at(FUNCTION_TABLE);
      return at((spaces.tableBase[o]! + position) as TableId);
    case SymbolKind.tag:
      return at((spaces.tagBase[o]! + position) as TagId);
    case SymbolKind.data:
      if (index < 0) return { target: Target.absolute, offset: symbol.offset };
      return { target: dataId(spaces, o, index as ObjSegIndex), offset: symbol.offset };
    default:
      // Sections have no numbers of the link: custom sections look up their own.
      return at(Target.undefined);
  }
}

/** A meaning without an offset. */
export function at(target: Target): Meaning {
  return { target, offset: 0 };
}

/** Number of a function that object `o` defines. */
export function funcId(
  { funcBase }: Pick<DefinitionSpaces, 'funcBase'>,
  o: ObjectId,
  index: ObjDefined<'function'>,
): FuncId {
  return (funcBase[o]! + index) as FuncId;
}

/** Number of a segment of object `o`. */
export function dataId(
  { segmentBase }: Pick<DefinitionSpaces, 'segmentBase'>,
  o: ObjectId,
  index: ObjSegIndex,
): DataId {
  return (segmentBase[o]! + index) as DataId;
}

/** Number of a global that object `o` defines. */
export function globalId(
  { globalBase }: Pick<DefinitionSpaces, 'globalBase'>,
  o: ObjectId,
  index: ObjDefined<'global'>,
): GlobalId {
  return (globalBase[o]! + index) as GlobalId;
}

// --- from numbers to what they stand for ---

/** Whether the unit defines a function. */
export function isUnitFunc({ unitFuncs }: DefinitionSpaces, id: FuncId): boolean {
  return id < unitFuncs;
}

/** The function that no input defines, or undefined if one does. */
export function extraOf(
  { extras, extraBase }: Pick<NumberedSymbols, 'extras' | 'extraBase'>,
  id: FuncId,
): ExtraFunc | undefined {
  return id < extraBase ? undefined : extras[id - extraBase];
}

/** Whether calls of a function that is not there lead to a stub, so that its address is null. */
export function isAbsent(symbols: Pick<NumberedSymbols, 'extras' | 'extraBase'>, id: FuncId): boolean {
  const role = extraOf(symbols, id)?.role;
  return role === 'undefined_weak' || role === 'undefined';
}

/** Object that defines a function; the function must come from one. */
export function funcOwner({ funcBase }: DefinitionSpaces, id: FuncId): ObjectId {
  return ownerOf(funcBase, id);
}

/** Object that a segment comes from; the datum must be one. */
export function dataOwner({ segmentBase }: DefinitionSpaces, id: DataId): ObjectId {
  return ownerOf(segmentBase, id);
}

/** Position in its object of a function of object `o`. */
export function funcPosition({ funcBase }: DefinitionSpaces, o: ObjectId, id: FuncId): ObjDefined<'function'> {
  return (id - funcBase[o]!) as ObjDefined<'function'>;
}

/** Index in its object of a segment of object `o`. */
export function segmentPosition({ segmentBase }: DefinitionSpaces, o: ObjectId, id: DataId): ObjSegIndex {
  return (id - segmentBase[o]!) as ObjSegIndex;
}

/** Index of the last base that is <= `id` and whose range is not empty: the object that owns the number. */
function ownerOf(bases: readonly number[], id: number): ObjectId {
  let low = 0;
  let high = bases.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (bases[middle]! <= id) low = middle;
    else high = middle - 1;
  }
  return low as ObjectId;
}

/** First GlobalId of an imported global. */
export function firstGlobalImport({ globals }: Pick<DefinitionSpaces, 'globals'>): GlobalId {
  return (FIXED_GLOBALS.length + globals.length) as GlobalId;
}

/** First TableId of an imported table. */
export function firstTableImport({ tables }: Pick<DefinitionSpaces, 'tables'>): TableId {
  return (1 + tables.length) as TableId;
}

/** First TagId of an imported tag. */
export function firstTagImport({ tags }: Pick<DefinitionSpaces, 'tags'>): TagId {
  return tags.length as TagId;
}

/** Index in its object, imports first, of a function that object `o` defines. */
export function objectFunc(object: ParsedObject, position: ObjDefined<'function'>): ObjIndex<'function'> {
  return (object.funcImports.length + position) as ObjIndex<'function'>;
}
