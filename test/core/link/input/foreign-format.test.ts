/** Inputs that other linkers know and this one does not: refused by the name of the format, alone and in archives. */
import { describe, expect, test } from '@jest/globals';
import type { LinkOutcome } from '../../../../core/link/link-command.ts';
import { runLinkCommand } from '../../../../core/link/link-command.ts';
import { withoutPadding } from '../../../../core/link/input/archive-padding.ts';
import type { WriteOptions, WrittenMember } from '../archive-writer.ts';
import { writeArchive } from '../archive-writer.ts';
import { callsBody, constantBody, F, handObject, I32, K } from '../hand-object.ts';

const ascii = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));
const TYPES = [[[], [I32]]] as const;
const MAIN = handObject({
  types: TYPES,
  funcImports: [['f', 0]],
  funcs: [{ type: 0, ...callsBody([1]) }],
  symbols: [
    { kind: K.func, flags: F.exported, index: 1, name: 'main' },
    { kind: K.func, flags: F.undef, index: 0, name: 'f' },
  ],
});
const DEFINES_F = handObject({
  types: TYPES,
  funcs: [{ type: 0, body: constantBody(5) }],
  symbols: [{ kind: K.func, flags: 0, index: 0, name: 'f' }],
});
const BITCODE = ascii('BC\xc0\xde rest');

function link(files: Readonly<Record<string, Uint8Array>>, ...args: string[]): LinkOutcome {
  return runLinkCommand(['--no-entry', 'main.o', ...args], {
    read: (path) => ({ 'main.o': MAIN, ...files })[path] ?? null,
  });
}

const archive = (members: readonly WrittenMember[], more: Partial<WriteOptions> = {}): Uint8Array =>
  writeArchive(members, { kind: 'gnu', index: true, ...more });

describe('an input of another format', () => {
  test.each([
    ['LLVM bitcode (link-time optimisation)', 'BC\xc0\xde\x35'],
    ['LLVM bitcode (link-time optimisation)', '\xde\xc0\x17\x0b\0\0\0\0'],
    ['stub library', '#STUB\nf: g\n'],
    ['ELF object', '\x7fELF\x02\x01\x01'],
    ['Mach-O object', '\xcf\xfa\xed\xfe\x07'],
    ['COFF object', '\x64\x86\x01\0'],
    ['shared library', '\0asm\x01\0\0\0\0\x0a\x08dylink.0\0'],
    ['component', '\0asm\x0d\0\x01\0'],
  ])('%s is refused by that name', (what, content) => {
    const { exitCode, stderr, files } = link({ 'x.o': ascii(content) }, 'x.o');
    expect({ exitCode, files }).toEqual({ exitCode: 1, files: [] });
    expect(stderr.join('\n')).toMatch(/^x\.o(:0x[0-9a-f]+)?: error: /);
    expect(stderr.join('\n')).toContain(`${what} is not supported by this linker`);
  });

  test('that has no name is no object', () => {
    expect(link({ 'x.o': ascii('hello') }, 'x.o').stderr).toEqual(['x.o: error: unknown file type']);
  });
});

describe('a member of another format', () => {
  const members: readonly WrittenMember[] = [{ name: 'f.o', bytes: BITCODE, symbols: ['f'] }];

  test('is an error where the index names it, or all members are taken', () => {
    const error = ['lib.a(f.o): error: LLVM bitcode (link-time optimisation) is not supported by this linker'];
    expect(link({ 'lib.a': archive(members) }, 'lib.a').stderr).toContain(error[0]);
    const whole = { 'lib.a': archive(members, { index: false }), 'f.o': DEFINES_F };
    expect(link(whole, 'f.o', '--whole-archive', 'lib.a').stderr).toEqual(error);
  });

  test('is passed over with a warning where an archive without an index is searched', () => {
    const other = { name: 'good.o', bytes: DEFINES_F, symbols: ['f'] };
    const outcome = link({ 'lib.a': archive([...members, other], { index: false }) }, 'lib.a');
    expect(outcome.exitCode).toBe(0);
    expect(outcome.stderr).toEqual([
      'lib.a: warning: member f.o is ignored: LLVM bitcode (link-time optimisation) is not supported by this linker',
    ]);
  });

  test('may be an archive', () => {
    const inner = archive([{ name: 'f.o', bytes: DEFINES_F, symbols: ['f'] }]);
    const outer = archive([{ name: 'inner.a', bytes: inner, symbols: ['f'] }]);
    expect(link({ 'lib.a': outer }, 'lib.a').stderr[0]).toBe(
      'lib.a(inner.a): error: archive inside of an archive is not supported by this linker',
    );
  });

  test('of a thin archive that is not there is an error that names it', () => {
    const thin = writeArchive([{ name: 'deep/f.o', bytes: DEFINES_F, symbols: ['f'] }], { kind: 'thin', index: true });
    expect(link({ 'lib/l.a': thin }, 'lib/l.a').stderr[0]).toBe(
      'lib/l.a: error: cannot open deep/f.o, a member of a thin archive',
    );
    expect(link({ 'lib/l.a': thin, 'lib/deep/f.o': DEFINES_F }, 'lib/l.a').exitCode).toBe(0);
  });
});

describe('members of Darwin archives', () => {
  const padded = (count: number, fill: number): Uint8Array =>
    Uint8Array.from([...DEFINES_F, ...new Array<number>(count).fill(fill)]);

  test('end with their last section, whatever fills them up', () => {
    for (const fill of [0, 0x0a]) {
      for (let count = 0; count < 8; count++) {
        expect(withoutPadding(padded(count, fill))).toEqual(DEFINES_F);
        const lib = writeArchive([{ name: 'f.o', bytes: padded(count, fill), symbols: ['f'] }], {
          kind: 'bsd',
          index: true,
        });
        expect(link({ 'lib.a': lib }, 'lib.a').stderr).toEqual([]);
      }
    }
  });

  test('keep what is no filling, and what is broken, for the reader to judge', () => {
    for (const broken of [padded(8, 0), padded(3, 1), DEFINES_F.subarray(0, -1), ascii('\0asm')]) {
      expect(withoutPadding(broken)).toEqual(broken);
    }
  });
});
