/**
 * The cause of a finding, as far as it can be named: the instruction at which the two sides part, with the class of its types;
 * for a link, the relocation. Buckets are named by it.
 *
 * Owns what a cause is called. Runs the failing case with probes, in this process, within short limits. Never throws, except
 * `Wanted` of a back end that answers later. Deterministic.
 */
import type { AirTag, InstIndex, NavIndex, Unit } from '../../core/index.ts';
import { forEachOperand, isInstRef, refValue, resultTypes } from '../../core/index.ts';
import type { Backend } from '../backend/door.ts';
import type { Cause } from '../check/bucket-id.ts';
import { CODE_FAMILY, familyOf, guessedCause } from '../check/bucket-id.ts';
import type { Engine } from '../engine/door.ts';
import type { Case } from '../model/case.ts';
import type { Finding, FindingKind, Stage } from '../model/finding.ts';
import { classOfInstruction } from '../model/instruction-class.ts';
import { quieten } from '../model/scalars.ts';
import type { Difference } from '../model/verdict.ts';
import { typeClass } from '../model/type-class.ts';
import { Supply, Wanted } from '../way/supply.ts';
import type { Way } from '../way/ways.ts';
import { waysOf } from '../way/ways.ts';
import { accusedWays, runOnce } from './accused-ways.ts';
import { byLanes } from './by-lanes.ts';
import { stepPastData } from './beside-data.ts';
import { bytesPart } from './bytes-place.ts';
import { dataCause, withConstants } from './data-cause.ts';
import { emitFault } from './emit-fault.ts';
import { guiltySite } from './instruction-part.ts';
import { refusedSection } from './invalid-place.ts';
import { initialDifference, stepThrough } from './lockstep.ts';
import { keepsFrame, lostValue } from './lost-value.ts';
import type { LinkFault } from './relocation-cause.ts';
import { linkFault, MEMORY_RULES, NAME_RULE, rarestRelocation } from './relocation-cause.ts';
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
  if (kind === 'layout' && MEMORY_RULES.includes(op)) return MEMORY;
  if (kind === 'layout' && NAME_RULE.test(op)) return NAMES;
  if (kind === 'layout' && DATA_ORDER.test(op)) return { stage, family, name: 'data-order' };
  if (family === 'bytes' && OBJECT_BYTES.includes(op) && minimised) {
    const part = bytesPart(finding, given, benchOf(backend, engine, supply, STEP_TIME), supply, engine);
    return part === null || part.section === 'code' ? null : { stage: 'object-writer', family, name: 'object' };
  }
  if (kind === 'layout' && minimised && TWICE.includes(op)) {
    const fault = linkFault(given, benchOf(backend, engine, supply, STEP_TIME), finding);
    return fault === null ? null : causeOfLink(fault);
  }
  if (kind === 'invalid' && minimised)
    return causeOfInvalid(finding, given, benchOf(backend, engine, supply, STEP_TIME));
  if (minimised && UNBUILT.includes(kind) && ACCUSED_WITH_LINKS.includes(stage)) {
    // What is written for a linker to read may be wrong where a finished module is.
    const bench = benchOf(backend, engine, supply, STEP_TIME);
    const [whole] = waysOf(given, backend);
    const initial = whole === undefined ? null : initialDifference(given, whole, bench);
    return initial === null ? null : causeOfData(given.unit, initial, null);
  }
  // Its own evidence says more than where two sides part. What does not end is stepped through once, when it is small.
  if (op !== '-' || !STEPPED.includes(kind) || (kind === 'timeout' && !minimised)) return null;
  const case_ = { ...given, calls: quieten(given.unit, given.calls) };
  const bench = benchOf(backend, engine, supply, STEP_TIME);
  const ways = accusedWays(finding, case_, bench);
  const fault = ACCUSED_WITH_LINKS.includes(stage) ? linkFault(case_, bench, finding) : null;
  if (fault?.what === 'memory') return MEMORY;
  if (stage === 'linker') {
    for (const way of ways) {
      const initial = initialDifference(case_, way, bench);
      if (initial !== null) return causeOfData(case_.unit, initial, fault);
    }
    if (fault !== null) return causeOfLink(fault);
    // A mistake of code generation may show only in the linked module, where other data lies beside what is read.
    const [whole] = family === 'link' ? waysOf(case_, backend) : [];
    const cause =
      whole === undefined ? null : causeOnWay({ stage: 'codegen', family: 'run' }, case_, whole, bench, fault, 2);
    if (cause !== null || !minimised) return cause;
    const relocation = rarestRelocation(case_, bench);
    if (relocation !== null) return { stage, family: 'link', name: relocation };
  }
  for (const way of ways) {
    if (!isWrongOn(case_, way, bench)) continue;
    const cause = causeOnWay({ stage, family }, case_, way, bench, fault);
    if (cause !== null) return cause;
  }
  return null;
}

const MEMORY: Cause = { stage: 'linker', family: 'layout', name: 'memory' };

const NAMES: Cause = { ...MEMORY, name: 'names' };

function causeOfLink({ what, name }: LinkFault): Cause {
  return what === 'names' ? NAMES : { stage: 'linker', family: 'link', name };
}

/** Stages whose findings may be the fault of a link: of the numbers and the memory that the linker assigned. */
const ACCUSED_WITH_LINKS: readonly Stage[] = ['codegen', 'linker'];

/** Rules of `layout` about where data is. Which of them one mistake in order or alignment breaks depends on the program. */
const DATA_ORDER = /^(?:order-|gap$)/;

/** Kinds of failures of the linker, and of what writes and reads objects. */
const UNBUILT: readonly FindingKind[] = ['crash', 'refused', 'link-error'];

/** Operations of findings about two objects whose bytes should be equal. */
const OBJECT_BYTES: readonly string[] = ['object', 'edits-object'];

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
  const { stage, op } = finding;
  const section = refusedSection(finding, case_, bench)?.replace(/[^a-z]+/g, '-') ?? null;
  if (section === null) return null;
  if (section === 'custom-name-') return NAMES;
  const space = INDEX_MESSAGE.exec(op)?.[1];
  if (space !== undefined) return { stage: 'linker', family: 'link', name: `${space}-index` };
  if (section === 'code' && SIZE_MESSAGE.test(op)) return { stage: 'linker', family: familyOf(finding), name: section };
  const fault = faultOrNone(() => linkFault(case_, bench, finding));
  if (fault?.what === 'relocation') return causeOfLink(fault);
  if (section === 'code' && stage === 'codegen') return null;
  return { stage: stage === 'codegen' ? 'linker' : stage, family: familyOf(finding), name: section };
}

/** Classes of messages about an index of something that is not there: only a link gives numbers. */
const INDEX_MESSAGE = /^(?:invalid-)?(function|global|type|tag)-(?:index|variable)\b/;

/** Classes of messages about sizes of whole functions, or of their section: no instruction is read wrongly. */
const SIZE_MESSAGE = /^(?:section-was-shorter|truncated|size-maximum-function)/;

/** The answer of `find`; null where the module cannot be read, as one that is invalid may be. */
function faultOrNone(find: () => LinkFault | null): LinkFault | null {
  try {
    return find();
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function isWrongOn(case_: Case, way: Way, bench: Bench): boolean {
  const ran = runOnce(case_, way, bench);
  return ran !== null && ran.difference !== null;
}

/** `fault`: what is known to be wrong with a link; `most`: how many sets of probes to try. */
function causeOnWay(
  accused: Pick<Cause, 'stage' | 'family'>,
  case_: Case,
  way: Way,
  bench: Bench,
  fault: LinkFault | null,
  most = MAX_TRIED,
): Cause | null {
  const { unit } = case_;
  const steps = stepPastData(case_, way, bench, most);
  if (steps.kind === 'initial') {
    const cause = causeOfData(unit, steps.difference, fault);
    return ACCUSED_WITH_LINKS.includes(accused.stage) ? cause : { ...accused, name: cause.name };
  }
  if (steps.kind !== 'parted') return null;
  const { kind: sort } = steps.parting;
  const { nav, inst } = guiltySite(steps);
  const isCall = unit.navs[nav]!.body!.tag(inst).startsWith('call');
  if (sort === 'garbled' || (sort === 'host-call' && !isCall)) return { ...accused, name: 'call' };
  if (fault?.what === 'relocation' && accused.stage === 'codegen' && hasAddress(unit, nav, inst)) {
    return causeOfLink(fault);
  }
  const lost = lostValue(case_, way, bench, steps);
  if (lost !== null) return { ...accused, name: lost };
  const constant = ACCUSED_WITH_LINKS.includes(accused.stage) ? wrongConstant(case_, way, bench, nav, inst) : null;
  if (constant !== null) return constant;
  return { ...accused, name: laneCause(case_, way, bench, nav, inst) ?? instructionName(unit, nav, inst) };
}

/**
 * The cause of a variable that is wrong before the first call. No code has run, so the linker is at fault. Functions behind pointers are told
 * by the names in the module, so wrong names are a cause of their own.
 */
function causeOfData(unit: Unit, difference: Difference, fault: LinkFault | null): Cause {
  const name = dataCause(unit, difference);
  return name !== 'data' && fault?.what === 'names' ? NAMES : { stage: 'linker', family: 'link', name };
}

/** What is wrong with a constant operand of an instruction as data, by that of a variable that holds it; null if it is what it should be. */
function wrongConstant(case_: Case, way: Way, bench: Bench, nav: NavIndex, inst: InstIndex): Cause | null {
  const unit = withConstants(case_.unit, nav, inst);
  const difference = unit === null ? null : initialDifference({ ...case_, unit }, way, bench);
  return difference === null ? null : causeOfData(unit!, difference, null);
}

/** Whether an operand is a constant that may hold an address, which the linker fills in. */
function hasAddress({ pool, navs }: Unit, nav: NavIndex, inst: InstIndex): boolean {
  let found = false;
  forEachOperand(navs[nav]!.body!, inst, (ref) => {
    found ||= !isInstRef(ref) && !['', 'float'].includes(typeClass(pool, pool.typeOf(refValue(ref))));
  });
  return found;
}

/** The name of what an instruction on vectors does to each lane, if the program still fails there with the lanes taken apart; else null. */
function laneCause(case_: Case, way: Way, bench: Bench, nav: NavIndex, inst: InstIndex): string | null {
  const apart = byLanes(case_.unit, nav, inst);
  if (apart === null) return null;
  const { unit, tag } = apart;
  const steps = stepThrough({ ...case_, unit }, way, bench, 2);
  if (steps.kind !== 'parted') return null;
  const site = guiltySite(steps);
  if (site.nav !== nav || unit.navs[nav]!.body!.tag(site.inst) !== tag) return null;
  return instructionName(unit, nav, site.inst);
}

/** The name of an instruction in a bucket: its tag, or that of its group, and the class of its types. */
function instructionName(unit: Unit, nav: NavIndex, inst: InstIndex): string {
  const { body } = unit.navs[nav]!;
  const tag = body!.tag(inst);
  const type = classOfInstruction(unit, body!, resultTypes(unit.pool, body!), inst);
  const isBulk = BULK.includes(tag) || (MOVES.includes(tag) && BLOCKS.includes(type));
  const plain = plainTag(tag);
  // Of floats both are fmod.
  const name = plain === 'mod' && FLOATS.includes(type) ? 'rem' : plain;
  return isBulk ? 'bulk-memory' : named(name, type);
}

/** Instructions that copy or fill a block of memory: always, or if the value that they move is of a class that is in memory. */
const BULK: readonly AirTag[] = ['memcpy', 'memmove', 'memset', 'memset_safe'];
const MOVES: readonly AirTag[] = ['load', 'store', 'store_safe', 'ret_load'];
const BLOCKS: readonly string[] = ['array', 'error-union', 'optional', 'struct', 'union', 'vector'];

const FLOATS: readonly string[] = ['float', 'soft-float'];

function named(what: string, type: string): string {
  return type === '' ? what : `${what}-${type}`;
}

/** Instructions that are one with other operands, by the name that stands for all. */
const FORMS: readonly (readonly [RegExp, string])[] = [
  [/^cmp_(?:eq|neq|lte?|gte?)(?:_optimized)?$/, 'cmp'],
  [/^(?:ptr_add|ptr_sub|ptr_elem_ptr|slice_elem_ptr|field_parent_ptr|struct_field_ptr(?:_index_\d)?)$/, 'ptr-offset'],
  // The callee got another argument than the caller passed.
  [/^arg$/, 'call'],
  [/^call(?:_\w+)?$/, 'call'],
  // One clamp for all.
  [/^(?:add|sub|mul)_sat$/, 'saturate'],
  // Bits are reversed in bytes that were swapped.
  [/^(?:byte_swap|bit_reverse)$/, 'byte_swap'],
  [/^(\w+?)(?:_optimized|_exact|_safe)$/, '$1'],
];

function plainTag(tag: AirTag): string {
  for (const [pattern, name] of FORMS) if (pattern.test(tag)) return tag.replace(pattern, name);
  return tag;
}
