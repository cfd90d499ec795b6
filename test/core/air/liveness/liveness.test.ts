/** Liveness: the rules on bodies small enough to see, and the independent verifier on random shapes. */
import { describe, expect, test } from '@jest/globals';
import { BodyBuilder } from '../../../../core/air/body/builder.ts';
import type { Body } from '../../../../core/air/body/body.ts';
import type { InstIndex, Ref } from '../../../../core/air/body/ref.ts';
import { instRef, valueRef } from '../../../../core/air/body/ref.ts';
import { analyzeLiveness, isUnused, operandDies, UNUSED_BIT } from '../../../../core/air/liveness/liveness.ts';
import { operandAt, operandCount } from '../../../../core/air/body/operands.ts';
import { verifyLiveness } from '../../../../core/air/verify/verify-liveness.ts';
import { InternPool } from '../../../../core/intern/intern-pool.ts';
import type { NavIndex } from '../../../../core/intern/keys.ts';
import { IP } from '../../../../core/intern/keys.ts';
import { Random, randomBody } from '../../codegen/random-body.ts';

const u32 = IP.u32_type;
const pool = new InternPool();
const five = valueRef(pool.intWords(u32, 5, 0));

function build(fill: (b: BodyBuilder, x: Ref, y: Ref) => void): Body {
  const b = new BodyBuilder();
  fill(b, b.arg(u32, 0), b.arg(u32, 1));
  return b.finish();
}

/** Per instruction: u for an unused result, and the positions of operands that die. */
function tombs(body: Body): string[] {
  const liveness = analyzeLiveness(body);
  expect(verifyLiveness(body, liveness)).toBeNull();
  return Array.from({ length: body.length }, (_, n) => {
    const inst = n as InstIndex;
    let text = isUnused(liveness, inst) ? 'u' : '';
    for (let k = 0; k < operandCount(body, inst); k++) if (operandDies(liveness, inst, k)) text += String(k);
    return text;
  });
}

describe('analyzeLiveness', () => {
  test('an operand dies at its last use', () => {
    const body = build((b, x, y) => {
      const s = b.bin('add_wrap', x, y);
      b.un('ret', b.bin('xor', s, x));
    });
    expect(tombs(body)).toEqual(['', '', '1', '01', 'u0']);
  });

  test('of a repeated operand the last occurrence dies', () => {
    const body = build((b, x) => b.un('ret', b.bin('add_wrap', x, x)));
    expect(tombs(body)).toEqual(['', 'u', '1', 'u0']);
  });

  test('an unused droppable instruction uses nothing, and what only it used is unused too', () => {
    const body = build((b, x, y) => {
      const s = b.bin('add_wrap', x, y);
      b.bin('xor', s, five);
      b.un('ret', x);
    });
    expect(tombs(body)).toEqual(['', 'u', 'u', 'u', 'u0']);
  });

  test('a value from outside does not die inside a loop that repeats', () => {
    const body = build((b, x, y) => {
      const out = b.block(u32, (block) => {
        b.loop(IP.noreturn_type, (loop) => {
          const s = b.bin('add_wrap', x, y);
          b.condBr(
            b.bin('cmp_lt', s, five),
            () => b.br(block, s),
            () => b.repeat(loop),
          );
        });
      });
      b.un('ret', out);
    });
    expect(tombs(body).slice(4, 8)).toEqual(['', '', 'u0', 'u0']);
  });

  test('a value that one arm needs is a death of the other', () => {
    const body = build((b, x, y) => {
      b.condBr(
        b.bin('cmp_lt', y, five),
        () => b.un('ret', x),
        () => b.none('trap'),
      );
    });
    const liveness = analyzeLiveness(body);
    const at = liveness.special[3]!;
    // One value dies at the start of the last arm, none at the start of the first.
    expect([...liveness.extra.subarray(at, at + 3)]).toEqual([1, 0, 0]);
  });

  test('operands beyond the third have tombs in words of 31 bits', () => {
    const array = pool.arrayType(u32, 70);
    const body = build((b, x, y) => {
      const values = Array.from({ length: 70 }, (_, n) => b.bin('add_wrap', x, valueRef(pool.intWords(u32, n, 0))));
      const a = b.aggregate(array, values);
      b.un('ret', b.bin('array_elem_val', a, y));
    });
    const liveness = analyzeLiveness(body);
    expect(verifyLiveness(body, liveness)).toBeNull();
    for (let k = 0; k < 70; k++) expect(operandDies(liveness, 72 as InstIndex, k)).toBe(true);
    const at = liveness.special[72]!;
    expect([...liveness.extra.subarray(at, at + 3)]).toEqual([0x7fff_ffff, 0x7fff_ffff, 0x8000_001f]);
  });

  test('what follows a block that nothing leaves is dead code and uses nothing', () => {
    const body = build((b, x, y) => {
      const s = b.bin('add_wrap', x, y);
      b.block(IP.void_type, () => b.none('trap'));
      b.un('ret', s);
    });
    expect(tombs(body)).toEqual(['u', 'u', 'u', 'u', 'u', '']);
  });
});

describe('verifyLiveness', () => {
  test('accepts what analyzeLiveness says of random bodies', () => {
    let longest = 0;
    for (let seed = 1; seed <= 600; seed++) {
      const body = randomBody(pool, new Random(seed), 10 + (seed % 300));
      longest = Math.max(longest, body.length);
      const problem = verifyLiveness(body, analyzeLiveness(body));
      if (problem !== null) throw new Error(`seed ${seed}: ${problem}`);
    }
    expect(longest).toBeGreaterThan(150);
  });

  test('sees each flipped tomb of an operand that is a value', () => {
    let flips = 0;
    let seen = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const body = randomBody(pool, new Random(seed), 60);
      const liveness = analyzeLiveness(body);
      for (let n = 0; n < body.length; n++) {
        const inst = n as InstIndex;
        for (let k = 0; k < Math.min(3, operandCount(body, inst)); k++) {
          if (operandAt(body, inst, k) < 0x8000_0000) continue;
          // A value that lives on may die at a return: nothing behind it can tell.
          if (['ret', 'br'].includes(body.tag(inst))) continue;
          liveness.tombs[inst]! ^= 1 << k;
          flips++;
          if (verifyLiveness(body, liveness) !== null) seen++;
          liveness.tombs[inst]! ^= 1 << k;
        }
      }
    }
    expect(flips).toBeGreaterThan(300);
    expect(seen / flips).toBeGreaterThan(0.6);
  });

  test('sees a result called unused that is used', () => {
    const body = build((b, x, y) => b.un('ret', b.bin('add_wrap', x, y)));
    const liveness = analyzeLiveness(body);
    liveness.tombs[2]! |= UNUSED_BIT;
    expect(verifyLiveness(body, liveness)).toMatch(/^%2 add_wrap|%3 ret/);
  });
});

describe('instructions that go on behind the bodies they own, or are entered again', () => {
  /** `try` and `loop_switch_br` are refused in programs, and live as their rows say. */
  test('a value that only the error body of a try needs dies in front of what follows it', () => {
    const body = build((b, x, y) => {
      const payload = instRef(b.add('try', u32, x, () => b.un('ret', y)));
      b.un('ret', payload);
    });
    expect(tombs(body)).toEqual(['', '', '0', 'u0', 'u0']);
    const liveness = analyzeLiveness(body);
    const at = liveness.special[2]!;
    // One value dead behind it; none dead in the body; %1.
    expect([...liveness.extra.subarray(at, at + 3)]).toEqual([1, 0, 1]);
  });

  test('a value that only what follows a try needs dies in the body', () => {
    const body = build((b, x, y) => {
      b.add('try', u32, x, () => b.none('trap'));
      b.un('ret', y);
    });
    const liveness = analyzeLiveness(body);
    expect(verifyLiveness(body, liveness)).toBeNull();
    const at = liveness.special[2]!;
    expect([...liveness.extra.subarray(at, at + 3)]).toEqual([0, 1, 1]);
  });

  test('a value from outside does not die where a switch is dispatched again', () => {
    const body = build((b, x, y) => {
      b.add('loop_switch_br', x, [{ items: [five], ranges: [], body: () => b.un('ret', y) }], (self) =>
        b.add('switch_dispatch', self, b.bin('add_wrap', y, five)),
      );
    });
    expect(tombs(body)).toEqual(['', '', 'u0', 'u0', '', 'u0']);
  });

  test('an inlined block is a block', () => {
    const body = build((b, x, y) => {
      const inlined = b.add('dbg_inline_block', u32, 0 as NavIndex, (self) => b.br(self, x));
      b.un('ret', b.bin('add_wrap', instRef(inlined), y));
    });
    expect(tombs(body)).toEqual(['', '', '', 'u0', '01', 'u0']);
  });
});
