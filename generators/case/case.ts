/**
 * A whole case: program, link plan, settings and calls, as a pure function of a seed, a plan and a size.
 *
 * Owns the order in which the parts of a program are drawn and declared. {@link GENERATOR_VERSION} says which function it is.
 */
import type { BodyBuilder, CallInput, Nav, Settings, Unit } from '../../core/index.ts';
import { IP, routineStack, TAG } from '../../core/index.ts';
import { drawFloatBits, drawPattern } from '../draw/constants.ts';
import { drawFirstSums, drawSums, hasSums } from '../draw/draw-sums.ts';
import {
  drawAggregates,
  drawEntryType,
  drawExternType,
  drawFunctionHolders,
  drawInnerType,
  drawIntTypes,
  drawLeafType,
  drawScalar,
  drawType,
} from '../draw/draw-types.ts';
import { addExtern, finishNavs, publishPlaces } from '../draw/navs.ts';
import { announceData, announceThreadLocal, initialise, initialisePartly } from '../draw/static-data.ts';
import { declareFunction, makeBody, makeRecursive, neverType } from '../emit/functions.ts';
import { emittersOf } from '../emit/table.ts';
import type { Plan } from '../model/plan.ts';
import { planOfSeed } from '../model/plan.ts';
import type { DecorationSet, Profile } from '../model/profile.ts';
import type { DataPlan, FunctionPlan, Program } from '../model/program.ts';
import { allows, newProgram, ofType } from '../model/program.ts';
import { RandomStream } from '../model/random.ts';
import { Scope } from '../model/scope.ts';
import type { TypeInfo } from '../model/types.ts';
import { arrayInfo, Class, fnPtrInfo, isPortable, typeInfo } from '../model/types.ts';
import { baseSeed, swarmed } from '../model/swarm.ts';
import { makeSweepCase } from '../sweep/sweep-case.ts';
import type { Decorations } from './decorations.ts';
import { drawDecorations, drawDropIn, drawObjects } from './decorations.ts';
import type { LinkPlan } from './link-plan.ts';
import { drawLinkPlan } from './link-plan.ts';
import { drawSettings } from './settings.ts';

/** Changes whenever some seed gives another case. */
export const GENERATOR_VERSION = 5;

/** What a seed stands for. */
export interface GeneratedCase {
  readonly unit: Unit;
  readonly plan: LinkPlan;
  readonly settings: Settings;
  /** Calls of exported functions, in order, on one instance. */
  readonly calls: readonly CallInput[];
}

/** Generates the case of `seed`, its program `scale` (> 0) times as large as the profile says; `builder` is free again. */
export function makeCase(seed: number, plan: Plan, scale: number, builder?: BodyBuilder): GeneratedCase {
  if (plan.profile.sweeps) return makeSweepCase(seed, plan);
  const base = plan.profile.swarms ? baseSeed(seed) : seed;
  const r = new RandomStream(base);
  const p = newProgram(swarmed(planOfSeed(plan, base), seed), r, builder);
  makeProgram(p, drawSize(p, scale));
  const navs = finishNavs(p);
  const entries = p.functions.filter((fn) => fn.role === 'entry');
  const unit = { pool: p.pool, navs };
  const stack = Math.max(...p.functions.map((fn) => fn.stack)) + routineStack(unit);
  const made = {
    unit,
    plan: drawLinkPlan(r, navs),
    settings: withTailCalls(withDebug(r, drawSettings(r, stack, p.plan.profile), p.plan.profile), navs),
    calls: drawCalls(p, entries),
  };
  const { decorated } = p.plan.profile;
  if (decorated === false) return made;
  return { ...made, plan: { ...made.plan, ...DRAW[decorated](r, navs) } };
}

const DRAW: Readonly<Record<DecorationSet, (r: RandomStream, navs: readonly Nav[]) => Decorations>> = {
  all: drawDecorations,
  'drop-in': drawDropIn,
  objects: drawObjects,
};

/** Debug information, where the profile has some. */
function withDebug(r: RandomStream, settings: Settings, { debug }: Profile): Settings {
  return debug > 0 && r.chance(debug) ? { ...settings, debugInfo: 'unit.air' } : settings;
}

/** The feature that tail calls need, where there are some. */
function withTailCalls(settings: Settings, navs: readonly Nav[]): Settings {
  const tailCall = navs.some(({ body }) => body?.tags.includes(TAG.call_always_tail) === true);
  return tailCall ? { ...settings, tailCall } : settings;
}

/** Number of instructions, about: a class of sizes by weight, then evenly in it. */
function drawSize(p: Program, scale: number): number {
  const { sizes } = p.plan.profile;
  let at = p.r.below(sizes.reduce((sum, [weight]) => sum + weight, 0));
  for (const [weight, least, most] of sizes) {
    if (at < weight) return Math.max(1, Math.round(p.r.between(least, most) * scale));
    at -= weight;
  }
  return 1;
}

/** Types of the functions that a program is to have, by role. */
interface Signatures {
  readonly leaves: TypeInfo[];
  readonly inners: TypeInfo[];
  readonly entries: TypeInfo[];
}

function makeProgram(p: Program, size: number): void {
  drawIntTypes(p);
  if (hasSums(p)) drawFirstSums(p);
  drawAggregates(p);
  if (hasSums(p)) drawSums(p);
  const crowd = size > 12 && p.r.chance(p.plan.profile.crowds) ? p.r.between(60, 140) : 0;
  const signatures = drawSignatures(p, size, crowd);
  drawFunctionHolders(p);
  declareAll(p, size, signatures, crowd > 0);
  const scope = new Scope();
  const emitters = emittersOf(p.plan);
  for (const fn of p.functions) {
    makeBody(p, emitters, fn, scope);
    if (fn.role === 'leaf') {
      p.leafCost = Math.max(p.leafCost, fn.cost);
      p.leafStack = Math.max(p.leafStack, fn.stack);
    }
  }
}

function drawSignatures(p: Program, size: number, crowd: number): Signatures {
  const { r } = p;
  const most = Math.min(p.plan.profile.functions, 1 + Math.floor(size / 12));
  const total = allows(p, 'call') ? r.between(1, most) : 1;
  const entryCount = total === 1 ? 1 : r.between(1, Math.min(3, total - 1));
  const leafCount = total - entryCount === 0 ? 0 : r.below(total - entryCount + 1);
  const shared = p.plan.profile.flow ? drawSharedResult(p) : null;
  const share = (ptr: TypeInfo): TypeInfo => (shared === null ? ptr : withResult(p, ptr, shared));
  const shareOutside =
    shared === null || !(shared.ip === IP.void_type || isPortable(shared)) ? (ptr: TypeInfo) => ptr : share;
  const leaves = Array.from({ length: leafCount }, () => share(drawLeafType(p)));
  if (crowd > 0 && allows(p, 'call')) {
    const kinds = Array.from({ length: r.pick([1, 1, 1, 2, 3]) }, () => drawLeafType(p));
    for (let n = 0; n < crowd; n++) leaves.push(r.pick(kinds));
  }
  for (const leaf of leaves) if (!p.fnPtrs.includes(leaf)) p.fnPtrs.push(leaf);
  const inners = Array.from({ length: total - entryCount - leafCount }, () => share(drawInnerType(p)));
  const entries = Array.from({ length: entryCount }, () => shareOutside(drawEntryType(p)));
  return { leaves, inners, entries };
}

/** The result of many functions of a program with tail calls: a scalar, nothing, or now and then a value in memory. */
function drawSharedResult(p: Program): TypeInfo {
  const way = p.r.below(8);
  if (way === 0) return typeInfo(p.types, IP.void_type);
  return way < 5 ? p.r.pick(p.aggregates) : drawScalar(p);
}

/** Usually `ptr` with result `shared` and without parameters in memory: such a function can take the place of another. */
function withResult(p: Program, ptr: TypeInfo, shared: TypeInfo): TypeInfo {
  if (p.r.chance(60)) return ptr;
  return fnPtrInfo(
    p.types,
    ptr.params.filter((param) => !param.byRef),
    shared,
  );
}

/** Declares all functions, imports and planned data in random order, then gives the data their values. */
function declareAll(p: Program, size: number, signatures: Signatures, isCrowded: boolean): void {
  const { r } = p;
  const { leaves, inners, entries } = signatures;
  const ranked: (FunctionPlan | undefined)[] = [];
  const tasks: (() => void)[] = [];
  const declare = (rank: number, ptr: TypeInfo, role: FunctionPlan['role'], quota: number): void => {
    ranked.push(undefined);
    tasks.push(() => {
      ranked[rank] = declareFunction(p, ptr, role, quota);
    });
  };
  for (const ptr of leaves) declare(ranked.length, ptr, 'leaf', isCrowded ? r.between(1, 3) : r.between(1, 10));
  if (p.faults && allows(p, 'trap') && r.chance(100)) declare(ranked.length, neverType(p), 'never', r.between(1, 3));
  const left = Math.max(1, size - leaves.length * 4);
  const share = left / (inners.length + entries.length * 2);
  for (const ptr of inners) declare(ranked.length, ptr, 'inner', Math.max(1, Math.round(share)));
  for (const ptr of entries) declare(ranked.length, ptr, 'entry', Math.max(1, Math.round(share * 2)));
  planExterns(p, tasks, size);
  const data: DataPlan[] = [];
  planData(p, tasks, data, size);
  if (!r.chance(60)) r.shuffle(tasks);
  for (const task of tasks) task();
  for (const fn of ranked) p.functions.push(fn!);
  for (const fn of p.functions) if (fn.role === 'leaf') ofType(p, fn.ptr).targets.push(fn.nav);
  planRecursion(p);
  const unread = new Set(data.filter((item) => item.mutable && r.chance(10)));
  for (const item of data) if (!unread.has(item)) publishPlaces(p, item);
  for (const item of data) {
    if (unread.has(item)) initialisePartly(p, item);
    else initialise(p, item);
  }
  for (const item of p.threadLocals) initialise(p, item);
  if (isCrowded) for (const ptr of p.fnPtrs) declareTable(p, ptr);
}

function planExterns(p: Program, tasks: (() => void)[], size: number): void {
  if (!allows(p, 'call') || size < 4) return;
  for (let n = p.r.below(3); n > 0; n--) {
    const ptr = drawExternType(p);
    tasks.push(() => {
      const callee = addExtern(p, ptr, 'ext');
      // The address of an import may be in tables and variables too.
      if (!p.r.chance(110)) return;
      ofType(p, ptr).targets.push(callee.nav);
      if (!p.fnPtrs.includes(ptr)) p.fnPtrs.push(ptr);
    });
  }
}

function planData(p: Program, tasks: (() => void)[], data: DataPlan[], size: number): void {
  const { r } = p;
  const { profile } = p.plan;
  const isHeap = size > 12 && r.chance(profile.heaps);
  const count = isHeap ? r.between(60, 140) : r.below(Math.min(profile.data, 1 + (size >> 2)) + 1);
  for (let n = 0; n < count; n++) {
    const info = drawDataType(p, isHeap);
    const mutable = r.chance(170);
    const isThreadLocal = profile.threadLocals > 0 && r.chance(profile.threadLocals);
    tasks.push(() => {
      if (isThreadLocal) announceThreadLocal(p, info, mutable);
      else data.push(announceData(p, info, mutable, null));
    });
  }
}

function drawDataType(p: Program, isHeap: boolean): TypeInfo {
  const { r } = p;
  const info = drawType(p);
  if (isHeap || info.cls === Class.array || info.size > 8 || !r.chance(40)) return info;
  // Now and then something large, so that offsets and counts take more bytes.
  return arrayInfo(p.types, info, r.pick([16, 33, 64, 65, 130, 300]));
}

/** A table of all functions of one type, so that their addresses are all taken. */
function declareTable(p: Program, ptr: TypeInfo): void {
  const { targets } = ofType(p, ptr);
  if (targets.length < 8) return;
  const info = arrayInfo(p.types, ptr, targets.length);
  const addresses = targets.map((nav) => p.pool.ptrNav(ptr.ip, nav));
  publishPlaces(p, announceData(p, info, p.r.chance(60), p.pool.aggregate(info.ip, p.r.shuffle(addresses))));
}

function planRecursion(p: Program): void {
  const callers = p.functions.filter((fn) => fn.role === 'inner' || fn.role === 'entry');
  if (!allows(p, 'call') || callers.length === 0 || !p.r.chance(70)) return;
  const at = p.r.below(callers.length);
  const fn = callers[at]!;
  const next = callers[at + 1];
  if (next !== undefined && p.r.chance(100) && makeRecursive(p, fn, next)) return;
  makeRecursive(p, fn);
}

function drawCalls(p: Program, entries: readonly FunctionPlan[]): CallInput[] {
  const { r } = p;
  const count = r.between(1, 6);
  const calls: CallInput[] = [];
  for (let n = 0; n < count; n++) {
    const fn = n < entries.length ? entries[n]! : r.pick(entries);
    const { exports } = p.drafts[fn.nav]!.nav;
    const visible = exports!.filter((item) => item.visibility === 'default');
    calls.push({ fn: r.pick(visible).name, args: fn.ptr.params.map((param) => drawArgument(p, param)) });
  }
  return calls;
}

/** Bit pattern of an argument. */
function drawArgument(p: Program, info: TypeInfo): bigint {
  if (info.cls === Class.bool) return BigInt(p.r.below(2));
  if (info.cls === Class.float) return drawFloatBits(p.r, p.pool.floatBits(info.ip));
  const { low, high } = drawPattern(p.r, info.bits, false);
  return (BigInt(high) << 32n) | BigInt(low);
}
