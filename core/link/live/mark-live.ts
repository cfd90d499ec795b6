/**
 * What the output needs: everything that a root reaches, to a fixed point.
 *
 * Owns the walk along MIR summaries, data fixups and relocations, with an explicit worklist because chains are unboundedly
 * long. An object of an archive is included when something of it is reached; then its constructors, its retained segments and
 * the symbols it must keep are reached too. Counts the uses of data in code, collects the constants of the unit with the
 * greatest alignment anyone asks for, and reports undefined symbols that are reached. The roots are in find-roots.ts.
 */
import type { Diagnostics, Place } from '../../diagnostics/diagnostics.ts';
import type { IpIndex, NavIndex } from '../../intern/keys.ts';
import { INTRINSICS } from '../../mir/intrinsics.ts';
import { NAV_WORDS, UAV_WORDS } from '../../mir/mir.ts';
import { SegmentFlag, SymbolFlag, SymbolKind } from '../../wasm/kinds.ts';
import { RELOCATIONS } from '../../wasm/relocations.ts';
import type { AddressGlobal } from '../symbols/address-globals.ts';
import { addressGlobalKey, hostAddressGlobal } from '../symbols/address-globals.ts';
import { indexTarget, ownerOf } from '../symbols/find-owner.ts';
import { FIXED_GLOBALS, Target } from '../symbols/linker-symbols.ts';
import type { LoweredData } from '../unit/lower-data.ts';
import { FIXUP_WORDS, FixupKind } from '../unit/lower-data.ts';
import type { NumberedSymbols } from '../symbols/number-symbols.ts';
import { intrinsicTarget, STACK_POINTER } from '../symbols/number-symbols.ts';
import type { ObjectSymbol, RelocTable } from '../input/object-file.ts';
import type { LinkOptions } from '../options/options.ts';
import type { FuncRecord, LinkState } from '../unit/state.ts';
import { UNDEFINED } from '../symbols/symbols.ts';

/** A constant of the unit that the output contains. */
export interface LiveUav {
  readonly value: IpIndex;
  readonly lowered: LoweredData;
  /** Greatest explicit alignment any reference asks for, 0 = none. */
  align: number;
  /** Instructions that take its address. */
  uses: number;
}

/** Room in the flags of functions for those that the linker makes later. */
const LATE_FUNCS = 8;

/** Walks from what it is told to mark. Its fields are the result; see LiveSet for their meaning. */
export class Marker {
  readonly funcs: Uint8Array;
  readonly data: Uint8Array;
  readonly dataUses: Uint32Array;
  readonly globals: Uint8Array;
  readonly tables: Uint8Array;
  readonly tags: Uint8Array;
  readonly included: Uint8Array;
  readonly uavs: LiveUav[] = [];
  readonly uavPosition = new Map<IpIndex, number>();
  readonly addressGlobals: AddressGlobal[] = [];
  readonly addressGlobalPosition = new Map<string, number>();
  usesTable = false;
  readonly #symbols: NumberedSymbols;
  readonly #options: LinkOptions;
  readonly #diags: Diagnostics;
  readonly #state: LinkState | null;
  /** Things that are marked but not visited. */
  readonly #funcWork: number[] = [];
  readonly #dataWork: number[] = [];
  readonly #globalWork: number[] = [];
  #visitedUavs = 0;
  readonly #brackets: Uint8Array | null;
  readonly #reported = new Set<string>();

  constructor(symbols: NumberedSymbols, options: LinkOptions, diags: Diagnostics) {
    this.#symbols = symbols;
    this.#options = options;
    this.#diags = diags;
    this.#state = symbols.table.state;
    this.funcs = new Uint8Array(symbols.extraBase + symbols.extras.length + LATE_FUNCS);
    this.data = new Uint8Array(symbols.dataCount);
    this.dataUses = new Uint32Array(symbols.dataCount);
    this.globals = new Uint8Array(FIXED_GLOBALS.length + symbols.globals.length + symbols.globalImports.length);
    this.tables = new Uint8Array(1 + symbols.tables.length + symbols.tableImports.length);
    this.tags = new Uint8Array(symbols.tags.length + symbols.tagImports.length);
    this.included = new Uint8Array(symbols.table.objects.length);
    this.#brackets = symbols.brackets.length === 0 ? null : new Uint8Array(symbols.brackets.length);
    // Code of a unit refers to the stack pointer by its fixed place.
    if (this.#state) this.globals[STACK_POINTER] = 1;
  }

  // --- marking ---

  markFunc(id: number): void {
    if (this.funcs[id] === 1) return;
    this.funcs[id] = 1;
    this.#funcWork.push(id);
  }

  markData(id: number): void {
    if (id < 0) {
      if (id <= Target.bracket && id > Target.host) this.#markBracket((Target.bracket - id) >> 1);
      return;
    }
    if (this.data[id] === 1) return;
    this.data[id] = 1;
    this.#dataWork.push(id);
  }

  markGlobal(id: number): void {
    if (this.globals[id] === 1) return;
    this.globals[id] = 1;
    this.#globalWork.push(id);
  }

  markTable(id: number): void {
    if (id === 0) this.usesTable = true;
    this.tables[id] = 1;
  }

  markTag(id: number): void {
    this.tags[id] = 1;
  }

  /** Marks what a symbol of kind `kind` leads to; `target` must not be Target.undefined. */
  mark(kind: number, target: number): void {
    switch (kind) {
      case SymbolKind.function:
        this.markFunc(target);
        return;
      case SymbolKind.data:
        this.markData(target);
        return;
      case SymbolKind.global:
        this.markGlobal(target);
        return;
      case SymbolKind.table:
        this.markTable(target);
        return;
      case SymbolKind.tag:
        this.markTag(target);
        return;
    }
  }

  #markUav(value: IpIndex, align: number, uses: number): void {
    let position = this.uavPosition.get(value);
    if (position === undefined) {
      position = this.uavs.length;
      this.uavPosition.set(value, position);
      this.uavs.push({ value, lowered: this.#state!.uavs.get(value)!, align: 0, uses: 0 });
    }
    const uav = this.uavs[position]!;
    if (align > uav.align) uav.align = align;
    uav.uses += uses;
  }

  /** Whether an undefined symbol leads to an import or to something of the linker's, not to a stub. */
  #isTakenAsIs(kind: number, target: number): boolean {
    if (kind !== SymbolKind.function) return target >= 0;
    const { extras, extraBase } = this.#symbols;
    return target >= extraBase && extras[target - extraBase]!.role === 'import';
  }

  /** All segments of a section whose borders are taken. */
  #markBracket(index: number): void {
    if (this.#brackets![index] === 1) return;
    this.#brackets![index] = 1;
    const name = this.#symbols.brackets[index]!;
    const { table, segmentBase } = this.#symbols;
    table.objects.forEach((object, o) => {
      object.segments.forEach((segment, s) => {
        if (segment.name === name && !table.discarded[o]?.segments.has(s)) this.markData(segmentBase[o]! + s);
      });
    });
  }

  /** Object `o` takes part: so do its constructors and what it says must stay. */
  includeObject(o: number): void {
    if (this.included[o] === 1) return;
    this.included[o] = 1;
    const { table, symbolTarget, segmentBase } = this.#symbols;
    const object = table.objects[o]!;
    const targets = symbolTarget[o]!;
    for (const { symbol } of object.initFuncs) if (targets[symbol]! >= 0) this.markFunc(targets[symbol]!);
    for (const s of object.roots) {
      const { kind, flags } = object.symbols[s]!;
      if ((flags & SymbolFlag.no_strip) === 0 || targets[s] === Target.undefined) continue;
      // A weak definition that lost keeps nothing alive, nor does a reference, unless the host or the linker satisfies it.
      const entry = table.symbolEntries[o]![s]!;
      // A wrapper is not what is to be kept.
      if (entry?.definedIn === o) this.mark(kind, this.#symbols.resolver.resolve(entry).target);
      else if (!entry || (entry.definedIn === UNDEFINED && this.#isTakenAsIs(kind, targets[s]!))) {
        this.mark(kind, targets[s]!);
      }
    }
    const { segments } = object;
    for (let s = 0; s < segments.length; s++) {
      if ((segments[s]!.flags & SegmentFlag.retain) === 0 || table.discarded[o]?.segments.has(s)) continue;
      this.markData(segmentBase[o]! + s);
    }
  }

  /** Visits marked things until none is left. */
  drain(): void {
    for (;;) {
      const func = this.#funcWork.pop();
      if (func !== undefined) {
        this.#visitFunc(func);
        continue;
      }
      const data = this.#dataWork.pop();
      if (data !== undefined) {
        this.#visitData(data);
        continue;
      }
      const global = this.#globalWork.pop();
      if (global !== undefined) {
        this.#visitGlobal(global);
        continue;
      }
      if (this.#visitedUavs === this.uavs.length) return;
      const uav = this.uavs[this.#visitedUavs++]!;
      this.#visitFixups(uav.lowered, { in: 'nav', nav: '<constant>' });
    }
  }

  // --- visiting ---

  #visitFunc(id: number): void {
    const { unitFuncs, extraBase, funcBase, table, extras } = this.#symbols;
    if (id < unitFuncs) {
      this.#visitUnitFunc(this.#state!.funcs.values[id]!);
    } else if (id < extraBase) {
      const o = ownerOf(funcBase, id);
      this.includeObject(o);
      const object = table.objects[o]!;
      const f = id - funcBase[o]!;
      this.#visitRelocs(o, object.codeRelocs, object.funcRelocs[f]!, object.funcRelocs[f + 1]!);
    } else if (extras[id - extraBase]!.role === 'undefined' && this.#options.undefinedPolicy === 'warn') {
      this.#report(extras[id - extraBase]!.name, { in: 'options' }, true);
    }
  }

  #visitUnitFunc(func: FuncRecord): void {
    const { navTarget } = this.#symbols;
    const navs = this.#state!.unit.navs;
    if (func.callsTable) this.usesTable = true;
    for (let i = 0; i < func.uavs.length; i += UAV_WORDS) {
      this.#markUav(func.uavs[i]! as IpIndex, func.uavs[i + 1]!, func.uavs[i + 2]!);
    }
    for (let i = 0; i < func.navs.length; i += NAV_WORDS) {
      const nav = func.navs[i]! as NavIndex;
      const target = navTarget[nav]!;
      const isFunction = navs[nav]!.kind === 'func' || navs[nav]!.kind === 'extern_func';
      if (isMissing(target)) this.#report(navs[nav]!.name, { in: 'nav', nav: navs[func.nav]!.name }, false);
      else if (isFunction) this.markFunc(target);
      else {
        this.markData(target);
        if (target >= 0) this.dataUses[target]! += func.navs[i + 1]!;
      }
    }
    for (const row of func.intrinsics) {
      const target = intrinsicTarget(this.#symbols, row);
      if (target >= 0) {
        this.markFunc(target);
      } else if (!this.#reported.has(INTRINSICS[row]!.name)) {
        this.#reported.add(INTRINSICS[row]!.name);
        const place: Place = { in: 'nav', nav: navs[func.nav]!.name };
        this.#diags.error('intrinsic_missing', { name: INTRINSICS[row]!.name }, place);
      }
    }
  }

  #visitData(id: number): void {
    const { navDataBase, segmentBase, table } = this.#symbols;
    if (id >= navDataBase) {
      const record = this.#state!.data.values[id - navDataBase]!;
      this.#visitFixups(record.lowered, { in: 'nav', nav: this.#state!.unit.navs[record.nav]!.name });
    } else {
      const o = ownerOf(segmentBase, id);
      this.includeObject(o);
      const object = table.objects[o]!;
      const s = id - segmentBase[o]!;
      this.#visitRelocs(o, object.dataRelocs, object.segmentRelocs[s]!, object.segmentRelocs[s + 1]!);
    }
  }

  #visitGlobal(id: number): void {
    const ref = this.#symbols.globals[id - FIXED_GLOBALS.length];
    if (!ref) return;
    this.includeObject(ref.object);
    const { refs } = this.#symbols.table.objects[ref.object]!.globals[ref.index]!;
    for (const { kind, index } of refs) {
      const target = indexTarget(this.#symbols, ref.object, kind, index);
      if (target < 0) this.#report(`${kind} ${index}`, { in: 'file', file: this.#file(ref.object) }, false);
      else if (kind === 'global') this.markGlobal(target);
      else this.markFunc(target);
    }
  }

  #visitFixups(lowered: LoweredData, place: Place): void {
    const { fixups } = lowered;
    for (let i = 0; i < fixups.length; i += FIXUP_WORDS) {
      if (fixups[i + 1] === FixupKind.uav) this.#markUav(fixups[i + 2]! as IpIndex, fixups[i + 4]!, 0);
      else this.#reachNav(fixups[i + 2]! as NavIndex, place);
    }
  }

  #reachNav(nav: NavIndex, place: Place): void {
    const target = this.#symbols.navTarget[nav]!;
    const { kind, name } = this.#state!.unit.navs[nav]!;
    if (isMissing(target)) this.#report(name, place, false);
    else if (kind === 'func' || kind === 'extern_func') this.markFunc(target);
    else this.markData(target);
  }

  #visitRelocs(o: number, relocs: RelocTable, from: number, to: number): void {
    const targets = this.#symbols.symbolTarget[o]!;
    const { symbols } = this.#symbols.table.objects[o]!;
    const isDynamic = this.#options.undefinedPolicy === 'dynamic';
    for (let r = from; r < to; r++) {
      const { target: kind, value } = RELOCATIONS[relocs.type[r]!]!;
      if (kind === 'type') continue;
      const s = relocs.index[r]!;
      const target = targets[s]!;
      if (target === Target.undefined || target === Target.discarded || target === Target.null) {
        if (target === Target.null && kind === 'global') this.#needAddressGlobal(o, s, target);
        this.#reachNothing(o, s, target, relocs.at[r]!);
        continue;
      }
      if (isDynamic && this.#reachHost(o, target, relocs, r)) continue;
      switch (kind) {
        case 'function':
          // The address of a function that is not there is null: nothing to keep.
          if (value === 'function_index' || !this.#isAbsent(target)) this.markFunc(target);
          break;
        case 'data':
          this.markData(target);
          if (value === 'memory_address_tls') this.#checkTls(o, symbols[s]!, target, relocs.at[r]!);
          break;
        case 'global':
          if (symbols[s]!.kind === SymbolKind.global) this.markGlobal(target);
          else this.#needAddressGlobal(o, s, target);
          break;
        case 'table':
          this.markTable(target);
          break;
        case 'tag':
          this.markTag(target);
          break;
        case 'section':
          break;
      }
    }
  }

  /** A global for the address of a symbol, as position-independent code wants it. */
  #needAddressGlobal(o: number, s: number, target: number): void {
    const { name, kind } = this.#symbols.table.objects[o]!.symbols[s]!;
    const offset = this.#symbols.symbolOffset[o]![s]!;
    const key = addressGlobalKey(kind, target, offset);
    if (kind === SymbolKind.function && !this.#isAbsent(target)) this.markFunc(target);
    else if (kind === SymbolKind.data) this.markData(target);
    if (this.addressGlobalPosition.has(key)) return;
    this.addressGlobalPosition.set(key, this.addressGlobals.length);
    const isTls = kind === SymbolKind.data && this.#isTls(target);
    const addressKind = kind === SymbolKind.function ? SymbolKind.function : SymbolKind.data;
    this.addressGlobals.push({ kind: addressKind, name, target, offset, isTls });
  }

  #isTls(target: number): boolean {
    const { navDataBase, segmentBase, table } = this.#symbols;
    if (target < 0 || target >= navDataBase) return false;
    const o = ownerOf(segmentBase, target);
    return (table.objects[o]!.segments[target - segmentBase[o]!]!.flags & SegmentFlag.tls) !== 0;
  }

  /** With one thread there is one block, and what lies outside of it has a distance to it all the same. */
  #checkTls(o: number, symbol: ObjectSymbol, target: number, offset: number): void {
    if (!this.#options.sharedMemory) return;
    if (target < 0 || target >= this.#symbols.navDataBase || this.#isTls(target)) return;
    this.#diags.error('tls_of_plain_data', { name: symbol.name }, { in: 'file', file: this.#file(o), offset });
  }

  #reachNothing(o: number, s: number, target: number, offset: number): void {
    const place: Place = { in: 'file', file: this.#file(o), offset };
    const { table } = this.#symbols;
    const { name, flags } = table.objects[o]!.symbols[s]!;
    const entry = table.symbolEntries[o]![s];
    const meant = entry ? (table.wrapped.get(entry)?.name ?? name) : name;
    if (target !== Target.null) this.#report(meant, place, false);
    else if (this.#options.undefinedPolicy === 'warn' && (flags & SymbolFlag.weak) === 0) {
      this.#report(meant, place, true);
    }
  }

  /** Whether a relocation is one to the global of the host that holds an address; others cannot know that address. */
  #reachHost(o: number, target: number, relocs: RelocTable, r: number): boolean {
    const symbol = this.#symbols.table.objects[o]!.symbols[relocs.index[r]!]!;
    const global = hostAddressGlobal(this.#symbols, symbol.kind, target);
    const { target: kind, value, name: type } = RELOCATIONS[relocs.type[r]!]!;
    if (global < 0 || value === 'function_index') return false;
    if (kind === 'global') {
      this.markGlobal(global);
    } else {
      const place: Place = { in: 'file', file: this.#file(o), offset: relocs.at[r]! };
      this.#diags.error('host_address', { type, name: symbol.name }, place);
    }
    return true;
  }

  #isAbsent(target: number): boolean {
    const { extraBase, extras } = this.#symbols;
    const role = target < extraBase ? null : extras[target - extraBase]?.role;
    return role === 'undefined_weak' || role === 'undefined';
  }

  #file(o: number): string {
    return this.#symbols.table.objects[o]!.file;
  }

  #report(name: string, place: Place, isWarning: boolean): void {
    if (this.#reported.has(name)) return;
    this.#reported.add(name);
    if (isWarning) this.#diags.warn('undefined_symbol', { name }, place);
    else this.#diags.error('undefined_symbol', { name }, place);
  }
}

/** Nothing that code of a unit, which is never position-independent, can refer to. */
function isMissing(target: number): boolean {
  return target === Target.undefined || target <= Target.host;
}
