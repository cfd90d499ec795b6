/**
 * Where two builds that should be equal differ: the checks of bytes are run again, with an eye on what is built.
 *
 * Owns the finding of the two builds: one of them is the last that was made, the other one differs from it in what the check
 * says.
 */
import { interpret } from '../../interpreter/interpret.ts';
import type { Backend, Built } from '../backend/door.ts';
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
import { BUILD_TIME } from './ways.ts';

const CHECKS: readonly Check[] = [determinism, threads, reflush, roundtripCore];

interface Build {
  readonly what: string;
  readonly bytes: Uint8Array;
}

/** Bytes of a line of a dump. */
const DUMPED = 16;

/** The difference that `finding` is about; null where it does not show again. */
export function bytesPart(finding: Finding, case_: Case, backend: Backend, engine: Engine): BytesPart | null {
  const check = CHECKS.find(({ name }) => name === finding.check);
  if (check === undefined) return null;
  const builds: Build[] = [];
  const context = new CaseContext({
    case: case_,
    backend: watched(backend, (what, built) => {
      if (built.kind === 'built') builds.push({ what, bytes: built.bytes });
      return built;
    }),
    engine,
    reference: interpret(case_.unit, case_.calls),
    stopwatch: new Stopwatch(),
    every: true,
    stepTime: BUILD_TIME,
  });
  if (!check.applies(context)) return null;
  const again = check.run(context).find(({ kind }) => kind === 'bytes');
  const pair = again === undefined ? null : pairOf(again.detail, builds);
  if (pair === null) return null;
  const [first, second] = pair;
  const offset = firstDifference(first.bytes, second.bytes);
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

/** The two builds that a check found to differ, in the order in which they were made. */
function pairOf(detail: string, builds: readonly Build[]): readonly [Build, Build] | null {
  const last = builds.at(-1);
  if (last === undefined) return null;
  const stated = Number(/offset (\d+)/.exec(detail)?.[1] ?? -1);
  const others = builds.slice(0, -1).reverse();
  const sameKind = others.filter(({ what }) => what === last.what);
  const found =
    sameKind.find(({ bytes }) => firstDifference(bytes, last.bytes) === stated) ??
    sameKind.find(({ bytes }) => firstDifference(bytes, last.bytes) >= 0);
  return found === undefined ? null : [found, last];
}

/** A backend that shows what it builds. */
function watched(backend: Backend, keep: (what: string, built: Built) => Built): Backend {
  const { capabilities } = backend;
  const open = (...args: Parameters<NonNullable<Backend['openCompilation']>>): OpenedCompilation => {
    const opened = backend.openCompilation!(...args);
    if ('kind' in opened) return opened;
    return {
      ...opened,
      flush: () => keep('executable', opened.flush()),
      ...(opened.flushObject !== undefined && { flushObject: () => keep('object', opened.flushObject!()) }),
    };
  };
  return {
    ...backend,
    compileExe: (...args) => keep('executable', backend.compileExe(...args)),
    ...(capabilities.objects && { compileObject: (...args) => keep('object', backend.compileObject!(...args)) }),
    ...(capabilities.links && { linkObjects: (...args) => keep('linked object', backend.linkObjects!(...args)) }),
    ...(backend.linkCommand !== undefined && {
      linkCommand: (...args) => keep('linked object', backend.linkCommand!(...args)),
    }),
    ...(capabilities.reflush && { openCompilation: open }),
    ...(capabilities.threads && {
      compileExeThreaded: (...args) => keep('executable', backend.compileExeThreaded!(...args)),
      compileObjectThreaded: (...args) => keep('object', backend.compileObjectThreaded!(...args)),
    }),
  };
}

type OpenedCompilation = ReturnType<NonNullable<Backend['openCompilation']>>;

/** Sixteen bytes from `offset` on, in hexadecimal. */
function dump(bytes: Uint8Array, offset: number): string {
  const shown = [...bytes.subarray(offset, offset + DUMPED)].map((byte) => byte.toString(16).padStart(2, '0'));
  return shown.length === 0 ? 'the end' : shown.join(' ');
}
