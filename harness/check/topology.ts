/**
 * `topology`: the objects of the link plan, decorated, are linked to a program that does the same.
 *
 * Decorations (harness/topology/) change symbols, add duplicates, archives, constructors and so on, and say what they add to
 * the behaviour; the program itself must do what the interpreter says. A plan with a mistake in it must be refused, with
 * the code that the mistake has.
 */
import type { Topology } from '../topology/build-topology.ts';
import type { Discrepancy } from '../topology/surroundings.ts';
import { surroundingsOf } from '../topology/surroundings.ts';
import type { EngineRun, Slot } from '../engine/door.ts';
import type { BuildResult } from '../way/build-result.ts';
import { findingOfBuild, sameFailure } from '../way/build-result.ts';
import type { Finding } from '../model/finding.ts';
import type { Check } from './check.ts';
import { DECORATED_PROFILES } from '../model/check-names.ts';
import { DECORATED } from '../way/ways.ts';
import { concludeWay } from './conclude.ts';
import type { CaseContext } from './context.ts';
import type { Verdict } from '../model/verdict.ts';

const name = 'topology';

export const topologyCheck: Check = {
  name,
  frequency: 1,
  onlyIn: DECORATED_PROFILES,
  possible: ({ objects, command }) => objects !== undefined && command !== undefined,
  applies: (context) => context.hasExe && context.artefacts.topology() !== null,
  run(context: CaseContext): readonly Finding[] {
    const { topology, words, result: linked } = context.artefacts.decorated()!;
    if (topology.refusals.length > 0) return judgeRefusal(topology, linked, name);
    const way = DECORATED.id;
    const unlinked = findingOfBuild(linked, name, 'linker', 'linking the decorated objects', 'linker', way);
    const isPlain = unlinked !== null && sameFailure(linked, context.artefacts.split());
    if (isPlain) return [];
    if (unlinked !== null) return [{ ...unlinked, detail: `${unlinked.detail}\nwords: ${words.join(' ')}` }];
    if (linked.kind !== 'built') return [];
    const { verdict, discrepancies } = runDecorated(context, topology, linked.bytes);
    const wrong = discrepancies[0];
    if (wrong !== undefined) return [findingOfDiscrepancy(wrong, name, DECORATED.name)];
    return concludeWay(context, verdict, () => simplerVerdicts(context), name, DECORATED);
  },
};

/** Verdicts of the ways that decorate nothing. */
export function simplerVerdicts(context: CaseContext): readonly (Verdict | null)[] {
  const { artefacts } = context;
  return [artefacts.exe(), artefacts.linked(), artefacts.split()].map((result) => context.verdictOf(result));
}

/** A decorated module that was run. */
export interface DecoratedRun {
  readonly verdict: Verdict;
  readonly discrepancies: readonly Discrepancy[];
}

/** Runs `bytes` in the surroundings of `topology`. */
export function runDecorated(context: CaseContext, topology: Topology, bytes: Uint8Array): DecoratedRun {
  const { host, discrepancies } = surroundingsOf(topology);
  const run = context.runIn(bytes, host);
  return { verdict: context.judge(withOwnNames(run, topology.aliases)), discrepancies };
}

/** A function with several names counts as the one that the program knows. */
function withOwnNames(run: EngineRun, aliases: ReadonlyMap<string, string>): EngineRun {
  if (run.kind !== 'ran' || aliases.size === 0) return run;
  const slots = new Map<number, Slot>();
  for (const [at, { index, names }] of run.state.slots) {
    slots.set(at, { index, names: names.map((text) => ownName(text, aliases)) });
  }
  return { ...run, state: { ...run.state, slots } };
}

function ownName(text: string, aliases: ReadonlyMap<string, string>): string {
  let current = text;
  for (let next = aliases.get(current); next !== undefined; next = aliases.get(current)) current = next;
  return current;
}

/** The finding of a probe that gave something else. */
export function findingOfDiscrepancy(wrong: Discrepancy, check: string, side: string): Finding {
  const { where, expected, actual } = wrong;
  const detail = `${where}\n  by construction: ${expected}\n  ${side}: ${actual}`;
  return { check, stage: 'linker', kind: 'result', op: probeClass(where), detail };
}

/** `tls g3.probe0` as `tls-probe`: the bucket does not depend on the number of decorations. */
function probeClass(where: string): string {
  return where
    .replace(/\bg\d+\./, '')
    .replace(/\d+/g, '')
    .replace(/[^A-Za-z]+/g, '-')
    .replace(/-$/, '');
}

function judgeRefusal(topology: Topology, linked: BuildResult, check: string): readonly Finding[] {
  const { refusals, texts } = topology;
  const op = refusals[0]!;
  if (linked.kind === 'built') {
    const detail = `a link that must be refused (${refusals.join(' or ')}) gave a module`;
    return [{ check, stage: 'linker', kind: 'link-error', op: `not-${op}`, detail }];
  }
  if (linked.kind !== 'refused') {
    const broken = findingOfBuild(linked, check, 'linker', 'linking objects with a mistake', 'linker');
    return broken === null ? [] : [broken];
  }
  if (refusals.includes(linked.code)) {
    if (texts.length === 0 || texts.some((text) => text.test(linked.text))) return [];
    const detail = `the refusal must say ${texts.map(({ source }) => source).join(' or ')}, and says:\n${linked.text}`;
    return [{ check, stage: 'linker', kind: 'link-error', op: `${op}-says`, detail }];
  }
  const detail = `the link must be refused as ${refusals.join(' or ')}, and was as ${linked.code}:\n${linked.text}`;
  return [{ check, stage: 'linker', kind: 'link-error', op: `${linked.code}-not-${op}`, detail }];
}
