/**
 * The programs of test/programs, compiled in other ways and linked with other options by both linkers: what they do, what they
 * export and import, and whether they are linked at all, is the same. FULL_SWEEP=1 takes every combination of two choices.
 */
import { expect, test } from '@jest/globals';
import type { NamedBytes } from '../../../harness/external/c-program.ts';
import { commandInputs, compileProgram, wasmLdLinker } from '../../../harness/external/c-program.ts';
import { runWasi } from '../../../harness/external/run-wasi.ts';
import { testPrograms } from './programs.ts';
import { describeLlvm } from '../../harness/external/describe-llvm.ts';
import { ourLinker } from '../../harness/external/our-linker.ts';

const COMPILER: readonly (readonly string[])[] = [
  ['-O0', '-g', '-gdwarf-4'],
  ['-O2', '-fPIC'],
  ['-Os', '-g', '-gdwarf-5'],
  // The library has no threads: what its headers call thread-local is plain data there.
  ['-O1', '-matomics', '-mbulk-memory', '-mmutable-globals'],
  ['-O1', '-mno-reference-types', '-mno-bulk-memory'],
  ['-O2', '-fvisibility=hidden', '-mextended-const', '-mmultivalue'],
  ['-O0', '-fno-data-sections', '-fno-function-sections', '-fPIE'],
];

const LINKER: readonly (readonly string[])[] = [
  [],
  ['--no-gc-sections'],
  ['--export-all'],
  ['--export-dynamic', '--no-merge-data-segments'],
  ['--compress-relocations', '--strip-all'],
  ['--strip-debug', '--build-id'],
  ['--no-stack-first', '--global-base=2048'],
  ['--initial-memory=4194304', '--growable-table', '--export-table'],
  ['-O0', '--no-growable-memory'],
  ['-O2', '--table-base=64'],
  ['-z', 'stack-size=262144', '--initial-heap=1048576'],
  ['--allow-undefined', '--max-memory=33554432'],
  ['--build-id=sha1', '--soname=x', '--keep-section=name', '--strip-all'],
  ['--no-check-features', '--extra-features=multivalue'],
];

/** What the programs print depends on where the linker places data, when data is not lowered for threads. */
const LAYOUT_DEPENDENT = /^(thread-locals)$/;

interface Choice {
  readonly program: ReturnType<typeof testPrograms>[number];
  readonly flags: readonly string[];
  readonly options: readonly string[];
}

/** Each program, each way to compile and each option at least once. */
function choices(): Choice[] {
  const programs = testPrograms().filter(({ name }) => !LAYOUT_DEPENDENT.test(name));
  const all: Choice[] = [];
  if (process.env['FULL_SWEEP'] === '1') {
    for (const program of programs) {
      for (const flags of COMPILER) for (const options of LINKER) all.push({ program, flags, options });
    }
    return all;
  }
  // Borders of sections and the base of thread-local data are exported with everything else.
  const named = (name: string): Choice['program'] => programs.find((program) => program.name === name)!;
  all.push({ program: named('linkage'), flags: COMPILER[0]!, options: ['--export-all'] });
  all.push({ program: named('formatting'), flags: COMPILER[3]!, options: ['--export-all'] });
  for (let n = 0; n < LINKER.length; n++) {
    const first = LINKER[n % LINKER.length]!;
    const second = LINKER[(n * 5 + 3) % LINKER.length]!;
    const compatible = !(first.includes('--no-growable-memory') || second.includes('--no-growable-memory'));
    const options = compatible ? [...first, ...second] : first;
    all.push({ program: programs[(n * 3) % programs.length]!, flags: COMPILER[n % COMPILER.length]!, options });
  }
  return all;
}

const sorted = (list: readonly { kind: string; name: string }[]): string[] =>
  list.map(({ kind, name }) => `${kind} ${name}`).sort();

await describeLlvm('both linkers agree', (llvm) => {
  const theirs = wasmLdLinker(llvm);
  const compiled = new Map<string, NamedBytes[]>();

  test.each(
    choices().map(
      (choice) => [`${choice.program.name} ${choice.flags.join(' ')} | ${choice.options.join(' ')}`, choice] as const,
    ),
  )(
    '%s',
    (_, { program, flags, options }) => {
      const key = `${program.name} ${flags.join(' ')}`;
      let objects = compiled.get(key);
      if (objects === undefined) {
        const kept = program.flags.filter((flag) => flag.startsWith('-W'));
        objects = compileProgram(llvm, { ...program, flags: [...kept, ...flags] });
        compiled.set(key, objects);
      }
      const inputs = commandInputs(llvm, program.language, objects);
      const reference = theirs(inputs, options);
      const ours = ourLinker(inputs, options);
      expect(reference).toMatchObject({ exitCode: 0, stderr: '' });
      expect(ours).toMatchObject({ exitCode: 0, stderr: '' });
      const [left, right] = [new WebAssembly.Module(ours.module!), new WebAssembly.Module(reference.module!)];
      expect(sorted(WebAssembly.Module.exports(left))).toEqual(sorted(WebAssembly.Module.exports(right)));
      expect(sorted(WebAssembly.Module.imports(left))).toEqual(sorted(WebAssembly.Module.imports(right)));
      const run = runWasi(ours.module!);
      expect(run.end).toEqual({ kind: 'exit', code: program.exitCode });
      expect(run).toEqual(runWasi(reference.module!));
    },
    180_000,
  );
});
