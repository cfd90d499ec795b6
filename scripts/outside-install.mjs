/**
 * `npm run outside:install [zig|engines|all]`: installs the compilers, engines and tools that nobody here wrote into outside/, apart from
 * the dependencies.
 *
 * npm's packages by the lock files there; what only PyPI has by the hashes of requirements.txt; runners of engines that are libraries
 * of Go or Rust are compiled by their lock files. Without a Python that has pip, a Go or a Rust these are skipped, by name. Ends with 1
 * if npm's cannot be had.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const outside = join(import.meta.dirname, '..', 'outside');
/** Name -> folder, and what comes from where, for people. */
const PARTS = {
  zig: { folder: outside, npm: 'Zig', pypi: 'ziglang' },
  engines: { folder: join(outside, 'engines'), npm: 'engines and binaryen', pypi: 'wasmtime' },
};

const [what = 'all'] = process.argv.slice(2);
const names = what === 'all' ? Object.keys(PARTS) : [what];
if (!names.every((name) => Object.hasOwn(PARTS, name))) {
  console.error(`'${what}' cannot be installed: ${Object.keys(PARTS).join(', ')} or all`);
  process.exit(2);
}

function run(folder, command, args, environment = {}) {
  const { status, error } = spawnSync(command, args, {
    cwd: folder,
    env: { ...process.env, ...environment },
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  return error === undefined && status === 0;
}

const python = ['python3', 'python'].find((name) => {
  return spawnSync(name, ['-m', 'pip', '--version'], { stdio: 'ignore' }).status === 0;
});

const EXE = process.platform === 'win32' ? '.exe' : '';
/** What makes the runner of an engine out of its sources: name -> tool, a word that it answers, the file that pins the engine, the build to a path. */
const NATIVE = {
  wazero: {
    tool: 'go',
    ask: 'version',
    pinned: ['go.mod', /wazero v(\S+)/],
    // Another Go than the one that is there would be fetched without a word.
    build: (folder, to) =>
      run(folder, 'go', ['build', '-trimpath', '-o', to], { GOTOOLCHAIN: 'local', GOFLAGS: '-mod=readonly' }),
  },
  wasmi: {
    tool: 'cargo',
    ask: '--version',
    pinned: ['Cargo.toml', /^wasmi = \{ version = "=([^"]+)"/m],
    build(folder, to) {
      const target = `${to}.build`;
      const isBuilt = run(folder, 'cargo', ['build', '--quiet', '--release', '--locked', '--target-dir', target]);
      if (isBuilt) copyFileSync(join(target, 'release', `wasmi_runner${EXE}`), to);
      rmSync(target, { recursive: true, force: true });
      return isBuilt;
    },
  },
};

function buildRunners() {
  const native = join(outside, 'engines', 'native');
  rmSync(native, { recursive: true, force: true });
  mkdirSync(native);
  for (const [name, { tool, ask, pinned, build }] of Object.entries(NATIVE)) {
    const folder = join(outside, 'engines', 'runners', name);
    const [file, pattern] = pinned;
    const [, version] = pattern.exec(readFileSync(join(folder, file), 'utf8'));
    if (spawnSync(tool, [ask], { stdio: 'ignore' }).status !== 0) {
      console.log(`outside: skipped ${name} (no ${tool})`);
    } else if (!build(folder, join(native, `${name}-${version}${EXE}`))) {
      console.log(`outside: skipped ${name} (${tool} could not build it)`);
    }
  }
}

for (const name of names) {
  const { folder, npm, pypi } = PARTS[name];
  // What compilers have cached is of the versions that are replaced.
  rmSync(join(folder, 'cache'), { recursive: true, force: true });
  if (!run(folder, 'npm', ['ci', '--no-audit', '--no-fund'])) {
    console.error(`outside: npm could not install ${npm}`);
    process.exit(1);
  }
  if (name === 'engines') buildRunners();
  if (python === undefined) {
    console.log(`outside: skipped ${pypi} of PyPI (no Python with pip)`);
    continue;
  }
  const target = join(folder, 'python');
  rmSync(target, { recursive: true, force: true });
  const options = [
    '--quiet',
    '--disable-pip-version-check',
    '--no-cache-dir',
    '--root-user-action=ignore',
    '--no-deps',
    '--only-binary',
    ':all:',
  ];
  const args = ['-m', 'pip', 'install', ...options, '--require-hashes', '--target', target, '-r', 'requirements.txt'];
  if (!run(folder, python, args)) console.log(`outside: skipped ${pypi} of PyPI (pip could not install it)`);
}
