/**
 * Measures what the cases of a campaign reach, in this process: the cases of its first positions, drawn again and compiled, not run.
 */
import { GENERATOR_VERSION } from '../../generators/index.ts';
import type { Backend } from '../backend/door.ts';
import { generatorOf } from '../case/generate.ts';
import type { SeedSource } from '../worker/seed-at.ts';
import { seedAt } from '../worker/seed-at.ts';
import type { Cells } from './cells.ts';
import { countCells } from './cells.ts';
import type { Coverage } from './coverage-file.ts';
import { coverageOf } from './coverage-file.ts';
import { SteeredSeeds } from './steered-seeds.ts';

/** The cases to look at. */
export interface CoverageWish extends SeedSource {
  readonly onlyOps: readonly string[] | null;
  readonly cases: number;
  /** The cases are those of a campaign that is steered. */
  readonly steer?: true;
}

/** What the first cases of `wish` reach with `backend`. */
export function measureCoverage(wish: CoverageWish, backend: Backend): Coverage {
  const cells: Cells = new Map();
  const generate = generatorOf(wish.profile, wish.onlyOps, backend);
  const steered = wish.steer === true ? new SteeredSeeds(wish, backend) : null;
  let cases = 0;
  for (; cases < wish.cases; cases++) {
    countCells(cells, generate(steered?.seedAt(cases) ?? seedAt(wish, cases)), backend);
  }
  const { seed, profile } = wish;
  return coverageOf(cells, { seed, profile, generator: GENERATOR_VERSION, backend: backend.name, cases });
}
