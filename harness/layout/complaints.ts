/**
 * What is wrong with a module that may well do what it should: a stable class, and words for people.
 */

/** One thing that is wrong. */
export interface Complaint {
  /** Stable: names the bucket. */
  readonly op: string;
  readonly detail: string;
}

/** Complaints while they are collected; of each class the first is enough. */
export class Complaints {
  readonly list: Complaint[] = [];

  add(op: string, detail: string): void {
    if (!this.list.some((known) => known.op === op)) this.list.push({ op, detail });
  }
}
