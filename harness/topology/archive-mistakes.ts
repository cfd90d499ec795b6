/**
 * Mistakes of the profile `objects`: archives that break a rule of their format, one rule each, with what the refusal says, and
 * archives whose index says other things than their members.
 *
 * Written from the formats of GNU and BSD `ar`. wasm-ld looks into members and not at the index, so what only an index has wrong
 * is nothing to it.
 */
import { Assembler, GIVES_I32 } from './assembler.ts';
import type { Site } from './draft.ts';
import type { ArchiveFile, ArchiveFlavour } from '../wasm/write-archive.ts';
import { writeArchive } from '../wasm/write-archive.ts';

/** A member of an archive: its header begins at `at`, its contents take `size` bytes from `start` on. */
interface Place {
  readonly at: number;
  readonly start: number;
  readonly size: number;
}

/** What is wrong with an archive of one member, and how it is refused. */
interface Damage {
  readonly flavour: ArchiveFlavour;
  /** Name of the member; one of more than 15 letters is in a table of names. */
  readonly member?: string;
  readonly code?: string;
  readonly says: string;
  /** wasm-ld does not look for it. */
  readonly isAllowedThere?: boolean;
  /** The archive `bytes` with the mistake; `places`: its members, the index first if there is one. */
  readonly apply: (bytes: Uint8Array, places: readonly Place[]) => Uint8Array;
}

const MAGIC = 8;
const HEADER = 60;
/** Fields of a header. */
const FIELD = { name: [0, 16], size: [48, 58], end: [58, 60] } as const;
const LONG_NAME = 'a-member-with-a-long-name.o';

function placesOf(bytes: Uint8Array): Place[] {
  const places: Place[] = [];
  for (let at = MAGIC; at < bytes.length;) {
    const start = at + HEADER;
    const size = Number(Buffer.from(bytes.subarray(at + FIELD.size[0], at + FIELD.size[1])).toString('latin1'));
    places.push({ at, start, size });
    at = start + size + (size & 1);
  }
  return places;
}

/** `bytes` with `text` in a field of the header of member `n`. */
function header(n: number, [from, to]: readonly [number, number], text: string): Damage['apply'] {
  return (bytes, places) => {
    const copy = bytes.slice();
    copy.set(Buffer.from(text.padEnd(to - from), 'latin1'), places[n]!.at + from);
    return copy;
  };
}

/** `bytes` with `changed` at `offset` of the contents of the first member, which is the index. */
function index(offset: number, changed: readonly number[]): Damage['apply'] {
  return (bytes, places) => {
    const copy = bytes.slice();
    copy.set(changed, places[0]!.start + offset);
    return copy;
  };
}

/** Length of the name of a BSD index, which is in front of its contents. */
const BSD = 12;
const TOO_MANY = [0, 1, 0, 0];

const DAMAGES: readonly Damage[] = [
  {
    flavour: 'gnu',
    says: 'index of 65536 symbols exceeds its member',
    isAllowedThere: true,
    apply: index(0, TOO_MANY),
  },
  {
    flavour: 'gnu64',
    says: 'index of 65536 symbols exceeds its member',
    isAllowedThere: true,
    apply: index(4, TOO_MANY),
  },
  {
    flavour: 'gnu',
    says: 'index entry of NEEDED points to no member (66)',
    isAllowedThere: true,
    apply: index(4, [0, 0, 0, 66]),
  },
  {
    flavour: 'gnu',
    says: 'symbol name has no end',
    isAllowedThere: true,
    apply: (bytes, places) => index(places[0]!.size - 1, [0x78])(bytes, places),
  },
  {
    flavour: 'bsd',
    says: 'size of the index is not a multiple of its entries',
    isAllowedThere: true,
    apply: index(BSD, [7]),
  },
  { flavour: 'bsd', says: 'index exceeds its member', isAllowedThere: true, apply: index(BSD, TOO_MANY) },
  {
    flavour: 'bsd',
    says: 'names of the index exceed its member',
    isAllowedThere: true,
    apply: index(BSD + 12, [0, 1]),
  },
  {
    flavour: 'bsd',
    says: 'symbol name lies outside of the names of the index',
    isAllowedThere: true,
    apply: index(BSD + 4, [200]),
  },
  {
    flavour: 'bsd',
    says: 'symbol name begins inside of another one',
    isAllowedThere: true,
    apply: index(BSD + 4, [1]),
  },
  { flavour: 'gnu', says: 'bad end of a member header', apply: header(1, FIELD.end, '`!') },
  { flavour: 'plain', says: 'member size is not a decimal number', apply: header(0, FIELD.size, '12a') },
  { flavour: 'plain', says: 'member of 99999 bytes exceeds the file', apply: header(0, FIELD.size, '99999') },
  {
    flavour: 'plain',
    says: 'unexpected end in a member header',
    apply: (bytes, places) => bytes.subarray(0, places[0]!.at + HEADER - 1),
  },
  { flavour: 'plain', says: 'member without a name', isAllowedThere: true, apply: header(0, FIELD.name, '') },
  {
    flavour: 'gnu',
    member: LONG_NAME,
    says: 'member name lies outside of the table of long names',
    apply: header(2, FIELD.name, '/7000'),
  },
  {
    flavour: 'gnu',
    member: LONG_NAME,
    says: 'member name begins inside of another one',
    isAllowedThere: true,
    apply: header(2, FIELD.name, '/3'),
  },
  {
    flavour: 'gnu',
    member: LONG_NAME,
    says: 'offset of a member name is not a decimal number',
    apply: header(2, FIELD.name, '/x'),
  },
  {
    flavour: 'gnu',
    member: LONG_NAME,
    says: 'second table of long names',
    isAllowedThere: true,
    apply: (bytes, places) => {
      const names = bytes.subarray(places[1]!.at, places[2]!.at);
      return Buffer.concat([bytes.subarray(0, places[2]!.at), names, bytes.subarray(places[2]!.at)]);
    },
  },
  { flavour: 'bsd', says: 'length of a member name is not a decimal number', apply: header(1, FIELD.name, '#1/x') },
  { flavour: 'bsd', says: 'member name exceeds the member', apply: header(1, FIELD.name, '#1/70000') },
];

/** An archive that breaks one rule, or whose index lies. A probe needs its member. */
export function badArchive(site: Site): boolean {
  const { draft } = site;
  const needed = site.name('needed');
  const user = new Assembler().probe(site.name('probe'), (code) => code.call(needed));
  const member = (name: string): Assembler => new Assembler().func(name, GIVES_I32, 0, (code) => code.i32(1));
  const n = site.below(DAMAGES.length + LIES.length);
  site.add('user', user, site.below(4));
  const lie = LIES[n - DAMAGES.length];
  if (lie !== undefined) {
    const { flavour, defines, says, isAllowedThere } = lie;
    const symbols = says ? [needed] : [];
    const files = (bytes: Uint8Array): ArchiveFile[] => [{ name: 'member.o', bytes, symbols }];
    site.add('lib', member(defines ? needed : site.name('other')), site.below(4), {
      afterwards: (object) => writeArchive(files(object), flavour),
    });
    if (isAllowedThere) draft.notForWasmLd = 'an index that says less than the member: wasm-ld looks at the member';
    draft.refusals.push('undefined_symbol');
    return true;
  }
  const { flavour, member: name = 'member.o', code = 'archive_malformed', says, isAllowedThere, apply } = DAMAGES[n]!;
  const item = site.add('lib', member(needed), site.below(4), {
    afterwards: (object) => {
      const archive = writeArchive([{ name, bytes: object, symbols: [needed] }], flavour);
      return apply(archive, placesOf(archive));
    },
  });
  if (isAllowedThere === true) draft.notForWasmLd = `${says}: wasm-ld does not look for it`;
  draft.refuse(code, item.name, says.replace('NEEDED', needed));
  return true;
}

/** Indexes that are well formed, and say of a name that the member has it, or nothing; the member defines it, or another. */
const LIES = [
  { flavour: 'gnu', defines: false, says: true, isAllowedThere: false },
  { flavour: 'bsd', defines: false, says: true, isAllowedThere: false },
  { flavour: 'gnu', defines: true, says: false, isAllowedThere: true },
  { flavour: 'gnu64', defines: true, says: false, isAllowedThere: true },
] as const;
