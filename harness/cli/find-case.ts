/**
 * From what a person names to a case: a seed, a case file, or a bucket.
 *
 * Owns the order of guesses (a file that exists, a seed, a bucket) and where buckets are looked for.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { GENERATOR_VERSION, PROFILES } from '../../generators/index.ts';
import { airFilesBelow } from '../corpus/air-files.ts';
import type { StoredCase } from '../case/case-file.ts';
import { formatCaseFileError, readCaseFile } from '../case/case-file.ts';
import { printSeed } from '../model/case.ts';
import type { SettingsKind } from '../model/settings.ts';
import { requireAddresses } from '../engine/v8/memory64.ts';
import { bucketSlug } from '../model/bucket-slug.ts';
import { readInputText } from '../model/files.ts';
import { InputError } from '../model/failure.ts';
import type { CaseSource } from '../worker/protocol.ts';
import { namedSeed } from './gen.ts';
import { liveBucket } from './live-bucket.ts';
import { SEED_LIKE } from './option.ts';

/** A case that was found. */
export interface FoundByName {
  /** How to call it. */
  readonly name: string;
  /** Its file, or null for a seed. */
  readonly file: string | null;
  readonly source: CaseSource;
  readonly profile: string;
  readonly stored: StoredCase | null;
}

/** Finds the case `named`, whose settings are of `kind` if it is a file. */
export function findCase(named: string, profileOption: string | null, cwd: string, kind: SettingsKind): FoundByName {
  const stats = statSync(named, { throwIfNoEntry: false });
  if (stats?.isDirectory()) throw new InputError(describeFolder(named));
  // What is no file either is refused where it is read.
  if (stats !== undefined) return caseOfFile(named, kind);
  if (SEED_LIKE.test(named)) {
    const { seed, profile } = namedSeed(named, profileOption);
    return caseOfSeed(seed, profile);
  }
  const file = fileOfBucket(named, cwd);
  if (file !== null) return caseOfFile(relative(cwd, file), kind);
  const live = liveBucket(named, runFolders(cwd), cwd);
  if (live?.kind === 'file') return caseOfFile(relative(cwd, live.file), kind);
  if (live !== null && Object.hasOwn(PROFILES, live.profile)) return caseOfSeed(live.seed, live.profile);
  if (/[\\/]|\.air$/.test(named) && !/^[\w-]+(\/[\w.-]+){2,3}$/.test(named))
    throw new InputError(`cannot read ${named}: no such file`);
  throw new InputError(
    `'${named}' is neither a case file, nor a seed such as 0x51f3, nor a bucket of corpus/ or reports/`,
  );
}

function caseOfSeed(seed: number, profile: string): FoundByName {
  requireAddresses(PROFILES[profile]!.ptrBits);
  return { name: printSeed({ seed, profile }), file: null, source: { from: 'seed', seed }, profile, stored: null };
}

/** Cases of a folder that are listed where one of them is meant. */
const LISTED = 10;

/** What to do with a folder where a case was expected. */
function describeFolder(folder: string): string {
  const isRun = existsSync(join(folder, 'run.json'));
  const cases = airFilesBelow(isRun ? join(folder, 'cases') : folder).filter((file) => !file.endsWith('.original.air'));
  const what = `${folder} is ${isRun ? 'the folder of a run' : 'a folder'}, not a case`;
  if (cases.length === 0) return `${what}, and there is none in it`;
  const more = cases.length > LISTED ? [`  and ${cases.length - LISTED} more`] : [];
  return [`${what}; name one of those in it:`, ...cases.slice(0, LISTED).map((file) => `  ${file}`), ...more].join(
    '\n',
  );
}

/** Reads a case file; what is wrong with it is an InputError with its lines. */
export function caseOfFile(file: string, kind: SettingsKind): FoundByName {
  const text = readInputText(file);
  const read = readCaseFile(text, file, { settings: kind });
  if (!read.ok) throw new InputError(read.errors.map(formatCaseFileError).join('\n'));
  const { case: case_ } = read.value;
  requireAddresses(case_.unit.pool.target.ptrBits);
  return { name: file, file, source: { from: 'text', text }, profile: case_.profile, stored: read.value };
}

/** What to tell a person about the generator of a stored case, or null. */
export function generatorNote(stored: StoredCase): string | null {
  const { case: case_, bucket } = stored;
  if (case_.generator === 0) return null;
  if (case_.generator !== GENERATOR_VERSION) {
    return (
      `this case was made by generator ${case_.generator}; generator ${GENERATOR_VERSION} would make another program of its ` +
      `seed ${printSeed(case_)}, so the stored program is used`
    );
  }
  return bucket === null ? null : `the stored program is used; it was minimised from that of seed ${printSeed(case_)}`;
}

/** The file of a bucket, by its id or the name of its file: findings first, then the newest runs, then regressions. */
function fileOfBucket(named: string, cwd: string): string | null {
  const slug = `${named.includes('/') ? bucketSlug(named) : named.replace(/\.air$/, '')}.air`;
  const runs = runFolders(cwd).filter((folder) => existsSync(join(folder, 'cases', slug)));
  const places = [join(cwd, 'corpus', 'findings', slug), ...runs.map((folder) => join(folder, 'cases', slug))];
  return places.find((place) => existsSync(place)) ?? regressionOf(named, cwd);
}

/** The folders of runs below reports/, the newest first. */
function runFolders(cwd: string): string[] {
  const reports = join(cwd, 'reports');
  return namesIn(reports)
    .map((name) => join(reports, name))
    .filter((folder) => statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs || (a < b ? -1 : 1));
}

function regressionOf(bucket: string, cwd: string): string | null {
  for (const file of airFilesBelow(join(cwd, 'corpus', 'regressions'))) {
    const read = readCaseFile(readInputText(file), file);
    if (read.ok && read.value.bucket === bucket) return file;
  }
  return null;
}

function namesIn(folder: string): string[] {
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(folder) : [];
}
