/**
 * From a program to requests: what its module may import, how its exports are called, and which memory is to be looked at.
 *
 * Owns what an engine is told of a unit. An engine sees names, scalars and sizes, never a unit.
 */
import type { CallInput, NavIndex, Unit } from '../../core/index.ts';
import { abiSize, isFunctionNav } from '../../core/index.ts';
import type { ObjectImage } from '../../interpreter/model/outcome.ts';
import type { Signature } from '../model/scalars.ts';
import { exportedNav, signatureOf } from '../model/scalars.ts';
import type {
  DirectEngine,
  EngineCall,
  EngineRequest,
  EngineRun,
  ImportedFunction,
  WishedObject,
  WishedVariable,
} from './door.ts';

/** The part of a request that says which memory is wanted. */
export type MemoryWish = Pick<EngineRequest, 'variables' | 'objects'>;

/** What the calls of a unit need to know about it; made once per unit, it is run several times. */
interface UnitShape {
  readonly imports: readonly ImportedFunction[];
  readonly signatures: Map<string, Signature>;
  wish: MemoryWish | null;
}

const shapes = new WeakMap<Unit, UnitShape>();

function shapeOf(unit: Unit): UnitShape {
  let shape = shapes.get(unit);
  if (shape === undefined) {
    shape = { imports: importsOf(unit), signatures: new Map(), wish: null };
    shapes.set(unit, shape);
  }
  return shape;
}

/** The imports of `unit`; those with parameters or results in memory are left out, no run may reach them. */
export function importsOf(unit: Unit): readonly ImportedFunction[] {
  const found: ImportedFunction[] = [];
  for (let n = 0; n < unit.navs.length; n++) {
    const nav = unit.navs[n as NavIndex]!;
    if (nav.kind !== 'extern_func') continue;
    const signature = signatureOf(unit.pool, nav.ty);
    if (signature === null) continue;
    found.push({ module: nav.module ?? 'env', name: nav.name, ...signature });
  }
  return found;
}

function callOf(unit: Unit, shape: UnitShape, { fn, args }: CallInput): EngineCall {
  let signature = shape.signatures.get(fn);
  if (signature === undefined) {
    const nav = exportedNav(unit, fn);
    const found = nav === undefined ? null : signatureOf(unit.pool, unit.navs[nav]!.ty);
    if (found === null) throw new Error(`the case calls '${fn}', which is no exported function of scalars`);
    signature = found;
    shape.signatures.set(fn, found);
  }
  return { fn, params: signature.params, result: signature.result, args };
}

/** What of a request is not the program. */
export interface RunOptions {
  readonly timeout: number | null;
  /** Default: the bytes of every exported variable. */
  readonly memory?: MemoryWish;
  readonly probes?: EngineRequest['probes'];
}

/** The request to make `calls` on the module `bytes` of `unit`. */
export function requestOf(
  bytes: Uint8Array,
  unit: Unit,
  calls: readonly CallInput[],
  { timeout, memory, probes = null }: RunOptions,
): EngineRequest {
  const shape = shapeOf(unit);
  const { variables, objects } = memory ?? (shape.wish ??= wishOfUnit(unit));
  return {
    bytes,
    ptrBits: unit.pool.target.ptrBits,
    imports: shape.imports,
    calls: calls.map((call) => callOf(unit, shape, call)),
    variables,
    objects,
    probes,
    timeout,
  };
}

/** One run on an engine of this process. */
export function runOn(
  engine: DirectEngine,
  bytes: Uint8Array,
  unit: Unit,
  calls: readonly CallInput[],
  options: RunOptions,
): EngineRun {
  return engine.run(requestOf(bytes, unit, calls, options));
}

/** The bytes of every exported variable of `unit`, with nothing behind their pointers. */
function wishOfUnit(unit: Unit): MemoryWish {
  const objects: WishedObject[] = [];
  const variables = variablesOf(unit, (nav) => {
    objects.push({ size: abiSize(unit.pool, unit.navs[nav]!.ty), pointers: [] });
    return objects.length - 1;
  });
  return { variables, objects };
}

/** What a comparison with `images` looks at: every exported variable, and what can be reached from there. */
export function wishOfImages(unit: Unit, images: ReadonlyMap<NavIndex, ObjectImage>): MemoryWish {
  const numbers = new Map<ObjectImage, number>();
  const list: ObjectImage[] = [];
  const numberOf = (image: ObjectImage): number => {
    let number = numbers.get(image);
    if (number === undefined) {
      number = list.push(image) - 1;
      numbers.set(image, number);
    }
    return number;
  };
  const variables = variablesOf(unit, (nav) => {
    const image = images.get(nav);
    return image === undefined ? null : numberOf(image);
  });
  const objects: WishedObject[] = [];
  for (let n = 0; n < list.length; n++) {
    const { bytes, pointers } = list[n]!;
    const wished: { at: number; to: number; offset: number }[] = [];
    for (const [at, target] of pointers) {
      const image =
        target.kind === 'object' ? target.object : target.kind === 'nav' ? images.get(target.nav) : undefined;
      if (image !== undefined && 'offset' in target) wished.push({ at, to: numberOf(image), offset: target.offset });
    }
    objects.push({ size: bytes.length, pointers: wished });
  }
  return { variables, objects };
}

function variablesOf(unit: Unit, objectOf: (nav: NavIndex) => number | null): WishedVariable[] {
  const variables: WishedVariable[] = [];
  for (let n = 0; n < unit.navs.length; n++) {
    const nav = unit.navs[n]!;
    if (isFunctionNav(nav) || nav.exports.length === 0) continue;
    variables.push({ names: nav.exports.map(({ name }) => name), object: objectOf(n as NavIndex) });
  }
  return variables;
}
