/**
 * Debug information of a unit as custom sections of its object: addresses of functions, and offsets into other debug sections,
 * are relocations (tool-conventions Linking.md; DWARF for WebAssembly).
 */
import type { PoolReader } from '../../intern/pool-reader.ts';
import type { ByteWriter } from '../../wasm/byte-writer.ts';
import { Reloc } from '../../wasm/relocations.ts';
import type { ObjSymIndex } from '../input/index-spaces.ts';
import { RelocList } from '../input/reloc-list.ts';
import type { DebugFunction, DebugSection, DebugSink, DebugWriter } from './debug-model.ts';

/** One section; relocations count from its first byte. */
export interface UnitDebugSection {
  readonly name: DebugSection;
  readonly bytes: Uint8Array;
  readonly relocs: RelocList<ObjSymIndex>;
}

/** Who writes, whose lines, and whose types. */
interface DebugSource {
  readonly writer: DebugWriter;
  readonly file: string;
  readonly pool: PoolReader;
}

/**
 * The sections of `functions` (not empty), which have these symbols. `sectionSymbol` adds the symbol of the section with number n
 * among them.
 */
export function relocatableDebug(
  { writer, file, pool }: DebugSource,
  functions: readonly DebugFunction[],
  functionSymbols: readonly ObjSymIndex[],
  sectionSymbol: (name: DebugSection, n: number) => ObjSymIndex,
): readonly UnitDebugSection[] {
  const own = new Map(
    writer
      .sectionsOf(functions)
      .map((name, n) => [name, { symbol: sectionSymbol(name, n), relocs: new RelocList<ObjSymIndex>() }]),
  );
  const is64 = pool.target.ptrBits === 64;
  const addressSize = is64 ? 8 : 4;
  const addressType = is64 ? Reloc.FUNCTION_OFFSET_I64 : Reloc.FUNCTION_OFFSET_I32;
  const sink: DebugSink = {
    addressSize,
    address(out: ByteWriter, section, n, offset) {
      own.get(section)!.relocs.push(addressType, out.length, functionSymbols[n]!, offset);
      out.zeros(addressSize);
    },
    offset(out: ByteWriter, section, target, offset) {
      own.get(section)!.relocs.push(Reloc.SECTION_OFFSET_I32, out.length, own.get(target)!.symbol, offset);
      out.zeros(4);
    },
  };
  const sections = writer.sections(file, pool, functions, sink);
  return sections.map(([name, bytes]) => ({ name, bytes, relocs: own.get(name)!.relocs }));
}
