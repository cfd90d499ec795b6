/**
 * Where two builds that should be equal differ: the checks of bytes are run again, with an eye on what is built.
 *
 * Owns the finding of the two builds: the last one made is the one that differs, and it is compared with the first of its kind.
 */
import { interpret } from '../../interpreter/interpret.ts';
import type { Backend, Built } from '../backend/backend.ts';
import type { Case } from '../case/case.ts';
import { determinism, firstDifference, reflush } from '../check/bytes-checks.ts';
import type { Check, Finding } from '../check/check.ts';
import { CaseContext } from '../check/context.ts';
import { roundtripCore } from '../check/roundtrip.ts';
import { Stopwatch } from '../check/stopwatch.ts';
import type { Engine } from '../engine/engine.ts';
import type { BytesPart } from './explanation.ts';
import { placeInModule } from './module-place.ts';
import { BUILD_TIME } from './ways.ts';

const CHECKS: readonly Check[] = [determinism, reflush, roundtripCore];

/** Bytes of a line of a dump. */
const DUMPED = 16;

/** The difference that `finding` is about; null where it does not show again. */
export function bytesPart(finding: Finding, case_: Case, backend: Backend, engine: Engine): BytesPart | null {
  const check = CHECKS.find(({ name }) => name === finding.check);
  if (check === undefined) return null;
  const builds: { readonly what: string; readonly bytes: Uint8Array }[] = [];
  const keep = (what: string, built: Built): Built => {
    if (built.kind === 'built') builds.push({ what, bytes: built.bytes });
    return built;
  };
  const context = new CaseContext({
    case: case_,
    backend: watched(backend, keep),
    engine,
    reference: interpret(case_.unit, case_.calls),
    stopwatch: new Stopwatch(),
    every: true,
    stepTime: BUILD_TIME,
  });
  if (!check.applies(context)) return null;
  if (!check.run(context).some(({ kind }) => kind === 'bytes')) return null;
  const second = builds.at(-1);
  const first = builds.find(({ what }) => what === second?.what);
  if (first === undefined || second === undefined) return null;
  const offset = firstDifference(first.bytes, second.bytes);
  if (offset < 0) return null;
  const place = placeInModule(offset < first.bytes.length ? first.bytes : second.bytes, offset);
  return {
    what: first.what,
    offset,
    lengths: [first.bytes.length, second.bytes.length],
    section: place.section,
    function: place.functionIndex === null ? null : (place.functionName ?? `function ${place.functionIndex}`),
    first: dump(first.bytes, offset),
    second: dump(second.bytes, offset),
  };
}

/** A backend that shows what it builds. */
function watched(backend: Backend, keep: (what: string, built: Built) => Built): Backend {
  const { compileObject, linkObjects, openCompilation } = backend;
  return {
    ...backend,
    compileExe: (...args) => keep('executable', backend.compileExe(...args)),
    ...(compileObject && { compileObject: (...args) => keep('object', compileObject.call(backend, ...args)) }),
    ...(linkObjects && { linkObjects: (...args) => keep('linked object', linkObjects.call(backend, ...args)) }),
    ...(openCompilation && {
      openCompilation: (...args) => {
        const open = openCompilation.call(backend, ...args);
        if ('kind' in open) return open;
        return { flush: () => keep('executable', open.flush()), updateFunction: (nav) => open.updateFunction(nav) };
      },
    }),
  };
}

/** Sixteen bytes from `offset` on, in hexadecimal. */
function dump(bytes: Uint8Array, offset: number): string {
  const shown = [...bytes.subarray(offset, offset + DUMPED)].map((byte) => byte.toString(16).padStart(2, '0'));
  return shown.length === 0 ? 'the end' : shown.join(' ');
}
