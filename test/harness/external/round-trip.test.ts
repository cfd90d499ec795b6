/**
 * The libraries of the sysroot through `-r`: every member is read, written again by our linker, and means what it meant.
 *
 * Three views of that: the symbols of each member are the same before and after; each member linked alone with everything
 * exported gives the same module, byte for byte; and programs linked with libraries made of the written members do what they
 * do with the original ones. With FULL_SWEEP=1 in the environment all programs of test/programs take part instead of some.
 */
import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { readArchive } from '../../../core/link/input/archive.ts';
import type { ParsedObject } from '../../../core/link/input/object-file.ts';
import { readObject } from '../../../core/link/input/read-object.ts';
import { typeOfSymbol } from '../../../core/link/input/object-symbols.ts';
import { SymbolFlag, SymbolKind } from '../../../core/wasm/kinds.ts';
import type { NamedBytes } from '../../../harness/external/c-program.ts';
import { commandInputs, compileProgram } from '../../../harness/external/c-program.ts';
import type { Sysroot } from '../../../harness/external/sysroot.ts';
import { runWasi } from '../../../harness/external/run-wasi.ts';
import { writeArchive } from '../../core/link/archive-writer.ts';
import { expectedPath, testPrograms } from '../../programs/programs.ts';
import { describeLlvm } from './describe-llvm.ts';
import { ourLinker } from './our-linker.ts';

/** Compiling C++ takes seconds on a machine that does other things as well. */
const TIMEOUT = 180_000;

/** Programs of the short run: C and C++, formatted output, constructors, thread-locals, debug sections. */
const SAMPLE = ['formatting', 'constructors', 'thread-locals', 'json-parser', 'virtual-calls'];
const programs = testPrograms().filter(({ name }) => process.env['FULL_SWEEP'] === '1' || SAMPLE.includes(name));

const ALONE = ['--no-entry', '--export-all', '--no-gc-sections', '--allow-undefined'];

/** The output of a link that must succeed without a word. */
function linked(input: NamedBytes, args: readonly string[]): Uint8Array {
  const { exitCode, stderr, module } = ourLinker([input], args);
  if (exitCode !== 0 || stderr !== '') throw new Error(`${input.name} ${args.join(' ')}: ${stderr}`);
  return module!;
}

function parsed(bytes: Uint8Array, name: string): ParsedObject {
  const object = readObject(bytes, name);
  if (!object.ok) throw new Error(object.error.text());
  return object.value;
}

/** What an object says about its names: kind, flags, type or size. */
function symbolsOf(object: ParsedObject): string[] {
  return object.symbols
    .filter(({ kind }) => kind !== SymbolKind.section)
    .map((symbol) => `${symbol.kind} ${symbol.flags} ${symbol.name} ${typeOfSymbol(object, symbol)} ${symbol.size}`)
    .sort();
}

/** The same object, written by our linker. */
function written({ name, bytes }: NamedBytes): NamedBytes {
  return { name, bytes: linked({ name, bytes }, ['-r']) };
}

/** The same library with every member written by our linker. */
function writtenLibrary({ name, bytes }: NamedBytes): NamedBytes {
  const archive = readArchive(bytes, name);
  if (!archive.ok) throw new Error(archive.error.text());
  const members = archive.value.members.map((member) => {
    const again = written(member);
    const isOffered = ({ kind, flags }: ParsedObject['symbols'][number]): boolean =>
      kind !== SymbolKind.section && (flags & (SymbolFlag.undefined | SymbolFlag.local)) === 0;
    const symbols = parsed(again.bytes, member.name).symbols.filter(isOffered);
    return { ...again, symbols: symbols.map((symbol) => symbol.name) };
  });
  return { name, bytes: writeArchive(members, { kind: 'gnu', index: true }) };
}

function libraries(sysroot: Sysroot): NamedBytes[] {
  return sysroot.paths.filter((path) => path.endsWith('.a')).map((name) => ({ name, bytes: sysroot.read(name) }));
}

await describeLlvm('the libraries of the sysroot, written again by -r', (llvm) => {
  test(
    'every member keeps its symbols, and alone it links to the same bytes',
    () => {
      let members = 0;
      for (const { name: file, bytes } of libraries(llvm.sysroot)) {
        const archive = readArchive(bytes, file);
        if (!archive.ok) throw new Error(archive.error.text());
        for (const member of archive.value.members) {
          const before = { name: `${file}(${member.name})`, bytes: member.bytes };
          const after = written(before);
          expect(symbolsOf(parsed(after.bytes, before.name))).toEqual(symbolsOf(parsed(before.bytes, before.name)));
          const module = linked(before, ALONE);
          expect(WebAssembly.validate(module as Uint8Array<ArrayBuffer>)).toBe(true);
          if (Buffer.compare(linked({ ...after, name: before.name }, ALONE), module) !== 0) {
            throw new Error(`${before.name} links to other bytes after -r`);
          }
          members++;
        }
      }
      expect(members).toBeGreaterThan(1000);
    },
    TIMEOUT,
  );

  const again = new Map<string, NamedBytes>();
  const writtenOnce = (input: NamedBytes): NamedBytes => {
    let found = again.get(input.name);
    if (found === undefined) {
      found = input.name.endsWith('.a') ? writtenLibrary(input) : written(input);
      // Objects of programs may share a name.
      if (input.name.endsWith('.a')) again.set(input.name, found);
    }
    return found;
  };

  test.each(programs)(
    '$name does the same with libraries and objects that were written again',
    (program) => {
      const objects = compileProgram(llvm, program);
      const inputs = commandInputs(llvm, program.language, objects).map(writtenOnce);
      const { exitCode, stderr, module } = ourLinker(inputs, []);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      const run = runWasi(module!);
      expect(run.end).toEqual({ kind: 'exit', code: program.exitCode });
      expect(run.stdout).toBe(readFileSync(expectedPath(program.name), 'utf8'));
    },
    TIMEOUT,
  );
});
