/**
 * Two runs of a probed program as lists of sightings: one by the interpreter, one by an engine.
 *
 * Owns recording. Compares nothing. The engine's list is cut one behind the end of the reference's: what comes later cannot
 * be the first difference. Memory is copied when it is seen, as the run goes on to change it.
 */
import type { InternPool, IpIndex, NavIndex } from '../../core/index.ts';
import { abiSize, IP, isByRef, TypeKind } from '../../core/index.ts';
import type { Case } from '../model/case.ts';
import { interpret } from '../../interpreter/interpret.ts';
import { DEFAULT_LIMITS } from '../../interpreter/model/limits.ts';
import type { ProgramRun } from '../../interpreter/model/outcome.ts';
import type { Seen, SeenBytes } from '../../interpreter/model/probe.ts';
import { BEHIND_LIMIT } from '../../interpreter/model/probe.ts';
import type { EngineRun, ProbeRead } from '../engine/door.ts';
import type { Runner } from './runner.ts';
import type { Probed, ProbeFunction } from './instrument.ts';
import { FIRST_SITE, PROBE_MODULE } from './instrument.ts';

/** One probe call of the interpreter. `value` is null where the probe is given none. */
export interface ReferenceSight {
  readonly site: number;
  readonly value: Seen | null;
  readonly behind: SeenBytes | null;
  readonly hostCalls: number;
}

/** One probe call of the engine. */
export interface EngineSight {
  readonly site: number;
  /** Type of the value of the probe that was called; void for none. */
  readonly ty: IpIndex;
  /** As wasm passed it. */
  readonly raw: unknown;
  /** Bytes of a value in memory, or those behind an address. */
  readonly bytes: Uint8Array | null;
  readonly hostCalls: number;
}

/** Probes make a program some three times as long. */
const FUEL = DEFAULT_LIMITS.fuel * 4;

/** Runs the interpreter on a probed program. */
export function watchReference(
  probed: Probed,
  calls: Case['calls'],
): { readonly run: ProgramRun; readonly sights: readonly ReferenceSight[] } {
  const sights: ReferenceSight[] = [];
  const navs = new Map<NavIndex, { behind: number | null }>(
    probed.functions.map(({ nav, behind }) => [nav, { behind }]),
  );
  const run = interpret(
    probed.unit,
    calls,
    { fuel: FUEL },
    {
      navs,
      saw({ args: [id, value], behind, hostCalls }) {
        const site = id?.kind === 'bits' ? Number(id.bits) - FIRST_SITE : -1;
        sights.push({ site, value: value ?? null, behind, hostCalls });
      },
    },
  );
  return { run, sights };
}

/** How the engine's part of a probed program is run. */
export interface EngineWatch {
  readonly run: EngineRun;
  readonly sights: readonly EngineSight[];
}

/** Runs an engine on the module of a probed program; `limit`: sights of the reference. */
export function watchEngine(
  run: Runner,
  bytes: Uint8Array,
  probed: Probed,
  calls: Case['calls'],
  limit: number,
): EngineWatch {
  const byName = new Map(probed.functions.map((fn) => [fn.name, fn]));
  const { pool } = probed.unit;
  const ran = run(bytes, probed.unit, calls, {
    module: PROBE_MODULE,
    functions: probed.functions.map((fn) => ({ name: fn.name, read: readOf(pool, fn) })),
    most: limit + 1,
  });
  const sights = ran.kind === 'ran' ? ran.state.sights : [];
  return {
    run: ran,
    sights: sights.map(({ name, values: [id, raw], bytes: content, hostCalls }) => {
      return { site: Number(id) - FIRST_SITE, ty: byName.get(name)!.ty, raw, bytes: content, hostCalls };
    }),
  };
}

/** What a probe function is to copy from memory. */
function readOf(pool: InternPool, { ty, behind }: ProbeFunction): ProbeRead | null {
  if (ty === IP.void_type) return null;
  if (behind === null) return isByRef(pool, ty) ? { kind: 'bytes', size: abiSize(pool, ty) } : null;
  if (!isSlice(pool, ty)) return { kind: 'bytes', size: Math.min(behind, BEHIND_LIMIT) };
  return { kind: 'slice', elementSize: behind, most: BEHIND_LIMIT };
}

function isSlice(pool: InternPool, ty: IpIndex): boolean {
  return pool.typeKind(ty) === TypeKind.slice;
}
