/**
 * The check `threads`: any number of codegen threads gives the bytes that one thread gives, executable and object.
 *
 * Where everything is asked for, all of {@link COUNTS} and both outputs are built; else one of each, by the seed. The
 * threads of a process are started once and kept; this thread blocks while they work, so a case stays one call.
 */
import { compareBuilds } from './bytes-checks.ts';
import type { Finding } from '../model/finding.ts';
import type { Check } from './check.ts';
import type { CaseContext } from './context.ts';
import { sampleHash } from '../model/sampling.ts';

/** Numbers of threads; 0 is the calling thread, by the way that leads through threads else. */
const COUNTS = [0, 1, 2, 4] as const;

/** See the file header. */
export const threads: Check = {
  name: 'threads',
  frequency: 1 / 6,
  stage: 'codegen',
  applies: (context) => context.backend.capabilities.threads && context.exe().kind === 'built',
  run(context: CaseContext): readonly Finding[] {
    const hash = sampleHash(context.case, 'threads-count');
    const counts = context.every ? COUNTS : [COUNTS[1 + (hash % 3)]!];
    const outputs = context.hasObjects ? (['exe', 'object'] as const) : (['exe'] as const);
    for (const output of context.every ? outputs : [outputs[(hash >>> 8) % outputs.length]!]) {
      const first = output === 'exe' ? context.exe() : context.object();
      for (const count of counts) {
        const found = compareBuilds(first, build(context, output, count), 'threads', 'codegen', output);
        if (found !== null) return [{ ...found, detail: `${found.detail}\nwith ${String(count)} codegen threads` }];
      }
    }
    return [];
  },
};

function build(context: CaseContext, output: 'exe' | 'object', count: number): ReturnType<CaseContext['attempt']> {
  const { backend } = context;
  const { unit, settings } = context.case;
  return context.attempt('codegen', () =>
    output === 'exe'
      ? backend.compileExeThreaded!(unit, settings, count)
      : backend.compileObjectThreaded!(unit, settings, count),
  );
}
