/**
 * Cases as fast-check arbitraries.
 *
 * The seed of a case is drawn from the runner's random stream, so a counterexample names a case that `harness repro` makes
 * again. Shrinking is modest: the same seed at smaller sizes. Real minimisation is the reducer's, which knows the language.
 */
import type { Random } from 'fast-check';
import { Arbitrary, Stream, toStringMethod, Value } from 'fast-check';
import type { GeneratedCase } from './case.ts';
import type { CaseGenerator } from './generator.ts';
import { caseGenerator } from './generator.ts';
import { instructionCount } from '../../core/index.ts';
import type { Restriction } from '../emit/choices.ts';

/** A case with the seed that it comes from; a failure prints that and not the program. */
export interface SeededCase extends GeneratedCase {
  readonly seed: number;
  readonly profile: string;
  /** Size factor: 1 for the case that the seed stands for in a campaign, less after shrinking. */
  readonly scale: number;
  readonly [toStringMethod]: () => string;
}

/** Where a case comes from; the context that fast-check hands back to shrink it. */
interface Origin {
  readonly seed: number;
  readonly scale: number;
}

const SCALES = [0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.85];

// fast-check's contract for own arbitraries is its abstract class.
// eslint-disable-next-line no-restricted-syntax
class CaseArbitrary extends Arbitrary<SeededCase> {
  readonly #profile: string;
  readonly #generate: CaseGenerator;

  constructor(profile: string, generate: CaseGenerator) {
    super();
    this.#profile = profile;
    this.#generate = generate;
  }

  override generate(mrng: Random, biasFactor: number | undefined): Value<SeededCase> {
    const high = mrng.nextInt(0, 0x1f_ffff);
    const low = mrng.nextInt(0, 0xffff_ffff);
    const isBiased = biasFactor !== undefined && mrng.nextInt(1, biasFactor) === 1;
    return this.#make({ seed: high * 2 ** 32 + low, scale: isBiased ? 0.2 : 1 });
  }

  override canShrinkWithoutContext(_value: unknown): _value is SeededCase {
    return false;
  }

  override shrink(value: SeededCase, context: unknown): Stream<Value<SeededCase>> {
    return context === undefined ? Stream.nil() : new Stream(this.#smaller(value, context as Origin));
  }

  *#smaller(value: SeededCase, { seed, scale }: Origin): IterableIterator<Value<SeededCase>> {
    const size = sizeOf(value);
    for (const smaller of SCALES) {
      if (smaller >= scale) return;
      const shrunk = this.#make({ seed, scale: smaller });
      if (sizeOf(shrunk.value) < size) yield shrunk;
    }
  }

  #make(origin: Origin): Value<SeededCase> {
    const { seed, scale } = origin;
    const profile = this.#profile;
    const print = (): string => `generateCase(0x${seed.toString(16)}, '${profile}') at scale ${scale}`;
    return new Value({ ...this.#generate(seed, scale), seed, profile, scale, [toStringMethod]: print }, origin);
  }
}

/** What shrinking makes smaller: instructions first, then declarations. */
export function sizeOf(made: GeneratedCase): number {
  return instructionCount(made.unit) * 1000 + made.unit.navs.length;
}

/** Cases of a profile by name; throws RangeError for an unknown name. */
export function caseArbitrary(profile: string, restriction?: Restriction): Arbitrary<SeededCase> {
  const generate = caseGenerator(profile, restriction);
  if (generate === null) throw new RangeError(`there is no profile ${JSON.stringify(profile)}`);
  return new CaseArbitrary(profile, generate);
}
