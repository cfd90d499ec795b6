/**
 * Cuts a program in two, so that each half is a source and an object of its own, and a linker has something to resolve between them.
 *
 * Owns which function and which variable goes where, by the program alone: what has to stay together forms groups, and the groups take turns. A
 * language says what one object may mention of another ({@link Borders}). Addresses mean the same in both halves: a constant
 * without a name, and a function that lets only calls through, stay with all that take their address.
 */
import type { Body, InstIndex, IpIndex, NavIndex, Unit } from '../../core/index.ts';
import {
  elemCount,
  elemValue,
  forEachOperand,
  isInstRef,
  LAYOUT_BY_NUMBER,
  operandAt,
  REF_NONE,
  refValue,
  TAG,
  ValueKind,
} from '../../core/index.ts';

/** What one object may have of a function or variable of another: nothing, calls, or its address as well. */
export type Passage = 'nothing' | 'calls' | 'all';

/** What a language lets pass between two objects. */
export interface Borders {
  /** Of nav `nav`, which the program defines. */
  passage(nav: NavIndex): Passage;
  /** Whether function `nav` has something in it that means another thing in each object: all such functions stay together. */
  isBound(nav: NavIndex): boolean;
}

/** Whether `body` asks for the text of a name, which each object has at an address of its own. */
export function readsNames({ tags }: Body): boolean {
  return tags.includes(TAG.error_name) || tags.includes(TAG.tag_name);
}

/** One half of a program. */
export interface Half {
  /** From 0. */
  readonly number: number;
  /** What it defines. */
  readonly own: ReadonlySet<NavIndex>;
  /** Functions and variables of the other half, and imports, that it mentions. */
  readonly foreign: ReadonlySet<NavIndex>;
  /** What the other half mentions of {@link own}. */
  readonly shared: ReadonlySet<NavIndex>;
}

/** The halves of `unit`; null: there is no cut that something crosses. */
export function cutProgram(unit: Unit, borders: Borders): readonly [Half, Half] | null {
  const { navs } = unit;
  const mentions = navs.map((_, n) => mentionsOf(unit, n as NavIndex));
  const groups = new Groups(navs.length);
  const firstOf = new Map<string, number>();
  const keep = (n: number, key: string): void => {
    const first = firstOf.get(key);
    if (first === undefined) firstOf.set(key, n);
    else groups.join(first, n);
  };
  mentions.forEach(({ calls, addresses, constants }, n) => {
    for (const constant of constants) keep(n, `constant ${constant}`);
    if (navs[n]!.body !== null && borders.isBound(n as NavIndex)) keep(n, 'bound');
    for (const nav of new Set([...calls, ...addresses])) {
      // Each half has a function of its own that calls the import.
      const passage = navs[nav]!.kind === 'extern_func' ? 'calls' : borders.passage(nav);
      if (passage === 'nothing' || (passage === 'calls' && addresses.has(nav))) groups.join(n, nav);
    }
  });
  const halfOf = takeTurns(unit, groups);
  const half = (number: number): Half => {
    const own = new Set<NavIndex>();
    const foreign = new Set<NavIndex>();
    const shared = new Set<NavIndex>();
    mentions.forEach(({ calls, addresses }, n) => {
      const isOwn = halfOf[n] === number;
      if (isOwn) own.add(n as NavIndex);
      for (const nav of [...calls, ...addresses]) {
        if (isOwn && halfOf[nav] !== number) foreign.add(nav);
        if (!isOwn && halfOf[nav] === number) shared.add(nav);
      }
    });
    return { number, own, foreign, shared };
  };
  const halves = [half(0), half(1)] as const;
  return halves.some(({ shared }) => shared.size > 0) ? halves : null;
}

/** The half of each nav of `unit`; -1: of an import, which belongs to none. Groups with functions take turns, and then those without. */
function takeTurns({ navs }: Unit, groups: Groups): readonly number[] {
  const isDefined = navs.map(({ kind }) => kind === 'func' || kind === 'var' || kind === 'const');
  const halfOfGroup = new Map<number, number>();
  for (const isTurn of [(n: number) => navs[n]!.kind === 'func', (n: number) => isDefined[n]!]) {
    navs.forEach((_, n) => {
      const group = groups.of(n);
      if (isTurn(n) && !halfOfGroup.has(group)) halfOfGroup.set(group, halfOfGroup.size % 2);
    });
  }
  return navs.map((_, n) => (isDefined[n] === true ? halfOfGroup.get(groups.of(n))! : -1));
}

/** Numbers from 0 that are put together; a group is called by its least. */
class Groups {
  readonly #above: number[];

  constructor(count: number) {
    this.#above = Array.from({ length: count }, (_, n) => n);
  }

  of(n: number): number {
    let at = n;
    while (this.#above[at] !== at) at = this.#above[at]!;
    return at;
  }

  join(a: number, b: number): void {
    const [one, other] = [this.of(a), this.of(b)];
    this.#above[Math.max(one, other)] = Math.min(one, other);
  }
}

/** What a function or an initial value mentions. */
interface Mentions {
  /** Functions that are called by their name. */
  readonly calls: Set<NavIndex>;
  readonly addresses: Set<NavIndex>;
  /** Constants without a name whose address is taken. */
  readonly constants: Set<IpIndex>;
}

function mentionsOf(unit: Unit, nav: NavIndex): Mentions {
  const { pool, navs } = unit;
  const { body, init } = navs[nav]!;
  const found: Mentions = { calls: new Set(), addresses: new Set(), constants: new Set() };
  if (init !== null) addValue(unit, init, found);
  if (body === null) return found;
  for (let n = 0; n < body.length; n++) {
    const inst = n as InstIndex;
    const callee = calleeOf(unit, body, inst);
    if (callee !== null) found.calls.add(callee);
    let isCallee = callee !== null;
    forEachOperand(body, inst, (ref) => {
      if (!isCallee && ref !== REF_NONE && !isInstRef(ref)) addValue(unit, refValue(ref), found);
      isCallee = false;
    });
    const slots = LAYOUT_BY_NUMBER[body.tags[n]!]?.slots ?? [];
    if (slots.some(({ kind }) => kind === 'nav')) found.addresses.add(body.nav(inst));
    if (slots.some(({ kind }) => kind === 'mask')) {
      for (const lane of body.mask(inst)) if (lane.from === 'value') addValue({ pool, navs }, lane.value, found);
    }
  }
  return found;
}

/** The function that `inst` calls by its name; null: none. */
function calleeOf({ pool }: Unit, body: Body, inst: InstIndex): NavIndex | null {
  if (!body.tag(inst).startsWith('call')) return null;
  const callee = operandAt(body, inst, 0);
  if (isInstRef(callee) || pool.valueKind(refValue(callee)) !== ValueKind.ptr_nav) return null;
  return pool.word(refValue(callee), 1) as NavIndex;
}

/** Adds what is behind `value` to `found`. */
function addValue(unit: Unit, value: IpIndex, found: Mentions): void {
  const { pool } = unit;
  if (pool.isType(value)) return;
  const part = (n: number): void => addValue(unit, pool.word(value, n) as IpIndex, found);
  switch (pool.valueKind(value)) {
    case ValueKind.ptr_nav:
      found.addresses.add(pool.word(value, 1) as NavIndex);
      return;
    case ValueKind.ptr_uav:
      if (found.constants.has(pool.word(value, 1) as IpIndex)) return;
      found.constants.add(pool.word(value, 1) as IpIndex);
      return part(1);
    case ValueKind.slice:
    case ValueKind.payload:
      return part(1);
    case ValueKind.union_value:
      return part(2);
    case ValueKind.repeated:
      return part(1);
    case ValueKind.aggregate: {
      const count = elemCount(pool, pool.typeOf(value));
      for (let n = 0; n < count; n++) addValue(unit, elemValue(pool, value, n), found);
      return;
    }
    case ValueKind.undef:
    case ValueKind.int:
    case ValueKind.bool:
    case ValueKind.float:
    case ValueKind.void:
    case ValueKind.null:
    case ValueKind.err:
    case ValueKind.enum_tag:
    case ValueKind.bytes:
    case ValueKind.ptr_int:
  }
}
