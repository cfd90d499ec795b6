/**
 * Gadgets about segments of strings: those that a linker may store once, and those that it must leave as they are.
 *
 * Owns the texts. A probe reads each byte, so no address needs to be known.
 */
import type { Code } from './assembler.ts';
import { Assembler } from './assembler.ts';
import type { Site } from './draft.ts';
import { Op } from './opcodes.ts';
import { Flag, SegmentBit } from '../wasm/object-model.ts';

/** Pushes whether byte `at` of datum `name` is `byte`, and joins it with the word below. */
function agree(code: Code, name: string, at: number, byte: number): void {
  code.address(name, at).op(Op.i32Load8, 0, 0).i32(byte).op(Op.i32Eq, Op.i32And);
}

/** Strings that may be stored once: each is read to its end, from its begin and from its middle. */
export function strings(site: Site): boolean {
  const texts = ['wasm', 'object', 'sm', 'linker', ''];
  for (let n = 0; n < 2; n++) {
    const assembler = new Assembler();
    const first = site.pick(texts);
    const second = site.pick(texts);
    assembler.data(site.name(`s${n}`), [...bytesOf(first), 0, ...bytesOf(second), 0], {
      section: '.rodata.str1.1',
      segmentFlags: SegmentBit.strings,
      alignLog2: 0,
      flags: Flag.local,
    });
    assembler.part(site.name(`second${n}`), site.name(`s${n}`), first.length + 1, second.length + 1, Flag.local);
    assembler.probe(site.name(`probe${n}`), (code) => {
      code.i32(1);
      [...bytesOf(second), 0].forEach((byte, k) => agree(code, site.name(`second${n}`), k, byte));
      [...bytesOf(first), 0].forEach((byte, k) => agree(code, site.name(`s${n}`), k, byte));
    });
    site.add(`strings${n}`, assembler, n);
    site.expect(site.name(`probe${n}`), 1);
  }
  if (site.flip()) wideStrings(site);
  if (site.flip()) likeHashes(site);
  return true;
}

/**
 * Pairs of strings that are one number to the hash of core (h = (h ^ byte) * 0x01000193 of each byte, the NUL too, modulo 2^32),
 * found by trying some 100,000. With another hash they are strings like all others.
 */
const ALIKE: readonly (readonly [string, string])[] = [
  ['wzveuul', 'qmynxlg'],
  ['twyamw', 'gvwyl'],
  ['qrez', 'djkjerh'],
];

function bytesOf(text: string): number[] {
  return Array.from(text, (char) => char.charCodeAt(0));
}

/** Different strings that a hash does not tell apart: each is read to its end. */
function likeHashes(site: Site): void {
  const texts = site.pick(ALIKE);
  const [first, second] = [site.name('alike'), site.name('other')];
  const assembler = new Assembler();
  assembler.data(first, bytesOf(`${texts.join('\0')}\0`), {
    section: '.rodata.str1.1',
    segmentFlags: SegmentBit.strings,
    alignLog2: 0,
    flags: Flag.local,
  });
  assembler.part(second, first, texts[0].length + 1, texts[1].length + 1, Flag.local);
  assembler.probe(site.name('hashes'), (code) => {
    code.i32(1);
    [first, second].forEach((name, n) => {
      bytesOf(`${texts[n]!}\0`).forEach((byte, k) => agree(code, name, k, byte));
    });
  });
  site.add('alike', assembler);
  site.expect(site.name('hashes'), 1);
}

/** Strings of two bytes a letter, which nobody stores once: each of their zero bytes would end one. */
function wideStrings(site: Site): void {
  const bytes = [0x61, 0, 0x62, 0, 0x61, 0, 0, 0];
  const assembler = new Assembler();
  assembler.data(site.name('wide'), bytes, {
    section: '.rodata.str2.2',
    segmentFlags: SegmentBit.strings,
    alignLog2: 1,
    flags: Flag.local,
  });
  assembler.probe(site.name('widths'), (code) => {
    code.i32(1);
    bytes.forEach((byte, k) => agree(code, site.name('wide'), k, byte));
    code.address(site.name('wide')).i32(1).op(Op.i32And, Op.i32Eqz, Op.i32And);
  });
  site.add('wide-strings', assembler);
  site.expect(site.name('widths'), 1);
}
