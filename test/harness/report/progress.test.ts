/** Progress of a campaign in words: rates, age of the last bucket, time left. */
import { describe, expect, test } from '@jest/globals';
import type { CampaignEvents } from '../../../harness/campaign/events.ts';
import { emptyTally } from '../../../harness/model/tally.ts';
import { Progress } from '../../../harness/report/progress.ts';
import { CONFIG } from './campaign-config.ts';

function event(seconds: number, cases: number, failing = 0): CampaignEvents['progress'] {
  const tally = { ...emptyTally(), cases };
  return { tally, failing, buckets: failing === 0 ? 0 : 1, seconds, hasStarted: true };
}

describe('progress', () => {
  test('says the mean rate, the rate of the last ten seconds, and the time left', () => {
    const progress = new Progress(CONFIG);
    expect(progress.lines(event(1, 10), 1000)).toEqual([
      '1 s',
      '10 of 1,000 cases',
      '10/s',
      'none failing',
      '0.0 % discarded',
      'about 99 s left',
    ]);
    for (let s = 2; s <= 10; s++) progress.lines(event(s, 10 * s), s * 1000);
    // From here on it is five times as fast.
    for (let s = 11; s <= 19; s++) progress.lines(event(s, 100 + 50 * (s - 10)), s * 1000);
    expect(progress.lines(event(20, 600), 20_000)).toEqual([
      '20 s',
      '600 of 1,000 cases',
      '30/s, now 50/s',
      'none failing',
      '0.0 % discarded',
      'about 13 s left',
    ]);
  });

  test('says how long ago the last new bucket was found', () => {
    const progress = new Progress({ ...CONFIG, budget: { runs: null, seconds: 7200 } });
    progress.found(5_000);
    expect(progress.lines(event(30, 300, 4), 30_000)).toEqual([
      '30 s of 2 h',
      '300 cases',
      '10/s',
      '4 failing in 1 bucket, the last new 25 s ago',
      '0.0 % discarded',
    ]);
    expect(progress.lines(event(3600, 36_000, 4), 3_605_000)[3]).toContain('the last new 60 min ago');
  });

  test('of a shard does not guess what is left', () => {
    const progress = new Progress({ ...CONFIG, shard: { index: 1, of: 4 } });
    expect(progress.lines(event(10, 100), 10_000).at(-1)).toBe('0.0 % discarded');
  });
});
