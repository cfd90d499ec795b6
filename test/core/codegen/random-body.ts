/**
 * Random structured bodies over u32 for tests of liveness: shapes only, the arithmetic means nothing and loops need not
 * end. Not a generator of programs: the real one lives in generators/ and is tested there.
 */
import { BodyBuilder } from '../../../core/air/body/builder.ts';
import type { Body } from '../../../core/air/body/body.ts';
import type { InstIndex, Ref } from '../../../core/air/body/ref.ts';
import { valueRef } from '../../../core/air/body/ref.ts';
import type { InternPool } from '../../../core/intern/intern-pool.ts';
import { IP } from '../../../core/intern/keys.ts';

/** Deterministic stream of small numbers. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = (Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995) >>> 0;
  }

  /** Integer in [0, n). */
  below(n: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * n);
  }
}

interface Scope {
  readonly values: Ref[];
  /** Blocks that may be left with a u32. */
  readonly blocks: InstIndex[];
  readonly loops: InstIndex[];
  readonly depth: number;
}

/** A body of a function `fn(u32, u32) u32`, about `size` instructions. */
export function randomBody(pool: InternPool, random: Random, size: number): Body {
  const b = new BodyBuilder();
  const scope: Scope = {
    values: [b.arg(IP.u32_type, 0), b.arg(IP.u32_type, 1)],
    blocks: [],
    loops: [],
    depth: 0,
  };
  const pair = pool.structType(2, [
    { ty: IP.u32_type, align: 0 },
    { ty: IP.u1_type, align: 0 },
  ]);
  const seven = pool.arrayType(IP.u32_type, 7);
  const many = pool.arrayType(IP.u32_type, 40);
  const callee = valueRef(
    pool.ptrNav(pool.ptrType(pool.fnType(new Array(5).fill(IP.u32_type), IP.u32_type)), 0 as never),
  );

  const pick = (s: Scope): Ref =>
    random.below(6) === 0
      ? valueRef(pool.intWords(IP.u32_type, random.below(9), 0))
      : s.values[random.below(s.values.length)]!;

  const finish = (s: Scope): void => {
    const choice = random.below(8);
    if (s.depth < 5 && b.length < size && choice < 3) {
      b.condBr(
        b.bin('cmp_lt', pick(s), pick(s)),
        () => body(nested(s)),
        () => body(nested(s)),
      );
    } else if (s.depth < 5 && b.length < size && choice === 3) {
      const cases = Array.from({ length: random.below(4) }, (_, n) => ({
        items: [valueRef(pool.intWords(IP.u32_type, n * 2, 0))],
        ranges: [
          [valueRef(pool.intWords(IP.u32_type, n * 8 + 100, 0)), valueRef(pool.intWords(IP.u32_type, n * 8 + 103, 0))],
        ] as [Ref, Ref][],
        body: () => body(nested(s)),
      }));
      b.switchBr(pick(s), cases, () => body(nested(s)));
    } else if (s.loops.length > 0 && choice === 4) {
      b.repeat(s.loops[random.below(s.loops.length)]!);
    } else if (s.blocks.length > 0 && choice !== 5) {
      b.br(s.blocks[random.below(s.blocks.length)]!, pick(s));
    } else if (choice === 6) {
      b.none('trap');
    } else {
      b.un('ret', pick(s));
    }
  };

  const nested = (s: Scope, block?: InstIndex, loop?: InstIndex): Scope => ({
    values: [...s.values],
    blocks: block === undefined ? s.blocks : [...s.blocks, block],
    loops: loop === undefined ? s.loops : [...s.loops, loop],
    depth: s.depth + 1,
  });

  const body = (s: Scope): void => {
    for (let left = random.below(7); left > 0 && b.length < size; left--) {
      const choice = random.below(16);
      if (choice === 0 && s.depth < 5) {
        s.values.push(b.block(IP.u32_type, (self) => body(nested(s, self))));
      } else if (choice === 1 && s.depth < 5) {
        s.values.push(
          b.block(IP.u32_type, (self) => {
            b.loop(IP.noreturn_type, (loop) => body(nested(s, self, loop)));
          }),
        );
      } else if (choice === 2) {
        s.values.push(b.call(callee, [pick(s), pick(s), pick(s), pick(s), pick(s)]));
      } else if (choice === 3) {
        const t = b.tyBin('add_with_overflow', pair, pick(s), pick(s));
        s.values.push(b.field('struct_field_val', IP.u32_type, t, 0));
      } else if (choice === 4) {
        const length = random.below(2) === 0 ? 7 : 40;
        const a = b.aggregate(
          length === 7 ? seven : many,
          Array.from({ length }, () => pick(s)),
        );
        s.values.push(b.bin('array_elem_val', a, valueRef(pool.intWords(IP.usize_type, 3, 0))));
      } else if (choice === 5) {
        const p = b.typed('alloc', pool.ptrType(IP.u32_type));
        b.bin('store', p, pick(s));
        s.values.push(b.tyOp('load', IP.u32_type, p));
      } else {
        s.values.push(b.bin(choice < 9 ? 'add_wrap' : choice < 12 ? 'xor' : 'max', pick(s), pick(s)));
      }
    }
    finish(s);
  };
  body(scope);
  return b.finish();
}
