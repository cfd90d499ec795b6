/**
 * MIR of several functions in one ArrayBuffer: how it travels from a codegen thread to the linker's thread.
 *
 * Owns the form of a packet: a count, one header for each function, then all words, then all bytes. A packet is transferred,
 * not copied, and what is read from it are views. Knows nothing of threads.
 */
import type { LocalIndex, Mir } from '../../mir/mir.ts';

/** MIR of the function at position `index` of its job. */
export interface PackedMir {
  readonly index: number;
  readonly mir: Mir;
}

/** Position in the job, lengths of the nine arrays, errorNameTableRefCount, the four numbers of the prologue. */
const HEADER_WORDS = 15;

/** The arrays of words of `mir`, in the order of their lengths in the header. */
function wordArrays(mir: Mir): readonly Uint32Array[] {
  return [mir.data, mir.extra, mir.uavs, mir.navs, mir.indirectFunctionSet, mir.funcTypes, mir.intrinsics];
}

/** Packs functions. */
export function packMirs(functions: readonly PackedMir[]): ArrayBuffer {
  let words = 1 + functions.length * HEADER_WORDS;
  let bytes = 0;
  for (const { mir } of functions) {
    for (const array of wordArrays(mir)) words += array.length;
    bytes += mir.tags.length + mir.locals.length;
  }
  const buffer = new ArrayBuffer(words * 4 + bytes);
  const allWords = new Uint32Array(buffer, 0, words);
  const allBytes = new Uint8Array(buffer, words * 4, bytes);
  allWords[0] = functions.length;
  let header = 1;
  let atWord = 1 + functions.length * HEADER_WORDS;
  let atByte = 0;
  for (const { index, mir } of functions) {
    const { tags, locals, prologue } = mir;
    allWords[header] = index;
    allWords[header + 1] = tags.length;
    allWords[header + 2] = locals.length;
    let at = header + 3;
    for (const array of wordArrays(mir)) {
      allWords[at++] = array.length;
      allWords.set(array, atWord);
      atWord += array.length;
    }
    allWords[at++] = mir.errorNameTableRefCount;
    allWords[at++] = prologue.stackAlignLog2;
    allWords[at++] = prologue.stackSize;
    allWords[at++] = prologue.spLocal;
    allWords[at] = prologue.bottomLocal;
    allBytes.set(tags, atByte);
    allBytes.set(locals, atByte + tags.length);
    atByte += tags.length + locals.length;
    header += HEADER_WORDS;
  }
  return buffer;
}

/** The functions of a packet, as views of it. */
export function unpackMirs(buffer: ArrayBuffer): PackedMir[] {
  const [count] = new Uint32Array(buffer, 0, 1);
  const headers = new Uint32Array(buffer, 4, count! * HEADER_WORDS);
  let words = 4 + headers.byteLength;
  let bytes = words;
  for (let h = 0; h < headers.length; h += HEADER_WORDS) {
    for (let k = 3; k < 10; k++) bytes += headers[h + k]! * 4;
  }
  const takeWords = (length: number): Uint32Array => {
    const array = new Uint32Array(buffer, words, length);
    words += length * 4;
    return array;
  };
  const takeBytes = (length: number): Uint8Array => {
    const array = new Uint8Array(buffer, bytes, length);
    bytes += length;
    return array;
  };
  const functions: PackedMir[] = [];
  for (let h = 0; h < headers.length; h += HEADER_WORDS) {
    const mir: Mir = {
      tags: takeBytes(headers[h + 1]!),
      locals: takeBytes(headers[h + 2]!),
      data: takeWords(headers[h + 3]!),
      extra: takeWords(headers[h + 4]!),
      uavs: takeWords(headers[h + 5]!),
      navs: takeWords(headers[h + 6]!),
      indirectFunctionSet: takeWords(headers[h + 7]!),
      funcTypes: takeWords(headers[h + 8]!),
      intrinsics: takeWords(headers[h + 9]!),
      errorNameTableRefCount: headers[h + 10]!,
      prologue: {
        stackAlignLog2: headers[h + 11]! | 0,
        stackSize: headers[h + 12]!,
        spLocal: headers[h + 13]! as LocalIndex,
        bottomLocal: headers[h + 14]! as LocalIndex,
      },
    };
    functions.push({ index: headers[h]!, mir });
  }
  return functions;
}
