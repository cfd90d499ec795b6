/**
 * The check `threads`: any number of codegen threads gives the bytes that one thread gives, executable and object.
 *
 * Where everything is asked for, all of {@link COUNTS} and both outputs are built; else one of each, by the seed. The
 * threads of a process are started once and kept; this thread blocks while they work, so a case stays one call.
 */
import { compareBuilds } from './bytes-checks.ts';
import type { Finding } from '../model/finding.ts';
import type { Check } from './check.ts';
import { chooseBy } from './choose.ts';
import type { CaseContext } from './context.ts';
import { sampleHash } from '../model/sampling.ts';

/** Numbers of threads; 0 is the calling thread, by the way that leads through threads else. */
const COUNTS = [0, 1, 2, 4] as const;

export const threads: Check = {
  name: 'threads',
  frequency: 1 / 12,
  possible: ({ threads: ability }) => ability !== undefined,
  applies: (context) => context.backend.threads !== undefined && context.hasExe,
  run(context: CaseContext): readonly Finding[] {
    const { artefacts } = context;
    const ability = context.backend.threads!;
    const { unit, settings } = context.case;
    const hash = sampleHash(context.case, 'threads-count');
    const hasObject = context.hasObjects && ability.object !== undefined;
    const outputs = hasObject ? (['exe', 'object'] as const) : (['exe'] as const);
    const ways = outputs.flatMap((output) => COUNTS.map((count) => ({ output, count })));
    const drawn = ((hash >>> 8) % outputs.length) * COUNTS.length + 1 + (hash % 3);
    for (const { output, count } of chooseBy(context, drawn, ways)) {
      const first = output === 'exe' ? artefacts.exe() : artefacts.object();
      const again = artefacts.attempt('codegen', () => {
        return output === 'exe' ? ability.exe(unit, settings, count) : ability.object!(unit, settings, count);
      });
      const found = compareBuilds(context, first, again, 'threads', 'codegen', output);
      if (found !== null) return [{ ...found, detail: `${found.detail}\nwith ${String(count)} codegen threads` }];
    }
    return [];
  },
};
