/** Names of the formats of reports, and of the files that they are written to in a run folder. */

/** File in the run folder by format. `markdown` is another name of `md`. */
export const REPORT_FILES = {
  html: 'report.html',
  junit: 'junit.xml',
  sarif: 'report.sarif',
  github: 'github.md',
  md: 'report.md',
  markdown: 'report.md',
  issue: 'issue.md',
  json: 'report.json',
} as const;

/** Name of a format. */
export type FormatName = keyof typeof REPORT_FILES;

/** All names. */
export const FORMAT_NAMES = Object.keys(REPORT_FILES) as readonly FormatName[];
