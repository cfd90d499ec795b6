/**
 * Which locals are read again: where a value is read for the last time, and what is read behind each label.
 *
 * Backwards over the code until nothing changes, which loops need. A local of which nothing is known is alive: a wrong answer
 * can only be that something is read again that is not.
 */
import { MirTag } from '../../mir/ops.ts';
import { endsFlow, targetsOf } from './code.ts';
import type { Code } from './code.ts';

/** What is known of the locals of a function. */
export interface LocalLiveness {
  /** 1 where a `local.get` is the last one of its value, or the value of a `local.set` or `local.tee` is never read. */
  readonly last: Uint8Array;
  /** Whether `local` is read behind a jump to `label`. */
  isLiveAt(label: number, local: number): boolean;
  /** Whether `local` is read before it is set. */
  isLiveAtStart(local: number): boolean;
}

/** Liveness of `code`. */
export function findLiveness(code: Code): LocalLiveness {
  const { tags, data, blockTypes, paramCount, locals } = code;
  const words = Math.ceil((paramCount + locals.length) / 32);
  const atLabel = Array.from(blockTypes, () => new Uint32Array(words));
  const last = new Uint8Array(tags.length);
  const isLoop = loopLabels(code);
  const live = new Uint32Array(words);
  const add = (set: Uint32Array): void => {
    for (let w = 0; w < words; w++) live[w]! |= set[w]!;
  };
  let changes = true;
  while (changes) {
    changes = false;
    live.fill(0);
    for (let i = tags.length - 1; i >= 0; i--) {
      const tag = tags[i]!;
      const word = data[i]!;
      if (endsFlow(tag)) live.fill(0);
      switch (tag) {
        case MirTag.end:
          // What a loop begins with is known once its opening has been met.
          if (isLoop[word] !== 1) atLabel[word]!.set(live);
          break;
        case MirTag.if:
          add(atLabel[word]!);
          break;
        case MirTag.loop:
          if (grow(atLabel[word]!, live)) changes = true;
          break;
        case MirTag.br:
        case MirTag.br_if:
        case MirTag.br_table:
          for (const label of targetsOf(code, i)) add(atLabel[label]!);
          break;
        case MirTag.local_get:
          last[i] = has(live, word) ? 0 : 1;
          live[word >>> 5]! |= 1 << (word & 31);
          break;
        case MirTag.local_set:
        case MirTag.local_tee:
          last[i] = has(live, word) ? 0 : 1;
          live[word >>> 5]! &= ~(1 << (word & 31));
          break;
        default:
      }
    }
  }
  return {
    last,
    isLiveAt: (label, local) => has(atLabel[label]!, local),
    isLiveAtStart: (local) => has(live, local),
  };
}

function has(set: Uint32Array, local: number): boolean {
  return ((set[local >>> 5]! >>> (local & 31)) & 1) === 1;
}

/** Adds `more` to `set`; whether that changes it. */
function grow(set: Uint32Array, more: Uint32Array): boolean {
  let changes = false;
  for (let w = 0; w < set.length; w++) {
    const sum = (set[w]! | more[w]!) >>> 0;
    if (sum !== set[w]) changes = true;
    set[w] = sum;
  }
  return changes;
}

/** 1 for each label that is the beginning of a loop. */
export function loopLabels({ tags, data, blockTypes }: Code): Uint8Array {
  const loops = new Uint8Array(blockTypes.length);
  for (let i = 0; i < tags.length; i++) if (tags[i] === MirTag.loop) loops[data[i]!] = 1;
  return loops;
}
