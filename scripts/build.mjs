/**
 * The build: plain tsc into dist/, one file per source; and dist/bundle/, which has what a start loads in one file each, with V8's
 * code of it, because Node takes longer to load 140 files than to link a small program.
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
import { makeCodeCaches } from './make-code-caches.mjs';
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
 * Joins what a start loads: a script each, of names and of words that need no other file (bin/start.cjs runs them). What they
 * load later is not in them: the compiler, which makes the runtime library, is a part of its own, and bin/harness.mjs gives words
 * that call another command to the files.
 */
async function bundle() {
  const parts = [
    { name: 'wasm-ld', entry: 'harness/cli/wasm-ld.js' },
    { name: 'link', entry: 'harness/cli/main.js', includes: ['./link-words.js'] },
    { name: 'list', entry: 'harness/cli/main.js', includes: ['./program.js'] },
    { name: 'run-linker', entry: 'core/pipeline/run-linker.js' },
  ];
  if (!parts.every(({ entry }) => existsSync(join(dist, entry)))) return;
  const { build } = await import('esbuild');
  for (const { name, entry, includes = [] } of parts) {
    await build({
      entryPoints: [join(dist, entry)],
      outfile: join(bundles, `${name}.cjs`),
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node20',
      charset: 'ascii',
      // commander takes the names of its errors from their classes.
      keepNames: name === 'list',
      supported: { 'dynamic-import': false },
      define: { 'import.meta.dirname': '__dirname' },
      plugins: [loadedLater(includes), noOtherProgram()],
      logLevel: 'warning',
      absWorkingDir: root,
    });
  }
  const kept = await makeCodeCaches();
  const written = new Set([...parts.map(({ name }) => `${name}.cjs`), ...kept]);
  for (const name of readdirSync(bundles)) if (!written.has(name)) rmSync(join(bundles, name), { force: true });
}

/** Leaves out what is loaded later, but for what a part is there for. */
function loadedLater(includes) {
  return {
    name: 'loaded-later',
    setup({ onResolve }) {
      onResolve({ filter: /./ }, ({ kind, path }) => {
        if (kind !== 'dynamic-import' || includes.includes(path)) return undefined;
        return { path: path === './run-linker.js' ? './run-linker.cjs' : path, external: true };
      });
    },
  };
}

/** commander loads what starts processes, for commands that are programs of their own; none is, and it takes 10 ms. */
function noOtherProgram() {
  return {
    name: 'no-other-program',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
        /[\\/]commander[\\/]/.test(importer) ? { path: 'none', namespace: 'no-other-program' } : undefined,
      );
      onLoad({ filter: /./, namespace: 'no-other-program' }, () => ({ contents: '' }));
    },
  };
}
