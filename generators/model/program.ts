/**
 * The state of one program under construction: its pool, its navs in order of declaration, and what later choices may
 * refer to (functions by rank, imported functions, data objects).
 *
 * Owns the records and how a nav gets its index and name. Knows nothing of bodies. Invariant: a nav index is given once
 * and is its final position; navs that turn out to be needed late are appended.
 */
import type { AirTag, Body, IpIndex, Nav, NavExport, NavIndex } from '../../core/index.ts';
import { InternPool, makeNav } from '../../core/index.ts';
import type { Plan } from '../emit/choices.ts';
import type { RandomStream } from './random.ts';
import type { TypeInfo, Types } from './types.ts';
import { ptrInfo } from './types.ts';

/** A variable or constant. */
export interface DataPlan {
  readonly nav: NavIndex;
  readonly info: TypeInfo;
  readonly mutable: boolean;
  /** Explicit alignment in bytes, 0 = natural. */
  readonly align: number;
}

/** A typed object inside of a data nav. */
export interface Place {
  readonly data: DataPlan;
  /** Bytes from the start of the nav. */
  readonly offset: number;
}

/** Consecutive elements inside of a data nav. */
export interface Run extends Place {
  readonly length: number;
}

/** What a function is for. */
export type Role =
  /** Called through pointers: calls leaves of lower rank only, so its cost is small and known. */
  | 'leaf'
  | 'inner'
  /** Exported, scalars only: called from outside. */
  | 'entry'
  /** Of type noreturn. */
  | 'never';

/** How a function calls itself or its partner. */
export interface Recursion {
  /** Parameter that counts down; masked with `mask` inside, so any argument is fine. */
  readonly param: number;
  readonly mask: number;
  /** The function that is called with a smaller depth. */
  partner: FunctionPlan;
}

/** A function of the program. */
export interface FunctionPlan {
  readonly nav: NavIndex;
  readonly name: string;
  /** Type of a pointer to it. */
  readonly ptr: TypeInfo;
  readonly role: Role;
  readonly quota: number;
  recursion: Recursion | null;
  /** Upper bound of the AIR instructions that one call executes; known once the body is made. */
  cost: number;
  /** Upper bound of the stack bytes of one call with all that it calls. */
  stack: number;
  called: boolean;
  body: Body | null;
}

/** An imported function. */
export interface ExternPlan {
  readonly nav: NavIndex;
  readonly ptr: TypeInfo;
}

/** What becomes a nav at the end. */
interface NavDraft {
  nav: Pick<Nav, 'kind' | 'name' | 'ty'> & Partial<Nav>;
  /** Body of a function once it is made. */
  readonly owner: FunctionPlan | null;
}

/** See the file header. */
export interface Program {
  readonly plan: Plan;
  readonly r: RandomStream;
  readonly types: Types;
  readonly pool: InternPool;
  readonly drafts: NavDraft[];
  readonly names: Set<string>;
  /** In order of rank: a function calls only functions before it (recursion aside). */
  readonly functions: FunctionPlan[];
  readonly externs: ExternPlan[];
  readonly data: DataPlan[];
  /** Variables that are, at least in part, undefined at first: only ever written as a whole. */
  readonly unread: DataPlan[];
  /** Integer types that this program prefers. */
  readonly ints: TypeInfo[];
  /** Structs and arrays that this program uses. */
  readonly aggregates: TypeInfo[];
  /** Types of pointers to leaves. */
  readonly fnPtrs: TypeInfo[];
  /** Upper bound of the cost of a call through a pointer. */
  leafCost: number;
  /** Upper bound of the stack of a call through a pointer. */
  leafStack: number;
  /** Traps are allowed in rare arms. */
  readonly faults: boolean;
  /** Scratch: low and high word of the integer drawn last. */
  readonly words: Uint32Array;
}

/** An empty program whose choices come from `r`. */
export function newProgram(plan: Plan, r: RandomStream): Program {
  const pool = new InternPool({ ptrBits: plan.profile.ptrBits });
  return {
    plan,
    r,
    types: { pool, byIndex: [] },
    pool,
    drafts: [],
    names: new Set(),
    functions: [],
    externs: [],
    data: [],
    unread: [],
    ints: [],
    aggregates: [],
    fnPtrs: [],
    leafCost: 0,
    leafStack: 0,
    faults: r.chance(plan.faults),
    words: new Uint32Array(2),
  };
}

/** Whether instruction `tag` may be generated. */
export function allows(p: Program, tag: AirTag): boolean {
  return p.plan.allowed.has(tag);
}

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
export function publishPlaces(data: DataPlan, info: TypeInfo = data.info, offset = 0, nesting = 0): void {
  if (info.size === 0) return;
  info.places.push({ data, offset });
  if (nesting === 2) return;
  info.fields.forEach((field, n) => {
    publishPlaces(data, field, offset + info.offsets[n]!, nesting + 1);
  });
  if (info.length > 0 && info.child !== null && info.child.size > 0) {
    info.child.runs.push({ data, offset, length: info.length });
    publishPlaces(data, info.child, offset, nesting + 1);
    if (info.length > 1) publishPlaces(data, info.child, offset + (info.length - 1) * info.child.size, nesting + 1);
  }
}

/** Type of the address of `data`. */
export function addressInfo(p: Program, data: DataPlan): TypeInfo {
  return ptrInfo(p.types, data.info, !data.mutable);
}

/** The finished navs. */
export function finishNavs(p: Program): Nav[] {
  return p.drafts.map(({ nav, owner }) => makeNav(owner === null ? nav : { ...nav, body: owner.body }));
}
