/**
 * Puts probes into a program: calls of imported functions that tell which instruction was reached and what it made.
 *
 * Owns where probes go. The probed program keeps its navs, in their places; probe functions come behind them. Knows nothing of
 * running or comparing. Invariant: what the program does is unchanged, except that its variables may be exported.
 *
 * Probes: the result of every instruction that has one with bits, behind it; the memory at the address operand of a store
 * or block move, behind it; and, without a value, the beginning of every function, arm and loop body, every call before
 * and after it, and every end of a function.
 */
import type { AirTag, InstIndex, IpIndex, Nav, NavIndex, Unit } from '../../core/index.ts';
import { abiSize, AIR_OPS, hasRuntimeBits, IP, isFunctionNav, TypeKind, makeNav } from '../../core/index.ts';
import { endsList } from '../reduce/repair.ts';
import type { Node, Operand, UnitModel } from '../reduce/model.ts';
import {
  decodeUnit,
  encodeUnit,
  isNodeOperand,
  makeNode,
  nodeOperand,
  operandNode,
  operandValue,
  valueOperand,
} from '../reduce/model.ts';

/**
 * What a probe tells: a result, the memory that was written, that a place is reached, an operand in front of its use, or the memory
 * behind such an operand.
 */
type SiteKind = 'value' | 'memory' | 'enter' | 'arm' | 'before' | 'after' | 'operand' | 'operand-memory';

/** One probe. */
export interface Site {
  readonly nav: NavIndex;
  /** The instruction that it belongs to; for `enter` the first of the function. */
  readonly inst: InstIndex;
  readonly kind: SiteKind;
  /** Number of the body that begins, for `arm`. */
  readonly arm: number;
  /** Type of what the probe is given; void where it is given nothing. */
  readonly ty: IpIndex;
}

/** A probe function. */
export interface ProbeFunction {
  readonly nav: NavIndex;
  readonly name: string;
  /** Type of its value, void for none. */
  readonly ty: IpIndex;
  /** Bytes of one thing behind the pointer that it is given, or null where the pointer itself is the value. */
  readonly behind: number | null;
}

/** Added to the number of a site, so that another argument in its place is noticed. */
export const FIRST_SITE = 0x3a17_0000;

/** A probed program. Sites are numbered by their position; the first argument of a probe is that number and FIRST_SITE. */
export interface Probed {
  readonly unit: Unit;
  readonly sites: readonly Site[];
  readonly functions: readonly ProbeFunction[];
}

/** What to probe. */
export interface ProbeChoice {
  /** Whether to put the probes of an instruction. */
  wants(nav: NavIndex, inst: InstIndex): boolean;
  /** Export every variable, so that its address is known from the beginning. */
  readonly exportData: boolean;
  /** An instruction whose operands are looked at again, right in front of it. */
  readonly operandsOf?: { readonly nav: NavIndex; readonly inst: InstIndex };
}

/** Import module of probes. */
export const PROBE_MODULE = 'probe';

const WRITES: ReadonlySet<AirTag> = new Set(['store', 'store_safe', 'memset', 'memset_safe', 'memcpy', 'memmove']);
const LEAVES: ReadonlySet<AirTag> = new Set(['ret', 'ret_safe', 'ret_load', 'unreach', 'trap', 'breakpoint']);

/** Puts the probes of `choice` into a copy of `unit`. */
export function instrument(unit: Unit, choice: ProbeChoice): Probed {
  const model = decodeUnit(unit);
  const plan = new Plan(model, choice);
  let first = 0;
  for (let n = 0; n < unit.navs.length; n++) {
    const entry = model.navs[n]!;
    const length = entry.nav.body?.length ?? 0;
    if (entry.body !== null) entry.body = plan.probeFunction(n as NavIndex, entry.body, first);
    first += length;
  }
  const { sites, functions } = plan;
  const navs = encodeUnit(model).navs.map((nav) => (choice.exportData ? exported(nav, unit) : nav));
  return {
    unit: { pool: unit.pool, navs: [...navs, ...functions.map((fn) => plan.declaration(fn))] },
    sites,
    functions,
  };
}

function exported(nav: Nav, unit: Unit): Nav {
  if (isFunctionNav(nav) || nav.kind === 'extern_var' || nav.threadlocal) return nav;
  if (nav.exports.some(({ visibility }) => visibility === 'default')) return nav;
  const taken = new Set(unit.navs.flatMap((other) => [other.name, ...other.exports.map(({ name }) => name)]));
  let name = `${nav.name}.address`;
  while (taken.has(name)) name += '.';
  return { ...nav, exports: [...nav.exports, { name, visibility: 'default' }] };
}

class Plan {
  readonly sites: Site[] = [];
  readonly functions: ProbeFunction[] = [];
  readonly #model: UnitModel;
  readonly #choice: ProbeChoice;
  readonly #byKey = new Map<string, ProbeFunction>();
  #nav: NavIndex = 0 as NavIndex;
  #first = 0;
  #results: ReadonlyMap<number, IpIndex> = new Map();

  constructor(model: UnitModel, choice: ProbeChoice) {
    this.#model = model;
    this.#choice = choice;
  }

  probeFunction(nav: NavIndex, body: readonly Node[], first: number): Node[] {
    this.#nav = nav;
    this.#first = first;
    const results = new Map<number, IpIndex>();
    collectResults(body, results);
    this.#results = results;
    let args = 0;
    while (body[args]?.tag === 'arg') args++;
    const head = body.slice(0, args);
    const out: Node[] = [...head];
    this.#reach(out, body[0]!, 'enter');
    for (const arg of head) this.#after(out, arg);
    this.#list(out, body.slice(args));
    return out;
  }

  declaration({ name, ty }: Pick<ProbeFunction, 'name' | 'ty'>): Nav {
    const { pool } = this.#model;
    const params = ty === IP.void_type ? [IP.u32_type] : [IP.u32_type, ty];
    return makeNav({
      kind: 'extern_func',
      name,
      ty: pool.fnType(params, IP.void_type),
      module: PROBE_MODULE,
    });
  }

  #list(out: Node[], nodes: readonly Node[]): void {
    for (const node of nodes) {
      // Behind a tail call there is no room for a probe, and a plain call does the same in a frame more.
      if (node.tag === 'call_always_tail') node.tag = 'call';
      node.bodies = node.bodies.map((inner, arm) => {
        const probed: Node[] = [];
        if (AIR_OPS[node.tag].opens !== 'block') this.#reach(probed, node, 'arm', arm);
        this.#list(probed, inner);
        return probed;
      });
      if (this.#isWatched(node)) this.#operands(out, node);
      if (LEAVES.has(node.tag) || node.tag.startsWith('call')) this.#reach(out, node, 'before');
      out.push(node);
      if (!endsList(node)) this.#after(out, node);
    }
  }

  #isWatched({ id }: Node): boolean {
    const watched = this.#choice.operandsOf;
    return watched !== undefined && watched.nav === this.#nav && id - this.#first === watched.inst;
  }

  /** Probes of the operands of an instruction, and of what lies behind those that are pointers. */
  #operands(out: Node[], node: Node): void {
    const { pool } = this.#model;
    for (const operand of node.operands) {
      if (!isNodeOperand(operand)) continue;
      const ty = this.#typeOf(operand);
      if (!hasBits(pool, ty)) continue;
      const isPointer = pool.typeKind(ty) === TypeKind.ptr && pool.typeKind(pool.childType(ty)) !== TypeKind.fn;
      const size = isPointer ? abiSize(pool, pool.childType(ty)) : 0;
      if (size > 0) this.#put(out, node, 'operand-memory', 0, ty, size, operand);
      else this.#put(out, node, 'operand', 0, ty, null, operand);
    }
  }

  /** The probe behind an instruction. */
  #after(out: Node[], node: Node): void {
    const { pool } = this.#model;
    if (WRITES.has(node.tag)) {
      const target = node.operands[0]!;
      const ty = this.#typeOf(target);
      const size = abiSize(pool, pool.childType(ty));
      if (size > 0) this.#put(out, node, 'memory', 0, ty, size, target);
    } else if (hasBits(pool, node.result)) {
      this.#put(out, node, 'value', 0, node.result, null, nodeOperand(node.id));
    } else if (node.tag.startsWith('call') || AIR_OPS[node.tag].opens === 'block') {
      this.#reach(out, node, 'after');
    }
  }

  #reach(out: Node[], node: Node, kind: SiteKind, arm = 0): void {
    this.#put(out, node, kind, arm, IP.void_type, null, null);
  }

  #put(
    out: Node[],
    node: Node,
    kind: SiteKind,
    arm: number,
    ty: IpIndex,
    behind: number | null,
    value: Operand | null,
  ): void {
    const inst = (node.id - this.#first) as InstIndex;
    if (!this.#choice.wants(this.#nav, inst)) return;
    const { pool } = this.#model;
    const fn = this.#functionFor(ty, behind);
    const id = pool.int(IP.u32_type, BigInt(FIRST_SITE + this.sites.length));
    this.sites.push({ nav: this.#nav, inst, kind, arm, ty });
    const callee = pool.ptrNav(pool.ptrType(this.declaration(fn).ty, { isConst: true }), fn.nav);
    const operands = [valueOperand(callee), valueOperand(id)];
    if (value !== null) operands.push(value);
    out.push(makeNode(this.#model, { tag: 'call', result: IP.void_type, operands }));
  }

  #functionFor(ty: IpIndex, behind: number | null): ProbeFunction {
    const key = `${ty} ${behind ?? 'value'}`;
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const nav = (this.#model.navs.length + this.functions.length) as NavIndex;
    const taken = (name: string): boolean => this.#model.navs.some((entry) => entry.nav.name === name);
    let name = `probe.${this.functions.length}`;
    while (taken(name)) name += '.';
    const fn = { nav, name, ty, behind };
    this.functions.push(fn);
    this.#byKey.set(key, fn);
    return fn;
  }

  #typeOf(operand: Operand): IpIndex {
    if (isNodeOperand(operand)) return this.#results.get(operandNode(operand))!;
    return this.#model.pool.typeOf(operandValue(operand));
  }
}

function collectResults(nodes: readonly Node[], results: Map<number, IpIndex>): void {
  for (const node of nodes) {
    results.set(node.id, node.result);
    for (const body of node.bodies) collectResults(body, results);
  }
}

/** Whether a type has values that a probe can be given. */
function hasBits(pool: UnitModel['pool'], ty: IpIndex): boolean {
  return ty !== IP.noreturn_type && pool.typeKind(ty) !== TypeKind.fn && hasRuntimeBits(pool, ty);
}
