/**
 * What a running campaign says of itself: how far it is, how fast, when something new was last found, how long it will take.
 *
 * Owns the window of the present rate and the wording. Is told the time, asks no clock.
 */
import type { CampaignConfig } from '../campaign/config.ts';
import type { CampaignEvents } from '../campaign/events.ts';
import { total } from '../model/tally.ts';
import { plural, wholeNumber as number } from './text.ts';

/** Milliseconds over which the present rate is taken. */
const WINDOW = 10_000;

/** Progress of one campaign; times are milliseconds of one clock. */
export class Progress {
  readonly #config: CampaignConfig;
  /** Cases at some moments of the window, the oldest first. */
  #samples: { readonly at: number; readonly cases: number }[] = [];
  /** When the last new bucket was seen. */
  #foundAt: number | null = null;

  constructor(config: CampaignConfig) {
    this.#config = config;
  }

  /** A new bucket was seen. */
  found(at: number): void {
    this.#foundAt = at;
  }

  /** The parts of a line about `progress`. */
  lines({ tally, failing, buckets, seconds, hasStarted }: CampaignEvents['progress'], at: number): string[] {
    if (tally.cases + total(tally.discarded) === 0) {
      return [`${seconds.toFixed(0)} s`, hasStarted ? 'first cases' : 'starting workers'];
    }
    const { runs, seconds: limit } = this.#config.budget;
    const discarded = total(tally.discarded);
    const share = discarded === 0 ? 0 : (100 * discarded) / (tally.cases + discarded);
    const mean = seconds === 0 ? 0 : tally.cases / seconds;
    const left = this.#left(tally.cases, mean);
    return [
      limit === null ? `${seconds.toFixed(0)} s` : `${seconds.toFixed(0)} s of ${duration(limit)}`,
      runs === null ? `${number(tally.cases)} cases` : `${number(tally.cases)} of ${number(runs)} cases`,
      this.#rate(tally.cases, mean, at),
      failing === 0 ? 'none failing' : `${number(failing)} failing in ${plural(buckets, 'bucket')}${this.#age(at)}`,
      `${share.toFixed(1)} % discarded`,
      ...(left === null ? [] : [left]),
    ];
  }

  /** The mean, and what it is now. */
  #rate(cases: number, mean: number, at: number): string {
    const samples = this.#samples;
    samples.push({ at, cases });
    while (samples.length > 1 && samples[1]!.at <= at - WINDOW) samples.shift();
    const first = samples[0]!;
    const text = `${number(mean)}/s`;
    if (at - first.at < WINDOW / 2) return text;
    return `${text}, now ${number(((cases - first.cases) * 1000) / (at - first.at))}/s`;
  }

  #age(at: number): string {
    return this.#foundAt === null ? '' : `, the last new ${span((at - this.#foundAt) / 1000)} ago`;
  }

  /** A shard does not know how many of the cases are its own. */
  #left(cases: number, mean: number): string | null {
    const { budget, shard } = this.#config;
    if (budget.runs === null || shard.of > 1 || mean === 0 || cases >= budget.runs) return null;
    return `about ${span((budget.runs - cases) / mean)} left`;
  }
}

/** A limit as it was given. */
export function duration(seconds: number): string {
  if (seconds >= 3600 && seconds % 3600 === 0) return `${seconds / 3600} h`;
  return seconds >= 60 && seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}

/** A time that need not be exact. */
function span(seconds: number): string {
  if (seconds < 100) return `${seconds.toFixed(0)} s`;
  return seconds < 6000 ? `${(seconds / 60).toFixed(0)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
