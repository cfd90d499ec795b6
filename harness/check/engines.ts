/**
 * `engines`: every engine that was named does the same with the executable.
 *
 * Engines vote: those that do the same thing are one party. The party that does what the interpreter says is believed, because two who
 * share nothing agree; where there is none, the largest, of equal ones that of the engine named first. Each engine outside of it is
 * accused. What all do is the module's, and `interp-exe` has it. An engine that rejects what the others take differs too; one that
 * did not run (it lacks a feature, its process was ended) has no vote, and is counted by its reason.
 */
import type { Finding } from '../model/finding.ts';
import type { Verdict } from '../model/verdict.ts';
import { agree } from '../model/verdict.ts';
import { together } from '../way/supply.ts';
import { ownWays } from '../way/ways.ts';
import type { Check } from './check.ts';
import { findingOfDifference } from './conclude.ts';
import type { CaseContext } from './context.ts';

const name = 'engines';

export const enginesCheck: Check = {
  name,
  frequency: 1,
  possible: (_backend, engines) => engines.length > 1,
  applies: (context) => context.engines.length > 1 && context.hasExe,
  run(context: CaseContext): readonly Finding[] {
    const { artefacts, engines } = context;
    const exe = artefacts.exe();
    if (exe.kind !== 'built') return [];
    const way = ownWays(context.backend)[0]!;
    // Whoever answers later is asked before anything is concluded, so that all are asked in one round.
    together(engines.map((engine, n) => () => engine.kind === 'batch' && verdictOn(context, n, exe.bytes)));
    const votes: Vote[] = [];
    engines.forEach((engine, n) => {
      const { name: engineName } = engine;
      const refusal = engine.refuses?.(context.unit.pool.target.ptrBits) ?? null;
      const verdict = refusal === null ? verdictOn(context, n, exe.bytes) : null;
      if (verdict === null) context.incomparable(`${engineName}:addresses`);
      else if (verdict.kind === 'incomparable') context.incomparable(`${engineName}:${verdict.reason}`);
      else votes.push({ engine: engineName, verdict });
    });
    const believed = believedOf(votes);
    if (believed === null) return [];
    const party = votes.filter(({ verdict }) => agree(verdict, believed)).map(({ engine }) => engine);
    return votes.flatMap(({ engine, verdict }) => {
      // Nothing is outside of the party but what differs from the interpreter.
      if (verdict.kind === 'same' || agree(believed, verdict)) return [];
      return [findingOfDifference(verdict, name, 'engine', `${engine}, and not in ${party.join(', ')}`, way.id)];
    });
  },
};

/** What one engine does. */
interface Vote {
  readonly engine: string;
  readonly verdict: Exclude<Verdict, { kind: 'incomparable' }>;
}

function verdictOn(context: CaseContext, n: number, bytes: Uint8Array): Verdict {
  return n === 0 ? context.judged(bytes).verdict : context.judge(context.runOn(n, bytes));
}

/** What the party does that is believed; null where nobody voted. */
function believedOf(votes: readonly Vote[]): Verdict | null {
  const sizeOf = ({ verdict }: Vote): number =>
    verdict.kind === 'same' ? votes.length : votes.filter((vote) => agree(vote.verdict, verdict)).length;
  const [first, ...rest] = votes;
  if (first === undefined) return null;
  return rest.reduce((best, vote) => (sizeOf(vote) > sizeOf(best) ? vote : best), first).verdict;
}
