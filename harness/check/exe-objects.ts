/**
 * `exe-linked` and `exe-split`: the program by way of objects does what the executable does.
 *
 * `exe-linked`: one object, linked by the linker. `exe-split`: the program cut by its link plan, linked in the order of the
 * plan. Each reports only what the simpler way does not show already, so that one mistake has one bucket: a wrong result
 * that the executable gives too is `interp-exe`'s, one that the single object gives too is `exe-linked`'s.
 */
import { findingOfBuild, sameFailure } from '../way/build-result.ts';
import type { Finding } from '../model/finding.ts';
import type { Check } from './check.ts';
import type { CaseContext } from './context.ts';
import { concludeVerdict, findingOfDifference } from './conclude.ts';
import type { Verdict } from '../model/verdict.ts';
import { agree } from '../model/verdict.ts';

function applies(context: CaseContext): boolean {
  return context.hasObjects && context.exe().kind === 'built';
}

/** See the file header. */
export const exeLinked: Check = {
  name: 'exe-linked',
  frequency: 1,
  stage: 'linker',
  applies,
  run(context: CaseContext): readonly Finding[] {
    const unbuilt = findingOfBuild(context.object(), 'exe-linked', 'object-writer', 'compiling the object', 'compiler');
    if (unbuilt !== null) return [unbuilt];
    const linked = context.linked()!;
    const unlinked = findingOfBuild(linked, 'exe-linked', 'linker', 'linking the object', 'linker');
    if (unlinked !== null) return [unlinked];
    return concludeWay(context, 'exe-linked', 'linked object', context.verdictOf(linked)!, [
      context.verdictOf(context.exe()),
    ]);
  },
};

/** See the file header. */
export const exeSplit: Check = {
  name: 'exe-split',
  frequency: 1,
  stage: 'linker',
  applies: (context) => context.case.plan.parts.length > 0 && applies(context),
  run(context: CaseContext): readonly Finding[] {
    for (const part of context.parts()) {
      if (sameFailure(part.result, context.object())) continue;
      const what = `compiling object ${part.name}`;
      const unbuilt = findingOfBuild(part.result, 'exe-split', 'object-writer', what, 'compiler');
      if (unbuilt !== null) return [unbuilt];
    }
    const split = context.split();
    if (split === null) return [];
    const linked = context.linked();
    if (linked !== null && sameFailure(split, linked)) return [];
    const unlinked = findingOfBuild(split, 'exe-split', 'linker', 'linking the objects', 'linker');
    if (unlinked !== null) return [unlinked];
    return concludeWay(context, 'exe-split', 'split program', context.verdictOf(split)!, [
      context.verdictOf(context.exe()),
      context.verdictOf(linked),
    ]);
  },
};

/** Reports the difference of one way unless a simpler way has the same one. */
function concludeWay(
  context: CaseContext,
  check: string,
  side: string,
  verdict: Verdict,
  simpler: readonly (Verdict | null)[],
): readonly Finding[] {
  const difference = concludeVerdict(context, verdict);
  if (difference === null || simpler.some((other) => other !== null && agree(other, difference))) return [];
  return [findingOfDifference(difference, check, 'linker', side)];
}
