/**
 * What back ends and engines that answer later have been asked for, and what they have answered.
 *
 * Checks, reductions and explanations are plain functions that ask for a module or a run and go on with it. Where the answer
 * is not there yet, the wish is noted and the function is left by throwing {@link Wanted}; when all wishes of a batch are
 * fulfilled it is run again, and comes further. So nothing in them knows of batches, and a back end in this process,
 * which never needs a supply, costs no promise. Invariant: equal questions get one answer, however often they are asked.
 */
import { createHash } from 'node:crypto';
import { printUnit } from '../../core/index.ts';
import type { Answer, Backend, BuildJob, LinkFiles } from '../backend/door.ts';
import type { BatchEngine, EngineRequest, EngineRun } from '../engine/door.ts';
import { writeRequest } from '../engine/wire.ts';

/** Thrown out of whatever needs an answer that is not there yet. Whoever catches everything lets this through. */
export class Wanted extends Error {
  override readonly name = 'Wanted';
}

/** Questions of one kind. */
interface Counter<Question, Reply> {
  readonly answers: Map<string, Reply>;
  readonly wishes: Map<string, Question>;
}

export class Supply {
  readonly #backend: Backend;
  readonly #builds: Counter<BuildJob, Answer> = { answers: new Map(), wishes: new Map() };
  readonly #links = new Map<readonly LinkFiles[], Counter<BuildJob, readonly Answer[]>>();
  readonly #runs = new Map<BatchEngine, Counter<EngineRequest, EngineRun>>();

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** The answer to `job`. `salt` tells apart what is asked for twice on purpose. */
  build(job: BuildJob, salt: string): Answer {
    return ask(this.#builds, this.#textOf(job, salt), job);
  }

  /** What each of `linkers` makes of the objects of `job`. Who asks with the same list is answered once. */
  link(job: BuildJob, linkers: readonly LinkFiles[]): readonly Answer[] {
    let counter = this.#links.get(linkers);
    if (counter === undefined) this.#links.set(linkers, (counter = { answers: new Map(), wishes: new Map() }));
    return ask(counter, this.#textOf(job, ''), job);
  }

  #textOf({ unit, settings, way }: BuildJob, salt: string): string {
    const words = this.#backend.settings.print(settings).join(' ');
    return `${way} ${salt} ${unit.pool.target.ptrBits} ${words}\n${printUnit(unit)}`;
  }

  /** The answer of `engine` to `request`. */
  run(engine: BatchEngine, request: EngineRequest): EngineRun {
    let counter = this.#runs.get(engine);
    if (counter === undefined) this.#runs.set(engine, (counter = { answers: new Map(), wishes: new Map() }));
    return ask(counter, writeRequest(request), request);
  }

  /** Has all wishes fulfilled; false where there was none. */
  async fulfil(): Promise<boolean> {
    const { compiler, linkable } = this.#backend;
    let any = false;
    if (compiler.kind === 'batch') any = await serve(this.#builds, compiler.most, (jobs) => compiler.build(jobs));
    for (const [linkers, counter] of linkable === undefined ? [] : this.#links) {
      const served = await serve(counter, linkable!.most, async (jobs) => {
        const byLinker = await linkable!.link(jobs, linkers);
        return jobs.map((_, n) => byLinker.map((answers) => answers[n]!));
      });
      any ||= served;
    }
    for (const [engine, counter] of this.#runs) {
      const served = await serve(counter, engine.most, (requests) => engine.run(requests));
      any ||= served;
    }
    return any;
  }
}

function ask<Question, Reply>(counter: Counter<Question, Reply>, text: string, question: Question): Reply {
  const key = createHash('sha1').update(text).digest('base64');
  const known = counter.answers.get(key);
  if (known !== undefined) return known;
  counter.wishes.set(key, question);
  throw new Wanted('an answer is not there yet');
}

async function serve<Question, Reply>(
  { answers, wishes }: Counter<Question, Reply>,
  most: number,
  answer: (questions: readonly Question[]) => Promise<readonly Reply[]>,
): Promise<boolean> {
  const asked = [...wishes];
  wishes.clear();
  for (let at = 0; at < asked.length; at += Math.max(1, most)) {
    const batch = asked.slice(at, at + Math.max(1, most));
    const replies = await answer(batch.map(([, question]) => question));
    if (replies.length !== batch.length) {
      throw new Error(`a batch of ${batch.length} questions was given ${replies.length} answers`);
    }
    batch.forEach(([key], n) => answers.set(key, replies[n]!));
  }
  return asked.length > 0;
}

/** Runs `body` until it needs nothing more that is not there. */
export async function supplied<T>(supply: Supply, body: () => T): Promise<T> {
  for (;;) {
    try {
      return body();
    } catch (error) {
      if (!(error instanceof Wanted)) throw error;
    }
    if (!(await supply.fulfil())) throw new Error('something is wanted that nobody was asked for');
  }
}

/** Asks all `questions` before it gives up on one that has no answer yet, so that they go into one batch. */
export function together(questions: readonly (() => unknown)[]): void {
  let wanted: Wanted | null = null;
  for (const ask of questions) {
    try {
      ask();
    } catch (error) {
      if (!(error instanceof Wanted)) throw error;
      wanted = error;
    }
  }
  if (wanted !== null) throw wanted;
}
