/**
 * Whether a relocatable object is written as linkers need it: every number that a link changes has its full width and a
 * relocation, and every other number is as short as it can be.
 *
 * Source: tool-conventions Linking.md, "Relocation Sections" and "Merging".
 */
import { Cursor } from '../wasm/cursor.ts';
import { Immediate, isSignedImmediate, readInstruction, skipLocals } from '../wasm/instructions.ts';
import { RELOCATION_TYPES } from '../wasm/object-model.ts';
import type { Complaint } from './complaints.ts';
import { Complaints } from './complaints.ts';
import type { FoundModule } from './found-module.ts';
import { readFoundModule } from './found-module.ts';
import { judgeNumbers } from './judge-module.ts';
import { isMinimalSigned, isMinimalUnsigned } from './number-reader.ts';

/** Immediates that no object may have without a relocation, and which relocation each may have. */
const INDEXES: Readonly<Partial<Record<Immediate, RegExp>>> = {
  [Immediate.function]: /^FUNCTION_INDEX_LEB$/,
  [Immediate.type]: /^TYPE_INDEX_LEB$/,
  [Immediate.table]: /^TABLE_NUMBER_LEB$/,
  [Immediate.global]: /^GLOBAL_INDEX_LEB$/,
  [Immediate.tag]: /^TAG_INDEX_LEB$/,
};

/** Immediates that may have one. */
const OTHERS: Readonly<Partial<Record<Immediate, RegExp>>> = {
  [Immediate.i32]: /^(MEMORY_ADDR|TABLE_INDEX)_(REL_|TLS_)?SLEB$/,
  [Immediate.i64]: /^(MEMORY_ADDR|TABLE_INDEX)_(REL_|TLS_)?SLEB64$/,
  [Immediate.offset]: /^MEMORY_ADDR_LEB(64)?$/,
};

/** Judges `bytes`. */
export function judgeObject(bytes: Uint8Array): readonly Complaint[] {
  const complaints = new Complaints();
  const module = readFoundModule(bytes);
  judgeNumbers(module, complaints);
  const relocations = readRelocations(module, complaints);
  for (const { start, end } of module.bodies) judgeBody(bytes, start, end, relocations, complaints);
  for (const { start, end } of module.data) {
    for (const [offset, type] of relocations) {
      if (offset < start || offset >= end) continue;
      relocations.delete(offset);
      const [name, width] = RELOCATION_TYPES[type]!;
      if (!/_I(32|64)$/.test(name) || offset + width > end)
        complaints.add(`misplaced-${name}`, `${name} at offset ${offset}`);
    }
  }
  for (const [offset, type] of relocations) {
    complaints.add('stray-relocation', `${RELOCATION_TYPES[type]![0]} at offset ${offset} covers no number`);
  }
  if (module.exports.length > 0) complaints.add('exports', 'an object has exports');
  return complaints.list;
}

function judgeBody(
  bytes: Uint8Array,
  start: number,
  end: number,
  relocations: Map<number, number>,
  complaints: Complaints,
): void {
  const cursor = new Cursor(bytes, start, end, true);
  skipLocals(cursor);
  const judge = (kind: Immediate, { at }: Cursor): void => {
    cursor.number();
    const length = cursor.at - at;
    const type = relocations.get(at);
    if (type === undefined) {
      if (INDEXES[kind] !== undefined) complaints.add('no-relocation', `an index at offset ${at} has no relocation`);
      const isSigned = isSignedImmediate(kind);
      const isMinimal = isSigned ? isMinimalSigned(bytes, at, cursor.at) : isMinimalUnsigned(bytes, at, cursor.at);
      if (!isMinimal) complaints.add('wide-immediate', `the number at offset ${at} could be shorter`);
      return;
    }
    relocations.delete(at);
    const [name, width] = RELOCATION_TYPES[type]!;
    if ((INDEXES[kind] ?? OTHERS[kind])?.test(name) !== true)
      complaints.add(`misplaced-${name}`, `${name} at offset ${at}`);
    if (length !== width) complaints.add(`width-${name}`, `${length} bytes at offset ${at}; ${name} needs ${width}`);
  };
  while (cursor.at < end) readInstruction(cursor, judge);
}

/** Relocation types of code and data by offset in the object. */
function readRelocations(module: FoundModule, complaints: Complaints): Map<number, number> {
  const found = new Map<number, number>();
  for (const { id, from, to } of module.sections) {
    if (id !== 0) continue;
    const cursor = new Cursor(module.bytes, from, to, true);
    const name = cursor.name();
    if (name !== 'reloc.CODE' && name !== 'reloc.DATA') continue;
    const target = module.sections[cursor.number()];
    if (target?.id !== (name === 'reloc.CODE' ? 10 : 11)) {
      complaints.add('relocated-section', `${name} is about another section`);
      continue;
    }
    let last = -1;
    cursor.each(() => {
      const type = cursor.byte();
      const offset = cursor.number();
      cursor.number();
      if (RELOCATION_TYPES[type]![2]) cursor.signed();
      if (offset < last) complaints.add('relocation-order', `${name} goes back to offset ${offset}`);
      last = offset;
      found.set(target.from + offset, type);
    });
  }
  return found;
}
