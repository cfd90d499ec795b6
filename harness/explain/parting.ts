/**
 * The first place at which two lists of sightings part.
 *
 * Owns the comparison, by the policy of check/judge.ts: floats as bits but for NaNs, pointers by what they point to, memory by
 * defined bytes. Pure but for the addresses that it learns.
 */
import type { InternPool, IpIndex, Unit } from '../../core/index.ts';
import { IP, ptrSize } from '../../core/index.ts';
import type { HostCall } from '../../interpreter/model/outcome.ts';
import type { Seen, SeenBytes } from '../../interpreter/model/probe.ts';
import { printScalar } from '../case/scalar-text.ts';
import { sameBits } from '../check/judge.ts';
import { addressOf, readAddress } from '../model/address.ts';
import { externFunction, fromWasm, scalarOf } from '../model/scalars.ts';
import type { Addresses } from './addresses.ts';
import type { Probed, Site } from './instrument.ts';
import type { EngineSight, ReferenceSight } from './sightings.ts';

/**
 * How two runs part: at a result, at what an instruction wrote, at a call of an imported function, by going elsewhere, or
 * by a probe that is called with arguments that no probe has.
 */
export type PartingKind = 'value' | 'memory' | 'host-call' | 'path' | 'garbled';

/** The first difference of two probed runs. */
export interface Parting {
  readonly kind: PartingKind;
  /** Where the reference is, or null at its end. */
  readonly site: Site | null;
  /** Where the engine is, or null at its end. */
  readonly engineSite: Site | null;
  /** Position in the list of sightings: all before it agree. */
  readonly at: number;
  /** How often this probe was reached before, this time included. */
  readonly count: number;
  readonly expected: string;
  readonly actual: string;
}

/** What both sides did: sightings and traces of imported calls. */
export interface Watched {
  readonly probed: Probed;
  readonly reference: readonly ReferenceSight[];
  readonly engine: readonly EngineSight[];
  readonly referenceCalls: readonly HostCall[];
  readonly engineCalls: readonly HostCall[];
}

/** Finds the first difference, or null. */
export function findParting(watched: Watched, addresses: Addresses): Parting | null {
  const { value } = partings(watched, addresses).next();
  return value ?? null;
}

/**
 * All differences, in their order, up to one behind which the two cannot be laid side by side: they go on behind wrong values, wrong memory,
 * and wrong arguments of the same imported function.
 */
export function* partings(watched: Watched, addresses: Addresses): Generator<Parting, undefined> {
  const { probed, reference, engine } = watched;
  const counts = new Uint32Array(probed.sites.length);
  let calls = 0;
  for (let at = 0; at < Math.max(reference.length, engine.length); at++) {
    const left = reference[at];
    const right = engine[at];
    const site = left === undefined ? null : (probed.sites[left.site] ?? null);
    const engineSite = right === undefined ? null : (probed.sites[right.site] ?? null);
    const id = left?.site ?? right!.site;
    const count = id in counts ? ++counts[id]! : 1;
    const part = (kind: PartingKind, expected: string, actual: string): Parting => {
      return { kind, site, engineSite, at, count, expected, actual };
    };
    const upTo = Math.max(left?.hostCalls ?? 0, right?.hostCalls ?? 0);
    for (; calls < upTo; calls++) {
      const a = left !== undefined && calls < left.hostCalls ? watched.referenceCalls[calls] : undefined;
      const b = right !== undefined && calls < right.hostCalls ? watched.engineCalls[calls] : undefined;
      if (a !== undefined && b !== undefined && sameCall(probed.unit, a, b)) continue;
      if (left === undefined || right === undefined) break;
      yield part('host-call', callText(probed.unit, a), callText(probed.unit, b));
      if (a?.name !== b?.name) return;
    }
    if (right !== undefined && engineSite?.ty !== right.ty) {
      yield part('garbled', siteText(site), 'calls a probe with wrong arguments');
      return;
    }
    if (left === undefined || right === undefined || left.site !== right.site) {
      yield part('path', siteText(site), siteText(engineSite));
      return;
    }
    const found = compareSights(probed.unit, site!, left, right, addresses);
    if (found !== null) yield part(found.kind, found.expected, found.actual);
  }
}

function siteText(site: Site | null): string {
  if (site === null) return 'ends';
  switch (site.kind) {
    case 'enter':
      return 'begins the function';
    case 'arm':
      return `goes into body ${site.arm + 1} of %${site.inst}`;
    case 'before':
      return `comes to %${site.inst}`;
    default:
      return `gets past %${site.inst}`;
  }
}

interface Contrast {
  readonly kind: 'value' | 'memory';
  readonly expected: string;
  readonly actual: string;
}

function compareSights(
  unit: Unit,
  site: Site,
  left: ReferenceSight,
  right: EngineSight,
  addresses: Addresses,
): Contrast | null {
  const { value, behind } = left;
  if (value === null || value.kind === 'undefined') return null;
  const isMemory = site.kind === 'memory' || site.kind === 'operand-memory';
  if (isMemory && value.kind === 'pointer' && !addresses.agree(value.pointer, addressOf(right.raw))) {
    const actual = addresses.describeActual(addressOf(right.raw));
    return {
      kind: 'memory',
      expected: `writes to ${addresses.describe(value.pointer)}`,
      actual: `writes to ${actual}`,
    };
  }
  if (isMemory)
    return behind === null ? null : compareBytes(behind, right.bytes, 'memory', addresses, ptrSize(unit.pool));
  if (value.kind === 'bytes') return compareBytes(value.content, right.bytes, 'value', addresses, ptrSize(unit.pool));
  if (value.kind === 'pointer') {
    const actual = addressOf(right.raw);
    if (addresses.agree(value.pointer, actual)) return null;
    return { kind: 'value', expected: addresses.describe(value.pointer), actual: addresses.describeActual(actual) };
  }
  const scalar = scalarOf(unit.pool, site.ty);
  if (scalar === null)
    return right.bytes === null ? null : compareInMemory(unit.pool, site.ty, value.bits, right.bytes);
  const bits = fromWasm(scalar, right.raw);
  if (sameBits(unit, site.ty, value.bits, bits)) return null;
  return {
    kind: 'value',
    expected: printScalar(unit.pool, site.ty, value.bits),
    actual: bits === null ? String(right.raw) : scalarText(unit.pool, site.ty, bits),
  };
}

/** A number that is too wide for a register: all of its bytes count, those that extend an integer too. */
function compareInMemory(pool: InternPool, ty: IpIndex, expected: bigint, bytes: Uint8Array): Contrast | null {
  let found = 0n;
  for (let n = bytes.length - 1; n >= 0; n--) found = (found << 8n) | BigInt(bytes[n]!);
  const width = pool.isInt(ty) ? pool.intBits(ty) : pool.isFloat(ty) ? pool.floatBits(ty) : bytes.length * 8;
  const extended = (bits: bigint): bigint =>
    pool.isInt(ty) && pool.intSigned(ty) ? BigInt.asUintN(bytes.length * 8, BigInt.asIntN(width, bits)) : bits;
  const pattern = BigInt.asUintN(width, found);
  // What lies behind a float is padding.
  if (pattern === expected && (!pool.isInt(ty) || found === extended(expected))) return null;
  const hasForm = !pool.isInt(ty) || found === extended(pattern);
  return {
    kind: 'value',
    expected: printScalar(pool, ty, expected),
    actual: hasForm ? printScalar(pool, ty, pattern) : `0x${found.toString(16)}, which is no value of its type`,
  };
}

/** A scalar that may not have the form of its type: then the container says more. */
function scalarText(pool: InternPool, ty: IpIndex, bits: bigint): string {
  if (bits >> 64n === 0n) return printScalar(pool, ty, bits);
  const container = BigInt.asUintN(64, bits);
  const isSmall = pool.isInt(ty) ? pool.intBits(ty) <= 32 : true;
  const signed = ty !== IP.bool_type && pool.isInt(ty) && pool.intSigned(ty);
  const whole = isSmall ? BigInt.asUintN(32, container) : container;
  const number = signed ? BigInt.asIntN(isSmall ? 32 : 64, whole) : whole;
  return `${number} (0x${whole.toString(16)}, which is no value of its type)`;
}

function compareBytes(
  expected: SeenBytes,
  actual: Uint8Array | null,
  kind: 'value' | 'memory',
  addresses: Addresses,
  pointerSize: number,
): Contrast | null {
  const { bytes, known, pointers, nans } = expected;
  if (actual === null || actual.length < bytes.length) {
    return bytes.length === 0
      ? null
      : { kind, expected: `${bytes.length} bytes`, actual: 'lies outside of the memory' };
  }
  const view = new DataView(actual.buffer, actual.byteOffset, actual.byteLength);
  for (let at = 0; at < bytes.length; at++) {
    const pointer = pointers.get(at);
    if (pointer !== undefined) {
      const address = readAddress(view, at, pointerSize);
      if (addresses.agree(pointer, address)) continue;
      const place = at === 0 ? '' : ` at +${at}`;
      return {
        kind,
        expected: addresses.describe(pointer) + place,
        actual: addresses.describeActual(address) + place,
      };
    }
    const size = nans.get(at);
    const isNan =
      size === undefined || Number.isNaN(size === 4 ? view.getFloat32(at, true) : view.getFloat64(at, true));
    if (isNan && (known[at] === 0 || bytes[at] === actual[at])) continue;
    const from = at - (at % 8);
    const place = from === 0 ? '' : ` at +${from}`;
    return { kind, expected: hex(bytes, known, from) + place, actual: hex(actual, null, from, bytes.length) + place };
  }
  return null;
}

function hex(bytes: Uint8Array, known: Uint8Array | null, from: number, length = bytes.length): string {
  const parts: string[] = [];
  for (let at = from; at < Math.min(from + 8, length); at++) {
    parts.push(known !== null && known[at] === 0 ? '??' : bytes[at]!.toString(16).padStart(2, '0'));
  }
  return `bytes ${parts.join(' ')}`;
}

function sameCall(unit: Unit, a: HostCall, b: HostCall): boolean {
  if (a.name !== b.name || a.args.length !== b.args.length) return false;
  return a.args.every((bits, n) => sameBits(unit, parameterType(unit, a.name, n), bits, b.args[n]!));
}

/** An imported call in words. */
export function callText(unit: Unit, call: HostCall | undefined): string {
  if (call === undefined) return 'no call';
  const args = call.args.map((bits, n) => printScalar(unit.pool, parameterType(unit, call.name, n), bits));
  return `@${call.name}(${args.join(', ')})`;
}

function parameterType(unit: Unit, name: string, n: number): IpIndex {
  const ty = externFunction(unit, name)?.ty;
  return ty === undefined || n >= unit.pool.fnParamCount(ty) ? IP.void_type : unit.pool.fnParam(ty, n);
}

/** What the interpreter saw of a value, in words. */
export function seenText(unit: Unit, ty: IpIndex, value: Seen, addresses: Addresses): string {
  switch (value.kind) {
    case 'undefined':
      return 'undefined';
    case 'bits':
      return printScalar(unit.pool, ty, value.bits);
    case 'pointer':
      return addresses.describe(value.pointer);
    case 'bytes':
      return hex(value.content.bytes, value.content.known, 0) + (value.content.bytes.length > 8 ? ' …' : '');
  }
}
