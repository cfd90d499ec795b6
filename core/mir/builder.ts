/**
 * Builds one Mir, instruction by instruction, and keeps its summaries as it goes.
 *
 * Owns growable arrays that survive `reset`, so one builder serves any number of functions. Every method appends exactly
 * one instruction unless its comment says otherwise. The methods that take a symbol also count it in the summary, so an
 * instruction and its summary cannot disagree. Knows nothing of AIR, of types' layout, or of the output.
 */
import type { IpIndex, NavIndex } from '../intern/keys.ts';
import { assert } from '../support/assert.ts';
import { U32Column, U8Column } from '../support/column.ts';
import { EMPTY_BLOCK } from '../wasm/kinds.ts';
import type { LocalIndex, Mir, Prologue } from './mir.ts';
import { NAV_WORDS, NO_FRAME, UAV_WORDS } from './mir.ts';
import type { IntrinsicIndex } from './intrinsics.ts';
import { MirTag } from './ops.ts';
import { isInLocalPlace, VARIABLE } from './variables.ts';

/** A Mir under construction. */
export class MirBuilder {
  readonly #tags = new U8Column(256);
  readonly #data = new U32Column(256);
  readonly #extra = new U32Column(256);
  readonly #locals = new U8Column(64);
  readonly #uavs = new U32Column(64);
  readonly #navs = new U32Column(64);
  readonly #indirect = new U32Column(32);
  readonly #funcTypes = new U32Column(32);
  readonly #intrinsics = new U32Column(32);
  /** Positions of the first of the two instructions of each {@link restoreSp}. */
  readonly #restores = new U32Column(16);
  #errorNameTableRefs = 0;
  #prologue: Prologue = NO_FRAME;

  /** Starts a new function of type `fnType`; forgets the former one. */
  reset(fnType: IpIndex): void {
    this.#tags.length = 0;
    this.#data.length = 0;
    this.#extra.length = 0;
    this.#locals.length = 0;
    this.#uavs.length = 0;
    this.#navs.length = 0;
    this.#indirect.length = 0;
    this.#funcTypes.length = 0;
    this.#intrinsics.length = 0;
    if (this.#restores.length > 0) this.#restores.length = 0;
    this.#errorNameTableRefs = 0;
    this.#prologue = NO_FRAME;
    this.#funcTypes.push(fnType);
  }

  /** Number of instructions so far. */
  get length(): number {
    return this.#tags.length;
  }

  /** Tag of instruction `i`. */
  tagAt(i: number): MirTag {
    return this.#tags.get(i) as MirTag;
  }

  /** Data word of instruction `i`. */
  dataAt(i: number): number {
    return this.#data.get(i);
  }

  // --- locals and frame ---

  /** Appends a local of a value type; returns its position among the locals that are no parameters. No instruction. */
  addLocal(valType: number): number {
    return this.#locals.push(valType);
  }

  /** Number of locals that are no parameters. */
  get localCount(): number {
    return this.#locals.length;
  }

  /** Declares the stack frame. No instruction. */
  setPrologue(prologue: Prologue): void {
    this.#prologue = prologue;
  }

  /** Takes out what {@link restoreSp} appended: the function turned out to have no frame. */
  dropRestores(): void {
    const tags = this.#tags.view;
    const data = this.#data.view;
    const restores = this.#restores;
    for (let n = 0; n < restores.length; n++) {
      const from = restores.get(n) + 2;
      const end = n + 1 < restores.length ? restores.get(n + 1) : this.length;
      tags.copyWithin(from - 2 * (n + 1), from, end);
      data.copyWithin(from - 2 * (n + 1), from, end);
    }
    this.#tags.length -= 2 * restores.length;
    this.#data.length -= 2 * restores.length;
    restores.length = 0;
  }

  /**
   * Takes out the `count` locals from index `first`, which is position `at` among those that are no parameters. No
   * instruction may mention them; indexes above are lowered.
   */
  dropLocals(first: LocalIndex, at: number, count: number): void {
    const locals = this.#locals;
    locals.view.copyWithin(at, at + count, locals.length);
    locals.length -= count;
    if (at === locals.length) return;
    const tags = this.#tags.view;
    const data = this.#data.view;
    for (let i = 0; i < this.length; i++) {
      const tag = tags[i]!;
      if (tag === MirTag.dbg_var) {
        const at = data[i]! + VARIABLE.a;
        const isLater = isInLocalPlace(this.#extra.get(data[i]! + VARIABLE.place)) && this.#extra.get(at) >= first;
        if (isLater) this.#extra.view[at] = this.#extra.get(at) - count;
      }
      if (tag !== MirTag.local_get && tag !== MirTag.local_set && tag !== MirTag.local_tee) continue;
      const index = data[i]!;
      if (index < first) continue;
      assert(index >= first + count, 'a local that was taken out is used');
      data[i] = index - count;
    }
  }

  // --- instructions without symbols ---

  /** Instruction with a raw data word; for the shapes that have no method of their own. */
  push(tag: MirTag, data: number): void {
    this.#tags.push(tag);
    this.#data.push(data);
  }

  /** Instruction without operand. */
  op(tag: MirTag): void {
    this.#tags.push(tag);
    this.#data.push(0);
  }

  /** `block`; `type` is a value type byte or empty. */
  block(type: number = EMPTY_BLOCK): void {
    this.push(MirTag.block, type);
  }

  /** `loop`; `type` is a value type byte or empty. */
  loop(type: number = EMPTY_BLOCK): void {
    this.push(MirTag.loop, type);
  }

  /** `if` without `else`; pops the condition. */
  if(): void {
    this.push(MirTag.if, EMPTY_BLOCK);
  }

  /** `end` of a block, loop, if or function. */
  end(): void {
    this.op(MirTag.end);
  }

  /** Position in the source of what follows; no bytes. */
  position(line: number, column: number): void {
    this.#tags.push(MirTag.dbg_line);
    this.#data.push(this.#pair(line, column));
  }

  /** What is said of a variable, as variables.ts describes it; no bytes. */
  variable(words: ArrayLike<number>): void {
    this.#tags.push(MirTag.dbg_var);
    this.#data.push(this.#extra.length);
    for (let i = 0; i < words.length; i++) this.#extra.push(words[i]!);
  }

  /** `br` to a relative depth. */
  br(depth: number): void {
    this.push(MirTag.br, depth);
  }

  /** `br_if` to a relative depth. */
  brIf(depth: number): void {
    this.push(MirTag.br_if, depth);
  }

  /** `br_table`: relative depths of the entries, the last one is the default (so there is at least one). */
  brTable(labels: ArrayLike<number>): void {
    assert(labels.length > 0, 'br_table without a default');
    this.#tags.push(MirTag.br_table);
    this.#data.push(this.#extra.length);
    this.#extra.push(labels.length);
    for (let i = 0; i < labels.length; i++) this.#extra.push(labels[i]!);
  }

  /** `local.get`, parameters counted. */
  localGet(index: LocalIndex): void {
    this.push(MirTag.local_get, index);
  }

  /** `local.set`, parameters counted. */
  localSet(index: LocalIndex): void {
    this.push(MirTag.local_set, index);
  }

  /** `local.tee`, parameters counted. */
  localTee(index: LocalIndex): void {
    this.push(MirTag.local_tee, index);
  }

  /** `i32.const` of a bit pattern (i32 or u32 number). */
  i32Const(value: number): void {
    this.push(MirTag.i32_const, value);
  }

  /** `i64.const` from its words. */
  i64Const(lo: number, hi: number): void {
    this.#tags.push(MirTag.i64_const);
    this.#data.push(this.#pair(lo, hi));
  }

  /** `f32.const` of a bit pattern. */
  f32Const(bits: number): void {
    this.push(MirTag.f32_const, bits);
  }

  /** `f64.const` from the words of a bit pattern. */
  f64Const(lo: number, hi: number): void {
    this.#tags.push(MirTag.f64_const);
    this.#data.push(this.#pair(lo, hi));
  }

  /** Load or store: static byte offset (u32) and alignment in bytes (a power of two, at most the access size). */
  memory(tag: MirTag, offset: number, align: number): void {
    this.#tags.push(tag);
    this.#data.push(this.#pair(offset, align));
  }

  /** Instruction behind the 0xFC prefix; only memory.init and data.drop have an immediate (a segment index). */
  misc(op: number, segment = 0): void {
    this.#tags.push(MirTag.misc_prefix);
    this.#data.push(this.#pair(op, segment));
  }

  /** Instruction behind the 0xFD prefix with its immediate words as MirOperand.simd describes. */
  simd(op: number, immediates: ArrayLike<number> = []): void {
    this.#tags.push(MirTag.simd_prefix);
    this.#data.push(this.#extra.push(op));
    for (let i = 0; i < immediates.length; i++) this.#extra.push(immediates[i]!);
  }

  /** Instruction behind the 0xFE prefix. */
  atomic(op: number, offset: number, align: number): void {
    this.#tags.push(MirTag.atomics_prefix);
    this.#data.push(this.#extra.push(op));
    this.#pair(offset, align);
  }

  /** Two instructions, which {@link dropRestores} can take back: the address in local `saved` to the stack pointer. */
  restoreSp(saved: LocalIndex): void {
    this.#restores.push(this.length);
    this.localGet(saved);
    this.op(MirTag.global_set_sp);
  }

  // --- instructions with symbols ---

  /** Direct call. */
  callNav(nav: NavIndex): void {
    this.#useNav(nav);
    this.push(MirTag.call_nav, nav);
  }

  /** Call through the table; the slot is on top of the operand stack. */
  callIndirect(fnType: IpIndex): void {
    this.addFuncType(fnType);
    this.push(MirTag.call_indirect, fnType);
  }

  /** As {@link callNav}, in place of this function. */
  returnCallNav(nav: NavIndex): void {
    this.#useNav(nav);
    this.push(MirTag.return_call_nav, nav);
  }

  /** As {@link callIndirect}, in place of this function. */
  returnCallIndirect(fnType: IpIndex): void {
    this.addFuncType(fnType);
    this.push(MirTag.return_call_indirect, fnType);
  }

  /** Call of a runtime function by its row in INTRINSICS. */
  callIntrinsic(row: IntrinsicIndex): void {
    addUnique(this.#intrinsics, row);
    this.push(MirTag.call_intrinsic, row);
  }

  /** Call of the tag-name function of an enum. */
  callTagName(enumType: IpIndex): void {
    this.push(MirTag.call_tag_name, enumType);
  }

  /** Pushes the address of a data nav plus `offset` bytes. */
  navRef(nav: NavIndex, offset = 0): void {
    this.#useNav(nav);
    if (offset === 0) {
      this.push(MirTag.nav_ref, nav);
    } else {
      this.#tags.push(MirTag.nav_ref_off);
      this.#data.push(this.#pair(nav, offset));
    }
  }

  /** Pushes the base of the thread's data, and where thread-local `nav` lies there: the address is their sum. */
  tlsRef(nav: NavIndex): void {
    this.#useNav(nav);
    this.op(MirTag.tls_base);
    this.push(MirTag.nav_tls_ref, nav);
  }

  /** Pushes the address of a constant plus `offset` bytes; `align` in bytes over-aligns the constant, 0 = natural. */
  uavRef(value: IpIndex, align = 0, offset = 0): void {
    this.#useUav(value, align);
    if (offset === 0) {
      this.push(MirTag.uav_ref, value);
    } else {
      this.#tags.push(MirTag.uav_ref_off);
      this.#data.push(this.#pair(value, offset));
    }
  }

  /** Pushes the table slot of a function nav. */
  funcRef(nav: NavIndex): void {
    this.#useNav(nav);
    addUnique(this.#indirect, nav);
    this.push(MirTag.func_ref, nav);
  }

  /** Pushes the address of the error name table. */
  errorNameTableRef(): void {
    this.#errorNameTableRefs++;
    this.op(MirTag.error_name_table_ref);
  }

  /** Adds a function type to the summary. No instruction; callIndirect does it by itself. */
  addFuncType(fnType: IpIndex): void {
    addUnique(this.#funcTypes, fnType);
  }

  // --- end ---

  /** Ends the function (appends `dbg_epilogue_begin`) and returns it; the builder needs `reset` afterwards. */
  finish(): Mir {
    this.op(MirTag.dbg_epilogue_begin);
    const count = this.#tags.length;
    const data = this.#data.length;
    const extra = data + this.#extra.length;
    const uavs = extra + this.#uavs.length;
    const navs = uavs + this.#navs.length;
    const indirect = navs + this.#indirect.length;
    const funcTypes = indirect + this.#funcTypes.length;
    const words = funcTypes + this.#intrinsics.length;
    const buffer = new ArrayBuffer(words * 4 + count + this.#locals.length);
    return {
      tags: copyBytes(buffer, words * 4, this.#tags),
      data: copyWords(buffer, 0, this.#data),
      extra: copyWords(buffer, data, this.#extra),
      locals: copyBytes(buffer, words * 4 + count, this.#locals),
      prologue: this.#prologue,
      uavs: copyWords(buffer, extra, this.#uavs),
      navs: copyWords(buffer, uavs, this.#navs),
      indirectFunctionSet: copyWords(buffer, navs, this.#indirect),
      funcTypes: copyWords(buffer, indirect, this.#funcTypes),
      intrinsics: copyWords(buffer, funcTypes, this.#intrinsics),
      errorNameTableRefCount: this.#errorNameTableRefs,
    };
  }

  #pair(first: number, second: number): number {
    const at = this.#extra.push(first);
    this.#extra.push(second);
    return at;
  }

  #useNav(nav: number): void {
    const navs = this.#navs;
    const view = navs.view;
    for (let i = 0; i < navs.length; i += NAV_WORDS) {
      if (view[i] === nav) {
        view[i + 1]!++;
        return;
      }
    }
    navs.push(nav);
    navs.push(1);
  }

  #useUav(value: number, align: number): void {
    const uavs = this.#uavs;
    const view = uavs.view;
    for (let i = 0; i < uavs.length; i += UAV_WORDS) {
      if (view[i] === value) {
        if (align > view[i + 1]!) view[i + 1] = align;
        view[i + 2]!++;
        return;
      }
    }
    uavs.push(value);
    uavs.push(align);
    uavs.push(1);
  }
}

// Loops: most columns of a function are short, and a call of `set` costs more than they do.

/** Copies `column` to word `at` of `buffer`. */
function copyWords(buffer: ArrayBuffer, at: number, { view, length }: U32Column): Uint32Array {
  const copy = new Uint32Array(buffer, at * 4, length);
  for (let i = 0; i < length; i++) copy[i] = view[i]!;
  return copy;
}

/** Copies `column` to byte `at` of `buffer`. */
function copyBytes(buffer: ArrayBuffer, at: number, { view, length }: U8Column): Uint8Array {
  const copy = new Uint8Array(buffer, at, length);
  for (let i = 0; i < length; i++) copy[i] = view[i]!;
  return copy;
}

/** Appends `value` unless it is there. The sets of one function are small, a scan beats a hash table. */
function addUnique(column: U32Column, value: number): void {
  const view = column.view;
  for (let i = 0; i < column.length; i++) if (view[i] === value) return;
  column.push(value);
}
