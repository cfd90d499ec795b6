/**
 * Requests and answers as JSON text: what goes through the pipe to an engine in another process, and back.
 *
 * Bytes are written in base64, integers of any size as decimal text with an `n` behind it. Reading what was written gives an
 * equal value.
 */
import type { EngineRequest, EngineRun } from './door.ts';

/** A line for the pipe. */
export function writeRequest(request: EngineRequest): string {
  return JSON.stringify(request, replace);
}

/** Reads what {@link writeRequest} wrote. */
export function readRequest(line: string): EngineRequest {
  return JSON.parse(line, revive) as EngineRequest;
}

/** A line for the pipe. */
export function writeRun(run: EngineRun): string {
  return JSON.stringify(run, replace);
}

/** Reads what {@link writeRun} wrote. */
export function readRun(line: string): EngineRun {
  return JSON.parse(line, revive) as EngineRun;
}

function replace(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return { $int: String(value) };
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') };
  if (value instanceof Map) return { $map: [...value] };
  // JSON has neither of these, and a probe may be given both.
  if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))) return { $number: text(value) };
  return value;
}

function text(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

function revive(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('$int' in value) return BigInt(value.$int as string);
  if ('$bytes' in value) return new Uint8Array(Buffer.from(value.$bytes as string, 'base64'));
  if ('$map' in value) return new Map(value.$map as [unknown, unknown][]);
  if ('$number' in value) return Number(value.$number);
  return value;
}
