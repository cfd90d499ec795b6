/**
 * The last step of `reflush`: random sequences of edits and flushes of one living compilation, each flush compared with a
 * clean build of the program as it is then, executable and object.
 *
 * Owns the sequences; which edits there are is in edits.ts. Everything comes from the seed of the case.
 */
import type { BuildResult } from '../way/build-result.ts';
import type { Finding } from '../model/finding.ts';
import type { LivingAbility } from '../backend/door.ts';
import type { CaseContext } from './context.ts';
import type { Edit } from './edits.ts';
import { Edits } from './edits.ts';
import { sampleHash } from '../model/sampling.ts';

/** Sequences, flushes of a sequence, and edits between two flushes, where everything is asked for, and where not. */
const EVERY = { sequences: 4, flushes: 6, edits: 4 } as const;
const SAMPLED = { sequences: 1, flushes: 2, edits: 3 } as const;

/** Compares two builds, `null` for equal ones. */
export type CompareBuilds = (clean: BuildResult, again: BuildResult, op: string) => Finding | null;

/** The first flush of a sequence that is not what a clean build gives, or null. */
export function findWrongFlush(
  context: CaseContext,
  living: LivingAbility,
  every: boolean,
  compare: CompareBuilds,
): Finding | null {
  const { sequences, flushes, edits: most } = every ? EVERY : SAMPLED;
  const { artefacts, stopwatch } = context;
  const { unit, settings } = context.case;
  for (let sequence = 0; sequence < sequences; sequence++) {
    const open = stopwatch.time('codegen', () => living.open(unit, settings));
    if ('kind' in open || open.edit === undefined) return null;
    const { edit: apply, flushObject, reshape } = open;
    const random = numbers(sampleHash(context.case, `reflush-edits-${sequence}`));
    const edits = new Edits(unit, random);
    const made: Pick<Edit, 'what'>[] = [];
    for (let flush = 0; flush < flushes; flush++) {
      for (let left = 1 + random(most); left > 0; left--) {
        const edit = edits.next();
        if (edit === null) return null;
        made.push(edit);
        stopwatch.time('codegen', () => apply(edit.nav, edit.edited));
      }
      // Behind the edits, which count no longer then: the program as it is has them.
      if (reshape !== undefined && random(2) === 0) {
        for (let left = 1 + random(3); left > 0; left--) made.push({ what: edits.reshape() });
        stopwatch.time('codegen', () => reshape({ pool: unit.pool, navs: [...edits.navs] }));
      }
      const edited = { pool: unit.pool, navs: [...edits.navs] };
      const isObject = flush % 2 === 1 && context.hasObjects;
      const found =
        isObject && flushObject !== undefined
          ? compare(artefacts.compileObject(edited), artefacts.attempt('link', flushObject), 'edits-object')
          : compare(
              artefacts.compileExe('edits', edited),
              artefacts.attempt('link', () => open.flush()),
              'edits',
            );
      if (found === null) continue;
      const list = made.map(({ what }) => `  ${what}`).join('\n');
      return { ...found, detail: `${found.detail}\nafter these edits:\n${list}` };
    }
  }
  return null;
}

/** Numbers out of a seed (xorshift). */
function numbers(seed: number): (below: number) => number {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
