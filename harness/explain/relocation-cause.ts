/**
 * What a wrong link is about: the kind of relocation whose number is wrong in the module.
 *
 * First by a comparison: harness/layout follows the inputs through the module from its exports on, and a field that leads to other code or data
 * than its symbol's, or contradicts another field, is the wrong one. Where the contents do not tell, by the rarest kind in the object of
 * the minimised case, which has the relocation that is wrong and those without which nothing could be seen of it. Runs nothing.
 */
import { naturalAlign, runtimeSources } from '../check/layout.ts';
import { judgeModule } from '../layout/judge-module.ts';
import type { Source } from '../layout/sources.ts';
import { objectSource, unitSource } from '../layout/sources.ts';
import type { Case } from '../model/case.ts';
import type { Artefacts } from '../way/artefacts.ts';
import type { BuildResult } from '../way/build-result.ts';
import type { ObjectModel, Relocation } from '../wasm/object-model.ts';
import { RELOCATION_TYPES } from '../wasm/object-model.ts';
import { readObjectModel } from '../wasm/read-object.ts';
import type { Bench } from './runner.ts';

/** Kinds that most programs need, the least telling last; all others are more telling. */
const PLAIN: readonly string[] = ['memory-addr-sleb', 'memory-addr-leb', 'global-index', 'function-index'];

/** The kind of relocation that is wrong in a module of `case_`, by what the modules hold; null where they do not tell. */
export function provenRelocation(case_: Case, bench: Bench): string | null {
  const { backend } = bench;
  if (backend.objects === undefined || backend.layout === undefined) return null;
  const store = bench.store(case_, case_.unit);
  const rules = backend.layout.rules(store.settings);
  for (const { result, inputs } of linksOf(store)) {
    if (result?.kind !== 'built') continue;
    const runtime = runtimeSources(backend, case_.unit.pool.target.ptrBits, inputs);
    const { wrong } = judgeModule(result.bytes, [...inputs, ...runtime], rules);
    if (wrong !== null) return kindOf(wrong);
  }
  return null;
}

interface Link {
  readonly result: BuildResult | null;
  readonly inputs: readonly Source[];
}

/** The modules of a program that are linked of its objects or as if they were, the simplest first. */
function* linksOf(store: Artefacts): Generator<Link> {
  const object = store.object();
  if (object.kind !== 'built') return;
  const model = readObjectModel(object.bytes);
  yield { result: store.exe(), inputs: [unitSource(model, naturalAlign(store.unit))] };
  yield { result: store.linked(), inputs: [objectSource(model)] };
  const parts = store.parts().map(({ result }) => (result.kind === 'built' ? readObjectModel(result.bytes) : null));
  if (parts.length === 0 || parts.includes(null)) return;
  yield { result: store.split(), inputs: store.case.plan.order.map((n) => objectSource(parts[n]!)) };
}

/** The rarest kind of relocation in the object of `case_`; null where it has none, or cannot be made. */
export function rarestRelocation(case_: Case, bench: Bench): string | null {
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
