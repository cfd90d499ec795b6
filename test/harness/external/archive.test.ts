/** The archive reader against LLVM: what its `ar` writes in each format, and every library of the sysroot. */
import { expect, test } from '@jest/globals';
import { runLinkCommand } from '../../../core/link/link-command.ts';
import { readArchive } from '../../../core/link/input/archive.ts';
import { readObject } from '../../../core/link/input/read-object.ts';
import { SymbolFlag, SymbolKind } from '../../../core/wasm/kinds.ts';
import { describeLlvm } from './describe-llvm.ts';

await describeLlvm('archives', ({ clang, run, sysroot }) => {
  const names = ['a.o', 'a-name-that-does-not-fit-into-a-header.o', 'sub/c.o'];
  const objects = Object.fromEntries(
    names.map((name, i) => {
      const next = `f${(i + 1) % 3}`;
      const source = `int ${next}(int); int g${i}(int x) { return ${next}(x); } int f${i}(int x) { return x + ${i}; }`;
      return [name, clang(['-O1', '-c', 'x.c', '-o', 'x.o'], { 'x.c': source }).files.get('x.o')!];
    }),
  );

  const archive = (...flags: string[]): Uint8Array => {
    const made = run('ar', [...flags, 'lib.a', ...names], objects);
    expect(made).toMatchObject({ exitCode: 0, stderr: '' });
    return made.files.get('lib.a')!;
  };

  const formats: readonly (readonly [string, readonly string[], string])[] = [
    ['gnu', ['--format=gnu', 'rcs'], 'gnu'],
    ['bsd', ['--format=bsd', 'rcs'], 'bsd'],
    ['darwin', ['--format=darwin', 'rcs'], 'bsd'],
    ['coff', ['--format=coff', 'rcs'], 'gnu'],
    ['thin', ['--thin', 'rcs'], 'thin'],
    ['gnu without an index', ['--format=gnu', 'rcS'], 'gnu'],
    ['bsd without an index', ['--format=bsd', 'rcS'], 'bsd'],
  ];
  test.each(formats)('%s', (_what, flags, kind) => {
    const result = readArchive(archive(...flags), 'lib.a');
    if (!result.ok) throw new Error(result.error.text());
    const { members, index } = result.value;
    expect(result.value.kind).toBe(kind);
    const thin = kind === 'thin';
    const stored = thin ? names : names.map((name) => name.replace(/.*\//, ''));
    expect(members.map(({ name }) => name)).toEqual(stored);
    for (const [i, member] of members.entries()) {
      expect(member.isThinReference).toBe(thin);
      // BSD formats pad a member to eight bytes and count the padding.
      const bytes = thin ? objects[member.name]! : member.bytes;
      expect(Buffer.compare(bytes.subarray(0, objects[names[i]!]!.length), objects[names[i]!]!)).toBe(0);
    }
    const memberOf = new Map(members.map(({ offset }, i) => [offset, i]));
    const found = index?.map(({ symbol, memberOffset }) => `${symbol} ${String(memberOf.get(memberOffset))}`).sort();
    const expected = ['f0 0', 'f1 1', 'f2 2', 'g0 0', 'g1 1', 'g2 2'];
    expect(found ?? null).toEqual(flags.at(-1) === 'rcS' ? null : expected);
  });

  test.each(formats)('%s serves a link', (_what, flags) => {
    const source = 'int f0(int); int g2(int); int main_(void) { return g2(40) + f0(1); }';
    const main = clang(['-O1', '-c', 'm.c', '-o', 'm.o'], { 'm.c': source }).files.get('m.o')!;
    const files: Readonly<Record<string, Uint8Array>> = { ...objects, 'm.o': main, 'lib.a': archive(...flags) };
    const args = ['--no-entry', '--export=main_', 'm.o', 'lib.a'];
    const outcome = runLinkCommand(args, { read: (path) => files[path] ?? null });
    expect(outcome.stderr).toEqual([]);
    const module = new WebAssembly.Module(outcome.files[0]!.bytes);
    const { main_ } = new WebAssembly.Instance(module).exports;
    expect((main_ as () => number)()).toBe(41);
  });

  test('every library of the sysroot is read, and its index is what its members define', () => {
    let members = 0;
    for (const path of sysroot.paths.filter((name) => name.endsWith('.a'))) {
      const result = readArchive(sysroot.read(path), path);
      if (!result.ok) throw new Error(result.error.text());
      members += result.value.members.length;
      const defined: string[] = [];
      for (const member of result.value.members) {
        const object = readObject(member.bytes, `${path}(${member.name})`);
        if (!object.ok) throw new Error(object.error.text());
        const exported = object.value.symbols.filter(
          ({ kind, flags }) => kind !== SymbolKind.section && (flags & (SymbolFlag.undefined | SymbolFlag.local)) === 0,
        );
        for (const { name } of exported) defined.push(`${name} ${String(member.offset)}`);
      }
      const indexed = (result.value.index ?? []).map(({ symbol, memberOffset }) => `${symbol} ${String(memberOffset)}`);
      expect(indexed.sort()).toEqual(defined.sort());
    }
    expect(members).toBeGreaterThan(1000);
  });
});
