/**
 * `harness corpus prune` and `harness corpus merge`: findings that say nothing new go, and those of other machines come.
 *
 * Owns the deeds; harness/corpus/collection.ts decides what is superfluous. Invariant: regressions are never touched, a file is deleted only
 * for another one that is there, and nothing is overwritten. Names of files that come in are made from bucket and seed, not taken over.
 */
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { saveFinding } from '../campaign/save-finding.ts';
import { writeCaseFile } from '../case/case-file.ts';
import { essenceOf, superfluousFindings } from '../corpus/collection.ts';
import { bucketSlug } from '../model/bucket-slug.ts';
import { HarnessError, InputError } from '../model/failure.ts';
import { messageOf } from '../model/files.ts';
import type { Io } from '../report/io.ts';
import { plural } from '../report/text.ts';
import { filesOf, openCases } from './corpus-files.ts';
import type { ExitCode } from './exit-codes.ts';
import { EXIT } from './exit-codes.ts';

const FINDINGS = join('corpus', 'findings');
const REGRESSIONS = join('corpus', 'regressions');

/** Deletes findings that are copies, and all but the `keep` smallest of each bucket. */
export function prune(paths: readonly string[], keep: number, isDry: boolean, io: Io): ExitCode {
  if (paths.length > 0) throw new InputError('corpus prune takes no file: it looks through corpus/findings');
  const { cases, bad } = openCases(filesOf([FINDINGS]), io);
  const regressions = openCases(filesOf([REGRESSIONS]), io);
  const superfluous = superfluousFindings(cases, regressions.cases, keep);
  for (const { file, why } of superfluous) {
    if (!isDry) remove(file);
    io.say(`${isDry ? 'would remove' : 'removed'} ${file}: ${why}`);
  }
  io.note(`${plural(cases.length - superfluous.length, 'finding')} left, ${superfluous.length} superfluous`);
  return bad + regressions.bad > 0 ? EXIT.usage : EXIT.clean;
}

/** Brings the cases below `paths` into corpus/findings, unless they are there or among the regressions. */
export function merge(paths: readonly string[], io: Io): ExitCode {
  if (paths.length === 0) throw new InputError('corpus merge needs folders or case files');
  const stranger = paths.find((path) => statSync(path, { throwIfNoEntry: false }) === undefined);
  if (stranger !== undefined) throw new InputError(`cannot read ${stranger}: no such file or folder`);
  const { cases, bad } = openCases(
    filesOf(paths).filter((file) => !file.endsWith('.original.air')),
    io,
  );
  const own = openCases(filesOf([FINDINGS, REGRESSIONS]), io).cases;
  const known = new Set(own.map(({ stored }) => essenceOf(stored)));
  let unnamed = 0;
  let added = 0;
  for (const { file, stored } of cases) {
    if (stored.bucket === null) {
      unnamed++;
      io.note(`${file}: error: no bucket is stated, so it is no finding`);
      continue;
    }
    const essence = essenceOf(stored);
    if (known.has(essence)) continue;
    known.add(essence);
    added++;
    const text = writeCaseFile(stored);
    io.say(`added ${saveFinding(FINDINGS, bucketSlug(stored.bucket), stored.case.seed, text, null)}`);
  }
  io.note(`${plural(cases.length, 'case')} read, ${added} new`);
  return bad + unnamed > 0 ? EXIT.usage : EXIT.clean;
}

function remove(file: string): void {
  try {
    rmSync(file);
  } catch (error) {
    throw new HarnessError(`cannot delete ${file}: ${messageOf(error)}`);
  }
}
