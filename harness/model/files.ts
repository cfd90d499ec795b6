/**
 * Reading input files and writing output files: with a message that names the file, and outputs whole or not at all.
 */
import {
  linkSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { HarnessError, InputError } from './failure.ts';

/**
 * Writes `file` by way of a temporary name beside it. A symbolic link stays one; a device or a pipe is written to, as there
 * is nothing to replace.
 */
export function writeWhole(file: string, content: string | Uint8Array): void {
  let temporary: string | null = null;
  try {
    const existing = statSync(file, { throwIfNoEntry: false });
    if (existing?.isDirectory()) throw new Error('it is a folder');
    if (existing && !existing.isFile()) {
      writeFileSync(file, content);
      return;
    }
    const target = existing ? realpathSync(file) : file;
    makeFolder(dirname(target));
    temporary = `${target}.${process.pid}.tmp`;
    writeFileSync(temporary, content);
    renameSync(temporary, target);
  } catch (error) {
    if (temporary !== null) rmSync(temporary, { force: true });
    throw new HarnessError(`cannot write ${file}: ${messageOf(error)}`);
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

/** Bytes of an input file. */
export function readInput(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new InputError(`cannot read ${file}: ${messageOf(error)}`);
  }
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
