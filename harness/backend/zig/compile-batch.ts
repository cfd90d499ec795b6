/**
 * Zig's compilers as what compiles many programs at a time: command lines, and what their messages mean for a program.
 */
import { join } from 'node:path';
import type { Unit } from '../../../core/index.ts';
import { cutProgram } from '../../source/cut-program.ts';
import type { Half } from '../../source/cut-program.ts';
import { printZig, ZIG_PRELUDE } from '../../source/zig/print-zig.ts';
import { printAddressTable } from '../../source/zig/zig-addresses.ts';
import { bordersInZig } from '../../source/zig/zig-borders.ts';
import type { Answer, LinkFiles } from '../door.ts';
import type { StartedEnd, Toolchain } from '../process/compile-together.ts';
import { compileTogether } from '../process/compile-together.ts';
import { linkSources, linkTogether } from '../process/link-together.ts';
import type { RunLimits } from '../process/run-compiler.ts';
import { answerToCrash, answerToError } from './diagnose.ts';

/** A compiler command, without the source and the output. */
export interface Compiler {
  readonly command: readonly string[];
  /** Variables of its environment, its cache among them. */
  readonly environment: Readonly<Record<string, string>>;
  readonly limits: RunLimits;
  /** Modules tell the names of functions, as the unit has them. */
  readonly isNamed?: boolean;
}

/** One answer for each of `units`, in order. */
export function compileBatch(units: readonly Unit[], compiler: Compiler): Promise<readonly Answer[]> {
  return compileTogether(units, toolchainOf(compiler));
}

/** For each of `linkers` one answer for each of `units`; the command of `compiler` writes objects, `runtime` is the run-time library. */
export function linkBatch(
  units: readonly Unit[],
  compiler: Compiler,
  runtime: Uint8Array,
  linkers: readonly LinkFiles[],
): Promise<readonly (readonly Answer[])[]> {
  return linkTogether(units, { ...toolchainOf(compiler), runtime, cut }, linkers);
}

/** The sources of a link of `unit` alone, by path of the object. Throws NotPrintable. */
export function batchLinkSources(unit: Unit): ReadonlyMap<string, string> {
  return linkSources(unit, { prelude: ZIG_PRELUDE, print, cut });
}

function print(unit: Unit, prefix: string, n: number, half: Half | null): string {
  return `${printZig(unit, prefix, prefix, half)}${printAddressTable(unit, prefix, n, half)}`;
}

function cut(unit: Unit): readonly [Half, Half] | null {
  return cutProgram(unit, bordersInZig(unit));
}

function toolchainOf({ command, environment, limits, isNamed = false }: Compiler): Toolchain {
  return {
    file: 'batch.zig',
    prelude: ZIG_PRELUDE,
    print,
    words: (source, module) => [...command, source, `-femit-bin=${module}`],
    folder: (scratch) => scratch,
    environment: (scratch) => ({ ...environment, ZIG_LOCAL_CACHE_DIR: join(scratch, 'cache') }),
    limits,
    ...(isNamed && { functionName: nameOfFunction }),
    toError: answerToError,
    alone: (end, large) => answerAlone(end, large, limits),
  };
}

/** Functions have the numbers of their navs in the source. */
function nameOfFunction({ navs }: Unit, text: string): string | null {
  const nav = /^n(\d+)$/.exec(text)?.[1];
  return nav === undefined ? null : (navs[Number(nav)]?.name ?? null);
}

/** The answer to a program that was compiled alone and gave no module. */
function answerAlone(end: StartedEnd, large: boolean, limits: RunLimits): Answer {
  switch (end.kind) {
    case 'exited': {
      const error = /\berror: (.*)/.exec(end.stderr)?.[1];
      if (error !== undefined && !end.stderr.includes('panic: ')) return answerToError(error);
      return answerToCrash(null, end.stderr);
    }
    case 'signal':
      return answerToCrash(end.signal, end.stderr);
    case 'processor-time':
      if (large)
        return { kind: 'unsupported', what: `${limits.processor} s of work do not suffice for a large program` };
      return { kind: 'crashed', message: 'it does not end', text: `it did not end in ${limits.processor} s of work` };
    case 'killed':
      return { kind: 'unsupported', what: `compiler ended from outside: ${end.why}` };
  }
}
