/**
 * Numbers for names that no input defines, while symbols are numbered: imports, stubs, what the linker provides, and symbols
 * of the command line.
 *
 * Owns what an undefined name means under the options. Each entry is looked at once. Invariant: imports get numbers in order of
 * first use, so numbers are the same for equal inputs.
 */
import type { Diagnostics } from '../../diagnostics/diagnostics.ts';
import { SymbolKind, symbolTypeName, ValType } from '../../wasm/kinds.ts';
import type { SignatureKey } from '../input/object-file.ts';
import { globalType } from '../input/object-symbols.ts';
import type { DefinedSymbol, LinkOptions } from '../options/options.ts';
import { ExtraFuncs } from './extra-funcs.ts';
import type { Provider } from './find-name.ts';
import { definedMeaning, providedMeaning } from './find-name.ts';
import type { DefinitionSpaces, ExtraImport, Meaning, NamedMeaning } from './numbered-symbols.ts';
import { at, firstGlobalImport, firstTableImport, firstTagImport } from './numbered-symbols.ts';
import { bracketOf, isSyntheticName } from './provided-symbols.ts';
import type { SyntheticName } from './provided-symbols.ts';
import type { SymbolEntry, SymbolTable } from './symbol-table.ts';
import { FROM_OPTIONS, signatureText, UNDEFINED } from './symbol-table.ts';
import type { BracketIndex, FuncId, GlobalId, TableId, TagId } from './targets.ts';
import { hostGlobalOf, hostTarget, isDefinition, Target } from './targets.ts';

/** The options that say what an undefined name means. */
export type NumberingOptions = Pick<
  LinkOptions,
  'undefinedPolicy' | 'allowUndefined' | 'importUndefined' | 'defsyms' | 'signatureMismatch'
>;

export class EntryNumbers implements Provider {
  readonly extras: ExtraFuncs;
  readonly globalImports: ExtraImport[] = [];
  readonly hostFuncs = new Map<FuncId, GlobalId>();
  readonly tableImports: ExtraImport[] = [];
  readonly tagImports: ExtraImport[] = [];
  readonly brackets: string[] = [];
  readonly meanings = new Map<SymbolEntry, NamedMeaning>();
  readonly is64: boolean;
  readonly #table: SymbolTable;
  readonly #spaces: DefinitionSpaces;
  readonly #options: NumberingOptions;
  readonly #diags: Diagnostics;
  readonly #allowed: ReadonlySet<string>;
  /** By kind, type, module and field: names that want the same import share it. */
  readonly #imports = new Map<string, Target>();

  constructor(table: SymbolTable, spaces: DefinitionSpaces, options: NumberingOptions, diags: Diagnostics) {
    this.#table = table;
    this.#spaces = spaces;
    this.#options = options;
    this.#diags = diags;
    this.is64 = table.is64;
    this.#allowed = new Set(options.allowUndefined);
    this.extras = new ExtraFuncs(spaces.extraBase, table.is64);
  }

  /** Meaning of an entry. */
  of(entry: SymbolEntry): Meaning {
    return definedMeaning(this.#spaces, this.#table, entry) ?? this.#undefinedOnes(entry);
  }

  /** As of, for a mention of kind `kind`: a symbol of the options takes the kind of what it stands for. */
  as(entry: SymbolEntry, kind: number, file: string): Meaning {
    if (entry.definedIn !== FROM_OPTIONS) return this.of(entry);
    const found = this.#undefinedOnes(entry);
    if (found.kind === kind) return found;
    const [first, second] = [symbolTypeName(found.kind), symbolTypeName(kind)];
    const args = { name: entry.name, first, file: entry.firstFile, second, other: file };
    this.#diags.error('symbol_kind_mismatch', args, { in: 'file', file });
    return at(Target.null);
  }

  /** What a call of `entry`, whose meaning is `found`, with another signature reaches: a stub of that signature. */
  variant(entry: SymbolEntry, signature: SignatureKey, found: Meaning, file: string): Meaning {
    if (!isDefinition(found.target)) return found;
    const extra = this.extras.get(found.target);
    const { name, firstFile: other } = entry;
    const args = { name, first: signatureText(signature), file, second: signatureText(entry.type), other };
    const place = { in: 'file', file } as const;
    if (this.#options.signatureMismatch === 'error' || extra?.role === 'import') {
      this.#diags.error('signature_mismatch', args, place);
      return found;
    }
    // Every reference of an undefined weak function has a stub of its own signature, which nobody needs to hear of.
    const role = extra?.role === 'undefined_weak' || extra?.role === 'undefined' ? extra.role : 'signature_mismatch';
    if (role === 'signature_mismatch') this.#diags.warn('signature_mismatch', args, place);
    return at(this.extras.variant(role, name, signature));
  }

  /** A name that the options ask for: what it means has to have its number before the numbering ends. */
  ask(name: string): void {
    const entry = this.#table.entries.get(name);
    if (entry?.definedIn === FROM_OPTIONS) this.#undefinedOnes(entry);
    if (entry && entry.definedIn !== UNDEFINED) return;
    if (isSyntheticName(name)) this.extras.synthetic(name);
    const bracket = bracketOf(name);
    if (bracket !== null) this.bracketIndex(bracket.section);
  }

  syntheticId(name: SyntheticName): FuncId {
    return this.extras.synthetic(name);
  }

  bracketIndex(section: string): BracketIndex {
    let index = this.brackets.indexOf(section);
    if (index < 0) {
      const exists = this.#table.objects.some(({ segments }) => segments.some(({ name }) => name === section));
      if (exists) index = this.brackets.push(section) - 1;
    }
    return index as BracketIndex;
  }

  #undefinedOnes(entry: SymbolEntry): NamedMeaning {
    const known = this.meanings.get(entry);
    if (known) return known;
    if (entry.definedIn === UNDEFINED) return this.#settle(entry, this.#undefined(entry), entry.kind);
    // From its end on, because a chain may be longer than the stack is deep.
    for (const link of this.#chainOf(entry).reverse()) this.#settle(link, this.#fromOptions(link), this.#kindOf(link));
    return this.meanings.get(entry)!;
  }

  #settle(entry: SymbolEntry, { target, offset }: Meaning, kind: number): NamedMeaning {
    const found = { target, offset, kind };
    this.meanings.set(entry, found);
    return found;
  }

  /** Symbols of the options that lead from `entry` to something else or have no meaning yet; a circle is reported and cut. */
  #chainOf(entry: SymbolEntry): SymbolEntry[] {
    const chain = new Set<SymbolEntry>();
    let next: SymbolEntry | undefined = entry;
    while (next?.definedIn === FROM_OPTIONS && !this.meanings.has(next)) {
      const { target }: DefinedSymbol = this.#options.defsyms[next.definition]!;
      if (chain.has(next)) {
        this.#refuse(next, target!);
        this.#settle(next, at(Target.null), SymbolKind.data);
        chain.delete(next);
        break;
      }
      chain.add(next);
      next = target === null ? undefined : this.#table.entries.get(target);
    }
    return [...chain];
  }

  /** SymbolKind of what a symbol of the options stands for; another one that it leads to has its meaning. */
  #kindOf(entry: SymbolEntry): number {
    const { target } = this.#options.defsyms[entry.definition]!;
    const aliased = target === null ? undefined : this.#table.entries.get(target);
    if (!aliased) return SymbolKind.data;
    return aliased.definedIn === FROM_OPTIONS ? this.meanings.get(aliased)!.kind : aliased.kind;
  }

  #fromOptions(entry: SymbolEntry): Meaning {
    const { target, offset } = this.#options.defsyms[entry.definition]!;
    if (target === null) return { target: Target.absolute, offset };
    const aliased = this.#table.entries.get(target);
    const found = aliased ? this.of(aliased) : at(providedMeaning(this, target, SymbolKind.data, ''));
    const isNowhere =
      found.target === Target.undefined || found.target === Target.null || hostGlobalOf(found.target) >= 0;
    if (!aliased && found.target === Target.undefined) {
      this.#refuse(entry, target);
      return at(Target.null);
    }
    if (aliased?.definedIn === UNDEFINED && isNowhere) this.#refuse(entry, target);
    if (offset === 0) return found;
    return { target: found.target, offset: found.offset + offset };
  }

  #refuse({ name }: SymbolEntry, target: string): void {
    this.#diags.error('defsym_undefined', { name, target }, { in: 'options' });
  }

  /** What an undefined name means; makes its import or stub. */
  #undefined(entry: SymbolEntry): Meaning {
    const { name, kind, type, isWanted } = entry;
    const provided = providedMeaning(this, name, kind, type);
    if (provided !== Target.undefined) return at(provided);
    const { undefinedPolicy: policy, importUndefined } = this.#options;
    const isAllowed = this.#allowed.has(name);
    const isDynamic = isWanted && policy === 'dynamic';
    const isImported = isAllowed || isDynamic || (isWanted && (policy === 'import' || importUndefined));
    const module = entry.importModule ?? (isImported ? (entry.plainModule ?? 'env') : null);
    const field = entry.importModule === null ? name : entry.importField;
    switch (kind) {
      case SymbolKind.function: {
        const signature = type as SignatureKey;
        if (module !== null) {
          if (!isDynamic) {
            return this.#shared(entry, module, field, () => this.extras.import(name, signature, module, field));
          }
          const id = this.extras.import(name, signature, module, field);
          const global = firstGlobalImport(this.#spaces) + this.#hostGlobal('GOT.func', name);
          this.hostFuncs.set(id, global as GlobalId);
          return at(id);
        }
        if (!isWanted) return at(this.extras.stub('undefined_weak', name, signature));
        return at(policy === 'error' ? Target.undefined : this.extras.stub('undefined', name, signature));
      }
      case SymbolKind.data:
        if (isDynamic && !isAllowed) return at(hostTarget(this.#hostGlobal('GOT.mem', name)));
        return at(isWanted && policy === 'error' && !isAllowed ? Target.undefined : Target.null);
      default: {
        if (module === null) return at(Target.undefined);
        const item: ExtraImport = { name, type, module, field, file: entry.firstFile };
        return this.#shared(entry, module, field, () => {
          if (kind === SymbolKind.global) {
            return (firstGlobalImport(this.#spaces) + this.globalImports.push(item) - 1) as GlobalId;
          }
          if (kind === SymbolKind.table) {
            return (firstTableImport(this.#spaces) + this.tableImports.push(item) - 1) as TableId;
          }
          return (firstTagImport(this.#spaces) + this.tagImports.push(item) - 1) as TagId;
        });
      }
    }
  }

  /** The import that another name already wants, or a new one. */
  #shared({ kind, type }: SymbolEntry, module: string, field: string, make: () => Target): Meaning {
    const key = JSON.stringify([kind, type, module, field]);
    let target = this.#imports.get(key);
    if (target === undefined) this.#imports.set(key, (target = make()));
    return at(target);
  }

  /** Position of a new imported global that holds an address. */
  #hostGlobal(module: string, field: string): number {
    const type = globalType(this.is64 ? ValType.i64 : ValType.i32, true);
    return this.globalImports.push({ name: field, type, module, field, file: '' }) - 1;
  }
}
