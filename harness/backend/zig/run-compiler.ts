/**
 * Runs a compiler as a process of its own, with limits of time and memory that cost the run at hand and nothing else.
 *
 * Processor time is what counts against a program, because a busy machine takes none; the clock is a net. Says how the run
 * ended and never throws. Invariant: when it has answered, the process is gone.
 */
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

/** Runs `command` in `folder`. */
export function runCompiler(
  command: readonly string[],
  folder: string,
  environment: Readonly<Record<string, string>>,
  { processor, clock, memory }: RunLimits,
): Promise<RunEnd> {
  // Limits of a process are set by the shell that becomes it; where there is none, the clock is left.
  const limited =
    process.platform === 'win32'
      ? command
      : [
          '/bin/sh',
          '-c',
          `ulimit -c 0; ulimit -S -t ${processor}; ulimit -v ${Math.floor(memory / 1024)}; exec "$0" "$@"`,
          ...command,
        ];
  return new Promise((resolve) => {
    const child = spawn(limited[0]!, limited.slice(1), {
      cwd: folder,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      child.kill('SIGKILL');
    }, clock * 1000);
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (stderr.length < KEPT) stderr += text;
    });
    child.on('error', (error) => {
      clearTimeout(timer);
      resolve({ kind: 'missing', message: error.message });
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (isLate) resolve({ kind: 'killed', why: 'time limit' });
      else if (signal === 'SIGXCPU') resolve({ kind: 'processor-time' });
      else if (signal !== null && OWN_SIGNALS.has(signal)) resolve({ kind: 'signal', signal, stderr });
      else if (signal !== null) resolve({ kind: 'killed', why: signal });
      else resolve({ kind: 'exited', code: code ?? -1, stderr });
    });
  });
}
