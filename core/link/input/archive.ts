/**
 * Bytes of a static library to its members and its symbol index: GNU, GNU with 64-bit index, BSD, and thin archives.
 *
 * Pure, and only about the container: what a member holds is not looked at, and no file is opened. Formats: System V /
 * GNU `ar` (`/`, `//`, `/SYM64/`), BSD `ar` (`#1/len`, `__.SYMDEF`), GNU thin archives. Every read is checked, and time and
 * memory are linear in the input: members are found by walking headers, never by following the index, and each stored
 * name is decoded once. Invariant of the result: members do not overlap, and every index entry names an existing member.
 */
import { Diagnostics } from '../../diagnostics/diagnostics.ts';
import { MalformedError } from '../../wasm/byte-reader.ts';

/** How names and index are stored; `thin` archives hold no member contents. */
export type ArchiveKind = 'gnu' | 'gnu64' | 'bsd' | 'thin';

/** One stored file. */
export interface ArchiveMember {
  /** Name as stored; of a thin reference the path, relative to the folder of the archive unless it is absolute. */
  readonly name: string;
  /** Position of the member's header: what the index names it by. */
  readonly offset: number;
  /** Contents, a view of the archive; empty for a thin reference, whose contents the caller supplies. */
  readonly bytes: Uint8Array;
  /** The contents are in another file. */
  readonly isThinReference: boolean;
}

/** One entry of the index: member at `memberOffset` defines `symbol`. Several members may define one name. */
export interface ArchiveSymbol {
  readonly symbol: string;
  readonly memberOffset: number;
}

/** See the file header. */
export interface Archive {
  /** Name for messages. */
  readonly file: string;
  readonly kind: ArchiveKind;
  /** In the order of the file; indexes and name tables are not members. */
  readonly members: readonly ArchiveMember[];
  /** Null when the archive has none, which is not the same as an empty one. */
  readonly index: readonly ArchiveSymbol[] | null;
}

/** An archive, or what is wrong with it. */
export type ReadArchiveResult =
  { readonly ok: true; readonly value: Archive } | { readonly ok: false; readonly error: Diagnostics };

/** Length of both magics. */
const MAGIC_SIZE = 8;
const MAGIC = '!<arch>\n';
const THIN_MAGIC = '!<thin>\n';
const HEADER_SIZE = 60;

const NEWLINE = 0x0a;
const SPACE = 0x20;
const SLASH = 0x2f;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Whether `bytes` begin like an archive of any kind that {@link readArchive} takes. */
export function isArchive(bytes: Uint8Array): boolean {
  const magic = latin1(bytes, 0, Math.min(MAGIC_SIZE, bytes.length));
  return magic === MAGIC || magic === THIN_MAGIC;
}

/** Reads one archive. `file` is its name in messages. */
export function readArchive(bytes: Uint8Array, file: string): ReadArchiveResult {
  try {
    return { ok: true, value: readMembers(bytes, file) };
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    const diags = new Diagnostics();
    diags.error('archive_malformed', { why: error.message }, { in: 'file', file, offset: error.offset });
    return { ok: false, error: diags };
  }
}

function fail(why: string, offset: number): never {
  throw new MalformedError(why, offset);
}

/** What the walk has found so far. */
interface Walk {
  readonly bytes: Uint8Array;
  readonly thin: boolean;
  readonly members: ArchiveMember[];
  /** What the first telling header says. */
  kind: 'gnu' | 'gnu64' | 'bsd' | null;
  index: ArchiveSymbol[] | null;
  /** Position of the index, for messages. */
  indexAt: number;
  /** Where the member behind the index begins. */
  indexEnd: number;
  longNames: LongNames | null;
}

/** The `//` member; `read` holds the names decoded so far by offset. */
interface LongNames {
  readonly start: number;
  readonly end: number;
  readonly read: Map<number, string>;
}

function readMembers(bytes: Uint8Array, file: string): Archive {
  if (!isArchive(bytes)) fail('bad magic, not an archive', 0);
  const thin = latin1(bytes, 0, MAGIC_SIZE) === THIN_MAGIC;
  const walk: Walk = { bytes, thin, members: [], kind: null, index: null, indexAt: 0, indexEnd: 0, longNames: null };
  let at = MAGIC_SIZE;
  while (at < bytes.length) at = readMember(walk, at);
  checkIndex(walk);
  return { file, kind: thin ? 'thin' : (walk.kind ?? 'gnu'), members: walk.members, index: walk.index };
}

/** Reads the member whose header is at `offset` and returns where the next header is. */
function readMember(walk: Walk, offset: number): number {
  const { bytes } = walk;
  if (offset + HEADER_SIZE > bytes.length) fail('unexpected end in a member header', offset);
  if (bytes[offset + 58] !== 0x60 || bytes[offset + 59] !== NEWLINE) fail('bad end of a member header', offset + 58);
  const size = readDecimal(bytes, offset + 48, offset + 58, 'member size');
  const field = trimEnd(latin1(bytes, offset, offset + 16), ' ');
  const start = offset + HEADER_SIZE;

  const special = isSpecial(field);
  if (walk.thin && !special) {
    const name = memberName(walk, field, offset);
    walk.members.push({ name, offset, bytes: bytes.subarray(start, start), isThinReference: true });
    return start;
  }
  if (size > bytes.length - start) fail(`member of ${size} bytes exceeds the file`, offset + 48);
  const end = start + size;
  if (special) {
    readSpecial(walk, field, offset, start, end);
  } else if (field.startsWith('#1/')) {
    readBsdMember(walk, offset, start, end);
  } else {
    const name = memberName(walk, field, offset);
    walk.members.push({ name, offset, bytes: bytes.subarray(start, end), isThinReference: false });
  }
  // Members begin at even offsets; the last one may lack its byte of padding.
  return Math.min(end + (size & 1), bytes.length);
}

function isSpecial(field: string): boolean {
  return field === '/' || field === '//' || field === '/SYM64/' || isBsdIndex(field);
}

function isBsdIndex(name: string): boolean {
  return name === '__.SYMDEF' || name === '__.SYMDEF SORTED' || name === '__.SYMDEF_64';
}

function readSpecial(walk: Walk, field: string, offset: number, start: number, end: number): void {
  if (field === '//') {
    if (walk.longNames) fail('second table of long names', offset);
    walk.kind ??= 'gnu';
    walk.longNames = { start, end, read: new Map() };
    return;
  }
  // Archives of COFF have a second index behind the first, which says the same in another order.
  if (field === '/' && walk.kind === 'gnu' && walk.index && walk.indexEnd === offset) return;
  if (walk.index) fail('second symbol index', offset);
  walk.indexEnd = end + (end & 1);
  walk.indexAt = offset;
  if (isBsdIndex(field)) {
    walk.kind ??= 'bsd';
    walk.index = readBsdIndex(walk.bytes, start, end, field === '__.SYMDEF_64' ? 8 : 4);
  } else {
    walk.kind = field === '/' ? 'gnu' : 'gnu64';
    walk.index = readGnuIndex(walk.bytes, start, end, field === '/' ? 4 : 8);
  }
}

/** A member whose name is the first bytes of its contents; the index of a BSD archive may be stored so too. */
function readBsdMember(walk: Walk, offset: number, start: number, end: number): void {
  const length = readDecimal(walk.bytes, offset + 3, offset + 16, 'length of a member name');
  if (length > end - start) fail('member name exceeds the member', offset);
  const name = trimEnd(text(walk.bytes, start, start + length), '\0');
  if (isBsdIndex(name)) {
    readSpecial(walk, name, offset, start + length, end);
    return;
  }
  if (name === '') fail('member without a name', offset);
  walk.kind ??= 'bsd';
  walk.members.push({ name, offset, bytes: walk.bytes.subarray(start + length, end), isThinReference: false });
}

/** Name of a plain member from the name field of its header. */
function memberName(walk: Walk, field: string, offset: number): string {
  if (field === '') fail('member without a name', offset);
  if (field.charCodeAt(0) === SLASH) return longName(walk, field, offset);
  const slash = field.endsWith('/');
  walk.kind ??= slash ? 'gnu' : 'bsd';
  return text(walk.bytes, offset, offset + (slash ? field.length - 1 : field.length));
}

/** Name `/123`: an offset into the table of long names. */
function longName(walk: Walk, field: string, offset: number): string {
  const { bytes, longNames } = walk;
  if (field.includes(':')) fail('thin member inside of another archive is not supported', offset);
  const at = readDecimal(bytes, offset + 1, offset + 16, 'offset of a member name');
  if (!longNames) fail('member name without a table of long names', offset);
  const known = longNames.read.get(at);
  if (known !== undefined) return known;
  const start = longNames.start + at;
  if (start >= longNames.end) fail('member name lies outside of the table of long names', offset);
  // A name that began inside another one would make reading quadratic, and no writer shares the ends of names.
  if (at > 0 && !isNameEnd(bytes[start - 1]!)) fail('member name begins inside of another one', offset);
  let end = start;
  while (end < longNames.end && !isNameEnd(bytes[end]!)) end++;
  if (end === longNames.end) fail('member name has no end in the table of long names', offset);
  if (end > start && bytes[end - 1] === SLASH) end--;
  if (end === start) fail('member without a name', offset);
  const name = text(bytes, start, end);
  longNames.read.set(at, name);
  return name;
}

function isNameEnd(byte: number): boolean {
  return byte === NEWLINE || byte === 0;
}

/** `/` and `/SYM64/`: big-endian count, that many big-endian offsets, that many NUL-terminated names. */
function readGnuIndex(bytes: Uint8Array, start: number, end: number, width: 4 | 8): ArchiveSymbol[] {
  const count = bigEndian(bytes, start, end, width);
  let offsetAt = start + width;
  // Each entry takes its offset and at least the end of its name.
  if (count > (end - offsetAt) / (width + 1)) fail(`index of ${count} symbols exceeds its member`, start);
  let nameAt = offsetAt + count * width;
  const index: ArchiveSymbol[] = [];
  for (let i = 0; i < count; i++) {
    const memberOffset = bigEndian(bytes, offsetAt, end, width);
    const nameEnd = endOfText(bytes, nameAt, end);
    index.push({ symbol: text(bytes, nameAt, nameEnd), memberOffset });
    offsetAt += width;
    nameAt = nameEnd + 1;
  }
  return index;
}

/**
 * `__.SYMDEF`: little-endian size of the entries, entries of name offset and member offset, size of the names, names.
 */
function readBsdIndex(bytes: Uint8Array, start: number, end: number, width: 4 | 8): ArchiveSymbol[] {
  const entriesSize = littleEndian(bytes, start, end, width);
  const entriesAt = start + width;
  if (entriesSize > end - entriesAt) fail('index exceeds its member', start);
  if (entriesSize % (2 * width) !== 0) fail('size of the index is not a multiple of its entries', start);
  const entriesEnd = entriesAt + entriesSize;
  const namesSize = littleEndian(bytes, entriesEnd, end, width);
  const names = entriesEnd + width;
  if (namesSize > end - names) fail('names of the index exceed its member', entriesEnd);
  const namesEnd = names + namesSize;
  const known = new Map<number, string>();
  const index: ArchiveSymbol[] = [];
  for (let at = entriesAt; at < entriesEnd; at += 2 * width) {
    const nameOffset = littleEndian(bytes, at, end, width);
    const memberOffset = littleEndian(bytes, at + width, end, width);
    let symbol = known.get(nameOffset);
    if (symbol === undefined) {
      if (nameOffset >= namesSize) fail('symbol name lies outside of the names of the index', at);
      const nameAt = names + nameOffset;
      if (nameOffset > 0 && bytes[nameAt - 1] !== 0) fail('symbol name begins inside of another one', at);
      symbol = text(bytes, nameAt, endOfText(bytes, nameAt, namesEnd));
      known.set(nameOffset, symbol);
    }
    index.push({ symbol, memberOffset });
  }
  return index;
}

function checkIndex(walk: Walk): void {
  const offsets = new Set<number>();
  for (const { offset } of walk.members) offsets.add(offset);
  for (const { symbol, memberOffset } of walk.index ?? []) {
    if (!offsets.has(memberOffset)) {
      fail(`index entry of ${symbol} points to no member (${memberOffset})`, walk.indexAt);
    }
  }
}

/** Decimal number, padded with spaces, in the field `[at, end)` of a header. */
function readDecimal(bytes: Uint8Array, at: number, end: number, what: string): number {
  let value = 0;
  let position = at;
  while (position < end) {
    const byte = bytes[position]!;
    if (byte < DIGIT_0 || byte > DIGIT_9) break;
    value = value * 10 + (byte - DIGIT_0);
    position++;
  }
  const digits = position - at;
  while (position < end && bytes[position] === SPACE) position++;
  if (digits === 0 || position < end) fail(`${what} is not a decimal number`, at);
  return value;
}

function bigEndian(bytes: Uint8Array, at: number, end: number, width: number): number {
  if (at + width > end) fail('unexpected end of the index', at);
  let value = 0;
  for (let i = 0; i < width; i++) value = value * 256 + bytes[at + i]!;
  return value;
}

function littleEndian(bytes: Uint8Array, at: number, end: number, width: number): number {
  if (at + width > end) fail('unexpected end of the index', at);
  let value = 0;
  for (let i = width - 1; i >= 0; i--) value = value * 256 + bytes[at + i]!;
  return value;
}

/** Position of the NUL that ends the text at `at`. */
function endOfText(bytes: Uint8Array, at: number, end: number): number {
  const found = bytes.indexOf(0, at);
  if (at >= end || found < 0 || found >= end) fail('symbol name has no end', at);
  return found;
}

function text(bytes: Uint8Array, start: number, end: number): string {
  try {
    return utf8.decode(bytes.subarray(start, end));
  } catch {
    fail('name is not valid UTF-8', start);
  }
}

/** One character a byte: for the fields of headers, which are ASCII where they matter. */
function latin1(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode(...bytes.subarray(start, end));
}

function trimEnd(value: string, padding: ' ' | '\0'): string {
  let end = value.length;
  while (end > 0 && value[end - 1] === padding) end--;
  return value.slice(0, end);
}
