/**
 * A decorated link plan and the program's objects to the inputs, options and expectations of a link.
 *
 * Owns the table of decorations, the order in which they are applied, and which options go together. A pure function: the same
 * plan and objects give the same bytes.
 */
import type { Decoration, DecorationKind } from '../../generators/index.ts';
import * as address from './address-gadgets.ts';
import * as string from './string-gadgets.ts';
import * as container from './archive-mistakes.ts';
import { clang } from './clang-gadget.ts';
import type { ArchiveItem, Inspection, Item, Probe } from './draft.ts';
import { isArchiveItem, isGlobalDefinition, Site, TopologyDraft } from './draft.ts';
import * as dropIn from './drop-in-gadgets.ts';
import type { Apply } from './edits.ts';
import * as edit from './edits.ts';
import * as mistake from './mistakes.ts';
import * as object from './object-gadgets.ts';
import * as broken from './object-mistakes.ts';
import type { ObjectModel } from '../wasm/object-model.ts';
import { readObjectModel } from '../wasm/read-object.ts';
import * as run from './run-gadgets.ts';
import type { ArchiveFile } from '../wasm/write-archive.ts';
import * as shape from './shape-gadgets.ts';
import { writeArchive } from '../wasm/write-archive.ts';
import { writeObject } from '../wasm/write-object.ts';

/** An object or archive with its name for messages. */
export interface NamedInput {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What is decorated: the objects of the plan in link order, each with its part number. */
export interface TopologyPlan {
  readonly parts: readonly NamedInput[];
  readonly order: readonly number[];
  readonly decorations: readonly Decoration[];
  readonly options: readonly string[];
  /** Whether a function asks for more memory: the meaning of `wasm_memory_grow` leaves a linker no limit to set. */
  readonly growsMemory?: boolean;
}

/** The inputs and options of one decorated link. */
export interface Topology {
  readonly inputs: readonly NamedInput[];
  /** wasm-ld's names. */
  readonly options: readonly string[];
  readonly probes: readonly Probe[];
  readonly inspections: readonly Inspection[];
  readonly host: TopologyDraft['host'];
  /** Codes that the refusal must have one of; empty: the link must succeed. */
  readonly refusals: readonly string[];
  /** What the refusal must say one of; empty: it may say anything. */
  readonly texts: readonly RegExp[];
  /** Other names of functions, to their own. */
  readonly aliases: ReadonlyMap<string, string>;
  /** Export to call before everything else, or null. */
  readonly initialize: string | null;
  /** Each call of an export runs all constructors first. */
  readonly runsConstructorsPerCall: boolean;
  /** Inputs `first` to `first + count - 1`, all objects, are to be joined before the link, names wrapped in them; null: none. */
  readonly joined: { readonly first: number; readonly count: number; readonly wraps: readonly string[] } | null;
  /** Why wasm-ld cannot be asked, or null. */
  readonly notForWasmLd: string | null;
  /** What the inputs are written of. */
  readonly items: readonly Item[];
  /** Every object, members of archives included: for counting what is covered. */
  readonly models: readonly ObjectModel[];
  /** Kinds that found something to decorate. */
  readonly applied: readonly string[];
}

const APPLY: Readonly<Record<DecorationKind, Apply>> = {
  visible: edit.visible,
  weaken: edit.weaken,
  'weak-reference': edit.weakReference,
  alias: edit.alias,
  comdat: edit.comdat,
  'weak-loser': edit.weakLoser,
  wrap: edit.wrap,
  defsym: edit.defsym,
  export: edit.exported,
  keep: edit.keep,
  'explicit-name': edit.explicitName,
  archive: edit.archive,
  join: edit.join,
  absolute: address.absolute,
  'address-global': address.addressGlobal,
  addresses: address.addresses,
  'archive-chain': run.archiveChain,
  'archive-order': run.archiveOrder,
  brackets: address.brackets,
  clang,
  'comdat-copies': run.comdatCopies,
  constructors: run.constructors,
  'constructor-members': run.constructorMembers,
  'custom-section': address.customSection,
  'data-parts': address.dataParts,
  'decoy-member': run.decoyMember,
  flags: address.flags,
  'function-slots': address.functionSlots,
  garbage: shape.garbage,
  globals: address.globals,
  'host-import': run.hostImport,
  instances: shape.instances,
  'linker-symbols': address.linkerSymbols,
  locals: run.locals,
  passive: run.passive,
  'private-table': address.privateTable,
  signature: run.signature,
  strings: string.strings,
  tag: address.tag,
  tls: run.tls,
  'weak-duplicates': run.weakDuplicates,
  'weak-undefined': run.weakUndefined,
  'wide-addresses': address.wideAddresses,
  zeros: address.zeros,
  'beyond-segment': dropIn.beyondSegment,
  'dead-customs': dropIn.deadCustoms,
  'declared-constructor': dropIn.declaredConstructor,
  'export-name': dropIn.exportName,
  'import-module': dropIn.importModule,
  'joined-wrap': dropIn.joinedWrap,
  'plain-tls': dropIn.plainTls,
  'unused-imports': dropIn.unusedImports,
  'allowed-undefined': object.allowedUndefined,
  'index-globals': object.indexGlobals,
  'joined-keep': object.joinedKeep,
  'legacy-table': object.legacyTable,
  'many-types': object.manyTypes,
  'replaced-slot': object.replacedSlot,
  'runtime-name': object.runtimeName,
  'shared-limit': object.sharedLimit,
  'thread-block': object.threadBlock,
  'two-results': object.twoResults,
  'unpadded-field': object.unpaddedField,
  'bad-comdat-flags': mistake.badComdatFlags,
  'bad-constructor': mistake.badConstructor,
  'bad-defsym': mistake.badDefsym,
  'bad-disallowed-feature': mistake.badDisallowedFeature,
  'bad-duplicate': mistake.badDuplicate,
  'bad-export': mistake.badExport,
  'bad-kind': mistake.badKind,
  'bad-linking-version': mistake.badLinkingVersion,
  'bad-member-duplicate': mistake.badMemberDuplicate,
  'bad-relocation-order': mistake.badRelocationOrder,
  'bad-tls-relocation': mistake.badTlsRelocation,
  'bad-tls-without-features': mistake.badTlsWithoutFeatures,
  'bad-type': mistake.badType,
  'bad-undefined-data': mistake.badUndefinedData,
  'bad-undefined-function': mistake.badUndefinedFunction,
  'bad-archive': container.badArchive,
  'bad-legacy-table': broken.badLegacyTable,
  'bad-object': broken.badObject,
  'bad-sections': broken.badSections,
  'bad-tls-undefined': broken.badTlsUndefined,
};

function isMistake({ kind }: Decoration): boolean {
  return kind.startsWith('bad-');
}

/** Which decorations go first: who is in an archive decides what the other ones must ask for; mistakes see everything. */
function stage(decoration: Decoration): number {
  if (decoration.kind === 'archive') return 0;
  return isMistake(decoration) ? 2 : 1;
}

/** Builds the decorated link of a plan. */
export function buildTopology(plan: TopologyPlan): Topology {
  const draft = new TopologyDraft(plan.decorations.some(isMistake));
  for (const { name, bytes } of plan.parts) draft.parts.push({ name, model: readObjectModel(bytes) });
  for (const n of plan.order) draft.items.push(draft.parts[n]!);
  draft.options.push(...plan.options);
  plan.decorations
    .map((decoration, n) => ({ decoration, n }))
    .sort((a, b) => stage(a.decoration) - stage(b.decoration) || a.n - b.n)
    .forEach(({ decoration, n }) => {
      if (APPLY[decoration.kind](new Site(draft, decoration, n))) draft.applied.push(decoration.kind);
    });
  // wasm-ld stops at an assertion of its own.
  draft.items.push(...draft.tail);
  // An export of the function that runs constructors says that somebody else calls it.
  if (draft.hasConstructors && draft.options.includes('--export-all')) draft.initialize ??= '__wasm_call_ctors';
  draft.runsConstructorsPerCall = draft.hasConstructors && draft.initialize === null;
  return {
    inputs: draft.items.map(writeItem),
    options: settleOptions(draft, plan.growsMemory ?? false),
    probes: draft.probes,
    inspections: draft.inspections,
    host: draft.host,
    refusals: draft.refusals,
    // With another mistake beside it, that one may be what is refused.
    texts: draft.texts.length === draft.refusals.length ? draft.texts : [],
    aliases: draft.aliases,
    initialize: draft.initialize,
    runsConstructorsPerCall: draft.runsConstructorsPerCall,
    joined: settleJoin(draft),
    notForWasmLd: draft.notForWasmLd,
    items: draft.items,
    models: draft.items.flatMap((item) => (isArchiveItem(item) ? item.members : [item])).map(({ model }) => model),
    applied: draft.applied,
  };
}

/** The link of a plan without decorations: the objects as they are. */
export function plainTopology(parts: readonly NamedInput[], order: readonly number[]): Topology {
  const empty = buildTopology({ parts: [], order: [], decorations: [], options: [] });
  const inputs = order.map((n) => parts[n]!);
  return {
    ...empty,
    inputs,
    // Most plain links are never looked into.
    get items() {
      return inputs.map(({ name, bytes }) => ({ name, model: readObjectModel(bytes) }));
    },
  };
}

/** Bytes of an input. */
export function writeItem(item: Item): NamedInput {
  if (!isArchiveItem(item)) return { name: item.name, bytes: writeObject(item.model, item.write) };
  return { name: item.name, bytes: writeArchive(writeMembers(item), item.flavour) };
}

/** Files of an archive. */
export function writeMembers({ members }: ArchiveItem): ArchiveFile[] {
  return members.map(({ name, model, write }) => ({
    name,
    bytes: writeObject(model, write),
    symbols: model.symbols.filter(isGlobalDefinition).map((symbol) => symbol.name),
  }));
}

/** The objects in a row at the place that is meant; an object with a mistake is left alone. */
function settleJoin({ joined, ownJoin, items, refusals, applied }: TopologyDraft): Topology['joined'] {
  if (ownJoin !== null) {
    const { objects, wraps } = ownJoin;
    return refusals.length > 0 ? null : { first: items.indexOf(objects[0]!), count: objects.length, wraps };
  }
  if (joined === null || refusals.length > 0 || items.length === 0) return null;
  // Relocatable output has no exports, and the symbol does not know the name: so it is with wasm-ld, too.
  if (applied.includes('export-name')) return null;
  const first = joined.first % items.length;
  let count = 0;
  while (count < joined.count && first + count < items.length && !isArchiveItem(items[first + count]!)) count++;
  return count < 2 ? null : { first, count, wraps: [] };
}

const LIMITS_MEMORY = /^--(max-memory|no-growable-memory)/;
const LENIENT = /^(-zmuldefs$|--(allow|import-undefined|warn-unresolved|unresolved|features|noinhibit))/;

/** Greatest memory of a module with a shared one, in bytes. A program that grows has all the pages that it may ask for. */
const SHARED_LIMIT = 33_554_432;
const SHARED_GROWING_LIMIT = 134_217_728;

/** Drops what contradicts the rest, and adds what the rest needs. */
function settleOptions(draft: TopologyDraft, growsMemory: boolean): string[] {
  const { options: given, refusals, warns, applied } = draft;
  const ownLimit = draft.ownLimit && !applied.includes('instances');
  const has = (prefix: string): boolean => given.some((option) => option.startsWith(prefix));
  const options = given.filter((option) => {
    if (growsMemory && LIMITS_MEMORY.test(option)) return false;
    if (option === '--emit-relocs') return !has('--compress-relocations');
    if (option === '--no-growable-memory') return !has('--shared-memory') && !has('--max-memory');
    // What is a mistake must not be allowed, and what is none may be warned of.
    if (LENIENT.test(option)) return refusals.length === 0;
    if (option === '--fatal-warnings') return !warns && !has('--warn-unresolved') && !has('--noinhibit');
    return true;
  });
  // Mutable globals and the stack pointer are exported with everything else.
  const namesOne = has('--export-if-defined=__stack_pointer');
  const crosses = namesOne || has('--export-all') || has('--export-dynamic') || has('--import-memory');
  if (crosses && !options.includes('--no-check-features')) options.push('--no-check-features');
  if (has('--compress-relocations') && !has('--strip')) options.push('--strip-debug');
  if (has('--shared-memory') && (growsMemory || !(has('--max-memory') || ownLimit))) {
    options.push(`--max-memory=${growsMemory ? SHARED_GROWING_LIMIT : SHARED_LIMIT}`);
  }
  return options;
}
