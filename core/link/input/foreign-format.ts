/**
 * What a file that is no wasm object is, by its first bytes, so that a refusal can name it.
 *
 * Owns the signatures. Sources: LLVM's bitcode format, tool-conventions (stub libraries), the headers of ELF, Mach-O and COFF.
 */

/** Name of a format that linkers know and this one does not take, or null. */
export function foreignFormat(bytes: Uint8Array): string | null {
  const begin = String.fromCharCode(...bytes.subarray(0, 8));
  for (const [signature, name] of SIGNATURES) if (begin.startsWith(signature)) return name;
  return null;
}

/** Whether `bytes` begin like any wasm binary. */
export function isWasm(bytes: Uint8Array): boolean {
  return bytes[0] === 0 && bytes[1] === 0x61 && bytes[2] === 0x73 && bytes[3] === 0x6d;
}

const SIGNATURES: readonly (readonly [signature: string, name: string])[] = [
  ['BC\xc0\xde', 'LLVM bitcode (link-time optimisation)'],
  ['\xde\xc0\x17\x0b', 'LLVM bitcode (link-time optimisation)'],
  ['#STUB', 'stub library'],
  ['!<arch>\n', 'archive inside of an archive'],
  ['!<thin>\n', 'archive inside of an archive'],
  ['\x7fELF', 'ELF object'],
  ['\xcf\xfa\xed\xfe', 'Mach-O object'],
  ['\xce\xfa\xed\xfe', 'Mach-O object'],
  ['\x64\x86', 'COFF object'],
  ['\x4c\x01', 'COFF object'],
];
