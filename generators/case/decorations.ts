/**
 * Decorations of a link plan: what is done to the objects of a program, and put beside them, without changing what the
 * program does.
 *
 * Owns the list of kinds and how they are drawn. What each kind does is in harness/topology/; here it is a name, a place, a
 * symbol and a number. Invariant: any combination is a valid plan; a decoration that finds nothing to decorate does nothing.
 */
import type { Nav } from '../../core/index.ts';
import type { RandomStream } from '../model/random.ts';

/** Decorations of the program's own objects; they need a symbol, or an object. */
export const EDIT_KINDS = [
  'visible',
  'weaken',
  'weak-reference',
  'alias',
  'comdat',
  'weak-loser',
  'wrap',
  'defsym',
  'export',
  'keep',
  'explicit-name',
  'archive',
  'join',
] as const;

/** Objects of their own beside the program's. */
export const GADGET_KINDS = [
  'absolute',
  'address-global',
  'addresses',
  'archive-chain',
  'archive-order',
  'brackets',
  'clang',
  'comdat-copies',
  'constructors',
  'constructor-members',
  'custom-section',
  'data-parts',
  'decoy-member',
  'flags',
  'function-slots',
  'garbage',
  'globals',
  'host-import',
  'instances',
  'linker-symbols',
  'locals',
  'passive',
  'private-table',
  'signature',
  'strings',
  'tag',
  'tls',
  'weak-duplicates',
  'weak-undefined',
  'wide-addresses',
  'zeros',
] as const;

/** Objects of their own in the profile `drop-in`: what compilers and build systems rely on and programs rarely show. */
export const DROP_IN_KINDS = [
  'beyond-segment',
  'dead-customs',
  'declared-constructor',
  'export-name',
  'import-module',
  'joined-wrap',
  'plain-tls',
  'unused-imports',
] as const;

/** Objects of their own in the profile `objects`: valid, and written by few compilers. */
export const OBJECT_KINDS = [
  'allowed-undefined',
  'index-globals',
  'joined-keep',
  'legacy-table',
  'many-types',
  'replaced-slot',
  'runtime-name',
  'shared-limit',
  'thread-block',
  'two-results',
  'unpadded-field',
] as const;

/** Mistakes: the link must be refused, with a known code. */
export const MISTAKE_KINDS = [
  'bad-comdat-flags',
  'bad-constructor',
  'bad-defsym',
  'bad-disallowed-feature',
  'bad-duplicate',
  'bad-export',
  'bad-kind',
  'bad-linking-version',
  'bad-member-duplicate',
  'bad-relocation-order',
  'bad-tls-relocation',
  'bad-tls-without-features',
  'bad-type',
  'bad-undefined-data',
  'bad-undefined-function',
] as const;

/** Mistakes in the profile `objects`: objects that break a rule of the convention, archives that break one of their format. */
export const OBJECT_MISTAKE_KINDS = [
  'bad-archive',
  'bad-legacy-table',
  'bad-object',
  'bad-sections',
  'bad-tls-undefined',
] as const;

/** Name of a decoration. */
export type DecorationKind =
  | (typeof EDIT_KINDS)[number]
  | (typeof GADGET_KINDS)[number]
  | (typeof DROP_IN_KINDS)[number]
  | (typeof OBJECT_KINDS)[number]
  | (typeof MISTAKE_KINDS)[number]
  | (typeof OBJECT_MISTAKE_KINDS)[number];

/** All kinds. */
export const DECORATION_KINDS: readonly DecorationKind[] = [
  ...EDIT_KINDS,
  ...GADGET_KINDS,
  ...DROP_IN_KINDS,
  ...OBJECT_KINDS,
  ...MISTAKE_KINDS,
  ...OBJECT_MISTAKE_KINDS,
];

/** One decoration of a link plan. */
export interface Decoration {
  readonly kind: DecorationKind;
  /** Place in the link order that new inputs get, or the object that is meant; taken modulo what there is. */
  readonly at: number;
  /** Name of the nav that is meant, or null where the kind needs none. */
  readonly symbol: string | null;
  /** Decides everything else; 0 is the plainest form. */
  readonly value: number;
}

/** What a link plan has beside parts and order. */
export interface Decorations {
  readonly decorations: readonly Decoration[];
  /** Options with wasm-ld's names that must not change what the program does. */
  readonly options: readonly string[];
}

/** No decorations. */
export const PLAIN: Decorations = { decorations: [], options: [] };

/** What no object of a plan goes beyond. */
const ALL_FEATURES =
  'atomics,bulk-memory,bulk-memory-opt,call-indirect-overlong,exception-handling,multivalue,mutable-globals,nontrapping-fptoint,' +
  'reference-types,sign-ext,simd128,tail-call';

/** Options that are drawn; each line is one choice of which one is taken. */
export const OPTION_CHOICES: readonly (readonly string[])[] = [
  ['--export-table', '--growable-table', '--import-table'],
  ['--table-base=2', '--table-base=64', '--table-base=127', '--table-base=1000'],
  ['--import-memory', '--import-memory=host,ram'],
  ['--export-memory=mem', '--export-memory=memory'],
  ['--export-dynamic', '--export-all'],
  ['--export-if-defined=nobody'],
  ['--initial-heap=65536', '--initial-memory=16777216'],
  ['--max-memory=33554432', '--no-growable-memory'],
  ['--build-id=fast', '--build-id=sha1', '--build-id=0x0123456789abcdef'],
  ['--no-merge-data-segments'],
  ['-O0', '-O2'],
  ['--strip-debug', '--strip-all', '--keep-section=producers'],
  ['--extra-features=sign-ext', '--no-check-features'],
  ['--emit-relocs'],
  ['--allow-undefined', '--import-undefined', '--warn-unresolved-symbols', '--unresolved-symbols=ignore-all'],
  ['--allow-multiple-definition'],
  ['--soname=module', '--fatal-warnings'],
  [`--features=${ALL_FEATURES}`],
];

/** Options that only the profile `drop-in` draws, as OPTION_CHOICES. */
export const DROP_IN_CHOICES: readonly (readonly string[])[] = [
  ['--build-id=tree', '--build-id=uuid'],
  ['-O1', '-O3'],
  ['--keep-section=name', '--keep-section=target_features'],
  ['--noinhibit-exec'],
];

/** Options that are drawn where many are, beside those of OPTION_CHOICES and DROP_IN_CHOICES. */
export const DENSE_CHOICES: readonly (readonly string[])[] = [
  ['--growable-table'],
  ['-zmuldefs'],
  ['--keep-section=producers'],
  [
    '--export-if-defined=memory',
    '--export-if-defined=__stack_pointer',
    '--export-if-defined=__indirect_function_table',
  ],
];

/** Draws decorations for the profile `drop-in`: some of its own kinds, few of the others, no mistakes. */
export function drawDropIn(r: RandomStream, navs: readonly Nav[]): Decorations {
  const names = navs.filter(({ kind }) => !kind.startsWith('extern')).map(({ name }) => name);
  const decorations: Decoration[] = [];
  const add = (kinds: readonly DecorationKind[], symbol: string | null): void => {
    decorations.push({ kind: r.pick(kinds), at: r.below(8), symbol, value: r.chance(60) ? 0 : r.below(0x1_0000) });
  };
  for (let n = r.between(1, 3); n > 0; n--) add(DROP_IN_KINDS, null);
  if (r.chance(100) && names.length > 0) add(EDIT_KINDS, r.pick(names));
  if (r.chance(100)) add(GADGET_KINDS, null);
  if (r.chance(64)) return { decorations, options: drawDense(r) };
  const options = drawOptions(r);
  for (const choice of DROP_IN_CHOICES) if (r.chance(40)) options.push(r.pick(choice));
  return { decorations, options };
}

/** About half of all choices: what options do together is seen by links that have many. */
function drawDense(r: RandomStream): string[] {
  const options: string[] = [];
  for (const choice of [...OPTION_CHOICES, ...DROP_IN_CHOICES, ...DENSE_CHOICES]) {
    if (r.chance(112)) options.push(r.pick(choice));
  }
  if (r.chance(48)) options.push('--shared-memory', '--no-check-features');
  return options;
}

/** Draws decorations for the profile `objects`, as {@link drawDropIn}. */
export function drawObjects(r: RandomStream, navs: readonly Nav[]): Decorations {
  const names = navs.filter(({ kind }) => !kind.startsWith('extern')).map(({ name }) => name);
  const decorations: Decoration[] = [];
  const add = (kinds: readonly DecorationKind[], symbol: string | null): void => {
    decorations.push({ kind: r.pick(kinds), at: r.below(8), symbol, value: r.chance(60) ? 0 : r.below(0x1_0000) });
  };
  for (let n = r.between(1, 3); n > 0; n--) add(OBJECT_KINDS, null);
  if (r.chance(80) && names.length > 0) add(EDIT_KINDS, r.pick(names));
  if (r.chance(80)) add(GADGET_KINDS, null);
  // One object has many rules to break, and so has an archive.
  if (r.chance(60))
    add(r.chance(48) ? MISTAKE_KINDS : ['bad-archive', 'bad-object', 'bad-object', ...OBJECT_MISTAKE_KINDS], null);
  return { decorations, options: drawOptions(r) };
}

/** Draws decorations for a program of `navs`. */
export function drawDecorations(r: RandomStream, navs: readonly Nav[]): Decorations {
  if (r.chance(24)) return PLAIN;
  const names = navs.filter(({ kind }) => !kind.startsWith('extern')).map(({ name }) => name);
  const decorations: Decoration[] = [];
  const add = (kinds: readonly DecorationKind[]): void => {
    // Symbols have the most combinations, so they get the most tries.
    const kind = kinds === GADGET_KINDS && r.chance(40) ? 'flags' : r.pick(kinds);
    const needsSymbol = (EDIT_KINDS as readonly string[]).includes(kind) && kind !== 'archive' && kind !== 'join';
    const symbol = needsSymbol && names.length > 0 ? r.pick(names) : null;
    decorations.push({ kind, at: r.below(8), symbol, value: r.chance(60) ? 0 : r.below(0x1_0000) });
  };
  for (let n = r.below(6); n > 0; n--) add(EDIT_KINDS);
  for (let n = r.below(4); n > 0; n--) add(GADGET_KINDS);
  if (r.chance(16)) add(MISTAKE_KINDS);
  return { decorations, options: drawOptions(r) };
}

function drawOptions(r: RandomStream): string[] {
  const options: string[] = [];
  if (r.chance(90)) return options;
  for (const choice of OPTION_CHOICES) if (r.chance(30)) options.push(r.pick(choice));
  if (r.chance(12)) options.push('--shared-memory', '--no-check-features');
  if (r.chance(12)) options.push('--compress-relocations', '--strip-debug');
  return options;
}
