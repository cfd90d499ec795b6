/**
 * `linkers`: every linker that is there makes of the objects of the plan a program that does the same.
 *
 * Ours, LLD in several versions and Zig's own get the same objects, archives and options. Linkers are families (LLD of any version is
 * one), and families vote, each by the newest of its versions; what older ones have alone is fixed, and only counted. A family that is wrong is
 * accused, unless more families are wrong in the same way than are right: then what wrote the objects is. A linker without a vote (it
 * lacks an option) is counted by its reason.
 */
import type { ObjectInput } from '../backend/door.ts';
import type { ForeignLink, ForeignLinker, LinkAnswer } from '../linker/foreign-linker.ts';
import { withFeatures } from '../linker/known-to-zig.ts';
import { messageClass } from '../model/message-class.ts';
import type { Finding, FindingKind } from '../model/finding.ts';
import { agree, describeDifference } from '../model/verdict.ts';
import type { Topology } from '../topology/build-topology.ts';
import { writeItem } from '../topology/build-topology.ts';
import { isGlobalDefinition } from '../topology/draft.ts';
import { forWasmLd } from '../topology/for-wasm-ld.ts';
import { linkWords, PLAIN_WORDS } from '../topology/link-words.ts';
import { Flag, Kind } from '../wasm/object-model.ts';
import { readObjectModel } from '../wasm/read-object.ts';
import type { ArchiveFile } from '../wasm/write-archive.ts';
import { writeArchive } from '../wasm/write-archive.ts';
import type { Check } from './check.ts';
import type { CaseContext } from './context.ts';
import { runDecorated, simplerVerdicts } from './topology.ts';

const name = 'linkers';

/** Our own family, which is one linker. */
const OURS = 'ours';

/** What is wrong with what a linker made. */
interface Fault {
  readonly kind: FindingKind;
  readonly op: string;
  readonly detail: string;
}

/** What one linker came to; no fault: it is right. */
interface Vote {
  readonly linker: string;
  readonly family: string;
  readonly fault: Fault | null;
}

type FaultyVote = Vote & { readonly fault: Fault };

/** The check over `linkers`. */
export function linkersCheck(linkers: readonly ForeignLinker[]): Check {
  return {
    name,
    frequency: 1,
    possible: ({ objects, command }) => objects !== undefined && command !== undefined,
    applies({ artefacts, backend, unit, case: { settings }, hasExe }) {
      if (backend.command?.canCompare(settings, unit.pool.target.ptrBits) !== true || !hasExe) return false;
      const plan = artefacts.linkPlan();
      return plan !== null && plan.notForWasmLd === null && !plan.refusals.some((code) => LENIENT.includes(code));
    },
    run(context): readonly Finding[] {
      const { artefacts, unit, stopwatch } = context;
      const command = context.backend.command!;
      const topology = artefacts.linkPlan()!;
      const { ptrBits } = unit.pool.target;
      const said = forWasmLd(topology);
      const joined = artefacts.inputsOf({ inputs: said.items.map(writeItem), joined: topology.joined });
      if (joined.kind === 'failed') return [];
      const options = command.words(context.case.settings, said.options, ptrBits);
      const files = new Map(joined.inputs.map((input) => [input.name, input.bytes]));
      const ours = artefacts.attempt('link', () => {
        const line = linkWords(joined.inputs, said.items, options, PLAIN_WORDS);
        return command.link(line.words, line.files);
      });
      // Ours has its runtime library by itself.
      const library = (names?: ReadonlySet<string>): readonly ObjectInput[] => command.runtime?.(ptrBits, names) ?? [];
      const isPlain = artefacts.topology() === null;
      const runtime = (isPlain ? runtimeFor(joined.inputs, library) : library()).map(archived);
      if (runtime.length > 0) files.set('runtime.a', writeArchive(runtime, 'gnu'));
      const link: ForeignLink = { files, options, unit };
      const answers: readonly [string, string, LinkAnswer][] = [
        [OURS, OURS, answerOf(ours)],
        ...linkers.map((one): [string, string, LinkAnswer] => {
          return [one.name, one.family, stopwatch.time('link', () => one.link(link))];
        }),
      ];
      const votes = answers.flatMap(([linker, family, answer]) => {
        const fault = faultOf(context, topology, answer);
        if (typeof fault !== 'string') return [{ linker, family, fault }];
        context.incomparable(`${linker}:${fault}`);
        return [];
      });
      return accuse(votes, context);
    },
  };
}

/** The objects of the runtime library that define what `inputs` lack, and what those lack. */
function runtimeFor(
  inputs: readonly ObjectInput[],
  defining: (names: ReadonlySet<string>) => readonly ObjectInput[],
): readonly ObjectInput[] {
  const names = new Set(inputs.flatMap(undefinedIn));
  for (;;) {
    const objects = names.size === 0 ? [] : defining(names);
    const more = objects.flatMap(undefinedIn).filter((one) => !names.has(one));
    if (more.length === 0) return objects;
    for (const one of more) names.add(one);
  }
}

function undefinedIn({ bytes }: ObjectInput): readonly string[] {
  return readObjectModel(bytes).symbols.flatMap(({ kind, flags, name: one }) =>
    kind === Kind.function && (flags & Flag.undefined) !== 0 ? [one] : [],
  );
}

/** A member with what every linker can be expected to ask of one: a place in the index, and a table of long names beside it. */
function archived({ name, bytes }: ObjectInput): ArchiveFile {
  const symbols = readObjectModel(bytes)
    .symbols.filter(isGlobalDefinition)
    .map((symbol) => symbol.name);
  return { name: `runtime-library-${name}.o`, bytes: withFeatures(bytes), symbols };
}

/** What ours came to, as any other's. */
function answerOf(result: ReturnType<CaseContext['artefacts']['link']>): LinkAnswer {
  switch (result.kind) {
    case 'built':
      return { kind: 'module', bytes: result.bytes };
    case 'unsupported':
      return { kind: 'unsupported', what: result.what };
    case 'refused':
      return { kind: 'refused', text: result.text };
    case 'crashed':
    case 'hung':
      return { kind: 'crashed', text: result.text };
  }
}

/** What is wrong with an answer; null: nothing; a text: why it has no vote. */
function faultOf(context: CaseContext, topology: Topology, answer: LinkAnswer): Fault | null | string {
  const [code] = topology.refusals;
  switch (answer.kind) {
    case 'unsupported':
      return answer.what;
    case 'crashed':
      return { kind: 'crash', op: 'crash', detail: answer.text };
    case 'refused':
      if (code !== undefined) return null;
      return { kind: 'link-error', op: messageClass(firstError(answer.text)), detail: answer.text };
    case 'module':
  }
  if (code !== undefined) {
    return { kind: 'link-error', op: `takes-${code}`, detail: 'gives a module, and has to refuse the link' };
  }
  const { verdict, discrepancies } = runDecorated(context, topology, answer.bytes);
  const wrong = discrepancies[0];
  if (wrong !== undefined) {
    const { where, expected, actual } = wrong;
    return {
      kind: 'result',
      op: 'decoration',
      detail: `${where}\n  by construction: ${expected}\n  actual: ${actual}`,
    };
  }
  if (verdict.kind === 'same') return null;
  if (verdict.kind === 'incomparable') return verdict.reason;
  if (simplerVerdicts(context).some((other) => other !== null && agree(other, verdict)))
    return 'wrong without a link too';
  const op = verdict.op === '-' ? verdict.what : verdict.op;
  return { kind: verdict.what, op, detail: describeDifference('actual', verdict) };
}

/** The line of a linker's messages that says what is wrong. */
function firstError(text: string): string {
  const line = text.split('\n').find((one) => /\berror: /.test(one)) ?? text;
  return line.replace(/^.*?\berror: /, '').replace(/[\w./-]+\.(?:o|a)(?:\([^)]*\))?: /g, '');
}

/** Votes of families: each speaks by its newest version. What an older one alone has is fixed, and counted in `context`. */
function accuse(all: readonly Vote[], context: CaseContext): readonly Finding[] {
  const newest = new Map<string, Vote>();
  for (const vote of all) {
    const known = newest.get(vote.family);
    if (known === undefined || isNewer(vote.linker, known.linker)) newest.set(vote.family, vote);
  }
  const votes = [...newest.values()];
  for (const { linker, family, fault } of all) {
    const { linker: latest, fault: own } = newest.get(family)!;
    if (fault !== null && own === null) context.incomparable(`${linker}:fixed in ${latest}: ${fault.op}`);
  }
  const right = votes.filter(({ fault }) => fault === null);
  const wrong = votes.filter((vote): vote is FaultyVote => vote.fault !== null);
  const believed = right.map(({ linker }) => linker).join(', ');
  return wrong.flatMap(({ linker, family, fault }) => {
    const alike = wrong.filter((vote) => vote.fault.kind === fault.kind && vote.fault.op === fault.op);
    if (alike.length <= right.length) {
      const older = all.filter((vote) => vote.family === family && vote.fault !== null).map((vote) => vote.linker);
      return [findingOf(family, fault, `${older.join(', ')}, and not ${believed}`)];
    }
    if (alike[0]!.linker !== linker) return [];
    const who = alike.map((vote) => vote.linker).join(', ');
    const detail = `${who}${believed === '' ? '' : `, and not ${believed}`}: ${fault.detail}`;
    return [{ check: name, stage: 'object-writer', kind: fault.kind, op: `linkers-${fault.op}`, detail }];
  });
}

/** Whether the version at the end of the name `a` is above that of `b`. */
function isNewer(a: string, b: string): boolean {
  const [first, second] = [a, b].map((text) => (/[\d.]+$/.exec(text)?.[0] ?? '').split('.').map(Number));
  const at = first!.findIndex((number, n) => number !== (second![n] ?? 0));
  return at >= 0 && first![at]! > (second![at] ?? 0);
}

function findingOf(family: string, { kind, op, detail }: Fault, who: string): Finding {
  const stage = family === OURS ? 'linker' : 'foreign-linker';
  return { check: name, stage, kind, op: `${family}-${op}`, detail: `${who}: ${detail}` };
}

/** Mistakes that linkers do not have to look for. */
const LENIENT: readonly string[] = ['object_malformed', 'defsym_undefined'];
