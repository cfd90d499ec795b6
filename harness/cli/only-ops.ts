/** The option `--only-ops` of all commands that generate. */
import { AIR_OPS } from '../../core/index.ts';
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
