/**
 * `interp-exe`: the executable does what the interpreter says.
 *
 * Owns every failure to build the executable as well. A difference accuses codegen, unless the same program by way of an
 * object is right: then what wrote the executable is at fault. A module that does not compile in the engine is `validate`'s.
 * A back end with further ways has each of them compared; one that shows what the executable shows is not told again.
 */
import type { Finding } from '../model/finding.ts';
import type { Verdict } from '../model/verdict.ts';
import { agree } from '../model/verdict.ts';
import { findingOfBuild, sameFailure } from '../way/build-result.ts';
import { together } from '../way/supply.ts';
import { ownWays } from '../way/ways.ts';
import type { Check } from './check.ts';
import { concludeVerdict, findingOfDifference } from './conclude.ts';
import type { CaseContext } from './context.ts';

const name = 'interp-exe';

/** See the file header. */
export const interpExe: Check = {
  name,
  frequency: 1,
  applies: () => true,
  run(context: CaseContext): readonly Finding[] {
    const findings: Finding[] = [];
    const { artefacts } = context;
    const known: Verdict[] = [];
    // All ways are asked for at once, where they are asked for in batches.
    if (context.backend.ways.length > 1)
      together(
        context.backend.ways.map(
          ({ name: way }) =>
            () =>
              artefacts.byWay(way),
        ),
      );
    for (const [n, way] of ownWays(context.backend).entries()) {
      const built = artefacts.byWay(way.id.name);
      if (built.kind === 'unsupported') {
        context.incomparable(`unsupported:${built.what}`);
        continue;
      }
      if (n > 0 && sameFailure(built, artefacts.exe())) continue;
      const what = n === 0 ? 'compiling the executable' : `compiling by way of ${way.name}`;
      const failure = findingOfBuild(built, name, way.accuses, what, 'compiler', way.id);
      if (failure !== null) {
        findings.push(failure);
        continue;
      }
      const verdict = context.verdictOf(built)!;
      const difference = concludeVerdict(context, verdict);
      const isKnown = difference === null || known.some((other) => agree(other, difference));
      known.push(verdict);
      if (isKnown) continue;
      const linked = n === 0 && context.hasObjects ? context.verdictOf(artefacts.linked()) : null;
      const stage = linked?.kind === 'same' ? 'linker' : way.accuses;
      findings.push(findingOfDifference(difference, name, stage, way.name, way.id));
    }
    return findings;
  },
};
