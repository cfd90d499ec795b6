/**
 * The state of one program under construction: its pool, its navs in order of declaration, and what later choices may
 * refer to: functions by rank, imported functions, data objects, and what there is of each type to point to.
 *
 * Owns the records; how a nav is named and declared is in draw/navs.ts. Knows nothing of bodies. Invariant: a nav index is
 * given once and is its final position; navs that turn out to be needed late are appended.
 */
import type { AirTag, Body, Nav, NavIndex } from '../../core/index.ts';
import { BodyBuilder, InternPool } from '../../core/index.ts';
import type { Plan } from './plan.ts';
import type { RandomStream } from './random.ts';
import type { TypeInfo, Types } from './types.ts';

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
interface Run extends Place {
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
interface Recursion {
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
export interface NavDraft {
  nav: Pick<Nav, 'kind' | 'name' | 'ty'> & Partial<Nav>;
  /** Body of a function once it is made. */
  readonly owner: FunctionPlan | null;
}

/** A program under construction. */
export interface Program {
  readonly plan: Plan;
  readonly r: RandomStream;
  readonly types: Types;
  readonly pool: InternPool;
  /** Of the function that is being made. */
  readonly builder: BodyBuilder;
  readonly drafts: NavDraft[];
  readonly names: Set<string>;
  /** In order of rank: a function calls only functions before it (recursion aside). */
  readonly functions: FunctionPlan[];
  readonly externs: ExternPlan[];
  readonly data: DataPlan[];
  /** Variables that are, at least in part, undefined at first: only ever written as a whole. */
  readonly unread: DataPlan[];
  /** Variables whose addresses are no constants. */
  readonly threadLocals: DataPlan[];
  /** Integer types that this program prefers. */
  readonly ints: TypeInfo[];
  /** Structs and arrays that this program uses. */
  readonly aggregates: TypeInfo[];
  /** Optionals, errors, enums and unions that this program uses; none in most profiles. */
  readonly sums: TypeInfo[];
  /** Types of pointers to leaves. */
  readonly fnPtrs: TypeInfo[];
  /** Upper bound of the cost of a call through a pointer. */
  leafCost: number;
  /** Upper bound of the stack of a call through a pointer. */
  leafStack: number;
  /** Traps are allowed in rare arms. */
  readonly faults: boolean;
  /** Whether the statement at hand should not compute with a type; null: it may with any. */
  shuns: ((info: TypeInfo) => boolean) | null;
  /** What a constant may point to, by `TypeInfo.at`. */
  readonly byType: (OfType | undefined)[];
}

/** What there is of one type. */
export interface OfType {
  /** Data objects of this type with a constant address. */
  readonly places: Place[];
  /** Runs of elements of this type with a constant address. */
  readonly runs: Run[];
  /** Pointers to functions: the functions of that type that may be called through a pointer. */
  readonly targets: NavIndex[];
}

/** What `p` has of type `info`. */
export function ofType(p: Program, info: TypeInfo): OfType {
  return (p.byType[info.at] ??= { places: [], runs: [], targets: [] });
}

/** An empty program whose choices come from `r`. `builder`: what bodies are built with; free for another program once they are. */
export function newProgram(plan: Plan, r: RandomStream, builder: BodyBuilder = new BodyBuilder()): Program {
  const pool = new InternPool({ ptrBits: plan.profile.ptrBits });
  return {
    builder,
    plan,
    r,
    types: { pool, byIndex: [], count: 0 },
    pool,
    drafts: [],
    names: new Set(),
    functions: [],
    externs: [],
    data: [],
    unread: [],
    threadLocals: [],
    ints: [],
    aggregates: [],
    sums: [],
    fnPtrs: [],
    leafCost: 0,
    leafStack: 0,
    faults: r.chance(plan.faults),
    shuns: null,
    byType: [],
  };
}

/** Whether instruction `tag` may be generated. */
export function allows(p: Program, tag: AirTag): boolean {
  return p.plan.allowed.has(tag);
}
