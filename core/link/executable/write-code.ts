/**
 * The code section of an executable.
 *
 * Bodies of the unit are emitted here, because only now are the numbers final that their LEBs depend on; bodies of objects
 * are copied and patched in place, or, where relocations are compressed, copied around minimal LEBs. Owns where each body
 * begins, which debug sections refer to.
 */
import { emitBody, Positions } from '../../mir/emit.ts';
import { assert } from '../../support/assert.ts';
import type { ByteWriter } from '../../wasm/byte-writer.ts';
import { SectionId } from '../../wasm/kinds.ts';
import { patchRelocation, RELOCATIONS } from '../../wasm/relocations.ts';
import type { LinkOptions } from '../options/options.ts';
import { extraOf, funcOwner, funcPosition, isUnitFunc } from '../symbols/numbered-symbols.ts';
import type { FuncId } from '../symbols/targets.ts';
import type { Indexed } from './indexed.ts';
import type { DebugFunction } from '../unit/debug-model.ts';
import { applyRelocations, ExecutableSink, relocationValue } from './relocate.ts';
import { syntheticBody, wrapperBody } from './synthetic-bodies.ts';

/** Where the code of the output lies. */
export interface CodePlaces {
  /** By FuncId: first byte of the body after its size, from the start of the section's payload; 0 = none. */
  readonly bodyStart: Uint32Array;
  /** Functions of the unit and where their code comes from, if that is wanted. */
  readonly debug: readonly PlacedFunction[];
}

/** A function of the unit. */
export interface PlacedFunction extends DebugFunction {
  readonly id: FuncId;
  /** As in {@link CodePlaces.bodyStart}. */
  readonly start: number;
}

/** The section; nothing if no function has a body. `body`: holds the body at hand. */
export function writeCode(
  out: ByteWriter,
  indexed: Indexed,
  { compressRelocations, debugInfo }: Pick<LinkOptions, 'compressRelocations' | 'debugInfo'>,
  body: ByteWriter,
): CodePlaces {
  const { defined, placed, synthetics, funcIndex } = indexed;
  const bodyStart = new Uint32Array(funcIndex.length);
  const count = defined.length + synthetics.wrappers.length;
  const debug: PlacedFunction[] = [];
  if (count === 0) return { bodyStart, debug };
  const { symbols } = placed.live;
  const { state } = symbols.table;
  const mark = out.beginSection(SectionId.code);
  out.uleb(count);
  const sink = new ExecutableSink(indexed);
  for (let i = 0; i < defined.length; i++) {
    const id = defined[i]!;
    body.clear();
    let positions: Positions | null = null;
    if (isUnitFunc(symbols, id)) {
      if (debugInfo !== null) positions = new Positions();
      emitBody(state!.codeOf(state!.funcs.values[id]!), body, sink, positions);
    } else if (extraOf(symbols, id)) {
      syntheticBody(body, indexed, id);
    } else if (compressRelocations) {
      compressBody(body, indexed, id);
    } else {
      bodyStart[id] = writeObjectBody(out, indexed, id) - mark;
      continue;
    }
    out.uleb(body.length);
    const start = out.length - mark;
    bodyStart[id] = start;
    out.appendRange(body.bytes, 0, body.length);
    if (positions === null) continue;
    debug.push({ ...state!.describe(id, positions, body.length), id, start });
  }
  for (const wrapper of synthetics.wrappers) {
    body.clear();
    wrapperBody(body, indexed, wrapper);
    out.uleb(body.length);
    out.appendRange(body.bytes, 0, body.length);
  }
  out.endSized(mark);
  return { bodyStart, debug };
}

/** Returns the position of the body. */
function writeObjectBody(out: ByteWriter, indexed: Indexed, id: FuncId): number {
  const { symbols } = indexed.placed.live;
  const object = funcOwner(symbols, id);
  const { bytes, bodyStart, bodyEnd, codeRelocs: relocs, funcRelocs } = symbols.table.objects[object]!;
  const f = funcPosition(symbols, object, id);
  const start = bodyStart[f]!;
  const end = bodyEnd[f]!;
  out.uleb(end - start);
  const at = out.length;
  out.appendRange(bytes, start, end);
  const [from, to] = [funcRelocs[f]!, funcRelocs[f + 1]!];
  if (from < to) applyRelocations(indexed, out.bytes, { object, relocs, from, to, start, at, address: 0 });
  return at;
}

/** A body of an object with every relocated LEB in its minimal form. */
function compressBody(out: ByteWriter, indexed: Indexed, id: FuncId): void {
  const { symbols } = indexed.placed.live;
  const o = funcOwner(symbols, id);
  const { bodyStart, bodyEnd, funcRelocs, codeRelocs, bytes } = symbols.table.objects[o]!;
  const f = funcPosition(symbols, o, id);
  let at = bodyStart[f]!;
  for (let r = funcRelocs[f]!; r < funcRelocs[f + 1]!; r++) {
    const { encoding, width } = RELOCATIONS[codeRelocs.type[r]!]!;
    const place = codeRelocs.at[r]!;
    out.appendRange(bytes, at, place);
    at = place + width;
    const value = relocationValue(indexed, o, codeRelocs, r, 0);
    if (!isPaddedLeb(bytes, place, at)) {
      // No number that could be written shorter: the field is what it says, as without compression.
      const start = out.length;
      out.appendRange(bytes, place, at);
      patchRelocation(out.bytes, start, encoding, value);
      continue;
    }
    switch (encoding) {
      case 'uleb32':
        out.uleb(value);
        break;
      case 'sleb32':
        out.sleb(value);
        break;
      case 'uleb64':
        out.uleb64(value | 0, Math.floor(value / 0x1_0000_0000));
        break;
      case 'sleb64':
        out.sleb64(value | 0, Math.floor(value / 0x1_0000_0000));
        break;
      case 'word32':
      case 'word64':
        assert(false, 'the reader lets no words into code');
    }
  }
  out.appendRange(bytes, at, bodyEnd[f]!);
}

/** Whether `bytes[start, end)` is one LEB that fills it. */
function isPaddedLeb(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end - 1; at++) if (bytes[at]! < 0x80) return false;
  return bytes[end - 1]! < 0x80;
}
