/**
 * Zig's run-time library for wasm as an object, for linkers that have none: made once for each version and kept in its cache.
 *
 * Several processes may make it at the same time; each writes beside it and puts it in its place when it is whole.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HarnessError } from '../../model/failure.ts';
import { inScratch, readModule, runStarted } from '../process/compile-together.ts';
import type { RunLimits } from '../process/run-compiler.ts';
import type { InstalledZig } from './installed-zig.ts';

const NAME = 'compiler_rt-wasm32.o';

/** What compiles it, without its source and the output. */
const WORDS = ['build-obj', '-target', 'wasm32-freestanding', '-fllvm', '-OReleaseFast', '-fstrip'];

/** The command line that writes it into the file `path`, for people: in the folder `lib_dir` of `zig env`. */
export function runtimeObjectLine(path: string): string {
  return ['zig', ...WORDS, '"$LIB/compiler_rt.zig"', `-femit-bin=${path}   # LIB: the folder lib_dir of zig env`].join(
    ' ',
  );
}

/** The object. Throws HarnessError where it cannot be made. */
export async function runtimeObject({ path, environment }: InstalledZig, limits: RunLimits): Promise<Uint8Array> {
  const folder = environment['ZIG_GLOBAL_CACHE_DIR']!;
  const file = join(folder, NAME);
  if (existsSync(file)) return new Uint8Array(readFileSync(file));
  const bytes = await inScratch(async (scratch) => {
    const [source, output] = [join(environment['ZIG_LIB_DIR']!, 'compiler_rt.zig'), join(scratch, NAME)];
    const own = { ...environment, ZIG_LOCAL_CACHE_DIR: join(scratch, 'cache') };
    const end = await runStarted([path, ...WORDS, source, `-femit-bin=${output}`], scratch, own, limits);
    const isBuilt = end.kind === 'exited' && end.code === 0;
    return isBuilt ? readModule(output) : null;
  });
  if (bytes === null) throw new HarnessError(`${path} does not compile its own run-time library`);
  mkdirSync(folder, { recursive: true });
  const whole = `${file}.${process.pid}`;
  writeFileSync(whole, bytes);
  renameSync(whole, file);
  return bytes;
}
