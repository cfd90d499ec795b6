/**
 * A unit of AIR as Zig source.
 *
 * Owns declarations: functions, variables, constants, and what lies between Zig's rules for exports and imports and AIR's:
 * integers that C has not cross the border in the next wider type that C has. Several units go into one file with a prefix
 * each. Source that this makes is meant to compile; where it does not, the printer is at fault.
 */
import type { IpIndex, Nav, NavIndex, Unit } from '../../../core/index.ts';
import { integerOf, IP } from '../../../core/index.ts';
import type { Half } from '../cut-program.ts';
import { NotPrintable } from '../not-printable.ts';
import { printBody } from './instructions.ts';
import { identifier, quoted } from './zig-names.ts';
import { crossing, passageInZig } from './zig-borders.ts';
import { ZigTypes } from './zig-types.ts';
import { RUNTIME_DECLARATION, ZigValues } from './zig-values.ts';

/** What a file begins with. */
export const ZIG_PRELUDE = `const std = @import("std");
${RUNTIME_DECLARATION}
pub fn panic(_: []const u8, _: ?*std.builtin.StackTrace, _: ?usize) noreturn {
    @trap();
}
`;

/**
 * The declarations of `unit`, or of one half of it; names begin with `prefix`, those of exports and imports with `outside`. Throws
 * {@link NotPrintable}.
 */
export function printZig(unit: Unit, prefix: string, outside = '', half: Half | null = null): string {
  const types = new ZigTypes(unit.pool, prefix);
  const symbols = [...(half?.foreign ?? [])].filter((nav) => isDirect(unit, types, nav));
  const values = new ZigValues(unit, types, prefix, new Set(symbols));
  const parts = { unit, types, values, outside };
  const declarations = unit.navs.flatMap((nav, n) => {
    const index = n as NavIndex;
    if (half === null || half.own.has(index)) {
      const own = declaration(parts, nav, index);
      return half?.shared.has(index) === true ? [own, sharedName(parts, nav, index)] : [own];
    }
    if (!half.foreign.has(index)) return [];
    return [nav.kind === 'extern_func' ? importedFunction(parts, nav, index) : foreignName(parts, nav, index)];
  });
  return [...types.declarations, ...values.declarations, ...declarations, ''].join('\n');
}

/** Whether another object has `nav` under its own type: a variable, or a function of C's calling convention. */
function isDirect(unit: Unit, types: ZigTypes, nav: NavIndex): boolean {
  return unit.navs[nav]!.kind !== 'extern_func' && passageInZig(unit, types, nav) === 'all';
}

/** What makes `nav` known to the other half. */
function sharedName({ unit, types, values }: Parts, { ty }: Nav, index: NavIndex): string {
  const shown = (name: string): string =>
    `comptime {\n    @export(&${name}, .{ .name = ${quoted(values.symbol(index))}, .visibility = .hidden });\n}`;
  const name = values.navName(index);
  if (isDirect(unit, types, index)) return shown(name);
  return [...bordered({ unit, types }, ty, name, `${name}_cut`), shown(`${name}_cut`)].join('\n');
}

/** The declaration of `nav`, which the other half defines. */
function foreignName(parts: Parts, nav: Nav, index: NavIndex): string {
  const { unit, types, values } = parts;
  const symbol = identifier(values.symbol(index));
  const { ty, kind } = nav;
  if (kind !== 'func') return `extern ${kind} ${symbol}: ${types.text(ty)}${types.alignment(ty, nav.align)};`;
  if (isDirect(unit, types, index)) {
    const { params, ret } = signature(unit, ty);
    return `extern fn ${symbol}(${params.map((one, n) => `a${n}: ${types.text(one)}`).join(', ')}) ${types.text(ret)};`;
  }
  return [
    `extern ${externFunction({ unit, types }, ty, symbol)}`,
    ...unbordered({ unit, types }, ty, values.navName(index), symbol),
  ].join('\n');
}

/** With what a type crosses the border. */
interface Typing {
  readonly unit: Unit;
  readonly types: ZigTypes;
}

interface Parts extends Typing {
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
  const isCallable = [...params, ret].every((ty) => crossing(unit.pool, ty) !== null);
  if (nav.exports.length === 0 || !isCallable) return lines.join('\n');
  // One function for each name: Zig's own linker exports one with several names under the last of them.
  nav.exports.forEach(({ name: exported }, n) => {
    const outermost = `${name}_export${n === 0 ? '' : n}`;
    lines.push(
      ...bordered({ unit, types }, nav.ty, name, outermost),
      `comptime {`,
      `    @export(&${outermost}, .{ .name = ${quoted(outside + exported)} });`,
      '}',
    );
  });
  return lines.join('\n');
}

/** Function `outermost`, which has the types of the border, and calls `name` of function type `ty`. */
function bordered({ unit, types }: Typing, ty: IpIndex, name: string, outermost: string): readonly string[] {
  const { params, ret } = signature(unit, ty);
  const outer = params
    .map((one, n) => `v${n}: ${borderType(unit, types, one)}`)
    .filter((_, n) => params[n] !== IP.void_type);
  const args = params.map((one, n) => (one === IP.void_type ? '{}' : inward(unit, types, one, `v${n}`)));
  const result = outward(unit, types, ret, `${name}(${args.join(', ')})`);
  return [
    `fn ${outermost}(${outer.join(', ')}) callconv(.c) ${borderType(unit, types, ret)} {`,
    '    @setRuntimeSafety(false);',
    ret === IP.noreturn_type ? `    ${result};` : `    return ${result};`,
    '}',
  ];
}

function importedFunction({ unit, types, values, outside }: Parts, nav: Nav, index: NavIndex): string {
  const name = values.navName(index);
  const imported = identifier(outside + nav.name);
  return [
    `const ${name}_import = struct {`,
    `    extern ${quoted(nav.module ?? 'env')} ${externFunction({ unit, types }, nav.ty, imported)}`,
    '};',
    ...unbordered({ unit, types }, nav.ty, `${name}_call`, `${name}_import.${imported}`),
  ].join('\n');
}

/** The declaration of function `name`, which has the types of the border, without `extern`. */
function externFunction({ unit, types }: Typing, ty: IpIndex, name: string): string {
  const { params, ret } = signature(unit, ty);
  const outer = params.filter((one) => one !== IP.void_type).map((one) => borderType(unit, types, one));
  return `fn ${name}(${outer.map((one, n) => `a${n}: ${one}`).join(', ')}) ${borderType(unit, types, ret)};`;
}

/** Function `name` of function type `ty`, which calls `outermost`, whose types are those of the border. */
function unbordered({ unit, types }: Typing, ty: IpIndex, name: string, outermost: string): readonly string[] {
  const { params, ret } = signature(unit, ty);
  const list = params.map((one, n) => `v${n}: ${types.text(one)}`).join(', ');
  const args = params.flatMap((one, n) => (one === IP.void_type ? [] : [outward(unit, types, one, `v${n}`)]));
  const unused = params.flatMap((one, n) => (one === IP.void_type ? [`    _ = v${n};`] : []));
  const call = `${outermost}(${args.join(', ')})`;
  return [
    `fn ${name}(${list}) ${types.convention(ty)}${types.text(ret)} {`,
    '    @setRuntimeSafety(false);',
    ...unused,
    ret === IP.noreturn_type ? `    ${call};` : `    return ${inward(unit, types, ret, call)};`,
    '}',
  ];
}

function signature({ pool }: Unit, ty: IpIndex): { readonly params: readonly IpIndex[]; readonly ret: IpIndex } {
  const params = Array.from({ length: pool.fnParamCount(ty) }, (_, n) => pool.fnParam(ty, n));
  return { params, ret: pool.fnReturn(ty) };
}

/** Type in which a value of `ty` crosses the border of the module. */
function borderType(unit: Unit, types: ZigTypes, ty: IpIndex): string {
  const found = crossing(unit.pool, ty);
  if (found === null) throw new NotPrintable('an imported function of other than scalars');
  return found.type ?? types.text(ty);
}

/** `text`, which has the type of the border, as a value of `ty`. */
function inward(unit: Unit, types: ZigTypes, ty: IpIndex, text: string): string {
  const number = (): string => `@as(${types.text(integerOf(unit.pool, ty))}, @truncate(${text}))`;
  switch (crossing(unit.pool, ty)?.by) {
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
  switch (crossing(unit.pool, ty)?.by) {
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
