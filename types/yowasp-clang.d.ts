/**
 * The part of `@yowasp/clang` that the project uses, declared here so that the project compiles where this optional
 * package is not installed.
 *
 * Source: the package's own README and lib/api.d.ts, and the behaviour of the pinned version where they say nothing.
 */
declare module '@yowasp/clang' {
  /** A folder: names to contents or folders. */
  export interface Tree {
    [name: string]: Tree | string | Uint8Array;
  }

  /** Gets the bytes of an output stream, and null where the tool flushes it. The bytes are only lent. */
  type OutputStream = (bytes: Uint8Array | null) => void;

  export interface RunOptions {
    readonly stdout?: OutputStream;
    readonly stderr?: OutputStream;
    /** Give contents that are ASCII as strings; true unless said otherwise. */
    readonly decodeASCII?: boolean;
    /** Answer with the tree itself instead of a promise; needs the resources to be loaded. */
    readonly synchronously?: boolean;
    readonly fetchProgress?: (event: object) => void;
  }

  /** Exit with another status than 0; WASI knows no other failing status than 1. */
  export class Exit extends Error {
    readonly code: number;
    readonly files: Tree;
  }

  /** Runs the tool named by `args[0]`; null only loads the resources. The tree returned holds the inputs as well. */
  export function runLLVM(args: readonly string[] | null, files?: Tree, options?: RunOptions): Promise<Tree> | Tree;

  /** The compiler driver: runs each step of `clang` or `clang++` in a fresh instance. */
  export function runClang(args: readonly string[] | null, files?: Tree, options?: RunOptions): Promise<Tree> | Tree;

  /** Version of the package. */
  export const version: string;
}
