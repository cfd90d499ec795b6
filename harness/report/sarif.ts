/**
 * A run as SARIF 2.1.0 (OASIS): one result for each bucket. The rule is the check, the fingerprint the bucket, so that a
 * bucket is the same alert in every run.
 */
import type { Bucket } from '../campaign/buckets.ts';
import { printSeed } from '../model/case.ts';
import { visible } from './markup.ts';
import type { RunReport } from './run-report.ts';
import { verdictOf } from './run-report.ts';
import { cut, flakyText, lineOf, placeLines, reproLine } from './text.ts';

/** The run as a file of SARIF. */
export function sarifReport(report: RunReport): string {
  const { config, buckets, versions, startedAt, warnings } = report;
  const rules = [...new Set(buckets.map(({ check }) => check))].sort();
  const verdict = verdictOf(report);
  const notes = [...warnings, ...(verdict.kind === 'failed' ? [verdict.text] : [])];
  const run = {
    tool: {
      driver: {
        name: 'wasm-backend-harness',
        version: versions.harness,
        rules: rules.map((id) => ({ id: visible(id), shortDescription: { text: `The check ${visible(id)}` } })),
      },
    },
    automationDetails: { id: `harness/${visible(config.profile)}/` },
    invocations: [
      {
        executionSuccessful: verdict.kind === 'clean' || verdict.kind === 'finding',
        startTimeUtc: startedAt,
        toolExecutionNotifications: notes.map((text) => ({ level: 'warning', message: { text: visible(text) } })),
      },
    ],
    results: buckets.map((bucket) => ({
      ruleId: visible(bucket.check),
      ruleIndex: rules.indexOf(bucket.check),
      level: 'error',
      message: {
        text: cut(visible(messageOf(bucket, config)), 100, 10_000),
      },
      locations: [
        {
          ...(bucket.caseFile !== null && {
            physicalLocation: { artifactLocation: { uri: addressOf(bucket.caseFile) }, region: regionOf(bucket) },
          }),
          logicalLocations: [{ name: printSeed({ seed: bucket.seed, profile: config.profile }), kind: 'module' }],
        },
      ],
      partialFingerprints: { 'bucket/v1': visible(bucket.id) },
      occurrenceCount: Math.max(1, bucket.count),
      properties: { stage: bucket.stage, kind: bucket.kind, instructions: bucket.instructions, flaky: bucket.flaky },
    })),
  };
  const log = { $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function messageOf(bucket: Bucket, config: RunReport['config']): string {
  const lines = [
    `${bucket.id}${flakyText(bucket, ', ')}`,
    ...placeLines(bucket),
    bucket.detail,
    reproLine(bucket, config),
  ];
  return lines.join('\n');
}

/** The line of the case at which the two sides part, with its text. */
function regionOf(bucket: Bucket): object {
  const startLine = lineOf(bucket);
  const text = bucket.place?.instruction?.text;
  return text === undefined ? { startLine } : { startLine, snippet: { text: visible(text) } };
}

/** A path as a relative URI. */
function addressOf(path: string): string {
  const isAbsolute = path.startsWith('/');
  const address = path
    .replaceAll('\\', '/')
    .split('/')
    .map((part) => encodeURIComponent(visible(part)))
    .join('/');
  return isAbsolute ? `file://${address}` : address;
}
