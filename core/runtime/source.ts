/**
 * The compiler's runtime library: what generated code calls by name because wasm has no instruction for it.
 *
 * Units in AIR text, one per family, each compiled by the pipeline like any other and linked like any object. Signatures are
 * those of INTRINSICS in core/mir. An instruction that a routine
 * uses may need the routines of another family; none needs its own.
 */
import { bigIntegersSource } from './big-integers.ts';
import { BITS_SOURCE } from './bits.ts';
import { elementaryNames, elementarySource } from './elementary.ts';
import { FLOAT_REMAINDER_SOURCE } from './float-remainder.ts';
import { HALF_FLOATS_SOURCE } from './half-conversions.ts';
import { LIMB_LOOP_NAMES, limbLoopsSource } from './limb-loops.ts';
import { wideFloatNames, wideFloatsSource } from './wide-floats.ts';
import { wideIntegersSource } from './wide-integers.ts';

/** One object of the library. */
export interface RuntimeFamily {
  /** Name of the object. */
  readonly name: string;
  /** Names that code asks for; routines may call others of the family. */
  readonly defines: () => readonly string[];
  /** AIR text; built on first use. */
  readonly source: () => string;
}

/** All families; the order is that of their objects in a link. */
export const RUNTIME_FAMILIES: readonly RuntimeFamily[] = [
  {
    name: 'runtime',
    defines: () => ['__multi3', '__bswapsi2', '__bswapdi2', '__bitreversesi2', '__bitreversedi2', 'fmod', 'fmodf'],
    source: () => BITS_SOURCE + FLOAT_REMAINDER_SOURCE,
  },
  {
    name: 'half-floats',
    defines: () => ['__extendhfsf2', '__truncsfhf2', '__truncdfhf2'],
    source: () => HALF_FLOATS_SOURCE,
  },
  {
    name: 'wide-integers',
    defines: () => [
      ...[
        '__ashlti3',
        '__lshrti3',
        '__ashrti3',
        '__divti3',
        '__udivti3',
        '__modti3',
        '__umodti3',
        '__muloti4',
        '__umuloti4',
      ],
      ...['__fixsfti', '__fixdfti', '__fixunssfti', '__fixunsdfti'],
      ...['__floattisf', '__floattidf', '__floatuntisf', '__floatuntidf'],
    ],
    source: wideIntegersSource,
  },
  {
    name: 'big-integers',
    defines: () => [
      ...['__air_bigmul', '__air_bigudivmod', '__air_bigshl', '__air_bigshr'],
      ...['__air_bigfloat64', '__air_bigfloat32', '__air_bigfix'],
    ],
    source: bigIntegersSource,
  },
  { name: 'limb-loops', defines: () => LIMB_LOOP_NAMES, source: limbLoopsSource },
  { name: 'wide-floats', defines: wideFloatNames, source: wideFloatsSource },
  { name: 'elementary', defines: elementaryNames, source: elementarySource },
];
