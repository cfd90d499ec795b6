/**
 * Runtime functions on integers of more than 128 bits: products, quotients, shifts, conversions from and to floats. AIR text.
 *
 * An integer is a run of u64 limbs, the least significant first, and travels by address with the number of its limbs; results
 * lie in no operand. Signs are the caller's business but where one is a parameter. compiler-rt has no such functions.
 */

/** A loop over `%index = 0 .. bound - 1`; `slot` holds the index, and instructions from `%first` to `%first + 4` are taken. */
function each(first: number, slot: string, bound: string, body: (index: string) => string): string {
  const [block, loop, index, ended, next] = [0, 1, 2, 3, 4].map((n) => `%${first + n}`) as [
    string,
    string,
    string,
    string,
    string,
  ];
  return `
  store ${slot}, usize 0
  ${block} = block void {
    ${loop} = loop noreturn {
      ${index} = load usize ${slot}
      ${ended} = cmp_eq ${index}, ${bound}
      cond_br ${ended} {
        br ${block}
      } else {
        ${body(index)}
        ${next} = add ${index}, usize 1
        store ${slot}, ${next}
        repeat ${loop}
      }
    }
  }`;
}

/** Limb `index` of `from`, which has `count` limbs, or `other` beyond them; takes three instructions from `%first`. */
function limbOr(first: number, from: string, index: string, count: string, other: string): string {
  return `
        %${first} = block u64 {
          %${first + 1} = cmp_lt ${index}, ${count}
          cond_br %${first + 1} {
            %${first + 2} = ptr_elem_val ${from}, ${index}
            br %${first} %${first + 2}
          } else {
            br %${first} ${other}
          }
        }`;
}

/** All limbs of the product of two unsigned integers of n limbs: 2n of them; schoolbook. */
const PRODUCT = `
fn @__air_bigmul([*]u64, [*]const u64, [*]const u64, usize) void {
  %0 = arg [*]u64 0
  %1 = arg [*]const u64 1
  %2 = arg [*]const u64 2
  %3 = arg usize 3
  %4 = alloc *usize
  %5 = alloc *usize
  %6 = alloc *u64
  %7 = add %3, %3
  ${each(10, '%4', '%7', (i) => `%20 = ptr_elem_ptr *u64 %0, ${i} store %20, u64 0`)}
  ${each(
    30,
    '%4',
    '%3',
    (i) => `
        %40 = ptr_elem_val %1, ${i}
        store %6, u64 0
        ${each(
          50,
          '%5',
          '%3',
          (j) => `
              %60 = ptr_elem_val %2, ${j}
              %61 = add ${i}, ${j}
              %62 = ptr_elem_ptr *u64 %0, %61
              %63 = load u64 %62
              %64 = load u64 %6
              %65 = intcast u128 %40
              %66 = intcast u128 %60
              %67 = mul_wrap %65, %66
              %68 = intcast u128 %63
              %69 = intcast u128 %64
              %70 = add_wrap %67, %68
              %71 = add_wrap %70, %69
              %72 = trunc u64 %71
              %73 = shr %71, u7 64
              %74 = trunc u64 %73
              store %62, %72
              store %6, %74`,
        )}
        %80 = add ${i}, %3
        %81 = ptr_elem_ptr *u64 %0, %80
        %82 = load u64 %6
        store %81, %82`,
  )}
  ret void {}
}
`;

/**
 * Quotient q and remainder r of unsigned integers of n limbs, bit by bit from the top: r takes the next bit of the dividend, and
 * where r is not below the divisor, that is subtracted. What r loses at the top says that it is not.
 */
const DIVISION = `
fn @__air_bigudivmod([*]u64, [*]u64, [*]const u64, [*]const u64, usize) void {
  %0 = arg [*]u64 0
  %1 = arg [*]u64 1
  %2 = arg [*]const u64 2
  %3 = arg [*]const u64 3
  %4 = arg usize 4
  %5 = alloc *usize
  %6 = alloc *usize
  %7 = alloc *u64
  %8 = alloc *u64
  ${each(
    10,
    '%5',
    '%4',
    (i) => `%20 = ptr_elem_ptr *u64 %0, ${i} store %20, u64 0 %22 = ptr_elem_ptr *u64 %1, ${i} store %22, u64 0`,
  )}
  %30 = shl %4, u5 6
  ${each(
    40,
    '%5',
    '%30',
    (step) => `
        %50 = add ${step}, usize 1
        %51 = sub %30, %50
        %52 = shr %51, u5 6
        %53 = bit_and %51, usize 63
        %54 = ptr_elem_val %2, %52
        %55 = shr %54, %53
        %56 = bit_and %55, u64 1
        store %7, %56
        store %8, u64 0
        ${each(
          60,
          '%6',
          '%4',
          (j) => `
              %70 = ptr_elem_ptr *u64 %1, ${j}
              %71 = load u64 %70
              %72 = shl %71, u6 1
              %73 = load u64 %7
              %74 = bit_or %72, %73
              store %70, %74
              %76 = shr %71, u6 63
              store %7, %76
              %78 = ptr_elem_val %3, ${j}
              %79 = load u64 %8
              %80 = cmp_lt %74, %78
              %81 = sub_wrap %74, %78
              %82 = cmp_lt %81, %79
              %83 = bool_or %80, %82
              %84 = bitcast u1 %83
              %85 = intcast u64 %84
              store %8, %85`,
        )}
        %90 = load u64 %7
        %91 = load u64 %8
        %92 = xor %91, u64 1
        %93 = bit_or %90, %92
        %94 = cmp_neq %93, u64 0
        %95 = block void {
          cond_br %94 {
            store %8, u64 0
            ${each(
              100,
              '%6',
              '%4',
              (j) => `
                  %110 = ptr_elem_ptr *u64 %1, ${j}
                  %111 = load u64 %110
                  %112 = ptr_elem_val %3, ${j}
                  %113 = load u64 %8
                  %114 = sub_wrap %111, %112
                  %115 = sub_wrap %114, %113
                  store %110, %115
                  %117 = cmp_lt %111, %112
                  %118 = cmp_lt %114, %113
                  %119 = bool_or %117, %118
                  %120 = bitcast u1 %119
                  %121 = intcast u64 %120
                  store %8, %121`,
            )}
            %130 = ptr_elem_ptr *u64 %0, %52
            %131 = load u64 %130
            %132 = shl u64 1, %53
            %133 = bit_or %131, %132
            store %130, %133
            br %95
          } else {
            br %95
          }
        }`,
  )}
  ret void {}
}
`;

/**
 * A shift by k bits of an integer of n limbs. Each limb is made of two: the one whole limbs away, shifted in the direction of the
 * shift, and the one behind it, shifted the other way; `fill` stands for limbs that are not there.
 */
function shift(name: string, fill: string, step: string, direction: string, back: string): string {
  const isFilled = fill !== 'u64 0';
  return `
fn @${name}([*]u64, [*]const u64, usize, usize${isFilled ? ', u64' : ''}) void {
  %0 = arg [*]u64 0
  %1 = arg [*]const u64 1
  %2 = arg usize 2
  %3 = arg usize 3
  ${isFilled ? `${fill} = arg u64 4` : ''}
  %4 = alloc *usize
  %5 = shr %3, u5 6
  %6 = bit_and %3, usize 63
  %7 = sub usize 63, %6
  ${each(
    10,
    '%4',
    '%2',
    (i) => `
        %20 = ${step} ${i}, %5
        %21 = ${step} %20, usize 1
        ${limbOr(30, '%1', '%20', '%2', fill)}
        ${limbOr(40, '%1', '%21', '%2', fill)}
        %50 = ${direction} %30, %6
        %51 = ${back} %40, u6 1
        %52 = ${back} %51, %7
        %53 = bit_or %50, %52
        %54 = ptr_elem_ptr *u64 %0, ${i}
        store %54, %53`,
  )}
  ret void {}
}
`;
}

/** To the right, the last parameter (0 or all ones) comes in. A limb in front of the first one is beyond the last, as numbers wrap. */
const SHIFTS =
  shift('__air_bigshl', 'u64 0', 'sub_wrap', 'shl', 'shr') + shift('__air_bigshr', '%8', 'add', 'shr', 'shl');

/** The float of an unsigned integer: the top bits times a power of two. `word` is the integer of its size. */
function toFloat(type: string, word: string, bias: number, fraction: number): string {
  return `
fn @__air_big${type.replace('f', 'float')}([*]const u64, usize) ${type} {
  %0 = arg [*]const u64 0
  %1 = arg usize 1
  %2 = alloc *[2]u64
  call @__air_bigtop(%2, %0, %1)
  %4 = ptr_elem_ptr *u64 %2, usize 0
  %5 = ptr_elem_ptr *u64 %2, usize 1
  %6 = load u64 %4
  %7 = load u64 %5
  %8 = float_from_int ${type} %6
  %9 = min %7, u64 ${bias - 62}
  %10 = add %9, u64 ${bias}
  %11 = ${word === 'u64' ? 'bit_or u64 0, %10' : `trunc ${word} %10`}
  %12 = shl %11, u8 ${fraction}
  %13 = bitcast ${type} %12
  %14 = mul %8, %13
  ret %14
}`;
}

/**
 * To floats, of unsigned integers: 64 bits from the leading one on, the lowest of which says whether any bit below is set, are
 * rounded once by the conversion of wasm and scaled by a power of two; a power at which every result is infinite stands for all
 * greater ones. From floats: the significand shifted to its place, limb by limb, then the sign.
 */
const FLOATS = `
fn @__air_bigtop(*[2]u64, [*]const u64, usize) void {
  %0 = arg *[2]u64 0
  %1 = arg [*]const u64 1
  %2 = arg usize 2
  %3 = alloc *usize
  %4 = alloc *usize
  %5 = alloc *u64
  %6 = ptr_elem_ptr *u64 %0, usize 0
  %7 = ptr_elem_ptr *u64 %0, usize 1
  store %4, usize 0
  store %5, u64 0
  ${each(
    10,
    '%3',
    '%2',
    (i) => `
        %20 = ptr_elem_val %1, ${i}
        %21 = cmp_neq %20, u64 0
        %22 = block void {
          cond_br %21 {
            store %4, ${i}
            br %22
          } else {
            br %22
          }
        }`,
  )}
  %30 = load usize %4
  %31 = cmp_eq %30, usize 0
  cond_br %31 {
    %33 = ptr_elem_val %1, usize 0
    store %6, %33
    store %7, u64 0
    ret void {}
  } else {
    %37 = sub %30, usize 1
    ${each(
      40,
      '%3',
      '%37',
      (i) => `
          %50 = ptr_elem_val %1, ${i}
          %51 = load u64 %5
          %52 = bit_or %51, %50
          store %5, %52`,
    )}
    %60 = ptr_elem_val %1, %30
    %61 = ptr_elem_val %1, %37
    %62 = clz u64 %60
    %63 = shl %60, %62
    %64 = sub u64 63, %62
    %65 = shr %61, u6 1
    %66 = shr %65, %64
    %67 = bit_or %63, %66
    %68 = shl %61, %62
    %69 = load u64 %5
    %70 = bit_or %68, %69
    %71 = min %70, u64 1
    %72 = bit_or %67, %71
    %73 = intcast u64 %30
    %74 = shl %73, u6 6
    %75 = sub %74, %62
    store %6, %72
    store %7, %75
    ret void {}
  }
}
${toFloat('f64', 'u64', 1023, 52)}
${toFloat('f32', 'u32', 127, 23)}
fn @__air_bigfix([*]u64, usize, f64) void {
  %0 = arg [*]u64 0
  %1 = arg usize 1
  %2 = arg f64 2
  %3 = alloc *usize
  %4 = alloc *i64
  %5 = alloc *u64
  %6 = bitcast u64 %2
  %7 = bit_and %6, u64 0x000fffffffffffff
  %8 = bit_or %7, u64 0x0010000000000000
  %9 = shr %6, u6 52
  %10 = bit_and %9, u64 2047
  %11 = bitcast i64 %10
  %12 = sub %11, i64 1075
  %13 = bitcast i64 %6
  %14 = shr %13, u6 63
  %15 = bitcast u64 %14
  %16 = bit_and %15, u64 1
  store %4, %12
  store %5, %16
  ${each(
    20,
    '%3',
    '%1',
    (i) => `
        %30 = load i64 %4
        %31 = block u64 {
          %32 = cmp_gte %30, i64 0
          cond_br %32 {
            %34 = min %30, i64 64
            %35 = bitcast u64 %34
            %36 = shl_sat u64 1, %35
            %37 = cmp_eq %34, i64 64
            cond_br %37 {
              br %31 u64 0
            } else {
              %40 = mul_wrap %8, %36
              br %31 %40
            }
          } else {
            %42 = max %30, i64 -63
            %43 = sub i64 0, %42
            %44 = bitcast u64 %43
            %45 = shr %8, %44
            br %31 %45
          }
        }
        %50 = sub %30, i64 64
        store %4, %50
        %52 = xor %31, %15
        %53 = load u64 %5
        %54 = add_wrap %52, %53
        %55 = cmp_lt %54, %53
        %56 = bitcast u1 %55
        %57 = intcast u64 %56
        store %5, %57
        %59 = ptr_elem_ptr *u64 %0, ${i}
        store %59, %54`,
  )}
  ret void {}
}
`;

/** AIR text of these functions. */
export function bigIntegersSource(): string {
  return PRODUCT + DIVISION + SHIFTS + FLOATS;
}
