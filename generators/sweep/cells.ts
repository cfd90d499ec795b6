/**
 * The cells of the profile `sweep`: every instruction on values with every combination of types that it takes.
 *
 * Owns the enumeration. Which types go together is asked of the verifier, and whether they are lowered of the refusals, with a
 * function of one instruction: so a cell is there as soon as the language has it, and no list can go stale. The order is fixed
 * by that of instructions and types.
 */
import type { Body, DescribedTag, IpIndex, OpForm, Ref, SlotInput } from '../../core/index.ts';
import {
  AIR_OPS,
  BodyBuilder,
  DESCRIBED_TAGS,
  FORMS,
  instRef,
  InternPool,
  IP,
  makeNav,
  refusals,
  resultTypes,
  StructLayout,
  valueRef,
  verifyUnit,
} from '../../core/index.ts';
import type { SweepType } from './types.ts';
import { standsBeside, SWEEP_TYPES } from './types.ts';

/** One instruction on operands of these types. */
export interface SweepCell {
  readonly tag: DescribedTag;
  readonly operands: readonly SweepType[];
  /** Result type in a pool, where the instruction says it; else it follows. */
  readonly result: ((pool: InternPool) => IpIndex) | null;
  /** For people: `shl u8 u3`. */
  readonly title: string;
}

/** Forms of instructions on values. */
const VALUE_FORMS: ReadonlySet<OpForm | null> = new Set<OpForm>(['un_op', 'bin_op', 'ty_op', 'ty_pl_bin', 'pl_op_bin']);

/** Instructions of these forms that are about something else than numbers: no type of {@link SWEEP_TYPES} fits them. */
export const ELSEWHERE: readonly DescribedTag[] = [
  'load',
  'ptr_add',
  'ptr_sub',
  'ptr_elem_val',
  'ptr_elem_ptr',
  'slice',
  'slice_len',
  'slice_ptr',
  'ptr_slice_len_ptr',
  'ptr_slice_ptr_ptr',
  'slice_elem_val',
  'slice_elem_ptr',
  'array_elem_val',
  'splat',
  'array_to_slice',
  'struct_field_ptr_index_0',
  'struct_field_ptr_index_1',
  'struct_field_ptr_index_2',
  'struct_field_ptr_index_3',
  'get_union_tag',
  'is_null',
  'is_non_null',
  'is_null_ptr',
  'is_non_null_ptr',
  'is_err',
  'is_non_err',
  'is_err_ptr',
  'is_non_err_ptr',
  'optional_payload',
  'optional_payload_ptr',
  'optional_payload_ptr_set',
  'wrap_optional',
  'unwrap_errunion_payload',
  'unwrap_errunion_payload_ptr',
  'unwrap_errunion_err',
  'unwrap_errunion_err_ptr',
  'errunion_payload_ptr_set',
  'wrap_errunion_payload',
  'wrap_errunion_err',
  'tag_name',
  'error_name',
  'error_set_has_value',
  'is_named_enum_value',
];

/** Instructions that give a value and take values, by their form. */
export const SWEPT_TAGS: readonly DescribedTag[] = DESCRIBED_TAGS.filter((tag) => {
  const { form, isVoid, ends } = AIR_OPS[tag];
  return VALUE_FORMS.has(form) && !isVoid && !ends;
});

/** The inputs of an instruction of a value form: the result type where it says one, and the operands. */
export function inputsOf(tag: DescribedTag, operands: readonly Ref[], result: IpIndex | null): readonly SlotInput[] {
  let next = 0;
  return FORMS[AIR_OPS[tag].form].map(({ kind }) => (kind === 'type' ? result! : operands[next++]!));
}

const cells = new Map<32 | 64, readonly SweepCell[]>();

/** All cells, in their order. The same for ever in one version of the language. */
export function sweepCells(ptrBits: 32 | 64): readonly SweepCell[] {
  let known = cells.get(ptrBits);
  if (known === undefined) cells.set(ptrBits, (known = enumerate(ptrBits)));
  return known;
}

function enumerate(ptrBits: 32 | 64): readonly SweepCell[] {
  // Each type in a pool of its own: a refused one must not be in that of the others.
  const types = SWEEP_TYPES.filter((type) => isAccepted(new InternPool({ ptrBits }), type));
  return SWEPT_TAGS.flatMap((tag) => [...cellsOf(new Probe(tag, ptrBits), types)]);
}

function* cellsOf(probe: Probe, types: readonly SweepType[]): Generator<SweepCell> {
  const { tag } = probe;
  const slots = FORMS[AIR_OPS[tag].form];
  const count = slots.filter(({ kind }) => kind === 'ref').length;
  const says = slots.some(({ kind }) => kind === 'type');
  const mixes = count > 1 && probe.mixes(types);
  for (const first of types) {
    for (const second of types) {
      // Of one operand, the second type is that of the result; operands of two types are asked about where any two fit.
      if (second !== first && !standsBeside(second, first, count)) continue;
      if (second !== first && count === 1 ? !says : second !== first && !mixes) continue;
      const operands = count === 1 ? [first] : Array.from({ length: count }, (_, n) => (n === 0 ? first : second));
      const result = !says ? null : count === 1 ? second.in : withOverflow(first);
      if (!probe.takes(operands, result)) continue;
      const names = operands.map(({ name }) => name).join(' ');
      yield { tag, operands, result, title: `${tag} ${names}${says && count === 1 ? ` ${second.name}` : ''}` };
    }
  }
}

/** The type of a result with an overflow bit. */
function withOverflow(first: SweepType): (pool: InternPool) => IpIndex {
  return (pool) => {
    const fields = [first.in(pool), IP.u1_type].map((ty) => ({ ty, align: 0 }));
    return pool.structType(StructLayout.tuple, fields);
  };
}

/** Types of every class: if an instruction takes two different ones of them, it may take any two. */
const CLASSES = ['bool', 'u3', 'u8', 'i8', 'u64', 'usize', 'f32', 'f64'];

/** Asks whether an instruction takes operands. */
class Probe {
  readonly tag: DescribedTag;
  readonly #pool: InternPool;

  constructor(tag: DescribedTag, ptrBits: 32 | 64) {
    this.tag = tag;
    this.#pool = new InternPool({ ptrBits });
  }

  /** Whether operands may have two types. */
  mixes(types: readonly SweepType[]): boolean {
    const classes = types.filter(({ name }) => CLASSES.includes(name));
    return classes.some((a) => classes.some((b) => a !== b && this.takes([a, b], withOverflow(a))));
  }

  takes(operands: readonly SweepType[], result: ((pool: InternPool) => IpIndex) | null): boolean {
    const pool = this.#pool;
    const params = operands.map((type) => type.in(pool));
    const builder = new BodyBuilder();
    const refs = params.map((ty, n) => instRef(builder.add('arg', ty, n)));
    const inst = builder.put(this.tag, inputsOf(this.tag, refs, result === null ? null : result(pool)));
    builder.add('ret', valueRef(IP.void_value));
    const body = builder.finish();
    if (!isValid(pool, params, body)) return false;
    return resultTypes(pool, body)[inst] !== IP.void_type;
  }
}

/** Whether a function can have a parameter of `type`. */
function isAccepted(pool: InternPool, type: SweepType): boolean {
  const ty = type.in(pool);
  const builder = new BodyBuilder();
  builder.add('arg', ty, 0);
  builder.add('ret', valueRef(IP.void_value));
  return isValid(pool, [ty], builder.finish());
}

/** Whether verifier and code generation take a function. */
function isValid(pool: InternPool, params: readonly IpIndex[], body: Body): boolean {
  const nav = makeNav({ kind: 'func', name: 'probe', ty: pool.fnType(params, IP.void_type), body });
  const unit = { pool, navs: [nav] };
  return verifyUnit(unit).length === 0 && refusals(unit).length === 0;
}
