/**
 * What debug information is made of: functions, where their code comes from, and the numbers that only the output knows.
 *
 * Knows no form of it.
 */
import type { NavIndex } from '../../intern/keys.ts';
import type { PoolReader } from '../../intern/pool-reader.ts';
import type { Positions } from '../../mir/emit.ts';
import type { MirCode } from '../../mir/mir.ts';
import type { ByteWriter } from '../../wasm/byte-writer.ts';
import type { LocalName } from '../input/object-file.ts';
import type { DebugScope } from './debug-scopes.ts';

/** A section of debug information. */
export type DebugSection =
  '.debug_abbrev' | '.debug_info' | '.debug_loc' | '.debug_ranges' | '.debug_line' | '.debug_str';

/** A function with its body. */
export interface DebugFunction {
  readonly name: string;
  /** Bytes of the body, from its locals on. */
  readonly size: number;
  readonly positions: Positions;
  /** Its variables; null if nothing is said of any. */
  readonly scope: DebugScope | null;
  /** Local that holds the lowest address of the frame; null if there is none. */
  readonly bottomLocal: number | null;
}

/** Numbers that only the output knows. Each method appends one. */
export interface DebugSink {
  /** Bytes of an address. */
  readonly addressSize: 4 | 8;
  /** Address of byte `offset` of function `n`. */
  address(out: ByteWriter, section: DebugSection, n: number, offset: number): void;
  /** Byte `offset` of what the unit has of section `target`, in 4 bytes. */
  offset(out: ByteWriter, section: DebugSection, target: DebugSection, offset: number): void;
}

/** Bytes by section; none where there are no functions. */
export type DebugBytes = readonly (readonly [DebugSection, Uint8Array])[];

/**
 * What writes debug information. Whoever has a unit brings it along: a process that only links has none, and loads none.
 */
export interface DebugWriter {
  /** What is said of the variables of `code`, whose instructions begin at `starts`; null if nothing is. */
  readonly scopeOf: (
    code: MirCode,
    paramCount: number,
    starts: readonly number[],
    nameOf: (nav: NavIndex) => string,
  ) => DebugScope | null;
  /** Names of the locals that hold variables of `scope`, ascending by index. */
  readonly localNames: (scope: DebugScope | null) => readonly LocalName[];
  /** The sections that `functions` need. */
  readonly sectionsOf: (functions: readonly DebugFunction[]) => readonly DebugSection[];
  /** All sections of `functions`, whose types are those of `pool` and whose lines those of the file called `file`. */
  readonly sections: (
    file: string,
    pool: PoolReader,
    functions: readonly DebugFunction[],
    sink: DebugSink,
  ) => DebugBytes;
}
