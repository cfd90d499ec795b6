/**
 * Reading input files and writing output files: with a message that names the file, and outputs whole or not at all.
 */
import { mkdirSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
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
    mkdirSync(dirname(target), { recursive: true });
    temporary = `${target}.${process.pid}.tmp`;
    writeFileSync(temporary, content);
    renameSync(temporary, target);
  } catch (error) {
    if (temporary !== null) rmSync(temporary, { force: true });
    throw new HarnessError(`cannot write ${file}: ${messageOf(error)}`);
  }
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
