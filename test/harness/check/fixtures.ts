/**
 * What the tests of checks share: programs from text, modules from WAT, and a backend that answers what a test tells it.
 */
import type { CallInput, Settings, Unit } from '../../../core/index.ts';
import { CORE_BACKEND } from '../../../harness/backend/core/core-backend.ts';
import type { Answer as BackendAnswer, Backend, BuildJob } from '../../../harness/backend/door.ts';
import { EXECUTABLE_WAY } from '../../../harness/backend/door.ts';
import { CORE_SETTINGS } from '../../../harness/backend/core/settings.ts';
import type { Case } from '../../../harness/model/case.ts';
import { formatCaseFileError, readCaseFile } from '../../../harness/case/case-file.ts';
import type { StoredCase } from '../../../harness/case/case-file.ts';
import loadWabt from 'wabt';

const wabt = await loadWabt();

/** Bytes of a module in WAT. */
export function wat(text: string): Uint8Array {
  const module = wabt.parseWat('test.wat', text, { bulk_memory: true, mutable_globals: true });
  try {
    return new Uint8Array(module.toBinary({ write_debug_names: true }).buffer);
  } finally {
    module.destroy();
  }
}

/** A case file that must be right. */
export function stored(text: string): StoredCase {
  const result = readCaseFile(text, 'test.air');
  if (!result.ok) throw new Error(result.errors.map(formatCaseFileError).join('\n'));
  return result.value;
}

/** The case of a case file. */
export function caseOf(text: string): Case {
  return stored(text).case;
}

/** A unit from text. */
export function unitOf(text: string): Unit {
  return caseOf(text).unit;
}

/** A call of `fn` with patterns. */
export function call(fn: string, ...args: bigint[]): CallInput {
  return { fn, args };
}

/** The executable that `backend` makes at once. */
export function exeOf<S extends object>(backend: Backend<S>, unit: Unit, settings: S): BackendAnswer {
  const { compiler, ways } = backend;
  if (compiler.kind !== 'direct') throw new Error('answers later');
  return compiler.build({ unit, settings, way: ways[0].name });
}

/** What a fake backend answers; a function is asked each time, and may throw. */
type Answer = Uint8Array | BackendAnswer | (() => Uint8Array | BackendAnswer);

/** Answers of a fake backend. Objects are asked with the number of the call, from 0. */
export interface Answers {
  readonly exe: Answer;
  readonly object?: Answer;
  readonly linked?: Answer;
  readonly split?: Answer;
  readonly flushes?: readonly Answer[];
  /** Executable and object of compilations with threads. */
  readonly threaded?: Answer;
}

/** A backend that answers from `answers` and counts how often it is asked for what. */
export interface FakeBackend extends Backend {
  readonly asked: Record<
    'exe' | 'object' | 'part' | 'linked' | 'split' | 'open' | 'flush' | 'update' | 'threaded',
    number
  >;
}

function give(answer: Answer | undefined): BackendAnswer {
  const given = typeof answer === 'function' ? answer() : answer;
  if (given === undefined) throw new Error('the test gave no answer for this');
  return given instanceof Uint8Array ? { kind: 'built', bytes: given } : given;
}

/** Without `linked`, the fake has no objects; without `flushes`, it cannot flush again; without `threaded`, no threads. */
export function fakeBackend(answers: Answers): FakeBackend {
  const asked = { exe: 0, object: 0, part: 0, linked: 0, split: 0, open: 0, flush: 0, update: 0, threaded: 0 };
  const hasObjects = answers.linked !== undefined;
  return {
    name: 'fake',
    asked,
    settings: CORE_SETTINGS,
    ways: [EXECUTABLE_WAY],
    compiler: {
      kind: 'direct',
      build() {
        asked.exe++;
        return give(answers.exe);
      },
    },
    ...(hasObjects && {
      objects: {
        compile(job) {
          asked[job.defines === undefined ? 'object' : 'part']++;
          return give(answers.object ?? answers.exe);
        },
        link(objects) {
          const isWhole = objects[0]!.name === 'whole.o';
          asked[isWhole ? 'linked' : 'split']++;
          return give(isWhole ? answers.linked : (answers.split ?? answers.linked));
        },
      },
    }),
    ...(answers.threaded !== undefined && {
      threads: {
        exe() {
          asked.threaded++;
          return give(answers.threaded);
        },
        object() {
          asked.threaded++;
          return give(answers.threaded);
        },
      },
    }),
    ...(answers.flushes !== undefined && {
      living: {
        open() {
          asked.open++;
          return {
            flush: () => give(answers.flushes![Math.min(asked.flush++, answers.flushes!.length - 1)]),
            updateFunction: () => {
              asked.update++;
            },
          };
        },
      },
    }),
  } satisfies FakeBackend;
}

/** Core, whose answers to builds are changed. */
export function coreAnswering(change: (answer: BackendAnswer) => BackendAnswer): Backend {
  const { compiler } = CORE_BACKEND;
  if (compiler.kind !== 'direct') throw new Error('core compiles in this process');
  return {
    ...CORE_BACKEND,
    compiler: {
      ...compiler,
      build: (job: BuildJob<Settings>, meter, work) => change(compiler.build(job, meter, work)),
    },
  };
}
