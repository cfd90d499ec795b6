/** XXH3 against values of the reference implementation (xxHash 0.8, by way of Python's xxhash 4.1.0). */
import { describe, expect, test } from '@jest/globals';
import { xxh3 } from '../../../../core/link/symbols/xxh3.ts';

describe('xxh3', () => {
  // One of each way in which an input is cut, and the lengths around them.
  test.each([
    [0, 0x2d06800538d394c2n],
    [1, 0xe12ef9d2eb86ceebn],
    [3, 0xa9088dda485b481cn],
    [4, 0x57648c318a7a307en],
    [8, 0xb0fb3e3c3f94990an],
    [9, 0x8aca5cb309437c2en],
    [16, 0x2bd926d88792965an],
    [17, 0x621f018aad19b14an],
    [32, 0x8911535e799e4d99n],
    [33, 0xb1e1d246d972758fn],
    [64, 0x6b7916077162249fn],
    [65, 0x041802f929fde152n],
    [96, 0x2971b06d34ae032an],
    [97, 0x15af35a46b7ea756n],
    [128, 0x104c5158a0b84b98n],
    [129, 0x4fde2d10f0bcdfean],
    [144, 0xc3e29400c2535415n],
    [240, 0xc8fcaf51fec964b0n],
    [241, 0xee80e3642dbe5d90n],
    [512, 0x362b9a95abf697f4n],
    [1024, 0xb29a0eb57f6d9a67n],
    [1025, 0x4fc94c4a42c6553cn],
    [2113, 0xe16d9bf5c35e9fc1n],
  ] as const)('of %i bytes', (length, expected) => {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 7 + length) % 251);
    expect(xxh3(bytes)).toBe(expected);
  });
});
