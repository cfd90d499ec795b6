/** `harness report`: what a run folder tells, in a format for people or for another program. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../model/failure.ts';
import { writeWhole } from '../model/files.ts';
import type { FormatName } from '../report/format-names.ts';
import { FORMAT_NAMES } from '../report/format-names.ts';
import type { PageParts } from '../report/html.ts';
import type { RunReport } from '../report/run-report.ts';
import type { BackendOptions } from './backend-options.ts';
import { BACKEND_OPTIONS, withBackend } from './backend-options.ts';
import { defineCommand } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { readText, readWord } from './option.ts';

interface ReportOptions extends BackendOptions {
  readonly format: FormatName;
  readonly output: string | null;
  readonly bucket: string | null;
  readonly beside: string | null;
  readonly checks: string | null;
}

export const reportCommand = defineCommand<ReportOptions>({
  details:
    'Made of events.jsonl alone: the same run folder gives the same bytes; a page also shows the coverage.json that harness coverage has written there. With --format github the annotations go to standard ' +
    'output, and the summary to -o (such as "$GITHUB_STEP_SUMMARY") or after them. The exit code says nothing about findings.',
  args: [
    [
      '<run>',
      'a run folder, such as reports/0x1-1; with --format issue also a case file, with --format html also what mutants --out wrote',
    ],
  ],
  options: {
    format: {
      flags: '--format <name>',
      help: FORMAT_NAMES.join(', '),
      fallback: 'md',
      read: readWord(FORMAT_NAMES),
    },
    output: {
      flags: '-o, --output <file>',
      help: 'where to write it (default: standard output)',
      fallback: null,
      read: readText,
    },
    bucket: {
      flags: '--bucket <id>',
      help: 'with --format issue: the bucket (default: the first)',
      fallback: null,
      read: readText,
    },
    beside: {
      flags: '--beside <folder>',
      help: 'with --format html: set the run beside the last thirty runs of its profile and back end in this folder',
      fallback: null,
      read: readText,
    },
    checks: {
      flags: '--checks <list>',
      help: 'with --format issue and a case file: the selection of checks, as of repro',
      fallback: null,
      read: readText,
    },
    ...BACKEND_OPTIONS,
    backend: {
      ...BACKEND_OPTIONS.backend,
      help: 'with --format issue and a case file: the back end that it accuses',
    },
  },
  async run([folder], given, io) {
    const { format, output, bucket, backend, beside, checks } = withBackend(given);
    if (bucket !== null && format !== 'issue') throw new InputError('--bucket goes with --format issue only');
    if (beside !== null && format !== 'html') throw new InputError('--beside goes with --format html only');
    if (beside !== null && statSync(beside, { throwIfNoEntry: false })?.isDirectory() !== true)
      throw new InputError(`${beside} is no folder with runs`);
    if (format === 'issue' && statSync(folder!, { throwIfNoEntry: false })?.isFile() === true) {
      const { issueOfFile } = await import('./issue.ts');
      const text = await issueOfFile(folder!, backend, checks);
      if (output === null) io.say(text.trimEnd());
      else writeWhole(output, text);
      return EXIT.clean;
    }
    if (statSync(folder!, { throwIfNoEntry: false })?.isDirectory() !== true) {
      throw new InputError(`${folder} is no run folder`);
    }
    if (existsSync(join(folder!, MUTANTS)) && !existsSync(join(folder!, EVENTS))) {
      const text = await pageOfMutants(folder!, format);
      if (output === null) io.say(text.trimEnd());
      else writeWhole(output, text);
      return EXIT.clean;
    }
    // Loaded only where a report is made: commands shall start fast.
    const [{ readRunReport }, { formatReport }, { githubAnnotations }] = await Promise.all([
      import('../report/run-report.ts'),
      import('../report/formats.ts'),
      import('../report/markdown.ts'),
    ]);
    const report = readRunReport(folder!);
    const text =
      format === 'issue'
        ? await (await import('./issue.ts')).issueOfRun(report, bucket)
        : formatReport(report, format, bucket, await partsOf(format, folder!, beside, report));
    if (format === 'github') {
      const annotations = githubAnnotations(report).trimEnd();
      if (annotations !== '') io.say(annotations);
    }
    if (output === null) io.say(text.trimEnd());
    else writeWhole(output, text);
    return EXIT.clean;
  },
});

/** Figures of `harness mutants --out FOLDER`. */
const MUTANTS = 'mutants.json';
const EVENTS = 'events.jsonl';

/** The page of the measurement with mutants in `folder`. */
async function pageOfMutants(folder: string, format: FormatName): Promise<string> {
  if (format !== 'html') throw new InputError(`${folder} is a measurement with mutants: it has --format html alone`);
  const { mutantsPage, readFigures } = await import('../mutants/mutants-page.ts');
  return mutantsPage(readFigures(join(folder, MUTANTS)));
}

/** Measurement of coverage of a run, as `harness coverage RUN -o RUN/coverage.json` writes it. */
const COVERAGE = 'coverage.json';

async function partsOf(
  format: FormatName,
  run: string,
  beside: string | null,
  report: RunReport,
): Promise<PageParts | undefined> {
  if (format !== 'html') return undefined;
  const { earlierRuns } = await import('../report/earlier-runs.ts');
  const earlier = beside === null ? [] : earlierRuns(beside, report);
  const map = await mapOf(
    run,
    earlier.map(({ folder }) => folder),
  );
  return { earlier: earlier.map((one) => one.report), map };
}

/** What the run in `folder` reaches, beside the newest of `earlier` that was measured; null where it was not. */
async function mapOf(folder: string, earlier: readonly string[]): Promise<string | null> {
  if (!existsSync(join(folder, COVERAGE))) return null;
  const last = earlier.find((run) => existsSync(join(run, COVERAGE)));
  const { readCoverage } = await import('../reach/coverage-file.ts');
  const { coverageMap } = await import('../reach/coverage-map.ts');
  return coverageMap(
    readCoverage(join(folder, COVERAGE)),
    last === undefined ? null : readCoverage(join(last, COVERAGE)),
  );
}
