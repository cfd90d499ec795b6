/**
 * What every profile has to keep to, as one pass over many seeds: each case is generated, verified and interpreted once,
 * and the tests look at the totals.
 */
import type { AirTag, Unit } from '../../core/index.ts';
import { AIR_TAG_NAMES, instructionCount, verifyUnit } from '../../core/index.ts';
import type { GeneratedCase } from '../../generators/index.ts';
import { generateCase, PROFILES } from '../../generators/index.ts';
import { interpret } from '../../interpreter/interpret.ts';

/** Totals over the cases of one profile. */
export interface Census {
  readonly cases: number;
  /** First message of each case that the verifier refuses, with its seed. */
  readonly invalid: string[];
  /** Kind and seed of each run that ends illegal or exhausted. */
  readonly illegal: string[];
  /** Cases that hold each instruction. */
  readonly casesWith: Map<AirTag, number>;
  readonly steps: number[];
  readonly instructions: number[];
  /** What is wrong with a link plan, settings or calls, with the seed. */
  readonly broken: string[];
  traps: number;
}

/** Runs seeds `first ..< first + count` of `profile`. */
export function census(profile: string, first: number, count: number): Census {
  const found: Census = {
    cases: count,
    invalid: [],
    illegal: [],
    casesWith: new Map(),
    steps: [],
    instructions: [],
    broken: [],
    traps: 0,
  };
  for (let seed = first; seed < first + count; seed++) count1(found, seed, generateCase(seed, profile), profile);
  return found;
}

function count1(found: Census, seed: number, made: GeneratedCase, profile: string): void {
  for (const tag of tagsOf(made.unit)) found.casesWith.set(tag, (found.casesWith.get(tag) ?? 0) + 1);
  found.instructions.push(instructionCount(made.unit));
  const problem = surroundingsProblem(made, profile);
  if (problem !== null) found.broken.push(`${seed}: ${problem}`);
  const errors = verifyUnit(made.unit);
  if (errors.length > 0) {
    found.invalid.push(`${seed}: ${errors[0]!.message}`);
    return;
  }
  const run = interpret(made.unit, made.calls);
  found.steps.push(run.steps);
  const last = run.outcomes.at(-1)!;
  if (last.kind === 'illegal') found.illegal.push(`${seed}: ${last.what} at ${last.where}`);
  if (last.kind === 'exhausted') found.illegal.push(`${seed}: exhausted ${last.what}`);
  if (last.kind === 'trapped') found.traps++;
}

/** The instructions of all functions of a unit. */
export function tagsOf(unit: Unit): Set<AirTag> {
  const tags = new Set<AirTag>();
  for (const { body } of unit.navs) for (const tag of body?.tags ?? []) tags.add(AIR_TAG_NAMES[tag]!);
  return tags;
}

/** What is wrong with the parts of a case around its program, or null. */
function surroundingsProblem({ unit, plan, settings, calls }: GeneratedCase, profile: string): string | null {
  const defined = unit.navs.flatMap((nav, index) => (/^(func|var|const)$/.test(nav.kind) ? [index] : []));
  const dealt = plan.parts.flat().sort((a, b) => a - b);
  if (dealt.join() !== defined.join()) return 'the parts are no partition of the defined navs';
  if (plan.parts.length < 2 || plan.parts.length > 5) return `${plan.parts.length} parts`;
  const order = [...plan.order].sort((a, b) => a - b);
  if (order.join() !== plan.parts.map((_, n) => n).join()) return 'the order is no permutation of the parts';
  if (settings.stackSize % 16 !== 0 || settings.stackSize < 16) return `stack of ${settings.stackSize} bytes`;
  const { globalBase, stackFirst, stackSize } = settings;
  if (globalBase !== null && stackFirst && globalBase < stackSize) return 'the base lies in the stack';
  // Data may lie beyond 2 GiB where the profile says so, though not beyond what an engine gives.
  const isHigh = PROFILES[profile]!.highData > 0 && globalBase !== null && globalBase >= 0x7fff_0000;
  if (stackSize + (globalBase ?? 0) > (isHigh ? 2 ** 32 - 12 * 2 ** 20 : 12 * 2 ** 20)) return 'too much memory';
  if (calls.length < 1 || calls.length > 6) return `${calls.length} calls`;
  return null;
}

/** Value below which `share` (0..1) of the numbers lie. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}
