/** Everything has its number when symbols are numbered: no later phase adds a symbol, whatever it finds that it needs. */
import { describe, expect, test } from '@jest/globals';
import { Diagnostics } from '../../../../core/diagnostics/diagnostics.ts';
import { assignIndexes } from '../../../../core/link/executable/assign-indexes.ts';
import { OutputBuffers } from '../../../../core/wasm/output-buffers.ts';
import { synthesize } from '../../../../core/link/executable/synthesize.ts';
import { writeExecutable } from '../../../../core/link/executable/write-sections.ts';
import { readObject } from '../../../../core/link/input/read-object.ts';
import { assignSlots } from '../../../../core/link/layout/indirect-table.ts';
import { layoutData } from '../../../../core/link/layout/layout-data.ts';
import { linkObjects } from '../../../../core/link/linker.ts';
import { mergeFeatures } from '../../../../core/link/live/features.ts';
import { markLive } from '../../../../core/link/live/mark-live.ts';
import type { LinkOptions } from '../../../../core/link/options/options.ts';
import { DEFAULT_LINK_OPTIONS } from '../../../../core/link/options/options.ts';
import { numberSymbols } from '../../../../core/link/symbols/number-symbols.ts';
import { resolveSymbols } from '../../../../core/link/symbols/resolve.ts';
import type { HandObject } from '../hand-object.ts';
import { constantBody, F, handObject, I32, K, P5 } from '../hand-object.ts';
import { expectLinked, run } from '../hand-program.ts';

/** Thread-local data behind a global, a constructor, a section whose name is an identifier, and an undefined function. */
const OBJECT: HandObject = {
  types: [
    [[], [I32]],
    [[], []],
  ],
  funcImports: [['later', 1]],
  globalImports: [['GOT.mem.local', I32, 1]],
  funcs: [
    { type: 0, body: [0, 0x23, ...P5, 0x0b], relocs: [{ at: 2, type: 7, index: 2 }] },
    { type: 1, body: [0, 0x10, ...P5, 0x0b], relocs: [{ at: 2, type: 0, index: 3 }] },
  ],
  data: [
    { name: '.tdata.local', bytes: [1, 0, 0, 0], align: 2, flags: 2 },
    { name: 'my_set', bytes: [7, 8, 9] },
  ],
  symbols: [
    { kind: K.func, flags: F.exported, index: 1, name: 'main' },
    { kind: K.func, flags: 0, index: 2, name: 'construct' },
    { kind: K.data, flags: 256, index: 0, name: 'local', size: 4 },
    { kind: K.func, flags: F.undef, index: 0 },
    { kind: K.data, flags: F.noStrip, index: 1, name: 'set', size: 3 },
  ],
  initFuncs: [[1, 1]],
  features: ['+atomics', '+bulk-memory', '+mutable-globals'],
};

const CASES: Readonly<Record<string, Partial<LinkOptions>>> = {
  'for one thread': {},
  'for threads': { sharedMemory: true, maxMemory: 1 << 20 },
  'with all exports': { exportAll: true },
  'for threads, with all exports': { sharedMemory: true, maxMemory: 1 << 20, exportAll: true },
  'with a border': { exports: ['__start_my_set', '__stop_my_set'] },
  'with what the linker makes': { exports: ['__wasm_call_ctors', '__heap_base'] },
  'with everything': { gc: false, emitRelocs: true },
};

describe('a link', () => {
  const read = readObject(handObject(OBJECT), 'a.o');
  if (!read.ok) throw new Error(read.error.text());
  const inputs = [{ object: read.value, lazy: false }];

  test.each(Object.entries(CASES))('%s adds nothing behind the numbering', (_name, asked) => {
    const options: LinkOptions = { ...DEFAULT_LINK_OPTIONS, undefinedPolicy: 'import', ...asked };
    const diags = new Diagnostics();
    const symbols = numberSymbols(resolveSymbols(null, inputs, options, diags), options, diags);
    // A later phase that adds to one of these throws.
    for (const list of [symbols.extras, symbols.globalImports, symbols.tableImports, symbols.tagImports]) {
      Object.freeze(list);
    }
    Object.freeze(symbols.brackets);
    const known = [symbols.meanings.size, symbols.hostFuncs.size];
    const live = markLive(symbols, options, diags);
    const features = mergeFeatures(live, options, diags);
    const table = assignSlots(live, options.tableBase);
    const placed = layoutData(live, options, true, diags);
    const synthetics = synthesize(placed, table, options);
    const indexed = assignIndexes({ placed, table, synthetics, features }, options, diags);
    const bytes = writeExecutable(indexed, options, new OutputBuffers());
    expect(diags.text()).toBe('');
    expect(live.funcs.length).toBe(symbols.extraBase + symbols.extras.length);
    expect([symbols.meanings.size, symbols.hostFuncs.size]).toEqual(known);
    expect(expectLinked(linkObjects([{ object: read.value }], options)).bytes).toEqual(bytes);
  });
});

test('a border that only an option names is exported, and keeps its section', () => {
  const object: HandObject = {
    types: [[[], [I32]]],
    funcs: [{ type: 0, body: constantBody(1) }],
    data: [{ name: 'my_set', bytes: [7, 8, 9] }],
    symbols: [{ kind: K.func, flags: F.exported, index: 0, name: 'main' }],
  };
  const exports = ['__start_my_set', '__stop_my_set'];
  const program = run(expectLinked(linkObjects([{ name: 'a.o', bytes: handObject(object) }], { exports })).bytes);
  const [start, stop] = exports.map((name) => (program.exports[name] as WebAssembly.Global).value as number);
  expect([...new Uint8Array(program.memory.buffer, start, stop! - start!)]).toEqual([7, 8, 9]);
});
