/**
 * Where everything went: names of addresses, slots and functions of a finished link.
 *
 * Owns read-only look-ups, computed when asked, so that a link that nobody questions pays nothing. The judge of memory
 * images uses it to find variables and to turn pointers into `symbol + offset`. Knows nothing of the bytes.
 */
import { eachObject, NO_OBJECT } from '../input/each-object.ts';
import { SymbolFlag, SymbolKind } from '../../wasm/kinds.ts';
import { addressOf } from '../layout/addresses.ts';
import type { Indexed } from '../executable/indexed.ts';
import type { MemoryMap } from '../layout/layout-data.ts';
import { extractions, mapText, removedSections, traceSymbols } from './link-report.ts';
import type { ObjectId, ObjSymIndex } from '../input/index-spaces.ts';
import { hasData } from '../live/live-set.ts';
import { targetOf } from '../symbols/numbered-symbols.ts';
import type { DataId } from '../symbols/targets.ts';
import { isDefinition, isGone } from '../symbols/targets.ts';
import { functionName } from '../executable/function-name.ts';

/** A datum of the output. */
export interface PlacedSymbol {
  readonly name: string;
  /** Number of the object it comes from, in the order of objects that take part; -1 for the unit. */
  readonly object: ObjectId;
  readonly address: number;
  readonly size: number;
}

export class LinkMap {
  readonly #indexed: Indexed;
  #data: readonly PlacedSymbol[] | null = null;

  constructor(indexed: Indexed) {
    this.#indexed = indexed;
  }

  /** The map of linear memory. */
  get memory(): MemoryMap {
    return this.#indexed.placed.memory;
  }

  /** Names of the objects that take part, in the order in which they were opened. */
  get objects(): readonly string[] {
    return this.#indexed.placed.live.symbols.table.opened.map(({ file }) => file);
  }

  /** Every named datum of the output, constants without a name as `__anon_<id>`; ascending by address, then by name. */
  get data(): readonly PlacedSymbol[] {
    this.#data ??= collectData(this.#indexed);
    return this.#data;
  }

  /** The datum called `name`, or undefined. A name that several objects use for themselves means the first of them. */
  datum(name: string): PlacedSymbol | undefined {
    return this.data.find((symbol) => symbol.name === name);
  }

  /** Name of the function in a table slot, or undefined for slot 0 and slots past the end. */
  functionOfSlot(slot: number): string | undefined {
    const id = this.#indexed.table.funcs[slot - this.#indexed.table.base];
    return id === undefined ? undefined : functionName(this.#indexed, id);
  }

  /** One line for each function and segment of the objects that is not in the output. */
  removed(): string[] {
    return removedSections(this.#indexed);
  }

  /** Who mentions the names. */
  traces(names: readonly string[]): string[] {
    return traceSymbols(this.#indexed.placed.live.symbols.table, names);
  }

  /** Why members of archives take part, as a table. */
  extractions(): string {
    return extractions(this.#indexed.placed.live.symbols.table);
  }

  /** The whole map as text. */
  text(): string {
    return mapText(this.#indexed);
  }

  /** Names of the functions of the output by function index, imports first. */
  get functions(): readonly string[] {
    return [...this.#indexed.imports, ...this.#indexed.defined].map((id) => functionName(this.#indexed, id));
  }
}

function collectData(indexed: Indexed): readonly PlacedSymbol[] {
  const { placed } = indexed;
  const { live } = placed;
  const { table, navDataBase, symbolOffset } = live.symbols;
  const list: PlacedSymbol[] = [];
  const { state } = table;
  if (state) {
    live.uavs.forEach(({ value, lowered }, i) => {
      list.push({ name: `__anon_${value}`, object: NO_OBJECT, address: placed.uavAddress[i]!, size: lowered.size });
    });
    state.data.values.forEach(({ nav, lowered }, i) => {
      const id = (navDataBase + i) as DataId;
      if (!hasData(live, id)) return;
      const { name } = state.unit.navs[nav]!;
      list.push({ name, object: NO_OBJECT, address: addressOf(placed, id, 0, 0), size: lowered.size });
    });
  }
  eachObject(table.objects, (object, o) => {
    object.symbols.forEach((symbol, s) => {
      if (symbol.kind !== SymbolKind.data || (symbol.flags & SymbolFlag.undefined) !== 0) return;
      const entry = table.symbolEntries[o]![s]!;
      // A definition that lost is not there; its name stands for the winner.
      if (entry && entry.definedIn !== o) return;
      const target = targetOf(live.symbols, o, s as ObjSymIndex);
      if (isGone(target)) return;
      if (isDefinition(target) && !hasData(live, target as DataId)) return;
      const address = addressOf(placed, target, symbolOffset[o]![s]!, 0);
      list.push({ name: symbol.name, object: o, address, size: symbol.size });
    });
  });
  return list
    .map((symbol, index) => ({ symbol, index }))
    .sort(
      (a, b) =>
        a.symbol.address - b.symbol.address ||
        (a.symbol.name < b.symbol.name ? -1 : a.symbol.name > b.symbol.name ? 1 : a.index - b.index),
    )
    .map((entry) => entry.symbol);
}
