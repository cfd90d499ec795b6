/**
 * Which parts of a link plan become a unit, and which become objects and members of archives beside it.
 *
 * Owns the choice, which is a function of the seed and the parts: some parts, but not all, stay in the unit. Of the others some
 * are members of archives, each of its own: those that a part outside of archives needs, so that they are taken, and those that
 * export nothing, so that nobody sees whether they are.
 */
import type { NavIndex } from '../../core/index.ts';
import type { ObjectInput } from '../backend/door.ts';
import type { Case } from '../model/case.ts';
import { sampleHash } from '../model/sampling.ts';
import type { SymbolEntry } from '../wasm/object-model.ts';
import { Flag } from '../wasm/object-model.ts';
import { readObjectModel } from '../wasm/read-object.ts';
import { ARCHIVE_FLAVOURS, writeArchive } from '../wasm/write-archive.ts';

/** What is mixed of the parts of a plan. */
export interface Mix {
  /** Navs of the unit. */
  readonly unit: ReadonlySet<NavIndex>;
  /** What is linked beside it, in order; `part`: position in the plan; `archive`: as the only member of one. */
  readonly others: readonly { readonly part: number; readonly archive: boolean; readonly input: ObjectInput }[];
}

/** The mix of `case_`, whose plan has the objects `parts`; null where there are fewer than two. */
export function mixOf(case_: Case, parts: readonly ObjectInput[]): Mix | null {
  const { plan, unit } = case_;
  if (parts.length < 2) return null;
  const seed = sampleHash(case_, 'mix');
  // Neither none nor all of the bits.
  const chosen = 1 + (seed % (2 ** parts.length - 2));
  const isUnit = (part: number): boolean => ((chosen >> part) & 1) === 1;
  const mayBeMember = (part: number): boolean => !isUnit(part) && ((seed >>> (16 + part)) & 1) === 1;
  const symbols = parts.map(({ bytes }) => readObjectModel(bytes).symbols);
  const needed = new Set(symbols.flatMap((list, part) => (mayBeMember(part) ? [] : undefinedNames(list))));
  const isMember = (part: number): boolean => {
    if (!mayBeMember(part)) return false;
    if (definedNames(symbols[part]!).some((name) => needed.has(name))) return true;
    return plan.parts[part]!.every((nav) => unit.navs[nav]!.exports.length === 0);
  };
  return {
    unit: new Set(plan.parts.flatMap((navs, part) => (isUnit(part) ? navs : []))),
    others: plan.order
      .filter((part) => !isUnit(part))
      .map((part) => {
        const input = parts[part]!;
        if (!isMember(part)) return { part, archive: false, input };
        const flavour = ARCHIVE_FLAVOURS[(seed >>> (8 + part)) % ARCHIVE_FLAVOURS.length]!;
        const bytes = writeArchive([{ ...input, symbols: definedNames(symbols[part]!) }], flavour);
        return { part, archive: true, input: { name: `${input.name}.a`, bytes } };
      }),
  };
}

function definedNames(symbols: readonly SymbolEntry[]): string[] {
  return symbols.flatMap(({ flags, name }) =>
    (flags & (Flag.local | Flag.undefined)) === 0 && name !== '' ? [name] : [],
  );
}

function undefinedNames(symbols: readonly SymbolEntry[]): string[] {
  return symbols.flatMap(({ flags, name }) => ((flags & Flag.undefined) !== 0 ? [name] : []));
}
