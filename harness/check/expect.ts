/**
 * `expect`: what a stored case says about its runs holds for the interpreter and for the executable.
 *
 * So a hand-written regression tests both sides, and a reference that changed its mind shows. Bytes that the file marks as
 * undefined must be undefined for the interpreter; compiled code may hold anything there.
 */
import type { NavIndex, Unit } from '../../core/index.ts';
import { IP } from '../../core/index.ts';
import type { ExpectedByte, ExpectedOutcome, Expectations } from '../case/expectations.ts';
import { expectedBytesOf, printExpectedBytes } from '../case/expectations.ts';
import type { ObjectImage, Outcome, PointerTarget } from '../../interpreter/model/outcome.ts';
import type { EngineOutcome, EngineRun } from '../engine/door.ts';
import { addressOfNav } from '../engine/state.ts';
import { exportedNav } from '../model/scalars.ts';
import type { Finding } from '../model/finding.ts';
import type { Check } from './check.ts';
import { ownWays } from '../way/ways.ts';
import type { CaseContext } from './context.ts';
import { describeOutcome, sameBits } from './judge.ts';
import { compareMemory } from './memory-image.ts';

const name = 'expect';

/** The check of `expectations`. */
export function expectCheck(expectations: Expectations): Check {
  return {
    name,
    frequency: 1,
    applies: () => true,
    run(context: CaseContext): readonly Finding[] {
      const { unit, case: case_, reference } = context;
      const names = case_.calls.map((call) => call.fn);
      const findings: Finding[] = [];
      const told =
        compareOutcomes(unit, names, expectations.outcomes, reference.outcomes) ??
        compareReferenceMemory(unit, expectations, reference.memory);
      const way = ownWays(context.backend)[0]!.id;
      if (told !== null) findings.push({ ...finding('interpreter', told), way });
      const exe = context.artefacts.exe();
      if (exe.kind !== 'built') return findings;
      const made = judgeRun(unit, names, expectations, context.judged(exe.bytes).run);
      if (made !== null) findings.push({ ...finding('codegen', made), way });
      return findings;
    },
  };
}

/** A stored case that says what it does, and whose reference run is no run to compare with. */
export function brokenExpectation(kind: 'illegal' | 'exhausted', reason: string): Finding {
  const detail = `the case states what its calls do, but the interpreter says ${reason}`;
  return { check: name, stage: 'interpreter', kind, op: reason.slice(reason.indexOf(':') + 1), detail };
}

interface Mismatch {
  readonly kind: 'result' | 'trap' | 'memory';
  readonly detail: string;
}

function finding(stage: 'interpreter' | 'codegen', { kind, detail }: Mismatch): Finding {
  const side = stage === 'interpreter' ? 'interpreter' : 'executable';
  return { check: name, stage, kind, op: '-', detail: `the ${side} does not do what the case states\n${detail}` };
}

function judgeRun(unit: Unit, names: readonly string[], expected: Expectations, run: EngineRun): Mismatch | null {
  if (run.kind !== 'ran') return null;
  const outcomes = compareOutcomes(unit, names, expected.outcomes, run.outcomes);
  if (outcomes !== null) return outcomes;
  const images = new Map<NavIndex, ObjectImage>();
  for (const [nav, bytes] of expected.memory) images.set(nav, imageOf(bytes));
  const exported = new Map([...images].filter(([nav]) => addressOfNav(run.state, unit, nav) !== undefined));
  const verdict = compareMemory(unit, exported, run.state);
  if (verdict.kind !== 'different') return null;
  const detail = `${verdict.where}: stated ${verdict.expected}, found ${verdict.actual}`;
  return { kind: 'memory', detail };
}

function compareOutcomes(
  unit: Unit,
  names: readonly string[],
  expected: readonly ExpectedOutcome[],
  actual: readonly (Outcome | EngineOutcome)[],
): Mismatch | null {
  for (let n = 0; n < expected.length; n++) {
    const stated = expected[n]!;
    if (stated.kind === 'unstated') continue;
    const nav = exportedNav(unit, names[n] ?? '');
    const type = nav === undefined ? IP.void_type : unit.pool.fnReturn(unit.navs[nav]!.ty);
    const found = actual[n];
    if (found !== undefined && found.kind === stated.kind) {
      if (found.kind === 'trapped' && stated.kind === 'trapped' && found.trap === stated.trap) continue;
      if (found.kind === 'returned' && stated.kind === 'returned' && sameBits(unit, type, stated.bits, found.bits))
        continue;
    }
    const says = found === undefined ? 'not called' : describeOutcome(unit, type, found);
    const kind = found?.kind === 'returned' && stated.kind === 'returned' ? 'result' : 'trap';
    return { kind, detail: `call ${n + 1} @${names[n]}: stated ${describeOutcome(unit, type, stated)}, found ${says}` };
  }
  return null;
}

function compareReferenceMemory(
  unit: Unit,
  expected: Expectations,
  memory: ReadonlyMap<NavIndex, ObjectImage>,
): Mismatch | null {
  for (const [nav, stated] of expected.memory) {
    const image = memory.get(nav);
    const found = image === undefined ? [] : expectedBytesOf(unit, image);
    const left = printExpectedBytes(unit, withoutAddresses(stated, stated));
    const right = printExpectedBytes(unit, withoutAddresses(found, stated));
    if (left === right) continue;
    return { kind: 'memory', detail: `@${unit.navs[nav]!.name}: stated ${left}, found ${right}` };
  }
  return null;
}

/** `bytes` with every pointer that `stated` leaves open left open. */
function withoutAddresses(bytes: readonly ExpectedByte[], stated: readonly ExpectedByte[]): readonly ExpectedByte[] {
  return bytes.map((byte, n) => (stated[n]?.kind === 'address' && byte.kind === 'pointer' ? stated[n] : byte));
}

/** The image that stated bytes describe. */
function imageOf(bytes: readonly ExpectedByte[]): ObjectImage {
  const values = new Uint8Array(bytes.length);
  const defined = new Uint8Array(bytes.length);
  const pointers = new Map<number, PointerTarget>();
  const nans = new Map<number, 4 | 8>();
  bytes.forEach((byte, n) => {
    if (byte.kind === 'byte') {
      values[n] = byte.value;
      defined[n] = 1;
    } else if (byte.kind === 'nan') {
      nans.set(n, byte.size);
    } else if (byte.kind === 'pointer') {
      const { nav, offset } = byte;
      pointers.set(n, byte.function ? { kind: 'function', nav } : { kind: 'nav', nav, offset });
    }
  });
  return { bytes: values, defined, pointers, nans };
}
