/**
 * `order` and `config`: what must not matter does not matter.
 *
 * `order`: the objects of the plan in another order give a program that does the same. `config`: so does the executable with
 * one setting changed. Each reports only what the case itself does not show already. Which order and which setting is chosen
 * by the seed; all of them where everything runs, the chosen one first.
 */
import type { Unit } from '../../core/index.ts';
import { InternPool } from '../../core/index.ts';
import type { Finding } from '../model/finding.ts';
import type { Verdict } from '../model/verdict.ts';
import { ordersOf } from '../way/artefacts.ts';
import { findingOfBuild, sameFailure } from '../way/build-result.ts';
import { orderedWay, variedWay } from '../way/ways.ts';
import type { Check } from './check.ts';
import { choose } from './choose.ts';
import { concludeWay } from './conclude.ts';
import type { CaseContext } from './context.ts';

/** A program of which settings are asked whether anything varies at all. */
const EMPTY: Unit = { pool: new InternPool(), navs: [] };

export const orderCheck: Check = {
  name: 'order',
  frequency: 1 / 16,
  possible: ({ objects }) => objects !== undefined,
  applies: (context) => {
    const isCut = context.case.plan.parts.length > 1 && context.hasObjects;
    return isCut && context.hasExe && context.artefacts.split()?.kind === 'built';
  },
  run(context: CaseContext): readonly Finding[] {
    const { artefacts } = context;
    for (const [order] of choose(context, 'order-choice', ordersOf(context.case.plan.order))) {
      const way = orderedWay(order);
      const linked = way.make(artefacts)!;
      const unlinked = findingOfBuild(linked, 'order', way.accuses, `linking in ${order} order`, 'linker', way.id);
      if (unlinked !== null || linked.kind !== 'built') return unlinked === null ? [] : [unlinked];
      const known = (): readonly (Verdict | null)[] =>
        [artefacts.split(), artefacts.exe()].map((one) => context.verdictOf(one));
      const side = `program linked in ${order} order`;
      const found = concludeWay(context, context.verdictOf(linked), known, 'order', way, side);
      if (found.length > 0) return found;
    }
    return [];
  },
};

export const configCheck: Check = {
  name: 'config',
  frequency: 1 / 6,
  possible: ({ settings }) => settings.variations(settings.stored, EMPTY).length > 0,
  applies: (context) => context.hasExe && context.artefacts.variations().length > 0,
  run(context: CaseContext): readonly Finding[] {
    const { artefacts } = context;
    for (const { name, stage } of choose(context, 'config-choice', artefacts.variations())) {
      const way = variedWay(name, stage);
      const built = way.make(artefacts)!;
      if (sameFailure(built, artefacts.exe())) continue;
      const failed = findingOfBuild(built, 'config', stage, `compiling with another ${name}`, 'compiler', way.id);
      if (failed !== null || built.kind !== 'built') return failed === null ? [] : [failed];
      const known = (): readonly (Verdict | null)[] => [context.verdictOf(artefacts.exe())];
      const side = `executable with another ${name}`;
      const found = concludeWay(context, context.verdictOf(built), known, 'config', way, side);
      if (found.length > 0) return found;
    }
    return [];
  },
};
