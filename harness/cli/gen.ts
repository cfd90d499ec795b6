/** `harness gen`: prints the program of a seed as a case file, and does not run it. */
import { generatorOf } from '../case/generate.ts';
import { writeCaseFile } from '../case/case-file.ts';
import { NO_EXPECTATIONS } from '../case/expectations.ts';
import { defineCommand } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { ONLY_OPS, requireCells } from './only-ops.ts';
import { readProfile, readSeed } from './option.ts';

interface GenOptions {
  readonly profile: string | null;
  readonly onlyOps: readonly string[] | null;
}

export const genCommand = defineCommand<GenOptions>({
  args: [['<seed>', 'the seed of a case, such as 0x51f3 or link:0x51f3']],
  options: {
    profile: { flags: '--profile <name>', help: 'the profile of the seed', fallback: null, read: readProfile },
    onlyOps: ONLY_OPS,
  },
  run([text], options, io) {
    const { seed, profile } = namedSeed(text!, options.profile);
    requireCells(profile, options.onlyOps);
    const made = generatorOf(profile, options.onlyOps)(seed);
    io.say(writeCaseFile({ case: made, bucket: null, notes: [], expect: NO_EXPECTATIONS }).trimEnd());
    return EXIT.clean;
  },
});

/** The seed and profile that `text` and an option name together. */
export function namedSeed(text: string, profileOption: string | null): { seed: number; profile: string } {
  const named = readSeed(text);
  return { seed: named.seed, profile: readProfile(profileOption ?? named.profile) };
}
