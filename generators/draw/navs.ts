/**
 * Declarations: how a nav of the program gets its index, its name and its exports, and how data becomes known as a target
 * of pointers.
 *
 * Invariant: no two navs or exports have one name.
 */
import type { IpIndex, Nav, NavExport, NavIndex } from '../../core/index.ts';
import { makeNav } from '../../core/index.ts';
import type { DataPlan, ExternPlan, FunctionPlan, NavDraft, Program } from '../model/program.ts';
import { ofType } from '../model/program.ts';
import type { TypeInfo } from '../model/types.ts';
import { isSum } from '../model/types.ts';

const UNUSUAL_NAMES = ['a b', 'std.mem.copy$1', 'é', 'q"uote', '0', 'x\\y', 'λ.f', '_'];

/** A name that no nav or export of the program has yet. */
export function freshName(p: Program, prefix: string): string {
  let name = p.r.chance(5) ? p.r.pick(UNUSUAL_NAMES) : `${prefix}${p.drafts.length}`;
  while (p.names.has(name)) name += '_';
  p.names.add(name);
  return name;
}

/** Exports of a nav called `name`: usually one under its own name. */
export function drawExports(p: Program, name: string): NavExport[] {
  const exports: NavExport[] = [{ name, visibility: 'default' }];
  if (p.r.chance(10)) {
    const alias = freshName(p, `${prefixOf(name)}_alias`);
    if (p.r.chance(128)) exports.unshift({ name: alias, visibility: 'default' });
    else exports.push({ name: alias, visibility: p.r.chance(128) ? 'hidden' : 'default' });
  }
  return exports;
}

function prefixOf(name: string): string {
  return /^[a-z]+[0-9]*$/.test(name) ? name : 'n';
}

/** Appends a nav and returns its index. */
export function addNav(p: Program, nav: NavDraft['nav'], owner: FunctionPlan | null = null): NavIndex {
  p.drafts.push({ nav, owner });
  return (p.drafts.length - 1) as NavIndex;
}

/** Index that the next nav will get. */
export function nextNav(p: Program): NavIndex {
  return p.drafts.length as NavIndex;
}

/** Registers a data nav, so that constants may point into it. */
export function addData(
  p: Program,
  info: TypeInfo,
  mutable: boolean,
  align: number,
  extra: Partial<Nav>,
  init: IpIndex | null,
): DataPlan {
  const name = freshName(p, 'd');
  const draft = { kind: mutable ? 'var' : 'const', name, ty: info.ip, align, init, exports: [], ...extra } as const;
  const data: DataPlan = { nav: addNav(p, draft), info, mutable, align };
  p.data.push(data);
  return data;
}

/** Appends an imported function. */
export function addExtern(p: Program, ptr: TypeInfo, prefix: string): ExternPlan {
  const name = freshName(p, prefix);
  const module = p.r.chance(20) ? 'host' : 'env';
  const callee: ExternPlan = { nav: addNav(p, { kind: 'extern_func', name, ty: ptr.child!.ip, module }), ptr };
  p.externs.push(callee);
  return callee;
}

/** Makes `data` known as a target of pointers, with its fields and elements. */
export function publishPlaces(p: Program, data: DataPlan, info: TypeInfo = data.info, offset = 0, nesting = 0): void {
  if (info.size === 0) return;
  ofType(p, info).places.push({ data, offset });
  if (nesting === 2) return;
  // What a union holds is not what another of its fields is.
  if (isSum(info)) return;
  info.fields.forEach((field, n) => {
    publishPlaces(p, data, field, offset + info.offsets[n]!, nesting + 1);
  });
  if (info.length > 0 && info.child !== null && info.child.size > 0) {
    ofType(p, info.child).runs.push({ data, offset, length: info.length });
    publishPlaces(p, data, info.child, offset, nesting + 1);
    if (info.length > 1) publishPlaces(p, data, info.child, offset + (info.length - 1) * info.child.size, nesting + 1);
  }
}

/** The finished navs. */
export function finishNavs(p: Program): Nav[] {
  return p.drafts.map(({ nav, owner }) => makeNav(owner === null ? nav : { ...nav, body: owner.body }));
}
