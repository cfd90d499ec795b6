/**
 * What the relocations of code and data of objects reach.
 *
 * Owns the meaning of each kind of relocation for marking, and what is reported where there is nothing to reach: undefined
 * symbols, addresses that only a loader knows, thread-local addresses of data that is not thread-local.
 */
import type { Place } from '../../diagnostics/diagnostics.ts';
import { SymbolFlag, SymbolKind } from '../../wasm/kinds.ts';
import { OP } from '../../wasm/opcodes.ts';
import { RELOCATIONS } from '../../wasm/relocations.ts';
import type { ObjectId, ObjSymIndex } from '../input/index-spaces.ts';
import type { RelocTable } from '../input/object-file.ts';
import type { LinkOptions } from '../options/options.ts';
import { hostAddressGlobal } from '../symbols/address-globals.ts';
import type { NumberedSymbols } from '../symbols/numbered-symbols.ts';
import { extraOf, isAbsent, targetOf, TLS_BASE } from '../symbols/numbered-symbols.ts';
import type { FuncId, GlobalId, TableId, TagId } from '../symbols/targets.ts';
import { isDefinition, isGone, Target } from '../symbols/targets.ts';
import type { Marks } from './marks.ts';
import { isObjectData, isThreadLocal } from './marks.ts';
import type { UndefinedReports } from './undefined-reports.ts';

/** The options that count here. */
export type FollowOptions = Pick<LinkOptions, 'undefinedPolicy' | 'sharedMemory'>;

export class Follower {
  readonly #symbols: NumberedSymbols;
  readonly #marks: Marks;
  readonly #options: FollowOptions;
  readonly #reports: UndefinedReports;

  constructor(symbols: NumberedSymbols, marks: Marks, options: FollowOptions, reports: UndefinedReports) {
    this.#symbols = symbols;
    this.#marks = marks;
    this.#options = options;
    this.#reports = reports;
  }

  /** Relocations `from` to `to` of object `o`. */
  follow(o: ObjectId, relocs: RelocTable, from: number, to: number): void {
    const marks = this.#marks;
    const { symbols } = this.#symbols.table.objects[o]!;
    const isDynamic = this.#options.undefinedPolicy === 'dynamic';
    const warns = this.#options.undefinedPolicy === 'warn';
    for (let r = from; r < to; r++) {
      const { target: kind, value } = RELOCATIONS[relocs.type[r]!]!;
      if (kind === 'type') continue;
      const s = relocs.index[r]! as ObjSymIndex;
      const target = targetOf(this.#symbols, o, s);
      if (isGone(target) || target === Target.null) {
        if (target === Target.null) this.#markNull(o, s);
        if (target === Target.null && kind === 'global') this.#needAddressGlobal(o, s, target);
        if (target === Target.null && value === 'memory_address_tls') this.#refuseTls(o, relocs, r);
        this.#reachNothing(o, s, target, relocs.at[r]!);
        continue;
      }
      if (isDynamic && this.#reachHost(o, target, relocs, r)) continue;
      switch (kind) {
        case 'function':
          if (warns && this.#isStub(target)) this.#reachNothing(o, s, Target.null, relocs.at[r]!);
          // The address of a function that is not there is null: nothing to keep.
          if (value === 'function_index' || !isAbsent(this.#symbols, target as FuncId))
            marks.markFunc(target as FuncId);
          break;
        case 'data':
          marks.markData(target);
          if (value === 'memory_address_tls') this.#checkTls(o, s, target, relocs.at[r]!);
          break;
        case 'global':
          if (symbols[s]!.kind === SymbolKind.global) marks.markGlobal(target as GlobalId);
          else this.#needAddressGlobal(o, s, target);
          if (target === TLS_BASE) this.#checkTlsBase(o, relocs.at[r]!);
          break;
        case 'table':
          marks.markTable(target as TableId);
          break;
        case 'tag':
          marks.markTag(target as TagId);
          break;
        case 'section':
          break;
      }
    }
  }

  /** Custom sections need to know: address 0 is right there only if something in the output means it. */
  #markNull(o: ObjectId, s: ObjSymIndex): void {
    const entry = this.#symbols.table.symbolEntries[o]![s];
    if (entry) this.#marks.nulls.add(entry);
  }

  /** Relocations of a custom section of object `o`: they keep nothing, so only what nobody defines is said. */
  reportUndefined(o: ObjectId, relocs: RelocTable): void {
    for (let r = 0; r < relocs.count; r++) {
      const { target: kind } = RELOCATIONS[relocs.type[r]!]!;
      if (kind === 'type' || kind === 'section') continue;
      const s = relocs.index[r]! as ObjSymIndex;
      const target = targetOf(this.#symbols, o, s);
      if (target === Target.undefined || target === Target.null) this.#reachNothing(o, s, target, relocs.at[r]!);
      else if (kind === 'function' && this.#isStub(target)) this.#reachNothing(o, s, Target.null, relocs.at[r]!);
    }
  }

  /** Whether it is what calls of an undefined function go to. */
  #isStub(target: Target): boolean {
    return isDefinition(target) && extraOf(this.#symbols, target as FuncId)?.role === 'undefined';
  }

  #needAddressGlobal(o: ObjectId, s: ObjSymIndex, target: Target): void {
    const { name, kind } = this.#symbols.table.objects[o]!.symbols[s]!;
    const addressKind = kind === SymbolKind.function ? SymbolKind.function : SymbolKind.data;
    this.#marks.needAddressGlobal(addressKind, name, target, this.#symbols.symbolOffset[o]![s]!);
  }

  /** With one thread there is one block, and what lies outside of it has a distance to it all the same. */
  #checkTls(o: ObjectId, s: ObjSymIndex, target: Target, offset: number): void {
    if (!this.#options.sharedMemory) return;
    if (!isObjectData(this.#symbols, target) || isThreadLocal(this.#symbols, target)) return;
    const { symbols } = this.#symbols.table.objects[o]!;
    this.#reports.diags.error('tls_of_plain_data', { name: symbols[s]!.name }, this.#place(o, offset));
  }

  /** With one thread the block is where it is, in a global that cannot change. */
  #checkTlsBase(o: ObjectId, offset: number): void {
    const { bytes } = this.#symbols.table.objects[o]!;
    if (this.#options.sharedMemory || bytes[offset - 1] !== OP.global_set) return;
    this.#reports.diags.error('tls_base_is_set', {}, this.#place(o, offset));
  }

  /** As wasm-ld: what nobody defines has no place in the block of a thread. */
  #refuseTls(o: ObjectId, relocs: RelocTable, r: number): void {
    const { name } = this.#symbols.table.objects[o]!.symbols[relocs.index[r]!]!;
    const { name: type } = RELOCATIONS[relocs.type[r]!]!;
    this.#reports.diags.error('tls_of_nothing', { type, name }, this.#place(o, relocs.at[r]!));
  }

  #reachNothing(o: ObjectId, s: ObjSymIndex, target: Target, offset: number): void {
    const { objects, symbolEntries, wrapped } = this.#symbols.table;
    const { name, flags } = objects[o]!.symbols[s]!;
    const entry = symbolEntries[o]![s];
    const meant = entry ? (wrapped.get(entry)?.name ?? name) : name;
    if (target !== Target.null) this.#reports.error(meant, this.#place(o, offset));
    else if (this.#options.undefinedPolicy === 'warn' && (flags & SymbolFlag.weak) === 0) {
      this.#reports.warn(meant, this.#place(o, offset));
    }
  }

  /** Whether a relocation is one to the global of the host that holds an address; others cannot know that address. */
  #reachHost(o: ObjectId, target: Target, relocs: RelocTable, r: number): boolean {
    const symbol = this.#symbols.table.objects[o]!.symbols[relocs.index[r]!]!;
    const global = hostAddressGlobal(this.#symbols, symbol.kind, target);
    const { target: kind, value, name: type } = RELOCATIONS[relocs.type[r]!]!;
    if (global < 0 || value === 'function_index') return false;
    if (kind === 'global') this.#marks.markGlobal(global);
    else this.#reports.diags.error('host_address', { type, name: symbol.name }, this.#place(o, relocs.at[r]!));
    return true;
  }

  #place(o: ObjectId, offset: number): Place {
    return { in: 'file', file: this.#symbols.table.objects[o]!.file, offset };
  }
}
