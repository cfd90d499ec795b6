/**
 * The backend of this repository: core, in this process.
 *
 * `coreBackend` makes a backend out of any build of core, because the planted-bug tests run transformed copies of
 * dist/core. Such a copy works on units that another copy made: a unit is plain data, and the pool and bodies in it bring
 * their own methods. So nothing here and nothing in codegen, MIR, linker and pipeline may test a class of a unit.
 */
import type { Diagnostic, Generated, IpIndex, Mir, NavIndex, Result, Settings, Unit } from '../../../core/index.ts';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  compileExe,
  compileExeThreadedSync,
  compileFunction,
  compileObject,
  compileObjectThreadedSync,
  compileRuntimeFunctions,
  compileRuntimeObjects,
  formatDiagnostic,
  joinObjects,
  linkObjects,
  MirBuilder,
  nothingGenerated,
  openCompilation,
  printMir,
  printNavName,
  printType,
  printValue,
  runLinker,
  workerUrl,
} from '../../../core/index.ts';
import type { Answer, Backend, Meter, SharedWork, ThreadAbility } from '../door.ts';
import { EXECUTABLE_WAY } from '../door.ts';
import { functionCode } from './function-code.ts';
import { CORE_SETTINGS } from './settings.ts';
import { makersOfCode, tracedLines } from './trace-code.ts';
import { wasmLdWords } from './wasm-ld-words.ts';

/** The part of core's door that a backend needs. */
export interface CoreDoor {
  readonly compileExe: typeof compileExe;
  readonly compileObject: typeof compileObject;
  readonly joinObjects: typeof joinObjects;
  readonly linkObjects: typeof linkObjects;
  readonly runLinker: typeof runLinker;
  readonly openCompilation: typeof openCompilation;
  /** For people and for who looks at encodings; a build may lack the three. */
  readonly compileRuntimeFunctions?: typeof compileRuntimeFunctions;
  readonly compileFunction?: typeof compileFunction;
  readonly MirBuilder?: typeof MirBuilder;
  readonly printMir?: typeof printMir;
  readonly compileRuntimeObjects: typeof compileRuntimeObjects;
  readonly compileExeThreadedSync: typeof compileExeThreadedSync;
  readonly compileObjectThreadedSync: typeof compileObjectThreadedSync;
  readonly workerUrl: typeof workerUrl;
}

/** A back end over the build `door`. */
export function coreBackend(door: CoreDoor, name: string): Backend<Settings> {
  return {
    name,
    settings: CORE_SETTINGS,
    ways: [EXECUTABLE_WAY],
    compiler: {
      kind: 'direct',
      build({ unit, settings }, meter = UNMETERED, work) {
        // What `compileExe` of core does, in two steps that can be timed.
        const open = meter.time('codegen', () => door.openCompilation(unit, settings, generatedIn(work)));
        return open.ok ? built(meter.time('link', () => open.value.flush())) : refused(open.error);
      },
    },
    objects: {
      compile({ unit, settings, ...options }, work) {
        const generated = generatedIn(work);
        return built(door.compileObject(unit, settings, generated === undefined ? options : { ...options, generated }));
      },
      link: (objects, settings) => built(door.linkObjects(objects, settings)),
    },
    mixed: {
      build({ unit, settings, defines }, inputs, work) {
        const generated = generatedIn(work);
        const options = {
          inputs,
          ...(defines !== undefined && { defines }),
          ...(generated !== undefined && { generated }),
        };
        return built(door.compileExe(unit, settings, options));
      },
    },
    command: {
      link(words, files) {
        const {
          exitCode,
          files: written,
          errors,
        } = door.runLinker(words, {
          runtime: true,
          read: (path) => files.get(path) ?? null,
          // The same in each link, and with all bits, so that those show which are not from here.
          randomBytes: (count) => new Uint8Array(count).fill(0xff),
        });
        const [module] = written;
        return exitCode !== 0 || module === undefined ? refused(errors) : { kind: 'built', bytes: module.bytes };
      },
      words: wasmLdWords,
      // wasm-ld gives every program with 64-bit addresses a table with slots as wide.
      canCompare: ({ table64 }, ptrBits) => ptrBits === 32 || table64,
      join: (objects, wrap) => built(door.joinObjects(objects, wrap)),
      runtime: (ptrBits, names) => door.compileRuntimeObjects(ptrBits, names),
    },
    layout: {
      rules: ({ stackSize, stackFirst, globalBase, gc, strip, debugInfo }) => {
        return { stackSize, stackFirst, globalBase, collects: gc, strips: strip, debugInfo };
      },
    },
    living: {
      open(unit, settings) {
        const open = door.openCompilation(unit, settings);
        if (!open.ok) return refused(open.error);
        const compilation = open.value;
        return {
          flush: () => built(compilation.flush()),
          updateFunction: (nav) => compilation.updateFunc(nav),
          edit: (nav, edited) => {
            if (edited.kind === 'func') compilation.updateFunc(nav, edited);
            else compilation.updateNav(nav, edited);
          },
          reshape: (edited) => {
            if (!compilation.updateUnit(edited).ok) throw new Error('a program of the same instructions is refused');
          },
          flushObject: () => built(compilation.flushObject(false)),
        };
      },
    },
    // Node 20 loads no TypeScript in threads, so a door that is run from its sources has some only beside a build.
    ...(existsSync(fileURLToPath(door.workerUrl())) && { threads: threadsOf(door) }),
    ...codeTextOf(door),
  };
}

function threadsOf(door: CoreDoor): ThreadAbility<Settings> {
  return {
    exe: (unit, settings, threads) => built(door.compileExeThreadedSync(unit, settings, { threads })),
    object: (unit, settings, threads) => built(door.compileObjectThreadedSync(unit, settings, { threads })),
  };
}

function codeTextOf({
  compileFunction: compile,
  printMir: print,
  MirBuilder: Builder,
  compileRuntimeFunctions: runtimeFunctions,
}: CoreDoor): Pick<Backend<Settings>, 'code'> {
  if (compile === undefined || print === undefined) return {};
  const printed = (unit: Unit, nav: NavIndex, mir: Mir): string => {
    const nameOf = (n: number): string => printNavName(unit.navs[n]?.name ?? String(n));
    return print(mir, nameOf(nav), {
      nav: nameOf,
      value: (value) => printValue(unit.pool, value as IpIndex, unit),
      type: (type) => printType(unit.pool, type as IpIndex, unit),
    });
  };
  return {
    code: {
      print: (unit, settings, nav) => printed(unit, nav, compile(unit, nav, settings)),
      ...(Builder !== undefined && {
        trace(unit: Unit, settings: Settings, nav: NavIndex) {
          const makers = makersOfCode(Builder);
          const mir = compile(unit, nav, settings, makers.mir);
          return tracedLines(mir, printed(unit, nav, mir), makers);
        },
      }),
      instructions: (unit, settings, nav) =>
        functionCode(compile(unit, nav, settings), { ptrBits: unit.pool.target.ptrBits, table64: settings.table64 }),
      ...(runtimeFunctions !== undefined && {
        runtimeCode: ({ table64 }: Settings, ptrBits: 32 | 64, names: ReadonlySet<string>) =>
          new Map(
            runtimeFunctions(ptrBits, names).map(({ name, mir }) => [name, functionCode(mir, { ptrBits, table64 })]),
          ),
      }),
    },
  };
}

/** Core as it is. */
export const CORE_BACKEND: Backend<Settings> = coreBackend(
  {
    compileExe,
    compileObject,
    joinObjects,
    linkObjects,
    runLinker,
    openCompilation,
    compileRuntimeObjects,
    compileRuntimeFunctions,
    compileExeThreadedSync,
    compileObjectThreadedSync,
    compileFunction,
    MirBuilder,
    printMir,
    workerUrl,
  },
  'core',
);

/** The build of core whose door is `url` (`file:…/core/index.js`). */
export async function loadCoreBackend(url: string, name = 'core-copy'): Promise<Backend<Settings>> {
  return coreBackend((await import(url)) as CoreDoor, name);
}

const UNMETERED: Meter = { time: (_part, body) => body() };

/** Functions that builds with the same `work` have in common. */
function generatedIn(work: SharedWork | undefined): Generated | undefined {
  return work === undefined ? undefined : ((work.kept ??= nothingGenerated()) as Generated);
}

function built(result: Result<Uint8Array>): Answer {
  return result.ok ? { kind: 'built', bytes: result.value } : refused(result.error);
}

function refused(error: readonly Diagnostic[]): Extract<Answer, { kind: 'refused' }> {
  const first = error.find(({ severity }) => severity !== 'warning') ?? error[0];
  return { kind: 'refused', code: first?.code ?? 'unknown', text: error.map(formatDiagnostic).join('\n') };
}
