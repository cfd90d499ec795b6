/**
 * A link that is being decorated: the inputs in their order, options, and what must be seen of the result.
 *
 * Owns places in the link order and the number that a decoration draws its choices from. Decorations change a draft;
 * build-topology.ts makes inputs of it. Invariant: what is expected never depends on the system under test.
 */
import type { Decoration } from '../../generators/index.ts';
import type { Assembler } from './assembler.ts';
import type { ObjectModel, SymbolEntry } from '../wasm/object-model.ts';
import { Flag, Kind } from '../wasm/object-model.ts';
import type { WriteOptions } from '../wasm/write-object.ts';
import type { ArchiveFlavour } from '../wasm/write-archive.ts';

/** An object in the link order. */
export interface ObjectItem {
  readonly name: string;
  readonly model: ObjectModel;
  readonly write?: WriteOptions;
}

/** An archive in the link order. */
export interface ArchiveItem {
  readonly name: string;
  readonly flavour: ArchiveFlavour;
  readonly members: readonly ObjectItem[];
}

/** One input. */
export type Item = ObjectItem | ArchiveItem;

/** Whether `item` is an archive. */
export function isArchiveItem(item: Item): item is ArchiveItem {
  return 'members' in item;
}

/** A function without parameters to call, and what it must give. */
export interface Probe {
  /** The decoration that brings it. */
  readonly kind: string;
  /** Name of the export. */
  readonly name: string;
  /** Expected i32 where constructors have run `runs` times (1 for a reactor). */
  readonly expected: (runs: number) => number;
}

/** Looks at the module (`bytes` are its own) or its exports; returns what is wrong, or null. */
export type Inspection = (module: WebAssembly.Module, exports: WebAssembly.Exports, bytes: Uint8Array) => string | null;

/** A decorated link under construction. */
export class TopologyDraft {
  /** In link order. */
  readonly items: Item[] = [];
  /** The program's own objects, by part. */
  readonly parts: ObjectItem[] = [];
  /** Inputs behind all others. */
  readonly tail: Item[] = [];
  readonly options: string[] = [];
  readonly probes: Probe[] = [];
  readonly inspections: Inspection[] = [];
  /** Functions of the host beside the program's imports: module, field, function. */
  readonly host: { readonly module: string; readonly field: string; readonly value: WebAssembly.ImportValue }[] = [];
  /** Codes that a refusal may have; empty: the link must succeed. */
  readonly refusals: string[] = [];
  /** What refusals say, in any order: one for each mistake of which that is known. */
  readonly texts: RegExp[] = [];
  /** Names that functions have in the output beside their own. */
  readonly aliases = new Map<string, string>();
  /** Symbols of the program that several inputs define. */
  readonly contested = new Set<string>();
  /** Kinds of decorations that really did something. */
  readonly applied: string[] = [];
  /** Constructors are called from outside and not by each export: name of the export that does it. */
  initialize: string | null = null;
  /** Some constructor is linked in, so that without `initialize` each export runs all of them. */
  hasConstructors = false;
  /** Inputs to make one of first: a place in the link order, and how many. */
  joined: { readonly first: number; readonly count: number } | null = null;
  /** The same for neighbours that a decoration brings itself, with the names that are wrapped in them. */
  ownJoin: { readonly objects: readonly ObjectItem[]; readonly wraps: readonly string[] } | null = null;
  /** Why wasm-ld cannot be asked, or null: something in the link has another meaning there. */
  notForWasmLd: string | null = null;
  /** The plan has a mistake, so that options that are lenient go. */
  readonly hasMistake: boolean;
  /** Nobody gives a shared memory a maximum. */
  ownLimit = false;
  /** Linkers warn of something in it. */
  warns = false;
  /** Each export runs all constructors; known when all decorations are applied. */
  runsConstructorsPerCall = false;

  constructor(hasMistake: boolean) {
    this.hasMistake = hasMistake;
  }

  /** Puts `item` at place `at` of the link order. */
  insert(item: Item, at: number): void {
    this.items.splice(at % (this.items.length + 1), 0, item);
  }

  /** Puts `item` behind `anchor`, at some place that `at` says. */
  insertAfter(item: Item, anchor: Item, at: number): void {
    const first = this.items.indexOf(anchor) + 1;
    this.items.splice(first + (at % (this.items.length + 1 - first)), 0, item);
  }

  /** The input that holds part `n`: itself or its archive. */
  holderOf(part: ObjectItem): Item {
    return this.items.find((item) => item === part || (isArchiveItem(item) && item.members.includes(part)))!;
  }

  /** Whether `part` is in an archive. */
  isMember(part: ObjectItem): boolean {
    return this.holderOf(part) !== part;
  }

  /** The link must be refused with `code` because of the input `file`, at a place in it, and say `text`. */
  refuse(code: string, file: string, text: string): void {
    const [name, said] = [file, text].map((plain) => plain.replace(/[^\w ]/g, '\\$&'));
    this.refusals.push(code);
    this.texts.push(new RegExp(`^${name!}:0x[0-9a-f]+: error: (?:malformed[^:]*: )?${said!}$`, 'm'));
  }

  /** Makes sure that archives are searched for `name`. */
  require(name: string): void {
    if (!this.options.includes(`--undefined=${name}`)) this.options.push(`--undefined=${name}`);
  }

  /** Where the program defines `name` for other objects, or null. */
  definition(name: string | null): Definition | null {
    for (const part of this.parts) {
      const symbol = part.model.symbols.find((entry) => entry.name === name && isGlobalDefinition(entry));
      if (symbol !== undefined) return { part, symbol };
    }
    return null;
  }

  /** Undefined symbols called `name` in the program's objects. */
  references(name: string): SymbolEntry[] {
    return this.parts.flatMap(({ model }) =>
      model.symbols.filter((symbol) => symbol.name === name && (symbol.flags & Flag.undefined) !== 0),
    );
  }
}

/** A symbol and the object that defines it. */
export interface Definition {
  readonly part: ObjectItem;
  readonly symbol: SymbolEntry;
}

/** Whether `symbol` is defined for other objects. */
export function isGlobalDefinition({ kind, flags }: SymbolEntry): boolean {
  return kind !== Kind.section && (flags & (Flag.undefined | Flag.local)) === 0;
}

/** One decoration at work: a prefix for names, and choices out of its number. */
export class Site {
  readonly draft: TopologyDraft;
  readonly decoration: Decoration;
  /** Prefix of every name that the decoration brings. */
  readonly id: string;
  #rest: number;
  /** How many objects have a name already; messages and wasm-ld need distinct ones. */
  readonly #names = new Map<string, number>();

  constructor(draft: TopologyDraft, decoration: Decoration, n: number) {
    this.draft = draft;
    this.decoration = decoration;
    this.id = `g${n}`;
    this.#rest = decoration.value;
  }

  /** Integer in `0 .. count - 1`; 0 for the plainest form. */
  below(count: number): number {
    const chosen = this.#rest % count;
    this.#rest = Math.floor(this.#rest / count);
    return chosen;
  }

  /** One of `items`; the first for the plainest form. */
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  /** A bit. */
  flip(): boolean {
    return this.below(2) === 1;
  }

  /** Name inside of this decoration. */
  name(text: string): string {
    return `${this.id}.${text}`;
  }

  /** An object item. */
  object(name: string, assembler: Assembler, write?: WriteOptions): ObjectItem {
    const count = this.#names.get(name) ?? 0;
    this.#names.set(name, count + 1);
    const item = { name: `${this.id}-${name}${count === 0 ? '' : count}.o`, model: assembler.model() };
    return write === undefined ? item : { ...item, write };
  }

  /** Adds an object somewhere in the link order. */
  add(name: string, assembler: Assembler, shift = 0, write?: WriteOptions): ObjectItem {
    const item = this.object(name, assembler, write);
    this.draft.insert(item, this.decoration.at + shift);
    return item;
  }

  /** Adds an archive somewhere in the link order. */
  archive(name: string, flavour: ArchiveFlavour, members: readonly ObjectItem[], shift = 0): ArchiveItem {
    const item = { name: `${this.id}-${name}.a`, flavour, members };
    this.draft.insert(item, this.decoration.at + shift);
    return item;
  }

  /** Expects export `name` to give `value`. */
  expect(name: string, value: number | ((runs: number) => number)): void {
    this.draft.probes.push({
      kind: this.decoration.kind,
      name,
      expected: typeof value === 'number' ? () => value : value,
    });
  }
}
