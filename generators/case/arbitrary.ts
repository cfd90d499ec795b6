/**
 * Cases as fast-check arbitraries.
 *
 * The seed of a case is drawn from the runner's random stream, so a counterexample names a case that `harness repro` makes
 * again, and it is printed as a program. Shrinking tries the same seed at smaller sizes, then leaves out calls and makes
 * functions that do nothing but trap. Going on inside of a function is the reducer's, which knows the language.
 */
import type { Random } from 'fast-check';
import { Arbitrary, Stream, toStringMethod, Value } from 'fast-check';
import type { Restriction } from '../emit/choices.ts';
import type { GeneratedCase } from './case.ts';
import type { CaseGenerator } from './generator.ts';
import { caseGenerator } from './generator.ts';
import { BodyBuilder, instructionCount, printNavName, printUnit } from '../../core/index.ts';

/** A case with the seed that it comes from; a failure prints both. */
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
  /** Whether calls or bodies were taken away: then another scale would bring them back. */
  readonly isCut: boolean;
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
    return this.#make({ seed: high * 2 ** 32 + low, scale: isBiased ? 0.2 : 1, isCut: false });
  }

  override canShrinkWithoutContext(_value: unknown): _value is SeededCase {
    return false;
  }

  override shrink(value: SeededCase, context: unknown): Stream<Value<SeededCase>> {
    return context === undefined ? Stream.nil() : new Stream(this.#smaller(value, context as Origin));
  }

  *#smaller(value: SeededCase, origin: Origin): IterableIterator<Value<SeededCase>> {
    const size = sizeOf(value);
    for (const scale of origin.isCut ? [] : SCALES) {
      if (scale >= origin.scale) break;
      const shrunk = this.#make({ ...origin, scale });
      if (sizeOf(shrunk.value) < size) yield shrunk;
    }
    const cut = { ...origin, isCut: true };
    for (const made of [...withoutCalls(value), ...withTraps(value)]) yield this.#seeded(made, cut);
  }

  #make(origin: Origin): Value<SeededCase> {
    return this.#seeded(this.#generate(origin.seed, origin.scale), origin);
  }

  #seeded(made: GeneratedCase, origin: Origin): Value<SeededCase> {
    const { seed, scale } = origin;
    const profile = this.#profile;
    const print = (): string => printed(made, `generateCase(0x${seed.toString(16)}, '${profile}')`, origin);
    return new Value({ ...made, seed, profile, scale, [toStringMethod]: print }, origin);
  }
}

/** `made` with half of its calls, from either end, and without each of them. */
function* withoutCalls(made: GeneratedCase): IterableIterator<GeneratedCase> {
  const { calls } = made;
  const half = calls.length >> 1;
  if (half > 1) {
    yield { ...made, calls: calls.slice(0, half) };
    yield { ...made, calls: calls.slice(half) };
  }
  for (let n = 0; n < calls.length; n++) yield { ...made, calls: calls.toSpliced(n, 1) };
}

/** `made` with each function in turn that does nothing but trap; all of them first. */
function* withTraps(made: GeneratedCase): IterableIterator<GeneratedCase> {
  const { pool, navs } = made.unit;
  const trapped = navs.map((nav) => {
    if (nav.body === null) return nav;
    const builder = new BodyBuilder();
    for (let n = 0; n < pool.fnParamCount(nav.ty); n++) builder.arg(pool.fnParam(nav.ty, n), n);
    builder.none('trap');
    const body = builder.finish();
    return body.length < nav.body.length ? { ...nav, body } : nav;
  });
  const changed = [...navs.keys()].filter((n) => trapped[n] !== navs[n]);
  if (changed.length > 1) yield { ...made, unit: { pool, navs: trapped } };
  for (const n of changed) yield { ...made, unit: { pool, navs: navs.with(n, trapped[n]!) } };
}

/** A case for people: where it comes from, its program, and its calls with their arguments as bit patterns. */
function printed({ unit, calls }: GeneratedCase, made: string, { scale, isCut }: Origin): string {
  const head = `; ${made}${scale === 1 ? '' : ` at scale ${scale}`}${isCut ? ', with calls and bodies taken away' : ''}\n`;
  const text = calls.map(
    ({ fn, args }) => `; call ${printNavName(fn)}(${args.map((bits) => `0x${bits.toString(16)}`).join(', ')})\n`,
  );
  return head + printUnit(unit) + text.join('');
}

/** What shrinking makes smaller: instructions first, then declarations and calls. */
export function sizeOf({ unit, calls }: GeneratedCase): number {
  return instructionCount(unit) * 1000 + unit.navs.length + calls.length;
}

/** Cases of a profile by name; throws RangeError for an unknown name. */
export function caseArbitrary(profile: string, restriction?: Restriction): Arbitrary<SeededCase> {
  const generate = caseGenerator(profile, restriction);
  if (generate === null) throw new RangeError(`there is no profile ${JSON.stringify(profile)}`);
  return new CaseArbitrary(profile, generate);
}
