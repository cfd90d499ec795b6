/**
 * AIR as C: what a person reads, and what holds for every program that the generators make.
 *
 * That the source means the same is for a C compiler to say; here it is text.
 */
import { describe, expect, test } from '@jest/globals';
import { parseUnit } from '../../../core/index.ts';
import { generateCase, PROFILES } from '../../../generators/index.ts';
import { printC } from '../../../harness/source/c/print-c.ts';
import { printed } from '../../../harness/source/not-printable.ts';

function c(text: string): string {
  const parsed = parseUnit(text);
  if (!parsed.ok) throw new Error(parsed.diagnostics[0]!.message);
  return printC(parsed.unit, '');
}

describe('a program', () => {
  test('keeps instructions, blocks, loops and switches', () => {
    const text = c(`export fn @f(u32, i7) i64 {
  %0 = arg u32 0
  %1 = arg i7 1
  %2 = add_wrap %0, u32 5
  %3 = block i64 {
    %4 = cmp_lt %2, u32 10
    cond_br %4 {
      %6 = intcast i64 %2
      br %3 %6
    } else {
      switch_br %1 {
        case i7 1, i7 3..i7 5 {
          br %3 i64 -1
        }
        else {
          br %3 i64 7
        }
      }
    }
  }
  ret %3
}
`);
    expect(text).toBe(`typedef unsigned _BitInt(32) u32;
typedef _BitInt(7) i7;
typedef _BitInt(64) i64;
static __attribute__((noinline)) i64 n0(u32 v0, i7 v1);
static __attribute__((noinline)) i64 n0(u32 v0, i7 v1) {
    u32 v2 = v0 + ((u32)0x5ull);
    i64 v3;
    {
        _Bool v4 = v2 < ((u32)0xaull);
        if (v4) {
            i64 v6 = (i64)v2;
            v3 = v6;
            goto b3;
        } else {
            i7 w8 = v1;
            switch (w8) {
            case ((i7)0x1ull):
            case ((i7)0x3ull) ... ((i7)0x5ull):
            {
                v3 = ((i64)0xffffffffffffffffull);
                goto b3;
            }
            default: {
                v3 = ((i64)0x7ull);
                goto b3;
            } }
        }
    }
    b3:;
    return v3;
}
__attribute__((export_name("f"))) long long n0_export0(unsigned int v0, int v1) { return (long long)n0((u32)v0, (i7)v1); }
`);
  });

  test('computes what wraps without a sign, and what overflows by checked builtins', () => {
    const text = c(`fn @f(i9, i9) i9 {
  %0 = arg i9 0
  %1 = arg i9 1
  %2 = mul_wrap %0, %1
  %3 = add_sat %2, %1
  %4 = rem %3, %1
  ret %4
}
`);
    expect(text).toContain('i9 v2 = (i9)((u9)v0 * (u9)v1);');
    expect(text).toContain('if (__builtin_add_overflow(v2, v1, &v3)) v3 = v2 < 0 ? ((i9)0x100ull) : ((i9)0xffull);');
    expect(text).toContain('i9 v4 = (v1 == ((i9)0x1ffull) ? ((i9)0x0ull) : v3 % v1);');
  });

  test('has objects with the bytes and addresses of AIR', () => {
    const text = c(`export var @a: extern struct { u8, *u8 } align(16) = .{ 7, &@b }\nvar @b: u8 = 1\n`);
    expect(text).toContain('{ unsigned char b0[4]; unsigned char *p4; }');
    expect(text).toContain('static struct n0_t n0 = { { [0] = 7 }, ((unsigned char *)&n1) };');
  });

  test.each([
    ['a float of 16 bits', 'fn @f(f16) void {\n  %0 = arg f16 0\n  ret void {}\n}\n'],
    ['an integer of more than 128 bits', 'fn @f(u129) void {\n  %0 = arg u129 0\n  ret void {}\n}\n'],
    ['a signed integer of one bit', 'fn @f(i1) void {\n  %0 = arg i1 0\n  ret void {}\n}\n'],
    ['a fused multiply-add', 'fn @f(f32) f32 {\n  %0 = arg f32 0\n  %1 = mul_add %0, %0, %0\n  ret %1\n}\n'],
  ])('with %s is refused by that name', (reason, text) => {
    expect(printed(() => c(text))).toEqual({ kind: 'unsupported', reason });
  });
});

test.each(Object.keys(PROFILES).filter((name) => name !== 'sweep'))(
  'programs of profile %s are printed, or what C lacks is named',
  (profile) => {
    for (let seed = 1; seed <= 4; seed++) {
      const { unit } = generateCase(seed, profile);
      const source = printed(() => printC(unit, 'p0_', 'p0_'));
      expect(source.kind === 'printed' ? source.value : source.reason).toMatch(
        /^(typedef|static|struct|__attribute|an? |the |addresses of 64 bits$)/,
      );
    }
  },
);
