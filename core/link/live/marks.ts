/**
 * What has been reached so far, and what of it has not been visited.
 *
 * Owns the flags and the work lists; a thing is listed when it is marked first. Collects the constants of the unit with the
 * greatest alignment that anyone asks for, and the globals that hold addresses. Follows nothing: walk.ts does.
 */
import { eachObject } from '../input/each-object.ts';
import type { IpIndex } from '../../intern/keys.ts';
import { SegmentFlag, SymbolKind } from '../../wasm/kinds.ts';
import type { ObjSegIndex } from '../input/index-spaces.ts';
import type { AddressGlobal } from '../symbols/address-globals.ts';
import { addressGlobalKey } from '../symbols/address-globals.ts';
import type { NumberedSymbols } from '../symbols/numbered-symbols.ts';
import {
  dataId,
  dataOwner,
  firstGlobalImport,
  firstTableImport,
  firstTagImport,
  isAbsent,
  segmentPosition,
  STACK_POINTER,
} from '../symbols/numbered-symbols.ts';
import type { SymbolEntry } from '../symbols/symbol-table.ts';
import type { BracketIndex, DataId, FuncId, GlobalId, TableId, TagId, Target } from '../symbols/targets.ts';
import { bracketOfTarget, FUNCTION_TABLE, isDefinition } from '../symbols/targets.ts';
import type { LinkState } from '../unit/state.ts';
import type { LiveUav } from './live-set.ts';

/** Its fields are the result of marking; see LiveSet for their meaning. */
export class Marks {
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
  readonly nulls = new Set<SymbolEntry>();
  /** Things that are marked but not visited. */
  readonly funcWork: FuncId[] = [];
  readonly dataWork: DataId[] = [];
  readonly globalWork: GlobalId[] = [];
  /** Constants that have been visited. */
  visitedUavs = 0;
  readonly #symbols: NumberedSymbols;
  readonly #state: LinkState | null;
  readonly #brackets: Uint8Array;

  constructor(symbols: NumberedSymbols) {
    this.#symbols = symbols;
    this.#state = symbols.table.state;
    this.funcs = new Uint8Array(symbols.extraBase + symbols.extras.length);
    this.data = new Uint8Array(symbols.dataCount);
    this.dataUses = new Uint32Array(symbols.dataCount);
    this.globals = new Uint8Array(firstGlobalImport(symbols) + symbols.globalImports.length);
    this.tables = new Uint8Array(firstTableImport(symbols) + symbols.tableImports.length);
    this.tags = new Uint8Array(firstTagImport(symbols) + symbols.tagImports.length);
    this.included = new Uint8Array(symbols.table.objects.length);
    this.#brackets = new Uint8Array(symbols.brackets.length);
    // Code of a unit refers to the stack pointer by its fixed place.
    if (this.#state) this.globals[STACK_POINTER] = 1;
  }

  markFunc(id: FuncId): void {
    if (this.funcs[id] === 1) return;
    this.funcs[id] = 1;
    this.funcWork.push(id);
  }

  /** A datum, or a special value, of which only the borders of sections keep anything. */
  markData(target: Target): void {
    if (!isDefinition(target)) {
      const bracket = bracketOfTarget(target);
      if (bracket >= 0) this.#markBracket(bracket);
      return;
    }
    if (this.data[target] === 1) return;
    this.data[target] = 1;
    this.dataWork.push(target as DataId);
  }

  markGlobal(id: GlobalId): void {
    if (this.globals[id] === 1) return;
    this.globals[id] = 1;
    this.globalWork.push(id);
  }

  markTable(id: TableId): void {
    if (id === FUNCTION_TABLE) this.usesTable = true;
    this.tables[id] = 1;
  }

  markTag(id: TagId): void {
    this.tags[id] = 1;
  }

  /** Marks what a symbol of kind `kind` leads to; `target` must not be Target.undefined. */
  mark(kind: number, target: Target): void {
    switch (kind) {
      case SymbolKind.function:
        this.markFunc(target as FuncId);
        return;
      case SymbolKind.data:
        this.markData(target);
        return;
      case SymbolKind.global:
        this.markGlobal(target as GlobalId);
        return;
      case SymbolKind.table:
        this.markTable(target as TableId);
        return;
      case SymbolKind.tag:
        this.markTag(target as TagId);
        return;
    }
  }

  markUav(value: IpIndex, align: number, uses: number): void {
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

  /** A global for the address of a function or datum, as position-independent code wants it. */
  needAddressGlobal(kind: AddressGlobal['kind'], name: string, target: Target, offset: number): void {
    const key = addressGlobalKey(kind, target, offset);
    const isFunction = kind === SymbolKind.function;
    if (!isFunction) this.markData(target);
    else if (!isAbsent(this.#symbols, target as FuncId)) this.markFunc(target as FuncId);
    if (this.addressGlobalPosition.has(key)) return;
    this.addressGlobalPosition.set(key, this.addressGlobals.length);
    const isTls = !isFunction && isThreadLocal(this.#symbols, target);
    this.addressGlobals.push({ kind, name, target, offset, isTls });
  }

  /** All segments of a section whose borders are taken. */
  #markBracket(bracket: BracketIndex): void {
    if (this.#brackets[bracket] === 1) return;
    this.#brackets[bracket] = 1;
    const name = this.#symbols.brackets[bracket]!;
    const { objects, discarded } = this.#symbols.table;
    eachObject(objects, (object, o) => {
      object.segments.forEach((segment, s) => {
        if (segment.name !== name || discarded[o]?.segments.has(s)) return;
        this.markData(dataId(this.#symbols, o, s as ObjSegIndex));
      });
    });
  }
}

/** Whether a target is thread-local data. */
export function isThreadLocal(symbols: NumberedSymbols, target: Target): boolean {
  const { state } = symbols.table;
  if (state !== null && isDefinition(target) && target >= symbols.navDataBase) {
    return state.unit.navs[state.data.keys[target - symbols.navDataBase]!]!.threadlocal;
  }
  if (!isObjectData(symbols, target)) return false;
  const o = dataOwner(symbols, target as DataId);
  const segment = symbols.table.objects[o]!.segments[segmentPosition(symbols, o, target as DataId)]!;
  return (segment.flags & SegmentFlag.tls) !== 0;
}

/** Whether a target lies in a segment of an object. */
export function isObjectData({ navDataBase }: NumberedSymbols, target: Target): boolean {
  return isDefinition(target) && target < navDataBase;
}
