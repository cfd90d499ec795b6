/**
 * The runtime library as parsed objects: each family compiled by this very back end, once per process and width of addresses,
 * on first need.
 *
 * Owns the cache. The library does not depend on settings. A family that does not parse, verify or compile is a bug of
 * ours, so it fails loudly.
 */
import { parseUnit } from '../air/text/parse.ts';
import { verifyUnit } from '../air/verify/verify.ts';
import { CodeGenerator } from '../codegen/generate.ts';
import { NO_PEEPHOLES } from '../codegen/state/peepholes.ts';
import type { NavIndex } from '../intern/keys.ts';
import type { ParsedObject } from '../link/input/object-file.ts';
import { Linker } from '../link/linker.ts';
import type { Mir } from '../mir/mir.ts';
import type { RuntimeLibrary } from '../link/symbols/symbol-table.ts';
import type { RuntimeFamily } from '../runtime/source.ts';
import { RUNTIME_FAMILIES } from '../runtime/source.ts';
import { assert } from '../support/assert.ts';
import { inLayer } from '../support/layer-mark.ts';

/** Bits of an address. */
type PtrBits = 32 | 64;

let families: ReadonlyMap<string, RuntimeFamily> | null = null;

/** The family that defines `name`. */
function familyOf(name: string): RuntimeFamily | undefined {
  families ??= new Map(
    RUNTIME_FAMILIES.flatMap((family) => family.defines().map((defined) => [defined, family] as const)),
  );
  return families.get(name);
}

const LIBRARIES: Readonly<Record<PtrBits, RuntimeLibrary>> = { 32: makeLibrary(32), 64: makeLibrary(64) };

/** The runtime library for addresses of `ptrBits` bits. */
export function runtimeLibrary(ptrBits: PtrBits): RuntimeLibrary {
  return LIBRARIES[ptrBits];
}

/** The runtime library as relocatable objects, for other linkers: all of it, or what defines one of `names`. */
export function compileRuntimeObjects(ptrBits: PtrBits, names?: ReadonlySet<string>): readonly RuntimeObject[] {
  const families =
    names === undefined
      ? RUNTIME_FAMILIES
      : RUNTIME_FAMILIES.filter((one) => one.defines().some((name) => names.has(name)));
  return families.map((family) => WRITTEN[ptrBits].get(family) ?? writeFamily(family, ptrBits));
}

/** An object of the library as a file. */
interface RuntimeObject {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const WRITTEN: Readonly<Record<PtrBits, Map<RuntimeFamily, RuntimeObject>>> = { 32: new Map(), 64: new Map() };

function writeFamily(family: RuntimeFamily, ptrBits: PtrBits): RuntimeObject {
  const written = familyLinker(family, ptrBits).flushObject({ binding: 'hidden-global' });
  assert(written.ok, 'the runtime library cannot be written as an object');
  const object = { name: family.name, bytes: written.bytes };
  WRITTEN[ptrBits].set(family, object);
  return object;
}

function makeLibrary(ptrBits: PtrBits): RuntimeLibrary {
  const made = new Map<RuntimeFamily, ParsedObject>();
  return {
    find(name) {
      const family = familyOf(name);
      if (family === undefined) return null;
      let object = made.get(family);
      if (object === undefined) made.set(family, (object = compileFamily(family, ptrBits)));
      return object;
    },
  };
}

function compileFamily(family: RuntimeFamily, ptrBits: PtrBits): ParsedObject {
  const object = familyLinker(family, ptrBits).toObject(family.name, { binding: 'hidden-global' });
  assert(object.ok, 'the runtime library is no object');
  return object.value;
}

/** A function of the library before it is encoded. */
interface RuntimeFunction {
  readonly name: string;
  readonly mir: Mir;
}

/** The functions of the families that define one of `names`, as MIR: for those who look at encodings. Nothing of it is kept. */
export function compileRuntimeFunctions(ptrBits: PtrBits, names: ReadonlySet<string>): readonly RuntimeFunction[] {
  return RUNTIME_FAMILIES.filter((one) => one.defines().some((name) => names.has(name))).flatMap((family) =>
    functionsOf(family, ptrBits).functions.flatMap(({ name, mir }) => (mir === null ? [] : [{ name, mir }])),
  );
}

function familyLinker(family: RuntimeFamily, ptrBits: PtrBits): Linker {
  const { unit, functions } = functionsOf(family, ptrBits);
  const linker = new Linker(unit);
  functions.forEach(({ mir }, index) => {
    if (mir === null) linker.updateNav(index as NavIndex);
    else linker.updateFunc(index as NavIndex, mir);
  });
  return linker;
}

/** The navs of a family, and the code of those that are functions. */
function functionsOf(family: RuntimeFamily, ptrBits: PtrBits) {
  const parsed = parseUnit(family.source(), { target: { ptrBits } });
  assert(parsed.ok, 'the runtime library does not parse');
  const { unit } = parsed;
  assert(verifyUnit(unit).length === 0, 'the runtime library is not valid AIR');
  const codegen = new CodeGenerator();
  const functions = unit.navs.map((nav, index) => {
    if (nav.body === null) return { name: nav.name, mir: null };
    const ownerNav = index as NavIndex;
    const options = {
      bulkMemory: false,
      reuseLocals: true,
      atomics: false,
      simd128: false,
      brTable: 'heuristic',
      peepholes: NO_PEEPHOLES,
      panicNav: null,
      ownerNav,
    } as const;
    const { body, ty } = nav;
    return { name: nav.name, mir: inLayer('codegen', () => codegen.generate(unit.pool, ty, body, options)) };
  });
  return { unit, functions };
}
