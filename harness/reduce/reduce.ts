/**
 * The reducer: a fixpoint over a list of passes that keeps one bucket.
 *
 * Owns the driver: which candidate is tried next, which one is taken, when it ends. A candidate is judged in the form in
 * which it would be stored (printed and read back), it must be well-formed, smaller, and fail in the same bucket; it keeps a
 * call where the check compares calls, so that it still proves something once the bug is gone. Knows
 * the passes by their list only. Deterministic as long as no deadline is set.
 * Invariant: a result with `minimal` set had no single step left, of any pass, that still fails.
 */
import { createHash } from 'node:crypto';
import { instructionCount } from '../../core/index.ts';
import { CORE_SETTINGS } from '../backend/core/settings.ts';
import { bucketNeedsCalls } from '../check/bucket-id.ts';
import type { Case } from '../model/case.ts';
import type { SettingsKind } from '../model/settings.ts';
import { readCaseFile, writeCaseFile } from '../case/case-file.ts';
import { NO_EXPECTATIONS } from '../case/expectations.ts';
import type { Finding } from '../model/finding.ts';
import { bucketOf } from '../model/finding.ts';
import { cutPass, deadCodePass, operandsPass, rangesPass, replacePass, returnEarlyPass } from './body-passes.ts';
import type { ReducePass } from './candidate.ts';
import type { CaseModel, CaseSize } from './case-model.ts';
import { decodeCase, encodeCase, isSmaller, sizeOf } from './case-model.ts';
import { argumentsPass, callsPass, exportsPass, planPass, settingsPass } from './case-passes.ts';
import { functionTypesPass } from './function-type-pass.ts';
import { attributesPass, initPass, navsPass, stubPass } from './nav-passes.ts';
import { inlinePass, parametersPass } from './signature-passes.ts';
import { armsPass, flattenPass, loopsPass, switchPass } from './structure-passes.ts';
import { typesPass } from './type-passes.ts';

/** All passes, from coarse to fine. */
export const REDUCE_PASSES: readonly ReducePass[] = [
  settingsPass,
  planPass,
  callsPass,
  navsPass,
  stubPass,
  returnEarlyPass,
  deadCodePass,
  rangesPass,
  cutPass,
  armsPass,
  flattenPass,
  loopsPass,
  switchPass,
  replacePass,
  inlinePass,
  parametersPass,
  functionTypesPass,
  exportsPass,
  attributesPass,
  initPass,
  operandsPass,
  argumentsPass,
  typesPass,
];

/** What a candidate that does not end costs of the budget, as runs. */
const TIMEOUT_COST = 40;

/** How a case is reduced. */
export interface ReduceOptions {
  /** The bucket to keep, as `bucketOf` gives it. */
  readonly bucket: string;
  /** The cause to keep as well, where the judge says it (`Finding.cause`); absent: any. */
  readonly cause?: string;
  /** Most cases to run (one that does not end counts for many); makes the end deterministic. */
  readonly maxRuns: number;
  /** Asked before each run; true ends the reduction early. */
  readonly expired?: () => boolean;
  readonly passes?: readonly ReducePass[];
  /** A smaller case was found. */
  readonly onStep?: (step: ReduceStep) => void;
  /** What the settings of the case are; absent: core's. */
  readonly settings?: SettingsKind;
}

/** Runs the check of the bucket on a case. */
export type Judge = (candidate: Case) => readonly Finding[];

/** The same, for a back end or engine that answers later. */
export type LaterJudge = (candidate: Case) => Promise<readonly Finding[]>;

/** One accepted step. */
export interface ReduceStep {
  readonly pass: string;
  readonly instructions: number;
  readonly runs: number;
  /** What is left, as a case file. */
  readonly text: string;
}

/** A candidate that failed in another bucket, or of another cause: the first one for each. */
interface Slip {
  readonly bucket: string;
  readonly cause: string | null;
  readonly finding: Finding;
  readonly case: Case;
}

/** What a reduction came to. */
export interface Reduction {
  readonly case: Case;
  /** The finding that the reduced case shows; null when the case did not fail in its bucket to begin with. */
  readonly finding: Finding | null;
  /** Whether no single step still fails. False only when the budget ended first. */
  readonly minimal: boolean;
  /** Candidates of the last sweep, all of which pass or are no cases: what `minimal` rests on. */
  readonly lastSweep: number;
  /** Cases run. */
  readonly runs: number;
  /** Steps taken. */
  readonly steps: number;
  readonly slips: readonly Slip[];
}

/** Reduces `start`, with a judge that answers at once. */
export function reduceCase(start: Case, { judge, ...options }: ReduceOptions & { readonly judge: Judge }): Reduction {
  const reducing = new Reducer(start, options).run();
  let next = reducing.next();
  while (next.done !== true) next = reducing.next(judge(next.value));
  return next.value;
}

/** Reduces `start`, in the same steps, with a judge that answers later. */
export async function reduceCaseLater(
  start: Case,
  { judge, ...options }: ReduceOptions & { readonly judge: LaterJudge },
): Promise<Reduction> {
  const reducing = new Reducer(start, options).run();
  let next = reducing.next();
  while (next.done !== true) next = reducing.next(await judge(next.value));
  return next.value;
}

/** A part of the work: yields cases that are to be judged, gets their findings. */
type Steps<T> = Generator<Case, T, readonly Finding[]>;

class Reducer {
  readonly #options: ReduceOptions;
  readonly #kind: SettingsKind;
  readonly #keepsCall: boolean;
  readonly #seen = new Set<string>();
  readonly #slips = new Map<string, Slip>();
  #best: Case;
  #model: CaseModel;
  #size: CaseSize;
  #finding: Finding | null = null;
  #runs = 0;
  #steps = 0;

  constructor(start: Case, options: ReduceOptions) {
    this.#options = options;
    this.#best = start;
    this.#kind = options.settings ?? CORE_SETTINGS;
    this.#keepsCall = start.calls.length > 0 && bucketNeedsCalls(options.bucket);
    this.#model = decodeCase(start, this.#kind);
    this.#size = sizeOf(start, this.#kind, this.#textOf(start));
  }

  *run(): Steps<Reduction> {
    this.#finding = this.#matching(yield* this.#judge(this.#best), this.#best);
    if (this.#finding === null) return this.#result(false, 0);
    for (;;) {
      let tried = 0;
      let stepped = false;
      for (const pass of this.#options.passes ?? REDUCE_PASSES) {
        const outcome = yield* this.#runPass(pass);
        if (outcome === null) return this.#result(false, 0);
        stepped ||= outcome.stepped;
        tried += outcome.tried;
      }
      if (!stepped) return this.#result(true, tried);
    }
  }

  #result(minimal: boolean, lastSweep: number): Reduction {
    return {
      case: this.#best,
      finding: this.#finding,
      minimal,
      lastSweep,
      runs: this.#runs,
      steps: this.#steps,
      slips: [...this.#slips.values()],
    };
  }

  /**
   * Tries the candidates of one pass. After a step it goes on at the same position of the new list of candidates: what
   * failed before it is likely to fail again, and the next sweep looks at it anyway. Null: the budget is used up.
   */
  *#runPass(pass: ReducePass): Steps<{ stepped: boolean; tried: number } | null> {
    let position = 0;
    let tried = 0;
    let stepped = false;
    for (let again = true; again;) {
      again = false;
      let at = 0;
      for (const candidate of pass.candidates(this.#model)) {
        if (at++ < position) continue;
        if (this.#exhausted()) return null;
        tried++;
        const model = candidate();
        if (model === null || !(yield* this.#take(model, pass.name))) continue;
        position = at - 1;
        stepped = true;
        again = true;
        break;
      }
    }
    return { stepped, tried };
  }

  #exhausted(): boolean {
    return this.#runs >= this.#options.maxRuns || (this.#options.expired?.() ?? false);
  }

  /** Makes `model` the best case if it is smaller and fails in the same bucket. */
  *#take(model: CaseModel, pass: string): Steps<boolean> {
    if (this.#keepsCall && model.calls.length === 0) return false;
    const made = encodeCase(model);
    const text = this.#textOf(made);
    const size = sizeOf(made, this.#kind, text);
    if (!isSmaller(size, this.#size)) return false;
    const key = createHash('sha1').update(text).digest('base64');
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    // Reading verifies the program.
    const read = readCaseFile(text, 'candidate', { settings: this.#kind });
    if (!read.ok) return false;
    const candidate = read.value.case;
    const finding = this.#matching(yield* this.#judge(candidate), candidate);
    if (finding === null) return false;
    this.#best = candidate;
    this.#model = decodeCase(candidate, this.#kind);
    this.#size = size;
    this.#finding = finding;
    this.#steps++;
    this.#options.onStep?.({ pass, instructions: instructionCount(candidate.unit), runs: this.#runs, text });
    return true;
  }

  *#judge(candidate: Case): Steps<readonly Finding[]> {
    const findings = yield candidate;
    this.#runs += findings.some((finding) => finding.kind === 'timeout') ? TIMEOUT_COST : 1;
    return findings;
  }

  /** The finding of the wanted bucket; those of other buckets are remembered if the wanted one is not there. */
  #matching(findings: readonly Finding[], candidate: Case): Finding | null {
    const { bucket: kept, cause } = this.#options;
    const wanted = findings.find(
      (finding) => bucketOf(finding) === kept && (cause === undefined || finding.cause === cause),
    );
    if (wanted !== undefined) return wanted;
    for (const finding of findings) {
      // A clean refusal of what an edit made (settings that exclude each other, for one) is the back end doing its duty.
      if (finding.kind === 'refused') continue;
      const bucket = bucketOf(finding);
      // The same failure that nothing more is known of is no other one.
      if (bucket === kept && finding.cause === undefined) continue;
      const slip = { bucket, cause: finding.cause ?? null, finding, case: candidate };
      const key = finding.cause ?? bucket;
      if (!this.#slips.has(key)) this.#slips.set(key, slip);
    }
    return null;
  }

  #textOf(case_: Case): string {
    return writeCaseFile({ case: case_, bucket: null, notes: [], expect: NO_EXPECTATIONS }, this.#kind);
  }
}
