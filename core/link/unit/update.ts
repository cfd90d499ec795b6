/**
 * Hands functions and data of a unit to the linker, one at a time.
 *
 * Owns the growth of the packed arrays and the fixed-point lowering of constants: lowering one may reveal others, which
 * are appended to the same ordered table that a loop walks to its end. Produces no code bytes. Invariant: after each call,
 * every constant that a function or datum in the state refers to, at any distance, has been lowered.
 */
import type { NavExport } from '../../air/unit.ts';
import type { IpIndex, NavIndex } from '../../intern/keys.ts';
import { hasRuntimeBits } from '../../intern/layout.ts';
import type { Mir } from '../../mir/mir.ts';
import { NAV_WORDS, UAV_WORDS } from '../../mir/mir.ts';
import { MirTag } from '../../mir/ops.ts';
import { assert } from '../../support/assert.ts';
import type { U32Column } from '../../support/column.ts';
import type { LoweredData } from './lower-data.ts';
import { dataAlign, FIXUP_WORDS, FixupKind, lowerData } from './lower-data.ts';
import { tagNameMir } from './name-tables.ts';
import type { FuncRecord, LinkState } from './state.ts';

/** Below this many stale instructions the packed arrays are not worth compacting. */
const MIN_STALE = 4096;

/** Adds the code of a function, or replaces it. The exports of the nav come with it. */
export function updateFunc(state: LinkState, nav: NavIndex, mir: Mir): void {
  assert(state.unit.navs[nav]?.kind === 'func', 'only a function has code');
  state.refresh(nav);
  dropTagNames(state);
  const old = state.funcs.get(nav);
  if (old) {
    state.staleInstructions += old.length;
    if (state.staleInstructions > Math.max(MIN_STALE, state.tags.length / 2)) compact(state);
  }
  state.funcs.set(nav, append(state, nav, mir));
  registerExports(state, nav);
  const start = state.uavs.size;
  needConstants(state, state.funcs.get(nav)!);
  lowerFrom(state, start);
}

/** Adds a variable or constant, or replaces its value. Functions, externs and data without bits need no call. */
export function updateNav(state: LinkState, nav: NavIndex): void {
  state.refresh(nav);
  const record = state.unit.navs[nav]!;
  if (record.kind !== 'var' && record.kind !== 'const') return;
  const { pool } = state.unit;
  if (!hasRuntimeBits(pool, record.ty)) return;
  assert(record.init !== null, 'data has an initial value');
  const lowered = lowerData(pool, record.ty, record.init, state.hasBits);
  state.data.set(nav, { nav, lowered, align: dataAlign(pool, record.ty, record.align) });
  registerExports(state, nav);
  const start = state.uavs.size;
  needTargets(state, lowered);
  lowerFrom(state, start);
}

/** Replaces the exports of a nav that has been added. */
export function updateExports(state: LinkState, nav: NavIndex, exports: readonly NavExport[]): void {
  state.setExports(nav, exports);
}

/** Takes back one export of a nav; does nothing if there is none of that name. */
export function deleteExport(state: LinkState, nav: NavIndex, name: string): void {
  const exports = state.exports.get(nav);
  if (exports?.some((one) => one.name === name)) {
    state.setExports(
      nav,
      exports.filter((one) => one.name !== name),
    );
  }
}

function registerExports(state: LinkState, nav: NavIndex): void {
  if (state.exports.indexOf(nav) < 0) state.exports.set(nav, state.unit.navs[nav]!.exports);
}

function needConstants(state: LinkState, { uavs }: FuncRecord): void {
  for (let i = 0; i < uavs.length; i += UAV_WORDS) needUav(state, uavs[i]! as IpIndex);
}

/**
 * Puts the tag-name functions that code calls behind all others, in the order of first use, and numbers them, so that a flush
 * depends neither on the order of updates nor on the numbers of types. Every flush begins with it.
 */
export function settleTagNames(state: LinkState): void {
  if (state.names === null) return;
  dropTagNames(state);
  const called = new Set<number>();
  for (const { navs } of state.funcs.values) {
    for (let i = 0; i < navs.length; i += NAV_WORDS) {
      if (state.isTagNameFunction(navs[i]! as NavIndex)) called.add(navs[i]!);
    }
  }
  const start = state.uavs.size;
  for (const nav of called) {
    const made = state.nameTagFunction(nav as NavIndex, state.funcs.size);
    let record = state.tagNames.get(made.nav);
    if (record === undefined) {
      record = append(state, made.nav, tagNameMir(state.unit.pool, made));
      state.tagNames.set(made.nav, record);
    }
    state.funcs.set(made.nav, record);
    registerExports(state, made.nav);
    needConstants(state, record);
  }
  lowerFrom(state, start);
}

/** Functions of the unit come first. */
function dropTagNames(state: LinkState): void {
  if (state.names === null) return;
  let size = state.funcs.size;
  while (size > 0 && state.isTagNameFunction(state.funcs.keys[size - 1]!)) size--;
  state.funcs.truncate(size);
}

/** The constants that code mentions, the table of error names among them. */
function constantsOf(state: LinkState, { uavs, errorNameTableRefCount }: Mir): Uint32Array {
  return errorNameTableRefCount === 0 ? uavs : Uint32Array.of(...uavs, state.errorNameTable, 0, errorNameTableRefCount);
}

/** The navs that code mentions, tag-name functions among them, in order of first use. */
function navsOf(state: LinkState, mir: Mir): Uint32Array {
  if (state.names === null || !mir.tags.includes(MirTag.call_tag_name)) return mir.navs;
  const uses = new Map<number, number>();
  for (let i = 0; i < mir.tags.length; i++) {
    if (mir.tags[i] !== MirTag.call_tag_name) continue;
    const nav = state.tagNameFunction(mir.data[i]! as IpIndex);
    uses.set(nav, (uses.get(nav) ?? 0) + 1);
  }
  return Uint32Array.of(...mir.navs, ...[...uses].flat());
}

/** Makes the table entry of a constant; the loop in lowerFrom fills it. */
function needUav(state: LinkState, value: IpIndex): void {
  if (state.uavs.indexOf(value) < 0) state.uavs.set(value, PENDING);
}

const PENDING: LoweredData = { bytes: null, size: 0, fixups: new Uint32Array(0) };

function needTargets(state: LinkState, lowered: LoweredData): void {
  const { fixups } = lowered;
  for (let i = 0; i < fixups.length; i += FIXUP_WORDS) {
    if (fixups[i + 1] === FixupKind.uav) needUav(state, fixups[i + 2]! as IpIndex);
  }
}

/** Lowers the constants from position `start` on; the table grows while the loop runs. */
function lowerFrom(state: LinkState, start: number): void {
  const { pool } = state.unit;
  for (let i = start; i < state.uavs.size; i++) {
    const value = state.uavs.keys[i]!;
    const lowered = lowerData(pool, pool.typeOf(value), value, state.hasBits);
    state.uavs.values[i] = lowered;
    needTargets(state, lowered);
  }
}

function append(state: LinkState, nav: NavIndex, mir: Mir): FuncRecord {
  const { tags, words, extra, locals } = state;
  const start = tags.pushAll(mir.tags);
  pushWords(words, mir.data);
  const extraStart = pushWords(extra, mir.extra);
  const localsStart = locals.pushAll(mir.locals);
  return {
    nav,
    start,
    length: mir.tags.length,
    extraStart,
    extraLength: mir.extra.length,
    localsStart,
    localsLength: mir.locals.length,
    prologue: mir.prologue,
    uavs: constantsOf(state, mir),
    navs: navsOf(state, mir),
    indirectFunctionSet: mir.indirectFunctionSet,
    funcTypes: mir.funcTypes,
    intrinsics: mir.intrinsics,
    callsTable: mir.tags.includes(MirTag.call_indirect) || mir.tags.includes(MirTag.return_call_indirect),
  };
}

function pushWords(column: U32Column, words: Uint32Array): number {
  const at = column.length;
  column.reserve(words.length);
  column.view.set(words, at);
  column.length = at + words.length;
  return at;
}

/** Moves the code of live functions together, in their order. */
function compact(state: LinkState): void {
  const tags = state.tags.toArray();
  const words = state.words.toArray();
  const extra = state.extra.toArray();
  const locals = state.locals.toArray();
  state.tagNames.clear();
  state.tags.length = state.words.length = state.extra.length = state.locals.length = 0;
  state.staleInstructions = 0;
  state.funcs.values.forEach((func, i) => {
    const start = state.tags.pushAll(tags.subarray(func.start, func.start + func.length));
    pushWords(state.words, words.subarray(func.start, func.start + func.length));
    const extraStart = pushWords(state.extra, extra.subarray(func.extraStart, func.extraStart + func.extraLength));
    const localsEnd = func.localsStart + func.localsLength;
    const localsStart = state.locals.pushAll(locals.subarray(func.localsStart, localsEnd));
    state.funcs.values[i] = { ...func, start, extraStart, localsStart };
  });
}
