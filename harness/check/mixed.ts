/**
 * `mixed`: a part of the program compiled straight into the module, linked with the rest as objects and archives, does what the
 * program does.
 *
 * The one link in which data of a unit is sorted among data of objects. Reports only what the simpler ways do not show.
 */
import type { Finding } from '../model/finding.ts';
import type { Verdict } from '../model/verdict.ts';
import type { BuildResult } from '../way/build-result.ts';
import { findingOfBuild, sameFailure } from '../way/build-result.ts';
import { MIXED } from '../way/ways.ts';
import type { Check } from './check.ts';
import { concludeWay } from './conclude.ts';
import type { CaseContext } from './context.ts';

const name = 'mixed';

export const mixedCheck: Check = {
  name,
  frequency: 1 / 4,
  possible: ({ objects, mixed }) => objects !== undefined && mixed !== undefined,
  applies: (context) => context.hasExe && context.artefacts.mixed() !== null,
  run(context: CaseContext): readonly Finding[] {
    const { artefacts } = context;
    const mixed = artefacts.mixed()!;
    const simpler = (): readonly (BuildResult | null)[] => [artefacts.exe(), artefacts.linked(), artefacts.split()];
    const unlinked = findingOfBuild(mixed, name, 'linker', 'linking a unit with objects', 'linker', MIXED.id);
    if (unlinked !== null) return simpler().some((result) => sameFailure(mixed, result)) ? [] : [unlinked];
    const known = (): readonly (Verdict | null)[] => simpler().map((result) => context.verdictOf(result));
    return concludeWay(context, context.verdictOf(mixed), known, name, MIXED);
  },
};
