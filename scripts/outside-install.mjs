/**
 * `npm run outside:install [zig|all]`: installs the compilers that nobody here wrote into outside/, apart from the dependencies.
 *
 * npm's packages by the lock file there; what only PyPI has into outside/python by the hashes of requirements.txt. Without a Python
 * that has pip the second is skipped, by name. Ends with 1 if npm's cannot be had.
 */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '..', 'outside');
const [what = 'all'] = process.argv.slice(2);
if (!['zig', 'all'].includes(what)) {
  console.error(`'${what}' cannot be installed: zig or all`);
  process.exit(2);
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, {
    cwd: folder,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  return error === undefined && status === 0;
}

// What compilers have cached is of the versions that are replaced.
rmSync(join(folder, 'cache'), { recursive: true, force: true });

if (!run('npm', ['ci', '--no-audit', '--no-fund'])) {
  console.error('outside: npm could not install Zig');
  process.exit(1);
}

const python = ['python3', 'python'].find((name) => {
  return spawnSync(name, ['-m', 'pip', '--version'], { stdio: 'ignore' }).status === 0;
});
const target = join(folder, 'python');
if (python === undefined) {
  console.log('outside: skipped ziglang of PyPI (no Python with pip)');
} else {
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
  if (!run(python, args)) console.log('outside: skipped ziglang of PyPI (pip could not install it)');
}
