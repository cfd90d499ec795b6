/**
 * The interpreter's arithmetic against a third opinion: LLVM, which shares nothing with it and nothing with core.
 *
 * Every instruction of the sweep on integers of up to 128 bits and on all float types: rows of boundary operands, as straight AIR that
 * the interpreter runs, and as LLVM IR that clang computes while it compiles. NaNs agree whatever their bits are.
 */
import { expect, test } from '@jest/globals';
import type { IpIndex, NavIndex, Ref, SlotInput } from '../../../core/index.ts';
import {
  BodyBuilder,
  instRef,
  InternPool,
  IP,
  makeNav,
  resultTypes,
  valueRef,
  verifyUnit,
} from '../../../core/index.ts';
import { abiSize, fieldOffset } from '../../../core/intern/layout.ts';
import { floatPattern } from '../../../core/intern/numbers.ts';
import type { SweepCell } from '../../../generators/sweep/cells.ts';
import { MATH_TAGS } from '../../../generators/model/tag-groups.ts';
import { inputsOf, sweepCells } from '../../../generators/sweep/cells.ts';
import { pairsOf } from '../../../generators/sweep/sweep-case.ts';
import type { SweepValue } from '../../../generators/sweep/types.ts';
import type { Llvm } from '../../../harness/external/llvm.ts';
import { BUILTINS, LIBRARY_FOLDER } from '../../../harness/external/sysroot.ts';
import { interpret } from '../../../interpreter/interpret.ts';
import type { ObjectImage } from '../../../interpreter/model/outcome.ts';
import { describeLlvm } from '../../harness/external/describe-llvm.ts';
import type { IrValue, NumberType } from './llvm-ir.ts';
import { emitterOf, irType, IrWriter } from './llvm-ir.ts';

/** Cells of one tag and rows of one cell, at most. */
const MOST_CELLS = 30;
const MOST_ROWS = 5;

/** LLVM does not compute these while it compiles, and the target has no f80. */
const NOT_OF_F80 = ['sqrt f80', 'floor f80', 'ceil f80', 'trunc_float f80', 'round f80'];
const NO_QUOTIENTS = ['div_trunc', 'div_floor'].flatMap((tag) => [`${tag} f80 f80`, `${tag}_optimized f80 f80`]);

/** Cells that LLVM has no opinion about, by tag or title: names of errors, and what the libm of its host rounds as it likes. */
const WITHOUT_OPINION = ['cmp_lt_errors_len', ...MATH_TAGS, ...NOT_OF_F80, ...NO_QUOTIENTS];

/** An operation on numbers: a row of a cell. */
interface Operation {
  readonly cell: SweepCell;
  readonly row: readonly SweepValue[];
  readonly operands: readonly NumberType[];
  /** The result and, of instructions with an overflow bit, that. */
  readonly results: readonly NumberType[];
}

const pool = new InternPool();

function numberType(ty: IpIndex): NumberType {
  if (ty === IP.bool_type) return { kind: 'int', bits: 1, signed: false };
  if (pool.isFloat(ty)) return { kind: 'float', bits: pool.floatBits(ty), signed: true };
  return { kind: 'int', bits: pool.intBits(ty), signed: pool.intSigned(ty) };
}

/** At most about `most` of `list`, evenly, with another beginning for another `turn`. */
function thinned<T>(list: readonly T[], most: number, turn = 0): readonly T[] {
  const step = Math.max(1, Math.ceil(list.length / most));
  return list.filter((_, n) => n % step === turn % step);
}

function resultType({ tag, operands, result }: SweepCell): IpIndex {
  const builder = new BodyBuilder();
  const refs = operands.map((type, n) => instRef(builder.add('arg', type.in(pool), n)));
  const inst = builder.put(tag, inputsOf(tag, refs, result?.(pool) ?? null));
  builder.add('ret', valueRef(IP.void_value));
  return resultTypes(pool, builder.finish())[inst] as IpIndex;
}

function numbersOf(ty: IpIndex): readonly NumberType[] {
  if (ty === IP.bool_type || pool.isInt(ty) || pool.isFloat(ty)) return [numberType(ty)];
  return [numberType(pool.fieldType(ty, 0)), numberType(pool.fieldType(ty, 1))];
}

/** Integers above are left to the tests of wide integers. */
function isTooWide({ kind, bits }: NumberType): boolean {
  return kind === 'int' && bits > 128;
}

/** All operations, in the order of the sweep; `silent` gets the cells that LLVM says nothing about. */
function operationsOf(silent: Set<string>): readonly Operation[] {
  const byTag = new Map<string, SweepCell[]>();
  for (const cell of sweepCells(32)) {
    if (cell.operands.some((type) => isTooWide(numberType(type.in(pool))))) continue;
    const silence = [cell.tag, cell.title].find((name) => WITHOUT_OPINION.includes(name));
    if (silence !== undefined) silent.add(silence);
    else byTag.set(cell.tag, [...(byTag.get(cell.tag) ?? []), cell]);
  }
  return [...byTag.values()].flatMap((cells) =>
    thinned(cells, MOST_CELLS).flatMap((cell, turn) => {
      const operands = cell.operands.map((type) => numberType(type.in(pool)));
      const results = numbersOf(resultType(cell));
      if (results.some(isTooWide)) return [];
      return thinned(pairsOf(cell, pool), MOST_ROWS, turn).map((row) => ({ cell, row, operands, results }));
    }),
  );
}

/** Operations of one cell stand next to each other: they share a function, a table of results and a type. */
function byCell(operations: readonly Operation[]): readonly (readonly Operation[])[] {
  const groups = new Map<SweepCell, Operation[]>();
  for (const operation of operations) {
    const group = groups.get(operation.cell);
    if (group === undefined) groups.set(operation.cell, [operation]);
    else group.push(operation);
  }
  return [...groups.values()];
}

const NAN = 'NaN';

/** The bits of a result, or {@link NAN}. */
type Result = bigint | typeof NAN;

/** What the interpreter says: per operation the results. */
function interpreted(operations: readonly Operation[]): readonly (readonly Result[])[] {
  const groups = byCell(operations);
  const tables = groups.map(([first]) => resultType(first!.cell));
  const navs = groups.map((group, n) => {
    const ty = pool.arrayType(tables[n]!, group.length);
    return makeNav({ kind: 'var', name: `results${n}`, ty, init: pool.undef(ty) });
  });
  const fnTy = pool.fnType([], IP.void_type);
  groups.forEach((group, n) => {
    const name = `f${n}`;
    const body = bodyOf(group, n as NavIndex, tables[n]!);
    navs.push(makeNav({ kind: 'func', name, ty: fnTy, exports: [{ name, visibility: 'default' }], body }));
  });
  const unit = { pool, navs };
  expect(verifyUnit(unit)).toEqual([]);
  const run = interpret(
    unit,
    groups.map((_, n) => ({ fn: `f${n}`, args: [] })),
  );
  expect(run.outcomes.filter(({ kind }) => kind !== 'returned')).toEqual([]);
  expect(run.outcomes).toHaveLength(groups.length);
  return groups.flatMap((group, n) => {
    const image = run.memory.get(n as NavIndex)!;
    const ty = tables[n]!;
    return group.map(({ results }, row) =>
      results.map((type, part) => {
        const at = row * abiSize(pool, ty) + (results.length === 1 ? 0 : fieldOffset(pool, ty, part));
        return resultAt(image, at, type);
      }),
    );
  });
}

function bodyOf(group: readonly Operation[], table: NavIndex, element: IpIndex): ReturnType<BodyBuilder['finish']> {
  const b = new BodyBuilder();
  const base = valueRef(pool.ptrNav(pool.ptrType(pool.arrayType(element, group.length)), table));
  group.forEach(({ cell, row }, n) => {
    const index = valueRef(pool.int(IP.usize_type, BigInt(n)));
    const place: Ref = instRef(b.add('ptr_elem_ptr', pool.ptrType(element), base, index));
    const operands = row.map(({ value }) => valueRef(value));
    const inputs: readonly SlotInput[] = inputsOf(cell.tag, operands, cell.result?.(pool) ?? null);
    b.add('store', place, instRef(b.put(cell.tag, inputs)));
  });
  b.add('ret', valueRef(IP.void_value));
  return b.finish();
}

function resultAt(image: ObjectImage, at: number, type: NumberType): Result {
  if (image.nans.has(at)) return NAN;
  const size = Math.ceil(type.bits / 8);
  const isDefined = image.defined.subarray(at, at + size).every((one) => one === 1);
  expect(isDefined).toBe(true);
  return canonical(bytesToBits(image.bytes.subarray(at, at + size)), type);
}

function bytesToBits(bytes: Uint8Array): bigint {
  return Array.from(bytes).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

/** Stored bits of the significand: that of f80 begins with its leading bit. */
const FRACTIONS: Readonly<Record<number, number>> = { 16: 10, 32: 23, 64: 52, 80: 63, 128: 112 };

/** The bits of a result without padding; of a NaN that it is one. */
function canonical(raw: bigint, { kind, bits }: NumberType): Result {
  const pattern = BigInt.asUintN(bits, raw);
  if (kind === 'int') return pattern;
  const fraction = BigInt.asUintN(FRACTIONS[bits]!, pattern);
  const lead = BigInt(FRACTIONS[bits]! + (bits === 80 ? 1 : 0));
  const exponent = BigInt.asUintN(bits - 1, pattern) >> lead;
  const isSpecial = exponent === (1n << (BigInt(bits - 1) - lead)) - 1n;
  return isSpecial && fraction !== 0n ? NAN : pattern;
}

/** Operations in one function of the IR: clang's time for a function grows faster than the function. */
const IN_ONE_FUNCTION = 100;

/** Operations in one run of clang: its time grows with the square of what it writes. */
const IN_ONE_RUN = 800;

/** What LLVM says. */
function opinions(llvm: Llvm, operations: readonly Operation[]): readonly (readonly Result[])[] {
  const runs = Array.from({ length: Math.ceil(operations.length / IN_ONE_RUN) }, (_, n) =>
    operations.slice(n * IN_ONE_RUN, (n + 1) * IN_ONE_RUN),
  );
  return runs.flatMap((run) => computed(llvm, run));
}

function computed(llvm: Llvm, operations: readonly Operation[]): readonly (readonly Result[])[] {
  const declarations = new Set<string>();
  const functions: string[] = [];
  for (let from = 0; from < operations.length; from += IN_ONE_FUNCTION) {
    const w = new IrWriter();
    operations.slice(from, from + IN_ONE_FUNCTION).forEach((operation, n) => {
      writeOperation(w, operation).forEach((value, part) => keep(w, value, 2 * (from + n) + part));
    });
    w.declarations.forEach((line) => declarations.add(line));
    functions.push(`define void @f${functions.length}() {\n${w.lines.join('\n')}\n  ret void\n}`);
  }
  const count = functions.length;
  const calls = functions.map((_, n) => `  call void @f${n}()`).join('\n');
  const text = [
    `@results = global [${2 * operations.length} x i128] zeroinitializer, align 16`,
    ...declarations,
    ...functions,
    `define void @run() {\n${calls}\n  ret void\n}`,
  ].join('\n');
  expect(count).toBeGreaterThan(0);
  const args = ['--target=wasm32', '-O1', '-Wno-override-module', '-c', 'op.ll', '-o', 'op.o'];
  const compiled = llvm.clang(args, { 'op.ll': text });
  expect(compiled.stderr).toBe('');
  const object = compiled.files.get('op.o')!;
  const libraries = [`${LIBRARY_FOLDER}/libc.a`, BUILTINS];
  const archives = Object.fromEntries(libraries.map((path, n) => [`${n}.a`, llvm.sysroot.read(path)]));
  const words = ['--no-entry', '--export=run', '--export=results', 'op.o', ...Object.keys(archives)];
  const linked = llvm.linkModule(words, { 'op.o': object, ...archives });
  expect(linked.stderr).toBe('');
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(linked.module!.slice()), {});
  (exports['run'] as () => void)();
  const base = (exports['results'] as WebAssembly.Global).value as number;
  const bytes = new Uint8Array((exports['memory'] as WebAssembly.Memory).buffer);
  return operations.map(({ results }, n) =>
    results.map((type, part) => {
      const at = base + (2 * n + part) * 16;
      return canonical(bytesToBits(bytes.subarray(at, at + 16)), type);
    }),
  );
}

function writeOperation(w: IrWriter, { cell, row, operands, results }: Operation): readonly IrValue[] {
  const values = row.map((value, n) => literalOf(w, value, operands[n]!));
  const emit = emitterOf(cell.tag, operands[0]!.kind);
  if (emit === null) throw new Error(`no words of LLVM for ${cell.title}`);
  return emit(w, values, results[0]!);
}

function literalOf(w: IrWriter, { value, number }: SweepValue, type: NumberType): IrValue {
  if (type.kind === 'int') return { text: String(type.bits > 1 ? number : number !== 0n), type };
  const bits: NumberType = { kind: 'int', bits: type.bits, signed: false };
  return w.cast('bitcast', { text: String(floatPattern(pool, value)), type: bits }, type);
}

/** Stores the bits of `value` as result `place`. */
function keep(w: IrWriter, value: IrValue, place: number): void {
  const { kind, bits } = value.type;
  const raw: NumberType = { kind: 'int', bits, signed: false };
  const pattern = kind === 'int' ? { text: value.text, type: raw } : w.cast('bitcast', value, raw);
  const stored = w.convert(pattern, { kind: 'int', bits: 128, signed: false });
  w.lines.push(
    `  store ${irType(stored.type)} ${stored.text}, ptr getelementptr (i128, ptr @results, i32 ${place}), align 16`,
  );
}

/** Where the interpreter, asked for `operations`, and LLVM, asked for `asked`, differ. */
function differences(llvm: Llvm, operations: readonly Operation[], asked = operations): readonly string[] {
  const ours = interpreted(operations);
  const theirs = opinions(llvm, asked);
  return operations.flatMap(({ cell, row }, n) => {
    const [a, b] = [ours[n]!.join(' '), theirs[n]!.join(' ')];
    return a === b ? [] : [`${cell.title}(${row.map(({ number }) => String(number)).join(', ')}): ${a}, LLVM ${b}`];
  });
}

await describeLlvm('the third opinion', (llvm) => {
  const silent = new Set<string>();
  const operations = operationsOf(silent);

  test('LLVM computes what the interpreter computes', () => {
    expect([...silent].sort()).toEqual([...WITHOUT_OPINION].sort());
    expect(operations.length).toBeGreaterThan(5000);
    expect(differences(llvm, operations)).toEqual([]);
  });

  test('and would tell if it did not', () => {
    const some = operations.filter(({ cell, row }) => cell.tag === 'sub_wrap' && row[0] !== row[1]);
    const swapped = some.map((one) => ({ ...one, row: [...one.row].reverse() }));
    expect(differences(llvm, some, swapped).length).toBeGreaterThan(some.length / 2);
  });
});
