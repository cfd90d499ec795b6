/**
 * The image of memory that a run leaves: bytes, definedness, pointers without addresses, NaNs without bits.
 */
import { describe, expect, test } from '@jest/globals';
import type { NavIndex } from '../../core/intern/keys.ts';
import { interpret } from '../../interpreter/interpret.ts';
import type { ObjectImage } from '../../interpreter/model/outcome.ts';
import { hexOf, imageOf, runOnce, unitOf } from './air-program.ts';

function images(text: string, names: readonly string[]): ObjectImage[] {
  const unit = unitOf(text);
  const run = runOnce(text);
  return names.map((name) => imageOf(unit, run, name));
}

const DO_NOTHING = 'export fn @f() void { ret void {} }';

describe('images', () => {
  test('there is one of every variable and constant, also without any call', () => {
    const text = `var @a : u8 = 1\nconst @b : u16 = 2\nfn @g() void { ret void {} }\nvar @c : u8 = undef\n${DO_NOTHING}`;
    const run = interpret(unitOf(text), []);
    expect([...run.memory].map(([nav, image]) => [nav, hexOf(image)])).toEqual([
      [0, '01'],
      [1, '02 00'],
      [3, '..'],
    ]);
  });

  test('pointers to navs and functions name them', () => {
    const [image] = images(
      `var @t : [4]u8 = undef
       fn @g() void { ret void {} }
       extern fn @h() void
       var @v : extern struct { *u8, *const fn() void, *const fn() void, u8 } = .{ &@t + 3, &@g, &@h, 5 }
       ${DO_NOTHING}`,
      ['v'],
    );
    expect([...image!.pointers]).toEqual([
      [0, { kind: 'nav', nav: 0, offset: 3 }],
      [4, { kind: 'function', nav: 1 }],
      [8, { kind: 'function', nav: 2 }],
    ]);
    expect(Array.from(image!.defined)).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0]);
  });

  test('data that points to itself is one image', () => {
    const unit = unitOf(`var @a : *u8 = &@b + 1\nvar @b : [2]*u8 = .{ &@a, &@b }\n${DO_NOTHING}`);
    const run = interpret(unit, []);
    expect([...imageOf(unit, run, 'a').pointers]).toEqual([[0, { kind: 'nav', nav: 1, offset: 1 }]]);
    expect([...imageOf(unit, run, 'b').pointers.values()]).toEqual([
      { kind: 'nav', nav: 0, offset: 0 },
      { kind: 'nav', nav: 1, offset: 0 },
    ]);
  });

  test('equal unnamed constants are one object, with an image of its own', () => {
    const [a, b] = images(
      `const @a : *const u16 = &(u16 258)
       const @b : [2]*const u8 = .{ &(u16 258) + 1, &(*const u8 &(u8 7)) }
       ${DO_NOTHING}`,
      ['a', 'b'],
    );
    const target = a!.pointers.get(0);
    const same = b!.pointers.get(0);
    if (target?.kind !== 'object' || same?.kind !== 'object') throw new Error('not an object');
    expect(hexOf(target.object)).toBe('02 01');
    expect([target.offset, same.offset]).toEqual([0, 1]);
    expect(same.object).toBe(target.object);
    const outer = b!.pointers.get(4);
    const inner = outer?.kind === 'object' ? outer.object.pointers.get(0) : undefined;
    expect(inner?.kind === 'object' && hexOf(inner.object)).toBe('07');
  });

  test('a slice is a pointer and a length', () => {
    const [image] = images(`var @t : [4]u8 = undef\nvar @v : []u8 = slice([*]u8 &@t + 1, 3)\n${DO_NOTHING}`, ['v']);
    expect([...image!.pointers]).toEqual([[0, { kind: 'nav', nav: 0, offset: 1 }]]);
    expect(hexOf(image!).slice(12)).toBe('03 00 00 00');
  });

  test('a pointer to a slot is dangling after its function has returned, and an object when the run trapped in it', () => {
    const body = (end: string) => `var @v : *u8 = undef
      export fn @f() void { %0 = alloc *u8 store %0, u8 9 store **u8 &@v, %0 ${end} }`;
    expect(images(body('ret void {}'), ['v'])[0]!.pointers.get(0)).toEqual({ kind: 'dangling' });
    const live = images(body('trap'), ['v'])[0]!.pointers.get(0);
    expect(live?.kind === 'object' && hexOf(live.object)).toBe('09');
  });

  test('an address in an integer is a pointer, a number in a pointer is a number', () => {
    const [image] = images(
      `var @v : extern struct { usize, *u8 } = undef
       export fn @f() void {
         %0 = bitcast usize *u8 &@v + 2
         store *usize &@v, %0
         store **u8 &@v + 4, *u8 ptr(513)
         ret void {}
       }`,
      ['v'],
    );
    expect([...image!.pointers]).toEqual([[0, { kind: 'nav', nav: 0, offset: 2 }]]);
    expect(hexOf(image!).slice(12)).toBe('01 02 00 00');
  });

  test('a NaN that arithmetic made is listed and not defined, a copied one is defined', () => {
    const [image] = images(
      `var @v : extern struct { f32, f32, f64 } = undef
       export fn @f() void {
         %0 = div_float f32 0.0, f32 0.0
         store *f32 &@v, %0
         store *f32 &@v + 4, f32 nan(0x7fc00002)
         %3 = fpext f64 %0
         store *f64 &@v + 8, %3
         ret void {}
       }`,
      ['v'],
    );
    expect([...image!.nans]).toEqual([
      [0, 4],
      [8, 8],
    ]);
    expect(hexOf(image!)).toBe('.. .. .. .. 02 00 c0 7f .. .. .. .. .. .. .. ..');
  });

  test('a NaN whose bytes are partly overwritten is no NaN any more', () => {
    const [image] = images(
      `var @v : f32 = undef
       export fn @f() void {
         %0 = div_float f32 0.0, f32 0.0
         store *f32 &@v, %0
         store *u8 &@v + 2, u8 1
         ret void {}
       }`,
      ['v'],
    );
    expect(image!.nans.size).toBe(0);
    expect(hexOf(image!)).toBe('.. .. 01 ..');
  });

  test('a long chain of data is not deeper than the stack', () => {
    const length = 5000;
    const text = Array.from(
      { length },
      (_, n) => `var @n${n} : *u8 = ${n + 1 < length ? `&@n${n + 1}` : 'ptr(0)'}`,
    ).join('\n');
    const run = interpret(unitOf(`${text}\n${DO_NOTHING}`), [{ fn: 'f', args: [] }]);
    expect(run.memory.get(0 as NavIndex)!.pointers.get(0)).toEqual({ kind: 'nav', nav: 1, offset: 0 });
    expect(run.memory.size).toBe(length);
  });

  test('two runs of one unit do not see each other', () => {
    const unit = unitOf('var @v : u8 = 1\nexport fn @f() void { store *u8 &@v, u8 2 ret void {} }');
    expect(hexOf(imageOf(unit, interpret(unit, [{ fn: 'f', args: [] }]), 'v'))).toBe('02');
    expect(hexOf(imageOf(unit, interpret(unit, []), 'v'))).toBe('01');
  });
});
