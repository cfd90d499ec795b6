/** What V8 says of a module that it does not take has the same class in all its versions. */
import { expect, test } from '@jest/globals';
import { rejectionClass } from '../../../../harness/engine/v8/rejection-class.ts';

const IMPORT = 'WebAssembly.Instance(): Import #0';

test.each([
  [
    'operand-types',
    'WebAssembly.Module(): Compiling function #3:"f" failed: type error in fallthru[0] (expected i32, got i64) @+37',
    'WebAssembly.Module(): Compiling function #12 failed: i64.eq[1] expected type i64, found local.get of type i32 @+91',
    'WebAssembly.Module(): Compiling function #5:"a failed: b" failed: not enough arguments on the stack for i64.eq (need 2, got 1) @+831',
    'WebAssembly.Module(): Compiling function #0 failed: expected 1 elements on the stack for fallthru, found 2 @+40',
  ],
  [
    'truncated',
    'WebAssembly.Module(): expected  length: @+110',
    'WebAssembly.Module(): reached end while decoding length @+110',
    'WebAssembly.Module(): expected 16600 bytes, fell off end @+1675',
    'WebAssembly.Module(): Compiling function #0:"run0" failed: function body must end with "end" opcode @+424',
  ],
  [
    'memory-argument',
    'WebAssembly.Module(): Compiling function #7 failed: invalid alignment; expected maximum alignment is 1, actual alignment is 65 @+1246',
    'WebAssembly.Module(): Compiling function #6:"f3" failed: expected memory index 0, found 65 @+832',
    'WebAssembly.Module(): Compiling function #7 failed: memory index 112 exceeds number of declared memories (1) @+1246',
    'WebAssembly.Module(): Compiling function #3 failed: invalid memory ordering: acquire-release requires --experimental-wasm-acquire-release flag @+337',
  ],
  [
    'global-flags',
    'WebAssembly.Module(): invalid mutability @+59',
    'WebAssembly.Module(): invalid global flags 0x19 @+59',
  ],
  [
    'type-form',
    'WebAssembly.Module(): Expected signature definition 0x60, got 0x40 @+11',
    'WebAssembly.Module(): unknown type form: 64 @+11',
  ],
  [
    'opcode',
    'WebAssembly.Module(): Compiling function #0:"run0" failed: Invalid opcode 0xd5 (enable with --experimental-wasm-gc) @+223',
    'WebAssembly.Module(): Compiling function #0 failed: invalid numeric opcode: 0xfc1f @+22',
  ],
  [
    'function-import-requires-a-callable',
    `${IMPORT} module="env" function="f" error: function import requires a callable`,
    `${IMPORT} module="env" function="f": function import requires a callable`,
    `${IMPORT} "env" "f": function import requires a callable`,
    `${IMPORT} "env: \\"x\\"" "error: f": function import requires a callable`,
  ],
  [
    'import-too-small',
    'WebAssembly.Instance(): memory import 0 is smaller than initial 2, got 1',
    `${IMPORT} "env" "m": memory import has 1 pages which is smaller than the declared initial of 2`,
  ],
  // Texts that no row knows keep their words.
  ['data-segment-is-out-of-bounds', 'WebAssembly.Instance(): data segment 0 is out of bounds (offset 65536, length 1)'],
  ['invalid-local-index', 'WebAssembly.Module(): Compiling function #4 failed: invalid local index: 41 @+1100'],
  ['unknown', '42'],
])('%s', (name, ...messages) => {
  expect(messages.map(rejectionClass)).toEqual(messages.map(() => name));
});
