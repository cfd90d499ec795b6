/**
 * `trimJumps`: code behind jumps, jumps to what follows anyway, blocks that nothing leaves, and the return at the end of a function.
 *
 * Works on code as it comes from the lowerings, where the operand stack of a block is empty at each jump out of it but for the
 * results of a `return`. Repeats until nothing changes: one kind makes place for another.
 */
import { MirTag } from '../../mir/ops.ts';
import { isSilent } from '../../mir/variables.ts';
import { EMPTY_BLOCK } from '../../wasm/kinds.ts';
import type { Code } from './code.ts';
import { endsFlow, endsOf, opensBlock, removeMarked, targetsOf } from './code.ts';
import { loopLabels } from './local-liveness.ts';

/** Takes out what jumps do not need; `hasResult`: a return takes a value along. */
export function trimJumps(code: Code, hasResult: boolean): void {
  let length: number;
  do {
    length = code.tags.length;
    dropDeadCode(code);
    dropNeedlessJumps(code, hasResult);
    dropUnusedBlocks(code);
  } while (code.tags.length < length);
}

/** What lies between a jump and the end of its block. */
function dropDeadCode(code: Code): void {
  const { tags } = code;
  const gone = new Uint8Array(tags.length);
  /** Blocks that are open in dead code; -1 where code is not dead. */
  let depth = -1;
  for (let i = 0; i < tags.length; i++) {
    const tag = tags[i]!;
    if (depth < 0) {
      if (endsFlow(tag)) depth = 0;
      continue;
    }
    if (opensBlock(tag)) depth++;
    if (tag === MirTag.end && depth-- === 0) continue;
    // Scopes end where they began.
    if (tag !== MirTag.dbg_scope && tag !== MirTag.dbg_scope_end) gone[i] = 1;
  }
  removeMarked(code, gone);
}

/** A `br` or `return` behind which the flow comes to the same place. */
function dropNeedlessJumps(code: Code, hasResult: boolean): void {
  const { tags, data } = code;
  const ends = endsOf(code);
  const isLoop = loopLabels(code);
  const gone = new Uint8Array(tags.length);
  for (let i = 0; i < tags.length; i++) {
    const tag = tags[i];
    if (tag !== MirTag.br && tag !== MirTag.return) continue;
    // A return goes to the end of the function, whose label is 0.
    const label = tag === MirTag.return ? 0 : data[i]!;
    if (isLoop[label] === 1 || !fallsTo(code, i + 1, ends[label]!, tag === MirTag.br || !hasResult)) continue;
    gone[i] = 1;
  }
  removeMarked(code, gone);
}

/** Whether nothing lies between `from` and `to`, or only ends of blocks where `leavesBlocks`: no value leaves them. */
function fallsTo({ tags, data, blockTypes }: Code, from: number, to: number, leavesBlocks: boolean): boolean {
  for (let i = from; i < to; i++) {
    if (isSilent(tags[i])) continue;
    if (!leavesBlocks || tags[i] !== MirTag.end || blockTypes[data[i]!] !== EMPTY_BLOCK) return false;
  }
  return true;
}

/** Blocks and loops that no branch names. */
function dropUnusedBlocks(code: Code): void {
  const { tags, data, blockTypes } = code;
  const used = new Uint8Array(blockTypes.length);
  used[0] = 1;
  for (let i = 0; i < tags.length; i++) {
    if (tags[i] === MirTag.if) used[data[i]!] = 1;
    for (const label of targetsOf(code, i)) used[label] = 1;
  }
  const gone = new Uint8Array(tags.length);
  for (let i = 0; i < tags.length; i++) {
    if (!opensBlock(tags[i]!) && tags[i] !== MirTag.end) continue;
    const label = data[i]!;
    if (used[label] === 0 && blockTypes[label] === EMPTY_BLOCK) gone[i] = 1;
  }
  removeMarked(code, gone);
}
