/** Laws of the generators, on many seeds of each profile: enough to meet what happens once in some hundred programs. */
import { PROFILES } from '../../../generators/index.ts';
import { testLaws } from '../../generators/profile-laws.ts';

/** The two profiles most used get more, sweep has a test of its own. */
const SEEDS: Readonly<Record<string, number>> = { default: 2000, small: 2000, sweep: 100 };

for (const name of Object.keys(PROFILES)) testLaws(name, SEEDS[name] ?? 1000);
