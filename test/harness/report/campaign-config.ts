/** A configuration for tests of what reports a campaign. */
import type { CampaignConfig } from '../../../harness/campaign/config.ts';

export const CONFIG: CampaignConfig = {
  seed: 7,
  profile: 'default',
  generator: 1,
  budget: { runs: 1000, seconds: null },
  shard: { index: 0, of: 1 },
  stopOnFirst: false,
  backend: 'core',
  checks: null,
  onlyOps: null,
  reduceRuns: 10,
};
