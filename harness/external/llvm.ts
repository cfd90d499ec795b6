/**
 * LLVM's tools in this process: clang, wasm-ld and the binary tools, as one wasm module that an optional package holds.
 *
 * Owns the way from arguments and input files to exit code, output and new files. Every call runs in a fresh instance with
 * a file system of its own: nothing but what is passed in exists, beside the package's `/usr`. Knows nothing of what is
 * compiled or linked. The calls are synchronous; only loading is not. docs/llvm.md has versions, sizes, times and limits.
 */
import type * as Yowasp from '@yowasp/clang';
import { createRequire } from 'node:module';
import { HarnessError } from '../model/failure.ts';
import type { Sysroot } from './sysroot.ts';
import { openSysroot } from './sysroot.ts';

/** Paths, relative to the working folder `/`, to contents. No path may be that of an output (docs/llvm.md, limits). */
export type InputFiles = Readonly<Record<string, string | Uint8Array>>;

/** What a call of a tool came to. */
interface ToolRun {
  /** 0, 1 for any failure that the tool reports, or {@link CRASHED}. */
  readonly exitCode: number;
  readonly stdout: string;
  /** Messages of the tool; after a crash also the reason that the engine gives. */
  readonly stderr: string;
  /** Files that the call made or changed, by path. Empty after a crash. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** What {@link Llvm.linkModule} came to. */
export interface LinkRun {
  readonly exitCode: number;
  /** Errors, and warnings of a link that succeeded. */
  readonly stderr: string;
  /** The output; null unless the exit code is 0. */
  readonly module: Uint8Array | null;
}

/** Exit code of a tool that hit an assertion, ran out of stack or trapped otherwise. */
export const CRASHED = 134;

/** Tools by the names that LLVM gives them, without the prefix `llvm-`. */
type LlvmTool =
  | 'clang'
  | 'clang++'
  | 'wasm-ld'
  | 'addr2line'
  | 'ar'
  | 'c++filt'
  | 'nm'
  | 'objcopy'
  | 'objdump'
  | 'ranlib'
  | 'readobj'
  | 'size'
  | 'strip'
  | 'symbolizer';

/** Runs one tool; `args` are those behind its name. */
type RunTool = (args: readonly string[], files?: InputFiles) => ToolRun;

/** LLVM's tools. */
export interface Llvm {
  /** Version of the npm package, which is not always that of LLVM. */
  readonly packageVersion: string;
  /** What clang calls itself, such as `22.1.0`. */
  readonly version: string;
  /** Runs any tool. */
  readonly run: (tool: LlvmTool, args: readonly string[], files?: InputFiles) => ToolRun;
  readonly clang: RunTool;
  readonly wasmLd: RunTool;
  readonly objdump: RunTool;
  readonly readobj: RunTool;
  /**
   * Runs wasm-ld and catches its output on standard output: `args` name no output file, and hold no option that prints
   * there. Time stays linear in the size of the output, which it does not where a tool writes a file (docs/llvm.md).
   * The module calls itself `-`.
   */
  readonly linkModule: (args: readonly string[], files?: InputFiles) => LinkRun;
  /** wasi-libc, libc++, the builtins of compiler-rt, and all headers; read on first use. */
  readonly sysroot: Sysroot;
}

/** The package, as far as it is used. */
type Package = Pick<typeof Yowasp, 'runLLVM' | 'runClang' | 'version'>;
type Tree = Yowasp.Tree;

/** Why a check or test that needs LLVM did not run. */
export const LLVM_ABSENT = 'the optional package @yowasp/clang is not installed';

let loading: Promise<Llvm | null> | undefined;

/** LLVM, loaded once a process (half a second, 200 MB); null where the package is not installed. */
export function loadLlvm(): Promise<Llvm | null> {
  loading ??= loadFrom(() => import('@yowasp/clang'));
  return loading;
}

/** As {@link loadLlvm}, for a package that comes from elsewhere; nothing is kept. */
export async function loadFrom(importPackage: () => Promise<Package>): Promise<Llvm | null> {
  let found: Package;
  try {
    found = await importPackage();
  } catch (error) {
    if (isMissingModule(error)) return null;
    throw error;
  }
  await found.runLLVM(null, {}, { fetchProgress: () => undefined });
  return makeLlvm(found);
}

function isMissingModule(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  // Node's own loader says the first, the loader of Jest the second.
  const missing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
  return missing && String(message).includes('@yowasp/clang');
}

function makeLlvm(found: Package): Llvm {
  const run = (tool: LlvmTool, args: readonly string[], files: InputFiles = {}): ToolRun => {
    const raw = runTool(found, tool, args, files);
    return { ...raw, stdout: text(raw.stdout), stderr: text(raw.stderr) };
  };
  const banner = run('clang', ['--version']).stdout;
  let sysroot: Sysroot | undefined;
  return {
    packageVersion: found.version,
    version: /clang version ([\d.]+)/.exec(banner)?.[1] ?? 'unknown',
    run,
    clang: (args, files) => run('clang', args, files),
    wasmLd: (args, files) => run('wasm-ld', args, files),
    linkModule: (args, files = {}) => {
      const { exitCode, stdout, stderr } = runTool(found, 'wasm-ld', [...args, '-o', '-'], files);
      return { exitCode, stderr: text(stderr), module: exitCode === 0 ? stdout : null };
    },
    objdump: (args, files) => run('objdump', args, files),
    readobj: (args, files) => run('readobj', args, files),
    get sysroot() {
      sysroot ??= openSysroot(createRequire(import.meta.url).resolve('@yowasp/clang'));
      return sysroot;
    },
  };
}

/** A run whose output is still bytes. */
interface RawRun {
  readonly exitCode: number;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

function runTool(found: Package, tool: LlvmTool, args: readonly string[], files: InputFiles): RawRun {
  const inputs = new Map(Object.entries(files).map(([path, content]) => [path, asBytes(content)]));
  const stdout: Uint8Array[] = [];
  const stderr: Uint8Array[] = [];
  const start = tool === 'clang' || tool === 'clang++' ? found.runClang : found.runLLVM;
  let exitCode = 0;
  let tree: Tree;
  try {
    tree = withoutReactions(() =>
      start([tool, ...args], treeOf(inputs), {
        stdout: collectInto(stdout),
        stderr: collectInto(stderr),
        synchronously: true,
        decodeASCII: false,
      }),
    ) as Tree;
  } catch (error) {
    // By shape: the class of an `Exit` of another copy of the package would be another class.
    const { code, files: left } = error as { code?: unknown; files?: Tree };
    if (typeof code === 'number' && left !== undefined) {
      exitCode = code;
      tree = left;
    } else if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) {
      exitCode = CRASHED;
      tree = {};
      stderr.push(encoder.encode(`${tool} crashed: ${error.message}\n`));
    } else {
      throw error;
    }
  }
  return {
    exitCode,
    stdout: Buffer.concat(stdout),
    stderr: Buffer.concat(stderr),
    files: changedFiles(tree, inputs),
  };
}

/**
 * Runs `body`, which is synchronous, without letting it leave work for later. The package hands `Promise.all` the modules
 * that it has long got, only to ignore the answer; until the event loop turns, that would keep alive the instance of every
 * call (13 MB each), and a campaign makes thousands of synchronous calls before it turns.
 */
function withoutReactions<T>(body: () => T): T {
  Object.defineProperty(Promise, 'all', { ...PROMISE_ALL, value: allButModules });
  try {
    return body();
  } finally {
    Object.defineProperty(Promise, 'all', PROMISE_ALL);
  }
}

const PROMISE_ALL = Object.getOwnPropertyDescriptor(Promise, 'all')!;

/**
 * `Promise.all`, but of modules it is a promise that never settles. Everything else must work as ever: a time guard that
 * stops a call also skips `finally`, and leaves this function in place.
 */
function allButModules(this: unknown, values: unknown): unknown {
  const modules = Array.isArray(values) && values.every((value) => value instanceof WebAssembly.Module);
  if (modules && values.length > 0) return new Promise(() => undefined);
  return Reflect.apply(PROMISE_ALL.value as typeof Promise.all, this, [values]);
}

/** The bytes are only lent: they lie in the memory of the tool. */
function collectInto(parts: Uint8Array[]): (bytes: Uint8Array | null) => void {
  return (bytes) => {
    if (bytes !== null) parts.push(bytes.slice());
  };
}

function text(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();

function asBytes(content: string | Uint8Array): Uint8Array {
  return typeof content === 'string' ? encoder.encode(content) : content;
}

function treeOf(files: ReadonlyMap<string, Uint8Array>): Tree {
  const root: Tree = {};
  for (const [path, content] of files) {
    const parts = path.split('/');
    // The package puts its own folder over /usr and deletes /tmp, whoever made them.
    if (parts.some((part) => part === '' || part === '.' || part === '..') || /^(usr|tmp)$/.test(parts[0]!)) {
      throw new HarnessError(`cannot give LLVM a file '${path}'`);
    }
    let folder = root;
    for (const part of parts.slice(0, -1)) {
      folder[part] ??= {};
      folder = folder[part] as Tree;
    }
    folder[parts.at(-1)!] = content;
  }
  return root;
}

/** Files of `tree` that are not the very bytes that went in. */
function changedFiles(tree: Tree, inputs: ReadonlyMap<string, Uint8Array>): Map<string, Uint8Array> {
  const changed = new Map<string, Uint8Array>();
  const visit = (folder: Tree, prefix: string): void => {
    for (const [name, entry] of Object.entries(folder)) {
      const path = prefix + name;
      if (entry instanceof Uint8Array) {
        if (inputs.get(path) !== entry) changed.set(path, entry);
      } else if (typeof entry !== 'string') {
        visit(entry, `${path}/`);
      }
    }
  };
  visit(tree, '');
  return changed;
}
