/**
 * What must hold of every finished module, whatever it was linked of: short numbers, types that somebody has, slots and names
 * of what there is, data in order, a true build id, true relocations where they are kept.
 *
 * For links whose names are resolved in ways that only their own probes can judge. Code of inputs keeps its widths there, so
 * numbers in code are looked at only where the options ask for short ones.
 */
import { Cursor } from '../wasm/cursor.ts';
import { Immediate, isSignedImmediate, readInstruction, skipLocals } from '../wasm/instructions.ts';
import type { Complaint } from './complaints.ts';
import { Complaints } from './complaints.ts';
import type { FoundModule } from './found-module.ts';
import { readFoundModule } from './found-module.ts';
import { judgeBuildId } from './judge-build-id.ts';
import { judgeEmittedRelocations } from './judge-emitted-relocs.ts';
import { judgeNumbers } from './judge-module.ts';
import { isMinimalSigned, isMinimalUnsigned } from './number-reader.ts';

const PAGE = 65536;

/** Judges `bytes`, linked with `options`. */
export function judgeAnyModule(bytes: Uint8Array, options: readonly string[]): readonly Complaint[] {
  const complaints = new Complaints();
  const module = readFoundModule(bytes);
  judgeNumbers(module, complaints);
  if (options.includes('--compress-relocations')) judgeCode(module, complaints);
  judgeTypes(module, complaints);
  judgeData(module, complaints);
  judgeSlots(module, complaints);
  judgeFunctionNames(module, complaints);
  judgeBuildId(module, options, complaints);
  judgeEmittedRelocations(module, options, complaints);
  return complaints.list;
}

/** Objects have wide numbers in their code where there are relocations, and nowhere else. */
function judgeCode({ bytes, bodies }: FoundModule, complaints: Complaints): void {
  for (const { start, end } of bodies) {
    const cursor = new Cursor(bytes, start, end, true);
    const note = (kind: Immediate, { at }: Cursor): void => {
      cursor.number();
      const isShort = isSignedImmediate(kind)
        ? isMinimalSigned(bytes, at, cursor.at)
        : isMinimalUnsigned(bytes, at, cursor.at);
      if (!isShort) complaints.add('wide-code', `the number at offset ${at} could be shorter`);
    };
    skipLocals(cursor);
    while (cursor.at < end) readInstruction(cursor, note);
  }
}

function judgeTypes(module: FoundModule, complaints: Complaints): void {
  const { bytes, types } = module;
  const used = new Set([...module.functionTypes, ...module.tagTypes]);
  const note = (kind: Immediate, cursor: Cursor): void => {
    if (kind === Immediate.block) {
      const value = Number(cursor.signed());
      if (value >= 0) used.add(value);
      return;
    }
    const value = cursor.number();
    if (kind === Immediate.type) used.add(value);
  };
  for (const { start, end } of module.bodies) {
    const cursor = new Cursor(bytes, start, end, true);
    skipLocals(cursor);
    while (cursor.at < end) readInstruction(cursor, note);
  }
  types.forEach((type, n) => {
    if (!used.has(n)) complaints.add('dead-type', `nothing has type ${n}`);
    if (types.indexOf(type) !== n) complaints.add('equal-types', `types ${types.indexOf(type)} and ${n} are equal`);
  });
}

function judgeData(module: FoundModule, complaints: Complaints): void {
  let last = 0;
  for (const { address, start, end } of module.data) {
    if (start === end) complaints.add('dead-segment', 'an entry of the data section holds nothing');
    if (address === null) continue;
    if (address < last) complaints.add('data-order', `data at ${address} follows data that ends at ${last}`);
    last = address + end - start;
  }
  const room = (module.memories[0]?.min ?? 0) * PAGE;
  if (last > room) complaints.add('memory-limits', `data ends at ${last}, memory at ${room}`);
}

function judgeSlots({ elements, functionTypes }: FoundModule, complaints: Complaints): void {
  for (const { functions } of elements) {
    functions.forEach((index, n) => {
      if (functions.indexOf(index) !== n) complaints.add('equal-slots', `function ${index} has two slots`);
      if (index >= functionTypes.length) complaints.add('no-function', `there is no function ${index}`);
    });
  }
}

/** Every function has one name, in their order. */
function judgeFunctionNames({ names, functionTypes }: FoundModule, complaints: Complaints): void {
  if (names === null) return;
  const given = (names.get(1) ?? []).map(([index]) => index);
  const wanted = functionTypes.map((_, n) => n);
  if (given.join() !== wanted.join()) {
    complaints.add('names-functions', `functions ${given.join()} have names, of ${functionTypes.length}`);
  }
}
