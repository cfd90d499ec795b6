/**
 * Debug information of a unit in an executable: in front of that of objects in each section, so that what it says of itself
 * needs no relocation. Only its strings may move, where equal ones are stored once.
 */
import type { PoolReader } from '../../intern/pool-reader.ts';
import { writeWord } from '../../wasm/relocations.ts';
import type { DebugSink, DebugWriter } from '../unit/debug-model.ts';
import type { PlacedFunction } from './write-code.ts';

/** Sections of the unit. */
export interface PlacedDebug {
  readonly sections: ReadonlyMap<string, Uint8Array>;
  /** Lets every mention of a string follow it from its offset in the unit's strings to `offsetOf` that. */
  readonly moveStrings: (offsetOf: (offset: number) => number) => void;
}

/** The sections of `functions`, whose lines are those of the file called `file`; null if there are no functions. */
export function placedDebug(
  writer: DebugWriter,
  file: string,
  pool: PoolReader,
  functions: readonly PlacedFunction[],
): PlacedDebug | null {
  if (functions.length === 0) return null;
  const is64 = pool.target.ptrBits === 64;
  const mentions: { readonly at: number; readonly offset: number }[] = [];
  const sink: DebugSink = {
    addressSize: is64 ? 8 : 4,
    address(out, _section, n, offset) {
      // A code section has less than 4 GiB.
      out.u32(functions[n]!.start + offset);
      if (is64) out.zeros(4);
    },
    offset(out, _section, target, offset) {
      if (target === '.debug_str') mentions.push({ at: out.length, offset });
      out.u32(offset);
    },
  };
  const sections = new Map<string, Uint8Array>(writer.sections(file, pool, functions, sink));
  return {
    sections,
    moveStrings(offsetOf) {
      const info = sections.get('.debug_info')!;
      for (const { at, offset } of mentions) writeWord(info, at, offsetOf(offset));
    },
  };
}
