/**
 * `layout`: what no program notices of a module or object: the order of data, short numbers, nothing dead, true names.
 *
 * Judged by harness/layout from the bytes and from the objects of the same program. The executable is judged against the
 * object of the whole program, each linked module against the objects that it was linked of.
 */
import type { Body, InstIndex, IpIndex, Unit } from '../../core/index.ts';
import { abiAlign } from '../../core/index.ts';
import type { Backend } from '../backend/door.ts';
import { judgeAnyModule } from '../layout/judge-any-module.ts';
import type { Statements } from '../layout/judge-debug.ts';
import { judgeDebug } from '../layout/judge-debug.ts';
import { judgeModule } from '../layout/judge-module.ts';
import type { GivenName, GivenNames } from '../layout/judge-variables.ts';
import { judgeObject } from '../layout/judge-object.ts';
import type { Complaint } from '../layout/complaints.ts';
import type { LayoutRules } from '../layout/rules.ts';
import type { Source } from '../layout/sources.ts';
import { Flag } from '../wasm/object-model.ts';
import { librarySource, objectSource, unitSource } from '../layout/sources.ts';
import type { Finding, Stage, WayId } from '../model/finding.ts';
import { Malformed } from '../wasm/cursor.ts';
import { readObjectModel } from '../wasm/read-object.ts';
import type { BuildResult } from '../way/build-result.ts';
import { DECORATED, LINKED, MIXED, OBJECT, ownWays, partWay, SPLIT } from '../way/ways.ts';
import type { Check } from './check.ts';
import type { CaseContext } from './context.ts';

const name = 'layout';

export const layoutCheck: Check = {
  name,
  frequency: 1 / 6,
  possible: ({ objects, layout }) => objects !== undefined && layout !== undefined,
  applies: (context) => context.hasExe && context.artefacts.object().kind === 'built',
  run(context: CaseContext): readonly Finding[] {
    const { artefacts, backend, unit } = context;
    const object = bytesOf(artefacts.object());
    if (object === null) return [];
    const rules = backend.layout!.rules(context.case.settings);
    const judge = new Judge(context, rules);
    const [exe] = ownWays(backend);
    const judgeAll = (): Finding | null => {
      const model = readObjectModel(object);
      return (
        judge.object(object, OBJECT.id, 'object') ??
        judge.module(artefacts.exe(), [unitSource(model, naturalAlign(unit))], exe!.id, 'executable') ??
        judge.module(artefacts.linked(), [objectSource(model)], LINKED.id, LINKED.name) ??
        judge.debug(artefacts.exe(), exe!.id, 'executable') ??
        judge.debug(artefacts.linked(), LINKED.id, LINKED.name) ??
        judgeSplit(context, judge) ??
        judgeMixed(context, judge) ??
        judgeDecorated(context)
      );
    };
    const found = orUnreadable(judgeAll, object, 'object-writer', OBJECT.id, 'object');
    return found === null ? [] : [found];
  },
};

function judgeSplit({ artefacts, case: { plan } }: CaseContext, judge: Judge): Finding | null {
  const parts = artefacts.parts().map(({ result }) => bytesOf(result));
  for (const [n, part] of parts.entries()) {
    const found = part === null ? null : judge.object(part, partWay(n).id, `object ${n}`);
    if (found !== null) return found;
  }
  if (parts.length === 0 || parts.includes(null)) return null;
  const sources = plan.order.map((n) => objectSource(readObjectModel(parts[n]!)));
  return judge.module(artefacts.split(), sources, SPLIT.id, SPLIT.name);
}

/** The unit of a mixed link against the object that would be written of it, the others as they are. */
function judgeMixed({ artefacts, unit }: CaseContext, judge: Judge): Finding | null {
  const mix = artefacts.mix();
  const own = mix === null ? null : bytesOf(artefacts.mixedUnit());
  if (mix === null || own === null) return null;
  const parts = artefacts.parts();
  const others = mix.others.map(({ part, archive }) => {
    return objectSource(readObjectModel(bytesOf(parts[part]!.result)!), archive);
  });
  const sources = [unitSource(readObjectModel(own), naturalAlign(unit)), ...others];
  return judge.module(artefacts.mixed(), sources, MIXED.id, MIXED.name);
}

/** The decorated link: what must hold of every module. */
function judgeDecorated({ artefacts }: CaseContext): Finding | null {
  const decorated = artefacts.topology() === null ? null : artefacts.decorated();
  const bytes = decorated === null || decorated.topology.refusals.length > 0 ? null : bytesOf(decorated.result);
  if (bytes === null) return null;
  return findingOf(judgeAnyModule(bytes, decorated!.topology.options), 'linker', DECORATED.id, DECORATED.name);
}

/** Judges what was built of one case. */
class Judge {
  readonly #context: CaseContext;
  readonly #rules: LayoutRules;

  constructor(context: CaseContext, rules: LayoutRules) {
    this.#context = context;
    this.#rules = rules;
  }

  object(bytes: Uint8Array, way: WayId, what: string): Finding | null {
    return findingOf(judgeObject(bytes), 'object-writer', way, what);
  }

  module(result: BuildResult | null, inputs: readonly Source[], way: WayId, what: string): Finding | null {
    const bytes = bytesOf(result);
    if (bytes === null) return null;
    const runtime = runtimeSources(this.#context.backend, this.#context.unit.pool.target.ptrBits, inputs);
    const judge = (): Finding | null => {
      const { complaints, unjudged } = judgeModule(bytes, [...inputs, ...runtime], this.#rules);
      if (unjudged !== null) this.#context.incomparable(`layout:${unjudged}`);
      return findingOf(complaints, 'linker', way, what);
    };
    return orUnreadable(judge, bytes, 'linker', way, what);
  }

  /** What a module that is made of the whole unit says to debuggers. */
  debug(result: BuildResult | null, way: WayId, what: string): Finding | null {
    const bytes = bytesOf(result);
    const { debugInfo, strips } = this.#rules;
    if (bytes === null || debugInfo === null || strips) return null;
    const { unit } = this.#context;
    const complaints = judgeDebug(bytes, debugInfo, statementsOf(unit), namesOf(unit));
    return findingOf(complaints, 'linker', way, what);
  }
}

/** What `judge` finds in `bytes`. That they cannot be read is a finding too, unless the module is invalid: `validate` reports that. */
function orUnreadable(
  judge: () => Finding | null,
  bytes: Uint8Array,
  stage: Stage,
  way: WayId,
  what: string,
): Finding | null {
  try {
    return judge();
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    if (!WebAssembly.validate(bytes)) return null;
    return findingOf([{ op: 'malformed', detail: error.message }], stage, way, what);
  }
}

/** The statements of each function that has code. */
function statementsOf({ navs }: Unit): ReadonlyMap<string, Statements> {
  return new Map(
    navs.flatMap(({ name: own, body }) => {
      if (body === null) return [];
      const statements = Array.from(body.tags, (_, n) => n as InstIndex).filter((n) => body.tag(n) === 'dbg_stmt');
      return [[own, statements.map((n) => [body.a[n]!, body.b[n]!] as const)] as const];
    }),
  );
}

/** The names that each function gives. Behind a block code may end, so that what follows is not certain. */
function namesOf({ navs }: Unit): ReadonlyMap<string, GivenNames> {
  return new Map(navs.flatMap(({ name: own, body }) => (body === null ? [] : [[own, namesIn(navs, body)] as const])));
}

const NAMING: ReadonlySet<string> = new Set(['dbg_var_ptr', 'dbg_var_val', 'dbg_arg_inline']);

function namesIn(navs: Unit['navs'], body: Body): GivenNames {
  const names: GivenName[] = [];
  const inlined: string[] = [];
  const main = Array.from(body.mainBody());
  const block = main.findIndex((inst) => body.ownedBodies(inst).length > 0);
  const certain = new Set(block < 0 ? main : main.slice(0, block));
  for (let n = 0; n < body.length; n++) {
    const inst = n as InstIndex;
    const tag = body.tag(inst);
    if (tag === 'dbg_inline_block') inlined.push(navs[body.nav(inst)]!.name);
    if (!NAMING.has(tag)) continue;
    const at = body.b[inst]!;
    const bytes = Uint8Array.from(body.extra.subarray(at + 1, at + 1 + body.extra[at]!));
    const end = bytes.indexOf(0);
    const name = new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
    names.push({ name, isVariable: tag === 'dbg_var_ptr', isCertain: certain.has(inst) });
  }
  return { names, inlined };
}

function bytesOf(result: BuildResult | null): Uint8Array | null {
  return result?.kind === 'built' ? result.bytes : null;
}

function findingOf([first]: readonly Complaint[], stage: Stage, way: WayId, what: string): Finding | null {
  if (first === undefined) return null;
  return { check: name, stage, kind: 'layout', op: first.op, way, detail: `${what}: ${first.detail}` };
}

/** Alignment of the type of the constant behind a symbol `__anon_<value>`. */
export function naturalAlign({ pool }: Unit): (symbol: string) => number {
  return (symbol) => {
    const value = Number(symbol.slice('__anon_'.length)) as IpIndex;
    if (!(value < pool.size) || pool.isType(value)) throw new Malformed(`${symbol} is the name of no constant`);
    return abiAlign(pool, pool.typeOf(value));
  };
}

const libraries = new WeakMap<Backend, Map<string, Source>>();

/** The objects of the library that a link of `inputs` may take something from, each read once for each back end. */
export function runtimeSources(backend: Backend, ptrBits: 32 | 64, inputs: readonly Source[]): readonly Source[] {
  const { command } = backend;
  if (command?.runtime === undefined) return [];
  const known = libraries.get(backend) ?? new Map<string, Source>();
  libraries.set(backend, known);
  const taken = new Map<string, Source>();
  const wanted = new Set(inputs.flatMap(undefinedNames));
  for (let before = -1; before < taken.size;) {
    before = taken.size;
    for (const { name: object, bytes } of command.runtime(ptrBits, wanted)) {
      if (taken.has(object)) continue;
      const key = `${ptrBits} ${object}`;
      let source = known.get(key);
      if (source === undefined) known.set(key, (source = librarySource(readObjectModel(bytes))));
      taken.set(object, source);
      for (const symbol of undefinedNames(source)) wanted.add(symbol);
    }
  }
  return [...taken.values()];
}

function undefinedNames({ model }: Source): string[] {
  return model.symbols.filter(({ flags }) => (flags & Flag.undefined) !== 0).map(({ name: symbol }) => symbol);
}
