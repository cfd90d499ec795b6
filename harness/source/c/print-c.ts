/**
 * A unit of AIR as C: clang's dialect, with `_BitInt` of up to 128 bits.
 *
 * Owns declarations: functions, variables, constants, and how values cross the border of the module, where narrow integers are i32. Several units go
 * into one file with a prefix each. Source that this makes compiles and has no undefined behaviour that AIR has not; where that is not
 * so, the printer is at fault.
 */
import type { IpIndex, Nav, NavIndex, Unit } from '../../../core/index.ts';
import { abiAlign, abiSize, IP } from '../../../core/index.ts';
import type { Borders, Half } from '../cut-program.ts';
import { readsNames } from '../cut-program.ts';
import { NotPrintable } from '../not-printable.ts';
import { functionType } from './c-functions.ts';
import { printCBody } from './c-instructions.ts';
import { CTypes, shapeOf } from './c-types.ts';
import type { Linkage } from './c-values.ts';
import { CValues, HIDDEN } from './c-values.ts';

export { C_PRELUDE } from './c-prelude.ts';

/**
 * The declarations of `unit`, or of one half of it; names begin with `prefix`, those of exports and imports with `outside`. Ends with a line break.
 * Throws NotPrintable.
 */
export function printC(unit: Unit, prefix: string, outside = '', half: Half | null = null): string {
  if (unit.pool.target.ptrBits !== 32) throw new NotPrintable('addresses of 64 bits');
  const types = new CTypes(unit.pool, prefix);
  const values = new CValues(unit, types, prefix);
  const heads: string[] = [];
  const definitions: string[] = [];
  unit.navs.forEach((nav, n) => {
    const index = n as NavIndex;
    const parts = { unit, types, values, outside };
    if (half !== null && !half.own.has(index) && nav.kind !== 'extern_func') {
      if (half.foreign.has(index)) heads.push(foreignHead(parts, nav, index));
      return;
    }
    if (nav.kind === 'extern_func' && half?.foreign.has(index) === false) return;
    const linkage = half?.shared.has(index) === true ? 'shared' : 'static';
    const { head, definition } = declaration(parts, nav, index, linkage);
    heads.push(head);
    definitions.push(definition);
  });
  return [...types.declarations, ...heads, ...values.heads, ...values.definitions, ...definitions, ''].join('\n');
}

/** The borders between two objects of `unit`: everything passes as it is. */
export function bordersInC({ navs }: Unit): Borders {
  return { passage: () => 'all', isBound: (nav) => readsNames(navs[nav]!.body!) };
}

interface Parts {
  readonly unit: Unit;
  readonly types: CTypes;
  readonly values: CValues;
  /** Begins the names that the module shows. */
  readonly outside: string;
}

/** The declaration of `nav`, which the other half defines. */
function foreignHead({ unit, types, values }: Parts, nav: Nav, index: NavIndex): string {
  if (nav.threadlocal) throw new NotPrintable('a thread-local variable');
  const { pool } = unit;
  const name = values.navName(index);
  switch (nav.kind) {
    case 'func':
      return `${functionHead(unit, types, nav.ty, name, 'shared')};`;
    case 'var':
    case 'const': {
      const align = Math.max(nav.align, abiAlign(pool, nav.ty));
      const bytes = `unsigned char ${name}[${Math.max(1, abiSize(pool, nav.ty))}]`;
      return `extern ${HIDDEN} ${nav.kind === 'const' ? 'const ' : ''}${bytes} __attribute__((aligned(${align})));`;
    }
    case 'extern_func':
    case 'extern_var':
      throw new NotPrintable('a variable of another object');
  }
}

/** What stands before the body of function `name` of function type `ty`. */
function functionHead({ pool }: Unit, types: CTypes, ty: IpIndex, name: string, linkage: Linkage): string {
  const { result, params } = functionType(pool, types, ty, (n) => `v${n}`);
  const noreturn = pool.fnReturn(ty) === IP.noreturn_type ? ', noreturn' : '';
  const visibility = linkage === 'static' ? '' : `${HIDDEN} `;
  return `${visibility}${linkage === 'static' ? 'static ' : ''}__attribute__((noinline${noreturn})) ${result} ${name}(${params})`;
}

function declaration(
  parts: Parts,
  nav: Nav,
  index: NavIndex,
  linkage: Linkage,
): { readonly head: string; readonly definition: string } {
  if (nav.threadlocal) throw new NotPrintable('a thread-local variable');
  switch (nav.kind) {
    case 'func':
      return definedFunction(parts, nav, index, linkage);
    case 'extern_func':
      return importedFunction(parts, nav, index);
    case 'extern_var':
      throw new NotPrintable('a variable of another object');
    case 'var':
    case 'const': {
      const { unit, values } = parts;
      const align = Math.max(nav.align, abiAlign(unit.pool, nav.ty));
      const init = nav.init ?? unit.pool.undef(nav.ty);
      return values.object(values.navName(index), nav.ty, init, align, nav.kind === 'const', linkage);
    }
  }
}

function definedFunction(
  { unit, types, values, outside }: Parts,
  nav: Nav,
  index: NavIndex,
  linkage: Linkage,
): { head: string; definition: string } {
  const { pool } = unit;
  const name = values.navName(index);
  const ret = pool.fnReturn(nav.ty);
  const head = functionHead(unit, types, nav.ty, name, linkage);
  const lines = [`${head} {`, ...printCBody(unit, index, types, values), '}'];
  const list = paramsOf(unit, nav.ty);
  // What passes more than scalars cannot be called from outside.
  const isCallable = [...list, ret].every((ty) => borderType(unit, ty) !== null);
  if (nav.exports.length > 0 && isCallable) {
    const own = list.map((ty, n) => ({ ty, n })).filter(({ ty }) => shapeOf(pool, ty).kind !== 'none');
    const outer = own.map(({ ty, n }) => `${borderType(unit, ty)} v${n}`).join(', ') || 'void';
    const args = own.map(({ ty, n }) => `(${types.text(ty)})v${n}`).join(', ');
    const isVoid = shapeOf(pool, ret).kind === 'none';
    const body = isVoid ? `${name}(${args});` : `return (${borderType(unit, ret)})${name}(${args});`;
    nav.exports.forEach(({ name: exported }, n) => {
      lines.push(
        `__attribute__((export_name(${quotedC(outside + exported)}))) ${borderType(unit, ret)} ${name}_export${n}(${outer}) { ${body} }`,
      );
    });
  }
  return { head: `${head};`, definition: lines.join('\n') };
}

function importedFunction(
  { unit, types, values, outside }: Parts,
  nav: Nav,
  index: NavIndex,
): { head: string; definition: string } {
  const { pool } = unit;
  const name = values.navName(index);
  const { result, params } = functionType(pool, types, nav.ty, (n) => `v${n}`);
  const ret = pool.fnReturn(nav.ty);
  const own = paramsOf(unit, nav.ty)
    .map((ty, n) => ({ ty, n }))
    .filter(({ ty }) => shapeOf(pool, ty).kind !== 'none');
  const border = (ty: IpIndex): string => {
    const type = borderType(unit, ty);
    if (type === null) throw new NotPrintable('an imported function of other than scalars');
    return type;
  };
  const outer = own.map(({ ty }) => border(ty)).join(', ') || 'void';
  const where = `import_module(${quotedC(nav.module ?? 'env')}), import_name(${quotedC(outside + nav.name)})`;
  const call = `${name}_import(${own.map(({ ty, n }) => `(${border(ty)})v${n}`).join(', ')})`;
  const noreturn = ret === IP.noreturn_type ? '__attribute__((noreturn)) ' : '';
  const head = `static ${noreturn}${result} ${name}(${params})`;
  const isVoid = shapeOf(pool, ret).kind === 'none';
  return {
    head: `__attribute__((${where})) ${noreturn}extern ${border(ret)} ${name}_import(${outer});\n${head};`,
    definition: `${head} { ${isVoid ? `${call};` : `return (${result})${call};`} }`,
  };
}

const paramsOf = ({ pool }: Unit, ty: IpIndex): readonly IpIndex[] =>
  Array.from({ length: pool.fnParamCount(ty) }, (_, n) => pool.fnParam(ty, n));

/** Type in which a value of `ty` crosses the border of the module; null: it cannot. */
function borderType({ pool }: Unit, ty: IpIndex): string | null {
  const shape = shapeOf(pool, ty);
  switch (shape.kind) {
    case 'none':
      return 'void';
    case 'int':
      if (shape.bits > 64) return null;
      return `${shape.signed ? '' : 'unsigned '}${shape.bits <= 32 ? 'int' : 'long long'}`;
    case 'bool':
      return '_Bool';
    case 'float':
      return shape.bits === 32 ? 'float' : 'double';
    case 'pointer':
      return 'unsigned char *';
    case 'bytes':
      return null;
  }
}

/** A name as a string of an attribute, in which C has no escapes but these. */
function quotedC(name: string): string {
  if (/[\u0000-\u001f\u007f]/.test(name)) throw new NotPrintable('a name with control characters');
  return `"${name.replace(/[\\"]/g, '\\$&')}"`;
}
