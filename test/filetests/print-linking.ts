/**
 * What the text of a module does not show of a relocatable object: its relocations, symbols and segments.
 *
 * Reads with the harness's own reader, which shares nothing with the linker that wrote the bytes.
 */
import type { ObjectModel, Relocation } from '../../harness/wasm/object-model.ts';
import { Extern, Flag, importCount, Kind, RELOCATION_TYPES } from '../../harness/wasm/object-model.ts';
import { readObjectModel } from '../../harness/wasm/read-object.ts';

const KINDS = Object.keys(Kind);
const FLAGS = Object.entries(Flag);

/** One line per relocation, symbol and segment of an object. */
export function printLinking(bytes: Uint8Array): string {
  const object = readObjectModel(bytes);
  const imported = importCount(object, Extern.function);
  const lines: string[] = [];
  object.functions.forEach(({ relocations }, n) => {
    lines.push(...relocationsOf(object, `func ${imported + n}`, relocations));
  });
  object.segments.forEach((segment, n) => {
    const { name, bytes: data, alignLog2, flags, relocations } = segment;
    lines.push(`segment ${n} ${JSON.stringify(name)} size=${data.length} align=${2 ** alignLog2} flags=${flags}`);
    lines.push(...relocationsOf(object, `segment ${n}`, relocations));
  });
  object.symbols.forEach(({ kind, flags, name, index, offset, size }, n) => {
    const set = FLAGS.filter(([, bit]) => (flags & bit) !== 0).map(([flag]) => flag);
    const place = kind === Kind.data && (flags & Flag.undefined) === 0 ? ` at ${offset} size ${size}` : '';
    lines.push(`symbol ${n} ${KINDS[kind]!} ${index}${place} ${JSON.stringify(name)} ${set.join(' ')}`.trimEnd());
  });
  if (object.features !== null) lines.push(`features ${object.features.join(' ')}`.trimEnd());
  return lines.join('\n');
}

function relocationsOf(object: ObjectModel, owner: string, relocations: readonly Relocation[]): string[] {
  return relocations.map(({ type, offset, index, addend }) => {
    const [name, , hasAddend] = RELOCATION_TYPES[type]!;
    const target = name === 'TYPE_INDEX_LEB' ? `type ${index}` : (object.symbols[index]?.name ?? `symbol ${index}`);
    return `reloc ${owner} +${offset} R_WASM_${name} ${target}${hasAddend ? ` ${addend}` : ''}`;
  });
}
