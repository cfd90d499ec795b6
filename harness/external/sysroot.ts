/**
 * The files that come with LLVM's package: headers, wasi-libc, libc++, compiler-rt's builtins.
 *
 * Owns the reading of the package's tar file (ustar; only names, sizes and contents matter). A path is relative to `/usr`,
 * which is where LLVM's tools see these files. Contents are views of one buffer and must not be written to.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { HarnessError } from '../model/failure.ts';

/** Folder of the C and C++ libraries and start files of the one target that the package has. */
export const LIBRARY_FOLDER = 'lib/wasm32-wasip1';
/** Path of the compiler's runtime library. */
export const BUILTINS = 'lib/wasm32-unknown-wasip1/libclang_rt.builtins.a';

/** The files of the sysroot. */
export interface Sysroot {
  /** Every file, in the order of the package. */
  readonly paths: readonly string[];
  /** Contents of a file that must be there. */
  readonly read: (path: string) => Uint8Array;
}

const BLOCK = 512;
const TYPE_FILE = ['0', '\0', ''];

/** The sysroot beside the package's module at `modulePath`. */
export function openSysroot(modulePath: string): Sysroot {
  const tar = join(dirname(modulePath), 'llvm-resources.tar');
  const files = readTar(readFileSync(tar), tar);
  return {
    paths: [...files.keys()],
    read: (path) => {
      const content = files.get(path);
      if (content === undefined) throw new HarnessError(`the sysroot of LLVM has no file '${path}'`);
      return content;
    },
  };
}

/** Regular files of a tar archive by name; `file` is its name in messages. */
export function readTar(bytes: Uint8Array, file: string): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  let at = 0;
  while (at + BLOCK <= bytes.length && bytes[at] !== 0) {
    const name = field(bytes, at, 100);
    const size = Number.parseInt(field(bytes, at + 124, 12), 8);
    const type = field(bytes, at + 156, 1);
    const prefix = field(bytes, at + 257, 5) === 'ustar' ? field(bytes, at + 345, 155) : '';
    const start = at + BLOCK;
    if (!(size >= 0) || start + size > bytes.length) throw new HarnessError(`${file}: broken at byte ${at}`);
    if (TYPE_FILE.includes(type)) {
      files.set((prefix === '' ? name : `${prefix}/${name}`).replace(/^\.\//, ''), bytes.subarray(start, start + size));
    }
    at = start + Math.ceil(size / BLOCK) * BLOCK;
  }
  return files;
}

const decoder = new TextDecoder();

/** Text of a header field, up to its NUL. */
function field(bytes: Uint8Array, at: number, size: number): string {
  const view = bytes.subarray(at, at + size);
  const end = view.indexOf(0);
  return decoder.decode(end < 0 ? view : view.subarray(0, end)).trim();
}
