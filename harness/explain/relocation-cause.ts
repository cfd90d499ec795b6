/**
 * What a wrong link is about: the kind of relocation in the objects of the minimised case.
 *
 * Owns the order in which kinds are telling. Reads the object with the harness's own reader; runs nothing. A minimised case has
 * the relocation that is wrong, and those without which nothing could be seen of it: the rarest is named.
 */
import type { Case } from '../model/case.ts';
import type { ObjectModel, Relocation } from '../wasm/object-model.ts';
import { RELOCATION_TYPES } from '../wasm/object-model.ts';
import { readObjectModel } from '../wasm/read-object.ts';
import type { Bench } from './runner.ts';

/** Kinds that most programs need, the least telling last; all others are more telling. */
const PLAIN: readonly string[] = ['memory-addr-sleb', 'memory-addr-leb', 'global-index', 'function-index'];

/** The kind of relocation that names a wrong link of `case_`; null where its object has none, or cannot be made. */
export function relocationCause(case_: Case, bench: Bench): string | null {
  if (bench.backend.objects === undefined) return null;
  const built = bench.store(case_, case_.unit).object();
  if (built.kind !== 'built') return null;
  const kinds = kindsOf(readObjectModel(built.bytes));
  const rank = (kind: string): number => PLAIN.indexOf(kind.replace(/-with-addend$/, ''));
  return kinds.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))[0] ?? null;
}

function kindsOf(model: ObjectModel): string[] {
  const owners = [...model.functions, ...model.segments, ...model.customs];
  return [...new Set(owners.flatMap(({ relocations }) => relocations.map(kindOf)))];
}

/** `MEMORY_ADDR_SLEB` as `memory-addr-sleb`, for 64-bit memories too. */
function kindOf({ type, addend }: Relocation): string {
  const plain = RELOCATION_TYPES[type]![0].replace(/64$/, '')
    .replace(/(INDEX|NUMBER)_LEB$/, '$1')
    .toLowerCase()
    .replaceAll('_', '-');
  return addend === 0 ? plain : `${plain}-with-addend`;
}
