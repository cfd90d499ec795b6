/**
 * The calling convention of C against clang, with addresses of both widths: generated signatures, called by C in AIR and by AIR in C. Each side finds
 * what the other one sent.
 */
import { expect, test } from '@jest/globals';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as own from '../../../../core/index.ts';
import { plant } from '../../../../bench/planted/plant.ts';
import type { Llvm } from '../../../../harness/external/llvm.ts';
import { asEngineTakes, requireAddresses } from '../../../../harness/engine/v8/memory64.ts';
import { describeLlvm } from '../../../harness/external/describe-llvm.ts';
import { makeFolder } from '../../../harness/cli/run-harness.ts';
import { C_BUG } from '../../planted/abi-bugs.ts';
import type { Sources } from './c-signatures.ts';
import { drawSources, FAILURES } from './c-signatures.ts';

type Core = Pick<typeof own, 'parseUnit' | 'verifyUnit' | 'compileObject' | 'linkObjects'>;

type PtrBits = 32 | 64;

/** What both sides are compiled for. */
interface Target {
  readonly ptrBits: PtrBits;
  readonly simd128: boolean;
}

const PLAIN: Target = { ptrBits: 32, simd128: false };

/** Signatures by what clang is asked to do: code that is not optimized is compiled many times faster. With SIMD there are vectors. */
const COUNTS = [
  ['-O0', 200, PLAIN],
  ['-O1', 40, PLAIN],
  ['-O0', 200, { ptrBits: 64, simd128: false }],
  ['-O0', 200, { ptrBits: 32, simd128: true }],
  ['-O1', 40, { ptrBits: 32, simd128: true }],
  ['-O0', 100, { ptrBits: 64, simd128: true }],
] as const;

function compileC(llvm: Llvm, { c }: Sources, level: string, { ptrBits, simd128 } = PLAIN): Uint8Array {
  const target = [`--target=wasm${ptrBits}-unknown-unknown`, ...(simd128 ? ['-msimd128'] : [])];
  const flags = [...target, '-c', level, '-Wno-everything', '-o', 'c.o', 'abi.c'];
  const { files, stderr } = llvm.clang(flags, { 'abi.c': c });
  const object = files.get('c.o');
  if (object === undefined) throw new Error(stderr);
  return object;
}

/** What does not arrive as it was sent, where `core` compiles the AIR and links it with `object`. */
function failuresOf(
  core: Core,
  { air, signatures }: Sources,
  object: Uint8Array,
  { ptrBits, simd128 } = PLAIN,
): string[] {
  requireAddresses(ptrBits);
  const read = core.parseUnit(air, { target: { ptrBits } });
  if (!read.ok) throw new Error(JSON.stringify(read.diagnostics.slice(0, 3)));
  expect(core.verifyUnit(read.unit)).toEqual([]);
  const compiled = core.compileObject(read.unit, { ...own.DEFAULT_SETTINGS, simd128 });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error.slice(0, 3)));
  const inputs = [
    { name: 'air.o', bytes: compiled.value },
    { name: 'c.o', bytes: object },
  ];
  const linked = core.linkObjects(inputs, own.DEFAULT_SETTINGS);
  if (!linked.ok) throw new Error(JSON.stringify(linked.error.slice(0, 3)));
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(asEngineTakes(linked.value))));
  return signatures.flatMap((signature, n) => {
    const bits = (exports[`check_${n}`] as () => number)();
    const what = FAILURES.filter((_, bit) => ((bits >> bit) & 1) === 1);
    return what.length === 0 ? [] : [`${n} ${signature}: ${what.join(', ')}`];
  });
}

await describeLlvm('the C ABI', (llvm) => {
  test.each(COUNTS)('clang %s calls, and is called by, functions of %i signatures for %j', (level, count, target) => {
    const sources = drawSources(count, count, target.simd128);
    expect(failuresOf(own, sources, compileC(llvm, sources, level, target), target)).toEqual([]);
  });

  test('an argument that is not copied is seen, because C writes it', async () => {
    const folder = makeFolder();
    try {
      const url = pathToFileURL(join(plant(C_BUG, folder.path), 'index.js')).href;
      const planted = (await import(url)) as Core;
      const sources = drawSources(12, 12);
      const failures = failuresOf(planted, sources, compileC(llvm, sources, '-O0'));
      expect(failures.map((text) => text.replace(/.*: /, ''))).toContain('an argument that C overwrote');
    } finally {
      folder.remove();
    }
  });
});
