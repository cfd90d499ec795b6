/**
 * What the symbols of an object lead to inside of it: import or definition, type, callers.
 *
 * Owns the reading of `ObjectSymbol.index`, which means something else for each kind. Invariant: look-ups only.
 */
import { SymbolFlag, SymbolKind, valTypeName } from '../../wasm/kinds.ts';
import { Reloc } from '../../wasm/relocations.ts';
import type { ObjDefined, ObjSymIndex } from './index-spaces.ts';
import type { ObjectSymbol, ParsedObject, SignatureKey } from './object-file.ts';
import { ENVIRONMENT } from './object-file.ts';

/** Imports of the kind of a symbol; 0 for data and sections, which no import section has. */
function importCount(object: ParsedObject, kind: number): number {
  switch (kind) {
    case SymbolKind.function:
      return object.funcImports.length;
    case SymbolKind.global:
      return object.globalImports.length;
    case SymbolKind.table:
      return object.tableImports.length;
    case SymbolKind.tag:
      return object.tagImports.length;
    default:
      return 0;
  }
}

/** Whether a function, global, table or tag symbol stands for an import of the object. */
export function isImported(object: ParsedObject, { kind, index }: ObjectSymbol): boolean {
  return index < importCount(object, kind);
}

/** Position of what a symbol defines among the definitions of its kind; negative for what is imported. */
export function definedPosition(object: ParsedObject, { kind, index }: Pick<ObjectSymbol, 'kind' | 'index'>): number {
  return index - importCount(object, kind);
}

/** As {@link definedPosition}, of a function symbol. */
export function definedFunc(
  { funcImports }: ParsedObject,
  { index }: Pick<ObjectSymbol, 'index'>,
): ObjDefined<'function'> {
  return (index - funcImports.length) as ObjDefined<'function'>;
}

/** Signature of a function that the object defines. */
export function definedSignature({ types, funcTypes }: ParsedObject, position: ObjDefined<'function'>): SignatureKey {
  return types[funcTypes[position]!]!;
}

/** Signature of a tag that the object defines. */
export function definedTagSignature({ types, tags }: ParsedObject, position: ObjDefined<'tag'>): SignatureKey {
  return types[tags[position]!]!;
}

/** Import of an undefined function, global, table or tag. */
export function importOf(
  object: ParsedObject,
  { kind, index }: Pick<ObjectSymbol, 'kind' | 'index'>,
): { readonly module: string; readonly field: string } | null {
  switch (kind) {
    case SymbolKind.function:
      return object.funcImports[index] ?? null;
    case SymbolKind.global:
      return object.globalImports[index] ?? null;
    case SymbolKind.table:
      return object.tableImports[index] ?? null;
    case SymbolKind.tag:
      return object.tagImports[index] ?? null;
    default:
      return null;
  }
}

/** Import module and field that an undefined symbol asks for explicitly. */
export function explicitImport(object: ParsedObject, symbol: ObjectSymbol): ReturnType<typeof importOf> {
  return (symbol.flags & SymbolFlag.explicit_name) === 0 ? null : importOf(object, symbol);
}

/** Import module other than `env` of an undefined symbol that does not ask for an import explicitly; null if it has none. */
export function plainModule(object: ParsedObject, symbol: ObjectSymbol): string | null {
  if ((symbol.flags & SymbolFlag.explicit_name) !== 0) return null;
  const module = importOf(object, symbol)?.module ?? null;
  return module === ENVIRONMENT.module ? null : module;
}

/** What must be equal in all mentions of a name, as text: a signature, the type of a global or table, or nothing. */
export function typeOfSymbol(object: ParsedObject, symbol: ObjectSymbol): string {
  const { kind, index } = symbol;
  const defined = definedPosition(object, symbol);
  switch (kind) {
    case SymbolKind.function:
      return object.types[defined < 0 ? object.funcImports[index]!.type : object.funcTypes[defined]!]!;
    case SymbolKind.global: {
      const { valType, mutable } = defined < 0 ? object.globalImports[index]! : object.globals[defined]!;
      return globalType(valType, mutable);
    }
    case SymbolKind.table:
      return valTypeName((defined < 0 ? object.tableImports[index]! : object.tables[defined]!).refType);
    case SymbolKind.tag:
      return object.types[defined < 0 ? object.tagImports[index]!.type : object.tags[defined]!]!;
    default:
      return '';
  }
}

/** Type of a global as names compare it: `mut i32`. */
export function globalType(valType: number, mutable: boolean): string {
  return (mutable ? MUTABLE_TYPES : CONSTANT_TYPES)[valType] ?? '';
}

const CONSTANT_TYPES: readonly string[] = Array.from({ length: 128 }, (_, byte) => valTypeName(byte));
const MUTABLE_TYPES: readonly string[] = CONSTANT_TYPES.map((name) => `mut ${name}`);

/** Whether code calls the symbol, so that its signature matters. */
export function isCalled({ codeRelocs }: ParsedObject, symbol: ObjSymIndex): boolean {
  const { count, type, index } = codeRelocs;
  for (let r = 0; r < count; r++) if (type[r] === Reloc.FUNCTION_INDEX_LEB && index[r] === symbol) return true;
  return false;
}
