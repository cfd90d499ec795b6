/**
 * How the sources of corpus/clang/ become the objects of the gadget `clang`.
 *
 * Owns the flags of each group; used by the script that makes clang-objects.ts, and by the test that makes them again.
 */
import type { Llvm } from '../external/llvm.ts';

const COMMON = ['--target=wasm32-unknown-unknown', '-c', '-ffreestanding', '-nostdlib', '-fno-ident', '-O1'];

/** Flags by the first part of the name of a source; a group with several rows is compiled several times. */
const GROUPS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  pointers: [['-fno-inline'], ['-O2', '-fdata-sections', '-g']],
  weak: [['-fno-inline'], ['-O0']],
  threads: [['-matomics', '-mbulk-memory', '-ftls-model=local-exec']],
  constructors: [['-fno-inline'], ['-g']],
  inline: [
    ['-fno-exceptions', '-fno-rtti', '-std=c++17', '-fno-threadsafe-statics', '-g'],
    ['-fno-exceptions', '-fno-rtti', '-std=c++17', '-fno-threadsafe-statics', '-O0'],
  ],
  stack: [[], ['-Os', '-mno-bulk-memory']],
  legacy: [['-mcpu=mvp'], ['-mcpu=mvp', '-g']],
  sections: [
    ['-g', '-ffunction-sections', '-fdata-sections', '-fno-inline'],
    ['-O0', '-gdwarf-4', '-ffunction-sections'],
  ],
};

/** Objects by name (`pointers0-a`), in the order of the names of `sources`; throws if one is refused. */
export function compileStock(llvm: Llvm, sources: Readonly<Record<string, string>>): Map<string, Uint8Array> {
  const objects = new Map<string, Uint8Array>();
  for (const name of Object.keys(sources).sort()) {
    const [, group, part, language] = /^(\w+)-(\w)\.(c|cpp)$/.exec(name) ?? [];
    if (group === undefined) continue;
    GROUPS[group]!.forEach((flags, n) => {
      const tool = language === 'cpp' ? 'clang++' : 'clang';
      const run = llvm.run(tool, [...COMMON, ...flags, name, '-o', 'out.o'], sources);
      const bytes = run.files.get('out.o');
      if (bytes === undefined) throw new Error(`${name}: ${run.stderr}`);
      objects.set(`${group}${n}-${part!}`, bytes);
    });
  }
  return objects;
}
