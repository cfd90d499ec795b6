/**
 * The cause of a finding, as far as it can be named: the instruction at which the two sides part, with the class of its types;
 * for a link, the relocation. Buckets are named by it.
 *
 * Owns what a cause is called. Runs the failing case with probes, in this process, within short limits. Never throws, except
 * `Wanted` of a back end that answers later. Deterministic.
 */
import type { AirTag } from '../../core/index.ts';
import { resultTypes } from '../../core/index.ts';
import type { Backend } from '../backend/door.ts';
import type { Cause } from '../check/bucket-id.ts';
import { CODE_FAMILY, familyOf, guessedCause } from '../check/bucket-id.ts';
import type { Engine } from '../engine/door.ts';
import type { Case } from '../model/case.ts';
import type { Finding, FindingKind, Stage } from '../model/finding.ts';
import { classOfInstruction } from '../model/instruction-class.ts';
import { quieten } from '../model/scalars.ts';
import { typeClass } from '../model/type-class.ts';
import { Supply, Wanted } from '../way/supply.ts';
import type { Way } from '../way/ways.ts';
import { waysOf } from '../way/ways.ts';
import { accusedWays, runOnce } from './accused-ways.ts';
import { emitFault } from './emit-fault.ts';
import { guiltySite } from './instruction-part.ts';
import { refusedSection } from './invalid-place.ts';
import { stepThrough } from './lockstep.ts';
import { keepsFrame, lostValue } from './lost-value.ts';
import { memoryType } from './memory-path.ts';
import { provenRelocation, rarestRelocation } from './relocation-cause.ts';
import type { Bench } from './runner.ts';
import { benchOf } from './runner.ts';

/** Milliseconds that one build and one run may take. */
const STEP_TIME = 500;

/** Sets of probes that are tried where probes hide the failure. */
const MAX_TRIED = 16;

/** Kinds of findings that can be stepped through. */
const STEPPED: readonly FindingKind[] = ['result', 'trap', 'trace', 'memory', 'timeout'];

/** With what a cause is looked for. */
export interface CauseParts {
  readonly backend: Backend;
  readonly engine: Engine;
  readonly supply?: Supply;
  /** Nothing in the case is there by chance. */
  readonly minimised?: boolean;
}

/**
 * The cause of `finding` of `case_`. Where the case does not tell: null, or what a minimised one suggests.
 */
export function causeOf(finding: Finding, case_: Case, parts: CauseParts & { readonly minimised: true }): Cause;
export function causeOf(finding: Finding, case_: Case, parts: CauseParts): Cause | null;
export function causeOf(finding: Finding, case_: Case, parts: CauseParts): Cause | null {
  let cause: Cause | null = null;
  try {
    cause = found(finding, case_, parts);
  } catch (error) {
    if (error instanceof Wanted) throw error;
  }
  return cause ?? (parts.minimised === true ? guessedCause(finding, case_.unit) : null);
}

function found(
  finding: Finding,
  given: Case,
  { backend, engine, supply = new Supply(backend), minimised = false }: CauseParts,
): Cause | null {
  const { stage, kind, op } = finding;
  const family = familyOf(finding);
  const encoding = causeInCode(finding, given, () => benchOf(backend, engine, supply, STEP_TIME));
  if (encoding !== null) return encoding;
  if (kind === 'stack') return { stage, family, name: 'stack-pointer' };
  if (kind === 'layout' && minimised && TWICE.includes(op)) {
    const proven = provenRelocation(given, benchOf(backend, engine, supply, STEP_TIME));
    return proven === null ? null : { stage, family: 'link', name: proven };
  }
  if (kind === 'invalid' && minimised)
    return causeOfInvalid(finding, given, benchOf(backend, engine, supply, STEP_TIME));
  // Its own evidence says more than where two sides part. What does not end is stepped through once, when it is small.
  if (op !== '-' || !STEPPED.includes(kind) || (kind === 'timeout' && !minimised)) return null;
  const case_ = { ...given, calls: quieten(given.unit, given.calls) };
  const bench = benchOf(backend, engine, supply, STEP_TIME);
  if (stage === 'linker') {
    // A program that is wrong without any object shows the same mistake in other numbers when it is linked.
    const [whole] = family === 'link' ? waysOf(case_, backend) : [];
    const isWhole = whole !== undefined && isWrongOn(case_, whole, bench);
    const cause = isWhole ? causeOnWay({ stage: 'codegen', family: 'run' }, case_, whole, bench) : null;
    if (cause !== null) return cause;
    const proven = provenRelocation(case_, bench);
    if (proven !== null || !minimised) return proven === null ? null : { stage, family: 'link', name: proven };
    const relocation = rarestRelocation(case_, bench);
    if (relocation !== null) return { stage, family: 'link', name: relocation };
  }
  for (const way of accusedWays(finding, case_, bench)) {
    if (!isWrongOn(case_, way, bench)) continue;
    const cause = causeOnWay({ stage, family }, case_, way, bench);
    if (cause !== null) return cause;
  }
  return null;
}

/** Rules of `layout` that two numbers break which do not fit together. */
const TWICE: readonly string[] = ['segment-twice', 'function-twice'];

/** Stages that may be accused of what an encoder has done, and kinds of findings that show it. */
const ENCODED: readonly Stage[] = ['codegen', 'linker', 'object-writer', 'engine'];
/** Those that a frame which is kept does not make. */
const UNMOVED: readonly FindingKind[] = ['invalid', 'bytes', 'layout'];
const SHOWING: readonly FindingKind[] = [...STEPPED, 'stack', 'invalid', 'bytes', 'layout'];

/**
 * What the code of a program shows, whatever it does: bytes that do not say what the instructions of a function are, or a function that
 * keeps its frame. Then nothing that was run is evidence of anything else.
 */
function causeInCode({ stage, kind }: Finding, case_: Case, bench: () => Bench): Cause | null {
  if (!ENCODED.includes(stage) || !SHOWING.includes(kind)) return null;
  const parts = bench();
  const fault = emitFault(case_, parts);
  if (fault !== null) return { stage: 'emit', family: CODE_FAMILY, name: fault.cause };
  const { code } = parts.backend;
  if (code?.instructions === undefined || UNMOVED.includes(kind)) return null;
  const { settings } = parts.store(case_, case_.unit);
  const leaking = keepsFrame(case_.unit, (nav) => code.instructions!(case_.unit, settings, nav));
  return leaking === null ? null : { stage: 'codegen', family: CODE_FAMILY, name: 'frame' };
}

/**
 * An invalid module by the section that is refused: of the many messages that a validator has, a mistake gives now one and now another.
 * In the code of an executable the instruction says more, and no other section is codegen's.
 */
function causeOfInvalid(finding: Finding, case_: Case, bench: Bench): Cause | null {
  const { stage } = finding;
  const section = refusedSection(finding, case_, bench)?.replace(/[^a-z]+/g, '-') ?? null;
  if (section === null || (section === 'code' && stage === 'codegen')) return null;
  return { stage: stage === 'codegen' ? 'linker' : stage, family: familyOf(finding), name: section };
}

function isWrongOn(case_: Case, way: Way, bench: Bench): boolean {
  const ran = runOnce(case_, way, bench);
  return ran !== null && ran.difference !== null;
}

function causeOnWay(accused: Pick<Cause, 'stage' | 'family'>, case_: Case, way: Way, bench: Bench): Cause | null {
  const { unit } = case_;
  const steps = stepThrough(case_, way, bench, MAX_TRIED);
  if (steps.kind === 'initial') {
    const ty = memoryType(unit, steps.difference);
    const name = named('data', ty === null ? '' : typeClass(unit.pool, ty));
    // No code has run: the linker has laid the data out.
    return accused.stage === 'codegen' ? { stage: 'linker', family: 'link', name } : { ...accused, name };
  }
  if (steps.kind !== 'parted') return null;
  if (steps.parting.kind === 'garbled') return { ...accused, name: 'call' };
  const lost = lostValue(case_, way, bench, steps);
  if (lost !== null) return { ...accused, name: lost };
  const { nav, inst } = guiltySite(steps);
  const { body } = unit.navs[nav]!;
  return {
    ...accused,
    name: named(plainTag(body!.tag(inst)), classOfInstruction(unit, body!, resultTypes(unit.pool, body!), inst)),
  };
}

function named(what: string, type: string): string {
  return type === '' ? what : `${what}-${type}`;
}

/** Instructions that are one with other operands, by the name that stands for all. */
const FORMS: readonly (readonly [RegExp, string])[] = [
  [/^cmp_(?:eq|neq|lte?|gte?)(?:_optimized)?$/, 'cmp'],
  [/^struct_field_ptr_index_\d$/, 'struct_field_ptr'],
  [/^call(?:_\w+)?$/, 'call'],
  [/^(\w+?)(?:_optimized|_exact|_safe)$/, '$1'],
];

function plainTag(tag: AirTag): string {
  for (const [pattern, name] of FORMS) if (pattern.test(tag)) return tag.replace(pattern, name);
  return tag;
}
