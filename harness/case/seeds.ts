/**
 * From a campaign seed to the seeds of its cases.
 *
 * Owns the mixing. The seed of case `index` depends on nothing but the campaign seed and the index, so any number of
 * workers, shards and restarts sees the same cases. Part of what a seed means: change it and old campaigns are gone.
 */

/** One round of a 32-bit finaliser: every input bit reaches every output bit. */
function scramble(x: number): number {
  let h = x >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x21f0_aaad);
  h = Math.imul(h ^ (h >>> 15), 0x735a_2d97);
  return (h ^ (h >>> 15)) >>> 0;
}

/** Seed of case `index` of a campaign: a non-negative integer below 2^48. Both arguments are safe integers. */
export function caseSeed(campaignSeed: number, index: number): number {
  const words = [low(campaignSeed), high(campaignSeed), low(index), high(index)];
  let a = 0x9e37_79b9;
  let b = 0x85eb_ca6b;
  for (const word of words) {
    a = scramble(a ^ word);
    b = scramble((b + a + Math.imul(word, 0x27d4_eb2f)) >>> 0);
  }
  return (b & 0xffff) * 0x1_0000_0000 + a;
}

function low(x: number): number {
  return x % 0x1_0000_0000;
}

function high(x: number): number {
  return Math.floor(x / 0x1_0000_0000);
}
