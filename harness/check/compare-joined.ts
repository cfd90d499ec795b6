/**
 * Whether two linkers make relocatable output of the same objects with the same symbols, imports and groups in the same order.
 *
 * Pure. Who links the output further sees these orders: names that a linker looks for one after the other, numbers of functions, and what a
 * host is asked for. Nothing else is compared here: what the output means is asked of the modules that are made of it.
 */
import { Kind } from '../wasm/object-model.ts';
import type { ObjectModel } from '../wasm/object-model.ts';
import { readObjectModel } from '../wasm/read-object.ts';
import type { ModuleDifference } from './module-difference.ts';

const KINDS = Object.keys(Kind);

/** The first difference, or null. */
export function compareJoined(ours: Uint8Array, theirs: Uint8Array): ModuleDifference | null {
  const [left, right] = [readObjectModel(ours), readObjectModel(theirs)];
  for (const [what, wordsOf] of LISTS) {
    const [a, b] = [wordsOf(left), wordsOf(right)];
    const at = Array.from({ length: Math.max(a.length, b.length) }, (_, i) => i).find((i) => a[i] !== b[i]);
    if (at === undefined) continue;
    return {
      kind: 'joined',
      what: `${what} of relocatable output, from place ${at} on`,
      ours: a[at] ?? 'nothing',
      theirs: b[at] ?? 'nothing',
    };
  }
  return null;
}

const LISTS: readonly (readonly [what: string, wordsOf: (model: ObjectModel) => string[]])[] = [
  ['symbols', symbolWords],
  ['types', ({ types }) => types.map(({ params, results }) => `${params.join()} to ${results.join()}`)],
  ['imports', ({ imports }) => imports.map(({ module, field, kind }) => `${module}.${field} of kind ${kind}`)],
  ['groups', ({ comdats }) => comdats.map(({ name }) => name)],
];

/**
 * Everything but the place of data: wasm-ld puts segments of one name together. Numbers count what has a symbol: wasm-ld keeps weak
 * definitions that lost all of their names.
 */
function symbolWords({ symbols }: ObjectModel): string[] {
  const numbers = KINDS.map((_, kind) => {
    const used = new Set(symbols.filter((symbol) => symbol.kind === kind).map(({ index }) => index));
    return [...used].sort((a, b) => a - b);
  });
  return symbols.map(({ kind, flags, name, index, size }) => {
    const place = kind === Kind.data ? `size ${size}` : `number ${numbers[kind]!.indexOf(index)}`;
    return `${KINDS[kind]!} ${name}, flags ${flags.toString(16)}, ${place}`;
  });
}
