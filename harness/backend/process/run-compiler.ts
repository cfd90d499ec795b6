/**
 * Runs a compiler as a process of its own, with limits of time and memory that cost the run at hand and nothing else.
 *
 * Processor time is what counts against a program, because a busy machine takes none; the clock is a net. Says how the run
 * ended and never throws. Invariant: when it has answered, or when this process is gone in whatever way, so are the compiler and
 * what it has started.
 */
import { constants } from 'node:os';
import { spawn } from 'node:child_process';

/** What a run may take. */
export interface RunLimits {
  /** Seconds of processor time. */
  readonly processor: number;
  /** Seconds by the clock. */
  readonly clock: number;
  /** Bytes of address space. */
  readonly memory: number;
}

/** How a run ended. */
export type RunEnd =
  | { readonly kind: 'exited'; readonly code: number; readonly stderr: string }
  /** It broke by itself: a signal such as SIGSEGV. */
  | { readonly kind: 'signal'; readonly signal: string; readonly stderr: string }
  | { readonly kind: 'processor-time' }
  /** Ended from outside, or by the clock: nobody's fault. */
  | { readonly kind: 'killed'; readonly why: string }
  | { readonly kind: 'missing'; readonly message: string };

/** Signals that a process gets for what it does itself. */
const OWN_SIGNALS: ReadonlySet<string> = new Set(['SIGSEGV', 'SIGABRT', 'SIGILL', 'SIGBUS', 'SIGFPE', 'SIGTRAP']);

/** How much of what it says is kept. */
const KEPT = 4_000_000;

/**
 * What the shell does: limits, the command, and meanwhile a reader of a pipe that this process holds. When the pipe ends, because
 * this process has ended, the reader ends everything in the group.
 */
const SCRIPT = `exec 3<&0 </dev/null
ulimit -c 0; ulimit -S -t "$1"; ulimit -v "$2"; shift 2
"$@" 3<&- &
compiler=$!
{ read -r nothing <&3; kill -KILL -$$; } >/dev/null 2>&1 &
reader=$!
exec 3<&-
wait $compiler
code=$?
kill $reader
exit $code`;

/** A shell says by such a code that a signal has ended a command. */
const SIGNALLED = 128;

/** Runs `command` in `folder`. */
export function runCompiler(
  command: readonly string[],
  folder: string,
  environment: Readonly<Record<string, string>>,
  { processor, clock, memory }: RunLimits,
): Promise<RunEnd> {
  const hasShell = process.platform !== 'win32';
  // Where there is no shell to set limits, the clock is left.
  const words = hasShell
    ? ['/bin/sh', '-c', SCRIPT, 'sh', String(processor), String(Math.floor(memory / 1024)), ...command]
    : command;
  return new Promise((resolve) => {
    const child = spawn(words[0]!, words.slice(1), {
      cwd: folder,
      env: { ...process.env, ...environment },
      stdio: ['pipe', 'ignore', 'pipe'],
      // A group of its own, so that what the compiler starts ends with it.
      detached: hasShell,
    });
    const endAll = (): void => {
      try {
        process.kill(hasShell ? -child.pid! : child.pid!, 'SIGKILL');
      } catch {
        // It is gone already.
      }
    };
    let stderr = '';
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      endAll();
    }, clock * 1000);
    child.stdin.on('error', () => undefined);
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (stderr.length < KEPT) stderr += text;
    });
    child.on('error', (error) => {
      clearTimeout(timer);
      resolve({ kind: 'missing', message: error.message });
    });
    // What a compiler leaves behind it would hold its output open.
    child.on('exit', endAll);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve(isLate ? { kind: 'killed', why: 'time limit' } : endOf(code, signal, stderr, hasShell));
    });
  });
}

function endOf(code: number | null, ownSignal: string | null, stderr: string, hasShell: boolean): RunEnd {
  const signal = ownSignal ?? (hasShell && code !== null && code > SIGNALLED ? signalOf(code - SIGNALLED) : null);
  if (signal === 'SIGXCPU') return { kind: 'processor-time' };
  if (signal !== null)
    return OWN_SIGNALS.has(signal) ? { kind: 'signal', signal, stderr } : { kind: 'killed', why: signal };
  // The shell says by these that there is no such command.
  if (hasShell && (code === 126 || code === 127)) return { kind: 'missing', message: stderr.trim() };
  return { kind: 'exited', code: code ?? -1, stderr };
}

function signalOf(number: number): string | null {
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ?? null;
}
