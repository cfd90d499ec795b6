/**
 * Reading input files and writing output files: with a message that names the file, and outputs whole or not at all.
 */
import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import type { Stats } from 'node:fs';
import { dirname, join } from 'node:path';
import { HarnessError, InputError } from './failure.ts';
import { randomHex } from './random-bytes.ts';

/** One file to write. */
export interface OutputFile {
  readonly path: string;
  readonly content: string | Uint8Array;
  /** Mode of a file that is not there yet, before the umask; an existing one keeps its mode. */
  readonly mode?: number;
}

/** Writes `file` as {@link writeTogether} does, in a folder that is made if it has to be. */
export function writeWhole(file: string, content: string | Uint8Array): void {
  try {
    const existing = statSync(file, { throwIfNoEntry: false });
    if (!existing) makeFolder(dirname(file));
  } catch (error) {
    throw new HarnessError(`cannot write ${file}: ${messageOf(error)}`);
  }
  writeTogether([{ path: file, content }]);
}

/**
 * Writes all of the files or none: each by way of a temporary file beside it, whose name nobody can foresee and which no link
 * leads away from. A symbolic link stays one; a device or a pipe is written to, as there is nothing to replace. A file that
 * has several names (hard links) becomes one of its own.
 */
export function writeTogether(files: readonly OutputFile[]): void {
  const waiting: { readonly temporary: string; readonly target: string }[] = [];
  let path = '';
  try {
    const direct: OutputFile[] = [];
    for (const file of files) {
      ({ path } = file);
      const existing = statSync(path, { throwIfNoEntry: false });
      if (existing?.isDirectory()) throw new Error('it is a folder');
      if (existing && !existing.isFile()) {
        direct.push(file);
        continue;
      }
      const target = existing ? realpathSync(path) : path;
      const temporary = join(dirname(target), `.${randomHex(9)}.tmp`);
      const descriptor = openSync(temporary, 'wx', file.mode ?? NEW_FILE);
      waiting.push({ temporary, target });
      try {
        writeFileSync(descriptor, file.content);
        if (existing) fchmodSync(descriptor, existing.mode & MODE_BITS);
      } finally {
        closeSync(descriptor);
      }
    }
    for (const file of direct) {
      ({ path } = file);
      writeFileSync(path, file.content);
    }
    for (const { temporary, target } of waiting) {
      path = target;
      renameSync(temporary, target);
    }
  } catch (error) {
    for (const { temporary } of waiting) rmSync(temporary, { force: true });
    throw new HarnessError(`cannot write ${path}: ${messageOf(error)}`);
  }
}

/** Mode of a new file that is no program, before the umask. */
const NEW_FILE = 0o666;
const MODE_BITS = 0o7777;

/** Why `path` cannot become a file, as far as that can be seen without trying; null if nothing is known against it. */
export function outputRefusal(path: string): string | null {
  try {
    const existing = statSync(path, { throwIfNoEntry: false });
    if (existing) {
      if (existing.isDirectory()) return 'Is a directory';
      accessSync(existing.isFile() ? dirname(realpathSync(path)) : path, constants.W_OK);
      return null;
    }
    accessSync(dirname(path), constants.W_OK);
    return statSync(dirname(path)).isDirectory() ? null : 'Not a directory';
  } catch (error) {
    const texts: Readonly<Record<string, string>> = {
      ENOENT: 'No such file or directory',
      ENOTDIR: 'Not a directory',
      EACCES: 'Permission denied',
      EROFS: 'Read-only file system',
    };
    return texts[String(codeOf(error))] ?? messageOf(error);
  }
}

/**
 * Writes `file` unless there is one already, and says whether it did; of several processes that try one succeeds, and nobody
 * sees half of a file.
 */
export function writeNew(file: string, content: string): boolean {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    makeFolder(dirname(file));
    writeFileSync(temporary, content);
    try {
      linkSync(temporary, file);
    } finally {
      unlinkSync(temporary);
    }
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw new HarnessError(`cannot write ${file}: ${messageOf(error)}`);
  }
}

/** Makes `folder` and the folders above it, as far as they are missing. Node's recursive `mkdir` does not end below `/proc`. */
export function makeFolder(folder: string): void {
  const missing: string[] = [];
  for (let at = folder; !isFolder(at); at = dirname(at)) {
    if (at === dirname(at)) break;
    missing.push(at);
  }
  for (const one of missing.reverse()) {
    try {
      mkdirSync(one);
    } catch (error) {
      // Somebody else has just made it.
      if (codeOf(error) !== 'EEXIST' || !isFolder(one)) throw error;
    }
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** The code of an error of the system (`ENOENT`), or undefined. */
export function codeOf(error: unknown): unknown {
  return (error as { code?: unknown } | null)?.code;
}

/** Bytes of an input file. What is no file (a folder, a pipe, a socket, a device) is refused before it can block or never end. */
export function readInput(file: string): Uint8Array {
  const refuse = (why: string): never => {
    throw new InputError(`cannot read ${file}: ${why}`);
  };
  try {
    // Opening alone may already wait (a pipe) or do something (a device).
    const before = whatElse(statSync(file));
    if (before !== null) refuse(`it is ${before}, not a file`);
    const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const opened = whatElse(fstatSync(descriptor));
      if (opened !== null) refuse(`it is ${opened}, not a file`);
      return readFileSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    if (error instanceof InputError) throw error;
    return refuse(reasonOf(error));
  }
}

/** What something in the file system is that is no file; null for a file. */
function whatElse(stats: Stats): string | null {
  if (stats.isFile()) return null;
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a pipe';
  return stats.isSocket() ? 'a socket' : 'a device';
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'no such file'],
  ['ENOTDIR', 'a part of the path is not a folder'],
  ['EACCES', 'permission denied'],
  ['ELOOP', 'too many symbolic links'],
  ['ENAMETOOLONG', 'the name is too long'],
  ['ERR_INVALID_ARG_VALUE', 'the name contains a null character'],
]);

/** Why the file system refuses, without the call that it refused. */
function reasonOf(error: unknown): string {
  return REASONS.get(String(codeOf(error))) ?? messageOf(error);
}

/** Text of an input file; bytes that are not UTF-8 are refused with their place. */
export function readInputText(file: string): string {
  const bytes = readInput(file);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InputError(`${file}:0x${firstInvalidByte(bytes).toString(16)}: error: not UTF-8 text`);
  }
}

/** Offset of the first byte of the first sequence that is not UTF-8. */
function firstInvalidByte(bytes: Uint8Array): number {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let start = 0;
  for (let at = 0; at < bytes.length; at++) {
    try {
      // Nothing comes out before a sequence is complete.
      if (decoder.decode(bytes.subarray(at, at + 1), { stream: true }) !== '') start = at + 1;
    } catch {
      return start;
    }
  }
  return start;
}

/** What an error says, without its stack. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
