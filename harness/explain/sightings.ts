/**
 * Two runs of a probed program as lists of sightings: one by the interpreter, one by an engine.
 *
 * Owns recording. Compares nothing. The engine's list is cut one behind the end of the reference's: what comes later cannot
 * be the first difference. Memory is copied when it is seen, as the run goes on to change it.
 */
import type { InternPool, IpIndex, NavIndex } from '../../core/index.ts';
import { abiSize, IP, isByRef, TypeKind, ptrSize } from '../../core/index.ts';
import type { Case } from '../model/case.ts';
import { interpret } from '../../interpreter/interpret.ts';
import { DEFAULT_LIMITS } from '../../interpreter/model/limits.ts';
import type { ProgramRun } from '../../interpreter/model/outcome.ts';
import type { Seen, SeenBytes } from '../../interpreter/model/probe.ts';
import { BEHIND_LIMIT } from '../../interpreter/model/probe.ts';
import { addressOf, readAddress } from '../model/address.ts';
import type { Engine, EngineRun } from '../engine/door.ts';
import type { Probed, ProbeFunction } from './instrument.ts';
import { PROBE_MODULE } from './instrument.ts';

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
        sights.push({ site: id?.kind === 'bits' ? Number(id.bits) : -1, value: value ?? null, behind, hostCalls });
      },
    },
  );
  return { run, sights };
}

/** Runs an engine on the module of a probed program, for as long as the reference has sights. */
export function watchEngine(
  engine: Engine,
  bytes: Uint8Array,
  probed: Probed,
  calls: Case['calls'],
  limit: number,
  timeout: number,
): { readonly run: EngineRun; readonly sights: readonly EngineSight[] } {
  const sights: EngineSight[] = [];
  const byName = new Map(probed.functions.map((fn) => [fn.name, fn]));
  const { pool } = probed.unit;
  const probe = {
    module: PROBE_MODULE,
    names: probed.functions.map(({ name }) => name),
    saw(name: string, [id, raw]: readonly unknown[], memory: Uint8Array, hostCalls: number): void {
      if (sights.length > limit) return;
      const fn = byName.get(name)!;
      const content = fn.ty === IP.void_type ? null : bytesOf(pool, fn, raw, memory);
      sights.push({ site: Number(id), ty: fn.ty, raw, bytes: content, hostCalls });
    },
  };
  return { run: engine.run(bytes, probed.unit, calls, { timeout, probe }), sights };
}

function bytesOf(pool: InternPool, { ty, behind }: ProbeFunction, raw: unknown, memory: Uint8Array): Uint8Array | null {
  const address = addressOf(raw);
  if (behind === null) return isByRef(pool, ty) ? memory.slice(address, address + abiSize(pool, ty)) : null;
  if (!isSlice(pool, ty)) return memory.slice(address, address + Math.min(behind, BEHIND_LIMIT));
  const size = ptrSize(pool);
  if (address + 2 * size > memory.length) return null;
  const view = new DataView(memory.buffer, memory.byteOffset, memory.byteLength);
  const start = readAddress(view, address, size);
  const length = Math.min(behind * readAddress(view, address + size, size), BEHIND_LIMIT);
  return memory.slice(start, start + length);
}

function isSlice(pool: InternPool, ty: IpIndex): boolean {
  return pool.typeKind(ty) === TypeKind.slice;
}
