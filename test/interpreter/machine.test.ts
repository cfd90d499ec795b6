/** What the reference interpreter says of memory's size and of addresses of frames: what may be known of them, and no more. */
import { describe, expect, test } from '@jest/globals';
import { illegalAs, outcomeOf, outcomeOfBody, returned } from './air-program.ts';

describe('pages of memory', () => {
  test('growing gives the number before, and adds what was asked for', () => {
    const body = `
      %0 = wasm_memory_size 0
      %1 = wasm_memory_grow 0 usize 3
      %2 = bitcast usize %1
      %3 = cmp_eq %0, %2
      %4 = wasm_memory_size 0
      %5 = sub %4, %0
      %6 = cmp_neq %4, %0
      %7 = bool_and %3, %6
      %8 = block usize { cond_br %7 { br %8 %5 } else { br %8 usize 99 } }
      ret %8`;
    expect(outcomeOfBody('usize', body)).toEqual(returned(3n));
    expect(outcomeOfBody('usize', body.replace('sub %4', 'sub_wrap %4'))).toEqual(returned(3n));
  });

  test('a difference has a sign', () => {
    const body = `
      %0 = wasm_memory_size 0
      %1 = wasm_memory_grow 0 usize 1
      %2 = bitcast isize %0
      %3 = wasm_memory_grow 0 usize 0
      %4 = sub %2, %3
      ret %4`;
    expect(outcomeOfBody('isize', body)).toEqual(returned(0xffff_ffffn));
  });

  test('of too many pages there are no more than before', () => {
    const body = (pages: string): string => `
      %0 = wasm_memory_size 0
      %1 = wasm_memory_grow 0 usize ${pages}
      %2 = wasm_memory_size 0
      %3 = cmp_eq %0, %2
      %4 = cmp_eq %1, isize -1
      %5 = bool_and %3, %4
      ret %5`;
    expect(outcomeOfBody('bool', body('65536'))).toEqual(returned(1n));
    expect(outcomeOfBody('bool', body('4294967295'))).toEqual(returned(1n));
    expect(outcomeOfBody('bool', body('65535'))).toEqual({ kind: 'exhausted', what: 'memory' });
  });

  test('how many there are is not known', () => {
    for (const use of [
      'add %0, usize 1',
      'cmp_lt %0, usize 1',
      'cmp_eq %0, usize 1',
      'sub %0, usize 1',
      'not usize %0',
    ]) {
      expect(outcomeOfBody('void', `%0 = wasm_memory_size 0\n%1 = ${use}\nret void {}`)).toMatchObject({
        kind: 'illegal',
      });
    }
    expect(outcomeOfBody('usize', '%0 = wasm_memory_size 0\nret %0')).toMatchObject(illegalAs('address_arithmetic'));
  });
});

describe('the address of a frame', () => {
  test('is one in a frame and aligned as the stack', () => {
    const body = `
      %0 = frame_addr
      %1 = alloc *usize
      store %1, %0
      %3 = load usize %1
      %4 = frame_addr
      %5 = cmp_eq %3, %4
      %6 = bit_and %0, usize 15
      %7 = cmp_eq %6, usize 0
      %8 = bool_and %5, %7
      ret %8`;
    expect(outcomeOfBody('bool', body)).toEqual(returned(1n));
  });

  test('is not compared with that of another frame, nor with a slot', () => {
    const other = 'fn @g() usize { %0 = frame_addr\n ret %0 }';
    const compared = '%0 = frame_addr\n%1 = call @g()\n%2 = cmp_eq %0, %1\nret %2';
    expect(outcomeOfBody('bool', compared, other)).toMatchObject(illegalAs('pointer_comparison'));
    const slot = '%0 = frame_addr\n%1 = alloc *u32\n%2 = bitcast usize %1\n%3 = cmp_eq %0, %2\nret %3';
    expect(outcomeOfBody('bool', slot)).toMatchObject(illegalAs('pointer_comparison'));
  });

  test('nothing returns anywhere', () => {
    expect(outcomeOfBody('usize', '%0 = ret_addr\nret %0')).toEqual(returned(0n));
  });
});

describe('an error trace', () => {
  const TRACE = 'struct { u8, usize }';

  test('is where it was said to be last, whatever body said so', () => {
    const body = (said: string): string => `
      %0 = alloc *u32
      store %0, u32 7
      %2 = alloc *u32
      store %2, u32 9
      set_err_return_trace %0
      %5 = block void { ${said} br %5 }
      %20 = err_return_trace *u32
      set_err_return_trace %0
      %22 = load u32 %20
      ret %22`;
    expect(outcomeOfBody('u32', body('').replace(/%20/g, '%7').replace(/%22/g, '%9'))).toEqual(returned(7n));
    const moved = body('set_err_return_trace %2').replace(/%20/g, '%8').replace(/%22/g, '%10');
    expect(outcomeOfBody('u32', moved)).toEqual(returned(9n));
  });

  test('has an index in it', () => {
    const body = `
      %0 = alloc *${TRACE}
      %1 = struct_field_ptr *usize %0, 1
      store %1, usize 5
      set_err_return_trace %0
      %4 = save_err_return_trace_index ${TRACE} 1
      store %1, usize 6
      ret %4`;
    expect(outcomeOfBody('usize', body)).toEqual(returned(5n));
  });

  test('is nowhere before that, in this execution of the function', () => {
    const own = `%0 = save_err_return_trace_index ${TRACE} 1\nret %0`;
    expect(outcomeOfBody('usize', own)).toMatchObject(illegalAs('undefined_value'));
    const callee = `fn @g() usize { ${own} }`;
    const caller = `%0 = alloc *${TRACE}\nset_err_return_trace %0\n%2 = call @g()\nret %2`;
    expect(outcomeOfBody('usize', caller, callee)).toMatchObject(illegalAs('undefined_value'));
  });

  test('too small is out of bounds', () => {
    const small = `%0 = alloc *align(8) u8\nset_err_return_trace %0\n%2 = save_err_return_trace_index ${TRACE} 1\nret %2`;
    expect(outcomeOfBody('usize', small)).toMatchObject(illegalAs('out_of_bounds'));
  });
});

test('a prefetch does nothing, wherever it points', () => {
  expect(outcomeOfBody('u8', 'prefetch *u8 ptr(16), write, 0, instruction\nret u8 3')).toEqual(returned(3n));
});

/** Counts the steps of the Collatz sequence by three states. */
const COLLATZ = `
export fn @f(u32) u32 {
  %0 = arg u32 0
  %1 = alloc *u32
  %2 = alloc *u32
  store %1, %0
  store %2, u32 0
  %5 = loop_switch_br u8 0 {
    case u8 0 {
      %6 = load u32 %1
      %7 = cmp_eq %6, u32 1
      cond_br %7 {
        %9 = load u32 %2
        ret %9
      } else {
        %11 = bit_and %6, u32 1
        %12 = add u32 1, %11
        %13 = intcast u8 %12
        %14 = load u32 %2
        %15 = add %14, u32 1
        store %2, %15
        switch_dispatch %5 %13
      }
    }
    case u8 1 {
      %18 = load u32 %1
      %19 = shr %18, u5 1
      store %1, %19
      switch_dispatch %5 u8 0
    }
    else {
      %22 = load u32 %1
      %23 = mul %22, u32 3
      %24 = add %23, u32 1
      store %1, %24
      switch_dispatch %5 u8 0
    }
  }
}`;

test('a loop switch runs the body that each dispatch chooses', () => {
  expect(outcomeOf(COLLATZ, 27n)).toEqual(returned(111n));
  expect(outcomeOf(COLLATZ, 1n)).toEqual(returned(0n));
});
