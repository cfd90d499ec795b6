/** `harness report`: what a run folder tells, in a format for people or for another program. */
import { statSync } from 'node:fs';
import { InputError } from '../model/failure.ts';
import { writeWhole } from '../model/files.ts';
import type { FormatName } from '../report/format-names.ts';
import { FORMAT_NAMES } from '../report/format-names.ts';
import { defineCommand } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { BACKEND_OPTION, readText, readWord } from './option.ts';

interface ReportOptions {
  readonly format: FormatName;
  readonly output: string | null;
  readonly bucket: string | null;
  readonly backend: string;
}

export const reportCommand = defineCommand<ReportOptions>({
  details:
    'Made of events.jsonl alone: the same run folder gives the same bytes. With --format github the annotations go to standard ' +
    'output, and the summary to -o (such as "$GITHUB_STEP_SUMMARY") or after them. The exit code says nothing about findings.',
  args: [['<run>', 'a run folder, such as reports/0x1-1; with --format issue also a case file']],
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
    backend: { ...BACKEND_OPTION, help: 'with --format issue and a case file: the back end that it accuses' },
  },
  async run([folder], { format, output, bucket, backend }, io) {
    if (bucket !== null && format !== 'issue') throw new InputError('--bucket goes with --format issue only');
    if (format === 'issue' && statSync(folder!, { throwIfNoEntry: false })?.isFile() === true) {
      const { issueOfFile } = await import('./issue.ts');
      const text = await issueOfFile(folder!, backend);
      if (output === null) io.say(text.trimEnd());
      else writeWhole(output, text);
      return EXIT.clean;
    }
    if (statSync(folder!, { throwIfNoEntry: false })?.isDirectory() !== true) {
      throw new InputError(`${folder} is no run folder`);
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
        : formatReport(report, format, bucket);
    if (format === 'github') {
      const annotations = githubAnnotations(report).trimEnd();
      if (annotations !== '') io.say(annotations);
    }
    if (output === null) io.say(text.trimEnd());
    else writeWhole(output, text);
    return EXIT.clean;
  },
});
