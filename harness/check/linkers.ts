/**
 * `linkers`: every linker that is there makes of the same objects a program that does the same.
 *
 * Ours, LLD in several versions and Zig's own get the same objects, archives and options: those of the link plan where the back end
 * makes objects at once, and an object of the whole program where another compiler makes it (foreign-objects.ts). linker-votes.ts has who is accused.
 * A linker without a vote (it lacks an option) is counted by its reason.
 */
import type { ForeignLinker, LinkAnswer, LinkerFamily } from '../linker/foreign-linker.ts';
import type { Finding } from '../model/finding.ts';
import { agree, describeDifference } from '../model/verdict.ts';
import type { Topology } from '../topology/build-topology.ts';
import type { Check } from './check.ts';
import type { CaseContext } from './context.ts';
import { voteOnForeignObjects } from './foreign-objects.ts';
import type { Fault } from './linker-votes.ts';
import { accuse, answerOf, faultOfCrash, faultOfRefusal } from './linker-votes.ts';
import { planLink } from './plan-link.ts';
import { runDecorated, simplerVerdicts } from './topology.ts';

const name = 'linkers';

/** The check over `linkers`. */
export function linkersCheck(linkers: readonly ForeignLinker[]): Check {
  const onForeignObjects = voteOnForeignObjects(linkers);
  return {
    name,
    frequency: 1,
    possible: ({ objects, command, linkable }) =>
      linkable !== undefined || (objects !== undefined && command !== undefined),
    applies({ artefacts, backend, unit, case: { settings }, hasExe }) {
      if (backend.linkable !== undefined) return hasExe && unit.pool.target.ptrBits === 32;
      if (backend.command?.canCompare(settings, unit.pool.target.ptrBits) !== true || !hasExe) return false;
      const plan = artefacts.linkPlan();
      return plan !== null && plan.notForWasmLd === null && !plan.refusals.some((code) => LENIENT.includes(code));
    },
    run(context): readonly Finding[] {
      if (context.backend.linkable !== undefined) return onForeignObjects(context);
      const { artefacts, backend, stopwatch } = context;
      const topology = artefacts.linkPlan()!;
      const made = planLink(artefacts);
      if (made === null) return [];
      const { link, own } = made;
      const ours = artefacts.attempt('link', () => backend.command!.link(own.words, own.files));
      const answers: readonly [string, LinkerFamily, LinkAnswer][] = [
        ['ours', 'ours', answerOf(ours)],
        ...linkers.map((one): [string, LinkerFamily, LinkAnswer] => {
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

/** What is wrong with an answer; null: nothing; a text: why it has no vote. */
function faultOf(context: CaseContext, topology: Topology, answer: LinkAnswer): Fault | null | string {
  const [code] = topology.refusals;
  switch (answer.kind) {
    case 'unsupported':
      return answer.what;
    case 'crashed':
      return faultOfCrash(answer.text);
    case 'refused':
      if (code !== undefined) return null;
      return faultOfRefusal(answer.text);
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

/** Mistakes that linkers do not have to look for. */
const LENIENT: readonly string[] = ['object_malformed', 'defsym_undefined'];
