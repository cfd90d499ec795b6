/**
 * `propagateCopies`: `local.get a; local.set b` disappears, and b is read as a, where both hold the same as long as b is read.
 *
 * Invariant: b is set nowhere else and read only behind that in the same block, so the copy comes before every read; and a is set
 * nowhere between the copy and the last read, nor in a loop that goes back to a read.
 */
import { MirTag } from '../../mir/ops.ts';
import type { Code } from './code.ts';
import { endsOf, namesLocal, opensBlock, removeMarked } from './code.ts';

/** Reads copies from where they were made. */
export function propagateCopies(code: Code): void {
  const { tags, data, paramCount, locals } = code;
  const count = paramCount + locals.length;
  const reads: number[][] = Array.from({ length: count }, () => []);
  const writes: number[][] = Array.from({ length: count }, () => []);
  for (let i = 0; i < tags.length; i++) {
    if (namesLocal(tags[i]!)) (tags[i] === MirTag.local_get ? reads : writes)[data[i]!]!.push(i);
  }
  const ends = endsOf(code);
  const gone = new Uint8Array(tags.length);
  const open = [0];
  for (let i = 0; i + 1 < tags.length; i++) {
    const tag = tags[i]!;
    if (opensBlock(tag)) open.push(data[i]!);
    if (tag === MirTag.end) open.pop();
    if (tag !== MirTag.local_get || tags[i + 1] !== MirTag.local_set) continue;
    const from = data[i]!;
    const to = data[i + 1]!;
    if (from === to) {
      gone[i] = gone[i + 1] = 1;
      continue;
    }
    if (to < paramCount || writes[to]!.length !== 1) continue;
    const last = lastOf(reads[to]!, i, ends[open[open.length - 1]!]!);
    if (last === null) continue;
    const end = behindLoops(code, ends, i, last);
    if (writes[from]!.some((at) => at > i && at <= end)) continue;
    for (const at of reads[to]!) data[at] = from;
    reads[from]!.push(...reads[to]!);
    reads[to]!.length = 0;
    gone[i] = gone[i + 1] = 1;
  }
  removeMarked(code, gone);
}

/** The greatest of `reads`, if all lie between `from` and `to`; `from` if there are none. */
function lastOf(reads: readonly number[], from: number, to: number): number | null {
  let last = from;
  for (const at of reads) {
    if (at < from || at > to) return null;
    last = Math.max(last, at);
  }
  return last;
}

/** `last`, or the end of a loop around it that begins behind `from`. */
function behindLoops({ tags, data }: Code, ends: readonly number[], from: number, last: number): number {
  for (let i = from; i < last; i++) {
    if (tags[i] === MirTag.loop && ends[data[i]!]! > last) return ends[data[i]!]!;
  }
  return last;
}
