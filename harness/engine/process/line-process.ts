/**
 * A process that answers lines with lines, in order: started when first asked, and gone when this process is gone, in whatever way.
 *
 * Owns the child, its limit of time for each answer, and the question how it ended. Knows nothing of what the lines mean. The child
 * keeps this process alive only while an answer is awaited.
 */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Readable } from 'node:stream';

/** What became of a line. */
export type Reply =
  | { readonly kind: 'line'; readonly text: string }
  /** It broke by itself, by such a signal or with such an exit code; `text`: the end of what it said on standard error. */
  | { readonly kind: 'broke'; readonly how: string; readonly text: string }
  /** Ended from outside, or by the limit of time: nobody's fault. */
  | { readonly kind: 'ended'; readonly why: string }
  | { readonly kind: 'missing'; readonly message: string };

/** Signals that a process gets for what it does itself. */
const OWN_SIGNALS: ReadonlySet<string> = new Set(['SIGSEGV', 'SIGABRT', 'SIGILL', 'SIGBUS', 'SIGFPE', 'SIGTRAP']);

/** Memory that ran out is the machine's, however it shows. */
const NO_MEMORY = /out of memory|allocation failed|cannot allocate|MemoryError|\boom\b/i;

/** Characters of standard error that are kept, and of an answer that is taken. */
const KEPT = 4000;
const LONGEST = 1 << 29;

/**
 * What the shell does: the command takes its place, and a reader of a pipe that this process holds ends the whole group when the
 * pipe ends. The limit of processor time is a net below that.
 */
const SCRIPT = `ulimit -c 0; ulimit -t "$1"; shift
{ read -r nothing <&3; kill -KILL -$$; } </dev/null >/dev/null 2>&1 &
exec "$@" 3<&-`;

/** How to start it. */
export interface Command {
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

interface Waiting {
  readonly done: (reply: Reply) => void;
}

export class LineProcess {
  readonly #command: Command;
  /** Milliseconds for one answer, and seconds of processor time for all. */
  readonly #limits: { readonly answer: number; readonly processor: number };
  #child: ChildProcess | null = null;
  #waiting: Waiting[] = [];
  #text = '';
  #stderr = '';
  #timer: NodeJS.Timeout | null = null;
  #isLate = false;

  constructor(command: Command, limits: { readonly answer: number; readonly processor: number }) {
    this.#command = command;
    this.#limits = limits;
  }

  /** Whether it runs. */
  get isAlive(): boolean {
    return this.#child !== null;
  }

  /** The answer to `line`, or what happened instead. Several lines may wait at a time. */
  ask(line: string): Promise<Reply> {
    return new Promise((done) => {
      this.#child ??= this.#start();
      this.#waiting.push({ done });
      if (this.#waiting.length === 1) this.#wind();
      this.#child.stdin!.write(`${line}\n`);
    });
  }

  /** Ends it. What still waits is answered with `ended`. */
  end(): void {
    const child = this.#child;
    if (child === null) return;
    this.#child = null;
    killGroup(child);
    this.#settle({ kind: 'ended', why: 'stopped' });
  }

  #start(): ChildProcess {
    const { words, environment } = this.#command;
    const hasShell = process.platform !== 'win32';
    const all = hasShell ? ['/bin/sh', '-c', SCRIPT, 'sh', String(this.#limits.processor), ...words] : words;
    const child = spawn(all[0]!, all.slice(1), {
      env: { ...process.env, ...environment },
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
      // A group of its own, so that whatever it starts ends with it.
      detached: hasShell,
    });
    this.#text = '';
    this.#stderr = '';
    this.#isLate = false;
    child.stdin.on('error', () => undefined);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (this.#child === child) this.#take(text);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-KEPT);
    });
    child.on('error', (error) => {
      if (this.#child !== child) return;
      this.#child = null;
      this.#settle({ kind: 'missing', message: error.message });
    });
    child.on('exit', () => killGroup(child));
    child.on('close', (code, signal) => {
      if (this.#child !== child) return;
      this.#child = null;
      this.#settle(this.#isLate ? { kind: 'ended', why: 'time' } : endOf(code, signal, this.#stderr, hasShell));
    });
    for (const part of [child, child.stdin, child.stdout, child.stderr, child.stdio[3]]) unref(part);
    return child;
  }

  #take(text: string): void {
    this.#text += text;
    if (this.#text.length > LONGEST) {
      this.end();
      return;
    }
    let from = 0;
    for (
      let end = text.includes('\n') ? this.#text.indexOf('\n') : -1;
      end >= 0;
      end = this.#text.indexOf('\n', from)
    ) {
      const line = this.#text.slice(from, end);
      from = end + 1;
      this.#waiting.shift()?.done({ kind: 'line', text: line });
      this.#wind();
    }
    if (from > 0) this.#text = this.#text.slice(from);
  }

  /** The time of the answer that is awaited next begins. */
  #wind(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#waiting.length === 0) return;
    this.#timer = setTimeout(() => {
      this.#isLate = true;
      if (this.#child !== null) killGroup(this.#child);
    }, this.#limits.answer);
  }

  /** The first that waits gets `reply`; nobody has looked at the others yet. */
  #settle(reply: Reply): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#wind();
    waiting.forEach(({ done }, n) => done(n === 0 ? reply : { kind: 'ended', why: 'not asked' }));
  }
}

function unref(part: unknown): void {
  (part as { unref?: () => void } | null)?.unref?.();
}

function killGroup(child: ChildProcess): void {
  (child.stdio[3] as Readable | null)?.destroy();
  try {
    process.kill(process.platform === 'win32' ? child.pid! : -child.pid!, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}

/** A shell says by such a code that a signal has ended a command. */
const SIGNALLED = 128;

function endOf(code: number | null, signal: string | null, stderr: string, hasShell: boolean): Reply {
  if (hasShell && (code === 126 || code === 127)) return { kind: 'missing', message: stderr.trim() };
  const name = signal ?? (code !== null && code > SIGNALLED ? signalOf(code - SIGNALLED) : null);
  if (NO_MEMORY.test(stderr)) return { kind: 'ended', why: 'memory' };
  if (name !== null && !OWN_SIGNALS.has(name)) return { kind: 'ended', why: name };
  return { kind: 'broke', how: name ?? `exit code ${code ?? -1}`, text: stderr };
}

function signalOf(number: number): string | null {
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ?? null;
}
