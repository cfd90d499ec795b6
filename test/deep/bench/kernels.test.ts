/**
 * The kernels of `npm run bench -- kernels` mean the same in AIR and in C, by four compilations; with peepholes, code is smaller than
 * that of clang -O0.
 */
import { expect, test } from '@jest/globals';
import { codeSize } from '../../../bench/code-size.ts';
import { compileAir, compileC, kernelOf, KERNELS, WITH_PEEPHOLES } from '../../../bench/kernels.ts';
import { describeLlvm } from '../../harness/external/describe-llvm.ts';

test('the sieve counts the primes below 65536', () => {
  expect(kernelOf(compileAir('sieve'))(1)).toBe(6542);
  expect(kernelOf(compileAir('sieve', WITH_PEEPHOLES))(1)).toBe(6542);
});

await describeLlvm('kernels against clang', (llvm) => {
  test.each(KERNELS)('$name', ({ name }) => {
    const ours = compileAir(name, WITH_PEEPHOLES);
    const unoptimized = compileC(llvm, name, '-O0');
    const modules = [compileAir(name), ours, unoptimized, compileC(llvm, name, '-O1')];
    const results = modules.map((module) => kernelOf(module)(3));
    expect(results).toEqual([results[0], results[0], results[0], results[0]]);
    expect(results[0]).not.toBe(0);
    expect(codeSize(ours)).toBeLessThan(0.7 * codeSize(unoptimized));
  });
});
