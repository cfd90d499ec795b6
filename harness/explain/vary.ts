/**
 * Finds out which parts of a failing case may vary without the failure going away: each alone, and all that are free together.
 *
 * Owns which values are tried and what is said of the answers. Whether a changed case fails is asked from outside, as text.
 * Deterministic. Invariant: what is said was tried; a limit between values is exact, or both its neighbours are named.
 */
import type { Case } from '../model/case.ts';
import type { SettingsKind } from '../model/settings.ts';
import { readCaseFile, writeCaseFile } from '../case/case-file.ts';
import { NO_EXPECTATIONS } from '../case/expectations.ts';
import type { CaseModel } from '../reduce/case-model.ts';
import { decodeCase, encodeCase } from '../reduce/case-model.ts';
import { edit } from '../reduce/candidate.ts';
import type { Choice, IntegerRange } from './free-parts.ts';
import { freePartsOf } from './free-parts.ts';
import { decideLine } from './vary-lines.ts';
import type { Tried, Variation, VariedPart } from './variation.ts';

/** What a changed case does: the same failure, none or another one, or nothing that could be compared. */
export type Answer = 'fails' | 'differs' | 'unknown';

/** Runs the text of a case in which values are changed, or else types or instructions, after which the cause has another name. */
export type Ask = (text: string, isValue: boolean) => Promise<Answer>;

/** How often all free parts are changed together. */
const TOGETHER = 4;

/** What varies in `case_`, whose text has `lineOf(nav, inst)`; at most `most` cases are run. */
export async function whatMayVary(
  case_: Case,
  options: {
    readonly settings: SettingsKind;
    readonly most: number;
    readonly lineOf: (nav: number, inst: number) => number;
    readonly ask: Ask;
  },
): Promise<Variation> {
  const trial = new Trial(decodeCase(case_, options.settings), options.settings, options.most, options.ask);
  const firstIds = firstNodeIds(case_);
  const parts: VariedPart[] = [];
  const free: Choice[][] = [];
  let untried = 0;
  for (const part of freePartsOf(trial.model)) {
    if (trial.isSpent) {
      untried++;
      continue;
    }
    const isValue = part.kind !== 'type' && part.kind !== 'instruction';
    const tries =
      part.range === null ? await tryChoices(trial, part.choices, isValue) : await tryRange(trial, part.range);
    if (tries.length === 0) continue;
    const { node, kind, place, text } = part;
    const fails = tries.filter(({ answer }) => answer === 'fails');
    const differs = tries.filter(({ answer }) => answer === 'differs');
    const may = part.range === null ? choicesLine(fails, differs) : decideLine(part.range.value, tries);
    parts.push({
      kind,
      line: node === null ? null : options.lineOf(node.nav, node.id - firstIds[node.nav]!),
      place,
      text,
      may,
      fails: fails.map(({ choice }) => choice.text),
      differs: differs.map(({ choice }) => choice.text),
    });
    if (isValue && differs.length === 0) free.push(fails.map(({ choice }) => choice));
  }
  return { parts, together: await tryTogether(trial, free), untried, runs: trial.runs };
}

/** Id of the first node of each nav: ids are numbers of instructions, counted through the unit. */
function firstNodeIds({ unit }: Case): number[] {
  let next = 0;
  return unit.navs.map(({ body }) => {
    const first = next;
    next += body?.length ?? 0;
    return first;
  });
}

class Trial {
  readonly model: CaseModel;
  readonly #settings: SettingsKind;
  readonly #most: number;
  readonly #ask: Ask;
  runs = 0;

  constructor(model: CaseModel, settings: SettingsKind, most: number, ask: Ask) {
    this.model = model;
    this.#settings = settings;
    this.#most = most;
    this.#ask = ask;
  }

  get isSpent(): boolean {
    return this.runs >= this.#most;
  }

  /** The case with all of `choices`; `unknown` where that is no program, or where no runs are left. */
  async answer(choices: readonly Choice[], isValue = true): Promise<Answer> {
    const changed = edit(this.model, (copy) => choices.every((choice) => choice.change(copy)))();
    if (changed === null || this.isSpent) return 'unknown';
    const made = encodeCase(changed);
    const text = writeCaseFile({ case: made, bucket: null, notes: [], expect: NO_EXPECTATIONS }, this.#settings);
    if (!readCaseFile(text, 'candidate', { settings: this.#settings }).ok) return 'unknown';
    this.runs++;
    return this.#ask(text, isValue);
  }
}

async function tryOne(trial: Trial, choice: Choice, number = 0n, isValue = true): Promise<Tried | null> {
  const answer = await trial.answer([choice], isValue);
  return answer === 'unknown' ? null : { choice, number, answer };
}

async function tryChoices(trial: Trial, choices: readonly Choice[], isValue: boolean): Promise<Tried[]> {
  const tries: Tried[] = [];
  for (const choice of choices) {
    const tried = await tryOne(trial, choice, 0n, isValue);
    if (tried !== null) tries.push(tried);
  }
  return tries;
}

/** Numbers where something may change, then the limits between those that fail and those that do not. */
async function tryRange(trial: Trial, range: IntegerRange): Promise<Tried[]> {
  const own: Tried = { choice: range.at(range.value), number: range.value, answer: 'fails' };
  const tries: Tried[] = [];
  for (const number of samples(range)) {
    const tried = await tryOne(trial, range.at(number), number);
    if (tried !== null) tries.push(tried);
  }
  const sorted = (): Tried[] => [...tries, own].sort((a, b) => (a.number < b.number ? -1 : 1));
  for (const [low, high] of borders(sorted())) {
    let [a, b] = [low, high];
    while (b.number - a.number > 1n) {
      const middle = (a.number + b.number) >> 1n;
      const tried = await tryOne(trial, range.at(middle), middle);
      if (tried === null) break;
      tries.push(tried);
      if (tried.answer === a.answer) a = tried;
      else b = tried;
    }
  }
  return tries.length === 0 ? [] : sorted().filter((tried) => tried !== own);
}

/** Neighbours that answer differently, where there are at most two such places: more are no range. */
function borders(sorted: readonly Tried[]): [Tried, Tried][] {
  const found: [Tried, Tried][] = [];
  for (let n = 1; n < sorted.length; n++) {
    if (sorted[n - 1]!.answer !== sorted[n]!.answer) found.push([sorted[n - 1]!, sorted[n]!]);
  }
  return found.length <= 2 ? found : [];
}

/** Limits of the type, small numbers, neighbours of the value, limits of halves, and patterns; without the value. */
function samples({ min, max, value }: IntegerRange): bigint[] {
  const half = max >> 1n;
  const wide = [
    ...[0n, 1n, -1n, 2n, 3n, max, max - 1n, min, min + 1n, value - 1n, value + 1n, half, half + 1n],
    ...[(max / 3n) | 1n, max / 7n, -(max / 5n), value ^ 1n, value ^ (half + 1n)],
  ];
  return [...new Set(wide)].filter((n) => n >= min && n <= max && n !== value);
}

function choicesLine(fails: readonly Tried[], differs: readonly Tried[]): string {
  const list = (tries: readonly Tried[]): string => tries.map(({ choice }) => choice.text).join(', ');
  if (differs.length === 0) return `any of ${list(fails)} as well`;
  if (fails.length === 0) return `no other (${differs.length} tried)`;
  return `also ${list(fails)}; not ${list(differs)}`;
}

async function tryTogether(trial: Trial, free: readonly (readonly Choice[])[]): Promise<Variation['together']> {
  if (free.length < 2) return null;
  let tried = 0;
  let failed = 0;
  for (let n = 0; n < TOGETHER; n++) {
    const answer = await trial.answer(free.map((choices, at) => choices[(n * (at + 1) + at) % choices.length]!));
    if (answer === 'unknown') continue;
    tried++;
    if (answer === 'fails') failed++;
  }
  return tried === 0 ? null : { tried, failed };
}
