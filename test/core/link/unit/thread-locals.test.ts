/**
 * Thread-local data of a unit: in one thread, and in several instances over one shared memory; from the unit itself and from its object;
 * with addresses of both widths.
 */
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { NavIndex, Settings, Unit } from '../../../../core/index.ts';
import {
  compileExe,
  compileFunction,
  compileObject,
  DEFAULT_SETTINGS,
  parseUnit,
  verifyUnit,
} from '../../../../core/index.ts';
import { Linker, linkObjects } from '../../../../core/link/linker.ts';
import type { LinkOptions } from '../../../../core/link/options/options.ts';
import { asEngineTakes, makeMemory64, requireAddresses } from '../../../../harness/engine/v8/memory64.ts';

const SOURCE = `
export var @before: u64 = 3
export("counter", "alias") var @counter: u32 align(16) threadlocal = 7
var @zeros: [3]u32 threadlocal = .{ 0 ** }
var @link: *const u64 threadlocal = &@before
export var @common: u32 = 100

export fn @count() u32 {
  %0 = runtime_nav_ptr *u32 @counter
  %1 = load u32 %0
  %2 = add %1, u32 1
  store %0, %2
  ret %2
}

export fn @zero() u32 {
  %0 = runtime_nav_ptr *[3]u32 @zeros
  %1 = ptr_elem_ptr *u32 %0, usize 2
  %2 = load u32 %1
  %3 = add %2, u32 1
  store %1, %3
  ret %3
}

export fn @linked() u64 {
  %0 = runtime_nav_ptr **const u64 @link
  %1 = load *const u64 %0
  %2 = load u64 %1
  ret %2
}

export fn @everywhere() u32 {
  %0 = load u32 *u32 &@common
  %1 = add %0, u32 1
  store *u32 &@common, %1
  ret %1
}
`;

const THREADS: Settings = { ...DEFAULT_SETTINGS, atomics: true };

type PtrBits = 32 | 64;

function unitOf(text: string, ptrBits: PtrBits = 32): Unit {
  const read = parseUnit(text, { target: { ptrBits } });
  if (!read.ok) throw new Error(JSON.stringify(read.diagnostics));
  expect(verifyUnit(read.unit)).toEqual([]);
  return read.unit;
}

const SHARED: Partial<LinkOptions> = {
  sharedMemory: true,
  maxMemory: 1 << 18,
  importMemory: { module: 'env', field: 'memory' },
  exportMemory: false,
  exports: ['__wasm_init_tls', '__tls_size', '__tls_align'],
};

function linkUnit(unit: Unit, options: Partial<LinkOptions>): Uint8Array {
  const linker = new Linker(unit);
  unit.navs.forEach((nav, n) => {
    const index = n as NavIndex;
    if (nav.kind === 'func') linker.updateFunc(index, compileFunction(unit, index, THREADS));
    else linker.updateNav(index);
  });
  const linked = linker.flushExecutable({ extraFeatures: ['atomics', 'bulk-memory'], ...options });
  if (!linked.ok) throw new Error(JSON.stringify(linked.error.list));
  return linked.bytes;
}

function linkObject(unit: Unit, options: Partial<LinkOptions>): Uint8Array {
  const object = compileObject(unit, { ...THREADS, strip: true });
  if (!object.ok) throw new Error(JSON.stringify(object.error));
  const linked = linkObjects([{ name: 'a.o', bytes: object.value }], options);
  if (!linked.ok) throw new Error(JSON.stringify(linked.error.list));
  return linked.bytes;
}

type Program = Record<'count' | 'zero' | 'linked' | 'everywhere', () => number | bigint> & {
  readonly __wasm_init_tls: (block: number | bigint) => void;
  readonly counter: WebAssembly.Global;
  readonly alias: WebAssembly.Global;
  readonly __tls_size: WebAssembly.Global;
  readonly __tls_align: WebAssembly.Global;
  readonly memory: WebAssembly.Memory;
};

function instantiate(bytes: Uint8Array, memory?: WebAssembly.Memory): Program {
  const module = new WebAssembly.Module(new Uint8Array(asEngineTakes(bytes)));
  return new WebAssembly.Instance(module, memory ? { env: { memory } } : {}).exports as unknown as Program;
}

/** A memory of four pages that threads share. */
function sharedMemory(ptrBits: PtrBits): WebAssembly.Memory {
  return ptrBits === 64 ? makeMemory64(4, 4, true) : new WebAssembly.Memory({ initial: 4, maximum: 4, shared: true });
}

/** Address `at` as a program gets it. */
function addressOf(ptrBits: PtrBits, at: number): number | bigint {
  return ptrBits === 64 ? BigInt(at) : at;
}

describe.each<[string, PtrBits, number, typeof linkUnit]>([
  ['a unit', 32, 20, linkUnit],
  ['an object of a unit', 32, 24, linkObject],
  ['a unit', 64, 28, linkUnit],
  ['an object of a unit', 64, 32, linkObject],
])('thread-local data of %s with %i-bit addresses', (_, ptrBits, size, link) => {
  beforeAll(() => {
    requireAddresses(ptrBits);
  });

  test('is plain data with a base where there is one thread', () => {
    const program = instantiate(link(unitOf(SOURCE, ptrBits), {}));
    expect([program.count(), program.count(), program.zero(), program.linked()]).toEqual([8, 9, 1, 3n]);
    expect(program.alias.value).toBe(program.counter.value);
    expect(new DataView(program.memory.buffer).getUint32(Number(program.counter.value), true)).toBe(9);
  });

  test('is each thread’s own in instances over one memory, and everything else is common', () => {
    const bytes = link(unitOf(SOURCE, ptrBits), SHARED);
    const memory = sharedMemory(ptrBits);
    const first = instantiate(bytes, memory);
    expect([first.count(), first.count(), first.zero(), first.everywhere()]).toEqual([8, 9, 1, 101]);
    const second = instantiate(bytes, memory);
    expect([second.__tls_size.value, second.__tls_align.value].map(Number)).toEqual([size, 16]);
    // Whatever lies in the block is overwritten, zeros included.
    new Uint8Array(memory.buffer).fill(0xaa, 0x2_8000, 0x2_8040);
    second.__wasm_init_tls(addressOf(ptrBits, 0x2_8000));
    expect([second.count(), second.zero(), second.zero(), second.linked()]).toEqual([8, 1, 2, 3n]);
    expect([first.count(), second.count(), first.zero(), second.everywhere()]).toEqual([10, 9, 2, 102]);
    expect(new Uint8Array(memory.buffer)[0x2_8000 + size]).toBe(0xaa);
  });
});

test('without the features of threads a thread-local variable is an ordinary one', () => {
  const plain = unitOf(SOURCE);
  const shown = compileExe(plain, DEFAULT_SETTINGS);
  const same = compileExe(
    unitOf(SOURCE.replaceAll(' threadlocal', '').replaceAll(/runtime_nav_ptr (\S+(?: u64)?) @/g, 'bitcast $1 $1 &@')),
    DEFAULT_SETTINGS,
  );
  expect(shown.ok && same.ok && Buffer.from(shown.value).equals(Buffer.from(same.value))).toBe(true);
});

test('an object says which of its data is thread-local, defined or not', () => {
  const unit = unitOf(SOURCE);
  const defines = new Set(unit.navs.flatMap((nav, n) => (nav.name === 'counter' ? [] : [n as NavIndex])));
  const part = (own: ReadonlySet<NavIndex>): Uint8Array => {
    const made = compileObject(unit, THREADS, { defines: own, shared: true });
    if (!made.ok) throw new Error(JSON.stringify(made.error));
    return made.value;
  };
  const counter = unit.navs.findIndex((nav) => nav.name === 'counter') as NavIndex;
  const inputs = [
    { name: 'a.o', bytes: part(defines) },
    { name: 'b.o', bytes: part(new Set([counter])) },
  ];
  const linked = linkObjects(inputs, SHARED);
  if (!linked.ok) throw new Error(JSON.stringify(linked.error.list));
  const memory = new WebAssembly.Memory({ initial: 4, maximum: 4, shared: true });
  const [first, second] = [instantiate(linked.bytes, memory), instantiate(linked.bytes, memory)];
  second.__wasm_init_tls(0x2_8000);
  expect([first.count(), first.count(), second.count(), second.linked()]).toEqual([8, 9, 8, 3n]);
});
