/**
 * What a Zig compiler means by what it says: the answer to the program at fault.
 *
 * Owns the words by which a compiler admits that it lacks something, which is no finding. Every other error of a program that the
 * printer made is somebody's fault.
 */
import type { Answer } from '../door.ts';
import { messageClass } from '../../model/message-class.ts';

/** How a compiler says that it lacks something. */
const LACKS = /\bTODO\b|does not support|not (yet )?(supported|implement(ed)?)|unimplemented|unable to evaluate/i;

/** How it says that it got no memory. */
const MEMORY = /OutOfMemory|out of memory/i;

/** The answer to a program with the error `message`. */
export function answerToError(message: string): Answer {
  if (LACKS.test(message)) return { kind: 'unsupported', what: withoutDetails(message) };
  if (MEMORY.test(message)) return { kind: 'unsupported', what: 'memory limit' };
  return { kind: 'refused', code: messageClass(message), text: message };
}

/** The answer to a program at which the compiler broke, with what it wrote. */
export function answerToCrash(signal: string | null, stderr: string): Answer {
  const panic = /panic: (.*)/.exec(stderr)?.[1] ?? null;
  const said = panic ?? lastLine(stderr);
  if (said !== null && LACKS.test(said)) return { kind: 'unsupported', what: withoutDetails(said) };
  if (MEMORY.test(stderr)) return { kind: 'unsupported', what: 'memory limit' };
  const message = panic ?? signal ?? said ?? 'it failed and said nothing';
  return { kind: 'crashed', message, text: `${message}\n${stderr.slice(0, 4000)}`.trimEnd() };
}

function lastLine(text: string): string | null {
  return text.trim() === '' ? null : text.trim().split('\n').at(-1)!;
}

/** A message without names and numbers of the program, so that equal ones count together. */
function withoutDetails(message: string): string {
  return message
    .replace(/'[^']*'/g, '…')
    .replace(/\bp\d+_\w+/g, '…')
    .replace(/\b\d+\b/g, 'N')
    .slice(0, 80)
    .trim();
}
