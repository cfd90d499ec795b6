/** The option `--only-ops` of all commands that generate, and where it leaves nothing to generate. */
import { AIR_OPS } from '../../core/index.ts';
import { tagsOfSweep } from '../../generators/index.ts';
import type { Backend } from '../backend/door.ts';
import { restrictionOf } from '../case/generate.ts';
import { InputError } from '../model/failure.ts';
import type { CliOption } from './option.ts';
import { readList, refuseValue } from './option.ts';

/** A seed means another program with it. */
export const ONLY_OPS: CliOption<readonly string[] | null> = {
  flags: '--only-ops <list>',
  help: 'generate these instructions, and others only where these need them',
  fallback: null,
  read: (text) => {
    const ops = readList(text);
    for (const op of ops) if (!Object.hasOwn(AIR_OPS, op)) refuseValue('an instruction of AIR', op);
    return ops;
  },
};

/**
 * Throws where `profile` goes through cells and one of `onlyOps` has none in it, or where all that they have are cells that
 * `backend` lacks or is known to do wrong (`known`: the bugs that the cases keep away from).
 */
export function requireCells(
  profile: string,
  onlyOps: readonly string[] | null,
  backend?: Pick<Backend, 'name' | 'supports' | 'known'>,
): void {
  if (onlyOps === null) return;
  const all = tagsOfSweep(profile);
  if (all === null) return;
  const strange = onlyOps.filter((name) => !all.some((tag) => tag === name));
  if (strange.length > 0) {
    const has = `${strange.join(', ')} ${strange.length === 1 ? 'has' : 'have'}`;
    throw new InputError(`--only-ops: ${has} no cell in the profile ${profile}; there are cells of ${all.join(', ')}`);
  }
  if (backend === undefined || tagsOfSweep(profile, restrictionOf(onlyOps, backend))!.length > 0) return;
  const rest = tagsOfSweep(profile, restrictionOf(null, backend))!;
  const known = (backend.known ?? []).length > 0 ? ', or is known to do it wrong (--no-known keeps these cells)' : '';
  throw new InputError(
    `--only-ops: no cell of ${onlyOps.join(', ')} is left: the back end ${backend.name} does not have it${known}; ` +
      (rest.length === 0 ? 'there are no others either' : `there are cells of ${rest.join(', ')}`),
  );
}
