/**
 * Ways to break an object file or a static library.
 *
 * Owns the list of mutations; each is a pure function of bytes and a generator of numbers. Most of them know what they change
 * and keep the rest consistent, so that what is broken lies deep and not in the first size.
 */
import { mutateMeaning } from './mutate-meaning.ts';
import { mutateShape } from './mutate-shape.ts';
import { pick } from './random.ts';
import type { Random } from './random.ts';
import type { Piece } from './sections.ts';
import {
  contentStart,
  customName,
  joinBytes,
  joinSections,
  leb,
  readLeb,
  replaceBytes,
  splitSections,
} from './sections.ts';

/** Changes bytes; `donor` is another file of the same kind. */
type Mutation = (bytes: Uint8Array, random: Random, donor: Uint8Array) => Uint8Array;

const ARCHIVE_MAGIC_SIZE = 8;
const ARCHIVE_HEADER_SIZE = 60;

/** Values that counts, sizes and indexes go wrong with. */
const EXTREME = [0, 1, 2, 0x7f, 0x80, 0xff, 0xffff, 0x10_0000, 0xfff_ffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];
const EXTREME_BYTES = [0, 1, 2, 3, 4, 0x10, 0x3f, 0x40, 0x7f, 0x80, 0xfe, 0xff];

// --- any bytes ---

const flipBits: Mutation = (bytes, random) => {
  const copy = bytes.slice();
  for (let n = 1 + random(4); n > 0; n--) copy[random(copy.length)]! ^= 1 << random(8);
  return copy;
};

const setBytes: Mutation = (bytes, random) => {
  const copy = bytes.slice();
  for (let n = 1 + random(4); n > 0; n--) copy[random(copy.length)] = random(256);
  return copy;
};

const truncate: Mutation = (bytes, random) => bytes.slice(0, random(bytes.length));

const splice: Mutation = (bytes, random) => {
  const at = random(bytes.length);
  const extra = Uint8Array.from({ length: random(6) }, () => random(256));
  return replaceBytes(bytes, at, Math.min(bytes.length, at + random(6)), extra);
};

/** Copies a run of bytes over another place. */
const copyRange: Mutation = (bytes, random) => {
  const copy = bytes.slice();
  const length = 1 + random(Math.min(64, bytes.length));
  copy.copyWithin(random(bytes.length), random(bytes.length), random(bytes.length) + length);
  return copy;
};

// --- objects ---

const onSections =
  (change: (pieces: Piece[], random: Random, donor: Uint8Array) => void): Mutation =>
  (bytes, random, donor) => {
    const pieces = splitSections(bytes);
    if (pieces.length === 0) return flipBits(bytes, random, donor);
    change(pieces, random, donor);
    return joinSections(pieces);
  };

const swapSections = onSections((pieces, random) => {
  const a = random(pieces.length);
  const b = random(pieces.length);
  [pieces[a], pieces[b]] = [pieces[b]!, pieces[a]!];
});

const dropSection = onSections((pieces, random) => void pieces.splice(random(pieces.length), 1));

const repeatSection = onSections((pieces, random) => {
  pieces.splice(random(pieces.length + 1), 0, pick(random, pieces));
});

const foreignSection = onSections((pieces, random, donor) => {
  const others = splitSections(donor);
  if (others.length === 0) return;
  const piece = pick(random, others);
  const same = pieces.findIndex((own) => own.id === piece.id && customName(own) === customName(piece));
  if (same >= 0) pieces[same] = piece;
  else pieces.splice(random(pieces.length + 1), 0, piece);
});

/** The count at the beginning of a section, or of a part of `linking`. */
const extremeCount = onSections((pieces, random) => {
  const number = random(pieces.length);
  const piece = pieces[number]!;
  let { payload } = piece;
  const start = contentStart(piece);
  const old = readLeb(payload, start);
  if (customName(piece) === 'linking' && random(4) > 0) {
    const parts = linkingParts(payload, old.end);
    const part = parts[random(parts.length)];
    if (part === undefined) return;
    const count = readLeb(payload, part.start);
    const content = replaceBytes(payload.subarray(part.start, part.end), 0, count.end - part.start, extremeOf(count));
    payload = joinBytes([payload.subarray(0, part.idAt + 1), leb(content.length), content, payload.subarray(part.end)]);
  } else {
    payload = replaceBytes(payload, start, old.end, extremeOf(old));
  }
  pieces[number] = { id: piece.id, payload };

  function extremeOf({ value }: { readonly value: number }): Uint8Array {
    return leb(random(3) === 0 ? value + random(5) - 2 : pick(random, EXTREME));
  }
});

interface LinkingPart {
  readonly idAt: number;
  readonly start: number;
  readonly end: number;
}

function linkingParts(payload: Uint8Array, from: number): LinkingPart[] {
  const parts: LinkingPart[] = [];
  for (let at = from; at < payload.length;) {
    const size = readLeb(payload, at + 1);
    const end = Math.min(size.end + size.value, payload.length);
    parts.push({ idAt: at, start: size.end, end });
    at = end;
  }
  return parts;
}

/** Bytes of the sections that a linker interprets, set to values at the borders of LEBs, or moved by one. */
const tellingBytes = onSections((pieces, random) => {
  const telling = pieces.flatMap((piece, i) => (isTelling(piece) ? [i] : []));
  for (let n = 1 + random(3); n > 0 && telling.length > 0; n--) {
    const number = pick(random, telling);
    const piece = pieces[number]!;
    const start = contentStart(piece);
    if (start >= piece.payload.length) continue;
    const payload = piece.payload.slice();
    const at = start + random(payload.length - start);
    payload[at] = random(2) === 0 ? pick(random, EXTREME_BYTES) : payload[at]! + (random(2) === 0 ? 1 : -1);
    pieces[number] = { id: piece.id, payload };
  }
});

const CODE = 10;
const DATA = 11;

function isTelling(piece: Piece): boolean {
  if (piece.id === CODE || piece.id === DATA) return false;
  const name = customName(piece);
  return piece.id !== 0 || name === 'linking' || name.startsWith('reloc.') || name === 'target_features';
}

/** A number of a telling section replaced by an extreme one of another length. */
const extremeNumber = onSections((pieces, random) => {
  const telling = pieces.flatMap((piece, i) => (isTelling(piece) ? [i] : []));
  if (telling.length === 0) return;
  const number = pick(random, telling);
  const piece = pieces[number]!;
  const start = contentStart(piece);
  if (start >= piece.payload.length) return;
  const at = start + random(piece.payload.length - start);
  const payload = replaceBytes(piece.payload, at, readLeb(piece.payload, at).end, leb(pick(random, EXTREME)));
  pieces[number] = { id: piece.id, payload };
});

/** Two equally long runs of a section change places: names, symbols, relocations. */
const swapInside = onSections((pieces, random) => {
  const number = random(pieces.length);
  const piece = pieces[number]!;
  const { length } = piece.payload;
  const size = Math.min(1 + random(12), length >> 1);
  if (size === 0) return;
  const payload = piece.payload.slice();
  const a = random(length - size);
  const b = random(length - size);
  payload.set(piece.payload.subarray(b, b + size), a);
  payload.set(piece.payload.subarray(a, a + size), b);
  pieces[number] = { id: piece.id, payload };
});

/** The size of one section tells a lie. */
const wrongSize: Mutation = (bytes, random) => {
  const pieces = splitSections(bytes);
  const number = random(Math.max(1, pieces.length));
  const before = joinSections(pieces.slice(0, number));
  const rest = joinSections(pieces.slice(number)).subarray(8);
  const size = readLeb(rest, 1);
  const lie = random(2) === 0 ? size.value + random(9) - 4 : pick(random, EXTREME);
  return joinBytes([before, rest.subarray(0, 1), leb(lie), rest.subarray(Math.min(size.end, rest.length))]);
};

const OBJECT_MUTATIONS: readonly Mutation[] = [
  flipBits,
  flipBits,
  setBytes,
  truncate,
  splice,
  copyRange,
  swapSections,
  dropSection,
  repeatSection,
  foreignSection,
  extremeCount,
  extremeCount,
  tellingBytes,
  tellingBytes,
  tellingBytes,
  extremeNumber,
  swapInside,
  wrongSize,
];

// --- archives ---

interface StoredMember {
  readonly header: Uint8Array;
  readonly contents: Uint8Array;
}

const onMembers =
  (change: (members: StoredMember[], random: Random, donor: Uint8Array, whole: Uint8Array) => void): Mutation =>
  (bytes, random, donor) => {
    const members = splitMembers(bytes);
    if (members.length === 0) return flipBits(bytes, random, donor);
    change(members, random, donor, bytes);
    const parts = [bytes.subarray(0, ARCHIVE_MAGIC_SIZE)];
    for (const { header, contents } of members) {
      parts.push(header, contents);
      if (contents.length % 2 === 1) parts.push(Uint8Array.of(0x0a));
    }
    return joinBytes(parts);
  };

function splitMembers(bytes: Uint8Array): StoredMember[] {
  const members: StoredMember[] = [];
  const isThin = bytes[2] === 't'.charCodeAt(0);
  for (let at = ARCHIVE_MAGIC_SIZE; at + ARCHIVE_HEADER_SIZE <= bytes.length;) {
    const header = bytes.subarray(at, at + ARCHIVE_HEADER_SIZE);
    const isSpecial = header[0] === 0x2f && (header[1] === 0x2f || header[1] === 0x20);
    const size = isThin && !isSpecial ? 0 : Number.parseInt(ascii(header, 48, 58), 10) || 0;
    const start = at + ARCHIVE_HEADER_SIZE;
    const end = Math.min(start + size, bytes.length);
    members.push({ header, contents: bytes.subarray(start, end) });
    at = end + (size & 1);
  }
  return members;
}

function ascii(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode(...bytes.subarray(start, end));
}

function withField(header: Uint8Array, at: number, width: number, text: string): Uint8Array {
  const copy = header.slice();
  for (let i = 0; i < width; i++) copy[at + i] = i < text.length ? text.charCodeAt(i) : 0x20;
  return copy;
}

function withContents(member: StoredMember, contents: Uint8Array): StoredMember {
  return { header: withField(member.header, 48, 10, String(contents.length)), contents };
}

const changeMember = onMembers((members, random, donor) => {
  const number = random(members.length);
  const member = members[number]!;
  if (member.contents.length === 0) return;
  members[number] = withContents(member, mutateObject(member.contents, random, donor));
});

const NAMES = ['/', '//', '/SYM64/', '__.SYMDEF', '#1/4', '#1/99999', '/0', '/1', '/9999999', 'a.o/', '', '../a.o'];

const changeName = onMembers((members, random) => {
  const number = random(members.length);
  const { header, contents } = members[number]!;
  members[number] = { header: withField(header, 0, 16, pick(random, NAMES)), contents };
});

const SIZES = ['0', '1', '59', '60', '4294967295', '9999999999', '-1', 'x', ''];

const changeSize = onMembers((members, random) => {
  const number = random(members.length);
  const { header, contents } = members[number]!;
  const size = random(2) === 0 ? pick(random, SIZES) : String(Math.max(0, contents.length + random(130) - 65));
  members[number] = { header: withField(header, 48, 10, size), contents };
});

const swapMembers = onMembers((members, random) => {
  const a = random(members.length);
  const b = random(members.length);
  [members[a], members[b]] = [members[b]!, members[a]!];
});

const repeatMember = onMembers((members, random) => {
  members.splice(random(members.length + 1), 0, pick(random, members));
});

const dropMember = onMembers((members, random) => void members.splice(random(members.length), 1));

/** The archive as a member of itself. */
const nestArchive = onMembers((members, random, _donor, whole) => {
  const number = random(members.length);
  members[number] = withContents(members[number]!, whole);
});

/** A word of the index: the count, an offset that then names another member, or the size of the entries. */
const changeIndex = onMembers((members, random) => {
  const { contents } = members[0]!;
  if (contents.length < 8) return;
  const copy = contents.slice();
  const view = new DataView(copy.buffer);
  const words = Math.min(copy.length >> 2, 1 + view.getUint32(0));
  const at = 4 * random(words);
  const value = [view.getUint32(4 * random(words)), pick(random, EXTREME), view.getUint32(at) + random(3) - 1];
  view.setUint32(at, pick(random, value) >>> 0);
  members[0] = withContents(members[0]!, copy);
});

const ARCHIVE_MUTATIONS: readonly Mutation[] = [
  flipBits,
  setBytes,
  truncate,
  splice,
  copyRange,
  changeMember,
  changeMember,
  changeMember,
  changeMember,
  changeMember,
  changeMember,
  swapMembers,
  changeName,
  changeSize,
  swapMembers,
  repeatMember,
  dropMember,
  nestArchive,
  changeIndex,
  changeIndex,
];

function mutateObject(bytes: Uint8Array, random: Random, donor: Uint8Array): Uint8Array {
  // Most of them say something else and say it well, so that the phases behind the reader get to see them.
  const kind = random(10);
  if (kind < 4) return mutateMeaning(bytes, random);
  if (kind < 7) return mutateShape(bytes, random);
  let mutated = kind === 7 ? mutateMeaning(bytes, random) : bytes;
  for (let n = random(4) === 0 ? 1 + random(4) : 1; n > 0 && mutated.length > 0; n--) {
    mutated = pick(random, OBJECT_MUTATIONS)(mutated, random, donor);
  }
  return mutated;
}

/** One to four mutations of a copy of an object or an archive, by its magic. `donor` is any object. */
export function mutate(original: Uint8Array, random: Random, donor: Uint8Array): Uint8Array {
  // A Buffer's slice would be no copy.
  const bytes = new Uint8Array(original);
  if (bytes[0] !== '!'.charCodeAt(0)) return mutateObject(bytes, random, donor);
  let mutated: Uint8Array = bytes;
  for (let n = random(4) === 0 ? 1 + random(4) : 1; n > 0 && mutated.length > 0; n--) {
    mutated = pick(random, ARCHIVE_MUTATIONS)(mutated, random, donor);
  }
  return mutated;
}
