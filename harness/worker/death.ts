/**
 * What the end of a worker process means: a kill from outside, or something that the case did.
 *
 * Owns the distinction. SIGKILL (the kernel's for want of memory included), SIGTERM and their like come from outside: no program
 * sends them to itself. SIGSEGV, SIGABRT and their like are how an engine crashes, but anybody can send those too; so no
 * single death is believed, and callers run the case again. V8 aborts when its heap is full: at the limit of the heap
 * that is what the case did, and where the machine had no memory to give it is not.
 */
import type { Finding, Stage } from '../model/finding.ts';
import type { TimePart } from '../model/stopwatch.ts';
import type { Died } from './protocol.ts';

/** Signals that a crashing process gets. Linux, macOS: signal(7). */
const CRASHES = ['SIGILL', 'SIGTRAP', 'SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGSEGV'];

/** Signals by number, for shells and wrappers that turn them into an exit code of 128 and more. */
const SIGNAL_NUMBERS: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  5: 'SIGTRAP',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  13: 'SIGPIPE',
  15: 'SIGTERM',
};

/** What V8 says when its heap is full (`V8::FatalProcessOutOfMemory`): at the limit, or with a table that has no place below it. */
const HEAP_LIMIT = /reached heap limit|ineffective mark-compacts|invalid (?:array|table|string) (?:size|length)/i;
/** The same where the system gave no memory. */
const OUT_OF_MEMORY = /out of memory|bad_alloc|ENOMEM/i;

/** What a death is like: the name of its bucket, `outside` for what is no bucket. */
export function likenessOf(died: Died): string {
  if (died.how.why === 'hung') return 'hung';
  const signal = signalOf(died);
  if (signal === null) return `exit-${died.how.code ?? 'unknown'}`;
  if (!CRASHES.includes(signal)) return 'outside';
  if (HEAP_LIMIT.test(died.stderr)) return 'out-of-memory';
  return OUT_OF_MEMORY.test(died.stderr) ? 'outside' : signal.toLowerCase();
}

/** Whether the environment ended a worker, and not what it was at. */
export function isFromOutside(died: Died): boolean {
  return likenessOf(died) === 'outside';
}

/** How a worker ended, for people. */
export function describeDeath(died: Died): string {
  if (died.how.why === 'hung') return 'no progress';
  const likeness = likenessOf(died);
  if (likeness === 'out-of-memory') return 'its heap was full';
  const how = signalOf(died) ?? `exit code ${died.how.code ?? '-'}`;
  return likeness === 'outside' && OUT_OF_MEMORY.test(died.stderr) ? `${how}, the machine has no memory` : how;
}

/** As {@link describeDeath}, with the message of the exception that it was, if it was one. */
export function explainDeath(died: Died): string {
  const message = died.stderr.split('\n').find((line) => /^\w*Error\b/.test(line));
  return message === undefined ? describeDeath(died) : `${describeDeath(died)}: ${message}`;
}

/**
 * The finding that a repeated death is. `process` is the check that each case runs without being asked. A crash accuses the engine;
 * what does not end or fills the heap accuses the part that was at work, as far as the worker said which.
 */
export function findingOfDeath(died: Died): Finding {
  const likeness = likenessOf(died);
  const isHung = likeness === 'hung';
  const isOwn = isHung || likeness === 'out-of-memory';
  const stage = isOwn ? stageOf(died.part) : signalOf(died) === null ? 'harness' : 'engine';
  const during = died.part === null ? '' : `, during ${died.part}`;
  return {
    check: 'process',
    stage,
    kind: isHung ? 'timeout' : 'crash',
    op: likeness,
    detail: `the worker process ended: ${describeDeath(died)}${during}\n${died.stderr}`.trimEnd(),
  };
}

function signalOf({ how }: Died): string | null {
  if (how.why === 'hung') return null;
  if (how.signal !== null) return how.signal;
  return how.code !== null && how.code > 128 ? (SIGNAL_NUMBERS[how.code - 128] ?? null) : null;
}

function stageOf(part: TimePart | null): Stage {
  switch (part) {
    case 'interpret':
      return 'interpreter';
    case 'codegen':
      return 'codegen';
    case 'link':
      return 'linker';
    case 'engine':
      return 'engine';
    case 'generate':
    case 'compare':
    case null:
      return 'harness';
  }
}
