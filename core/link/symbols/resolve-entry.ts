/**
 * From an entry of the symbol table to a number: definitions of inputs, names the linker provides, imports and stubs.
 *
 * Owns what an undefined name means under the options, and makes the functions that no input defines. Each entry is looked
 * at once. Invariant: `extras` and the import lists grow in order of first use, so numbers are the same for equal inputs.
 */
import type { Diagnostics } from '../../diagnostics/diagnostics.ts';
import { SYMBOL_KIND_NAMES, SymbolFlag, SymbolKind, ValType, valTypeName } from '../../wasm/kinds.ts';
import type { ProvidedData, SyntheticName } from './linker-symbols.ts';
import {
  bracketOf,
  FIXED_GLOBALS,
  fixedGlobal,
  INDIRECT_TABLE,
  isSyntheticName,
  PROVIDED_DATA,
  syntheticSignature,
  Target,
} from './linker-symbols.ts';
import type { DefinitionSpaces, ExtraFunc, ExtraImport, ExtraRole } from './number-symbols.ts';
import type { ObjectSymbol, SignatureKey } from '../input/object-file.ts';
import type { LinkOptions } from '../options/options.ts';
import type { SymbolEntry, SymbolTable } from './symbols.ts';
import { FROM_OPTIONS, FROM_UNIT, globalType, signatureText, UNDEFINED } from './symbols.ts';

/** Where a name leads. */
export interface Resolution {
  readonly target: number;
  /** Data: bytes after the target. */
  readonly offset: number;
}

/** A resolution without an offset. */
export function at(target: number): Resolution {
  return { target, offset: 0 };
}

/** See the file header. */
export class EntryResolver {
  readonly extras: ExtraFunc[] = [];
  readonly globalImports: ExtraImport[] = [];
  readonly hostFuncs = new Map<number, number>();
  readonly tableImports: ExtraImport[] = [];
  readonly tagImports: ExtraImport[] = [];
  readonly brackets: string[] = [];
  readonly #table: SymbolTable;
  readonly #spaces: DefinitionSpaces;
  readonly #options: LinkOptions;
  readonly #diags: Diagnostics;
  readonly #is64: boolean;
  readonly #cache = new Map<SymbolEntry, Resolution>();
  readonly #variants = new Map<string, Resolution>();
  readonly #synthetics = new Map<string, number>();
  readonly #resolving = new Set<SymbolEntry>();

  constructor(table: SymbolTable, spaces: DefinitionSpaces, options: LinkOptions, diags: Diagnostics) {
    this.#table = table;
    this.#spaces = spaces;
    this.#options = options;
    this.#diags = diags;
    this.#is64 = table.is64;
  }

  /** Target and offset of an entry. */
  resolve(entry: SymbolEntry): Resolution {
    let found = this.#cache.get(entry);
    if (!found) {
      found = this.#compute(entry);
      this.#cache.set(entry, found);
    }
    return found;
  }

  /** As resolve, for a mention of kind `kind`: a symbol of the options takes the kind of what it stands for. */
  resolveAs(entry: SymbolEntry, kind: number, file: string): Resolution {
    const found = this.resolve(entry);
    if (entry.definedIn !== FROM_OPTIONS) return found;
    const real = this.kindOf(entry);
    if (real === kind) return found;
    const [first, second] = [SYMBOL_KIND_NAMES[kind]!, SYMBOL_KIND_NAMES[real]!];
    const args = { name: entry.name, first, second, other: entry.firstFile };
    this.#diags.error('symbol_kind_mismatch', args, { in: 'file', file });
    return at(Target.null);
  }

  /** SymbolKind of what an entry stands for in the end. */
  kindOf(entry: SymbolEntry): number {
    let current: SymbolEntry | undefined = entry;
    // A cycle has been reported; more steps than symbols of the options is one.
    for (let steps = 0; current?.definedIn === FROM_OPTIONS && steps <= this.#options.defsyms.length; steps++) {
      const { target } = this.#options.defsyms[current.definition]!;
      if (target === null) return SymbolKind.data;
      current = this.#table.entries.get(target);
    }
    return current?.kind ?? SymbolKind.data;
  }

  /** Number of a symbol that object `o` itself defines. */
  own(o: number, symbol: ObjectSymbol): Resolution {
    const object = this.#table.objects[o]!;
    const spaces = this.#spaces;
    switch (symbol.kind) {
      case SymbolKind.function:
        return at(spaces.funcBase[o]! + symbol.index - object.funcImports.length);
      case SymbolKind.global:
        return at(spaces.globalBase[o]! + symbol.index - object.globalImports.length);
      case SymbolKind.table:
        // Output with relocations defines the function table; slots of all objects are in one.
        if (symbol.name === INDIRECT_TABLE) return at(0);
        return at(spaces.tableBase[o]! + symbol.index - object.tableImports.length);
      case SymbolKind.tag:
        return at(spaces.tagBase[o]! + symbol.index - object.tagImports.length);
      case SymbolKind.data:
        if ((symbol.flags & SymbolFlag.absolute) !== 0) return { target: Target.absolute, offset: symbol.offset };
        return { target: spaces.segmentBase[o]! + symbol.index, offset: symbol.offset };
      default:
        return at(symbol.index);
    }
  }

  /** What a call of `entry` with another signature reaches: a stub of that signature that traps. */
  variant(entry: SymbolEntry, signature: SignatureKey, found: Resolution, file: string): Resolution {
    if (found.target < 0) return found;
    const extra = this.extras[found.target - this.#spaces.funcCount];
    const { name, firstFile: other } = entry;
    const args = { name, first: signatureText(signature), second: signatureText(entry.type), other };
    if (this.#options.signatureMismatch === 'error' || extra?.role === 'import') {
      this.#diags.error('signature_mismatch', args, { in: 'file', file });
      return found;
    }
    // Every reference of an undefined weak function has a stub of its own signature, which nobody needs to hear of.
    const role = extra?.role === 'undefined_weak' || extra?.role === 'undefined' ? extra.role : 'signature_mismatch';
    if (role === 'signature_mismatch') this.#diags.warn('signature_mismatch', args, { in: 'file', file });
    const key = `${signature} ${name}`;
    let variant = this.#variants.get(key);
    if (!variant) {
      variant = at(this.#extra(role, name, signature, '', ''));
      this.#variants.set(key, variant);
    }
    return variant;
  }

  /** FuncId of a function that the linker makes, of which there is one. */
  synthetic(name: SyntheticName): number {
    let id = this.#synthetics.get(name);
    if (id === undefined) {
      id = this.#extra('synthetic', name, syntheticSignature(name, this.#is64), '', '');
      this.#synthetics.set(name, id);
    }
    return id;
  }

  /** FuncId of a synthetic function if something asked for it, else -1. */
  existingSynthetic(name: SyntheticName): number {
    return this.#synthetics.get(name) ?? -1;
  }

  /** What the linker itself knows under `name` as kind `kind` and type `type`; Target.undefined if nothing. */
  provided(name: string, kind: number, type: string): Resolution {
    switch (kind) {
      case SymbolKind.function:
        if (!isSyntheticName(name)) return at(Target.undefined);
        return type === syntheticSignature(name, this.#is64) ? at(this.synthetic(name)) : at(Target.undefined);
      case SymbolKind.data: {
        const index = PROVIDED_DATA.indexOf(name as ProvidedData);
        return at(index >= 0 ? Target.provided - index : this.#bracket(name));
      }
      case SymbolKind.global: {
        const id = fixedGlobal(name, type);
        return at(id < 0 ? Target.undefined : id);
      }
      case SymbolKind.table:
        return at(name === INDIRECT_TABLE && type === FUNCREF ? 0 : Target.undefined);
      default:
        return at(Target.undefined);
    }
  }

  #bracket(name: string): number {
    const bracket = bracketOf(name);
    if (bracket === null) return Target.undefined;
    const { section, isStop } = bracket;
    const exists = this.#table.objects.some((object) => object.segments.some((segment) => segment.name === section));
    if (!exists) return Target.undefined;
    let index = this.brackets.indexOf(section);
    if (index < 0) index = this.brackets.push(section) - 1;
    return Target.bracket - 2 * index - (isStop ? 1 : 0);
  }

  #compute(entry: SymbolEntry): Resolution {
    const { definedIn, definition, kind } = entry;
    if (definedIn === UNDEFINED) return this.#undefined(entry);
    if (definedIn === FROM_OPTIONS) return this.#fromOptions(entry);
    if (definedIn === FROM_UNIT) {
      return at(kind === SymbolKind.function ? definition : this.#spaces.segmentCount + definition);
    }
    return this.own(definedIn, this.#table.objects[definedIn]!.symbols[definition]!);
  }

  #fromOptions(entry: SymbolEntry): Resolution {
    const { target, offset } = this.#options.defsyms[entry.definition]!;
    if (target === null) return { target: Target.absolute, offset };
    const aliased = this.#table.entries.get(target);
    if (this.#resolving.has(entry) || (!aliased && this.provided(target, SymbolKind.data, '').target === -1)) {
      this.#diags.error('defsym_undefined', { name: entry.name, target }, { in: 'options' });
      return at(Target.null);
    }
    this.#resolving.add(entry);
    const found = aliased ? this.resolve(aliased) : this.provided(target, SymbolKind.data, '');
    this.#resolving.delete(entry);
    const isNowhere = found.target === Target.undefined || found.target === Target.null || found.target <= Target.host;
    if (aliased?.definedIn === UNDEFINED && isNowhere) {
      this.#diags.error('defsym_undefined', { name: entry.name, target }, { in: 'options' });
    }
    if (offset === 0) return found;
    return { target: found.target, offset: found.offset + offset };
  }

  /** What an undefined name means; makes the import or the stub of a function. */
  #undefined(entry: SymbolEntry): Resolution {
    const { name, kind, type, isWanted } = entry;
    const provided = this.provided(name, kind, type);
    if (provided.target !== Target.undefined) return provided;
    const { undefinedPolicy: policy, allowUndefined, importUndefined } = this.#options;
    const isAllowed = allowUndefined.includes(name);
    const isDynamic = isWanted && policy === 'dynamic';
    const isImported = isAllowed || isDynamic || (isWanted && (policy === 'import' || importUndefined));
    const module = entry.importModule ?? (isImported ? 'env' : null);
    const field = entry.importModule === null ? name : entry.importField;
    switch (kind) {
      case SymbolKind.function: {
        const signature = type as SignatureKey;
        if (module !== null) {
          const id = this.#extra('import', name, signature, module, field);
          if (isDynamic) this.hostFuncs.set(id, this.#globalIds() + this.#hostGlobal('GOT.func', name));
          return at(id);
        }
        if (!isWanted) return at(this.#extra('undefined_weak', name, signature, '', ''));
        return at(policy === 'error' ? Target.undefined : this.#extra('undefined', name, signature, '', ''));
      }
      case SymbolKind.data:
        if (isDynamic && !isAllowed) return at(Target.host - this.#hostGlobal('GOT.mem', name));
        return at(isWanted && policy === 'error' && !isAllowed ? Target.undefined : Target.null);
      case SymbolKind.global: {
        if (module === null) return at(Target.undefined);
        return at(this.#globalIds() + this.globalImports.push({ name, type, module, field }) - 1);
      }
      case SymbolKind.table: {
        if (module === null) return at(Target.undefined);
        return at(this.#spaces.tables.length + this.tableImports.push({ name, type, module, field }));
      }
      default: {
        if (module === null) return at(Target.undefined);
        return at(this.#spaces.tags.length + this.tagImports.push({ name, type, module, field }) - 1);
      }
    }
  }

  /** GlobalId of the first imported global. */
  #globalIds(): number {
    return FIXED_GLOBALS.length + this.#spaces.globals.length;
  }

  /** Position of a new imported global that holds an address. */
  #hostGlobal(module: string, field: string): number {
    const type = globalType(this.#is64 ? ValType.i64 : ValType.i32, true);
    return this.globalImports.push({ name: field, type, module, field }) - 1;
  }

  #extra(role: ExtraRole, name: string, signature: SignatureKey, module: string, field: string): number {
    return this.#spaces.funcCount + this.extras.push({ role, name, signature, module, field }) - 1;
  }
}

const FUNCREF = valTypeName(ValType.funcref);
