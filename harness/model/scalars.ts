/**
 * Scalars at the JavaScript boundary: bit patterns to wasm arguments and back, by AIR type.
 *
 * Owns what a value of an AIR type looks like in a wasm parameter or result: integers of up to 32 bits as i32, wider ones
 * as i64, both extended by the sign of their type to the whole container; bool as 0 or 1. Written from docs/air.md, not
 * from core. A result that breaks this form gets a pattern that equals no other ({@link BROKEN_FORM}).
 *
 * Policy: a signalling NaN does not survive the boundary, so {@link quieten} makes it quiet before either side sees it.
 */
import type { CallInput, FloatBits, InternPool, IpIndex, Nav, NavIndex, Unit } from '../../core/index.ts';
import { abiSize, integerOf, hasNullPayload, isByRef, SimpleType, TypeKind } from '../../core/index.ts';

/** Added to the container pattern of a result that is not extended as its type asks: such a result equals nothing. */
export const BROKEN_FORM = 1n << 64n;

/** How a type crosses the boundary. `none`: it has no bits and is not passed at all. */
export interface Scalar {
  readonly rep: 'i32' | 'i64' | 'f32' | 'f64' | 'pointer' | 'none';
  /** Bits of an integer, a bool or an address. */
  readonly bits: number;
  readonly signed: boolean;
}

/** Parameters and result of a function that can be called from outside. */
export interface Signature {
  readonly params: readonly Scalar[];
  readonly result: Scalar;
}

const NONE: Scalar = { rep: 'none', bits: 0, signed: false };
const POINTER: Readonly<Record<32 | 64, Scalar>> = {
  32: { rep: 'pointer', bits: 32, signed: false },
  64: { rep: 'pointer', bits: 64, signed: false },
};
/** An f16 is its 16 bits in an i32; wider floats than f64 are passed in memory. */
const FLOAT: Readonly<Record<FloatBits, Scalar | null>> = {
  16: { rep: 'i32', bits: 16, signed: false },
  32: { rep: 'f32', bits: 32, signed: false },
  64: { rep: 'f64', bits: 64, signed: false },
  80: null,
  128: null,
};
const view = new DataView(new ArrayBuffer(8));

/** An error code. */
const CODE: Scalar = { rep: 'i32', bits: 16, signed: false };
/** An optional without payload. */
const FLAG: Scalar = { rep: 'i32', bits: 1, signed: false };

/** How values of `ty` cross, or null for a type that is passed in memory. */
export function scalarOf(pool: InternPool, ty: IpIndex): Scalar | null {
  switch (pool.typeKind(ty)) {
    case TypeKind.int:
      return integer(pool, ty);
    case TypeKind.float:
      return FLOAT[pool.floatBits(ty)];
    case TypeKind.ptr:
      return POINTER[pool.target.ptrBits];
    case TypeKind.simple:
      return simple(pool, ty);
    case TypeKind.error_set:
      return CODE;
    case TypeKind.enum:
    case TypeKind.packed:
      return scalarOf(pool, integerOf(pool, ty));
    case TypeKind.opt:
    case TypeKind.error_union:
      if (isByRef(pool, ty)) return null;
      if (pool.typeKind(ty) === TypeKind.error_union) return CODE;
      return hasNullPayload(pool, ty) ? scalarOf(pool, pool.childType(ty)) : FLAG;
    case TypeKind.union:
    case TypeKind.slice:
    case TypeKind.vector:
    case TypeKind.array:
    case TypeKind.struct:
    case TypeKind.fn:
      return abiSize(pool, ty) === 0 ? NONE : null;
  }
}

function integer(pool: InternPool, ty: IpIndex): Scalar | null {
  const bits = pool.intBits(ty);
  if (bits > 64) return null;
  return { rep: bits <= 32 ? 'i32' : 'i64', bits, signed: pool.intSigned(ty) };
}

function simple(pool: InternPool, ty: IpIndex): Scalar | null {
  switch (pool.simpleType(ty)) {
    case SimpleType.void:
    case SimpleType.noreturn:
      return NONE;
    case SimpleType.bool:
      return { rep: 'i32', bits: 1, signed: false };
    case SimpleType.usize:
    case SimpleType.isize:
      return integer(pool, ty);
  }
}

/** Signature of function type `ty`, or null if a parameter or the result is passed in memory. */
export function signatureOf(pool: InternPool, ty: IpIndex): Signature | null {
  const params: Scalar[] = [];
  for (let n = 0; n < pool.fnParamCount(ty); n++) {
    const param = scalarOf(pool, pool.fnParam(ty, n));
    if (param === null) return null;
    params.push(param);
  }
  const result = scalarOf(pool, pool.fnReturn(ty));
  return result === null ? null : { params, result };
}

/** Default exports of the units that were asked about, so that asking for each export of a unit is linear in all. */
const exportsOfUnits = new WeakMap<readonly Nav[], ReadonlyMap<string, NavIndex>>();

/** The nav that is exported as `name`, or undefined. Hidden exports do not count; of two the first does. */
export function exportedNav({ navs }: Unit, name: string): NavIndex | undefined {
  let known = exportsOfUnits.get(navs);
  if (known === undefined) {
    known = defaultExports(navs);
    exportsOfUnits.set(navs, known);
  }
  return known.get(name);
}

function defaultExports(navs: readonly Nav[]): ReadonlyMap<string, NavIndex> {
  const byName = new Map<string, NavIndex>();
  navs.forEach(({ exports }, n) => {
    for (const { name, visibility } of exports) {
      if (visibility === 'default' && !byName.has(name)) byName.set(name, n as NavIndex);
    }
  });
  return byName;
}

const externsOfUnits = new WeakMap<readonly Nav[], ReadonlyMap<string, Nav>>();

/** The imported function `name`, or undefined. */
export function externFunction({ navs }: Unit, name: string): Nav | undefined {
  let known = externsOfUnits.get(navs);
  if (known === undefined) {
    known = new Map(navs.filter(({ kind }) => kind === 'extern_func').map((nav) => [nav.name, nav]));
    externsOfUnits.set(navs, known);
  }
  return known.get(name);
}

/** `calls` with every signalling NaN argument made quiet, payload kept; the same array where there is none. */
export function quieten(unit: Unit, calls: readonly CallInput[]): readonly CallInput[] {
  if (!calls.some((call) => call.args.some((bits) => bits >= 0x7f80_0000n))) return calls;
  return calls.map((call) => {
    const nav = exportedNav(unit, call.fn);
    const signature = nav === undefined ? null : signatureOf(unit.pool, unit.navs[nav]!.ty);
    if (signature === null) return call;
    return { fn: call.fn, args: call.args.map((bits, n) => quietBits(signature.params[n]?.rep ?? 'none', bits)) };
  });
}

function quietBits(rep: Scalar['rep'], bits: bigint): bigint {
  if (rep === 'f32' && isNan32(bits)) return bits | 0x0040_0000n;
  if (rep === 'f64' && isNan64(bits)) return bits | 0x0008_0000_0000_0000n;
  return bits;
}

/** Whether an f32 pattern is a NaN. */
export function isNan32(bits: bigint): boolean {
  return (bits & 0x7fff_ffffn) > 0x7f80_0000n;
}

/** Whether an f64 pattern is a NaN. */
export function isNan64(bits: bigint): boolean {
  return (bits & 0x7fff_ffff_ffff_ffffn) > 0x7ff0_0000_0000_0000n;
}

/** Wasm type of a scalar. */
export function wasmRep({ rep, bits }: Scalar): Exclude<Scalar['rep'], 'pointer'> {
  return rep === 'pointer' ? (bits === 64 ? 'i64' : 'i32') : rep;
}

/** JavaScript value of bit pattern `pattern`. */
export function toWasm(scalar: Scalar, pattern: bigint): number | bigint {
  switch (wasmRep(scalar)) {
    case 'i32':
      return Number(
        BigInt.asIntN(32, scalar.signed ? BigInt.asIntN(scalar.bits, pattern) : BigInt.asUintN(scalar.bits, pattern)),
      );
    case 'i64':
      return scalar.signed ? BigInt.asIntN(scalar.bits, pattern) : BigInt.asUintN(scalar.bits, pattern);
    case 'f32':
      view.setUint32(0, Number(pattern), true);
      return view.getFloat32(0, true);
    case 'f64':
      view.setBigUint64(0, pattern, true);
      return view.getFloat64(0, true);
    case 'none':
      return 0;
  }
}

/** Whether a value that came out of wasm is one of the type that {@link fromWasm} expects. */
export function hasForm(scalar: Scalar, value: unknown): boolean {
  switch (wasmRep(scalar)) {
    case 'i32':
      return typeof value === 'number' && Number.isInteger(value);
    case 'i64':
      return typeof value === 'bigint';
    case 'f32':
    case 'f64':
      return typeof value === 'number';
    case 'none':
      return value === undefined;
  }
}

/** Bit pattern of a value that came out of wasm; null for pointers (addresses mean nothing outside) and no value. */
export function fromWasm(scalar: Scalar, value: unknown): bigint | null {
  switch (scalar.rep) {
    case 'i32':
      return intPattern(scalar, BigInt(value as number), 32);
    case 'i64':
      return intPattern(scalar, value as bigint, 64);
    case 'f32':
      view.setFloat32(0, value as number, true);
      return BigInt(view.getUint32(0, true));
    case 'f64':
      view.setFloat64(0, value as number, true);
      return view.getBigUint64(0, true);
    case 'pointer':
    case 'none':
      return null;
  }
}

function intPattern(scalar: Scalar, signed: bigint, container: number): bigint {
  const whole = BigInt.asUintN(container, signed);
  const extended = scalar.signed ? BigInt.asIntN(scalar.bits, signed) === signed : whole >> BigInt(scalar.bits) === 0n;
  return extended ? BigInt.asUintN(scalar.bits, signed) : BROKEN_FORM | whole;
}
