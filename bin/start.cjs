/**
 * Runs a part of the program that the build has joined into one file of dist/bundle/, with the code that V8 has made of it before.
 *
 * Owns when that code is used: it lies beside the file, for one version of V8 and one kind of processor, behind a copy of the
 * file, which must be equal to it. V8 refuses what does not fit its flags. Without the code all is the same, and starts later.
 */
'use strict';

const { existsSync, readFileSync } = require('node:fs');
const { createRequire, wrap } = require('node:module');
const { join } = require('node:path');
const { Script } = require('node:vm');

const FOLDER = join(__dirname, '../dist/bundle');

module.exports = { cacheFile, isBuilt, start };

function bundleFile(name) {
  return join(FOLDER, `${name}.cjs`);
}

/** Where the code of a part lies for the running Node. */
function cacheFile(name) {
  return join(FOLDER, `${name}-${process.arch}-${process.versions.v8}.cache`);
}

function isBuilt(name) {
  return existsSync(bundleFile(name));
}

/** Runs a part and gives what it exports; `seen` gets its name and its script, and those of the parts that it starts. */
function start(name, seen) {
  const file = bundleFile(name);
  const source = readFileSync(file);
  // The build writes ASCII only.
  const script = new Script(wrap(source.latin1Slice()), { filename: file, cachedData: codeOf(name, source) });
  seen?.(name, script);
  const requireOwn = createRequire(file);
  const require = (id) => (id.startsWith('./') ? start(id.slice('./'.length, -'.cjs'.length), seen) : requireOwn(id));
  const module = { exports: {} };
  script.runInThisContext()(module.exports, require, module, file, FOLDER);
  return module.exports;
}

/** Code that belongs to exactly this source; undefined if there is none. */
function codeOf(name, source) {
  let cache;
  try {
    cache = readFileSync(cacheFile(name));
  } catch {
    return undefined;
  }
  return cache.length > source.length && cache.subarray(0, source.length).equals(source)
    ? cache.subarray(source.length)
    : undefined;
}
