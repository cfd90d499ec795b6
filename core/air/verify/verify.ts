/**
 * Whether a unit keeps the rules of docs/air.md: the contract between those who make AIR and those who run it.
 *
 * Owns the rules about declarations and puts the others together. A verified unit can be printed, read back, interpreted
 * and compiled without any of them meeting a surprise. Never throws on a bad unit, changes nothing, adds nothing to the pool.
 */
import type { Diagnostics } from '../../diagnostics/diagnostics.ts';
import { TypeKind } from '../../intern/type-kinds.ts';
import type { InstIndex } from '../body/ref.ts';
import { AIR_TAG_NAMES } from '../schema/ops.ts';
import type { UnitLines } from '../text/parse.ts';
import { printInst } from '../text/print.ts';
import { isValidAlign } from '../limits.ts';
import type { Nav, Unit } from '../unit.ts';
import { isFunctionNav } from '../unit.ts';
import type { Terms } from './verify-terms.ts';
import { makeTerms, typeName, typeProblem, valueProblem } from './verify-terms.ts';
import { isData } from '../typing/type-classes.ts';
import { verifyBody } from './verify-body.ts';

/** One broken rule. */
export interface VerifyError {
  /** Name of the declaration. */
  readonly nav: string;
  /** Instruction, or null if it is about the declaration. */
  readonly inst: InstIndex | null;
  /** Line of the text that the unit was read from, if it was. */
  readonly line: number | null;
  /** Names the instruction and says what is wrong: `%5 = add %1, %2: the right operand has type u8, not u32`. */
  readonly message: string;
}

/** Verification stops after this many errors. */
const MAX_ERRORS = 50;

/** Every broken rule of `unit`, in text order (up to 50); empty if it is valid. `lines` gives the errors lines. */
export function verifyUnit(unit: Unit, lines?: UnitLines): readonly VerifyError[] {
  const terms = makeTerms(unit);
  const errors: VerifyError[] = [];
  const names = new Set<string>();
  const exports = new Set<string>();
  for (let index = 0; index < unit.navs.length && errors.length < MAX_ERRORS; index++) {
    const nav = unit.navs[index]!;
    const report = (inst: InstIndex | null, problem: string, show: boolean): void => {
      if (errors.length >= MAX_ERRORS) return;
      const line = inst === null ? lines?.navs[index] : lines?.insts[index]?.[inst];
      errors.push({ nav: nav.name, inst, line: line ?? null, message: message(unit, nav, inst, problem, show) });
    };
    const declarationProblem = (problem: string): void => {
      report(null, problem, false);
    };
    if (names.has(nav.name)) declarationProblem('the name is declared twice');
    names.add(nav.name);
    verifyNames(nav, exports, declarationProblem);
    if (isFunctionNav(nav)) verifyFunction(terms, nav, report);
    else verifyData(terms, nav, declarationProblem);
  }
  return errors;
}

/** Hands `errors` over as diagnostics: with lines as places in `file`, without as places in navs. */
export function reportVerifyErrors(errors: readonly VerifyError[], diagnostics: Diagnostics, file?: string): void {
  for (const { nav, inst, line, message: why } of errors) {
    if (line !== null) {
      diagnostics.error('air_invalid', { why }, file === undefined ? { in: 'text', line } : { in: 'text', file, line });
    } else {
      diagnostics.error('air_invalid', { why }, inst === null ? { in: 'nav', nav } : { in: 'nav', nav, inst });
    }
  }
}

function message(unit: Unit, nav: Nav, inst: InstIndex | null, problem: string, show: boolean): string {
  if (inst === null) return `@${nav.name}: ${problem}`;
  const text = show ? printInst(unit, nav.body!, inst) : (AIR_TAG_NAMES[nav.body!.tags[inst]!] ?? 'unknown');
  const cut = text.length <= 200 ? text : `${text.slice(0, 200)}...`;
  return `${cut.startsWith('%') ? '' : `%${inst}: `}${cut}: ${problem}`;
}

// --- declarations ---

type Report = (problem: string) => void;

function isName(name: string): boolean {
  return name !== '' && !/\p{Surrogate}/u.test(name);
}

function verifyNames(nav: Nav, exports: Set<string>, report: Report): void {
  if (!isName(nav.name)) report('the name is empty or not Unicode');
  if (nav.module !== null && !isName(nav.module)) report('the module is empty or not Unicode');
  if (nav.section !== null && !isName(nav.section)) report('the section is empty or not Unicode');
  if ((nav.kind === 'extern_func') !== (nav.module !== null)) report('extern functions, and only they, have a module');
  if (nav.exports.length > 0 && (nav.kind === 'extern_func' || nav.kind === 'extern_var')) {
    report('something extern cannot be exported');
  }
  for (const { name } of nav.exports) {
    if (!isName(name)) report('the name of an export is empty or not Unicode');
    if (exports.has(name)) report(`the name ${JSON.stringify(name)} is exported twice`);
    exports.add(name);
  }
}

function verifyFunction(
  terms: Terms,
  nav: Nav,
  report: (inst: InstIndex | null, problem: string, show: boolean) => void,
): void {
  const { pool } = terms;
  const { ty } = nav;
  const problem = typeProblem(terms, ty);
  if (problem !== null || pool.typeKind(ty) !== TypeKind.fn) {
    report(null, problem ?? `its type ${typeName(terms, ty)} is no function type`, false);
    return;
  }
  if (nav.align !== 0 || nav.section !== null || nav.threadlocal || nav.init !== null) {
    report(null, 'a function has no alignment, section or value', false);
  }
  if ((nav.kind === 'func') !== (nav.body !== null))
    report(null, 'functions defined here, and only they, have a body', false);
  else if (nav.body !== null) verifyBody(terms, ty, nav.body, report);
}

function verifyData(terms: Terms, nav: Nav, report: Report): void {
  const { pool } = terms;
  const problem = typeProblem(terms, nav.ty);
  if (problem !== null || !isData(pool, nav.ty)) {
    report(problem ?? `data cannot have type ${typeName(terms, nav.ty)}`);
    return;
  }
  if (nav.align !== 0 && !isValidAlign(nav.align)) report(`the alignment ${nav.align} is no power of two in range`);
  if (nav.body !== null) report('data has no body');
  if (nav.kind === 'extern_var') {
    if (nav.init !== null) report('something extern has no value');
    return;
  }
  if (nav.init === null) {
    report('the value is missing');
    return;
  }
  const bad = valueProblem(terms, nav.init);
  if (bad !== null) report(bad);
  else if (pool.typeOf(nav.init) !== nav.ty) {
    report(`the value has type ${typeName(terms, pool.typeOf(nav.init))}, not ${typeName(terms, nav.ty)}`);
  }
}
