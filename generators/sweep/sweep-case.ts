/**
 * The case of one cell of the sweep: an instruction on all pairs of operands that are legal.
 *
 * The operands lie in tables, a loop goes through them and writes the results into a variable that everybody can see. A second
 * function has some of the pairs again with a constant in the place of one operand, which is another path of a lowering. A
 * seed is the number of a cell, modulo their number.
 */
import type {
  CallInput,
  DescribedTag,
  InstIndex,
  IpIndex,
  Nav,
  NavIndex,
  Ref,
  Settings,
  Unit,
} from '../../core/index.ts';
import {
  BodyBuilder,
  DEFAULT_SETTINGS,
  instRef,
  InternPool,
  IP,
  makeNav,
  resultTypes,
  valueRef,
} from '../../core/index.ts';
import type { Avoids, Plan } from '../model/plan.ts';
import { MATH_TAGS } from '../model/tag-groups.ts';
import type { SweepCell } from './cells.ts';
import { inputsOf, sweepCells } from './cells.ts';
import type { NumberClass } from './legal.ts';
import { preconditionOf } from './legal.ts';
import type { SweepValue } from './types.ts';
import { isLongWidth, mathValuesOf, mostRows, valuesOf } from './types.ts';

/** As a generated case has it. */
export interface SweepCase {
  readonly unit: Unit;
  /** Tables and results apart from the code, in an order that the seed chooses. */
  readonly plan: { readonly parts: readonly (readonly NavIndex[])[]; readonly order: readonly number[] };
  readonly settings: Settings;
  readonly calls: readonly CallInput[];
}

/** Pairs that are computed a second time, with a constant. */
const MOST_CONSTANTS = 24;

/** The same of long integers, which take room in the frame. */
const MOST_LONG_CONSTANTS = 6;

/** Frames of a function with those. */
const LONG_SETTINGS: Settings = { ...DEFAULT_SETTINGS, stackSize: 1 << 20 };

/** Operands of instructions with three of them go through fewer values each. */
const MOST_OF_THREE = 9;

/** The case of `seed` in `plan`. */
export function makeSweepCase(seed: number, plan: Plan): SweepCase {
  const { ptrBits } = plan.profile;
  const cells = cellsOf(plan);
  const made = caseOfCell(cells[placeOf(seed % cells.length, cells.length)]!, ptrBits);
  return seed % 2 === 0 ? made : { ...made, plan: { ...made.plan, order: [...made.plan.order].reverse() } };
}

/** Number of different cases of `plan`: so many seeds in a row give each of them once. */
export function sweepSize(plan: Plan): number {
  return cellsOf(plan).length;
}

/** Instructions of `plan` that have a cell, in the order of the instruction table. */
export function sweptTags(plan: Plan): readonly DescribedTag[] {
  return [...new Set(chooseCells(plan).map(({ tag }) => tag))];
}

/** Cells by plan: to find out which are avoided takes a while. */
const chosenCells = new WeakMap<Plan, readonly SweepCell[]>();

function cellsOf(plan: Plan): readonly SweepCell[] {
  let chosen = chosenCells.get(plan);
  if (chosen === undefined) chosenCells.set(plan, (chosen = chooseCells(plan)));
  if (chosen.length === 0) throw new RangeError('no instruction that was asked for is one that the sweep goes through');
  return chosen;
}

function chooseCells({ profile, swept, avoids }: Plan): readonly SweepCell[] {
  const wanted = sweepCells(profile.ptrBits).filter(({ tag }) => swept.has(tag));
  const pool = new InternPool({ ptrBits: profile.ptrBits });
  return avoids === null ? wanted : wanted.filter((cell) => !isAvoided(cell, pool, avoids));
}

function isAvoided(cell: SweepCell, pool: InternPool, avoids: Avoids): boolean {
  const operands = cell.operands.map((type) => type.in(pool));
  return avoids(pool, cell.tag, operands, resultOf(pool, cell));
}

/** Neighbouring seeds are far from each other in the list, so that a short campaign sees something of every instruction. */
function placeOf(n: number, count: number): number {
  let step = Math.max(1, Math.floor(count * 0.618));
  while (greatestCommonDivisor(step, count) !== 1) step++;
  return (n * step) % count;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** Tuples of operands that the case of a cell computes with. */
export function pairsOf(cell: SweepCell, pool: InternPool): readonly (readonly SweepValue[])[] {
  const types = cell.operands.map((type) => type.in(pool));
  const columns = types.map((ty) => {
    const values = MATH_TAGS.includes(cell.tag) ? mathValuesOf(pool, ty) : valuesOf(pool, ty);
    return types.length < 3 ? values : thinned(values, MOST_OF_THREE);
  });
  const of = classOf(pool, types[0]!);
  const to = cell.result === null ? of : classOf(pool, cell.result(pool));
  const isLegal = preconditionOf(cell.tag);
  const rows = columns
    .reduce<SweepValue[][]>((rows, column) => rows.flatMap((row) => column.map((value) => [...row, value])), [[]])
    .filter((row) => isLegal({ numbers: row.map(({ number }) => number), of, to }));
  return thinned(rows, mostRows(longestOf(cell, pool)));
}

/** Bits of the longest integer among operands and result. */
function longestOf(cell: SweepCell, pool: InternPool): number {
  const types = cell.operands.map((type) => type.in(pool));
  if (cell.result !== null) types.push(cell.result(pool));
  return Math.max(...types.map((ty) => classOf(pool, ty).int?.bits ?? 0));
}

/** At most about `most` of `list`, evenly. */
function thinned<T>(list: readonly T[], most: number): readonly T[] {
  const step = Math.max(1, Math.ceil(list.length / most));
  return list.filter((_, n) => n % step === 0);
}

function classOf(pool: InternPool, ty: IpIndex): NumberClass {
  if (!pool.isType(ty) || !pool.isInt(ty)) return { int: null, isFloat: pool.isFloat(ty) };
  const bits = pool.intBits(ty);
  const size = 1n << BigInt(bits);
  const least = pool.intSigned(ty) ? -size / 2n : 0n;
  return { int: { bits, least, most: least + size - 1n }, isFloat: false };
}

/** The tables of a cell: one for each operand, one for results of the loop, one for those with constants. */
interface Tables {
  readonly operands: readonly IpIndex[];
  readonly result: IpIndex;
  readonly count: number;
  /** Numbers of the tuples that are computed with constants. */
  readonly again: readonly number[];
}

/** The case of `cell`. */
function caseOfCell(cell: SweepCell, ptrBits: 32 | 64): SweepCase {
  const pool = new InternPool({ ptrBits });
  const rows = pairsOf(cell, pool);
  const isLong = isLongWidth(longestOf(cell, pool));
  const step = Math.max(1, Math.ceil(rows.length / (isLong ? MOST_LONG_CONSTANTS : MOST_CONSTANTS)));
  const tables: Tables = {
    operands: cell.operands.map((type) => type.in(pool)),
    result: resultOf(pool, cell),
    count: rows.length,
    // Odd places as well as even ones.
    again: rows.flatMap((_, n) => (n % step === ((n / step) % 2) % step ? [n] : [])),
  };
  const fnTy = pool.fnType([], IP.void_type);
  const navs: Nav[] = cell.operands.map((_, n) => {
    const ty = pool.arrayType(tables.operands[n]!, rows.length);
    const init = pool.aggregate(
      ty,
      rows.map((row) => row[n]!.value),
    );
    return makeNav({ kind: 'const', name: `operand${n}`, ty, init });
  });
  navs.push(
    results(pool, 'results', tables.result, rows.length),
    results(pool, 'again', tables.result, tables.again.length),
  );
  navs.push(
    makeNav({ kind: 'func', name: 'sweep', ty: fnTy, exports: own('sweep'), body: loopBody(pool, cell, tables) }),
    makeNav({
      kind: 'func',
      name: 'constants',
      ty: fnTy,
      exports: own('constants'),
      body: constantsBody(pool, cell, tables, rows),
    }),
  );
  const calls = ['sweep', 'constants'].map((fn) => ({ fn, args: [] }));
  const parts: NavIndex[][] = [[], []];
  navs.forEach(({ kind }, nav) => parts[kind === 'func' ? 1 : 0]!.push(nav as NavIndex));
  return {
    unit: { pool, navs },
    plan: { parts, order: [0, 1] },
    settings: isLong ? LONG_SETTINGS : DEFAULT_SETTINGS,
    calls,
  };
}

function own(name: string): Nav['exports'] {
  return [{ name, visibility: 'default' }];
}

function results(pool: InternPool, name: string, element: IpIndex, count: number): Nav {
  const ty = pool.arrayType(element, count);
  return makeNav({ kind: 'var', name, ty, init: pool.undef(ty), exports: own(name) });
}

/** Type of the result of the instruction of `cell`. */
function resultOf(pool: InternPool, cell: SweepCell): IpIndex {
  const builder = new BodyBuilder();
  const refs = cell.operands.map((type, n) => instRef(builder.add('arg', type.in(pool), n)));
  const inst = builder.put(cell.tag, inputsOf(cell.tag, refs, cell.result?.(pool) ?? null));
  builder.add('ret', valueRef(IP.void_value));
  return resultTypes(pool, builder.finish())[inst] as IpIndex;
}

/** Builds the code that both functions share. */
class Code {
  readonly b = new BodyBuilder();
  readonly #pool: InternPool;
  readonly #cell: SweepCell;
  readonly #tables: Tables;

  constructor(pool: InternPool, cell: SweepCell, tables: Tables) {
    this.#pool = pool;
    this.#cell = cell;
    this.#tables = tables;
  }

  usize(value: number): Ref {
    return valueRef(this.#pool.int(IP.usize_type, BigInt(value)));
  }

  /** The element at `index` of table `nav`. */
  #place(nav: number, element: IpIndex, count: number, index: Ref, isConst: boolean): Ref {
    const table = this.#pool.ptrType(this.#pool.arrayType(element, count), { isConst });
    const base = valueRef(this.#pool.ptrNav(table, nav as NavIndex));
    return instRef(this.b.add('ptr_elem_ptr', this.#pool.ptrType(element, { isConst }), base, index));
  }

  operand(n: number, index: Ref): Ref {
    const ty = this.#tables.operands[n]!;
    return instRef(this.b.add('load', ty, this.#place(n, ty, this.#tables.count, index, true)));
  }

  compute(operands: readonly Ref[]): Ref {
    const { tag, result } = this.#cell;
    return instRef(this.b.put(tag, inputsOf(tag, operands, result?.(this.#pool) ?? null)));
  }

  /** Stores into table `table` of the results: 0 those of the loop, 1 the others. */
  keep(table: 0 | 1, index: Ref, value: Ref): void {
    const { operands, result, count, again } = this.#tables;
    const size = table === 0 ? count : again.length;
    this.b.add('store', this.#place(operands.length + table, result, size, index, false), value);
  }

  leave(): void {
    this.b.add('ret', valueRef(IP.void_value));
  }
}

function loopBody(pool: InternPool, cell: SweepCell, tables: Tables): Nav['body'] {
  const code = new Code(pool, cell, tables);
  const { b } = code;
  const counter = instRef(b.add('alloc', pool.ptrType(IP.usize_type)));
  b.add('store', counter, code.usize(0));
  b.add('loop', IP.noreturn_type, (self: InstIndex) => {
    const index = instRef(b.add('load', IP.usize_type, counter));
    const isLeft = instRef(b.add('cmp_lt', index, code.usize(tables.count)));
    b.add(
      'cond_br',
      isLeft,
      () => {
        const operands = tables.operands.map((_, n) => code.operand(n, index));
        code.keep(0, index, code.compute(operands));
        b.add('store', counter, instRef(b.add('add_wrap', index, code.usize(1))));
        b.add('repeat', self);
      },
      () => code.leave(),
    );
  });
  return b.finish();
}

/** Each chosen tuple with one operand as a constant, in turn. */
function constantsBody(
  pool: InternPool,
  cell: SweepCell,
  tables: Tables,
  rows: readonly (readonly SweepValue[])[],
): Nav['body'] {
  const code = new Code(pool, cell, tables);
  tables.again.forEach((row, n) => {
    const constant = n % tables.operands.length;
    const operands = tables.operands.map((_, place) => {
      return place === constant ? valueRef(rows[row]![place]!.value) : code.operand(place, code.usize(row));
    });
    code.keep(1, code.usize(n), code.compute(operands));
  });
  code.leave();
  return code.b.finish();
}
