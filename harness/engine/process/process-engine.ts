/**
 * An engine in a process of its own, behind the door: batches go in as lines, answers come out as snapshots.
 *
 * Owns the process and what its death means. What kills it from outside, or takes longer than its time, costs the case at hand and
 * is counted (`NAME ended:SIGKILL`); what breaks it twice, the second time as the first thing that a new process does, is a module
 * that the engine refuses with `crash-…`. A module that uses a feature which the engine lacks is not run (`lacks:…`).
 */
import { HarnessError } from '../../model/failure.ts';
import type { BatchEngine, EngineRequest, EngineRun } from '../door.ts';
import { BadAnswer, featuresLine, readAnswer, readFeatures, requestLine } from './exchange.ts';
import type { ErrorMeaning } from './exchange.ts';
import type { Feature } from './features.ts';
import { FEATURES, featuresOf, SMALLEST_MODULES } from './features.ts';
import type { Command } from './line-process.ts';
import { LineProcess } from './line-process.ts';

/** What an engine in a process is made of. */
export interface ProcessParts {
  readonly name: string;
  readonly command: Command;
  meaningOf(error: string, phase: 'compile' | 'instantiate' | 'call'): ErrorMeaning | null;
  /** Shell line that installs it, for a message. */
  readonly install: string;
  /** Milliseconds by the clock for one answer; default: a minute. */
  readonly answerTime?: number;
}

/** Requests of a batch. */
const MOST = 64;
/** Requests that wait at a time, so that the process never waits for this one. */
const AHEAD = 16;
/** Answers after which a process is replaced. */
const LIFE = 2000;
const ANSWER_TIME = 60_000;
/** Seconds of processor time of one process: far more than {@link LIFE} honest runs take. */
const PROCESSOR_TIME = 1200;
/** Processes that may end before the first answer. */
const STARTS = 3;

/** The engine of `parts`. Nothing starts before the first run. */
export function processEngine(parts: ProcessParts): BatchEngine {
  const runner = new Runner(parts);
  return { kind: 'batch', name: parts.name, most: MOST, run: (requests) => runner.run(requests) };
}

class Runner {
  readonly #parts: ProcessParts;
  readonly #process: LineProcess;
  #answered = 0;
  #has: ReadonlySet<Feature> | null = null;

  constructor(parts: ProcessParts) {
    this.#parts = parts;
    const { command, answerTime = ANSWER_TIME } = parts;
    this.#process = new LineProcess(command, { answer: answerTime, processor: PROCESSOR_TIME });
  }

  async run(requests: readonly EngineRequest[]): Promise<readonly EngineRun[]> {
    const answers: (EngineRun | null)[] = requests.map(() => null);
    const deaths = requests.map(() => 0);
    for (let first = 0; first < requests.length;) {
      const has = (this.#has ??= await this.#features());
      const end = Math.min(first + AHEAD, requests.length);
      const asked = requests.slice(first, end);
      const replies = await Promise.all(asked.map((request) => this.#process.ask(requestLine(request))));
      for (const [n, reply] of replies.entries()) {
        const at = first;
        if (reply.kind === 'line') {
          const run = this.#read(reply.text, asked[n]!, has);
          if (run === null) {
            // What a process says that has lost its way is not to be listened to any longer.
            this.#process.end();
            answers[at] = ++deaths[at]! > 1 ? crash('no answer', reply.text.slice(0, 200)) : null;
            if (answers[at] !== null) first++;
            break;
          }
          answers[at] = run;
          first++;
          this.#answered++;
          continue;
        }
        if (reply.kind === 'missing') throw this.#missing(reply.message);
        if (++deaths[at]! > 1) {
          answers[at] = reply.kind === 'broke' ? crash(reply.how, reply.text) : notRun(`ended:${reply.why}`);
          first++;
        }
        break;
      }
      if (this.#answered >= LIFE) {
        this.#process.end();
        this.#answered = 0;
      }
    }
    return answers.map((answer) => answer!);
  }

  /** The snapshot; null for what is no answer. */
  #read(line: string, request: EngineRequest, has: ReadonlySet<Feature>): EngineRun | null {
    let run: EngineRun;
    try {
      run = readAnswer(line, request, (error, phase) => this.#parts.meaningOf(error, phase));
    } catch (error) {
      if (error instanceof BadAnswer) return null;
      throw error;
    }
    if (run.kind !== 'rejected' || run.phase !== 'compile') return run;
    const lacking = [...featuresOf(request.bytes)].filter((feature) => !has.has(feature));
    return lacking.length === 0 ? run : notRun(`lacks:${lacking.join('+')}`);
  }

  async #features(): Promise<ReadonlySet<Feature>> {
    let last = '';
    for (let start = 0; start < STARTS; start++) {
      const reply = await this.#process.ask(featuresLine(SMALLEST_MODULES));
      if (reply.kind === 'line') {
        try {
          const has = readFeatures(reply.text);
          return new Set(FEATURES.filter((_, n) => has[n] === true));
        } catch (error) {
          if (!(error instanceof BadAnswer)) throw error;
          throw this.#missing(error.message);
        }
      }
      if (reply.kind === 'missing') throw this.#missing(reply.message);
      last = reply.kind === 'broke' ? `${reply.how}\n${reply.text}` : reply.why;
    }
    throw this.#missing(last);
  }

  #missing(why: string): HarnessError {
    const { name, install } = this.#parts;
    return new HarnessError(`the engine ${name} cannot be started (${why.trim()}); '${install}' installs it`);
  }
}

function notRun(reason: string): EngineRun {
  return { kind: 'not-run', reason };
}

function crash(how: string, text: string): EngineRun {
  const message = `crash-${how.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`;
  return {
    kind: 'rejected',
    phase: 'instantiate',
    message,
    detail: `the process of the engine broke: ${how}\n${text}`,
  };
}
