/**
 * Runtime library: f16 to and from f32 and f64, each rounded once to nearest, ties to even. AIR text.
 *
 * An f16 is passed as its 16 bits. A NaN becomes the quiet NaN without sign and payload on the way to f16.
 */

/** The number is an f32 2^112 times too small, subnormals included; multiplying by a power of two is exact. */
const EXTEND = `
fn @__extendhfsf2(u16) f32 {
  %0 = arg u16 0
  %1 = intcast u32 %0
  %2 = bit_and %1, u32 0x7fff
  %3 = bit_and %1, u32 0x8000
  %4 = shl %3, u8 16
  %5 = shl %2, u8 13
  %6 = cmp_gte %2, u32 0x7c00
  cond_br %6 {
    %8 = bit_or %5, %4
    %9 = bit_or %8, u32 0x7f800000
    %10 = bitcast f32 %9
    ret %10
  } else {
    %12 = bitcast f32 %5
    %13 = mul %12, f32 5192296858534827628530496329220096.0
    %14 = bitcast u32 %13
    %15 = bit_or %14, %4
    %16 = bitcast f32 %15
    ret %16
  }
}
`;

/** A format of the host, and what its truncation must know of it; all numbers but the first two are patterns of it. */
interface Source {
  readonly type: 'f32' | 'f64';
  readonly word: 'u32' | 'u64';
  /** Fraction bits more than an f16 has. */
  readonly surplus: number;
  readonly signShift: number;
  readonly magnitude: string;
  readonly infinity: string;
  /** 2^16: from here on everything is infinite; half a unit below it rounds up by itself. */
  readonly beyond: string;
  /** 2^-14: below it an f16 is subnormal. */
  readonly leastNormal: string;
  /** What the exponent fields differ by. */
  readonly rebias: string;
  /** A number whose last bit weighs 2^-24: adding it rounds to a multiple of that. */
  readonly anchor: string;
  readonly anchorBits: string;
  /** Half a unit of the result, less one. */
  readonly almostHalf: string;
}

const SINGLE: Source = {
  type: 'f32',
  word: 'u32',
  surplus: 13,
  signShift: 16,
  magnitude: '0x7fffffff',
  infinity: '0x7f800000',
  beyond: '0x47800000',
  leastNormal: '0x38800000',
  rebias: '0x38000000',
  anchor: '0.5',
  anchorBits: '0x3f000000',
  almostHalf: '0xfff',
};

const DOUBLE: Source = {
  type: 'f64',
  word: 'u64',
  surplus: 42,
  signShift: 48,
  magnitude: '0x7fffffffffffffff',
  infinity: '0x7ff0000000000000',
  beyond: '0x40f0000000000000',
  leastNormal: '0x3f10000000000000',
  rebias: '0x3f00000000000000',
  anchor: '268435456.0',
  anchorBits: '0x41b0000000000000',
  almostHalf: '0x1ffffffffff',
};

/** NaN; infinite; normal: add just less than half a unit, one more if the last bit is odd, and cut; subnormal: anchored. */
function truncation(name: string, s: Source): string {
  const { word } = s;
  return `
fn @${name}(${s.type}) u16 {
  %0 = arg ${s.type} 0
  %1 = bitcast ${word} %0
  %2 = bit_and %1, ${word} ${s.magnitude}
  %3 = shr %1, u8 ${s.signShift}
  %4 = bit_and %3, ${word} 0x8000
  %5 = cmp_gt %2, ${word} ${s.infinity}
  cond_br %5 {
    ret u16 0x7e00
  } else {
    %8 = cmp_gte %2, ${word} ${s.beyond}
    cond_br %8 {
      %10 = bit_or %4, ${word} 0x7c00
      %11 = intcast u16 %10
      ret %11
    } else {
      %13 = cmp_gte %2, ${word} ${s.leastNormal}
      cond_br %13 {
        %15 = sub %2, ${word} ${s.rebias}
        %16 = shr %15, u8 ${s.surplus}
        %17 = bit_and %16, ${word} 1
        %18 = add %15, ${word} ${s.almostHalf}
        %19 = add %18, %17
        %20 = shr %19, u8 ${s.surplus}
        %21 = bit_or %20, %4
        %22 = intcast u16 %21
        ret %22
      } else {
        %24 = bitcast ${s.type} %2
        %25 = add %24, ${s.type} ${s.anchor}
        %26 = bitcast ${word} %25
        %27 = sub %26, ${word} ${s.anchorBits}
        %28 = bit_or %27, %4
        %29 = intcast u16 %28
        ret %29
      }
    }
  }
}
`;
}

/** AIR text of the family. */
export const HALF_FLOATS_SOURCE: string =
  EXTEND + truncation('__truncsfhf2', SINGLE) + truncation('__truncdfhf2', DOUBLE);
