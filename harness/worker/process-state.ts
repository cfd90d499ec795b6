/**
 * Whether another process works, waits or is suspended, as its operating system says.
 *
 * Owns the reading of `/proc/<pid>/stat` (proc(5): fields 3, 14, 15 and 22). Where there is no such file, on macOS and Windows,
 * the answer is null and callers have the clock only.
 */
import { readFileSync } from 'node:fs';

/** What a process is at, and has used. */
export interface ProcessState {
  /** Stopped by a signal or by a debugger. */
  readonly isSuspended: boolean;
  /** Waits for something, so it would not run if a core were free. */
  readonly isIdle: boolean;
  /** Milliseconds of processor time so far; the resolution is 10 ms. */
  readonly processorTime: number;
  /** When it started, in ticks since the machine did: with the pid it names one process for good. */
  readonly startedAt: string;
}

/** Milliseconds of a tick: USER_HZ is 100 on every Linux. */
const TICK = 10;

/** State of the process `pid`, or null where it is gone or cannot be asked. */
export function processState(pid: number): ProcessState | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return null;
  }
  // The name in parentheses may hold anything; the fields behind it are numbers and one letter.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const letter = fields[0];
  if (letter === undefined || letter === 'Z' || letter === 'X') return null;
  return {
    isSuspended: letter === 'T' || letter === 't',
    isIdle: letter === 'S',
    processorTime: (Number(fields[11]) + Number(fields[12])) * TICK,
    startedAt: fields[19] ?? '',
  };
}
