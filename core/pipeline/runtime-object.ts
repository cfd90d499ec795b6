/**
 * The runtime library as a parsed object: compiled by this very back end, once per process and width
 * of addresses, on first need.
 *
 * Owns the cache. The library does not depend on settings. A library that does not parse, verify or compile is a bug of
 * ours, so it fails loudly.
 */
import { parseUnit } from '../air/text/parse.ts';
import { verifyUnit } from '../air/verify/verify.ts';
import { CodeGenerator } from '../codegen/generate.ts';
import type { NavIndex } from '../intern/keys.ts';
import { Linker } from '../link/linker.ts';
import type { ParsedObject } from '../link/input/object-file.ts';
import { RUNTIME_SOURCE } from '../runtime/source.ts';
import { assert } from '../support/assert.ts';

const cached: Partial<Record<32 | 64, ParsedObject>> = {};

/** The runtime library for addresses of `ptrBits` bits. */
export function runtimeObject(ptrBits: 32 | 64): ParsedObject {
  return (cached[ptrBits] ??= compileRuntime(ptrBits));
}

/** Bytes of the runtime library, a relocatable object. */
export function compileRuntimeBytes(ptrBits: 32 | 64): Uint8Array {
  const written = runtimeLinker(ptrBits).flushObject({ binding: 'hidden-global' });
  assert(written.ok, 'the runtime library cannot be written as an object');
  return written.bytes;
}

function compileRuntime(ptrBits: 32 | 64): ParsedObject {
  const object = runtimeLinker(ptrBits).toObject('runtime', { binding: 'hidden-global' });
  assert(object.ok, 'the runtime library is no object');
  return object.value;
}

function runtimeLinker(ptrBits: 32 | 64): Linker {
  const parsed = parseUnit(RUNTIME_SOURCE, { target: { ptrBits } });
  assert(parsed.ok, 'the runtime library does not parse');
  const { unit } = parsed;
  assert(verifyUnit(unit).length === 0, 'the runtime library is not valid AIR');
  const codegen = new CodeGenerator();
  const linker = new Linker(unit);
  unit.navs.forEach((nav, index) => {
    if (nav.body === null) {
      linker.updateNav(index as NavIndex);
      return;
    }
    const ownerNav = index as NavIndex;
    const options = { bulkMemory: false, reuseLocals: true, brTable: 'heuristic', ownerNav } as const;
    linker.updateFunc(ownerNav, codegen.generate(unit.pool, nav.ty, nav.body, options));
  });
  return linker;
}
