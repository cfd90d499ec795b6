/**
 * The build: plain tsc into dist/, one file per source.
 *
 * Outputs of sources that are gone are deleted first, so that dist/ never holds more than the tree does.
 * tsc is incremental: with nothing to do this takes a second.
 * It is also npm's `prepare` script, so `npm ci` alone leaves a working command.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');

deleteOrphans();
const status = compile();
// The first `npx harness` in a clone makes npm link the package into its cache and run `prepare` for that. If the build
// failed then (say, before `npm ci`), npm would leave half an entry behind that no later build could mend.
process.exit(process.env.npm_command === 'exec' ? 0 : status);

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

/** Runs tsc and returns its exit status; with type errors it still writes what it can, and the status says so. */
function compile() {
  let tsc;
  try {
    tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  } catch {
    process.stderr.write('build: the dependencies are not installed; run npm ci first\n');
    return 1;
  }
  const run = spawnSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json')], { stdio: 'inherit' });
  return run.status ?? 1;
}
