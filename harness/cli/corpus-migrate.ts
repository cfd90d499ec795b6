/**
 * `harness corpus migrate`: case files that older versions have written become what this version writes.
 *
 * Owns what may be rewritten: buckets that are named by how a failure was seen, and the form of cases that a campaign has made. The program, its link
 * plan, settings, calls, what is stated of them and the seed stay what they are: what is written is read back and compared first. A file with comments
 * inside of the program, which a rewrite would lose, is left as it is, and said.
 */
import { isDeepStrictEqual } from 'node:util';
import type { StoredCase } from '../case/case-file.ts';
import { readCaseFile, writeCaseFile } from '../case/case-file.ts';
import { bucketId, findingOfBucket, guessedCause, partsOfBucket } from '../check/bucket-id.ts';
import { essenceOf } from '../corpus/collection.ts';
import { readInputText, writeWhole } from '../model/files.ts';
import type { Io } from '../report/io.ts';
import { plural } from '../report/text.ts';
import { filesOf, openCase } from './corpus-files.ts';
import type { ExitCode } from './exit-codes.ts';
import { EXIT } from './exit-codes.ts';

/** Rewrites the case files below `paths`; says what it does, or would do (`isDry`). */
export function migrate(paths: readonly string[], isDry: boolean, io: Io): ExitCode {
  const files = filesOf(paths);
  let [rewritten, left] = [0, 0];
  for (const file of files) {
    const stored = openCase(file, io)?.stored ?? null;
    if (stored === null) {
      left++;
      continue;
    }
    const before = readInputText(file);
    const renamed = withoutOldName(stored);
    // What a person wrote stays in the form that a person gave it, but for the bucket.
    const isByHand = stored.case.generator === 0;
    const after = isByHand ? withBucket(before, renamed.bucket) : withTarget(writeCaseFile(renamed), before);
    if (after === before) continue;
    const fault = whyNot(before, after, renamed);
    if (fault !== null) {
      left++;
      io.note(`${file}: error: ${fault}; it is left as it is`);
      continue;
    }
    rewritten++;
    if (!isDry) writeWhole(file, after);
    io.say(`${isDry ? 'would rewrite' : 'rewrote'} ${file}`);
  }
  io.note(`${plural(files.length, 'case')} read, ${rewritten} in an older form`);
  return left > 0 ? EXIT.usage : EXIT.clean;
}

/** `stored`, whose bucket has the name of what is at fault: older versions wrote how it was seen. */
function withoutOldName(stored: StoredCase): StoredCase {
  const { bucket } = stored;
  if (bucket === null || partsOfBucket(bucket).check === null) return stored;
  return { ...stored, bucket: bucketId(guessedCause(findingOfBucket(bucket), stored.case.unit)) };
}

function withBucket(text: string, bucket: string | null): string {
  return bucket === null ? text : text.replace(/^;! bucket .*$/m, `;! bucket ${bucket}`);
}

/** `after` with the target line of `before`: its words are settings of the back end that the case was found in, which may not be core. */
function withTarget(after: string, before: string): string {
  const line = /^;! target .*$/m.exec(before)?.[0];
  return line === undefined ? after : after.replace(/^;! target .*$/m, () => line);
}

/** Why `after` may not take the place of `before`, which is `stored`; or null. */
function whyNot(before: string, after: string, stored: StoredCase): string | null {
  const [had, has] = [commentsOf(before), commentsOf(after)];
  if (had.some((comment) => !has.includes(comment)))
    return 'it has comments inside of the program, which would be lost';
  const read = readCaseFile(after, 'rewritten');
  const isSame =
    read.ok &&
    essenceOf(read.value) === essenceOf(stored) &&
    read.value.bucket === stored.bucket &&
    read.value.case.seed === stored.case.seed &&
    isDeepStrictEqual(read.value.expect, stored.expect);
  return isSame ? null : 'it would not be the same case';
}

/** Words of all plain comments, also of those behind an instruction. Strings have no `;` that is taken for one: it would only be left as it is. */
function commentsOf(text: string): string[] {
  return text
    .split('\n')
    .flatMap((line) => (/;(?!!)/.test(line) ? [line.slice(line.search(/;(?!!)/) + 1).trim()] : []))
    .filter((comment) => comment !== '');
}
