/**
 * `engines`: every engine that was named does the same with the executable.
 *
 * Only what one engine alone shows is reported, and accuses that engine: a difference that all have is the module's, and
 * `interp-exe` has it. Where one engine is named there is nothing to compare. An engine that rejects what the first one
 * takes differs too.
 */
import type { Finding } from '../model/finding.ts';
import { agree } from '../model/verdict.ts';
import { ownWays } from '../way/ways.ts';
import type { Check } from './check.ts';
import { findingOfDifference } from './conclude.ts';
import type { CaseContext } from './context.ts';

const name = 'engines';

/** See the file header. */
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
    const first = context.judged(exe.bytes).verdict;
    const findings: Finding[] = [];
    for (let n = 1; n < engines.length; n++) {
      const engine = engines[n]!.name;
      const refusal = engines[n]!.refuses?.(context.unit.pool.target.ptrBits) ?? null;
      if (refusal !== null) {
        context.incomparable(`${engine}:addresses`);
        continue;
      }
      const verdict = context.judge(context.runOn(n, exe.bytes));
      if (verdict.kind === 'incomparable') {
        context.incomparable(`${engine}:${verdict.reason}`);
      } else if (verdict.kind === 'different') {
        if (first.kind === 'different' && agree(first, verdict)) continue;
        findings.push(findingOfDifference(verdict, name, 'engine', engine, way.id));
      } else if (first.kind === 'different') {
        // The first engine stands alone with what it does.
        const suspect = engines[0]!.name;
        findings.push(findingOfDifference(first, name, 'engine', `${suspect}, and not in ${engine}`, way.id));
      }
    }
    return findings;
  },
};
