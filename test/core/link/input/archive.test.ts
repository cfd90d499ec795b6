/** Static libraries: what the four flavours say, what is refused and where, and that no bytes hang or crash the reader. */
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { MESSAGES } from '../../../../core/diagnostics/catalogue.ts';
import type { Archive, ArchiveKind } from '../../../../core/link/input/archive.ts';
import { isArchive, readArchive } from '../../../../core/link/input/archive.ts';
import type { WriteOptions, WrittenMember } from '../archive-writer.ts';
import { block, concat, header, number, writeArchive } from '../archive-writer.ts';

const KINDS: readonly ArchiveKind[] = ['gnu', 'gnu64', 'bsd', 'thin'];

const encoder = new TextEncoder();
const ascii = (text: string): Uint8Array => encoder.encode(text);

function member(name: string, content: string, ...symbols: string[]): WrittenMember {
  return { name, bytes: ascii(content), symbols };
}

function read(bytes: Uint8Array): Archive {
  const result = readArchive(bytes, 'lib.a');
  if (!result.ok) throw new Error(result.error.text());
  return result.value;
}

/** The one line that says why `bytes` are refused. */
function refusal(bytes: Uint8Array): string {
  const result = readArchive(bytes, 'lib.a');
  if (result.ok) throw new Error('the archive was accepted');
  expect(result.error.list).toHaveLength(1);
  return result.error.text();
}

/** Members and index as plain data, the index by names of members. */
function contentOf(archive: Archive): unknown {
  const names = new Map(archive.members.map(({ offset, name }) => [offset, name]));
  return {
    kind: archive.kind,
    members: archive.members.map(({ name, bytes, isThinReference }) => [
      name,
      Buffer.from(bytes).toString(),
      isThinReference,
    ]),
    index: archive.index?.map(({ symbol, memberOffset }) => [symbol, names.get(memberOffset)]) ?? null,
  };
}

const LIBRARY = [
  member('short.o', 'odd', 'alpha', 'shared'),
  member('a-name-of-more-than-fifteen-bytes.o', 'even', 'beta'),
  member('empty.o', '', 'shared'),
  member('exactly-15-byte', 'x'),
];

describe('every flavour', () => {
  test.each(KINDS)('%s archives give names, contents and index', (kind) => {
    const thin = kind === 'thin';
    expect(contentOf(read(writeArchive(LIBRARY, { kind, index: true })))).toEqual({
      kind,
      members: LIBRARY.map(({ name, bytes }) => [name, thin ? '' : Buffer.from(bytes).toString(), thin]),
      index: [
        ['alpha', 'short.o'],
        ['shared', 'short.o'],
        ['beta', 'a-name-of-more-than-fifteen-bytes.o'],
        ['shared', 'empty.o'],
      ],
    });
  });

  test.each(KINDS)('%s archives without an index say so', (kind) => {
    const archive = read(writeArchive(LIBRARY, { kind, index: false }));
    expect(archive.index).toBeNull();
    expect(archive.members.map(({ name }) => name)).toEqual(LIBRARY.map(({ name }) => name));
  });

  test.each(KINDS)('an index of no symbols is not a missing one: %s', (kind) => {
    expect(read(writeArchive([], { kind, index: true })).index).toEqual([]);
  });

  test.each(['!<arch>\n', '!<thin>\n'])('%j alone is an archive without members', (magic) => {
    expect(isArchive(ascii(magic))).toBe(true);
    expect(contentOf(read(ascii(magic)))).toEqual({
      kind: magic.includes('thin') ? 'thin' : 'gnu',
      members: [],
      index: null,
    });
  });

  test('the padding behind the last member may be missing', () => {
    const bytes = writeArchive([member('a.o', 'even'), member('b.o', 'odd')], {
      kind: 'gnu',
      index: false,
      unpadded: true,
    });
    expect(bytes.length % 2).toBe(1);
    expect(Buffer.from(read(bytes).members[1]!.bytes).toString()).toBe('odd');
  });

  test('names may hold spaces and characters beyond ASCII', () => {
    const names = ['two words.o', 'größe.o', 'sub/folder.o', 'trailing/slash/'];
    for (const kind of KINDS) {
      const bytes = writeArchive(
        names.map((name) => member(name, name)),
        { kind, index: false },
      );
      expect(read(bytes).members.map(({ name }) => name)).toEqual(names);
    }
  });

  test('a BSD index may be sorted, 64 bits wide, or have its name behind the header', () => {
    const body = block('m.o/', ascii('body'), 4);
    const narrow = (at: number): Uint8Array =>
      concat([number(8, 4, true), number(0, 4, true), number(at, 4, true), number(2, 4, true), ascii('f\0')]);
    const wide = (at: number): Uint8Array =>
      concat([number(16, 8, true), number(0, 8, true), number(at, 8, true), number(2, 8, true), ascii('f\0')]);
    const longName = concat([ascii('__.SYMDEF SORTED\0\0\0\0')]);
    const indexes: ((at: number) => Uint8Array)[] = [
      (at) => block('__.SYMDEF SORTED', narrow(at), 18),
      (at) => block('__.SYMDEF_64', wide(at), 34),
      (at) => block('#1/20', concat([longName, narrow(at)]), 38),
    ];
    for (const index of indexes) {
      const at = 8 + index(0).length;
      const archive = read(concat([ascii('!<arch>\n'), index(at), body]));
      expect(archive.index).toEqual([{ symbol: 'f', memberOffset: at }]);
      expect(archive.kind).toBe('bsd');
      expect(archive.members.map(({ name }) => name)).toEqual(['m.o']);
    }
  });

  test('equal names are different members', () => {
    const bytes = writeArchive([member('a.o', 'one', 'f'), member('a.o', 'two', 'f')], { kind: 'gnu', index: true });
    const { members, index } = read(bytes);
    expect(members.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(['one', 'two']);
    expect(index!.map(({ memberOffset }) => memberOffset)).toEqual(members.map(({ offset }) => offset));
  });
});

describe('refusals name the file and the offset', () => {
  const arch = (...parts: Uint8Array[]): Uint8Array => concat([ascii('!<arch>\n'), ...parts]);
  const cases: readonly (readonly [string, Uint8Array, string])[] = [
    ['not an archive', ascii('\0asm\x01\0\0\0'), 'lib.a:0x0: error: malformed archive: bad magic, not an archive'],
    ['nothing', new Uint8Array(0), '0x0: error: malformed archive: bad magic'],
    [
      'half a header',
      arch(header('a.o/', 0).subarray(0, 59)),
      '0x8: error: malformed archive: unexpected end in a member header',
    ],
    ['a header that ends wrongly', arch(header('a.o/', 0).fill(0x20, 58)), '0x42: error: malformed archive: bad end'],
    [
      'a member beyond the file',
      arch(block('a.o/', ascii('xy'), 3)),
      '0x38: error: malformed archive: member of 3 bytes exceeds',
    ],
    ['the greatest size', arch(block('a.o/', ascii('xy'), 9999999999)), 'member of 9999999999 bytes exceeds'],
    [
      'a size that is no number',
      arch(header('a.o/', '1x')),
      '0x38: error: malformed archive: member size is not a decimal',
    ],
    ['an empty size', arch(header('a.o/', '')), 'member size is not a decimal number'],
    ['a member without a name', arch(header('', 0)), 'member without a name'],
    ['an unknown special member', arch(header('/weird', 0)), 'offset of a member name is not a decimal number'],
    ['a long name without a table', arch(header('/0', 0)), 'member name without a table of long names'],
    ['a long name beyond the table', arch(block('//', ascii('a/\n'), 3), header('/3', 0)), 'outside of the table'],
    ['a long name without an end', arch(block('//', ascii('abcd'), 4), header('/0', 0)), 'has no end in the table'],
    ['a long name inside another', arch(block('//', ascii('ab/\n'), 4), header('/1', 0)), 'begins inside of another'],
    ['two tables of names', arch(block('//', ascii(''), 0), block('//', ascii(''), 0)), 'second table of long names'],
    [
      'a nested thin member',
      concat([ascii('!<thin>\n'), block('//', ascii('l.a/\n'), 5), header('/0:68', 0)]),
      'another archive',
    ],
    ['a BSD name beyond its member', arch(block('#1/9', ascii('short.o'), 7)), 'member name exceeds the member'],
    ['a BSD name without a length', arch(block('#1/', ascii(''), 0)), 'length of a member name is not a decimal'],
    [
      'an index that claims 2^32 - 1 symbols',
      arch(block('/', number(0xffffffff, 4, false), 4)),
      '0x44: error: malformed archive: index of 4294967295 symbols',
    ],
    [
      'a 64-bit index that claims 2^64 - 1',
      arch(block('/SYM64/', new Uint8Array(8).fill(0xff), 8)),
      'exceeds its member',
    ],
    ['an index of 3 bytes', arch(block('/', ascii('abc'), 3)), 'unexpected end of the index'],
    [
      'a symbol without an end',
      arch(block('/', concat([number(1, 4, false), number(8, 4, false), ascii('f')]), 9)),
      'symbol name has no end',
    ],
    [
      'a symbol that is no UTF-8',
      arch(block('/', concat([number(1, 4, false), number(8, 4, false), Uint8Array.of(255, 0)]), 10)),
      'not valid UTF-8',
    ],
    [
      'two indexes',
      arch(block('/', number(0, 4, false), 4), block('__.SYMDEF', number(0, 8, true), 8)),
      'second symbol index',
    ],
    [
      'a BSD index of a broken size',
      arch(block('__.SYMDEF', concat([number(4, 4, true), number(0, 8, true)]), 12)),
      'not a multiple',
    ],
    ['a BSD index beyond its member', arch(block('__.SYMDEF', number(64, 4, true), 4)), 'index exceeds its member'],
    [
      'a BSD index whose names exceed it',
      arch(block('__.SYMDEF', concat([number(0, 4, true), number(9, 4, true)]), 8)),
      'exceed',
    ],
    [
      'an index entry into the header of the file',
      writeArchive(LIBRARY, { kind: 'gnu', index: true, lie: () => 0 }),
      'index entry of alpha points to no member (0)',
    ],
    [
      'an index entry beside a member',
      writeArchive(LIBRARY, { kind: 'bsd', index: true, lie: (at) => at + 2 }),
      'points to no member',
    ],
    [
      'an index entry beyond the file',
      writeArchive(LIBRARY, { kind: 'gnu64', index: true, lie: () => 0xffffffff }),
      '(4294967295)',
    ],
    [
      'an index that points to itself',
      writeArchive(LIBRARY, { kind: 'gnu', index: true, lie: () => 8 }),
      'points to no member (8)',
    ],
  ];
  test.each(cases)('%s', (_what, bytes, message) => {
    expect(refusal(bytes)).toContain(message);
  });

  test('a BSD symbol name must lie inside of the names and begin one', () => {
    const index = (nameOffset: number): Uint8Array =>
      block(
        '__.SYMDEF',
        concat([
          number(8, 4, true),
          number(nameOffset, 4, true),
          number(8, 4, true),
          number(3, 4, true),
          ascii('ab\0'),
        ]),
        19,
      );
    expect(refusal(arch(index(3)))).toContain('outside of the names');
    expect(refusal(arch(index(1)))).toContain('begins inside of another');
  });
});

describe('any bytes', () => {
  const anyMember = fc.record({
    name: fc.stringMatching(/^[a-z][a-z0-9._-]{0,40}\.o$/),
    bytes: fc.uint8Array({ maxLength: 40 }),
    symbols: fc.array(fc.stringMatching(/^[a-z_]{1,12}$/), { maxLength: 4 }),
  });
  const anyOptions: fc.Arbitrary<WriteOptions> = fc.record({ kind: fc.constantFrom(...KINDS), index: fc.boolean() });
  const anyArchive = fc.tuple(fc.array(anyMember, { maxLength: 6 }), anyOptions);

  test('what is written is read', () => {
    fc.assert(
      fc.property(anyArchive, ([members, options]) => {
        const archive = read(writeArchive(members, options));
        const thin = options.kind === 'thin';
        expect(archive.members.map(({ name, bytes }) => [name, Buffer.from(bytes)])).toEqual(
          members.map(({ name, bytes }) => [name, thin ? Buffer.of() : Buffer.from(bytes)]),
        );
        const offsets = archive.members.map(({ offset }) => offset);
        const index = members.flatMap(({ symbols }, at) =>
          symbols.map((symbol) => ({ symbol, memberOffset: offsets[at] })),
        );
        expect(archive.index).toEqual(options.index ? index : null);
      }),
    );
  });

  /** Accepted, or refused with a place inside of the file; and members that do not overlap. */
  function expectSane(bytes: Uint8Array): 'accepted' | 'refused' {
    const result = readArchive(bytes, 'lib.a');
    if (!result.ok) {
      const [diagnostic] = result.error.list;
      expect(diagnostic?.code).toBe('archive_malformed' satisfies keyof typeof MESSAGES);
      const offset = diagnostic?.place.in === 'file' ? diagnostic.place.offset : undefined;
      expect(offset).toBeGreaterThanOrEqual(0);
      expect(offset).toBeLessThanOrEqual(bytes.length);
      return 'refused';
    }
    let end = 8;
    for (const { offset, bytes: contents } of result.value.members) {
      expect(offset).toBeGreaterThanOrEqual(end);
      end = offset + 60 + contents.length;
    }
    expect(end).toBeLessThanOrEqual(bytes.length);
    return 'accepted';
  }

  test('every truncation of every flavour is read or refused', () => {
    const seen = new Set<string>();
    for (const kind of KINDS) {
      const bytes = writeArchive(LIBRARY, { kind, index: true });
      for (let length = 0; length < bytes.length; length++) seen.add(expectSane(bytes.subarray(0, length)));
    }
    expect([...seen].sort()).toEqual(['accepted', 'refused']);
  });

  test('changed bytes are read or refused', () => {
    const seen = new Set<string>();
    const edits = fc.array(
      fc.tuple(fc.nat(), fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0x20, 0x2f, 0x30, 0x39, 0xff))),
      {
        minLength: 1,
        maxLength: 8,
      },
    );
    fc.assert(
      fc.property(anyArchive, edits, ([members, options], changes) => {
        const bytes = writeArchive(members, options);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        seen.add(expectSane(bytes));
      }),
      { numRuns: 2000 },
    );
    expect([...seen].sort()).toEqual(['accepted', 'refused']);
  });

  test('random bytes behind a magic are read or refused', () => {
    fc.assert(
      fc.property(fc.constantFrom('!<arch>\n', '!<thin>\n'), fc.uint8Array({ maxLength: 300 }), (magic, rest) => {
        expectSane(concat([ascii(magic), rest]));
      }),
      { numRuns: 500 },
    );
  });

  test('a name of a megabyte that 50,000 members share is decoded once', () => {
    const name = 'n'.repeat(1_000_000);
    const table = block('//', ascii(`${name}/\n`), name.length + 2);
    const headers = Array.from({ length: 50_000 }, () => header('/0', 0));
    const { members } = read(concat([ascii('!<thin>\n'), table, ...headers]));
    expect(members).toHaveLength(50_000);
    expect(members.at(-1)!.name).toBe(name);
  });
});
