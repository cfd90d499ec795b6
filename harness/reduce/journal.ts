/**
 * The answers that candidates of a reduction were given, in a file: a reduction whose worker dies goes on where it was, and comes to
 * the same result as one that was left alone.
 *
 * Owns the format: one JSON object a line, the last of which may be torn. A candidate is known by a hash of its text. Knows
 * nothing of cases or of processes. Invariant: a candidate has one answer for good, so replaying a reduction repeats it.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { HarnessError } from '../model/failure.ts';
import { messageOf } from '../model/files.ts';
import type { Finding } from '../model/finding.ts';

interface Entry {
  readonly key: string;
  readonly findings: readonly Finding[];
  /** Null where the candidate was not run to its end. */
  readonly fuel: number | null;
}

export class Journal {
  readonly #file: string | null;
  readonly #answers = new Map<string, readonly Finding[]>();
  #fuel: number | null = null;

  /** Reads `file` if it is there; null: remembers nothing. */
  constructor(file: string | null) {
    this.#file = file;
    if (file === null || !existsSync(file)) return;
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      const entry = entryOf(line);
      if (entry === null) continue;
      this.#answers.set(entry.key, entry.findings);
      this.#fuel ??= entry.fuel;
    }
  }

  /** Candidates that have an answer. */
  get size(): number {
    return this.#answers.size;
  }

  /** Steps that a candidate may take, once the case to reduce has been run. */
  get fuel(): number | null {
    return this.#fuel;
  }

  /** The findings of the candidate `text`, or null where it has not been run. */
  answerTo(text: string): readonly Finding[] | null {
    return this.#answers.get(keyOf(text)) ?? null;
  }

  /** Writes down what the candidate `text` shows. */
  add(text: string, findings: readonly Finding[], fuel: number | null): void {
    if (this.#file === null) return;
    const entry: Entry = { key: keyOf(text), findings, fuel };
    this.#answers.set(entry.key, findings);
    try {
      // The line break in front ends a line that a dying worker has left torn.
      appendFileSync(this.#file, `\n${JSON.stringify(entry)}`);
    } catch (error) {
      throw new HarnessError(`cannot write ${this.#file}: ${messageOf(error)}`);
    }
  }
}

function keyOf(text: string): string {
  return createHash('sha1').update(text).digest('base64');
}

function entryOf(line: string): Entry | null {
  try {
    const entry = JSON.parse(line) as Entry;
    return typeof entry.key === 'string' && Array.isArray(entry.findings) ? entry : null;
  } catch {
    return null;
  }
}
