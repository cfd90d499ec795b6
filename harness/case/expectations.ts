/**
 * What a stored case says its calls do: the `run` and `memory` lines of a case file as data, and the spelling of the
 * memory lines. Reading and writing of whole files is in case-file.ts, checking in harness/check/expect.ts.
 */
import type { NavIndex, Unit } from '../../core/index.ts';
import { isFunctionNav, printNavName, ptrSize } from '../../core/index.ts';
import type { ObjectImage, PointerTarget, ProgramRun, TrapKind } from '../../interpreter/model/outcome.ts';

/** What one call of the case is expected to do; `unstated` where the file gives the call only. */
export type ExpectedOutcome =
  | { readonly kind: 'unstated' }
  /** Bit pattern as in `CallInput`, or null for a call without result. */
  | { readonly kind: 'returned'; readonly bits: bigint | null }
  | { readonly kind: 'trapped'; readonly trap: TrapKind };

/** One stored byte or pointer of a variable. */
export type ExpectedByte =
  | { readonly kind: 'byte'; readonly value: number }
  | { readonly kind: 'undefined' }
  /** First byte of a float that holds some NaN; its other bytes follow as `rest`. */
  | { readonly kind: 'nan'; readonly size: 4 | 8 }
  /** First byte of a pointer to a nav; its other bytes follow as `rest`. `function`: the offset is 0. */
  | { readonly kind: 'pointer'; readonly nav: NavIndex; readonly offset: number; readonly function: boolean }
  /** First byte of a pointer to something without a name: not compared. */
  | { readonly kind: 'address' }
  | { readonly kind: 'rest' };

/** See the file header. */
export interface Expectations {
  /** One per call of the case, in order; fewer where the last calls are not made. */
  readonly outcomes: readonly ExpectedOutcome[];
  /** Bytes of some variables after the last call. */
  readonly memory: ReadonlyMap<NavIndex, readonly ExpectedByte[]>;
}

/** Expects nothing. */
export const NO_EXPECTATIONS: Expectations = { outcomes: [], memory: new Map() };

/** Variables of more bytes than this are not stored: a line of a case file is for reading. */
const MAX_STORED_BYTES = 256;

/** What `run` did, to be stored: every outcome, and the exported variables that are not too large. */
export function expectationsOf(unit: Unit, run: ProgramRun): Expectations {
  const outcomes = run.outcomes.map((outcome): ExpectedOutcome =>
    outcome.kind === 'returned' || outcome.kind === 'trapped' ? outcome : { kind: 'unstated' },
  );
  const memory = new Map<NavIndex, readonly ExpectedByte[]>();
  for (const [nav, image] of run.memory) {
    const isExported = unit.navs[nav]!.exports.some((exported) => exported.visibility === 'default');
    if (isExported && image.bytes.length > 0 && image.bytes.length <= MAX_STORED_BYTES) {
      memory.set(nav, expectedBytesOf(unit, image));
    }
  }
  return { outcomes, memory };
}

/** The bytes of `image` as a case file states them. */
export function expectedBytesOf(unit: Unit, image: ObjectImage): readonly ExpectedByte[] {
  const bytes: ExpectedByte[] = [];
  for (let at = 0; at < image.bytes.length; at++) {
    const target = image.pointers.get(at);
    const nan = image.nans.get(at);
    if (nan !== undefined) {
      bytes.push({ kind: 'nan', size: nan }, ...restOf(nan));
      at = bytes.length - 1;
    } else if (target !== undefined) {
      bytes.push(...pointerBytes(target, ptrSize(unit.pool)));
      at = bytes.length - 1;
    } else if (image.defined[at] === 1) {
      bytes.push({ kind: 'byte', value: image.bytes[at]! });
    } else {
      bytes.push({ kind: 'undefined' });
    }
  }
  return bytes;
}

function pointerBytes(target: PointerTarget, size: number): ExpectedByte[] {
  if (target.kind === 'number') {
    return Array.from({ length: size }, (_, n) => ({
      kind: 'byte',
      value: Math.floor(target.address / 256 ** n) % 256,
    }));
  }
  const first: ExpectedByte =
    target.kind === 'nav'
      ? { kind: 'pointer', nav: target.nav, offset: target.offset, function: false }
      : target.kind === 'function'
        ? { kind: 'pointer', nav: target.nav, offset: 0, function: true }
        : { kind: 'address' };
  return [first, ...restOf(size)];
}

/** The bytes after the first of something of `size` bytes. */
function restOf(size: number): ExpectedByte[] {
  return Array.from({ length: size - 1 }, (): ExpectedByte => ({ kind: 'rest' }));
}

/** `07000000 &@x+4 ????`: hex bytes, `??` undefined ones, pointers by name or `&?`, any NaN as `nan32` or `nan64`. */
export function printExpectedBytes(unit: Unit, bytes: readonly ExpectedByte[]): string {
  const tokens: string[] = [];
  let run = '';
  const endRun = (): void => {
    if (run !== '') tokens.push(run);
    run = '';
  };
  for (const byte of bytes) {
    switch (byte.kind) {
      case 'byte':
        run += byte.value.toString(16).padStart(2, '0');
        break;
      case 'undefined':
        run += '??';
        break;
      case 'pointer': {
        endRun();
        const offset = byte.offset === 0 ? '' : byte.offset > 0 ? `+${byte.offset}` : String(byte.offset);
        tokens.push(`&${printNavName(unit.navs[byte.nav]!.name)}${offset}`);
        break;
      }
      case 'address':
        endRun();
        tokens.push('&?');
        break;
      case 'nan':
        endRun();
        tokens.push(`nan${byte.size * 8}`);
        break;
      case 'rest':
        break;
    }
  }
  endRun();
  return tokens.join(' ');
}

/** Reads what {@link printExpectedBytes} writes; a text is an error message. */
export function parseExpectedBytes(
  unit: Unit,
  text: string,
  navByName: ReadonlyMap<string, NavIndex>,
): readonly ExpectedByte[] | string {
  const bytes: ExpectedByte[] = [];
  const pointerSize = ptrSize(unit.pool);
  const take = (length: number): void => {
    rest = rest.slice(length).trimStart();
  };
  let rest = text.trim();
  while (rest !== '') {
    const named = NAMED_POINTER.exec(rest);
    const other = /^(?:&\?|nan32|nan64|\?\?|[0-9a-f]{2})/i.exec(rest)?.[0].toLowerCase();
    if (named !== null) {
      const nav = navByName.get(named[1]!);
      if (nav === undefined) return `no ${named[1]!} in this program`;
      const isFunction = isFunctionNav(unit.navs[nav]!);
      if (isFunction && named[2] !== undefined) return 'a pointer to a function has no offset';
      bytes.push({ kind: 'pointer', nav, offset: Number(named[2] ?? 0), function: isFunction }, ...restOf(pointerSize));
      take(named[0].length);
    } else if (other === undefined) {
      return `expected hex bytes, ??, nan32, nan64, a pointer or &?, found '${rest}'`;
    } else {
      if (other === '&?') bytes.push({ kind: 'address' }, ...restOf(pointerSize));
      else if (other === 'nan32') bytes.push({ kind: 'nan', size: 4 }, ...restOf(4));
      else if (other === 'nan64') bytes.push({ kind: 'nan', size: 8 }, ...restOf(8));
      else if (other === '??') bytes.push({ kind: 'undefined' });
      else bytes.push({ kind: 'byte', value: parseInt(other, 16) });
      take(other.length);
    }
  }
  return bytes;
}

const NAMED_POINTER = /^&(@(?:[\w.$]+|"(?:[^"\\]|\\.)*"))([+-]\d+)?/;
