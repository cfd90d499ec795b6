/**
 * The code of one function while peepholes work on it, made from MIR and made into MIR again.
 *
 * As MIR, but labels have numbers of their own in place of relative depths, so that a block can be taken out without touching
 * what is inside; and the locals carry no summary. Invariant: blocks nest, and the list ends in the `end` of the function.
 * What MIR says of symbols is counted anew when it is made: code that was taken out counts nothing.
 */
import type { IpIndex, NavIndex } from '../../intern/keys.ts';
import { MirBuilder } from '../../mir/builder.ts';
import type { IntrinsicIndex } from '../../mir/intrinsics.ts';
import type { Mir, Prologue } from '../../mir/mir.ts';
import { UAV_WORDS } from '../../mir/mir.ts';
import { MIR_OPERAND, MirOperand, MirTag } from '../../mir/ops.ts';
import { VARIABLE } from '../../mir/variables.ts';
import { assert, InternalError } from '../../support/assert.ts';
import { EMPTY_BLOCK } from '../../wasm/kinds.ts';

/** Code of a function. */
export interface Code {
  /** MirTag of each instruction. */
  tags: number[];
  /** As in MIR; of a branch, of what opens a block and of an `end` the number of the label, of a `br_table` its place in `tables`. */
  data: number[];
  /** Payloads, as in MIR but for tables. */
  readonly extra: number[];
  /** Labels of each `br_table`. */
  readonly tables: readonly (readonly number[])[];
  /** Block type of each label; label 0 is that of the function. */
  readonly blockTypes: readonly number[];
  /** Number of locals that are parameters. */
  readonly paramCount: number;
  /** Value type of each local that is no parameter. */
  locals: number[];
  prologue: Prologue;
}

/** Whether `tag` opens a block. */
export function opensBlock(tag: number): boolean {
  return tag === MirTag.block || tag === MirTag.loop || tag === MirTag.if;
}

/** Whether nothing runs behind an instruction `tag`. */
export function endsFlow(tag: number): boolean {
  switch (tag) {
    case MirTag.br:
    case MirTag.br_table:
    case MirTag.return:
    case MirTag.unreachable:
    case MirTag.return_call_nav:
    case MirTag.return_call_indirect:
      return true;
    default:
      return false;
  }
}

/** Whether `tag` names a local. */
export function namesLocal(tag: number): boolean {
  return tag === MirTag.local_get || tag === MirTag.local_set || tag === MirTag.local_tee;
}

/** Labels that instruction `i` may jump to. */
export function targetsOf({ tags, data, tables }: Code, i: number): readonly number[] {
  if (tags[i] === MirTag.br_table) return tables[data[i]!]!;
  return tags[i] === MirTag.br || tags[i] === MirTag.br_if ? [data[i]!] : [];
}

/** Position of the `end` of each label. */
export function endsOf({ tags, data }: Code): number[] {
  const ends: number[] = [];
  for (let i = 0; i < tags.length; i++) if (tags[i] === MirTag.end) ends[data[i]!] = i;
  return ends;
}

/** Takes the instructions out that `gone` marks. */
export function removeMarked(code: Code, gone: Uint8Array): void {
  const { tags, data } = code;
  let kept = 0;
  for (let i = 0; i < tags.length; i++) {
    if (gone[i] === 1) continue;
    tags[kept] = tags[i]!;
    data[kept++] = data[i]!;
  }
  tags.length = kept;
  data.length = kept;
}

/** The code of `mir`, a function with `paramCount` wasm parameters. */
export function codeOfMir(mir: Mir, paramCount: number): Code {
  const tags: number[] = [];
  const data: number[] = [];
  const tables: number[][] = [];
  const blockTypes = [EMPTY_BLOCK as number];
  const open = [0];
  const labelAt = (depth: number): number => {
    const label = open[open.length - 1 - depth];
    assert(label !== undefined, 'a branch leaves the function');
    return label;
  };
  for (let i = 0; i < mir.tags.length; i++) {
    const tag = mir.tags[i]!;
    const word = mir.data[i]!;
    if (tag === MirTag.dbg_epilogue_begin) break;
    tags.push(tag);
    if (opensBlock(tag)) {
      open.push(blockTypes.length);
      data.push(blockTypes.length);
      blockTypes.push(word);
    } else if (tag === MirTag.end) {
      data.push(open.pop()!);
    } else if (tag === MirTag.br || tag === MirTag.br_if) {
      data.push(labelAt(word));
    } else if (tag === MirTag.br_table) {
      const depths = mir.extra.subarray(word + 1, word + 1 + mir.extra[word]!);
      data.push(tables.length);
      tables.push(Array.from(depths, labelAt));
    } else {
      data.push(word);
    }
  }
  const { prologue } = mir;
  return {
    tags,
    data,
    extra: Array.from(mir.extra),
    tables,
    blockTypes,
    paramCount,
    locals: Array.from(mir.locals),
    prologue,
  };
}

const BUILDER = new MirBuilder();

/** MIR of `code`, which was made of `mir`. */
export function mirOfCode(code: Code, mir: Mir): Mir {
  const builder = BUILDER;
  builder.reset(mir.funcTypes[0]! as IpIndex);
  for (const type of code.locals) builder.addLocal(type);
  builder.setPrologue(code.prologue);
  const alignments = new Map<number, number>();
  for (let n = 0; n < mir.uavs.length; n += UAV_WORDS) alignments.set(mir.uavs[n]!, mir.uavs[n + 1]!);
  const open = [0];
  for (let i = 0; i < code.tags.length; i++) append(code, i, builder, alignments, open);
  return builder.finish();
}

function append(code: Code, i: number, builder: MirBuilder, alignments: Map<number, number>, open: number[]): void {
  const { extra } = code;
  const tag = code.tags[i]! as MirTag;
  const word = code.data[i]!;
  const depthOf = (label: number): number => open.length - 1 - open.lastIndexOf(label);
  switch (MIR_OPERAND[tag]) {
    case MirOperand.block_type:
      open.push(word);
      builder.push(tag, code.blockTypes[word]!);
      return;
    case MirOperand.label:
      builder.push(tag, depthOf(word));
      return;
    case MirOperand.jump_table:
      builder.brTable(code.tables[word]!.map(depthOf));
      return;
    case MirOperand.i64:
      builder.i64Const(extra[word]!, extra[word + 1]!);
      return;
    case MirOperand.f64:
      builder.f64Const(extra[word]!, extra[word + 1]!);
      return;
    case MirOperand.memarg:
      builder.memory(tag, extra[word]!, extra[word + 1]!);
      return;
    case MirOperand.position:
      builder.position(extra[word]!, extra[word + 1]!);
      return;
    case MirOperand.variable: {
      const length = VARIABLE.name + extra[word + VARIABLE.length]!;
      builder.variable(extra.slice(word, word + length));
      return;
    }
    case MirOperand.mark:
      builder.push(tag, word);
      return;
    case MirOperand.misc:
      builder.misc(extra[word]!, extra[word + 1]);
      return;
    case MirOperand.simd:
      builder.simd(extra[word]!, extra.slice(word + 1, word + 5));
      return;
    case MirOperand.atomic:
      builder.atomic(extra[word]!, extra[word + 1]!, extra[word + 2]!);
      return;
    case MirOperand.value:
      builder.uavRef(word as IpIndex, alignments.get(word));
      return;
    case MirOperand.value_offset:
      builder.uavRef(extra[word]! as IpIndex, alignments.get(extra[word]!), extra[word + 1]! | 0);
      return;
    case MirOperand.nav_offset:
      builder.navRef(extra[word]! as NavIndex, extra[word + 1]! | 0);
      return;
    case MirOperand.nav:
      appendNav(tag, word as NavIndex, builder);
      return;
    case MirOperand.fn_type:
      if (tag === MirTag.call_indirect) builder.callIndirect(word as IpIndex);
      else builder.returnCallIndirect(word as IpIndex);
      return;
    case MirOperand.enum_type:
      builder.callTagName(word as IpIndex);
      return;
    case MirOperand.intrinsic:
      builder.callIntrinsic(word as IntrinsicIndex);
      return;
    default:
      if (tag === MirTag.end) open.pop();
      if (tag === MirTag.error_name_table_ref) builder.errorNameTableRef();
      // The two instructions of a thread-local address are appended with the second one.
      else if (tag !== MirTag.tls_base) builder.push(tag, tag === MirTag.end ? 0 : word);
  }
}

function appendNav(tag: number, nav: NavIndex, builder: MirBuilder): void {
  switch (tag) {
    case MirTag.nav_ref:
      builder.navRef(nav);
      return;
    case MirTag.func_ref:
      builder.funcRef(nav);
      return;
    case MirTag.nav_tls_ref:
      builder.tlsRef(nav);
      return;
    case MirTag.call_nav:
      builder.callNav(nav);
      return;
    case MirTag.return_call_nav:
      builder.returnCallNav(nav);
      return;
    default:
      throw new InternalError('a MIR instruction with a nav that is not known');
  }
}
