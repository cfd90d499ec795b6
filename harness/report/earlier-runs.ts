/**
 * Runs that a run is set beside: those of the same profile and back end in one folder that were started before it.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../model/failure.ts';
import type { RunReport } from './run-report.ts';
import { readRunReport } from './run-report.ts';

/** Runs that a page shows beside its own. */
const MOST = 30;

/** A run and its folder. */
interface EarlierRun {
  readonly folder: string;
  readonly report: RunReport;
}

/** The last {@link MOST} runs below `folder` before `report`, the newest first; what cannot be read is left out. */
export function earlierRuns(folder: string, report: RunReport): readonly EarlierRun[] {
  const found: EarlierRun[] = [];
  for (const name of readdirSync(folder).sort()) {
    const run = join(folder, name);
    if (!existsSync(join(run, 'events.jsonl'))) continue;
    const other = readOrNull(run);
    if (other === null || other.startedAt >= report.startedAt) continue;
    if (other.config.profile === report.config.profile && other.config.backend === report.config.backend)
      found.push({ folder: run, report: other });
  }
  return found
    .sort(({ report: a }, { report: b }) => (a.startedAt < b.startedAt ? 1 : a.startedAt > b.startedAt ? -1 : 0))
    .slice(0, MOST);
}

function readOrNull(run: string): RunReport | null {
  try {
    return readRunReport(run);
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}
