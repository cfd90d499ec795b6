/**
 * The formats of `harness report` by name, and the files that `harness fuzz --report` writes into a run folder.
 *
 * Owns the names. Loaded only where a report is made.
 */
import { githubSummary, issueReport, markdownReport } from './markdown.ts';
import type { PageParts } from './html.ts';
import { htmlReport, RUN_ALONE } from './html.ts';
import { junitReport } from './junit.ts';
import type { FormatName } from './format-names.ts';
import type { RunReport } from './run-report.ts';
import { sarifReport } from './sarif.ts';
import { summaryOfCampaign } from './summary.ts';

/** The text of `report` in `format`; `bucket` is the one of an issue, null for the first; `page` has what else a page shows. */
export function formatReport(
  report: RunReport,
  format: FormatName,
  bucket: string | null = null,
  page: PageParts = RUN_ALONE,
): string {
  switch (format) {
    case 'html':
      return htmlReport(report, page);
    case 'junit':
      return junitReport(report);
    case 'sarif':
      return sarifReport(report);
    case 'github':
      return githubSummary(report);
    case 'md':
    case 'markdown':
      return markdownReport(report);
    case 'issue':
      return issueReport(report, bucket);
    case 'json':
      return `${JSON.stringify(summaryOfCampaign(report), null, 2)}\n`;
  }
}
