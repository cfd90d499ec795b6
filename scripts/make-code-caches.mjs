/**
 * V8's code of the parts that the build has joined (dist/bundle/), for bin/start.cjs: part of the build.
 *
 * A process of its own runs each part on something small, so that the code has the functions that a run needs and no others. What it
 * writes is the part itself with the code behind it, whole or not at all. Nothing is made where it is there for this very part.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const { cacheFile, start } = createRequire(import.meta.url)('../bin/start.cjs');
const bundle = fileURLToPath(new URL('../dist/bundle/', import.meta.url));

/** Words that a part is run with, and the parts that they run. */
const RUNS = [
  { part: 'wasm-ld', words: ['@words'], runs: ['wasm-ld'] },
  { part: 'link', words: ['link', '@words', '--export=__multi3'], runs: ['link', 'run-linker'] },
  { part: 'list', words: ['--help'], runs: ['list'] },
];

/** Makes the files that are missing or of another build, and gives the names of all that are right. */
export async function makeCodeCaches() {
  const made = [];
  const folder = mkdtempSync(join(tmpdir(), 'harness-build-'));
  try {
    for (const { part, words, runs } of RUNS) {
      if (!runs.every(isFresh)) {
        writeInputs(folder, await inputs());
        const args = [fileURLToPath(import.meta.url), part, runs.join(), ...words];
        spawnSync(process.execPath, args, { cwd: folder, stdio: 'ignore' });
      }
      made.push(...runs.filter(isFresh).map((name) => basename(cacheFile(name))));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return made;
}

/** Whether a part's code is of that part. */
function isFresh(name) {
  try {
    const source = readFileSync(join(bundle, `${name}.cjs`));
    return readFileSync(cacheFile(name)).subarray(0, source.length).equals(source);
  } catch {
    return false;
  }
}

/** Objects of clang, debug and optimized, and a library with the others that they need. */
async function inputs() {
  const load = (path) => import(new URL(`../dist/harness/${path}`, import.meta.url).href);
  const { CLANG_OBJECTS } = await load('topology/clang-objects.js');
  const { writeArchive } = await load('wasm/write-archive.js');
  const object = (name) => Buffer.from(CLANG_OBJECTS[name], 'base64');
  const members = Object.entries({
    'inline1-b': ['_Z9fromOtherR5Shape'],
    'pointers1-b': ['numbers', 'thrice', 'twice', 'words'],
    'sections1-b': ['elsewhere'],
    'stack1-b': ['make'],
  }).map(([name, symbols]) => ({ name: `with-a-long-name-${name}.o`, bytes: object(name), symbols }));
  return {
    objects: ['constructors1-a', 'constructors1-b', 'inline1-a', 'pointers1-a', 'sections1-a', 'stack1-a'].map(
      (name) => ({
        file: `${name}.o`,
        bytes: object(name),
      }),
    ),
    archive: writeArchive(members, 'gnu'),
  };
}

function writeInputs(folder, { objects, archive }) {
  for (const { file, bytes } of objects) writeFileSync(join(folder, file), bytes);
  writeFileSync(join(folder, 'libtrial.a'), archive);
  const words = [
    '-L.',
    ...objects.map(({ file }) => file),
    '-ltrial',
    '--no-entry',
    '--export-all',
    '-o',
    'trial.wasm',
  ];
  writeFileSync(join(folder, 'words'), words.join('\n'));
}

/** Runs a part in this process, and writes the code at its end. */
function trial(part, parts, words) {
  const scripts = new Map();
  process.argv = [process.execPath, part, ...words];
  process.on('exit', (code) => {
    if (code !== 0) return;
    for (const [name, script] of scripts) {
      if (!parts.includes(name)) continue;
      const file = cacheFile(name);
      writeFileSync(
        `${file}.tmp`,
        Buffer.concat([readFileSync(join(bundle, `${name}.cjs`)), script.createCachedData()]),
      );
      renameSync(`${file}.tmp`, file);
    }
  });
  start(part, (name, script) => scripts.set(name, script));
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [part, parts, ...words] = process.argv.slice(2);
  trial(part, parts.split(','), words);
}
