/**
 * What the campaign and its worker processes say to each other. Types only, plain data only.
 *
 * A worker gets one setup, then tasks one at a time, and answers each with one reply. Cases are named by position: the
 * position `p` of shard `i/n` is the case with index `i + p * n` of the campaign.
 */
import type { Tally } from '../model/tally.ts';
import type { Cause } from '../check/bucket-id.ts';
import type { Place } from '../model/place.ts';
import type { Finding } from '../model/finding.ts';
import type { CaseReport } from '../model/case-report.ts';
import type { TimePart } from '../model/stopwatch.ts';
import type { ReduceStep } from '../reduce/reduce.ts';

/** A part of a campaign for one of several machines: cases whose index is `index` modulo `of`. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/** What a worker has to know before its first task. */
export interface WorkerSetup {
  readonly campaignSeed: number;
  readonly profile: string;
  readonly shard: Shard;
  /** As `--backend`: a name, a module file, or the path of a folder that holds a built core. */
  readonly backend: string;
  /** As `--engines`. */
  readonly engines: string;
  /** As `--checks`, or null for the default selection. */
  readonly checks: string | null;
  /** As `--only-ops`, or null. */
  readonly onlyOps: readonly string[] | null;
  /** Ids of the known bugs that cases keep away from and that are counted apart; absent: none. */
  readonly known?: readonly string[];
  /** File into which the worker writes the position that it is at. */
  readonly markerFile: string;
  /** File into which the worker writes a candidate before it runs it. */
  readonly candidateFile: string;
}

/** Where a case comes from: a position of the campaign, a seed of its profile, or the text of a case file. */
export type CaseSource =
  | { readonly from: 'position'; readonly position: number }
  | { readonly from: 'seed'; readonly seed: number }
  | { readonly from: 'text'; readonly text: string };

/** The text of a case file, and what to call it in messages. */
export interface NamedText {
  readonly name: string;
  readonly text: string;
}

/** Why a case file is not run: what is wrong with it, or with this machine. */
export interface Refusal {
  readonly kind: 'unreadable' | 'unable';
  readonly message: string;
}

/** What became of a case file. */
export type FileReply =
  | Refusal
  | {
      readonly kind: 'replayed';
      readonly seed: number;
      /** Null where it did not fail. */
      readonly original: CaseText | null;
      readonly findings: readonly Finding[];
      readonly verdict: CaseReport['verdict'];
      readonly tally: Tally;
      readonly profile: string;
      readonly bucket: string | null;
      /** Names of the checks that the file names; empty: none. */
      readonly checks: readonly string[];
    };

/** What a worker can be asked for. */
export type Task =
  | {
      readonly kind: 'cases';
      readonly first: number;
      readonly count: number;
      readonly stopOnFirst: boolean;
      /** Their seeds, where positions do not say them. */
      readonly seeds?: readonly number[];
      /**
       * For a case that a guard struck at or that a worker died at: each step has a guard of its own and this many times as
       * long by the clock, and the marker says which part is at work. Absent: one guard around several cases.
       */
      readonly patience?: number;
    }
  | {
      readonly kind: 'reduce';
      readonly source: CaseSource;
      readonly bucket: string;
      /** Id of the cause that is kept as well, or null where it is not known. */
      readonly cause?: string | null;
      readonly maxRuns: number;
      /** Clock time after which it ends early, or null: then the result is deterministic. */
      readonly maxSeconds: number | null;
      /** The same as a moment, in milliseconds of `Date.now`: time in which no worker is free counts too. */
      readonly until?: number | null;
      /** File of the answers so far, to go on with after the death of a worker; absent: none is kept. */
      readonly journal?: string;
    }
  /** Runs every check that applies on one case, its stored expectations included; `own`: of checks those that the case is about. */
  | { readonly kind: 'check'; readonly source: CaseSource; readonly own?: boolean }
  /** The same for the texts of some case files, which share what a worker can share. */
  | { readonly kind: 'replay'; readonly files: readonly NamedText[]; readonly own: boolean }
  /** Runs the cases of the bugs that are known of the back end. */
  | { readonly kind: 'known' }
  /** The text of a case, without running it. */
  | { readonly kind: 'describe'; readonly source: CaseSource }
  /** Where the two sides of `finding` part, in the text of a case. */
  | { readonly kind: 'place'; readonly text: string; readonly finding: Finding }
  /** The causes of findings of a case: it is run with probes. */
  | {
      readonly kind: 'name';
      readonly source: CaseSource;
      readonly findings: readonly Finding[];
      readonly minimised: boolean;
    };

/** A case that failed. */
export interface FoundCase {
  readonly position: number;
  readonly seed: number;
  readonly findings: readonly Finding[];
}

/** A case in the form in which it is stored. */
export interface CaseText {
  readonly text: string;
  readonly instructions: number;
}

/** A reduced case; `id` is the name of its bucket, given by what is left of the program. */
interface ReducedCase extends CaseText {
  readonly id: string;
  readonly finding: Finding;
}

/** A candidate that failed in another bucket, or of another cause. */
export interface Slipped {
  readonly bucket: string;
  /** Id of its cause, where that was asked for. */
  readonly cause: string | null;
  readonly text: string;
}

/** Answers, by task. */
export interface Replies {
  readonly cases: {
    readonly kind: 'cases';
    readonly tally: Tally;
    readonly found: readonly FoundCase[];
    /** Position after the last case run: less than asked for only with `stopOnFirst`, or where a guard struck. */
    readonly next: number;
    /** The guard struck at the case `next`: it is to be run by itself, with patience, on a fresh worker. */
    readonly struck: boolean;
    /** Processor seconds of the worker process, its threads included; a fake may leave it out. */
    readonly processorSeconds?: number;
  };
  readonly reduce: {
    readonly kind: 'reduce';
    readonly seed: number;
    readonly original: CaseText;
    /** Null when the case does not fail in its bucket when it is run again. */
    readonly reduced: ReducedCase | null;
    readonly minimal: boolean;
    readonly lastSweep: number;
    readonly runs: number;
    /** Other buckets that candidates failed in, or other causes in the same. */
    readonly slips: readonly Slipped[];
  };
  readonly check: {
    readonly kind: 'check';
    readonly seed: number;
    readonly original: CaseText;
    readonly findings: readonly Finding[];
    readonly verdict: CaseReport['verdict'];
    readonly tally: Tally;
  };
  readonly replay: {
    readonly kind: 'replay';
    /** In the order of the files. Fewer than files: a guard struck at the next one, which is to be run by itself. */
    readonly files: readonly FileReply[];
  };
  readonly known: {
    readonly kind: 'known';
    /** Ids of the bugs in the list's order: still there, gone, or not to be told as its case could not be run. */
    readonly active: readonly string[];
    readonly fixed: readonly string[];
    readonly unclear: readonly string[];
  };
  readonly describe: { readonly kind: 'describe'; readonly seed: number; readonly original: CaseText };
  readonly place: { readonly kind: 'place'; readonly place: Place | null };
  readonly name: {
    readonly kind: 'name';
    /** One for each finding; null where a case that is not minimised does not tell. */
    readonly causes: readonly (Cause | null)[];
    /** The case, with the bucket of the first of them. */
    readonly text: string;
  };
}

/** An answer to a task. */
export type Reply = Replies[Task['kind']];

/** Parent to worker. */
export type ToWorker =
  { readonly type: 'setup'; readonly setup: WorkerSetup } | { readonly type: 'task'; readonly task: Task };

/** Worker to parent. */
export type FromWorker =
  | { readonly type: 'ready' }
  /** `spent`: the worker is to be replaced before its next task. `rss`: resident bytes of the process. */
  | { readonly type: 'reply'; readonly reply: Reply; readonly spent: boolean; readonly rss: number }
  /** A reduction got on. */
  | { readonly type: 'step'; readonly step: ReduceStep }
  /** The environment does not let it work; it ends. */
  | { readonly type: 'failed'; readonly message: string };

/** The worker process is gone. */
export interface Died {
  readonly kind: 'died';
  readonly how:
    { readonly why: 'exit'; readonly code: number | null; readonly signal: string | null } | { readonly why: 'hung' };
  /** Position that the worker was at, or -1. */
  readonly position: number;
  /** Part that was at work, where the worker says so. */
  readonly part: TimePart | null;
  /** Text of the candidate that was running, for reductions. */
  readonly candidate: string | null;
  /** End of what the worker wrote to stderr. */
  readonly stderr: string;
}

/** How a task ended. */
export type TaskOutcome<R extends Reply = Reply> =
  | { readonly kind: 'done'; readonly reply: R }
  | Died
  /** There is no worker to be had, or it cannot work: the environment's fault. */
  | { readonly kind: 'failed'; readonly message: string }
  /** The pool was closed, or the task aborted. */
  | { readonly kind: 'stopped' };

/** What goes with a task while it runs. */
export interface RunningTask {
  readonly onStep?: (step: ReduceStep) => void;
  /** Ends the task and its worker at once. */
  readonly abort?: AbortSignal;
}

/** What runs tasks: a pool of processes, or a fake in tests. */
export interface Workers {
  /** Tasks that can run at the same time. */
  readonly size: number;
  /** Whether any worker has got as far as its first task; absent: yes. */
  readonly hasStarted?: boolean;
  run<K extends Task['kind']>(
    task: Extract<Task, { kind: K }>,
    running?: RunningTask,
  ): Promise<TaskOutcome<Replies[K]>>;
  /** Stops all work at once. */
  close(): Promise<void>;
}
