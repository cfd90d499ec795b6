/**
 * What becomes of the output of the command: a reader that goes away, a disk that is full.
 *
 * Owns the errors of standard output and standard error. Neither ends the command, as what it is at may matter to somebody else;
 * when it has ended, whoever sets the exit code asks what was lost.
 */
import { messageOf } from '../model/files.ts';

let isGuarded = false;
let failure: NodeJS.ErrnoException | null = null;

/** Keeps errors of the standard streams from ending the process. */
export function guardOutput(): void {
  if (isGuarded) return;
  isGuarded = true;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => (failure ??= error));
  // Nobody is left who could be told.
  process.stderr.on('error', () => undefined);
}

/** What has become of standard output, once everything is written: null, or why some of it is lost, in words. */
export async function lostOutput(): Promise<{ readonly isReaderGone: boolean; readonly why: string } | null> {
  await new Promise<void>((resolve) => process.stdout.write('', () => resolve()));
  if (failure === null) return null;
  return { isReaderGone: failure.code === 'EPIPE', why: `cannot write to standard output: ${messageOf(failure)}` };
}
