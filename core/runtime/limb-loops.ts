/**
 * Runtime functions on integers of many limbs: sums, bitwise operations, orders, counts, reversals, copies, runs of bits.
 *
 * An integer is a run of u64 limbs, the least significant first, and travels by address with the number of its limbs. Codegen calls
 * these where a line of code for each limb would be too long. A result may lie in an operand unless a routine says otherwise.
 */
import type { Operand, Routine, Source } from './assembler.ts';
import { routine, sourceOf, u64 } from './assembler.ts';

/** Type of the address of limbs. */
export const LIMBS = '[*]u64';

const COUNT = 'usize';

/** A number of limbs or bits as a u64. */
export function wordOf(r: Routine, count: Operand): Operand {
  return r.emit(`intcast u64 ${count.text}`, 'u64');
}

/** A sum or difference of three words and the carry or borrow out of it; `more` is 0 or 1. */
function carried(
  r: Routine,
  kind: 'add' | 'sub',
  a: Operand,
  b: Operand,
  more: Operand,
): readonly [word: Operand, carry: Operand] {
  if (kind === 'add') {
    const first = r.add(a, b);
    const word = r.add(first, more);
    return [word, r.flag(r.or(r.lt(first, a), r.lt(word, first)))];
  }
  const first = r.sub(a, b);
  return [r.sub(first, more), r.flag(r.or(r.lt(a, b), r.lt(first, more)))];
}

function chain(name: string, kind: 'add' | 'sub'): Source {
  return routine(name, [LIMBS, LIMBS, LIMBS, COUNT], 'void', (r, [to, a, b, n]) => {
    const carry = r.variable(u64(0));
    r.count(wordOf(r, n!), (k) => {
      const [word, more] = carried(r, kind, r.load(a!, k), r.load(b!, k), carry.get());
      r.store(to!, k, word);
      carry.set(more);
    });
    r.ret();
  });
}

function bitwise(name: string, combine: (r: Routine, a: Operand, b: Operand) => Operand): Source {
  return routine(name, [LIMBS, LIMBS, LIMBS, COUNT], 'void', (r, [to, a, b, n]) => {
    r.count(wordOf(r, n!), (k) => {
      r.store(to!, k, combine(r, r.load(a!, k), r.load(b!, k)));
    });
    r.ret();
  });
}

/** Each limb with the bits of a word flipped. */
const FLIP = routine('__air_bigflip', [LIMBS, LIMBS, COUNT, 'u64'], 'void', (r, [to, a, n, word]) => {
  r.count(wordOf(r, n!), (k) => {
    r.store(to!, k, r.xor(r.load(a!, k), word!));
  });
  r.ret();
});

/** (a ^ m) - m: the negative if m is all ones, and a if it is 0. */
const NEGATE_IF = routine('__air_bignegif', [LIMBS, LIMBS, COUNT, 'u64'], 'void', (r, [to, a, n, mask]) => {
  const borrow = r.variable(u64(0));
  r.count(wordOf(r, n!), (k) => {
    const [word, more] = carried(r, 'sub', r.xor(r.load(a!, k), mask!), mask!, borrow.get());
    r.store(to!, k, word);
    borrow.set(more);
  });
  r.ret();
});

/** a - 1 if the last parameter is 1, and a if it is 0. */
const LESS = routine('__air_bigless', [LIMBS, LIMBS, COUNT, 'u64'], 'void', (r, [to, a, n, less]) => {
  const borrow = r.variable(less!);
  r.count(wordOf(r, n!), (k) => {
    const [word, more] = carried(r, 'sub', r.load(a!, k), u64(0), borrow.get());
    r.store(to!, k, word);
    borrow.set(more);
  });
  r.ret();
});

/** -1, 0 or 1 by the order; `flip` is 2^63 for signed integers, and 0: the topmost limbs that differ decide. */
const ORDER = routine('__air_bigorder', [LIMBS, LIMBS, COUNT, 'u64'], 'i32', (r, [a, b, n, flip]) => {
  const left = r.variable(wordOf(r, n!));
  const flipped = r.variable(flip!);
  r.loop(
    () => r.ne(left.get(), u64(0)),
    () => {
      const k = r.sub(left.get(), u64(1));
      left.set(k);
      const [x, y] = [r.xor(r.load(a!, k), flipped.get()), r.xor(r.load(b!, k), flipped.get())];
      flipped.set(u64(0));
      r.when(r.ne(x, y), () => {
        r.ret(r.choose(r.lt(x, y), { text: 'i32 -1', type: 'i32' }, { text: 'i32 1', type: 'i32' }));
      });
    },
  );
  r.ret({ text: 'i32 0', type: 'i32' });
});

/** 0 exactly if all limbs are the word. */
const DIFFER = routine('__air_bigdiffer', [LIMBS, COUNT, 'u64'], 'u64', (r, [a, n, word]) => {
  const found = r.variable(u64(0));
  r.count(wordOf(r, n!), (k) => {
    found.set(r.or(found.get(), r.xor(r.load(a!, k), word!)));
  });
  r.ret(found.get());
});

/** Zeros above the highest one, of all limbs. */
const LEADING = routine('__air_bigclz', [LIMBS, COUNT], 'u64', (r, [a, n]) => {
  const count = r.variable(u64(0));
  const left = r.variable(wordOf(r, n!));
  r.loop(
    () => r.ne(left.get(), u64(0)),
    () => {
      left.set(r.sub(left.get(), u64(1)));
      const limb = r.load(a!, left.get());
      count.set(r.add(count.get(), r.clz(limb)));
      r.when(r.ne(limb, u64(0)), () => {
        r.ret(count.get());
      });
    },
  );
  r.ret(count.get());
});

/** Zeros below the lowest one, of all limbs. */
const TRAILING = routine('__air_bigctz', [LIMBS, COUNT], 'u64', (r, [a, n]) => {
  const count = r.variable(u64(0));
  r.count(wordOf(r, n!), (k) => {
    const limb = r.load(a!, k);
    count.set(r.add(count.get(), r.emit(`ctz u64 ${limb.text}`, 'u64')));
    r.when(r.ne(limb, u64(0)), () => {
      r.ret(count.get());
    });
  });
  r.ret(count.get());
});

const POPULATION = routine('__air_bigpopcount', [LIMBS, COUNT], 'u64', (r, [a, n]) => {
  const count = r.variable(u64(0));
  r.count(wordOf(r, n!), (k) => {
    count.set(r.add(count.get(), r.emit(`popcount u64 ${r.load(a!, k).text}`, 'u64')));
  });
  r.ret(count.get());
});

/** The limbs in reverse order, each reversed; the result lies in no operand. */
function reversal(name: string, tag: string): Source {
  return routine(name, [LIMBS, LIMBS, COUNT], 'void', (r, [to, a, n]) => {
    const last = r.sub(wordOf(r, n!), u64(1));
    r.count(wordOf(r, n!), (k) => {
      r.store(to!, r.sub(last, k), r.emit(`${tag} u64 ${r.load(a!, k).text}`, 'u64'));
    });
    r.ret();
  });
}

/** Limbs 0 to m - 1 of a, and `fill` in those from there to n - 1. */
const EXTEND = routine('__air_bigextend', [LIMBS, LIMBS, COUNT, COUNT, 'u64'], 'void', (r, [to, a, m, n, fill]) => {
  const end = wordOf(r, m!);
  r.count(end, (k) => {
    r.store(to!, k, r.load(a!, k));
  });
  const at = r.variable(end);
  r.loop(
    () => r.lt(at.get(), wordOf(r, n!)),
    () => {
      r.store(to!, at.get(), fill!);
      at.set(r.add(at.get(), u64(1)));
    },
  );
  r.ret();
});

/** The `bits` bits of a from bit `offset` on, as an unsigned integer of as many limbs as they need. */
const CUT = routine('__air_bigcut', [LIMBS, LIMBS, COUNT, COUNT], 'void', (r, [to, a, o, b]) => {
  const [offset, bits] = [wordOf(r, o!), wordOf(r, b!)];
  const first = r.shr(offset, 6);
  const shift = r.and(offset, u64(63));
  const last = r.shr(r.sub(r.add(offset, bits), u64(1)), 6);
  r.count(r.shr(r.add(bits, u64(63)), 6), (k) => {
    const at = r.add(first, k);
    const word = r.variable(r.shr(r.load(a!, at), shift));
    r.when(r.and(r.ne(shift, u64(0)), r.lt(at, last)), () => {
      word.set(r.or(word.get(), r.shl(r.load(a!, r.add(at, u64(1))), r.sub(u64(64), shift))));
    });
    const left = r.sub(bits, r.shl(k, 6));
    r.when(r.lt(left, u64(64)), () => {
      word.set(r.and(word.get(), r.sub(r.shl(u64(1), left), u64(1))));
    });
    r.store(to!, k, word.get());
  });
  r.ret();
});

/** Puts the low `bits` bits of a at bit `offset` of the integer; its other bits stay. */
const PUT = routine('__air_bigput', [LIMBS, LIMBS, COUNT, COUNT], 'void', (r, [to, a, o, b]) => {
  const [offset, bits] = [wordOf(r, o!), wordOf(r, b!)];
  const shift = r.and(offset, u64(63));
  const put = (at: Operand, value: Operand, mask: Operand): void => {
    r.store(to!, at, r.or(r.and(r.load(to!, at), r.not(mask)), r.and(value, mask)));
  };
  r.count(r.shr(r.add(bits, u64(63)), 6), (k) => {
    const at = r.add(r.shr(offset, 6), k);
    const word = r.load(a!, k);
    const left = r.sub(bits, r.shl(k, 6));
    const mask = r.variable(u64((1n << 64n) - 1n));
    r.when(r.lt(left, u64(64)), () => {
      mask.set(r.sub(r.shl(u64(1), left), u64(1)));
    });
    put(at, r.shl(word, shift), r.shl(mask.get(), shift));
    r.when(r.gt(r.add(r.min(left, u64(64)), shift), u64(64)), () => {
      const rest = r.sub(u64(64), shift);
      put(r.add(at, u64(1)), r.shr(word, rest), r.shr(mask.get(), rest));
    });
  });
  r.ret();
});

/** Names of these functions. */
export const LIMB_LOOP_NAMES = [
  '__air_bigadd',
  '__air_bigsub',
  '__air_bigand',
  '__air_bigor',
  '__air_bigxor',
  '__air_bigflip',
  '__air_bignegif',
  '__air_bigless',
  '__air_bigorder',
  '__air_bigdiffer',
  '__air_bigclz',
  '__air_bigctz',
  '__air_bigpopcount',
  '__air_bigbswap',
  '__air_bigbitreverse',
  '__air_bigextend',
  '__air_bigcut',
  '__air_bigput',
] as const;

/** AIR text of these functions. */
export function limbLoopsSource(): string {
  return sourceOf([
    chain('__air_bigadd', 'add'),
    chain('__air_bigsub', 'sub'),
    bitwise('__air_bigand', (r, a, b) => r.and(a, b)),
    bitwise('__air_bigor', (r, a, b) => r.or(a, b)),
    bitwise('__air_bigxor', (r, a, b) => r.xor(a, b)),
    FLIP,
    NEGATE_IF,
    LESS,
    ORDER,
    DIFFER,
    LEADING,
    TRAILING,
    POPULATION,
    reversal('__air_bigbswap', 'byte_swap'),
    reversal('__air_bigbitreverse', 'bit_reverse'),
    EXTEND,
    CUT,
    PUT,
  ]);
}
