/**
 * Target features: the union of what the inputs use, and the constraints between them (tool-conventions Linking.md).
 *
 * Owns the rules of wasm-ld: a feature one input uses and another disallows is an error; shared memory and thread-local data
 * need atomics and bulk memory; an explicit list bounds everything. An input without the section has no constraints.
 */
import type { Diagnostics } from '../../diagnostics/diagnostics.ts';
import { ExternalKind, SegmentFlag } from '../../wasm/kinds.ts';
import type { ObjectId, ObjSegIndex } from '../input/index-spaces.ts';
import type { ParsedObject } from '../input/object-file.ts';
import type { NumberedSymbols } from '../symbols/numbered-symbols.ts';
import { dataId, firstGlobalImport } from '../symbols/numbered-symbols.ts';
import { FIXED_GLOBALS } from '../symbols/provided-symbols.ts';
import type { DataId, GlobalId } from '../symbols/targets.ts';
import type { LiveSet } from './live-set.ts';
import { hasData } from './live-set.ts';
import type { LinkOptions } from '../options/options.ts';

/** What shared memory and thread-local data cannot do without. */
const THREAD_FEATURES = ['atomics', 'bulk-memory'] as const;

const NO_FEATURES: readonly string[] = [];

/** The options that count here. */
export type FeatureOptions = Pick<LinkOptions, 'features' | 'extraFeatures' | 'checkFeatures' | 'sharedMemory'>;

/** Features of the output, sorted, without prefix. */
export function mergeFeatures(live: LiveSet, options: FeatureOptions, diags: Diagnostics): readonly string[] {
  const { objects } = live.symbols.table;
  const { features, extraFeatures, checkFeatures, sharedMemory } = options;
  if (
    features === null &&
    extraFeatures.length === 0 &&
    // A unit alone has no constraints; objects without features may not use what needs one.
    (objects.length === 0 || !checkFeatures) &&
    !sharedMemory &&
    objects.every((o) => o.features.length === 0)
  ) {
    return NO_FEATURES;
  }
  const used = new Map<string, string>();
  const disallowed = new Map<string, string>();
  for (const { features: entries, file } of objects) {
    for (const entry of entries) {
      const map = entry.startsWith('-') ? disallowed : used;
      const name = entry.slice(1);
      if (!map.has(name)) map.set(name, file);
    }
  }
  const allowed = new Set<string>(features ?? used.keys());
  for (const feature of extraFeatures) allowed.add(feature);
  if (checkFeatures) {
    if (sharedMemory) checkShared(allowed, disallowed, diags);
    if (usesTls(live)) need(allowed, 'thread-local storage', diags);
    if (features !== null) {
      for (const [name, file] of used) {
        if (!allowed.has(name)) diags.error('feature_not_allowed', { name, file }, { in: 'options' });
      }
    }
    for (const { features: entries, file } of objects) {
      for (const entry of entries) {
        const other = entry.startsWith('-') ? undefined : disallowed.get(entry.slice(1));
        if (other !== undefined) {
          diags.error('feature_disallowed', { name: entry.slice(1), file, other }, { in: 'file', file });
        }
      }
    }
    checkRequired(objects, diags);
    checkMutableGlobals(live, allowed, diags);
  }
  return [...allowed].sort();
}

function checkShared(allowed: ReadonlySet<string>, disallowed: ReadonlyMap<string, string>, diags: Diagnostics): void {
  const file = disallowed.get('shared-mem');
  if (file !== undefined) diags.error('shared_memory_disallowed', { file }, { in: 'file', file });
  need(allowed, 'shared memory', diags);
}

function need(allowed: ReadonlySet<string>, what: string, diags: Diagnostics): void {
  for (const name of THREAD_FEATURES) {
    if (!allowed.has(name)) diags.error('feature_missing', { name, what }, { in: 'options' });
  }
}

/** What an object requires (prefix `=`) every other one has to use. */
function checkRequired(objects: readonly ParsedObject[], diags: Diagnostics): void {
  const required = new Map<string, string>();
  for (const { features, file } of objects) {
    for (const entry of features) if (entry.startsWith('=')) required.set(entry.slice(1), file);
  }
  for (const [name, other] of required) {
    for (const { features, file } of objects) {
      if (features.includes(`=${name}`) || features.includes(`+${name}`)) continue;
      diags.error('feature_required', { name, file, other }, { in: 'file', file });
    }
  }
}

function usesTls(live: LiveSet): boolean {
  const { symbols } = live;
  const { objects, state } = symbols.table;
  const ofUnit = state?.data.values.some(({ nav }, i) => {
    return state.unit.navs[nav]!.threadlocal && hasData(live, (symbols.navDataBase + i) as DataId);
  });
  if (ofUnit === true) return true;
  return objects.some(({ segments }, o) =>
    segments.some(({ flags }, s) => {
      return (flags & SegmentFlag.tls) !== 0 && hasData(live, dataId(symbols, o as ObjectId, s as ObjSegIndex));
    }),
  );
}

/** Mutable globals that cross the border of the module are a feature of their own. */
function checkMutableGlobals(live: LiveSet, allowed: ReadonlySet<string>, diags: Diagnostics): void {
  if (allowed.has('mutable-globals')) return;
  const { symbols, globals, exports } = live;
  const importBase = firstGlobalImport(symbols);
  symbols.globalImports.forEach(({ name, type }, i) => {
    if (globals[importBase + i] === 1 && type.startsWith('mut ')) report(name, 'imported');
  });
  for (const { name, kind, target, isData } of exports) {
    if (kind === ExternalKind.global && !isData && isMutable(symbols, target as GlobalId)) report(name, 'exported');
  }
  function report(name: string, how: 'imported' | 'exported'): void {
    diags.error('mutable_global_crosses', { name, how }, { in: 'options' });
  }
}

function isMutable(symbols: NumberedSymbols, global: GlobalId): boolean {
  const fixed = FIXED_GLOBALS[global];
  if (fixed) return fixed.mutable;
  const ref = symbols.globals[global - FIXED_GLOBALS.length];
  if (!ref) return false;
  return symbols.table.objects[ref.object]!.globals[ref.index]!.mutable;
}
