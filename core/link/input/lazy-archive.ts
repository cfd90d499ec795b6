/**
 * An archive as an input of links: members are parsed when a link wants a name that they define.
 *
 * Owns the way from a name to the member that offers it, and keeps what it has parsed for every later link. The index of the
 * archive is trusted to name candidates, never to be right: a member counts only if it defines the name itself. An archive
 * without an index is searched by parsing all of its members once. Thin members are supplied by the caller.
 */
import { Diagnostics } from '../../diagnostics/diagnostics.ts';
import { SymbolFlag, SymbolKind } from '../../wasm/kinds.ts';
import type { Archive, ArchiveMember } from './archive.ts';
import { withoutPadding } from './archive-padding.ts';
import { foreignFormat, isWasm } from './foreign-format.ts';
import type { ParsedObject } from './object-file.ts';
import type { ReadPools } from './read-pools.ts';
import { sharedPools } from './read-pools.ts';
import type { ReadResult } from './read-object.ts';
import { readObject } from './read-object.ts';

/** Contents of a thin member by its stored name, or null if there are none. */
export type ReadThinMember = (name: string) => Uint8Array | null;

/** An archive whose members are read when they are needed. */
export class LazyArchive {
  readonly #archive: Archive;
  readonly #readThin: ReadThinMember;
  readonly #pools: ReadPools;
  /** By member number. */
  readonly #parsed: (MemberResult | undefined)[];
  #offers: Offers | null = null;

  /** Members are read with `pools`. */
  constructor(archive: Archive, readThin: ReadThinMember = () => null, pools: ReadPools = sharedPools()) {
    this.#archive = archive;
    this.#readThin = readThin;
    this.#pools = pools;
    this.#parsed = new Array<MemberResult | undefined>(archive.members.length);
  }

  /** Name for messages. */
  get file(): string {
    return this.#archive.file;
  }

  /** Number of members. */
  get size(): number {
    return this.#archive.members.length;
  }

  /** The first of the first `count` members that defines `name` for others, or null; a member that cannot be read is reported and skipped. */
  find(name: string, count: number, diags: Diagnostics): ParsedObject | null {
    for (const member of this.#index(diags).members.get(name) ?? []) {
      if (member >= count) break;
      const object = this.member(member, name, diags);
      if (object !== null) return object;
    }
    return null;
  }

  /** Names that a member may define for others. */
  offers(member: number, diags: Diagnostics): readonly string[] {
    return this.#index(diags).names[member] ?? [];
  }

  /** A member, or null if it does not define `name` for others, or cannot be read, which is reported. */
  member(member: number, name: string, diags: Diagnostics): ParsedObject | null {
    const object = this.#read(member, diags);
    return object !== null && definedNames(object).has(name) ? object : null;
  }

  /** Every member that is an object, in order. */
  all(diags: Diagnostics): ParsedObject[] {
    const objects: ParsedObject[] = [];
    this.#archive.members.forEach((_, member) => {
      const object = this.#read(member, diags);
      if (object !== null) objects.push(object);
    });
    return objects;
  }

  #index(diags: Diagnostics): Offers {
    return (this.#offers ??= this.#archive.index === null ? this.#scan(diags) : this.#readIndex());
  }

  #readIndex(): Offers {
    const numbers = new Map<number, number>();
    this.#archive.members.forEach((member, i) => numbers.set(member.offset, i));
    const offers = noOffers();
    let isSorted = true;
    let last = 0;
    for (const { symbol, memberOffset } of this.#archive.index!) {
      const member = numbers.get(memberOffset)!;
      if (member < last) isSorted = false;
      last = member;
      addOffer(offers, symbol, member);
    }
    // Indexes of other systems are sorted by name.
    if (!isSorted) for (const members of offers.members.values()) members.sort((a, b) => a - b);
    return offers;
  }

  #scan(diags: Diagnostics): Offers {
    const offers = noOffers();
    this.#archive.members.forEach((_, member) => {
      const object = this.#read(member, diags, 'warn');
      if (object !== null) for (const name of definedNames(object)) addOffer(offers, name, member);
    });
    return offers;
  }

  /** `foreign` tells what a member of a format that is not supported means: nobody asked for it by name if it is `warn`. */
  #read(number: number, diags: Diagnostics, foreign: 'error' | 'warn' = 'error'): ParsedObject | null {
    const member = this.#archive.members[number]!;
    const { name } = member;
    const isFirst = this.#parsed[number] === undefined;
    const result = (this.#parsed[number] ??= this.#parse(member));
    if ('ok' in result) {
      if (result.ok) return result.value;
      diags.append(result.error);
      return null;
    }
    const { what } = result;
    const place = { in: 'file', file: this.file } as const;
    if (what !== null && foreign === 'error') {
      diags.error('input_foreign', { what }, { in: 'file', file: `${this.file}(${name})` });
    } else if (isFirst) {
      if (what === null) diags.warn('archive_member_ignored', { name }, place);
      else diags.warn('archive_member_foreign', { name, what }, place);
    }
    return null;
  }

  #parse(member: ArchiveMember): MemberResult {
    const bytes = member.isThinReference ? this.#readThin(member.name) : member.bytes;
    if (bytes === null) {
      const error = new Diagnostics();
      error.error('archive_member_missing', { name: member.name }, { in: 'file', file: this.file });
      return { ok: false, error };
    }
    if (!isWasm(bytes)) return { what: foreignFormat(bytes) };
    const isPadded = this.#archive.kind === 'bsd';
    return readObject(isPadded ? withoutPadding(bytes) : bytes, `${this.file}(${member.name})`, this.#pools);
  }
}

/** What members may define, both ways. */
interface Offers {
  /** By name, ascending. */
  readonly members: Map<string, number[]>;
  /** By member number; a hole is a member that defines nothing. */
  readonly names: string[][];
}

function noOffers(): Offers {
  return { members: new Map(), names: [] };
}

function addOffer({ members, names }: Offers, name: string, member: number): void {
  const list = members.get(name);
  if (list) list.push(member);
  else members.set(name, [member]);
  (names[member] ??= []).push(name);
}

/** An object, a failure to read it, or no wasm: a format that has a name, or null. */
type MemberResult = ReadResult | { readonly what: string | null };

/** Names that each object defines for others; objects are immutable and shared, so one index serves all links. */
const namesOf = new WeakMap<ParsedObject, ReadonlySet<string>>();

/** Names that `object` defines for others. */
export function definedNames(object: ParsedObject): ReadonlySet<string> {
  let names = namesOf.get(object);
  if (!names) {
    const own = new Set<string>();
    for (const { kind, flags, name } of object.symbols) {
      if (kind !== SymbolKind.section && (flags & (SymbolFlag.undefined | SymbolFlag.local)) === 0) own.add(name);
    }
    names = own;
    namesOf.set(object, names);
  }
  return names;
}
