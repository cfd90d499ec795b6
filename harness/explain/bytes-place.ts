/**
 * Where two builds that should be equal differ: the checks of bytes are run again, and say which two builds they found to differ.
 */
import { interpret } from '../../interpreter/interpret.ts';
import type { Case } from '../model/case.ts';
import { determinism, firstDifference, reflush } from '../check/bytes-checks.ts';
import type { Finding } from '../model/finding.ts';
import type { Check } from '../check/check.ts';
import { CaseContext } from '../check/context.ts';
import { roundtripCore } from '../check/roundtrip.ts';
import { threads } from '../check/threads.ts';
import { Stopwatch } from '../model/stopwatch.ts';
import type { Engine } from '../engine/door.ts';
import type { BytesPart } from './explanation.ts';
import { placeInModule } from '../wasm/module-place.ts';
import type { Supply } from '../way/supply.ts';
import type { Bench } from './runner.ts';

const CHECKS: readonly Check[] = [determinism, threads, reflush, roundtripCore];

/** Milliseconds that one step may take. */
const STEP_TIME = 5000;

/** Bytes of a line of a dump. */
const DUMPED = 16;

/** The difference that `finding` is about; null where it does not show again. */
export function bytesPart(
  finding: Finding,
  case_: Case,
  bench: Bench,
  supply: Supply,
  engine: Engine,
): BytesPart | null {
  const check = CHECKS.find(({ name }) => name === finding.check);
  if (check === undefined) return null;
  const context = new CaseContext({
    case: case_,
    backend: bench.backend,
    engines: [engine],
    reference: interpret(case_.unit, case_.calls),
    stopwatch: new Stopwatch(),
    every: true,
    stepTime: STEP_TIME,
    supply,
  });
  if (check.possible?.(bench.backend, [engine]) === false || !check.applies(context)) return null;
  check.run(context);
  if (context.differing === null) return null;
  const { what, first, again } = context.differing;
  const offset = firstDifference(first, again);
  const place = placeInModule(offset < first.length ? first : again, offset);
  return {
    what,
    offset,
    lengths: [first.length, again.length],
    section: place.section,
    function: place.functionIndex === null ? null : (place.functionName ?? `function ${place.functionIndex}`),
    first: dump(first, offset),
    second: dump(again, offset),
  };
}

/** Sixteen bytes from `offset` on, in hexadecimal. */
function dump(bytes: Uint8Array, offset: number): string {
  const shown = [...bytes.subarray(offset, offset + DUMPED)].map((byte) => byte.toString(16).padStart(2, '0'));
  return shown.length === 0 ? 'the end' : shown.join(' ');
}
