/**
 * Ties lines of a function's code to instructions, by the positions that were put in front of these.
 *
 * Invariant: the lines that come out are those of the function as it is, without the positions, or nothing comes out.
 */
import type { InstIndex } from '../../core/index.ts';
import type { TracedLine } from '../backend/door.ts';
import { markedInstruction } from './mark-instructions.ts';

/** Lines that come from one instruction. */
export interface TiedPart {
  /** Null: they come from none, as locals do. */
  readonly inst: InstIndex | null;
  /** What in the back end made them. */
  readonly makers: readonly string[];
  readonly lines: string[];
}

/** `lines` by instruction, in their order; null if the positions in `traced` have changed the code. */
export function tieLines(lines: readonly string[], traced: readonly TracedLine[]): TiedPart[] | null {
  const parts: TiedPart[] = [{ inst: null, makers: [], lines: [] }];
  let next = 0;
  for (const { text, position } of traced) {
    const inst = position === null ? null : markedInstruction(position.line, position.column);
    if (inst !== null) {
      parts.push({ inst, makers: position!.makers, lines: [] });
      continue;
    }
    const line = lines[next++];
    if (line === undefined || withoutNumber(line) !== withoutNumber(text)) return null;
    // What is said of the whole function follows its code.
    if (!NUMBERED.test(line) && next > 1 && NUMBERED.test(lines[next - 2]!))
      parts.push({ inst: null, makers: [], lines: [] });
    parts.at(-1)!.lines.push(line);
  }
  if (next !== lines.length) return null;
  return parts.filter((part) => part.lines.length > 0);
}

const NUMBERED = /^ *\d+ {2}/;

/** A line without the number of its instruction, which the positions shift. */
function withoutNumber(line: string): string {
  return line.replace(NUMBERED, '');
}
