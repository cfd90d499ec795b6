/**
 * Where two builds that should be equal differ: the checks of bytes are run again, and say which two builds they found to differ.
 */
import type { Case } from '../model/case.ts';
import { determinism, firstDifference, reflush } from '../check/bytes-checks.ts';
import type { Finding } from '../model/finding.ts';
import type { Check } from '../check/check.ts';
import { roundtripCore } from '../check/roundtrip.ts';
import { threads } from '../check/threads.ts';
import type { Engine } from '../engine/door.ts';
import type { BytesPart } from './explanation.ts';
import { placeInModule } from '../wasm/module-place.ts';
import type { Supply } from '../way/supply.ts';
import { contextAfter } from './run-check.ts';
import type { Bench } from './runner.ts';

const CHECKS: readonly Check[] = [determinism, threads, reflush, roundtripCore];

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
  const context = contextAfter(check, case_, bench, supply, engine);
  if (context === null || context.differing === null) return null;
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
