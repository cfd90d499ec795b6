/**
 * Static libraries in the flavours that linkers meet: GNU with an index, without one, with a 64-bit index, and BSD.
 *
 * Owns the container only (System V / GNU and BSD `ar`). The index names what the caller says, so it can also be wrong.
 */
import { ByteSink } from './byte-sink.ts';

/** How names and index are stored. `alike`: as `gnu`, with one name for all members. `thin`: members are other files. */
export type ArchiveFlavour = 'gnu' | 'plain' | 'gnu64' | 'bsd' | 'alike' | 'thin';

/** All flavours that hold their members. */
export const ARCHIVE_FLAVOURS: readonly ArchiveFlavour[] = ['gnu', 'plain', 'gnu64', 'bsd', 'alike'];

/** One file to store. */
export interface ArchiveFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Names for the index. */
  readonly symbols: readonly string[];
}

const encoder = new TextEncoder();
const MAGIC = '!<arch>\n';
const THIN_MAGIC = '!<thin>\n';

/** Bytes of an archive of `files`. `isEven`: the index of a GNU archive is filled up to an even size, as `ar` does; else only its place is. */
export function writeArchive(files: readonly ArchiveFile[], flavour: ArchiveFlavour, isEven = false): Uint8Array {
  const isBsd = flavour === 'bsd';
  const isThin = flavour === 'thin';
  const longNames = new ByteSink();
  const members = files.map(({ name: own, bytes }) => {
    const name = flavour === 'alike' ? 'member.o' : own;
    if (isBsd) {
      const sink = new ByteSink().raw(encoder.encode(name)).raw(bytes);
      return member(`#1/${encoder.encode(name).length}`, sink.bytes());
    }
    if (name.length <= 15 && !isThin) return member(`${name}/`, bytes);
    const at = longNames.length;
    longNames.raw(encoder.encode(`${name}/\n`));
    const whole = member(`/${at}`, bytes);
    return isThin ? whole.subarray(0, HEADER_SIZE) : whole;
  });
  const names = longNames.length === 0 ? new Uint8Array(0) : member('//', longNames.bytes());
  const entries = files.flatMap(({ symbols }, n) => symbols.map((symbol) => ({ symbol, member: n })));
  // The size of the index does not depend on the offsets, so a first index with zeros tells where members begin.
  const empty = index(flavour, entries, () => 0, isEven);
  const offsets: number[] = [];
  let at = MAGIC.length + empty.length + names.length;
  for (const bytes of members) {
    offsets.push(at);
    at += bytes.length;
  }
  const sink = new ByteSink().raw(encoder.encode(isThin ? THIN_MAGIC : MAGIC));
  for (const part of [index(flavour, entries, (n) => offsets[n]!, isEven), names, ...members]) sink.raw(part);
  return sink.bytes();
}

const HEADER_SIZE = 60;

function member(name: string, contents: Uint8Array): Uint8Array {
  const header = name.padEnd(16) + '0'.padEnd(12) + '0'.padEnd(6) + '0'.padEnd(6) + '644'.padEnd(8);
  const sink = new ByteSink().raw(encoder.encode(header + String(contents.length).padEnd(10) + '`\n')).raw(contents);
  if (contents.length % 2 === 1) sink.raw([0x0a]);
  return sink.bytes();
}

function index(
  flavour: ArchiveFlavour,
  entries: readonly { readonly symbol: string; readonly member: number }[],
  offsetOf: (member: number) => number,
  isEven: boolean,
): Uint8Array {
  if (flavour === 'plain') return new Uint8Array(0);
  const names = new ByteSink();
  const starts = entries.map(({ symbol }) => {
    const start = names.length;
    names.raw(encoder.encode(symbol)).raw([0]);
    return start;
  });
  const sink = new ByteSink();
  if (flavour === 'bsd') {
    sink.raw(little(entries.length * 8));
    entries.forEach((entry, n) => sink.raw(little(starts[n]!)).raw(little(offsetOf(entry.member))));
    sink.raw(little(names.length)).raw(names.bytes());
    return member('#1/12', new ByteSink().raw(encoder.encode('__.SYMDEF\0\0\0')).raw(sink.bytes()).bytes());
  }
  const number = (value: number): number[] => {
    const low = little(value).reverse();
    return flavour === 'gnu64' ? [0, 0, 0, 0, ...low] : low;
  };
  if (isEven && names.length % 2 === 1) names.raw([0]);
  sink.raw(number(entries.length));
  for (const entry of entries) sink.raw(number(offsetOf(entry.member)));
  return member(flavour === 'gnu64' ? '/SYM64/' : '/', sink.raw(names.bytes()).bytes());
}

function little(value: number): number[] {
  return [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, (value >>> 24) & 255];
}
