/**
 * How often a case failed of the times that it was run: what is known of one that fails now and then.
 *
 * Owns when that makes it flaky, how often a case is run again to know, and the words for it.
 */

/** Runs of one case. */
export interface Rate {
  readonly failed: number;
  /** At least 1. */
  readonly of: number;
}

/** Runs after which a case that has not failed again counts as one that does not fail. */
const REPLAYS = 4;

/** Whether some runs failed and some did not. */
export function isFlaky({ failed, of }: Rate): boolean {
  return failed > 0 && failed < of;
}

/** `failed 2 of 6`. */
export function rateText({ failed, of }: Rate): string {
  return `failed ${failed} of ${of}`;
}

/**
 * Runs a case by `again`, which says whether it failed: {@link REPLAYS} times, or once if it fails at once. A case that `wasFlaky`
 * before is not believed at once.
 */
export async function rateOf(again: () => Promise<boolean>, wasFlaky: boolean): Promise<Rate> {
  let failed = 0;
  let of = 0;
  while (of < REPLAYS && (wasFlaky || of === 0 || failed < of)) {
    if (await again()) failed++;
    of++;
  }
  return { failed, of };
}
