/** LLVM on the other side: its linker takes our objects, ours takes those of clang. Skipped where the package is absent. */
import { describe, expect, test } from '@jest/globals';
import { linkObjects } from '../../../core/link/linker.ts';
import { loadLlvm } from '../../../harness/external/llvm.ts';
import { expectLinked, objects, observeSample, SAMPLE, SAMPLE_OUTCOME } from './hand-program.ts';

const llvm = await loadLlvm();
const withLlvm = llvm ? test : test.skip;

const CALLER = `
  extern int ext(int);
  static int t(int x) { return x * 3; }
  int d(int x) { return x + 1; }
  int (*fns[2])(int) = { t, d };
  static const char msg[] = "hello";
  const char *p = msg + 1;
  int z[100];
  static int count = 5;
  extern char __heap_base;
  __attribute__((export_name("go"))) int go(int i, int x) {
    int local[4] = { x, x, x, x };
    z[i] = fns[i](local[i]);
    count += z[i];
    return count + p[0] + ext(i);
  }
  __attribute__((export_name("heap"))) int heap(void) { return (int)&__heap_base; }
  __attribute__((weak)) int w(void);
  __attribute__((export_name("weak"))) int weak(void) { return w ? w() : -1; }
  __attribute__((import_module("host"), import_name("hx"))) int hx(int);
  __attribute__((export_name("host"))) int host(int a) { return hx(a); }`;

describe('with LLVM', () => {
  for (const count of [1, 3]) {
    withLlvm(`wasm-ld links our program cut into ${count} to the same behaviour`, () => {
      const files: Record<string, Uint8Array> = {};
      objects(SAMPLE, count, (nav) => nav % count).forEach((bytes, i) => (files[`p${i}.o`] = bytes));
      const { module, stderr } = llvm!.linkModule(['--no-entry', ...Object.keys(files)], files);
      expect(stderr).toBe('');
      expect(observeSample(module!)).toEqual(SAMPLE_OUTCOME);
    });
  }

  for (const level of ['-O0', '-O2', '-g']) {
    withLlvm(`our linker links objects of clang ${level}`, () => {
      const compile = (source: string): Uint8Array => {
        const args = ['--target=wasm32-unknown-unknown', level, '-c', 'x.c', '-o', 'x.o'];
        return llvm!.clang(args, { 'x.c': source }).files.get('x.o')!;
      };
      const inputs = [
        { name: 'a.o', bytes: compile(CALLER) },
        { name: 'b.o', bytes: compile('int ext(int x) { return x * 100; }') },
      ];
      const { bytes, map } = expectLinked(linkObjects(inputs));
      const module = new WebAssembly.Module(bytes);
      const { exports } = new WebAssembly.Instance(module, { host: { hx: (x: number) => x + 7 } });
      const call = (name: string, ...args: number[]): unknown =>
        (exports[name] as (...a: number[]) => unknown)(...args);
      expect([call('go', 0, 5), call('go', 1, 5), call('weak'), call('host', 1)]).toEqual([121, 227, -1, 8]);
      expect(call('heap')).toBe(map.memory.heapBase);
    });
  }
});
