/**
 * The build: plain tsc into dist/, one file per source; and dist/bundle/, which has the start of the command and the linker in
 * one file each, because Node takes longer to load 140 files than to link a small program.
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
import { makeDemangler } from './make-demangler.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const bundles = join(dist, 'bundle');

deleteOrphans();
const status = compile();
await bundle();
if (status === 0) await makeDemangler(dist);
// The first `npx harness` in a clone makes npm link the package into its cache and run `prepare` for that. If the build
// failed then (say, before `npm ci`), npm would leave half an entry behind that no later build could mend.
process.exit(process.env.npm_command === 'exec' ? 0 : status);

function deleteOrphans() {
  if (!existsSync(dist)) return;
  for (const found of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    const output = join(found.parentPath, found.name);
    if (found.parentPath === bundles) continue;
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

/**
 * Joins what a link loads. The other commands stay files, as workers start from files, and so do the failures and the streams,
 * which all commands share with the start of the program: two copies of a class would not know each other.
 */
async function bundle() {
  const cli = join(dist, 'harness/cli');
  const entryPoints = ['main.js', 'wasm-ld.js'].map((name) => join(cli, name));
  if (!entryPoints.every(existsSync)) return;
  const { build } = await import('esbuild');
  const { metafile } = await build({
    entryPoints,
    outdir: bundles,
    external: [join(cli, 'program.js'), ...['model', 'report'].map((room) => join(dist, 'harness', room, '*'))],
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
    metafile: true,
    absWorkingDir: root,
  });
  const written = new Set(Object.keys(metafile.outputs).map((output) => join(root, output)));
  for (const name of readdirSync(bundles)) {
    if (!written.has(join(bundles, name))) rmSync(join(bundles, name), { force: true });
  }
}
