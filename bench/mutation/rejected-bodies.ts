/**
 * Which bodies of a module the engine rejects: one after the other is replaced by a trap until it takes the rest.
 */
import { Cursor, Unreadable } from './cursor.ts';
import { FUNCTION_KIND, readImports } from './imports.ts';
import { joinBytes, joinSections, leb, splitSections } from './sections.ts';

const IMPORT = 2;
const CODE = 10;
/** No locals, `unreachable`, `end`, with the size in front. */
const TRAP = Uint8Array.of(3, 0, 0x00, 0x0b);

/** A body in the payload of a code section. */
export interface BodyRange {
  readonly start: number;
  readonly end: number;
}

/** Where bodies lie in the payload of a code section. */
export function bodyRanges(payload: Uint8Array): BodyRange[] {
  const cursor = new Cursor(payload);
  return Array.from({ length: cursor.count() }, () => {
    const size = cursor.leb();
    const start = cursor.at;
    cursor.skip(size);
    return { start, end: cursor.at };
  });
}

/** Numbers of the bodies that the engine rejects, imports not counted; null if it rejects the module without them too. */
export function rejectedBodies(module: Uint8Array<ArrayBuffer>): readonly number[] | null {
  const pieces = splitSections(module);
  const number = pieces.findIndex(({ id }) => id === CODE);
  if (number < 0) return WebAssembly.validate(module) ? [] : null;
  const { payload } = pieces[number]!;
  const ranges = bodyRanges(payload);
  const imports = pieces.find(({ id }) => id === IMPORT);
  const imported = imports ? readImports(imports.payload).filter(({ kind }) => kind === FUNCTION_KIND).length : 0;
  const rejected = new Set<number>();
  for (let current = module; ;) {
    const at = rejectedFunction(current);
    if (at === null) return [...rejected].sort((a, b) => a - b);
    const body = at - imported;
    if (body < 0 || body >= ranges.length || rejected.has(body)) return null;
    rejected.add(body);
    const bodies = ranges.flatMap(({ start, end }, i) =>
      rejected.has(i) ? [TRAP] : [leb(end - start), payload.subarray(start, end)],
    );
    pieces[number] = { id: CODE, payload: joinBytes([leb(ranges.length), ...bodies]) };
    current = joinSections(pieces) as Uint8Array<ArrayBuffer>;
  }
}

/** What the engine has against body `number` of a module, with the offset in the body; null if it has nothing. */
export function complaintAbout(
  module: Uint8Array<ArrayBuffer>,
  number: number,
): { readonly text: string; readonly at: number } | null {
  const pieces = splitSections(module);
  const code = pieces.findIndex(({ id }) => id === CODE);
  const { payload } = pieces[code]!;
  const ranges = bodyRanges(payload);
  const { start, end } = ranges[number]!;
  const body = payload.subarray(start, end);
  const bodies = ranges.flatMap((_, i) => (i === number ? [leb(end - start), body] : [TRAP]));
  pieces[code] = { id: CODE, payload: joinBytes([leb(ranges.length), ...bodies]) };
  const alone = joinSections(pieces) as Uint8Array<ArrayBuffer>;
  try {
    new WebAssembly.Module(alone);
    return null;
  } catch (error) {
    const text = (error as Error).message;
    return { text, at: Number(/@\+(\d+)$/.exec(text)?.[1] ?? '0') - Buffer.from(alone).indexOf(body) };
  }
}

/** Index of a function whose body the engine rejects; null if it takes the module, -1 if it rejects something else. */
function rejectedFunction(module: Uint8Array<ArrayBuffer>): number | null {
  try {
    new WebAssembly.Module(module);
    return null;
  } catch (error) {
    return Number(/function #(\d+)/.exec((error as Error).message)?.[1] ?? '-1');
  }
}

/** What `read` gives, or null where the bytes are broken. */
export function unlessBroken<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof Unreadable || error instanceof RangeError) return null;
    throw error;
  }
}
