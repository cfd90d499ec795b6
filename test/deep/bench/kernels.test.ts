/**
 * The kernels of `npm run bench -- kernels` mean the same in AIR and in C, by three compilations.
 */
import { expect, test } from '@jest/globals';
import { compileAir, compileC, kernelOf, KERNELS } from '../../../bench/kernels.ts';
import { describeLlvm } from '../../harness/external/describe-llvm.ts';

test('the sieve counts the primes below 65536', () => {
  expect(kernelOf(compileAir('sieve'))(1)).toBe(6542);
});

await describeLlvm('kernels against clang', (llvm) => {
  test.each(KERNELS)('$name', ({ name }) => {
    const modules = [compileAir(name), compileC(llvm, name, '-O0'), compileC(llvm, name, '-O1')];
    const results = modules.map((module) => kernelOf(module)(3));
    expect(results).toEqual([results[0], results[0], results[0]]);
    expect(results[0]).not.toBe(0);
  });
});
