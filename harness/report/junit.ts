/**
 * A run as JUnit XML, in the form that the readers of CI systems have in common: one test case for each check without a
 * bucket and for each bucket, and one for the campaign where nothing was proved.
 *
 * Owns the elements. All text goes through markup.ts; times are those of the run.
 */
import { escapeMarkup as e } from './markup.ts';
import type { RunReport } from './run-report.ts';
import { verdictOf } from './run-report.ts';
import { inCheckOrder } from './summary.ts';
import { cut, flakyText, fuzzLine, placeLines, reproLine } from './text.ts';
import { printSeed } from '../model/case.ts';

/** The run as a file of JUnit. */
export function junitReport(report: RunReport): string {
  const { config, buckets, tally, seconds, versions, startedAt } = report;
  const failing = new Set(buckets.map(({ check }) => check));
  const verdict = verdictOf(report);
  const passed = Object.keys(inCheckOrder(tally.checks)).filter((name) => !failing.has(name));
  const isError = verdict.kind === 'failed' || verdict.kind === 'cut';
  const cases = [
    ...passed.map((name) => `<testcase name="${e(name)}" classname="harness.${e(config.profile)}" time="0"/>`),
    ...buckets.map((bucket) => {
      const { id, check, kind, detail, text } = bucket;
      const body = [placeLines(bucket).join('\n'), detail, text ?? '', reproLine(bucket, config)]
        .filter((part) => part !== '')
        .map((part) => cut(part, 400, 40_000))
        .join('\n\n');
      const what = `${id}, ${bucket.count} case(s)${flakyText(bucket, ', ')}`;
      return (
        `<testcase name="${e(id)}" classname="harness.${e(config.profile)}.${e(check)}" time="0">` +
        `<failure type="${e(kind)}" message="${e(what)}">${e(body)}</failure></testcase>`
      );
    }),
    ...(isError
      ? [
          `<testcase name="campaign" classname="harness.${e(config.profile)}" time="0">` +
            `<error type="${verdict.kind}" message="${e(verdict.text)}"/></testcase>`,
        ]
      : []),
  ];
  const properties = Object.entries({
    seed: printSeed(config),
    generator: String(config.generator),
    cases: String(tally.cases),
    command: fuzzLine(config),
    ...versions,
  }).map(([name, value]) => `<property name="${name}" value="${e(value)}"/>`);
  const counts = `tests="${cases.length}" failures="${buckets.length}" errors="${isError ? 1 : 0}"`;
  const time = `time="${seconds.toFixed(3)}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="harness" ${counts} ${time}>`,
    `<testsuite name="${e(printSeed(config))}" ${counts} skipped="0" ${time} timestamp="${startedAt.slice(0, 19)}">`,
    `<properties>${properties.join('')}</properties>`,
    ...cases,
    '</testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}
