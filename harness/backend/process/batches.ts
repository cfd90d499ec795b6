/**
 * Which programs go into one file for a compiler.
 *
 * Owns the limits of a file. A large program stands alone, so that a compiler that takes minutes over it, or breaks, has nothing else to
 * do again. Invariant: the answer to a program does not depend on its neighbours, so these limits change no result.
 */
import type { IpIndex, Unit } from '../../../core/index.ts';
import { abiSize, isFunctionNav, laneType, resultTypes } from '../../../core/index.ts';

/** Bytes of data of one module: Zig's own code generator gets addresses from 1 MiB on wrong, which would show everywhere. */
const MOST_DATA = 600_000;

/** Characters of the source of a program that has neighbours. Of 1,000 generated programs one has more than 40,000. */
const MOST_TEXT = 100_000;

/** Bits of the longest integer of a program that has neighbours: at 65,535 LLVM takes seconds for one comparison, which grow with the square. */
const MOST_BITS = 16_384;

/** A program and its source, in one file or in two. */
interface Sourced {
  readonly unit: Unit;
  readonly texts: readonly string[];
}

/** Whether a program may take a compiler minutes. */
export function isLarge({ unit: { pool, navs }, texts }: Sourced): boolean {
  if (texts.some((text) => text.length > MOST_TEXT)) return true;
  return navs.some(({ body }) => {
    if (body === null) return false;
    return resultTypes(pool, body).some((ty) => {
      const lane = laneType(pool, ty as IpIndex);
      return pool.isInt(lane) && pool.intBits(lane) > MOST_BITS;
    });
  });
}

/** `programs` in parts: in order, of at most `most` that have little data each; then the large ones, each alone. */
export function batches<Program extends Sourced>(
  programs: readonly Program[],
  most: number,
): readonly (readonly Program[])[] {
  const parts: Program[][] = [];
  const large: Program[][] = [];
  let left = 0;
  for (const program of programs) {
    if (isLarge(program)) {
      large.push([program]);
      continue;
    }
    const { pool, navs } = program.unit;
    const bytes = navs.reduce((sum, nav) => sum + (isFunctionNav(nav) ? 0 : abiSize(pool, nav.ty)), 0);
    if (parts.length === 0 || left < bytes || parts.at(-1)!.length >= most) {
      parts.push([]);
      left = MOST_DATA;
    }
    parts.at(-1)!.push(program);
    left -= bytes;
  }
  return [...parts, ...large];
}
