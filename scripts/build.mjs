/**
 * The build: plain tsc into dist/, one file per source, plus what tsc leaves undone.
 *
 * Before: outputs of sources that are gone are deleted, so that dist/ never holds more than the tree does.
 * After: the command's entry gets the executable bit, and node_modules/.bin/harness points at it, so that
 * `npx harness` in a clone starts it at once. tsc is incremental: with nothing to do this takes a second or two.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const entry = join(dist, 'harness', 'cli', 'main.js');

deleteOrphans();
const status = compile();
if (existsSync(entry)) {
  chmodSync(entry, 0o755);
  linkCommand();
}
process.exit(status);

function deleteOrphans() {
  if (!existsSync(dist)) return;
  for (const found of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    const output = join(found.parentPath, found.name);
    const stem = /^(.*?)(\.d\.ts|\.js\.map|\.js)$/.exec(relative(dist, output))?.[1];
    if (found.isFile() && stem !== undefined && !existsSync(join(root, `${stem}.ts`))) {
      rmSync(output, { force: true });
    }
  }
}

function compile() {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const run = spawnSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json')], { stdio: 'inherit' });
  return run.status ?? 1;
}

/** npm links the commands of dependencies only, and npx looks here first. Windows goes the slower way through npm's cache. */
function linkCommand() {
  const bin = join(root, 'node_modules', '.bin');
  if (process.platform === 'win32' || !existsSync(dirname(bin))) return;
  const link = join(bin, 'harness');
  const { bin: commands } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  mkdirSync(bin, { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(relative(bin, join(root, commands.harness)), link);
}
