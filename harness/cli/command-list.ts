/**
 * The commands by name, in the order of the help, as data: what the list says of each, and how its code is loaded.
 *
 * Invariant: nothing here loads a command before it is called, so that the list costs nothing.
 */
import type { AnyCommand } from './command.ts';

/** A command that may not be loaded yet. */
export interface CommandEntry {
  readonly name: string;
  /** One line for the list, without an end. */
  readonly summary: string;
  load(): Promise<AnyCommand>;
}

/** All commands but `help`. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'fuzz',
    summary: 'look for failures: random programs through every check',
    load: async () => (await import('./fuzz.ts')).fuzzCommand,
  },
  {
    name: 'repro',
    summary: 'run one case again and show what differs, and where',
    load: async () => (await import('./repro.ts')).reproCommand,
  },
  {
    name: 'reduce',
    summary: 'make a failing case smaller and keep the bug',
    load: async () => (await import('./reduce.ts')).reduceCommand,
  },
  { name: 'regress', summary: 'replay the corpus', load: async () => (await import('./regress.ts')).regressCommand },
  {
    name: 'report',
    summary: 'write what a run folder tells as a page or for another program',
    load: async () => (await import('./report.ts')).reportCommand,
  },
  {
    name: 'merge',
    summary: 'join the runs of shards into the run of the whole campaign',
    load: async () => (await import('./merge.ts')).mergeCommand,
  },
  {
    name: 'gate',
    summary: 'stand in front of a pull request: only failures that the base does not have are red',
    load: async () => (await import('./gate.ts')).gateCommand,
  },
  {
    name: 'bisect',
    summary: 'find the commit that made a case fail',
    load: async () => (await import('./bisect.ts')).bisectCommand,
  },
  {
    name: 'gen',
    summary: 'print the case of a seed without running it',
    load: async () => (await import('./gen.ts')).genCommand,
  },
  {
    name: 'run',
    summary: 'interpret and execute a program and print both outcomes',
    load: async () => (await import('./run.ts')).runCommand,
  },
  {
    name: 'compile',
    summary: 'compile a program to a module, an object, or text',
    load: async () => (await import('./compile.ts')).compileCommand,
  },
  {
    name: 'link',
    summary: "link objects to a module; wasm-ld's option names",
    load: async () => (await import('./link.ts')).linkCommand,
  },
  {
    name: 'corpus',
    summary: 'list, add to, check, prune and merge the corpus',
    load: async () => (await import('./corpus.ts')).corpusCommand,
  },
  {
    name: 'coverage',
    summary: 'show what the programs of a campaign reach, or what two campaigns differ in',
    load: async () => (await import('./coverage.ts')).coverageCommand,
  },
  {
    name: 'mutants',
    summary: 'plant mistakes in a copy of core and measure how many are found',
    load: async () => (await import('./mutants.ts')).mutantsCommand,
  },
  {
    name: 'doctor',
    summary: 'check that this machine can run campaigns',
    load: async () => (await import('./doctor.ts')).doctorCommand,
  },
];
