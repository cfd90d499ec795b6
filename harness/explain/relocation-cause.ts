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
import { objectName } from '../case/case-file.ts';
import type { Case } from '../model/case.ts';
import type { Finding } from '../model/finding.ts';
import type { RelocationPlace } from '../model/place.ts';
import { wayOf } from '../way/ways.ts';
import type { Artefacts } from '../way/artefacts.ts';
import type { BuildResult } from '../way/build-result.ts';
import type { ObjectModel, Relocation } from '../wasm/object-model.ts';
import { RELOCATION_TYPES } from '../wasm/object-model.ts';
import { readObjectModel } from '../wasm/read-object.ts';
import type { Bench } from './runner.ts';

/** Kinds that most programs need, the least telling last; all others are more telling. */
const PLAIN: readonly string[] = ['memory-addr', 'global-index', 'function-index'];

/** Rules of `layout` about memory as a whole. Where one is broken, any access may go wrong. */
export const MEMORY_RULES: readonly string[] = ['memories', 'memory-limits', 'stack-pointer'];

/** Rules of `layout` about the name section, which tells what function a pointer leads to. */
export const NAME_RULE = /^names-/;

/** What is wrong with a link of a program. */
export interface LinkFault {
  readonly what: 'memory' | 'relocation' | 'names';
  /** The kind of relocation whose number is wrong; `memory` or `names` for a rule of that. */
  readonly name: string;
  /** The relocation; null for a rule. */
  readonly relocation: RelocationPlace | null;
}

/** What is wrong with the links of `case_`, judged by their bytes; null if nothing can be proven. The way of the finding gives the settings. */
export function linkFault(case_: Case, bench: Bench, { way: id }: Pick<Finding, 'way'>): LinkFault | null {
  const { backend } = bench;
  if (backend.objects === undefined || backend.layout === undefined) return null;
  // With the settings of the module that failed.
  const given = bench.store(case_, case_.unit);
  const store = (id === undefined ? null : wayOf(id, backend)?.on(given)) ?? given;
  const rules = backend.layout.rules(store.settings);
  let wrongNumber: RelocationPlace | null = null;
  let kind = '';
  let hasNames = true;
  for (const { result, inputs, names } of linksOf(store)) {
    if (result?.kind !== 'built') continue;
    const runtime = runtimeSources(backend, case_.unit.pool.target.ptrBits, inputs);
    const { wrong, complaints } = judgeModule(result.bytes, [...inputs, ...runtime], rules);
    if (complaints.some(({ op }) => MEMORY_RULES.includes(op)))
      return { what: 'memory', name: 'memory', relocation: null };
    if (wrongNumber === null && wrong !== null) [wrongNumber, kind] = [placeOf(wrong, inputs, names), kindOf(wrong)];
    hasNames &&= !complaints.some(({ op }) => NAME_RULE.test(op));
  }
  if (kind !== '') return { what: 'relocation', name: kind, relocation: wrongNumber };
  return hasNames ? null : { what: 'names', name: 'names', relocation: null };
}

/** Where `wrong` is; null where it is in none of `inputs`, as one of the compiler's library. */
function placeOf(wrong: Relocation, inputs: readonly Source[], names: readonly string[]): RelocationPlace | null {
  for (const [n, { model, importedFunctions, functionNames }] of inputs.entries()) {
    const owners = [
      ...model.functions.map(({ relocations }, at) => {
        const index = importedFunctions + at;
        return { owner: `function ${functionNames.get(index) ?? index}`, relocations };
      }),
      ...model.segments.map(({ name, relocations }) => ({ owner: `segment ${name}`, relocations })),
      ...model.customs.map(({ name, relocations }) => ({ owner: `section ${name}`, relocations })),
    ];
    const owner = owners.find(({ relocations }) => relocations.includes(wrong))?.owner;
    if (owner === undefined) continue;
    const type = RELOCATION_TYPES[wrong.type]![0];
    const symbol =
      type === 'TYPE_INDEX_LEB' ? `type ${wrong.index}` : (model.symbols[wrong.index]?.name ?? `symbol ${wrong.index}`);
    return {
      type: `R_WASM_${type}`,
      symbol,
      addend: wrong.addend,
      offset: wrong.offset,
      object: names[n] ?? 'an object',
      owner,
    };
  }
  return null;
}

interface Link {
  readonly result: BuildResult | null;
  readonly inputs: readonly Source[];
  /** What to call them. */
  readonly names: readonly string[];
}

/** The modules of a program that are linked of its objects or as if they were, the simplest first. */
function* linksOf(store: Artefacts): Generator<Link> {
  const object = store.object();
  if (object.kind !== 'built') return;
  const model = readObjectModel(object.bytes);
  yield { result: store.exe(), inputs: [unitSource(model, naturalAlign(store.unit))], names: ['the program'] };
  yield { result: store.linked(), inputs: [objectSource(model)], names: ['whole.o'] };
  const parts = store.parts().map(({ result }) => (result.kind === 'built' ? readObjectModel(result.bytes) : null));
  if (parts.length === 0 || parts.includes(null)) return;
  const { order } = store.case.plan;
  yield { result: store.split(), inputs: order.map((n) => objectSource(parts[n]!)), names: order.map(objectName) };
}

/** The rarest kind of relocation in the object of `case_`; null where it has none, or cannot be made. */
export function rarestRelocation(case_: Case, bench: Bench): string | null {
  if (bench.backend.objects === undefined) return null;
  const built = bench.store(case_, case_.unit).object();
  if (built.kind !== 'built') return null;
  const kinds = kindsOf(readObjectModel(built.bytes));
  const rank = (kind: string): number => PLAIN.indexOf(kind);
  return kinds.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))[0] ?? null;
}

function kindsOf(model: ObjectModel): string[] {
  const owners = [...model.functions, ...model.segments, ...model.customs];
  return [...new Set(owners.flatMap(({ relocations }) => relocations.map(kindOf)))];
}

/**
 * The kind of number that a relocation is for, however it is written: `memory-addr` for MEMORY_ADDR_LEB, _SLEB and _I32 of memories of
 * both widths, with and without an addend.
 */
function kindOf({ type }: Relocation): string {
  return RELOCATION_TYPES[type]![0].replace(/64$/, '')
    .replace(/_(?:LEB|SLEB|I32|I64)$/, '')
    .toLowerCase()
    .replaceAll('_', '-');
}
