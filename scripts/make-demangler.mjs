/**
 * Links LLVM's demangler out of the libc++abi of the optional package into dist/demangle.wasm, with this linker: part of the build.
 *
 * Does nothing where the package is not installed, or the file is of its version. `harness link` shows names of C++ by it.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Stack of the demangler, which calls itself for each level of a name. */
const STACK_SIZE = 2 ** 20;
const ENTRIES = ['__cxa_demangle', 'malloc', 'free'];

/** Makes the file in `dist` if it has to be made. */
export async function makeDemangler(dist) {
  const output = join(dist, 'demangle.wasm');
  const stamp = join(dist, 'demangle.version');
  const resources = findResources();
  if (resources === null) return;
  if (existsSync(output) && existsSync(stamp) && readFileSync(stamp, 'utf8') === resources.version) return;
  rmSync(stamp, { force: true });
  const load = (path) => import(new URL(`../dist/${path}`, import.meta.url).href);
  const { LIBRARY_FOLDER, readTar } = await load('harness/external/sysroot.js');
  const { runLinkerLate } = await load('core/linker.js');
  const files = readTar(readFileSync(resources.tar), resources.tar);
  const library = (name) => `${LIBRARY_FOLDER}/${name}`;
  const args = [
    ...['crt1-reactor.o', 'libc++abi.a', 'libc++.a', 'libc.a'].map(library),
    ...['--no-entry', '--strip-all', '--compress-relocations', '-O2', '-z', `stack-size=${STACK_SIZE}`],
    ...ENTRIES.map((name) => `--export=${name}`),
    ...['-o', output],
  ];
  const outcome = await runLinkerLate(args, { read: (path) => files.get(path) ?? null, runtime: true });
  if (outcome.exitCode !== 0) {
    // The package is not what it was: names stay mangled, and the test of the demangler says so.
    process.stderr.write(`build: no demangler: ${outcome.stderr.join('\n')}\n`);
    rmSync(output, { force: true });
    return;
  }
  writeFileSync(output, outcome.files[0].bytes);
  writeFileSync(stamp, resources.version);
}

/** The package's files and version, or null. */
function findResources() {
  try {
    const entry = createRequire(import.meta.url).resolve('@yowasp/clang');
    const tar = join(dirname(entry), 'llvm-resources.tar');
    const { version } = JSON.parse(readFileSync(join(dirname(dirname(entry)), 'package.json'), 'utf8'));
    return existsSync(tar) ? { tar, version } : null;
  } catch {
    return null;
  }
}
