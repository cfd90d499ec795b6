/**
 * Zig's compilers as back ends: `zig` is its own code generator and linker for wasm, `zig-llvm` goes through LLVM and LLD.
 *
 * Both get the same source, and each is the witness of the other: a difference accuses one only where the other does what the
 * interpreter says. Owns the command lines. docs/outside.md is the manual.
 */
import type { Backend, BackendWay, BatchCompiler, BuildJob, LinkableAbility, Support } from '../door.ts';
import type { Unit } from '../../../core/index.ts';
import { InputError } from '../../model/failure.ts';
import { isSpelled } from '../../source/zig/instructions.ts';
import { printed } from '../../source/not-printable.ts';
import { printZig, ZIG_PRELUDE } from '../../source/zig/print-zig.ts';
import { comparableBits } from '../../source/zig/zig-layout.ts';
import { readKnownBugs } from '../read-known-bugs.ts';
import type { Compiler } from './compile-batch.ts';
import { batchLinkSources, compileBatch, linkBatch } from './compile-batch.ts';
import { LIBRARY } from '../process/link-together.ts';
import type { InstalledZig } from './installed-zig.ts';
import { findZig, knownBugsFile } from './installed-zig.ts';
import { runtimeObject, runtimeObjectLine } from './runtime-object.ts';
import type { ZigSettings } from './zig-settings.ts';
import { zigSettings, zigTarget } from './zig-settings.ts';

/** Bytes of stack of a program. With Zig's own 16 MB, its code generator gets addresses of variables wrong. */
const STACK = 65536;

const COMMON = ['-target', 'wasm32-freestanding', '--color', 'off'];
const EXECUTABLE = ['build-exe', ...COMMON, '-fno-entry', '-rdynamic', '--stack', String(STACK)];

/** An object, which the code generator of Zig's own does not write. */
const OBJECT = ['build-obj', ...COMMON];

/** The compilers of one Zig, by name. */
const MODES = {
  'self-hosted': ['-fno-llvm', '-fno-lld'],
  llvm: ['-fllvm', '-flld', '-ODebug'],
  'llvm-fast': ['-fllvm', '-flld', '-OReleaseFast'],
} as const;

type Mode = keyof typeof MODES;

/** Programs of one compile. */
const MOST = 150;

/** What one compile may take: a batch takes a second, but the first one of a mode makes the runtime library. */
const LIMITS = { processor: 240, clock: 900, memory: 16 * 2 ** 30 };

const SETTINGS = zigSettings(STACK);

const SUPPORT: Support = { tag: isSpelled };

function isNamed(settings: ZigSettings): boolean {
  return settings.isNamed === true;
}

/** The command line of `mode`, without source and output. */
function zigCommand(path: string, mode: Mode, settings: ZigSettings): readonly string[] {
  return [path, ...EXECUTABLE, ...zigTarget(settings), ...MODES[mode]];
}

/** The command line that writes an object in `mode`, without source and output. */
function objectCommand(path: string, mode: Mode, settings: ZigSettings): readonly string[] {
  return [path, ...OBJECT, ...zigTarget(settings), ...MODES[mode]];
}

function compilerOf(zig: InstalledZig, modes: Readonly<Record<string, Mode>>): BatchCompiler<ZigSettings> {
  return {
    kind: 'batch',
    most: MOST,
    build: (jobs) =>
      byCommand(jobs, zig, ({ way, settings }) => zigCommand(zig.path, modes[way]!, settings), compileBatch),
  };
}

/** The objects of LLVM behind Zig. */
function linkableOf(zig: InstalledZig, modes: Readonly<Record<string, Mode>>): LinkableAbility<ZigSettings> {
  return {
    most: MOST,
    recipes({ unit, settings, way }) {
      const command = objectCommand('zig', modes[way]!, settings);
      const made = [...batchLinkSources(unit)].map(([path, text]) => {
        const file = path.replace(/o$/, 'zig');
        return {
          path,
          source: { language: 'zig', file, text },
          command: [...command, file, `-femit-bin=${path}`].join(' '),
        };
      });
      return [...made, { path: LIBRARY, source: null, command: runtimeObjectLine(LIBRARY) }];
    },
    async link(jobs, linkers) {
      const commandOf = ({ way, settings }: BuildJob<ZigSettings>): readonly string[] =>
        objectCommand(zig.path, modes[way]!, settings);
      const library = await runtimeObject(zig, LIMITS);
      const answers = await byCommand(jobs, zig, commandOf, async (units, compiler) => {
        const byLinker = await linkBatch(units, compiler, library, linkers);
        return units.map((_, n) => byLinker.map((of) => of[n]!));
      });
      return linkers.map((_, n) => answers.map((of) => of[n]!));
    },
  };
}

/** What `run` answers to each of `jobs`: what one command line compiles is one file. */
async function byCommand<Reply>(
  jobs: readonly BuildJob<ZigSettings>[],
  { environment }: InstalledZig,
  commandOf: (job: BuildJob<ZigSettings>) => readonly string[],
  run: (units: readonly Unit[], compiler: Compiler) => Promise<readonly Reply[]>,
): Promise<readonly Reply[]> {
  const replies = new Map<string, Reply[]>();
  const lines = jobs.map(commandOf);
  const keys = lines.map((line, n) => `${line.join(' ')}${isNamed(jobs[n]!.settings) ? ' named' : ''}`);
  for (const key of new Set(keys)) {
    const at = keys.indexOf(key);
    const compiler = { command: lines[at]!, environment, limits: LIMITS, isNamed: isNamed(jobs[at]!.settings) };
    const units = jobs.filter((_, n) => keys[n] === key).map(({ unit }) => unit);
    replies.set(key, [...(await run(units, compiler))]);
  }
  return keys.map((key) => replies.get(key)!.shift()!);
}

function backendOf(
  name: string,
  zig: InstalledZig,
  ways: Backend['ways'],
  witness: BackendWay,
  modes: Readonly<Record<string, Mode>>,
  llvm: { readonly linkable: LinkableAbility<ZigSettings>; readonly mergesFunctions: true } | null = null,
): Backend<ZigSettings> {
  return {
    name: `${name} ${zig.version}`,
    settings: SETTINGS,
    ways,
    witness,
    compiler: compilerOf(zig, modes),
    ...llvm,
    supports: SUPPORT,
    comparable: comparableBits,
    known: readKnownBugs(knownBugsFile(name, zig.version)),
    bytesVary: true,
    report: {
      tool: `Zig ${zig.version}`,
      language: 'zig',
      file: 'a.zig',
      source: (unit) => printed(() => `${ZIG_PRELUDE}${printZig(unit, '')}`),
      command: (way, settings) => [...zigCommand('zig', modes[way]!, settings), 'a.zig', '-femit-bin=a.wasm'].join(' '),
    },
  };
}

/** The back end `spec`: `zig` or `zig-llvm`, with a version behind a colon or not (`zig:0.17`). */
export function zigBackend(spec: string): Backend<ZigSettings> {
  const match = /^(zig|zig-llvm)(?::(\d[\d.]*))?$/.exec(spec);
  if (match === null)
    throw new InputError(`'${spec}' is no back end: it is zig or zig-llvm, or one with a version (zig:0.17)`);
  const zig = findZig(match[2] ?? null);
  const way = (name: string): BackendWay => ({ name, accuses: 'codegen' });
  if (match[1] === 'zig')
    return backendOf('zig', zig, [way('executable')], way('llvm'), { executable: 'self-hosted', llvm: 'llvm' });
  const modes = { executable: 'llvm', 'release-fast': 'llvm-fast', 'self-hosted': 'self-hosted' } as const;
  const ways = [way('executable'), way('release-fast')] as const;
  // Zig's language does not say that two functions have two addresses, and LLVM merges equal ones in ReleaseFast.
  const llvm = { linkable: linkableOf(zig, modes), mergesFunctions: true } as const;
  return backendOf('zig-llvm', zig, ways, way('self-hosted'), modes, llvm);
}
