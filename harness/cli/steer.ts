/** The option that chooses seeds for what their programs reach, and where it does not apply. */
import { PROFILES } from '../../generators/index.ts';
import { InputError } from '../model/failure.ts';

export const STEER_OPTION = {
  flags: '--steer',
  help: 'choose each program of several, for what was reached least so far; best with --profile swarm',
  fallback: false,
};

/** Throws where the cases of `profile` are not drawn. */
export function requireSteerable(profile: string): void {
  if (PROFILES[profile]?.sweeps !== true) return;
  throw new InputError(
    `--steer: profile ${profile} goes through its cells one after the other, and none can be chosen`,
  );
}
