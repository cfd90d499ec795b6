/**
 * COMDAT groups: the first object that declares a group keeps its members, all others leave theirs out.
 *
 * Owns the choice (tool-conventions Linking.md, "COMDATs"). Knows nothing of symbols: resolve.ts turns those that a left-out
 * member defined into references.
 */
import { FlagSet } from '../../support/flag-set.ts';
import { ComdatKind, SymbolKind } from '../../wasm/kinds.ts';
import type { ObjectSymbol, ParsedObject } from '../input/object-file.ts';
import type { Discarded } from './symbol-table.ts';

/** Enters the groups of `object` into `seen`; returns what it must leave out, or null for nothing. */
export function claimComdats(object: ParsedObject, seen: Set<string>): Discarded | null {
  const { comdats } = object;
  if (comdats.length === 0) return null;
  let discarded: Draft | null = null;
  for (const { name, members } of comdats) {
    if (!seen.has(name)) {
      seen.add(name);
      continue;
    }
    discarded ??= none(object);
    for (const { kind, index } of members) discard(object, discarded, kind, index);
  }
  return discarded;
}

interface Draft extends Discarded {
  readonly funcs: FlagSet;
  readonly segments: FlagSet;
  readonly globals: FlagSet;
  readonly tags: FlagSet;
  readonly tables: FlagSet;
  /** Few if any. */
  readonly sections: Set<number>;
}

function none({ funcTypes, segments, globals, tags, tables }: ParsedObject): Draft {
  return {
    funcs: new FlagSet(funcTypes.length),
    segments: new FlagSet(segments.length),
    globals: new FlagSet(globals.length),
    tags: new FlagSet(tags.length),
    tables: new FlagSet(tables.length),
    sections: new Set(),
  };
}

function discard(object: ParsedObject, discarded: Draft, kind: number, index: number): void {
  switch (kind) {
    case ComdatKind.data:
      discarded.segments.add(index);
      break;
    case ComdatKind.function:
      discarded.funcs.add(index - object.funcImports.length);
      break;
    case ComdatKind.global:
      discarded.globals.add(index - object.globalImports.length);
      break;
    case ComdatKind.tag:
      discarded.tags.add(index - object.tagImports.length);
      break;
    case ComdatKind.table:
      discarded.tables.add(index - object.tableImports.length);
      break;
    case ComdatKind.section:
      discarded.sections.add(index);
      break;
  }
}

/** Whether a member of a group is left out, which the whole group is then. */
export function isMemberDiscarded(
  object: ParsedObject,
  { kind, index }: { readonly kind: number; readonly index: number },
  discarded: Discarded,
): boolean {
  switch (kind) {
    case ComdatKind.data:
      return discarded.segments.has(index);
    case ComdatKind.function:
      return discarded.funcs.has(index - object.funcImports.length);
    case ComdatKind.global:
      return discarded.globals.has(index - object.globalImports.length);
    case ComdatKind.tag:
      return discarded.tags.has(index - object.tagImports.length);
    case ComdatKind.table:
      return discarded.tables.has(index - object.tableImports.length);
    default:
      return discarded.sections.has(index);
  }
}

/** Whether what `symbol` defines is left out. */
export function isDiscarded(object: ParsedObject, symbol: ObjectSymbol, discarded: Discarded): boolean {
  const { kind, index } = symbol;
  switch (kind) {
    case SymbolKind.function:
      return discarded.funcs.has(index - object.funcImports.length);
    case SymbolKind.data:
      return discarded.segments.has(index);
    case SymbolKind.global:
      return discarded.globals.has(index - object.globalImports.length);
    case SymbolKind.tag:
      return discarded.tags.has(index - object.tagImports.length);
    case SymbolKind.table:
      return discarded.tables.has(index - object.tableImports.length);
    case SymbolKind.section:
      return discarded.sections.has(index);
    default:
      return false;
  }
}
