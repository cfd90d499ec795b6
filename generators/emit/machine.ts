/**
 * What a program may ask of the machine: pages of memory, the address of the frame, where the function returns to.
 *
 * The answers depend on the layout, so only what the language knows of them becomes a value: whether two are equal, how far
 * two numbers of pages are apart, low bits of an address. Invariant: memory grows by few pages, or by more than there can be.
 */
import type { Ref } from '../../core/index.ts';
import { instRef, IP } from '../../core/index.ts';
import { intConst } from '../draw/constants.ts';
import { addressFact } from '../draw/static-data.ts';
import { unlisted } from '../model/scope.ts';
import { ptrInfo } from '../model/types.ts';
import type { Emitter, Gen } from './gen.ts';
import { boolInfo, branch, can, define, defineFull, infoOf, use, usizeInfo } from './gen.ts';
import { masked } from './guards.ts';
import { operand } from './operands.ts';
import { rawSlot, store, usizeConst } from './slots.ts';

/** Pages that memory has never. */
const TOO_MANY = [65_536, 65_537, 0x7fff_ffff];

function memorySize(g: Gen): Ref {
  return instRef(g.b.add('wasm_memory_size', 0));
}

/** The value of a `usize` that no arithmetic may see, sometimes after it was in memory or left a block. */
function carried(g: Gen, ref: Ref): Ref {
  const usize = usizeInfo(g);
  const way = g.r.below(4);
  if (way === 0) {
    const slot = rawSlot(g, usize);
    store(g, slot, unlisted(ref, usize, 0, 0));
    return g.b.tyOp('load', usize.ip, use(slot));
  }
  if (way === 1) {
    return g.b.block(usize.ip, (self) => {
      branch(g, self, unlisted(ref, usize, 0, 0));
    });
  }
  return ref;
}

function defineEqual(g: Gen, a: Ref, b: Ref): void {
  define(g, g.b.bin(g.r.chance(200) ? 'cmp_eq' : 'cmp_neq', a, b), boolInfo(g), 0, 1);
}

/** `wasm_memory_size`, twice: nothing has happened in between, or much. */
export const measuring: Emitter = (g) => {
  defineEqual(g, carried(g, memorySize(g)), memorySize(g));
  return true;
};

/** `wasm_memory_grow`, with the sizes before and after; or by too much, which fails. */
export const growing: Emitter = (g) => {
  if (g.weight > 4 || g.fn.role === 'leaf' || !can(g, 'wasm_memory_size')) return false;
  const usize = usizeInfo(g);
  const isize = infoOf(g, IP.isize_type);
  const before = memorySize(g);
  if (g.r.chance(60)) {
    const failed = g.b.add('wasm_memory_grow', 0, use(intConst(g.p, usize, g.r.pick(TOO_MANY))));
    define(g, instRef(failed), isize, -1, -1);
    defineEqual(g, before, memorySize(g));
    return true;
  }
  const most = g.fn.role === 'entry' && g.weight === 1 ? 3 : 1;
  const pages = g.r.chance(128) ? usizeConst(g, g.r.below(most + 1)) : masked(g, operand(g, usize), most === 3 ? 2 : 1);
  const old = g.b.add('wasm_memory_grow', 0, use(pages));
  const after = memorySize(g);
  if (g.r.chance(200)) defineEqual(g, g.b.tyOp('bitcast', usize.ip, instRef(old)), carried(g, before));
  if (g.r.chance(60)) defineEqual(g, before, after);
  define(
    g,
    g.b.bin(g.r.chance(128) || !can(g, 'sub_wrap') ? 'sub' : 'sub_wrap', carried(g, after), before),
    usize,
    0,
    most,
  );
  return true;
};

/** `frame_addr`: one address per frame, aligned as the stack is. */
export const frameAddress: Emitter = (g) => {
  const usize = usizeInfo(g);
  const address = carried(g, g.b.none('frame_addr'));
  if (g.r.chance(100)) define(g, g.b.bin('bit_and', address, use(usizeConst(g, g.r.pick([3, 7, 15])))), usize, 0, 15);
  else defineEqual(g, address, g.b.none('frame_addr'));
  return true;
};

/** `runtime_nav_ptr`. */
export const threadLocalAddress: Emitter = (g) => {
  const { threadLocals, types } = g.p;
  if (threadLocals.length === 0) return false;
  const { nav, info, mutable, align } = g.r.pick(threadLocals);
  const promised = align > 0 && g.r.chance(60) ? align : 0;
  const ptr = ptrInfo(types, info, !mutable || g.r.chance(40), promised);
  defineFull(g, instRef(g.b.add('runtime_nav_ptr', ptr.ip, nav)), ptr, addressFact(nav + 1));
  return true;
};

/** `ret_addr`. */
export const returnAddress: Emitter = (g) => {
  define(g, g.b.none('ret_addr'), usizeInfo(g), 0, 0);
  return true;
};
