/**
 * A unit of AIR as Zig source.
 *
 * Owns declarations: functions, variables, constants, and what lies between Zig's rules for exports and imports and AIR's:
 * integers that C has not cross the border in the next wider type that C has. Several units go into one file with a prefix
 * each. Source that this makes is meant to compile; where it does not, the printer is at fault.
 */
import type { IpIndex, Nav, NavIndex, Unit } from '../../../core/index.ts';
import { IP, TypeKind } from '../../../core/index.ts';
import { NotPrintable } from '../not-printable.ts';
import { printBody } from './instructions.ts';
import { isCScalar, ZigTypes } from './zig-types.ts';
import { RUNTIME_DECLARATION, ZigValues } from './zig-values.ts';

/** What a file begins with. */
export const ZIG_PRELUDE = `const std = @import("std");
${RUNTIME_DECLARATION}
pub fn panic(_: []const u8, _: ?*std.builtin.StackTrace, _: ?usize) noreturn {
    @trap();
}
`;

/** The declarations of `unit`; names begin with `prefix`. Throws {@link NotPrintable}. */
export function printZig(unit: Unit, prefix: string): string {
  const types = new ZigTypes(unit.pool, prefix);
  const values = new ZigValues(unit, types, prefix);
  const declarations = unit.navs.map((nav, n) => declaration({ unit, types, values }, nav, n as NavIndex));
  return [...types.declarations, ...values.declarations, ...declarations, ''].join('\n');
}

interface Parts {
  readonly unit: Unit;
  readonly types: ZigTypes;
  readonly values: ZigValues;
}

function declaration(parts: Parts, nav: Nav, index: NavIndex): string {
  if (nav.threadlocal) throw new NotPrintable('a thread-local variable');
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
      const align = nav.align === 0 ? '' : ` align(${nav.align})`;
      const init = nav.init === null ? 'undefined' : values.plain(nav.init);
      return `${nav.kind} ${values.navName(index)}: ${types.text(nav.ty)}${align} = ${init};`;
    }
  }
}

function definedFunction({ unit, types, values }: Parts, nav: Nav, index: NavIndex): string {
  const { params, ret } = signature(unit, nav.ty);
  const name = values.navName(index);
  const list = params.map((ty, n) => `v${n}: ${types.text(ty)}`).join(', ');
  const body = printBody(unit, index, types, values);
  const lines = [`noinline fn ${name}(${list}) ${types.text(ret)} {`, '    @setRuntimeSafety(false);', ...body, '}'];
  if (nav.exports.length === 0) return lines.join('\n');
  const outer = params
    .map((ty, n) => `v${n}: ${borderType(unit, types, ty)}`)
    .filter((_, n) => params[n] !== IP.void_type);
  const args = params.map((ty, n) => (ty === IP.void_type ? '{}' : inward(unit, types, ty, `v${n}`)));
  const result = outward(unit, types, ret, `${name}(${args.join(', ')})`);
  lines.push(
    `fn ${name}_export(${outer.join(', ')}) callconv(.c) ${borderType(unit, types, ret)} {`,
    '    @setRuntimeSafety(false);',
    ret === IP.noreturn_type ? `    ${result};` : `    return ${result};`,
    '}',
  );
  for (const { name: exported } of nav.exports) {
    lines.push(`comptime {`, `    @export(&${name}_export, .{ .name = ${quoted(exported)} });`, '}');
  }
  return lines.join('\n');
}

function importedFunction({ unit, types, values }: Parts, nav: Nav, index: NavIndex): string {
  const { params, ret } = signature(unit, nav.ty);
  const name = values.navName(index);
  const outer = params.filter((ty) => ty !== IP.void_type).map((ty) => borderType(unit, types, ty));
  const list = params.map((ty, n) => `v${n}: ${types.text(ty)}`).join(', ');
  const args = params.flatMap((ty, n) => (ty === IP.void_type ? [] : [outward(unit, types, ty, `v${n}`)]));
  const unused = params.flatMap((ty, n) => (ty === IP.void_type ? [`    _ = v${n};`] : []));
  const call = `${name}_import.${identifier(nav.name)}(${args.join(', ')})`;
  const lines = [
    `const ${name}_import = struct {`,
    `    extern ${quoted(nav.module ?? 'env')} fn ${identifier(nav.name)}(${outer.map((ty, n) => `a${n}: ${ty}`).join(', ')}) ${borderType(unit, types, ret)};`,
    '};',
    `fn ${name}_call(${list}) ${types.text(ret)} {`,
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

/** Type in which a value of `ty` crosses the border of the module. */
function borderType({ pool }: Unit, types: ZigTypes, ty: IpIndex): string {
  if (isCScalar(pool, ty) || ty === IP.void_type || ty === IP.noreturn_type) return types.text(ty);
  if (pool.typeKind(ty) !== TypeKind.int) throw new NotPrintable('an exported function of other than scalars');
  const bits = pool.intBits(ty);
  if (bits > 64) throw new NotPrintable('an exported function of wide integers');
  return `${pool.intSigned(ty) ? 'i' : 'u'}${bits <= 32 ? 32 : 64}`;
}

/** `text`, which has the type of the border, as a value of `ty`. */
function inward(unit: Unit, types: ZigTypes, ty: IpIndex, text: string): string {
  return borderType(unit, types, ty) === types.text(ty) ? text : `@as(${types.text(ty)}, @truncate(${text}))`;
}

/** `text`, a value of `ty`, in the type of the border. */
function outward(unit: Unit, types: ZigTypes, ty: IpIndex, text: string): string {
  const border = borderType(unit, types, ty);
  return border === types.text(ty) ? text : `@as(${border}, ${text})`;
}

/** A name as a string of Zig. */
function quoted(name: string): string {
  let text = '';
  for (const byte of new TextEncoder().encode(name)) {
    const plain = byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c;
    text += plain ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`;
  }
  return `"${text}"`;
}

function identifier(name: string): string {
  return `@${quoted(name)}`;
}
