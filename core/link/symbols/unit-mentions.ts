/**
 * What a unit defines and refers to, entered into the symbol table before every input.
 *
 * Owns which navs have a name for others, and what is referenced weakly: a nav that was not handed over is only missing if
 * something reaches it. Knows nothing of objects and archives.
 */
import type { NavIndex } from '../../intern/keys.ts';
import { intrinsicParams, INTRINSICS } from '../../mir/intrinsics.ts';
import { SymbolFlag, SymbolKind } from '../../wasm/kinds.ts';
import type { SignatureKey } from '../input/object-file.ts';
import { signatureKey } from '../input/object-file.ts';
import type { LinkState } from '../unit/state.ts';
import { UNIT_FILE } from '../unit/state.ts';
import { collectReferences } from '../unit/unit-references.ts';
import type { SymbolEntries } from './symbol-entries.ts';
import { FROM_UNIT } from './symbol-table.ts';

/** Signature of each row of INTRINSICS, by the bits of an address. */
const INTRINSIC_KEYS: Readonly<Record<32 | 64, readonly SignatureKey[]>> = {
  32: INTRINSICS.map((row) => signatureKey(intrinsicParams(row, 32), row.results)),
  64: INTRINSICS.map((row) => signatureKey(intrinsicParams(row, 64), row.results)),
};

/** Enters what the unit defines. */
export function defineUnit(state: LinkState, entries: SymbolEntries): void {
  const { keys, values } = state.exports;
  for (let i = 0; i < keys.length; i++) {
    const nav = keys[i]!;
    const func = state.funcs.get(nav);
    const position = func ? state.funcs.indexOf(nav) : state.data.indexOf(nav);
    if (position < 0) continue;
    const kind = func ? SymbolKind.function : SymbolKind.data;
    const type = func ? state.signature(state.unit.navs[nav]!.ty) : '';
    for (const { name, visibility } of values[i]!) {
      const flags = visibility === 'hidden' ? SymbolFlag.hidden : 0;
      entries.define({ name, kind, flags }, type, UNIT_FILE, FROM_UNIT, position);
    }
  }
  if (state.isShared) defineHidden(state, entries);
}

/** Navs by the name that the parts of one program call them by, where that is no export. */
function defineHidden(state: LinkState, entries: SymbolEntries): void {
  const define = (nav: NavIndex, kind: number, type: string, position: number): void => {
    const name = state.symbolName(nav);
    if (state.exports.get(nav)?.some((entry) => entry.name === name) === true) return;
    entries.define({ name, kind, flags: SymbolFlag.hidden }, type, UNIT_FILE, FROM_UNIT, position);
  };
  state.funcs.keys.forEach((nav, position) => {
    // Each part has those that it calls.
    if (state.isTagNameFunction(nav)) return;
    define(nav, SymbolKind.function, state.signature(state.unit.navs[nav]!.ty), position);
  });
  state.data.keys.forEach((nav, position) => define(nav, SymbolKind.data, '', position));
}

/** Enters what the unit refers to: externs, navs that were not handed over, and runtime functions. */
export function referenceUnit(state: LinkState, entries: SymbolEntries): void {
  state.unit.navs.forEach((nav, i) => {
    const index = i as NavIndex;
    const { name } = nav;
    switch (nav.kind) {
      case 'extern_func': {
        const mention = { name, kind: SymbolKind.function, flags: 0 };
        const origin = { module: nav.module ?? 'env', field: name };
        entries.reference(mention, state.signature(nav.ty), UNIT_FILE, origin);
        return;
      }
      case 'extern_var':
        entries.reference({ name, kind: SymbolKind.data, flags: 0 }, '', UNIT_FILE, null);
        return;
      case 'func':
        if (state.isTagNameFunction(index)) return;
        if (state.funcs.indexOf(index) < 0) referenceMissing(state, entries, index, SymbolKind.function);
        return;
      case 'var':
      case 'const':
        if (state.data.indexOf(index) < 0 && state.hasBits(index)) {
          referenceMissing(state, entries, index, SymbolKind.data);
        }
        return;
    }
  });
  if (state.isShared) referenceParts(state, entries);
  const keys = INTRINSIC_KEYS[state.unit.pool.target.ptrBits];
  for (const func of state.funcs.values) {
    for (const row of func.intrinsics) {
      const mention = { name: INTRINSICS[row]!.name, kind: SymbolKind.function, flags: 0 };
      entries.reference(mention, keys[row]!, UNIT_FILE, null);
    }
  }
}

/** What the unit mentions and does not have is in the other parts, which may be in archives. */
function referenceParts(state: LinkState, entries: SymbolEntries): void {
  const { importedFuncs, importedData } = collectReferences(state);
  const isPart = (nav: NavIndex): boolean => !state.unit.navs[nav]!.kind.startsWith('extern');
  for (const nav of importedFuncs) if (isPart(nav)) referenceMissing(state, entries, nav, SymbolKind.function, 0);
  for (const nav of importedData) if (isPart(nav)) referenceMissing(state, entries, nav, SymbolKind.data, 0);
}

function referenceMissing(
  state: LinkState,
  entries: SymbolEntries,
  nav: NavIndex,
  kind: number,
  flags: number = SymbolFlag.weak,
): void {
  const type = kind === SymbolKind.function ? state.signature(state.unit.navs[nav]!.ty) : '';
  entries.reference({ name: state.symbolName(nav), kind, flags }, type, UNIT_FILE, null);
}
