/**
 * What the `name` section of an object says about functions and locals (wasm core spec, appendix "Custom Sections").
 *
 * Read when an output is named, not when the object is read: most links strip, and nothing else depends on it. Invariant: a
 * section that is malformed counts as absent, as the specification demands of engines; so names never fail a link.
 */
import { ByteReader, MalformedError } from '../../wasm/byte-reader.ts';
import { NameSubsection } from '../../wasm/kinds.ts';
import type { LocalName, ObjectNames, ParsedObject } from './object-file.ts';

const NO_NAMES: ObjectNames = { funcs: new Map(), locals: new Map() };

/** Objects are immutable and shared, so one answer serves all links. */
const namesOf = new WeakMap<ParsedObject, ObjectNames>();

/** Names that the object gives. */
export function objectNames(object: ParsedObject): ObjectNames {
  if (object.names === null) return NO_NAMES;
  if ('funcs' in object.names) return object.names;
  let names = namesOf.get(object);
  if (names === undefined) {
    const { start, end } = object.names;
    names = readNames(new ByteReader(object.bytes, start, end)) ?? NO_NAMES;
    namesOf.set(object, names);
  }
  return names;
}

function readNames(reader: ByteReader): ObjectNames | null {
  const funcs = new Map<number, string>();
  const locals = new Map<number, readonly LocalName[]>();
  const sectionEnd = reader.end;
  try {
    while (!reader.done) {
      const id = reader.u8();
      const size = reader.uleb();
      if (size > reader.remaining) return null;
      reader.end = reader.at + size;
      if (id === NameSubsection.function) {
        const count = reader.count(2);
        for (let i = 0; i < count; i++) funcs.set(reader.uleb(), reader.text());
      } else if (id === NameSubsection.local) {
        const count = reader.count(2);
        for (let i = 0; i < count; i++) locals.set(reader.uleb(), readLocals(reader));
      } else {
        reader.at = reader.end;
      }
      if (!reader.done) return null;
      reader.end = sectionEnd;
    }
  } catch (error) {
    if (error instanceof MalformedError) return null;
    throw error;
  }
  return { funcs, locals };
}

function readLocals(reader: ByteReader): LocalName[] {
  const count = reader.count(2);
  const names: LocalName[] = [];
  for (let i = 0; i < count; i++) names.push({ index: reader.uleb(), name: reader.text() });
  return names;
}
