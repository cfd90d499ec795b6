/**
 * A small writer of static libraries in every flavour that the reader takes, for tests alone.
 *
 * Owns no rule of its own: it writes what it is told, offsets of the index included, so that tests can also tell lies.
 */
import type { ArchiveKind } from '../../../core/link/input/archive.ts';

/** One file to store. */
export interface WrittenMember {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Names for the index. */
  readonly symbols: readonly string[];
}

/** How to store the files. */
export interface WriteOptions {
  readonly kind: ArchiveKind;
  readonly index: boolean;
  /** Leave out the padding behind the last member. */
  readonly unpadded?: boolean;
  /** What the index says instead of the position of a member. */
  readonly lie?: (offset: number) => number;
}

const encoder = new TextEncoder();

/** An archive of `members`. */
export function writeArchive(members: readonly WrittenMember[], options: WriteOptions): Uint8Array {
  const { kind } = options;
  const lie = options.lie ?? ((offset: number) => offset);
  const entries = members.map((member) => ({ member, name: encoder.encode(member.name) }));
  const longNames = kind === 'bsd' ? null : tableOfLongNames(members, kind);

  const blocks = entries.map(({ member, name }) => memberBlock(member, name, kind, longNames));
  const namesBlock =
    longNames && longNames.bytes.length > 0 ? block('//', longNames.bytes, longNames.bytes.length) : null;
  const symbols = members.flatMap((member, at) => member.symbols.map((symbol) => ({ symbol, at })));
  const indexBlock = (offsets: readonly number[]): Uint8Array | null =>
    options.index
      ? writeIndex(
          symbols.map(({ symbol, at }) => ({ symbol, offset: offsets[at] ?? 0 })),
          kind,
        )
      : null;

  // The index lies before the members and its size does not depend on the offsets.
  let at = 8 + (indexBlock([])?.length ?? 0) + (namesBlock?.length ?? 0);
  const offsets = blocks.map((bytes) => {
    const offset = at;
    at += bytes.length;
    return lie(offset);
  });
  const magic = encoder.encode(kind === 'thin' ? '!<thin>\n' : '!<arch>\n');
  const all = [magic, indexBlock(offsets), namesBlock, ...blocks].filter((part) => part !== null);
  const bytes = concat(all);
  const last = members.at(-1);
  const odd = last !== undefined && kind !== 'thin' && storedSize(last, kind) % 2 === 1;
  return options.unpadded && odd ? bytes.subarray(0, bytes.length - 1) : bytes;
}

function storedSize(member: WrittenMember, kind: ArchiveKind): number {
  return (
    member.bytes.length + (kind === 'bsd' && needsLongName(member.name, kind) ? encoder.encode(member.name).length : 0)
  );
}

/** One 60-byte header. */
export function header(name: string | Uint8Array, size: number | string): Uint8Array {
  const bytes = new Uint8Array(60).fill(0x20);
  bytes.set(typeof name === 'string' ? encoder.encode(name) : name);
  bytes.set(encoder.encode('0           0     0     644     '), 16);
  bytes.set(encoder.encode(String(size)), 48);
  bytes.set([0x60, 0x0a], 58);
  return bytes;
}

/** Header, contents and padding. */
export function block(name: string | Uint8Array, contents: Uint8Array, size: number): Uint8Array {
  return concat([header(name, size), contents, new Uint8Array(contents.length % 2).fill(0x0a)]);
}

/** All parts in a row. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function needsLongName(name: string, kind: ArchiveKind): boolean {
  const length = encoder.encode(name).length;
  if (kind === 'bsd') return length > 16 || /[ /]/.test(name) || name.startsWith('#1/');
  return kind === 'thin' || length > 15 || name.includes('/');
}

interface NameTable {
  readonly bytes: Uint8Array;
  readonly offsets: ReadonlyMap<string, number>;
}

function tableOfLongNames(members: readonly WrittenMember[], kind: ArchiveKind): NameTable {
  const offsets = new Map<string, number>();
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const { name } of members) {
    if (!needsLongName(name, kind) || offsets.has(name)) continue;
    const entry = encoder.encode(`${name}/\n`);
    offsets.set(name, at);
    parts.push(entry);
    at += entry.length;
  }
  return { bytes: concat(parts), offsets };
}

function memberBlock(
  member: WrittenMember,
  name: Uint8Array,
  kind: ArchiveKind,
  longNames: NameTable | null,
): Uint8Array {
  const { bytes } = member;
  if (kind === 'thin') return header(`/${String(longNames?.offsets.get(member.name) ?? 0)}`, bytes.length);
  if (!needsLongName(member.name, kind)) {
    return block(kind === 'bsd' ? name : encoder.encode(`${member.name}/`), bytes, bytes.length);
  }
  if (longNames) return block(`/${String(longNames.offsets.get(member.name) ?? 0)}`, bytes, bytes.length);
  const contents = concat([name, bytes]);
  return block(`#1/${String(name.length)}`, contents, contents.length);
}

function writeIndex(symbols: readonly { symbol: string; offset: number }[], kind: ArchiveKind): Uint8Array {
  const wide = kind === 'gnu64' ? 8 : 4;
  const names = symbols.map(({ symbol }) => encoder.encode(`${symbol}\0`));
  if (kind !== 'bsd') {
    const numbers = [symbols.length, ...symbols.map(({ offset }) => offset)].map((value) => number(value, wide, false));
    const contents = concat([...numbers, ...names]);
    return block(kind === 'gnu64' ? '/SYM64/' : '/', contents, contents.length);
  }
  const text = concat(names);
  let nameAt = 0;
  const entries = symbols.flatMap(({ offset }, i) => {
    const pair = [number(nameAt, 4, true), number(offset, 4, true)];
    nameAt += names[i]!.length;
    return pair;
  });
  const contents = concat([number(symbols.length * 8, 4, true), ...entries, number(text.length, 4, true), text]);
  return block('__.SYMDEF', contents, contents.length);
}

/** An unsigned number below 2^32 in `width` bytes. */
export function number(value: number, width: 4 | 8, little: boolean): Uint8Array {
  const bytes = new Uint8Array(width);
  const view = new DataView(bytes.buffer);
  view.setUint32(little || width === 4 ? 0 : 4, value >>> 0, little);
  return bytes;
}
