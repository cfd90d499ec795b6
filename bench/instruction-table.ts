/**
 * `npm run bench -- table FILE`: the table of docs/instructions.md, instruction x class of types x target, made from the code.
 *
 * A cell counts the instructions that a fixed campaign of some 25,000 programs executes; a refused instruction has its reason in place of cells. Owns the
 * campaign and the classes. What is executed is seen from outside: the steps that the interpreter has prepared are wrapped.
 */
import { writeFileSync } from 'node:fs';
import { format } from 'prettier';
import type { AirTag, InstIndex, IpIndex, NavIndex, Ref, Unit } from '../core/index.ts';
import {
  AIR_OPS,
  AIR_TAG_NAMES,
  forEachOperand,
  isDescribed,
  isInstRef,
  refInst,
  refValue,
  resultTypes,
} from '../core/index.ts';
import type { Body } from '../core/air/body/body.ts';
import { makeCase } from '../generators/case/case.ts';
import { makePlan } from '../generators/emit/choices.ts';
import type { Profile } from '../generators/model/profile.ts';
import { PROFILES } from '../generators/index.ts';
import { interpret } from '../interpreter/interpret.ts';
import { Machine } from '../interpreter/machine.ts';
import type { Sequence } from '../interpreter/model/frame.ts';
import type { AcceptedCell } from './accepted-cells.ts';
import { acceptedCells } from './accepted-cells.ts';
import type { TypeClass } from './type-classes.ts';
import { aboutOf, CLASSES } from './type-classes.ts';

/** Programs of each profile for each target: some 25,000 altogether. */
const SEEDS = 480;
const TARGETS = [32, 64] as const;

/** Executed instructions by tag, class and target. */
export type Counts = Map<string, number>;

function keyOf(tag: AirTag, cls: TypeClass, ptrBits: number): string {
  return `${tag} ${cls} ${ptrBits}`;
}

/** Runs `body`; `seen` gets each instruction before it is executed. */
function watching(seen: (machine: Machine, nav: NavIndex, inst: InstIndex) => void, body: () => void): void {
  const { prototype } = Machine;
  // The method is put back, and called with its machine.
  // eslint-disable-next-line @typescript-eslint/unbound-method
  const plain = prototype.execute;
  const wrapped = new WeakMap<Sequence, Sequence>();
  prototype.execute = function (sequence, frame): number {
    let own = wrapped.get(sequence);
    if (own === undefined) {
      const { insts, steps } = sequence;
      const watched = steps.map((step, n) => (at: typeof frame): number => {
        seen(this, frame.code.nav, insts[n]!);
        return step(at);
      });
      own = { insts, steps: watched };
      wrapped.set(sequence, own);
    }
    return plain.call(this, own, frame);
  };
  try {
    body();
  } finally {
    prototype.execute = plain;
  }
}

/** Profiles that have no instruction of their own: they are about links, where data lies, how values travel, and settings. */
const OTHERS: readonly string[] = ['drop-in', 'objects', 'high-data', 'registers', 'peepholes', 'swarm'];

/** The profiles of the campaign. */
function campaignProfiles(): readonly Profile[] {
  return Object.values(PROFILES).filter(({ name, sweeps }) => !sweeps && !OTHERS.includes(name));
}

/** A program, and calls to run it with. */
interface Run {
  readonly unit: Unit;
  readonly calls: Parameters<typeof interpret>[1];
}

/** The first `seeds` programs of each part of the fixed campaign. */
function* campaign(seeds: number): Generator<Run> {
  for (const profile of campaignProfiles()) {
    for (const ptrBits of TARGETS) {
      const plan = makePlan({ ...profile, ptrBits });
      for (let seed = 1; seed <= seeds; seed++) yield makeCase(seed, plan, 1);
    }
  }
}

/** Counts the instructions that are executed in the first `seeds` programs of each part of the fixed campaign, each place of a program once. */
export function countExecuted(seeds: number): Counts {
  return countRuns(campaign(seeds));
}

/** Counts the instructions that are executed in `runs`, each place of a program once. */
function countRuns(runs: Iterable<Run>): Counts {
  const counts: Counts = new Map();
  const typesOf = new WeakMap<Body, ReturnType<typeof resultTypes>>();
  let places = new Set<string>();
  const seen = ({ unit }: Machine, nav: NavIndex, inst: InstIndex): void => {
    const place = `${nav} ${inst}`;
    if (places.has(place)) return;
    places.add(place);
    const { pool, navs } = unit;
    const body = navs[nav]!.body!;
    let types = typesOf.get(body);
    if (types === undefined) typesOf.set(body, (types = resultTypes(pool, body)));
    const operands: IpIndex[] = [];
    forEachOperand(body, inst, (ref: Ref) => {
      operands.push(isInstRef(ref) ? (types[refInst(ref)]! as IpIndex) : pool.typeOf(refValue(ref)));
    });
    const tag = AIR_TAG_NAMES[body.tags[inst]!]!;
    const key = keyOf(tag, aboutOf(pool, operands, types[inst]! as IpIndex), pool.target.ptrBits);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  };
  watching(seen, () => {
    for (const { unit, calls } of runs) {
      places = new Set();
      interpret(unit, calls);
    }
  });
  return counts;
}

/** The cells that a typing rule takes and `counts` does not have for the targets of `ptrBits`. */
export function notDrawn(counts: Counts, ...ptrBits: readonly (32 | 64)[]): readonly AcceptedCell[] {
  return acceptedCells().filter(({ tag, about }) => !ptrBits.every((bits) => counts.has(keyOf(tag, about, bits))));
}

/** The page, as it stands in docs/. */
export async function instructionPage(counts: Counts, seeds: number): Promise<string> {
  const cell = (tag: AirTag, cls: TypeClass): string => {
    const both = TARGETS.map((ptrBits) => counts.get(keyOf(tag, cls, ptrBits)) ?? 0);
    return both.every((count) => count === 0) ? '' : both.join(' / ');
  };
  const described = AIR_TAG_NAMES.filter(isDescribed);
  const rows = described.map((tag) => `| \`${tag}\` | ${CLASSES.map((cls) => cell(tag, cls)).join(' | ')} |`);
  const missing = notDrawn(counts, ...TARGETS);
  const left = [...new Set(missing.map(({ tag }) => tag))];
  const refused = AIR_TAG_NAMES.filter((tag) => !isDescribed(tag));
  const text = `# Instructions by type and target

Made by \`npm run bench -- table docs/instructions.md\`; a test compares it with a part of that campaign. What an instruction means is in [air.md](air.md).

## Executed

${described.length} of ${AIR_TAG_NAMES.length} instructions are described. A cell says how many instructions of ${seeds} programs of each profile on each target (${seeds * TARGETS.length * campaignProfiles().length} programs) but \`sweep\` and those that have no instruction of their own (\`drop-in\`, \`objects\`, \`high-data\`, \`registers\`, \`peepholes\`, \`swarm\`) were executed on wasm32 / on wasm64,
each place of a program once, by what the instruction is about: its first operand that is no pointer, else its result, else the pointer. An empty cell: the verifier takes no such type, or it is in
the list behind the table. What code refuses of a type (docs/air.md, section 7) is refused on both targets alike.

| instruction | ${CLASSES.join(' | ')} |
| --- | ${CLASSES.map(() => '---:').join(' | ')} |
${rows.join('\n')}

## Taken and not drawn

What the typing rules take (\`bench/accepted-cells.ts\` asks them, of all instructions without bodies, targets and lists) and this campaign does not execute. No legal run reaches \`unreach\`.

${left.map((tag) => `- \`${tag}\` of ${missing.flatMap((cell) => (cell.tag === tag ? [cell.about] : [])).join(', ')}`).join('\n')}

## Refused

The verifier refuses these ${refused.length} by name, on every type and both targets:

| instruction | what it is |
| --- | --- |
${refused.map((tag) => `| \`${tag}\` | ${AIR_OPS[tag].doc} |`).join('\n')}
`;
  return format(text, { parser: 'markdown' });
}

/** What a page says: counts by the keys of {@link Counts}, and the text behind them, which depends on the code alone. */
export function readPage(page: string): { readonly counts: Counts; readonly refused: string } {
  const counts: Counts = new Map();
  for (const [, tag, cells] of page.matchAll(/^\| `(\w+)` +\|(.*\/.*)\|$/gm)) {
    cells!.split('|').forEach((cell, n) => {
      const cls = CLASSES[n];
      if (cls === undefined || !/\d/.test(cell)) return;
      cell.split('/').forEach((count, target) => {
        if (Number(count) > 0) counts.set(keyOf(tag as AirTag, cls, TARGETS[target]!), Number(count));
      });
    });
  }
  return { counts, refused: page.slice(page.indexOf('\n## Refused')) };
}

/** Writes the page to `file`. */
export async function writeInstructionTable(file: string): Promise<void> {
  writeFileSync(file, await instructionPage(countExecuted(SEEDS), SEEDS));
}
