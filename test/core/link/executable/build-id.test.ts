/** Build ids: each kind of hash, and bytes of the caller. */
import { describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import type { LinkOptions } from '../../../../core/link/options/options.ts';
import { executable, SAMPLE } from '../hand-program.ts';

const section = (module: WebAssembly.Module, name: string): Uint8Array[] =>
  WebAssembly.Module.customSections(module, name).map((buffer) => new Uint8Array(buffer));

describe('build ids', () => {
  const id = (options: Partial<LinkOptions>): Uint8Array => {
    const found = section(new WebAssembly.Module(executable(SAMPLE, options)), 'build_id');
    expect(found).toHaveLength(1);
    return found[0]!;
  };

  test('are a hash of the module with zeros in their place, or the bytes that were given', () => {
    const bytes = executable(SAMPLE, { buildId: { kind: 'sha1' } });
    const blank = bytes.slice();
    blank.fill(0, blank.length - 20);
    expect(Buffer.from(bytes.subarray(-20)).toString('hex')).toBe(createHash('sha1').update(blank).digest('hex'));
    expect(id({ buildId: { kind: 'sha1' } })).toEqual(Uint8Array.of(20, ...bytes.subarray(-20)));
    expect(id({ buildId: { kind: 'fast' } })[0]).toBe(16);
    expect(id({ buildId: { kind: 'fast' } })).toEqual(id({ buildId: { kind: 'fast' } }));
    expect(id({ buildId: { kind: 'fast' } })).not.toEqual(id({ buildId: { kind: 'fast' }, stackSize: 1024 }));
    expect(id({ buildId: { kind: 'bytes', bytes: Uint8Array.of(1, 2) } })).toEqual(Uint8Array.of(2, 1, 2));
  });
});
