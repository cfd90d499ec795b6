/**
 * Where the module of this linker and that of LLVM's differ, which were linked of the same objects: section, function, instruction, and the relocation
 * that it comes from.
 *
 * Owns the way from a difference of two modules (check `lld`, which is run again) to a place in each, and which parts of them are free to differ. Runs
 * no program but to have the check come so far.
 */
import type { Case } from '../model/case.ts';
import type { DifferingLinks } from '../check/context.ts';
import type { Check } from '../check/check.ts';
import type { DifferentField } from '../check/module-difference.ts';
import type { Engine } from '../engine/door.ts';
import { placeInModule } from '../wasm/module-place.ts';
import type { ModuleText } from '../wasm/module-text.ts';
import type { Supply } from '../way/supply.ts';
import { firstInstruction, functionText } from './code-view.ts';
import type { LinkPart, LinkSide, SourceLine } from './explanation.ts';
import { contextAfter } from './run-check.ts';
import type { Bench } from './runner.ts';
import { linesAround } from './source.ts';

/** With what two links are compared. */
export interface LinkParts {
  readonly bench: Bench;
  readonly supply: Supply;
  readonly engine: Engine;
  readonly textOf: ModuleText;
  /** The check `lld`. */
  readonly lld: Check;
}

/** How the links of `case_` differ; null where they do not, or cannot be compared. */
export function linkPart(case_: Case, { bench, supply, engine, textOf, lld: check }: LinkParts): LinkPart | null {
  const context = contextAfter(check, case_, bench, supply, engine);
  const links = context?.differingLinks ?? null;
  return links === null ? null : describe(links, textOf);
}

function describe({ ours, theirs, difference }: DifferingLinks, textOf: ModuleText): LinkPart {
  const { kind, what, field } = difference;
  const sides: [LinkSide, LinkSide] = [
    sideOf('this linker', ours, difference.ours, field?.ours, field, textOf),
    sideOf('wasm-ld', theirs, difference.theirs, field?.theirs, field, textOf),
  ];
  const relocation =
    field === undefined
      ? null
      : {
          type: field.relocation,
          offset: field.offset,
          symbol: field.symbol,
          addend: field.addend,
          object: field.object,
          owner: field.owner,
        };
  return { kind, what, section: field?.section ?? SECTIONS[kind] ?? null, relocation, sides, free: freeParts(kind) };
}

/** Sections that have what a difference is about, where it is one. */
const SECTIONS: Readonly<Partial<Record<LinkPart['kind'], string>>> = {
  exports: 'export',
  imports: 'import',
  memory: 'memory',
  table: 'table',
  start: 'start',
  functions: 'code',
  order: 'code',
  alignment: 'data',
};

function sideOf(
  name: string,
  bytes: Uint8Array,
  value: string,
  place: number | undefined,
  field: DifferentField | undefined,
  textOf: ModuleText,
): LinkSide {
  const side = { name, value, function: null, address: null, context: [] };
  if (field === undefined || place === undefined) return side;
  if (field.section === 'data') return { ...side, address: place };
  const { functionIndex, functionName, instruction } = placeInModule(bytes, place);
  if (functionIndex === null) return side;
  const own = functionName ?? `function ${functionIndex}`;
  return { ...side, function: own, context: contextOf(bytes, functionIndex, instruction, textOf) };
}

function contextOf(bytes: Uint8Array, index: number, instruction: number | null, textOf: ModuleText): SourceLine[] {
  const lines = instruction === null ? null : functionText(bytes, index, textOf);
  if (lines === null) return [];
  return linesAround(lines, Math.min(lines.length, firstInstruction(lines) + instruction! + 1));
}

/** What may differ in any two right links of the same objects, and was read as what it means. */
const ALWAYS_FREE: readonly string[] = [
  'addresses of strings that are shared, and of what a linker makes for itself',
  'numbers of functions, types, globals, tags and slots of the table',
  'names of what a linker makes for itself',
];

/** What may differ besides, by what the difference is about: it was left out of this comparison. */
const FREE: Readonly<Partial<Record<LinkPart['kind'], string>>> = {
  table: 'which slot a function has',
  order: 'where the functions stand that a linker makes itself',
  live: 'strings that are shared, and segments that nobody names',
  custom: 'the order of shared debug strings',
};

function freeParts(kind: LinkPart['kind']): string[] {
  // Of relocatable output all is compared that is not made by a linker itself.
  if (kind === 'joined') return [];
  const own = FREE[kind];
  return own === undefined ? [...ALWAYS_FREE] : [...ALWAYS_FREE, own];
}
