/**
 * What a case reaches, as cells: instructions by class of type, opcodes, relocations by the state of their symbol, options.
 *
 * Owns the names of cells. Asks the generator's case and the bytes that are made of it, read by the harness's own readers; runs nothing.
 * A cell is counted once for each case. Deterministic.
 */
import type { Body, InstIndex, Unit } from '../../core/index.ts';
import { AIR_OPS, MIR_NAMES, resultTypes } from '../../core/index.ts';
import type { Backend } from '../backend/door.ts';
import type { Case } from '../model/case.ts';
import { classOfInstruction } from '../model/instruction-class.ts';
import { Stopwatch } from '../model/stopwatch.ts';
import { Artefacts } from '../way/artefacts.ts';
import type { ObjectModel } from '../wasm/object-model.ts';
import { Flag, Kind, RELOCATION_TYPES } from '../wasm/object-model.ts';
import { bodiesOf, readBody } from '../wasm/read-body.ts';
import { readObjectModel } from '../wasm/read-object.ts';
import { Supply } from '../way/supply.ts';

/** Cases by cell: `air/add_wrap wide`, `opcode/i32_add`, `relocation/MEMORY_ADDR_SLEB data hidden`, `option/…`. */
export type Cells = Map<string, number>;

/** Kinds of cells, in the order in which they are shown. */
export const CELL_KINDS = ['air', 'opcode', 'relocation', 'option', 'decoration'] as const;

/** Adds what `case_` reaches with `backend` to `cells`. */
export function countCells(cells: Cells, case_: Case, backend: Backend): void {
  const seen = new Set<string>();
  addInstructions(seen, case_.unit);
  addOptions(seen, case_, backend.settings);
  if (backend.compiler.kind === 'direct') addCode(seen, case_, backend);
  for (const cell of seen) cells.set(cell, (cells.get(cell) ?? 0) + 1);
}

/** The cells of `case_` that need no compiler: its instructions and options. */
export function cellsOfProgram(case_: Case, settings: Backend['settings']): ReadonlySet<string> {
  const seen = new Set<string>();
  addInstructions(seen, case_.unit);
  addOptions(seen, case_, settings);
  return seen;
}

function addInstructions(seen: Set<string>, unit: Unit): void {
  for (const { body } of unit.navs) {
    if (body === null) continue;
    const types = resultTypes(unit.pool, body);
    for (let n = 0; n < body.length; n++) seen.add(cellOf(unit, body, types, n as InstIndex));
  }
}

function cellOf(unit: Unit, body: Body, types: ReturnType<typeof resultTypes>, inst: InstIndex): string {
  const type = classOfInstruction(unit, body, types, inst);
  return `air/${body.tag(inst)}${type === '' ? '' : ` ${type}`}`;
}

function addOptions(seen: Set<string>, { settings, plan }: Case, kind: Backend['settings']): void {
  for (const word of kind.print(settings)) {
    if (word !== '') seen.add(`option/${word.replace(/=.*/, '')}`);
  }
  for (const option of plan.options ?? []) seen.add(`option/${option.replace(/=.*/, '')}`);
  for (const { kind } of plan.decorations ?? []) seen.add(`decoration/${kind}`);
}

/** What is in the executable, and in the objects of the link plan or, where there is none, that of the whole program. */
function addCode(seen: Set<string>, case_: Case, backend: Backend): void {
  const store = new Artefacts({
    case: case_,
    backend,
    stopwatch: new Stopwatch(),
    stepTime: null,
    supply: new Supply(backend),
  });
  const exe = store.exe();
  if (exe.kind === 'built') addOpcodes(seen, exe.bytes);
  if (backend.objects === undefined) return;
  const parts = case_.plan.parts.length === 0 ? [store.object()] : store.parts().map(({ result }) => result);
  for (const part of parts) if (part.kind === 'built') addRelocations(seen, readObjectModel(part.bytes));
}

function addOpcodes(seen: Set<string>, bytes: Uint8Array): void {
  for (const { start, end } of bodiesOf(bytes)) {
    for (const { op, immediates } of readBody(bytes, start, end).instructions) {
      seen.add(`opcode/${op < 0xfc ? opcodeName(op) : `0x${op.toString(16)} ${immediates[0]}`}`);
    }
  }
}

const CONTROL: Readonly<Record<number, string>> = {
  0x10: 'call',
  0x11: 'call_indirect',
  0x12: 'return_call',
  0x13: 'return_call_indirect',
  0x23: 'global_get',
  0x24: 'global_set',
};

function opcodeName(op: number): string {
  const name = CONTROL[op] ?? MIR_NAMES[op] ?? '';
  return name === '' ? `0x${op.toString(16)}` : name;
}

function addRelocations(seen: Set<string>, model: ObjectModel): void {
  for (const { relocations } of [...model.functions, ...model.segments, ...model.customs]) {
    for (const { type, index } of relocations) {
      const [name] = RELOCATION_TYPES[type]!;
      const symbol = name === 'TYPE_INDEX_LEB' ? undefined : model.symbols[index];
      seen.add(`relocation/${name}${symbol === undefined ? '' : ` ${symbolState(symbol.kind, symbol.flags)}`}`);
    }
  }
}

/** `function weak hidden`: kind and flags of a symbol. */
function symbolState(kind: number, flags: number): string {
  const name = Object.entries(Kind).find(([, number]) => number === kind)?.[0] ?? String(kind);
  const set = Object.entries(Flag).filter(([, bit]) => (flags & bit) !== 0);
  return [name, ...set.map(([flag]) => flag)].join(' ');
}

/** Instructions that are described and that no case of `cells` has, by name. */
export function unreachedInstructions(cells: Cells): readonly string[] {
  const reached = new Set([...cells.keys()].map((cell) => /^air\/(\S+)/.exec(cell)?.[1]));
  return Object.entries(AIR_OPS)
    .filter(([tag, { status }]) => status === 'described' && !reached.has(tag))
    .map(([tag]) => tag);
}
