/**
 * Whether a module that the engine rejects for its bodies may be so: only if the bodies were not sound before the link.
 *
 * Owns the search for the input body that a rejected body of the output comes from: equal bytes where no relocation is. A
 * rejected body that no input has, or whose inputs are all sound by themselves (self-contained.ts), is the linker's fault.
 */
import { readArchive } from '../../core/link/input/archive.ts';
import type { NamedBytes } from '../../harness/external/c-program.ts';
import type { InputBody } from './self-contained.ts';
import { bodyRanges, complaintAbout, rejectedBodies } from './rejected-bodies.ts';
import { areSoundWhenShort, bodiesOf } from './self-contained.ts';
import { splitSections } from './sections.ts';

const CODE = 10;

/** Whose fault it is that the engine rejects a module: that of an input, that of the linker, or nobody can say. */
export type Blame =
  { readonly kind: 'input' } | { readonly kind: 'unjudged' } | { readonly kind: 'linker'; readonly what: string };

/** Judges a module that the engine rejects, made of `files`, whose bodies were copied byte by byte but for relocations. */
export function blameBodies(module: Uint8Array<ArrayBuffer>, files: readonly NamedBytes[]): Blame {
  const rejected = rejectedBodies(module);
  if (rejected === null) return { kind: 'linker', what: 'the engine rejects more than the bodies' };
  const code = splitSections(module).find(({ id }) => id === CODE)!.payload;
  const ranges = bodyRanges(code);
  const inputs: InputBody[] = [];
  for (const object of objectsOf(files)) {
    const bodies = bodiesOf(object);
    // The engine knows nothing of what else is in it, such as 64-bit tables.
    if (bodies === null) return { kind: 'unjudged' };
    inputs.push(...bodies);
  }
  for (const number of rejected) {
    const { start, end } = ranges[number]!;
    const body = code.subarray(start, end);
    const origins = inputs.filter((input) => isOrigin(input, body));
    if (origins.length === 0) return { kind: 'linker', what: `body ${number} is rejected and comes from no input` };
    if (origins.every((origin) => origin.isSound && !namesFillers(module, number, origin))) {
      return { kind: 'linker', what: `body ${number} is rejected and was sound before` };
    }
  }
  return { kind: 'input' };
}

/**
 * Whether the engine rejects a body for an index that no relocation covers: a linker copies it, and what it means in the
 * output nobody said. The crowds of fillers do not catch an index that fits a filler and a thing of the object alike.
 */
function namesFillers(module: Uint8Array<ArrayBuffer>, number: number, { covered }: InputBody): boolean {
  const complaint = complaintAbout(module, number);
  return complaint !== null && /\bindex\b/.test(complaint.text) && covered[complaint.at] === 0;
}

/** Whether an input has a body that was not sound before the link, or is not when its numbers are shorter, or that nobody can judge. */
export function hasUnsoundBodies(files: readonly NamedBytes[]): boolean {
  return objectsOf(files).some(
    (object) => bodiesOf(object)?.every(({ isSound }) => isSound) !== true || areSoundWhenShort(object) !== true,
  );
}

function isOrigin({ bytes, covered }: InputBody, body: Uint8Array): boolean {
  if (bytes.length !== body.length) return false;
  for (let i = 0; i < bytes.length; i++) if (covered[i] === 0 && bytes[i] !== body[i]) return false;
  return true;
}

/** All objects, those in archives too. */
function objectsOf(files: readonly NamedBytes[]): Uint8Array[] {
  return files.flatMap(({ name, bytes }) => {
    if (bytes[0] === 0) return [bytes];
    const archive = readArchive(bytes, name);
    return archive.ok ? archive.value.members.map((member) => member.bytes).filter((member) => member[0] === 0) : [];
  });
}
