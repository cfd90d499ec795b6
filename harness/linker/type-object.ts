/**
 * An object with a function of each type that calls through the table name.
 *
 * Zig's linker writes the types of functions that it keeps, and no others (docs/found.md): a call through the table whose type no function has
 * gets whatever type is first.
 */
import { Assembler } from '../topology/assembler.ts';
import { Op } from '../topology/opcodes.ts';
import type { FunctionType } from '../wasm/object-model.ts';
import { Flag, relocationType } from '../wasm/object-model.ts';
import { readObjectModel } from '../wasm/read-object.ts';

const TYPE_INDEX = relocationType('TYPE_INDEX_LEB');

/** The object; null where no call of `objects` names a type. */
export function typeObject(objects: Iterable<Uint8Array>): Uint8Array | null {
  const types = new Map<string, FunctionType>();
  for (const bytes of objects) {
    const model = readObjectModel(bytes);
    for (const { relocations } of model.functions) {
      for (const { type, index } of relocations) {
        const named = model.types[index];
        if (type === TYPE_INDEX && named !== undefined)
          types.set(`${named.params.join()} ${named.results.join()}`, named);
      }
    }
  }
  if (types.size === 0) return null;
  const assembler = new Assembler();
  [...types.values()].forEach((type, n) => {
    assembler.func(`__type${n}`, type, Flag.exported, (code) => code.op(Op.unreachable));
  });
  return assembler.bytes();
}
