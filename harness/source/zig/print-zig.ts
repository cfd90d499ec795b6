/**
 * A unit of AIR as Zig source.
 *
 * Owns declarations: functions, variables, constants, and what lies between Zig's rules for exports and imports and AIR's:
 * integers that C has not cross the border in the next wider type that C has. Several units go into one file with a prefix
 * each. Source that this makes is meant to compile; where it does not, the printer is at fault.
 */
import type { IpIndex, Nav, NavIndex, Unit } from '../../../core/index.ts';
import { integerOf, IP, TypeKind } from '../../../core/index.ts';
import { NotPrintable } from '../not-printable.ts';
import { printBody } from './instructions.ts';
import { identifier, quoted } from './zig-names.ts';
import { isCScalar, ZigTypes } from './zig-types.ts';
import { RUNTIME_DECLARATION, ZigValues } from './zig-values.ts';

/** What a file begins with. */
export const ZIG_PRELUDE = `const std = @import("std");
${RUNTIME_DECLARATION}
pub fn panic(_: []const u8, _: ?*std.builtin.StackTrace, _: ?usize) noreturn {
    @trap();
}
`;

/**
 * The declarations of `unit`; names begin with `prefix`, those of exports and imports with `outside`. Throws
 * {@link NotPrintable}.
 */
export function printZig(unit: Unit, prefix: string, outside = ''): string {
  const types = new ZigTypes(unit.pool, prefix);
  const values = new ZigValues(unit, types, prefix);
  const declarations = unit.navs.map((nav, n) => declaration({ unit, types, values, outside }, nav, n as NavIndex));
  return [...types.declarations, ...values.declarations, ...declarations, ''].join('\n');
}

interface Parts {
  readonly unit: Unit;
  readonly types: ZigTypes;
  readonly values: ZigValues;
  /** Begins the names that the module shows. */
  readonly outside: string;
}

function declaration(parts: Parts, nav: Nav, index: NavIndex): string {
  switch (nav.kind) {
    case 'func':
      return definedFunction(parts, nav, index);
    case 'extern_func':
      return importedFunction(parts, nav, index);
    case 'extern_var':
      throw new NotPrintable('a variable of another object');
    case 'var':
    case 'const': {
      const { types, values } = parts;
      const align = types.alignment(nav.ty, nav.align);
      // A constant is the same in every thread, and Zig lets none be thread-local.
      const threads = nav.threadlocal && nav.kind === 'var' ? 'threadlocal ' : '';
      const init = nav.init === null ? 'undefined' : values.plain(nav.init);
      return `${threads}${nav.kind} ${values.navName(index)}: ${types.text(nav.ty)}${align} = ${init};`;
    }
  }
}

function definedFunction({ unit, types, values, outside }: Parts, nav: Nav, index: NavIndex): string {
  const { params, ret } = signature(unit, nav.ty);
  const name = values.navName(index);
  const list = params.map((ty, n) => `v${n}: ${types.text(ty)}`).join(', ');
  const body = printBody(unit, index, types, values);
  const lines = [
    `noinline fn ${name}(${list}) ${types.convention(nav.ty)}${types.text(ret)} {`,
    '    @setRuntimeSafety(false);',
    ...body,
    '}',
  ];
  // What passes more than scalars cannot be called from outside.
  const isCallable = [...params, ret].every((ty) => crossing(unit, types, ty) !== null);
  if (nav.exports.length === 0 || !isCallable) return lines.join('\n');
  const outer = params
    .map((ty, n) => `v${n}: ${borderType(unit, types, ty)}`)
    .filter((_, n) => params[n] !== IP.void_type);
  const args = params.map((ty, n) => (ty === IP.void_type ? '{}' : inward(unit, types, ty, `v${n}`)));
  const result = outward(unit, types, ret, `${name}(${args.join(', ')})`);
  // One function for each name: Zig's own linker exports one with several names under the last of them.
  nav.exports.forEach(({ name: exported }, n) => {
    const outermost = `${name}_export${n === 0 ? '' : n}`;
    lines.push(
      `fn ${outermost}(${outer.join(', ')}) callconv(.c) ${borderType(unit, types, ret)} {`,
      '    @setRuntimeSafety(false);',
      ret === IP.noreturn_type ? `    ${result};` : `    return ${result};`,
      '}',
      `comptime {`,
      `    @export(&${outermost}, .{ .name = ${quoted(outside + exported)} });`,
      '}',
    );
  });
  return lines.join('\n');
}

function importedFunction({ unit, types, values, outside }: Parts, nav: Nav, index: NavIndex): string {
  const { params, ret } = signature(unit, nav.ty);
  const name = values.navName(index);
  const outer = params.filter((ty) => ty !== IP.void_type).map((ty) => borderType(unit, types, ty));
  const list = params.map((ty, n) => `v${n}: ${types.text(ty)}`).join(', ');
  const args = params.flatMap((ty, n) => (ty === IP.void_type ? [] : [outward(unit, types, ty, `v${n}`)]));
  const unused = params.flatMap((ty, n) => (ty === IP.void_type ? [`    _ = v${n};`] : []));
  const imported = identifier(outside + nav.name);
  const call = `${name}_import.${imported}(${args.join(', ')})`;
  const lines = [
    `const ${name}_import = struct {`,
    `    extern ${quoted(nav.module ?? 'env')} fn ${imported}(${outer.map((ty, n) => `a${n}: ${ty}`).join(', ')}) ${borderType(unit, types, ret)};`,
    '};',
    `fn ${name}_call(${list}) ${types.convention(nav.ty)}${types.text(ret)} {`,
    '    @setRuntimeSafety(false);',
    ...unused,
    ret === IP.noreturn_type ? `    ${call};` : `    return ${inward(unit, types, ret, call)};`,
    '}',
  ];
  return lines.join('\n');
}

function signature({ pool }: Unit, ty: IpIndex): { readonly params: readonly IpIndex[]; readonly ret: IpIndex } {
  const params = Array.from({ length: pool.fnParamCount(ty) }, (_, n) => pool.fnParam(ty, n));
  return { params, ret: pool.fnReturn(ty) };
}

/** How a value of `ty` crosses the border of the module: the type there, and what it takes; null: it cannot. */
function crossing(
  { pool }: Unit,
  types: ZigTypes,
  ty: IpIndex,
): { readonly type: string; readonly by: 'itself' | 'width' | 'bits' | 'number' } | null {
  if (ty === IP.void_type || ty === IP.noreturn_type) return { type: types.text(ty), by: 'itself' };
  const kind = pool.typeKind(ty);
  if (kind === TypeKind.float && pool.floatBits(ty) === 16) return { type: 'u16', by: 'bits' };
  if (isCScalar(pool, ty) || kind === TypeKind.ptr) return { type: types.text(ty), by: 'itself' };
  if (kind !== TypeKind.int && kind !== TypeKind.enum) return null;
  const number = integerOf(pool, ty);
  const bits = pool.intBits(number);
  if (bits > 64) return null;
  const type = `${pool.intSigned(number) ? 'i' : 'u'}${bits <= 32 ? 32 : 64}`;
  return { type, by: kind === TypeKind.enum ? 'number' : 'width' };
}

/** Type in which a value of `ty` crosses the border of the module. */
function borderType(unit: Unit, types: ZigTypes, ty: IpIndex): string {
  const found = crossing(unit, types, ty);
  if (found === null) throw new NotPrintable('an imported function of other than scalars');
  return found.type;
}

/** `text`, which has the type of the border, as a value of `ty`. */
function inward(unit: Unit, types: ZigTypes, ty: IpIndex, text: string): string {
  const number = (): string => `@as(${types.text(integerOf(unit.pool, ty))}, @truncate(${text}))`;
  switch (crossing(unit, types, ty)?.by) {
    case 'width':
      return number();
    case 'number':
      return `@as(${types.text(ty)}, @enumFromInt(${number()}))`;
    case 'bits':
      return `@as(${types.text(ty)}, @bitCast(${text}))`;
    case 'itself':
    case undefined:
      return text;
  }
}

/** `text`, a value of `ty`, in the type of the border. */
function outward(unit: Unit, types: ZigTypes, ty: IpIndex, text: string): string {
  const border = borderType(unit, types, ty);
  switch (crossing(unit, types, ty)?.by) {
    case 'width':
      return `@as(${border}, ${text})`;
    case 'number':
      return `@as(${border}, @intFromEnum(${text}))`;
    case 'bits':
      return `@as(${border}, @bitCast(${text}))`;
    case 'itself':
    case undefined:
      return text;
  }
}
