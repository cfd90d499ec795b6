/**
 * `interp-exe`: the executable does what the interpreter says.
 *
 * Owns every failure to build the executable as well. A difference accuses codegen, unless the same program by way of an
 * object is right: then what wrote the executable is at fault. A module that does not compile in the engine is `validate`'s.
 */
import type { Finding } from '../model/finding.ts';
import type { Check } from './check.ts';
import { findingOfBuild } from '../way/build-result.ts';
import type { CaseContext } from './context.ts';
import { concludeVerdict, findingOfDifference } from './conclude.ts';

const name = 'interp-exe';

/** See the file header. */
export const interpExe: Check = {
  name,
  frequency: 1,
  stage: 'codegen',
  applies: () => true,
  run(context: CaseContext): readonly Finding[] {
    const exe = context.exe();
    const failure = findingOfBuild(exe, name, 'codegen', 'compiling the executable', 'compiler');
    if (failure !== null) return [failure];
    const difference = concludeVerdict(context, context.verdictOf(exe)!);
    if (difference === null) return [];
    const linked = context.hasObjects ? context.verdictOf(context.linked()) : null;
    const stage = linked?.kind === 'same' ? 'linker' : 'codegen';
    return [findingOfDifference(difference, name, stage, 'executable')];
  },
};
