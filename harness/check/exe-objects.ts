/**
 * `exe-linked` and `exe-split`: the program by way of objects does what the executable does.
 *
 * `exe-linked`: one object, linked by the linker. `exe-split`: the program cut by its link plan, linked in the order of the
 * plan. Each reports only what the simpler way does not show already, so that one mistake has one bucket: a wrong result
 * that the executable gives too is `interp-exe`'s, one that the single object gives too is `exe-linked`'s.
 */
import type { Finding } from '../model/finding.ts';
import type { Verdict } from '../model/verdict.ts';
import { findingOfBuild, sameFailure } from '../way/build-result.ts';
import { LINKED, OBJECT, partWay, SPLIT } from '../way/ways.ts';
import type { Check } from './check.ts';
import { concludeWay } from './conclude.ts';
import type { CaseContext } from './context.ts';

function applies(context: CaseContext): boolean {
  return context.hasObjects && context.hasExe;
}

export const exeLinked: Check = {
  name: 'exe-linked',
  frequency: 1,
  possible: ({ objects }) => objects !== undefined,
  applies,
  run(context: CaseContext): readonly Finding[] {
    const { artefacts } = context;
    const unbuilt = findingOfBuild(
      artefacts.object(),
      'exe-linked',
      'object-writer',
      'compiling the object',
      'compiler',
      OBJECT.id,
    );
    if (unbuilt !== null) return [unbuilt];
    const linked = artefacts.linked();
    if (linked === null) return [];
    const unlinked = findingOfBuild(linked, 'exe-linked', 'linker', 'linking the object', 'linker', LINKED.id);
    if (unlinked !== null) return [unlinked];
    const known = (): readonly (Verdict | null)[] => [context.verdictOf(artefacts.exe())];
    return concludeWay(context, context.verdictOf(linked), known, 'exe-linked', LINKED);
  },
};

export const exeSplit: Check = {
  name: 'exe-split',
  frequency: 1 / 6,
  possible: ({ objects }) => objects !== undefined,
  applies: (context) => context.case.plan.parts.length > 0 && applies(context),
  run(context: CaseContext): readonly Finding[] {
    const { artefacts } = context;
    for (const [n, part] of artefacts.parts().entries()) {
      if (part.result.kind === 'built' || sameFailure(part.result, artefacts.object())) continue;
      const what = `compiling object ${part.name}`;
      const way = partWay(n).id;
      const unbuilt = findingOfBuild(part.result, 'exe-split', 'object-writer', what, 'compiler', way);
      if (unbuilt !== null) return [unbuilt];
    }
    const split = artefacts.split();
    if (split === null) return [];
    const unlinked = findingOfBuild(split, 'exe-split', 'linker', 'linking the objects', 'linker', SPLIT.id);
    if (unlinked !== null) return sameFailure(split, artefacts.linked()) ? [] : [unlinked];
    const known = (): readonly (Verdict | null)[] =>
      [artefacts.exe(), artefacts.linked()].map((one) => context.verdictOf(one));
    return concludeWay(context, context.verdictOf(split), known, 'exe-split', SPLIT);
  },
};
