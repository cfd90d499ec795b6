/**
 * A program for linker tests with hand-written MIR: declarations as AIR text, code by a builder callback per function.
 * The linker alone is under test, so no code generator takes part.
 */
import type { LocalIndex } from '../../../core/mir/mir.ts';
import { expect } from '@jest/globals';
import { parseUnit } from '../../../core/air/text/parse.ts';
import type { Unit } from '../../../core/air/unit.ts';
import type { IpIndex, NavIndex } from '../../../core/intern/keys.ts';
import { Linker } from '../../../core/link/linker.ts';
import type { LinkInput } from '../../../core/link/linker.ts';
import { linkObjects } from '../../../core/link/linker.ts';
import type { LinkResult, ObjectResult } from '../../../core/link/flush.ts';
import type { LinkOptions } from '../../../core/link/options/options.ts';
import { MirBuilder } from '../../../core/mir/builder.ts';
import { MirTag } from '../../../core/mir/ops.ts';
import { ValType } from '../../../core/wasm/kinds.ts';

/** Ids of a unit by name. */
export interface Names {
  readonly unit: Unit;
  nav(name: string): NavIndex;
  /** Type of a nav. */
  type(name: string): IpIndex;
}

/** Writes the code of one function. */
export type BodyWriter = (b: MirBuilder, names: Names) => void;

/** Declarations and code. */
export interface HandProgram {
  readonly text: string;
  readonly bodies: Readonly<Record<string, BodyWriter>>;
}

export function namesOf(text: string): Names {
  const parsed = parseUnit(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.diagnostics));
  const { unit } = parsed;
  const nav = (name: string): NavIndex => {
    const index = unit.navs.findIndex((candidate) => candidate.name === name);
    if (index < 0) throw new Error(`no nav ${name}`);
    return index as NavIndex;
  };
  return { unit, nav, type: (name) => unit.navs[nav(name)]!.ty };
}

/** A linker holding the navs that `keep` accepts, in order. */
export function linkerFor(program: HandProgram, names: Names, keep: (index: number) => boolean = () => true): Linker {
  const linker = new Linker(names.unit);
  names.unit.navs.forEach((nav, i) => {
    if (!keep(i)) return;
    if (nav.kind === 'func') updateFunc(linker, program, names, nav.name);
    else linker.updateNav(i as NavIndex);
  });
  return linker;
}

export function updateFunc(linker: Linker, program: HandProgram, names: Names, name: string): void {
  const builder = new MirBuilder();
  builder.reset(names.type(name));
  program.bodies[name]!(builder, names);
  builder.end();
  linker.updateFunc(names.nav(name), builder.finish());
}

/** The executable of a whole program. */
export function executable(program: HandProgram, options: Partial<LinkOptions> = {}): Uint8Array {
  return expectLinked(linkerFor(program, namesOf(program.text)).flushExecutable(options)).bytes;
}

/** The program cut over `count` objects: nav i goes to object `assign(i)`. */
export function objects(program: HandProgram, count: number, assign: (nav: number) => number): Uint8Array[] {
  const names = namesOf(program.text);
  return Array.from({ length: count }, (_, part) => {
    const linker = linkerFor(program, names, (i) => assign(i) === part);
    return expectObject(linker.flushObject({ binding: count === 1 ? 'local' : 'hidden-global' }));
  });
}

export function inputs(parts: readonly Uint8Array[]): LinkInput[] {
  return parts.map((bytes, i) => ({ name: `part${i}.o`, bytes }));
}

export function linked(parts: readonly Uint8Array[], options: Partial<LinkOptions> = {}): Uint8Array {
  return expectLinked(linkObjects(inputs(parts), options)).bytes;
}

export function expectLinked(result: LinkResult): LinkResult & { ok: true } {
  if (!result.ok) throw new Error(result.error.text());
  return result;
}

export function expectObject(result: ObjectResult): Uint8Array {
  if (!result.ok) throw new Error(result.error.text());
  return result.bytes;
}

/** Codes of the diagnostics of a failed link. */
export function codes(result: LinkResult | ObjectResult): string[] {
  expect(result.ok).toBe(false);
  return result.ok ? [] : result.error.sorted().map((diagnostic) => diagnostic.code);
}

/** A running program. */
export interface Running {
  readonly exports: WebAssembly.Exports;
  readonly memory: WebAssembly.Memory;
  /** Arguments of the calls of the imported `observe`. */
  readonly observed: unknown[];
  call(name: string, ...args: (number | bigint)[]): unknown;
  word(address: number): number;
}

export function run(bytes: Uint8Array): Running {
  expect(WebAssembly.validate(bytes as Uint8Array<ArrayBuffer>)).toBe(true);
  const observed: unknown[] = [];
  const imports = { env: { observe: (value: unknown) => observed.push(value) }, host: { observe: () => undefined } };
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports);
  const memory = exports['memory'] as WebAssembly.Memory;
  return {
    exports,
    memory,
    observed,
    call: (name, ...args) => (exports[name] as (...args: (number | bigint)[]) => unknown)(...args),
    word: (address) => new DataView(memory.buffer).getUint32(address, true),
  };
}

const load = (b: MirBuilder): void => b.memory(MirTag.i32_load, 0, 4);

/** Every construct of this step once: calls of all kinds, data with pointers, alignment, zero data, a stack frame. */
export const SAMPLE: HandProgram = {
  text: `
    extern fn @observe(u32) void
    var @counter: u32 = 7
    export var @shared: u32 align(16) = 258
    var @zeros: [40]u8 = .{ 0 ** }
    const @table: [3]*const fn(u32) u32 = .{ &@double, &@triple, &@double }
    const @words: extern struct { *const u32, *u8, [4]u8 } = .{ &(u32 99) align(64), &@zeros + 3, "abcd" }
    const @nested: *const *const u32 = &(*const u32 &(u32 1234))
    fn @double(u32) u32 { trap }
    fn @triple(u32) u32 { trap }
    export fn @apply(u32, u32) u32 { trap }
    export fn @bump(u32) u32 { trap }
    export fn @deref() u32 { trap }
    export fn @slot_of_triple() u32 { trap }
    export fn @frame(u32) u32 { trap }
    export fn @inner() u32 { trap }
    export("second", "third" hidden) fn @first() u64 { trap }
  `,
  bodies: {
    double: (b) => {
      b.localGet(0 as LocalIndex);
      b.localGet(0 as LocalIndex);
      b.op(MirTag.i32_add);
    },
    triple: (b) => {
      b.localGet(0 as LocalIndex);
      b.i32Const(3);
      b.op(MirTag.i32_mul);
    },
    apply: (b, n) => {
      b.localGet(1 as LocalIndex);
      b.localGet(0 as LocalIndex);
      b.i32Const(2);
      b.op(MirTag.i32_shl);
      b.navRef(n.nav('table'));
      b.op(MirTag.i32_add);
      load(b);
      b.callIndirect(n.type('double'));
    },
    bump: (b, n) => {
      b.navRef(n.nav('counter'));
      b.navRef(n.nav('counter'));
      load(b);
      b.localGet(0 as LocalIndex);
      b.op(MirTag.i32_add);
      b.memory(MirTag.i32_store, 0, 4);
      b.navRef(n.nav('counter'));
      load(b);
      b.callNav(n.nav('observe'));
      b.navRef(n.nav('counter'));
      load(b);
    },
    deref: (b, n) => {
      b.navRef(n.nav('nested'));
      load(b);
      load(b);
      load(b);
      b.navRef(n.nav('words'));
      load(b);
      load(b);
      b.op(MirTag.i32_add);
    },
    slot_of_triple: (b, n) => b.funcRef(n.nav('triple')),
    frame: (b, n) => {
      b.addLocal(ValType.i32);
      b.addLocal(ValType.i32);
      b.setPrologue({ stackAlignLog2: 4, stackSize: 20, spLocal: 1 as LocalIndex, bottomLocal: 2 as LocalIndex });
      b.localGet(2 as LocalIndex);
      b.localGet(0 as LocalIndex);
      b.memory(MirTag.i32_store, 16, 4);
      b.i32Const(1);
      b.callNav(n.nav('bump'));
      b.localGet(2 as LocalIndex);
      b.memory(MirTag.i32_load, 16, 4);
      b.op(MirTag.i32_add);
      b.restoreSp(1 as LocalIndex);
    },
    // Address of the inner pointer of @words, read back through an offset reference.
    inner: (b, n) => {
      b.navRef(n.nav('words'), 4);
      load(b);
      b.navRef(n.nav('zeros'), 3);
      b.op(MirTag.i32_sub);
      b.uavRef(uav(n), 0, 2);
      b.memory(MirTag.i32_load16_u, 0, 2);
      b.op(MirTag.i32_add);
    },
    first: (b) => b.i64Const(1, 2),
  },
};

/** A constant of the sample: u32 0x04030201. */
function uav(names: Names): IpIndex {
  const { pool } = names.unit;
  return pool.int(names.unit.navs[names.nav('counter')]!.ty, 0x0403_0201n);
}

/** Everything one can see of the sample. */
export function observeSample(bytes: Uint8Array): unknown {
  const program = run(bytes);
  const shared = (program.exports['shared'] as WebAssembly.Global).value as number;
  return {
    apply: [0, 1, 2].map((i) => program.call('apply', i, 7)),
    bump: [program.call('bump', 5), program.call('bump', 0x8000_0000)],
    deref: program.call('deref'),
    slot: (program.call('slot_of_triple') as number) > 0,
    frame: [program.call('frame', 1000), program.call('frame', 2000)],
    inner: program.call('inner'),
    first: program.call('second'),
    hidden: 'third' in program.exports,
    shared: [program.word(shared), shared % 16],
    observed: program.observed,
  };
}

/** What {@link observeSample} must show. */
export const SAMPLE_OUTCOME = {
  apply: [14, 21, 14],
  bump: [12, 0x8000_000c | 0],
  deref: 1333,
  slot: true,
  frame: [(0x8000_000d | 0) + 1000, (0x8000_000e | 0) + 2000],
  inner: 0x0403,
  first: 0x2_0000_0001n,
  hidden: false,
  shared: [258, 0],
  observed: [12, 0x8000_000c | 0, 0x8000_000d | 0, 0x8000_000e | 0],
};
