/**
 * Interned values as Zig source.
 *
 * A literal is known at compile time, and Zig computes with it then; {@link ZigValues.runtime} hides it behind a variable, so
 * that the instruction is really compiled. Unnamed constants become declarations of their own.
 */
import type { IpIndex, NavIndex, Unit } from '../../../core/index.ts';
import {
  abiAlign,
  abiSize,
  bitRange,
  elemValue,
  fieldOffset,
  floatPattern,
  IP,
  isVector,
  laneType,
  TypeKind,
  ValueKind,
} from '../../../core/index.ts';
import { NotPrintable } from '../not-printable.ts';
import { enumValueText, errorText, identifier, unionFieldName } from './zig-names.ts';
import type { ZigTypes } from './zig-types.ts';

/** Name of the function that hides a value from the compiler; {@link RUNTIME_DECLARATION} declares it. */
const RUNTIME = 'hidden';

/** Stands once in a file. */
export const RUNTIME_DECLARATION = `inline fn ${RUNTIME}(comptime T: type, value: T) T {
    var place: T = value;
    _ = &place;
    return place;
}`;

/** Bits of AIR's NaN by the width of a float. */
const QUIET_NANS: Readonly<Record<number, bigint>> = {
  16: 0x7e00n,
  80: 0x7fff_c000_0000_0000_0000n,
  128: 0x7fff_8000_0000_0000_0000_0000_0000_0000n,
};

/** The body of a function that puts `nan` into the lanes that are none: LLVM behind Zig 0.17 takes no `@select` of lanes of `f80`. */
function laneByLane(length: number, nan: string): readonly string[] {
  return [
    `    var lanes: [${length}]f80 = value;`,
    `    for (&lanes) |*lane| {`,
    `        if (lane.* != lane.*) lane.* = ${nan};`,
    '    }',
    '    return lanes;',
  ];
}

export class ZigValues {
  readonly #unit: Unit;
  readonly #types: ZigTypes;
  readonly #prefix: string;
  /** What is declared under the name that linkers see. */
  readonly #symbols: ReadonlySet<NavIndex>;
  readonly #constants = new Map<string, string>();
  /** Names of the functions for NaNs that are declared. */
  readonly #quiet = new Set<string>();
  /** Declarations of unnamed constants so far. */
  readonly declarations: string[] = [];

  constructor(unit: Unit, types: ZigTypes, prefix: string, symbols: ReadonlySet<NavIndex> = new Set()) {
    this.#unit = unit;
    this.#types = types;
    this.#prefix = prefix;
    this.#symbols = symbols;
    types.sentinelText = (value) => this.plain(value);
  }

  /**
   * `text`, of type `ty`, with AIR's one NaN where it is one: sign and payload of a NaN that arithmetic makes are nobody's in Zig, and
   * AIR says what they are but for f32 and f64.
   */
  withQuietNan(ty: IpIndex, text: string): string {
    const { pool } = this.#unit;
    const lane = laneType(pool, ty);
    if (!pool.isFloat(lane)) return text;
    const bits = pool.floatBits(lane);
    if (bits === 32 || bits === 64) return text;
    const type = this.#types.text(ty);
    const name = `${this.#prefix}quiet_${ty}`;
    if (!this.#quiet.has(name)) {
      this.#quiet.add(name);
      const nan = `@as(f${bits}, @bitCast(@as(u${bits}, 0x${QUIET_NANS[bits]!.toString(16)})))`;
      const body = !isVector(pool, ty)
        ? [`    return if (value == value) value else ${nan};`]
        : bits === 80
          ? laneByLane(pool.arrayLen(ty), nan)
          : [`    return @select(f${bits}, value == value, value, @as(${type}, @splat(${nan})));`];
      this.declarations.push(`inline fn ${name}(value: ${type}) ${type} {`, ...body, '}');
    }
    return `${name}(${text})`;
  }

  /** Name of nav `nav`. */
  navName(nav: NavIndex): string {
    return this.#symbols.has(nav) ? identifier(this.symbol(nav)) : `${this.#prefix}n${nav}`;
  }

  /** Name of nav `nav` for other objects: that of no export. */
  symbol(nav: NavIndex): string {
    return `${this.#prefix}n${nav} cut`;
  }

  /** `value` with its type. */
  typed(value: IpIndex): string {
    const { pool } = this.#unit;
    const ty = pool.typeOf(value);
    if (ty === IP.bool_type || ty === IP.void_type) return this.plain(value);
    return `@as(${this.#types.text(ty)}, ${this.plain(value)})`;
  }

  /** `value` as something that the compiler does not know. */
  runtime(value: IpIndex): string {
    const ty = this.#unit.pool.typeOf(value);
    return ty === IP.void_type ? '{}' : `${RUNTIME}(${this.#types.text(ty)}, ${this.plain(value)})`;
  }

  /** `value` where its type is known from the surroundings. */
  plain(value: IpIndex): string {
    const { pool } = this.#unit;
    const kind = pool.valueKind(value);
    switch (kind) {
      case ValueKind.undef:
        return 'undefined';
      case ValueKind.int:
        return pool.intBig(value).toString();
      case ValueKind.bool:
        return value === IP.bool_true ? 'true' : 'false';
      case ValueKind.float: {
        const bits = pool.floatBits(pool.typeOf(value));
        return `@as(f${bits}, @bitCast(@as(u${bits}, 0x${floatPattern(pool, value).toString(16)})))`;
      }
      case ValueKind.void:
        return '{}';
      case ValueKind.null:
        return 'null';
      case ValueKind.payload:
        return this.typed(pool.word(value, 1) as IpIndex);
      case ValueKind.err:
        return errorText(pool, value);
      case ValueKind.enum_tag:
        return enumValueText(pool, value);
      case ValueKind.union_value: {
        const name = unionFieldName(pool, pool.typeOf(value), pool.word(value, 1));
        return `.{ .${name} = ${this.plain(pool.word(value, 2) as IpIndex)} }`;
      }
      case ValueKind.aggregate:
      case ValueKind.bytes:
      case ValueKind.repeated:
        return this.#elements(value);
      case ValueKind.ptr_nav:
        return this.#navAddress(value);
      case ValueKind.ptr_uav:
        return this.#constantAddress(value);
      case ValueKind.ptr_int: {
        const address = pool.word(value, 1);
        if (address === 0) throw new NotPrintable('a null pointer');
        const child = pool.childType(pool.typeOf(value));
        const align = pool.ptrAlign(pool.typeOf(value)) || abiAlign(pool, child);
        if (address % align !== 0) throw new NotPrintable('a numeric pointer that is not aligned');
        return `@ptrFromInt(${address})`;
      }
      case ValueKind.slice: {
        const pointer = this.typed(pool.word(value, 1) as IpIndex);
        return `${pointer}[0..${this.plain(pool.word(value, 2) as IpIndex)}]`;
      }
    }
  }

  #elements(value: IpIndex): string {
    const { pool } = this.#unit;
    const ty = pool.typeOf(value);
    if (pool.typeKind(ty) === TypeKind.struct || pool.typeKind(ty) === TypeKind.packed) {
      const isTuple = pool.typeKind(ty) === TypeKind.struct && this.#types.isTuple(ty);
      const fields = Array.from({ length: pool.fieldCount(ty) }, (_, n) => this.plain(elemValue(pool, value, n)));
      return `.{ ${fields.map((text, n) => (isTuple ? text : `.f${n} = ${text}`)).join(', ')} }`;
    }
    const length = pool.arrayLen(ty);
    if (pool.valueKind(value) === ValueKind.repeated && length > 0) {
      return `@splat(${this.plain(elemValue(pool, value, 0))})`;
    }
    return `.{ ${Array.from({ length }, (_, n) => this.plain(elemValue(pool, value, n))).join(', ')} }`;
  }

  #navAddress(value: IpIndex): string {
    const { pool, navs } = this.#unit;
    const nav = pool.word(value, 1) as NavIndex;
    const { ty, kind } = navs[nav]!;
    if (kind === 'extern_func') return `&${this.navName(nav)}_call`;
    const name = `&${this.navName(nav)}`;
    if (kind === 'func') return name;
    return this.#address(name, ty, pool.typeOf(value), pool.ptrOffset(value), kind === 'const');
  }

  #constantAddress(value: IpIndex): string {
    const { pool } = this.#unit;
    const constant = pool.word(value, 1) as IpIndex;
    const align = Math.max(pool.word(value, 2), abiAlign(pool, pool.typeOf(constant)));
    return this.#address(
      `&${this.#constant(constant, align)}`,
      pool.typeOf(constant),
      pool.typeOf(value),
      pool.ptrOffset(value),
      true,
    );
  }

  #constant(constant: IpIndex, align: number): string {
    const key = `${constant} ${align}`;
    let name = this.#constants.get(key);
    if (name === undefined) {
      const { pool } = this.#unit;
      const ty = pool.typeOf(constant);
      name = `${this.#prefix}u${constant}_${align}`;
      this.#constants.set(key, name);
      const text = `const ${name}: ${this.#types.text(ty)} align(${align}) = ${this.plain(constant)};`;
      this.declarations.push(text);
    }
    return name;
  }

  /** Address `text` of an object of type `from` as a pointer of type `to`, `offset` bytes on. */
  #address(text: string, from: IpIndex, to: IpIndex, offset: number, isConst: boolean): string {
    const { pool } = this.#unit;
    if (bitRange(pool, to) !== null) throw new NotPrintable('a constant pointer to bits');
    const isDrop = isConst && !pool.ptrIsConst(to);
    const drop = (pointer: string): string => (isDrop ? `@constCast(${pointer})` : pointer);
    const path = this.#path(from, pool.childType(to), offset);
    if (path !== null && !pool.ptrIsMany(to)) {
      return pool.ptrAlign(to) === 0
        ? drop(`${text}${path}`)
        : `@as(${this.#types.text(to)}, @alignCast(${drop(`${text}${path}`)}))`;
    }
    const target = this.#types.text(to);
    if (path !== null) return `@as(${target}, @ptrCast(@alignCast(${drop(`${text}${path}`)})))`;
    if (abiSize(pool, from) === 0) throw new NotPrintable('an address inside of an object without bytes');
    if (!this.#types.hasCLayout(from)) throw new NotPrintable('an offset into a struct whose layout is the compiler’s');
    if (offset === 0) return `@as(${target}, @ptrCast(@alignCast(${drop(text)})))`;
    const bytes = `@as([*]${pool.ptrIsConst(to) ? 'const ' : ''}u8, @ptrCast(${drop(text)}))`;
    return `@as(${target}, @ptrCast(@alignCast(${bytes} ${offset < 0 ? '-' : '+'} ${Math.abs(offset)})))`;
  }

  /** How Zig gets from a `from` to the `to` that lies `offset` bytes inside of it; null if none does. */
  #path(from: IpIndex, to: IpIndex, offset: number): string | null {
    const { pool } = this.#unit;
    if (from === to && offset === 0) return '';
    const kind = pool.typeKind(from);
    if (offset < 0) return null;
    if (kind === TypeKind.array) {
      const child = pool.childType(from);
      const size = abiSize(pool, child);
      if (size === 0) return null;
      const index = Math.floor(offset / size);
      if (index >= pool.arrayLen(from)) return null;
      const rest = this.#path(child, to, offset - index * size);
      return rest === null ? null : `[${index}]${rest}`;
    }
    if (kind !== TypeKind.struct) return null;
    for (let n = 0; n < pool.fieldCount(from); n++) {
      const field = pool.fieldType(from, n);
      const start = fieldOffset(pool, from, n);
      if (offset < start || offset >= start + abiSize(pool, field)) continue;
      const rest = this.#path(field, to, offset - start);
      return rest === null ? null : `.${this.#types.fieldName(from, n)}${rest}`;
    }
    return null;
  }
}
