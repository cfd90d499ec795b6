/**
 * Profiles: what kind of programs a campaign makes. Data only; the weights of single instructions are in weights.ts.
 */
import type { AirTag, FloatBits } from '../../core/index.ts';

/** Sets of decorations that a profile draws: of all kinds, those of a drop-in for wasm-ld, those of objects that few compilers write. */
export type DecorationSet = 'all' | 'drop-in' | 'objects';

/** One kind of program. Chances are of 256. */
export interface Profile {
  readonly name: string;
  /** One line for `harness doctor` and `--help`. */
  readonly summary: string;
  /** Instructions of a program: [weight, least, most] per class of size. */
  readonly sizes: readonly (readonly [weight: number, least: number, most: number])[];
  /** Factors on the weights of instructions. */
  readonly factors: Readonly<Partial<Record<AirTag, number>>>;
  /** Factor on the instructions that `factors` does not name. */
  readonly others: number;
  /** Chance that a type is a struct, array or pointer. */
  readonly aggregates: number;
  /** Chance that a type is an optional, error, enum or union; 0: the program has none. */
  readonly sums: number;
  /** Chance that a scalar is a float. */
  readonly floats: number;
  /** Formats that floats are drawn from, each as likely as it is listed. */
  readonly formats: readonly FloatBits[];
  /** Chance that an integer type has more than 64 bits. */
  readonly wideInts: number;
  /** Whether there are checked operations, whose failures call the panic function. */
  readonly checked: boolean;
  /** Whether there are vectors. */
  readonly vectors: boolean;
  /** Whether these have lanes of every width, and the instructions of vectors that profile `vectors` does not draw. */
  readonly everyVector: boolean;
  /** Chance that a parameter or result is a vector that one v128 holds; 0: none is drawn for that. */
  readonly registers: number;
  /** Chance that the settings have peepholes, all or a random half of them. */
  readonly peepholes: number;
  /** Whether most enums have a tag of more than 64 bits. */
  readonly wideTags: boolean;
  /** Whether there are the instructions of {@link TRACE_TAGS}. */
  readonly traces: boolean;
  /** Chance that there is debug information. */
  readonly debug: number;
  /** Whether there are elementary functions. A sweep has them alone, or none. */
  readonly math: boolean;
  /** Most bits of packed structs; 0: there are none. */
  readonly packed: number;
  /** Chance that one of them is a packed union. */
  readonly packedUnions: number;
  /** Chance that a function has the calling convention of C; 0: none has, and what is exported and imported takes scalars only. */
  readonly conventions: number;
  /** Chance that a variable is thread-local; 0: none is. */
  readonly threadLocals: number;
  /** Whether there are the instructions of {@link FLOW_TAGS}. */
  readonly flow: boolean;
  /** Whether there are atomic instructions, and settings with the feature. */
  readonly atomics: boolean;
  /** Chance that a body splits into arms. */
  readonly splits: number;
  /** Most data navs that are planned. */
  readonly data: number;
  /** Chance of more than 63 functions with an address. */
  readonly crowds: number;
  /** Chance of very many data navs. */
  readonly heaps: number;
  /** Chance that a program has a place that may trap. */
  readonly faults: number;
  /** Chance that the settings are far from the defaults. */
  readonly settings: number;
  /** Chance that data lies at 2 GiB or beyond. */
  readonly highData: number;
  /** Most functions of a program without a crowd. */
  readonly functions: number;
  /** Bits of an address. */
  readonly ptrBits: 32 | 64;
  /** The link plan has decorations (decorations.ts) of this set. */
  readonly decorated: false | DecorationSet;
  /** A seed is the number of a cell of the sweep (generators/sweep); nothing is drawn. */
  readonly sweeps: boolean;
  /** Whether each seed switches off instructions of its own (swarm.ts). */
  readonly swarms: boolean;
  /** What some of the seeds have on top of it; the others are of the profile as it stands. */
  readonly mixes: readonly Mix[];
}

/** A share of the seeds of a profile, of 256, and how their programs differ. */
export interface Mix {
  readonly share: number;
  readonly change: Partial<Omit<Profile, 'name' | 'ptrBits' | 'sweeps' | 'swarms' | 'mixes'>>;
}

const MIXED = [
  [2, 1, 5],
  [6, 5, 30],
  [6, 30, 90],
  [2, 90, 280],
] as const;

// prettier-ignore
export const INTEGERS: readonly AirTag[] = [
  'add', 'sub', 'mul', 'add_wrap', 'sub_wrap', 'mul_wrap', 'add_sat', 'sub_sat', 'mul_sat', 'div_trunc', 'div_floor',
  'div_exact', 'rem', 'mod', 'max', 'min', 'add_with_overflow', 'sub_with_overflow', 'mul_with_overflow',
  'shl_with_overflow', 'abs', 'bit_and', 'bit_or', 'xor', 'bool_and', 'bool_or', 'not', 'shl', 'shl_exact', 'shl_sat',
  'shr', 'shr_exact', 'clz', 'ctz', 'popcount', 'byte_swap', 'bit_reverse', 'cmp_lt', 'cmp_lte', 'cmp_eq', 'cmp_gte',
  'cmp_gt', 'cmp_neq', 'intcast', 'trunc', 'bitcast',
];

// prettier-ignore
export const FLOATS: readonly AirTag[] = [
  'div_float', 'neg', 'sqrt', 'floor', 'ceil', 'trunc_float', 'round', 'fptrunc', 'fpext', 'int_from_float',
  'float_from_int', 'add', 'sub', 'mul', 'div_trunc', 'div_floor', 'div_exact', 'rem', 'mod', 'min', 'max', 'abs',
  'cmp_lt', 'cmp_lte', 'cmp_eq', 'cmp_gte', 'cmp_gt', 'cmp_neq', 'bitcast',
];

/** What only profiles have that name it: instructions that are compiled to calls, or that say no more than others do. */
// prettier-ignore
export const FLOAT_EXTRAS: readonly AirTag[] = [
  'mul_add', 'add_optimized', 'sub_optimized', 'mul_optimized', 'div_float_optimized', 'div_trunc_optimized',
  'div_floor_optimized', 'div_exact_optimized', 'rem_optimized', 'mod_optimized', 'neg_optimized', 'cmp_lt_optimized',
  'cmp_lte_optimized', 'cmp_eq_optimized', 'cmp_gte_optimized', 'cmp_gt_optimized', 'cmp_neq_optimized',
  'int_from_float_optimized',
];

// prettier-ignore
export const MEMORY: readonly AirTag[] = [
  'alloc', 'load', 'store', 'ptr_add', 'ptr_sub', 'ptr_elem_val', 'ptr_elem_ptr', 'slice', 'slice_len', 'slice_ptr',
  'ptr_slice_len_ptr', 'ptr_slice_ptr_ptr', 'slice_elem_val', 'slice_elem_ptr', 'array_elem_val', 'array_to_slice',
  'struct_field_ptr', 'struct_field_ptr_index_0', 'struct_field_ptr_index_1', 'struct_field_ptr_index_2',
  'struct_field_ptr_index_3', 'struct_field_val', 'field_parent_ptr', 'memset', 'memcpy', 'memmove', 'aggregate_init',
];

// prettier-ignore
/** Instructions of optionals, errors, enums and unions: drawn only by profiles that have such types. */
export const SUM_TAGS: readonly AirTag[] = [
  'is_null', 'is_non_null', 'is_null_ptr', 'is_non_null_ptr', 'is_err', 'is_non_err', 'is_err_ptr', 'is_non_err_ptr',
  'optional_payload', 'optional_payload_ptr', 'optional_payload_ptr_set', 'wrap_optional', 'unwrap_errunion_payload',
  'unwrap_errunion_payload_ptr', 'unwrap_errunion_err', 'unwrap_errunion_err_ptr', 'errunion_payload_ptr_set',
  'wrap_errunion_payload', 'wrap_errunion_err', 'try', 'try_cold', 'try_ptr', 'try_ptr_cold', 'cmp_lt_errors_len',
  'error_set_has_value', 'error_name', 'tag_name', 'is_named_enum_value', 'get_union_tag', 'set_union_tag', 'union_init',
];

export const CONTROL: readonly AirTag[] = ['block', 'loop', 'cond_br', 'switch_br', 'trap', 'breakpoint', 'unreach'];

/** Instructions that only profiles with checks have. */
export const CHECKED_TAGS: readonly AirTag[] = ['add_safe', 'sub_safe', 'mul_safe', 'intcast_safe'];

/** Instructions of control and of the machine that only profiles have that are about them. */
// prettier-ignore
export const FLOW_TAGS: readonly AirTag[] = [
  'loop_switch_br', 'switch_dispatch', 'wasm_memory_size', 'wasm_memory_grow', 'frame_addr', 'ret_addr', 'call_never_tail',
  'call_never_inline', 'call_always_tail', 'store_safe', 'memset_safe', 'ret_safe', 'int_from_float_safe',
  'int_from_float_optimized_safe', 'dbg_inline_block', 'dbg_stmt', 'dbg_empty_stmt', 'dbg_var_ptr', 'dbg_var_val',
  'dbg_arg_inline',
];

/** Hints and error traces. */
export const TRACE_TAGS: readonly AirTag[] = [
  'prefetch',
  'err_return_trace',
  'set_err_return_trace',
  'save_err_return_trace_index',
];

/** Instructions that only vectors have. */
// prettier-ignore
export const VECTOR_TAGS: readonly AirTag[] = [
  'cmp_vector', 'cmp_vector_optimized', 'select', 'splat', 'reduce', 'reduce_optimized', 'shuffle_one', 'shuffle_two',
];

/** Those that only profiles with everything of vectors have. */
export const EVERY_VECTOR_TAGS: readonly AirTag[] = ['vector_store_elem'];

/** Elementary functions. */
// prettier-ignore
export const MATH_TAGS: readonly AirTag[] = ['sin', 'cos', 'tan', 'exp', 'exp2', 'log', 'log2', 'log10'];

/** Atomic instructions. */
// prettier-ignore
export const ATOMIC_TAGS: readonly AirTag[] = [
  'atomic_load', 'atomic_store_unordered', 'atomic_store_monotonic', 'atomic_store_release', 'atomic_store_seq_cst',
  'atomic_rmw', 'cmpxchg_weak', 'cmpxchg_strong',
];

function times(factor: number, tags: readonly AirTag[]): Partial<Record<AirTag, number>> {
  return Object.fromEntries(tags.map((tag) => [tag, factor]));
}

const DEFAULT: Profile = {
  name: 'default',
  summary: 'a bit of everything',
  sizes: MIXED,
  factors: {},
  others: 1,
  aggregates: 60,
  sums: 0,
  floats: 36,
  formats: [32, 64],
  wideInts: 0,
  checked: false,
  vectors: false,
  everyVector: false,
  registers: 0,
  peepholes: 0,
  wideTags: false,
  math: false,
  traces: false,
  debug: 0,
  packed: 0,
  packedUnions: 0,
  conventions: 0,
  threadLocals: 0,
  flow: false,
  atomics: false,
  splits: 70,
  data: 6,
  crowds: 3,
  heaps: 3,
  faults: 48,
  settings: 128,
  highData: 0,
  functions: 7,
  ptrBits: 32,
  decorated: false,
  sweeps: false,
  swarms: false,
  mixes: [],
};

/** Factors that make rare instructions less rare. Tail calls need a feature that a back end may not have: only profile flow has them. */
const RARE: Readonly<Partial<Record<AirTag, number>>> = {
  ...times(2.5, [...FLOW_TAGS, ...ATOMIC_TAGS]),
  ...times(6, [
    'dbg_inline_block',
    'dbg_stmt',
    'dbg_empty_stmt',
    'dbg_var_ptr',
    'dbg_var_val',
    'dbg_arg_inline',
    'ret_addr',
  ]),
  call_always_tail: 0,
};

/** Every type that is not in all programs, in programs of its own; then several of them in one. */
const MIXES: readonly Mix[] = [
  { share: 10, change: { sums: 100, aggregates: 90, factors: times(1.5, SUM_TAGS) } },
  { share: 10, change: { packed: 300, sums: 130, formats: [16, 32, 64] } },
  {
    share: 10,
    change: { vectors: true, sums: 110, floats: 70, formats: [16, 32, 64], factors: times(2, VECTOR_TAGS) },
  },
  { share: 6, change: { wideInts: 110, checked: true, factors: times(1.5, CHECKED_TAGS) } },
  { share: 6, change: { floats: 110, formats: [16, 32, 64, 80, 128], factors: times(5, FLOAT_EXTRAS) } },
  {
    share: 8,
    change: {
      flow: true,
      checked: true,
      atomics: true,
      factors: RARE,
    },
  },
  {
    share: 14,
    change: {
      sums: 100,
      packed: 300,
      vectors: true,
      wideInts: 24,
      formats: [16, 32, 32, 64, 64],
      flow: true,
      checked: true,
      atomics: true,
      factors: {
        ...times(1.5, [...SUM_TAGS, ...VECTOR_TAGS, ...CHECKED_TAGS]),
        ...times(4, FLOAT_EXTRAS),
        ...RARE,
      },
    },
  },
];

/** What both profiles of packed structs have. */
const PACKED: Omit<Profile, 'name' | 'summary' | 'packed'> = {
  ...DEFAULT,
  factors: {
    ...times(3, ['aggregate_init', 'struct_field_val', 'struct_field_ptr', 'bitcast', 'cmp_eq', 'cmp_neq']),
    ...times(2, ['struct_field_ptr_index_0', 'struct_field_ptr_index_1', 'struct_field_ptr_index_2']),
    struct_field_ptr_index_3: 2,
    load: 1,
    store: 1,
    call: 0.6,
  },
  others: 0.12,
  aggregates: 50,
  sums: 150,
  floats: 24,
  formats: [16, 32, 64],
  splits: 30,
  data: 6,
  functions: 4,
};

const ALL: readonly Profile[] = [
  { ...DEFAULT, mixes: MIXES },
  {
    ...DEFAULT,
    name: 'swarm',
    summary: 'default, every mix three times as often, and each program with a random part of the instructions only',
    swarms: true,
    mixes: MIXES.map(({ share, change }) => ({ share: share * 3, change })),
  },
  {
    ...DEFAULT,
    name: 'small',
    summary: 'a few instructions: most cases per second',
    sizes: [
      [3, 1, 3],
      [3, 3, 8],
      [1, 8, 16],
    ],
    data: 2,
    crowds: 0,
    heaps: 0,
    functions: 2,
  },
  {
    ...DEFAULT,
    name: 'integers',
    summary: 'straight-line integer arithmetic of all widths',
    factors: times(1, INTEGERS),
    others: 0.05,
    aggregates: 6,
    floats: 4,
    splits: 20,
    data: 1,
    functions: 3,
  },
  {
    ...DEFAULT,
    name: 'floats',
    summary: 'f32 and f64, conversions, NaN and rounding',
    factors: times(1, FLOATS),
    others: 0.08,
    aggregates: 12,
    floats: 190,
    splits: 30,
    data: 2,
    functions: 3,
  },
  {
    ...DEFAULT,
    name: 'formats',
    summary: 'f16, f80 and f128 between f32 and f64: roundings, subnormals, limits, conversions',
    factors: times(1, [...FLOATS, ...FLOAT_EXTRAS]),
    others: 0.1,
    aggregates: 24,
    floats: 200,
    formats: [16, 16, 32, 64, 80, 128, 128],
    splits: 30,
    data: 3,
    functions: 3,
  },
  {
    ...DEFAULT,
    name: 'memory',
    summary: 'structs, arrays, slices, pointers, copies',
    factors: times(1, MEMORY),
    others: 0.12,
    aggregates: 150,
    floats: 16,
    splits: 30,
    data: 9,
  },
  {
    ...DEFAULT,
    name: 'control',
    summary: 'nested blocks, loops, switches, early exits',
    factors: { ...times(6, CONTROL), ...times(0.2, MEMORY) },
    others: 0.5,
    aggregates: 16,
    splits: 140,
    faults: 90,
  },
  {
    ...DEFAULT,
    name: 'calls',
    summary: 'many functions, pointers to functions, recursion',
    factors: { call: 8 },
    others: 0.7,
    crowds: 16,
    functions: 16,
  },
  {
    ...DEFAULT,
    name: 'link',
    summary: 'many navs with nested addresses, many parts, decorated links, unusual settings',
    sizes: [
      [3, 5, 30],
      [3, 30, 90],
    ],
    factors: { ...times(2, ['load', 'store', 'call', 'ptr_elem_val', 'slice_elem_val', 'struct_field_val']) },
    others: 0.8,
    aggregates: 130,
    data: 24,
    crowds: 20,
    heaps: 20,
    settings: 230,
    functions: 12,
    decorated: 'all',
    mixes: MIXES,
  },
  {
    ...DEFAULT,
    name: 'wasm64',
    summary: '64-bit addresses: data, slices, pointers to functions and frames of programs of every kind',
    factors: times(2, MEMORY),
    others: 0.8,
    aggregates: 110,
    data: 9,
    ptrBits: 64,
    highData: 6,
    mixes: MIXES,
  },
  {
    ...DEFAULT,
    name: 'sums',
    summary: 'optionals, errors, enums, unions, and their names',
    factors: { ...times(1, SUM_TAGS), breakpoint: 1 },
    others: 0.3,
    aggregates: 120,
    sums: 130,
    floats: 16,
    splits: 50,
    data: 8,
  },
  {
    ...DEFAULT,
    name: 'wide',
    summary: 'integers of more than 64 bits: carries, runtime functions, copies, parameters and results',
    factors: { ...times(1, INTEGERS), float_from_int: 3, int_from_float: 2, shl_sat: 2 },
    others: 0.35,
    aggregates: 40,
    floats: 12,
    wideInts: 150,
    splits: 30,
    data: 4,
    functions: 4,
  },
  {
    ...DEFAULT,
    name: 'checked',
    summary: 'checked integer arithmetic and casts: failures call the panic function with their kind',
    factors: { ...times(1, INTEGERS), ...times(3, CHECKED_TAGS), call: 1 },
    others: 0.2,
    checked: true,
    aggregates: 16,
    floats: 8,
    wideInts: 60,
    splits: 40,
    data: 3,
    faults: 150,
    functions: 5,
  },
  {
    ...DEFAULT,
    name: 'flow',
    summary:
      'switches that are entered again, tail calls, growing memory, addresses of frames, checked stores and casts',
    factors: { ...times(2, CONTROL), ...times(2, FLOW_TAGS), call: 1 },
    others: 0.25,
    aggregates: 24,
    floats: 30,
    formats: [16, 32, 32, 64, 64],
    wideInts: 30,
    checked: true,
    flow: true,
    splits: 60,
    data: 4,
    faults: 60,
  },
  {
    ...DEFAULT,
    name: 'atomic',
    summary: 'atomic loads, stores, changes and exchanges, with the feature and without',
    factors: { ...times(1, ATOMIC_TAGS), call: 0.6, alloc: 0.6 },
    others: 0.12,
    atomics: true,
    aggregates: 40,
    sums: 30,
    floats: 40,
    formats: [16, 32, 32, 64, 64],
    splits: 40,
    data: 5,
    functions: 4,
  },
  {
    ...PACKED,
    name: 'packed',
    summary: 'packed structs: fields in registers and behind pointers to bits, constants, integers of the same bits',
    packed: 64,
  },
  {
    ...PACKED,
    name: 'wide-packed',
    summary: 'packed structs of more than 64 bits: fields that cross limbs, wide fields, pointers to their bits',
    packed: 300,
  },
  {
    ...PACKED,
    name: 'packed-unions',
    summary:
      'packed unions beside packed structs: one field is written, another one is read, and each is the whole integer',
    factors: { ...PACKED.factors, union_init: 3 },
    packed: 130,
    packedUnions: 150,
  },
  {
    ...DEFAULT,
    name: 'vectors',
    summary: 'vectors: instructions lane by lane, comparisons and choices, reductions and shuffles',
    factors: { ...times(1, INTEGERS), ...times(1, FLOATS), ...times(2, VECTOR_TAGS), mul_add: 1, array_elem_val: 2 },
    others: 0.12,
    vectors: true,
    aggregates: 30,
    sums: 130,
    floats: 90,
    formats: [16, 32, 32, 64, 64],
    splits: 20,
    data: 4,
    functions: 4,
  },
  {
    ...DEFAULT,
    name: 'lanes',
    summary:
      'vectors of every lane: wide ones, overflow of lanes, checks, bits seen as other types, single lanes stored',
    factors: {
      ...times(1, [...INTEGERS, ...FLOATS, ...CHECKED_TAGS]),
      ...times(2, [...VECTOR_TAGS, ...EVERY_VECTOR_TAGS]),
      ...times(6, FLOAT_EXTRAS),
      ...times(0, ['cmp_lt_optimized', 'cmp_lte_optimized', 'cmp_eq_optimized', 'cmp_gte_optimized']),
      ...times(0, ['cmp_gt_optimized', 'cmp_neq_optimized']),
      ...times(4, ['add_with_overflow', 'sub_with_overflow', 'mul_with_overflow', 'shl_with_overflow', 'bitcast']),
      ...times(0, FLOW_TAGS),
      ...times(2, ['int_from_float_safe', 'int_from_float_optimized_safe']),
      array_elem_val: 2,
    },
    others: 0.12,
    vectors: true,
    everyVector: true,
    flow: true,
    checked: true,
    aggregates: 24,
    sums: 150,
    floats: 70,
    formats: [16, 32, 64, 80, 128],
    wideInts: 90,
    splits: 20,
    data: 4,
    functions: 4,
  },
  {
    ...DEFAULT,
    name: 'wide-tags',
    summary: 'enums with tags of more than 64 bits: names, switches, tagged unions, in packed structs and in memory',
    factors: {
      ...times(1, SUM_TAGS),
      ...times(3, ['tag_name', 'is_named_enum_value', 'get_union_tag', 'set_union_tag', 'union_init']),
      ...times(2, ['bitcast', 'cmp_eq', 'cmp_neq', 'switch_br', 'struct_field_val']),
      breakpoint: 1,
    },
    others: 0.2,
    aggregates: 90,
    sums: 170,
    wideTags: true,
    wideInts: 90,
    packed: 300,
    floats: 16,
    splits: 60,
    data: 8,
  },
  {
    ...DEFAULT,
    name: 'abi',
    summary:
      'functions of both calling conventions with values of every type, direct and through pointers, exported too',
    factors: {
      ...times(2, ['aggregate_init', 'struct_field_val', 'load', 'store']),
      ...times(0, ['float_from_int', 'int_from_float', 'int_from_float_optimized']),
      call: 9,
    },
    others: 0.25,
    conventions: 170,
    aggregates: 130,
    sums: 60,
    packed: 130,
    packedUnions: 60,
    wideInts: 40,
    floats: 60,
    formats: [16, 32, 32, 64, 64, 80, 128],
    splits: 40,
    data: 4,
    functions: 12,
  },
  {
    ...DEFAULT,
    name: 'thread-locals',
    summary: 'thread-local variables beside others: their addresses at run time, in executables and in objects',
    factors: { ...times(1, MEMORY), runtime_nav_ptr: 8, call: 1 },
    others: 0.15,
    threadLocals: 150,
    atomics: true,
    aggregates: 110,
    floats: 20,
    splits: 30,
    data: 9,
    functions: 5,
  },
  {
    ...DEFAULT,
    name: 'math',
    summary: 'sin to log10 of every float format: near multiples of pi, near 1, at the limits of formats; lane by lane',
    factors: { ...times(1, FLOATS), ...times(1, MATH_TAGS), mul_add: 1 },
    others: 0.08,
    math: true,
    vectors: true,
    aggregates: 12,
    sums: 60,
    floats: 200,
    formats: [16, 32, 64, 80, 128],
    splits: 20,
    data: 2,
    functions: 3,
  },
  {
    ...DEFAULT,
    name: 'debug',
    summary:
      'programs with debug information: lines, variables, blocks and inlined functions, in executables and objects',
    factors: { ...times(1, FLOW_TAGS), dbg_stmt: 14, call: 2, call_always_tail: 0 },
    others: 0.7,
    flow: true,
    debug: 224,
    aggregates: 40,
    splits: 60,
    settings: 60,
    functions: 8,
  },
  {
    ...DEFAULT,
    name: 'traces',
    summary: 'programs with debug information, with error traces and prefetches in them',
    factors: { ...times(1, FLOW_TAGS), ...times(2, TRACE_TAGS), dbg_stmt: 6, call: 2, call_always_tail: 0 },
    others: 0.7,
    flow: true,
    traces: true,
    debug: 224,
    aggregates: 40,
    splits: 60,
    settings: 60,
    functions: 8,
  },
  {
    ...DEFAULT,
    name: 'drop-in',
    summary: 'small programs in links that compilers and build systems make: what a drop-in for wasm-ld must do',
    sizes: [
      [3, 3, 12],
      [1, 12, 40],
    ],
    data: 6,
    crowds: 0,
    heaps: 0,
    settings: 120,
    functions: 4,
    decorated: 'drop-in',
  },
  {
    ...DEFAULT,
    name: 'objects',
    summary: 'small programs linked with objects as other compilers and assemblers write them, valid and rarely seen',
    sizes: [
      [3, 3, 12],
      [1, 12, 40],
    ],
    data: 6,
    crowds: 0,
    heaps: 0,
    settings: 120,
    functions: 4,
    decorated: 'objects',
  },
  {
    ...DEFAULT,
    name: 'high-data',
    summary: 'small programs whose data lies at 2 GiB and beyond, where addresses are negative numbers',
    factors: times(2, MEMORY),
    others: 0.7,
    sizes: [
      [3, 3, 12],
      [1, 12, 40],
    ],
    data: 6,
    crowds: 0,
    heaps: 0,
    highData: 200,
    functions: 4,
  },
  {
    ...DEFAULT,
    name: 'sweep',
    summary: 'single instructions, every combination of types, all pairs of boundary operands',
    sweeps: true,
  },
  {
    ...DEFAULT,
    name: 'math-sweep',
    summary: 'sin to log10 of every float format, of all boundary operands',
    math: true,
    sweeps: true,
  },
  {
    ...DEFAULT,
    name: 'registers',
    summary: 'vectors that are one v128: parameters, results, what blocks give, fields and payloads, lanes',
    factors: {
      ...times(1, [...INTEGERS, ...FLOATS]),
      ...times(2, [...VECTOR_TAGS, ...EVERY_VECTOR_TAGS]),
      ...times(2, ['struct_field_val', 'slice_elem_val', 'ptr_elem_val', 'optional_payload', 'wrap_optional', 'block']),
      aggregate_init: 5,
      array_elem_val: 4,
      load: 1,
      store: 1,
      call: 6,
    },
    others: 0.15,
    vectors: true,
    everyVector: true,
    registers: 140,
    peepholes: 60,
    aggregates: 70,
    sums: 150,
    floats: 70,
    formats: [16, 32, 64],
    splits: 40,
    data: 5,
    functions: 8,
  },
  {
    ...DEFAULT,
    name: 'peepholes',
    summary: 'programs of every kind that are compiled with all peepholes, or a random half of them, on every way',
    factors: {
      ...times(3, CONTROL),
      loop: 8,
      ...times(3, ['alloc', 'load', 'store', 'cmp_lt', 'cmp_lte', 'cmp_gt', 'cmp_gte']),
    },
    others: 0.6,
    peepholes: 250,
    aggregates: 12,
    splits: 90,
    mixes: MIXES,
  },
];

/** All profiles by name. */
export const PROFILES: Readonly<Record<string, Profile>> = Object.fromEntries(
  ALL.map((profile) => [profile.name, profile]),
);
