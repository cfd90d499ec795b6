/**
 * The case file: one text that holds a program, and in its `;!` lines all that a run of it needs.
 *
 * Owns the file as a whole; the grammar of the lines is in recipe.ts, the program is AIR text. corpus/README.md is the
 * manual. Writing and reading again gives an equal case. A program without any `;!` line is a case that makes no calls.
 */
import type { Unit } from '../../core/index.ts';
import { parseUnit, printNavName, printUnit, verifyUnit } from '../../core/index.ts';
import type { Decoration } from '../../generators/index.ts';
import { exportedNav } from '../model/scalars.ts';
import { CORE_SETTINGS } from '../backend/core/settings.ts';
import type { Case } from '../model/case.ts';
import type { SettingsKind } from '../model/settings.ts';
import type { Expectations, ExpectedOutcome } from './expectations.ts';
import { printExpectedBytes } from './expectations.ts';
import { readRecipe } from './recipe.ts';
import { printScalar } from './scalar-text.ts';
import { addressWidthOf, isFeature, printTargetLine } from './target-line.ts';

/** A case as it is stored. */
export interface StoredCase {
  readonly case: Case;
  /** Bucket id when the case is a finding, else null. */
  readonly bucket: string | null;
  /** Names of the checks that the case is about: those that found it. Empty where the file does not say. */
  readonly checks?: readonly string[];
  /** Lines of plain comment (`; text`) before the program, without the `; `. */
  readonly notes: readonly string[];
  readonly expect: Expectations;
}

/** What is wrong with a case file; lines count from 1. */
export interface CaseFileError {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** A case, or everything that is wrong with its file. */
export type CaseFileResult =
  { readonly ok: true; readonly value: StoredCase } | { readonly ok: false; readonly errors: readonly CaseFileError[] };

/** How a case file is read. */
export interface ReadOptions {
  /** The program is for codegen threads: it is made in memory that they read in place. */
  readonly shared?: boolean;
  /** Width of addresses; absent: as the file says. */
  readonly ptrBits?: 32 | 64;
  /** How the settings are spelt; absent: as core's. */
  readonly settings?: SettingsKind;
}

/** Reads the text of case file `file` (the name is for messages). The program is verified. */
export function readCaseFile(text: string, file: string, options: ReadOptions = {}): CaseFileResult {
  const errors: CaseFileError[] = [];
  const fail = (line: number, message: string): void => {
    errors.push({ file, line, message });
  };
  const { shared = false, ptrBits = addressWidthOf(text) } = options;
  const parsed = parseUnit(text, { file, shared, target: { ptrBits } });
  if (!parsed.ok) {
    for (const { place, message } of parsed.diagnostics) fail(place.in === 'text' ? place.line : 1, message);
    return { ok: false, errors };
  }
  const { unit } = parsed;
  for (const { line, message } of verifyUnit(unit, parsed.lines)) fail(line ?? 1, message);
  if (errors.length > 0) return { ok: false, errors };
  const recipe = readRecipe(parsed.notes, unit, options.settings ?? CORE_SETTINGS, fail);
  if (errors.length > 0) return { ok: false, errors };
  const { name, generator, bucket, checks, plan, settings, calls, outcomes, memory } = recipe;
  return {
    ok: true,
    value: {
      case: { ...name, generator, unit, plan, settings, calls },
      bucket,
      ...(checks.length > 0 && { checks }),
      notes: leadingComments(text),
      expect: { outcomes, memory },
    },
  };
}

/** Plain comments before the first line of the program. */
function leadingComments(text: string): string[] {
  const notes: string[] = [];
  for (const line of text.split('\n')) {
    const trimmed = line.trim();
    if (trimmed !== '' && !trimmed.startsWith(';')) break;
    if (trimmed.startsWith(';') && !trimmed.startsWith(';!')) notes.push(trimmed.replace(/^; ?/, ''));
  }
  return notes;
}

/** Text of a stored case, whose settings are of `kind`. */
export function writeCaseFile(stored: StoredCase, kind: SettingsKind = CORE_SETTINGS): string {
  const { case: case_, bucket, checks = [], notes, expect } = stored;
  const { unit, plan } = case_;
  const words = kind.print(case_.settings);
  const head = [
    '! case 1',
    `! seed 0x${case_.seed.toString(16)}  profile ${case_.profile}  generator ${case_.generator}`,
    ...(bucket === null ? [] : [`! bucket ${bucket}`]),
    ...(checks.length === 0 ? [] : [`! checks ${checks.join(' ')}`]),
    `! target ${printTargetLine(words, unit.pool.target.ptrBits)}`,
    ...linkLine(unit, plan, words),
    ...notes.map((note) => (note === '' ? '' : ` ${note}`)),
  ];
  const tail = [
    ...case_.calls.map((call, n) => `! run ${printCall(unit, call)}${printOutcome(unit, call.fn, expect.outcomes[n])}`),
    ...[...expect.memory].map(([nav, bytes]) => {
      return `! memory ${printNavName(unit.navs[nav]!.name)} = ${printExpectedBytes(unit, bytes)}`;
    }),
  ];
  const lines = (list: readonly string[]): string => list.map((line) => `;${line}\n`).join('');
  return lines(head) + printUnit(unit) + lines(tail);
}

function linkLine(unit: Unit, plan: Case['plan'], words: readonly string[]): string[] {
  const object = (n: number): string => objectName(n);
  const items = plan.parts.map((navs, n) => {
    return `${object(n)} =${navs.map((nav) => ` ${printNavName(unit.navs[nav]!.name)}`).join('')}`;
  });
  if (plan.order.some((part, n) => part !== n)) items.push(`order ${plan.order.map(object).join(' ')}`);
  const options = words.filter((word) => !isFeature(word));
  if (options.length > 0) items.push(options.join(' '));
  const extras = (plan.decorations ?? []).map(printDecoration);
  if ((plan.options ?? []).length > 0) extras.push(`with ${plan.options!.join(' ')}`);
  return [items, extras].filter((line) => line.length > 0).map((line) => `! link ${line.join(' | ')}`);
}

/** `+comdat 3 @f 17`. */
function printDecoration({ kind, at, symbol, value }: Decoration): string {
  return `+${kind} ${at}${symbol === null ? '' : ` ${printNavName(symbol)}`} ${value}`;
}

/** Name of the object of part `n`: `a.o`, `b.o`, …, `z.o`, `p26.o`, … */
export function objectName(n: number): string {
  return n < 26 ? `${String.fromCharCode(0x61 + n)}.o` : `p${n}.o`;
}

/** `@f(1, 2.5)`. */
export function printCall(unit: Unit, call: Case['calls'][number]): string {
  const nav = exportedNav(unit, call.fn);
  const ty = nav === undefined ? undefined : unit.navs[nav]!.ty;
  const args = call.args.map((bits, n) => {
    return ty === undefined ? `0x${bits.toString(16)}` : printScalar(unit.pool, unit.pool.fnParam(ty, n), bits);
  });
  return `${printNavName(call.fn)}(${args.join(', ')})`;
}

function printOutcome(unit: Unit, fn: string, outcome: ExpectedOutcome | undefined): string {
  switch (outcome?.kind) {
    case undefined:
    case 'unstated':
      return '';
    case 'trapped':
      return ` traps ${outcome.trap}`;
    case 'returned': {
      const nav = exportedNav(unit, fn);
      if (outcome.bits === null || nav === undefined) return ' = {}';
      return ` = ${printScalar(unit.pool, unit.pool.fnReturn(unit.navs[nav]!.ty), outcome.bits)}`;
    }
  }
}

/** `file:line: error: message`. */
export function formatCaseFileError({ file, line, message }: CaseFileError): string {
  return `${file}:${line}: error: ${message}`;
}
