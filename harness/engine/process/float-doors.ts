/**
 * Doors for floats: tiny modules that let a function with floats be called, or be called from, with integers in their place.
 *
 * Engines differ in what becomes of a NaN on its way between wasm and their own language, so no float goes that way: a door
 * turns each into the integer of the same bits (core specification 4.3, `reinterpret`). Does not ask core.
 */
import { leb } from '../../wasm/module-parts.ts';

/** Wasm type of a value. */
export type ValueType = 'i32' | 'i64' | 'f32' | 'f64';
/** Type of a value outside of a door. */
export type IntegerType = 'i32' | 'i64';

const CODES: Readonly<Record<ValueType, number>> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c };
const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const FUNC = 0x60;
const NAME_H = [1, 0x68];
const NAME_F = [1, 0x66];
const LOCAL_GET = 0x20;
const CALL = 0x10;
const END = 0x0b;

/** The integer type of as many bits. */
export function integerType(type: ValueType): IntegerType {
  return type === 'f32' ? 'i32' : type === 'f64' ? 'i64' : type;
}

/** A door to a function of type `params` -> `result`: imports it as `h.f`, exports one that takes and gives integers as `f`. */
export function doorTo(params: readonly ValueType[], result: ValueType | null): Uint8Array | null {
  return doorBetween(params, result, 'inner');
}

/** A door from wasm to a host function that takes and gives integers. */
export function doorFrom(params: readonly ValueType[], result: ValueType | null): Uint8Array | null {
  return doorBetween(params, result, 'outer');
}

/** `floats`: the side that has them. Null where there are none, and so no door is needed. */
function doorBetween(
  params: readonly ValueType[],
  result: ValueType | null,
  floats: 'inner' | 'outer',
): Uint8Array | null {
  const all = result === null ? params : [...params, result];
  if (all.every((type) => integerType(type) === type)) return null;
  const withFloats = functionType(params, result);
  const withIntegers = functionType(params.map(integerType), result === null ? null : integerType(result));
  const [inner, outer] = floats === 'inner' ? [withFloats, withIntegers] : [withIntegers, withFloats];
  const toInner = floats === 'inner' ? toFloat : toInteger;
  const toOuter = floats === 'inner' ? toInteger : toFloat;
  const code = [
    0,
    ...params.flatMap((type, n) => [LOCAL_GET, ...leb(n), ...toInner(type)]),
    ...[CALL, 0],
    ...(result === null ? [] : toOuter(result)),
    END,
  ];
  return Uint8Array.from([
    ...HEADER,
    ...section(1, [2, ...inner, ...outer]),
    ...section(2, [1, ...NAME_H, ...NAME_F, 0, 0]),
    ...section(3, [1, 1]),
    ...section(7, [1, ...NAME_F, 0, 1]),
    ...section(10, [1, ...leb(code.length), ...code]),
  ]);
}

function toFloat(type: ValueType): number[] {
  return type === 'f32' ? [0xbe] : type === 'f64' ? [0xbf] : [];
}

function toInteger(type: ValueType): number[] {
  return type === 'f32' ? [0xbc] : type === 'f64' ? [0xbd] : [];
}

function functionType(params: readonly ValueType[], result: ValueType | null): number[] {
  const results = result === null ? [] : [CODES[result]];
  return [FUNC, ...leb(params.length), ...params.map((type) => CODES[type]), results.length, ...results];
}

function section(id: number, contents: readonly number[]): number[] {
  return [id, ...leb(contents.length), ...contents];
}
