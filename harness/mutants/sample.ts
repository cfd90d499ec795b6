/**
 * Which mutants or bugs are tried: a sample without repetition, by a seed.
 */
import { RandomStream } from '../../generators/index.ts';

/** `size` of `all`, or all if there are no more, each as likely as any other; in the order of the list. */
export function sampleOf<T>(all: readonly T[], size: number, seed: number): T[] {
  const random = new RandomStream(seed);
  const order = all.map((_, n) => n);
  const chosen = Math.min(size, order.length);
  for (let n = 0; n < chosen; n++) {
    const other = random.between(n, order.length - 1);
    [order[n], order[other]] = [order[other]!, order[n]!];
  }
  return order
    .slice(0, chosen)
    .sort((a, b) => a - b)
    .map((n) => all[n]!);
}
