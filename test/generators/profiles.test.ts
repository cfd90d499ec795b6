/** Laws of the generators on the first seeds of each profile; the deep test of this name takes more. */
import { PROFILES } from '../../generators/index.ts';
import { testLaws } from './profile-laws.ts';

for (const [name, { sweeps }] of Object.entries(PROFILES)) testLaws(name, sweeps ? 20 : 100);
