/**
 * The formats of `harness report`, of a run with a hostile finding (finding.jsonl), of a clean one, of torn and crafted ones.
 */
import { describe, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { FORMAT_NAMES } from '../../../harness/report/format-names.ts';
import { formatReport } from '../../../harness/report/formats.ts';
import { githubAnnotations, githubSummary } from '../../../harness/report/markdown.ts';
import type { RunReport } from '../../../harness/report/run-report.ts';
import { readRunReport, verdictOf } from '../../../harness/report/run-report.ts';
import { ROOT } from '../cli/run-harness.ts';

const TEXT = readFileSync(join(ROOT, 'test', 'harness', 'report', 'finding.jsonl'), 'utf8');
const ID = 'codegen/interp-exe/result/intcast';

function read(text: string): RunReport {
  const folder = mkdtempSync(join(tmpdir(), 'harness-report-'));
  try {
    writeFileSync(join(folder, 'events.jsonl'), text);
    return readRunReport(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const finding = read(TEXT);
const clean: RunReport = { ...finding, buckets: [], warnings: [] };
const many: RunReport = {
  ...finding,
  buckets: Array.from({ length: 60 }, (_, n) => ({
    ...finding.buckets[0]!,
    id: `${ID}${n}`,
    text: '; a long line of a long program\n'.repeat(1000),
  })),
  warnings: Array.from({ length: 30 }, (_, n) => `warning ${n}`),
};

describe('events.jsonl', () => {
  test('gives sums, moments, buckets and a verdict', () => {
    expect(finding.tally.cases).toBe(2994);
    expect(finding.moments.map(({ seconds, cases }) => [seconds, cases])).toEqual([
      [0, 0],
      [3.25, 998],
      [9.75, 2994],
    ]);
    expect(verdictOf(finding)).toEqual({ kind: 'finding', text: '1 bucket of failing cases' });
    expect(verdictOf(clean)).toEqual({ kind: 'clean', text: 'No failures in 2,994 cases' });
    expect(verdictOf({ ...clean, failure: 'why' }).kind).toBe('failed');
  });

  test('of a run without an end gives what there is', () => {
    const lines = TEXT.trimEnd().split('\n');
    const report = read(`${lines.slice(0, 3).join('\n')}\n`);
    expect(report.end).toBe('unfinished');
    expect(report.tally.cases).toBe(998);
    expect(report.buckets.map(({ id, count }) => [id, count])).toEqual([['codegen/interp-exe/result/-', 2]]);
    const torn = read(`${lines.slice(0, 3).join('\n')}\n${lines[3]!.slice(0, 50)}`);
    expect(torn.tally).toEqual(report.tally);
    expect(torn.warnings).toEqual([expect.stringContaining('the last line of events.jsonl is not whole')]);
  });

  test.each([
    ['nothing', '', ':1: error: not what a campaign writes: the first line'],
    ['a torn line in the middle', TEXT.replace('"found","bucket"', '"found'), ':2: error: not what a campaign writes'],
    [
      'a negative number',
      TEXT.replace('"seconds":3.25', '"seconds":-1'),
      ':3: error: not what a campaign writes: seconds',
    ],
    ['a sum that is not its parts', TEXT.replace('"cases":998', '"cases":9'), 'not as many cases as positions'],
    ['cases counted twice', TEXT.replace('[1000,3000]', '[999,2999]'), 'counted twice'],
    ['an unknown event', TEXT.replace('"reduced"', '"shrunk"'), ':6: error: not what a campaign writes'],
    ['a field of another kind', TEXT.replace('"jobs":2', '"jobs":"2"'), ':1: error: not what a campaign writes: jobs'],
    ['a key of JavaScript', TEXT.replace('"nan bits"', '"__proto__"'), "a key '__proto__'"],
    ['a later schema', TEXT.replace('"schema":1', '"schema":2'), ':1: error: not what a campaign writes: schema'],
  ])('with %s is refused', (_what, text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});

test.each(FORMAT_NAMES)('%s: equal bytes, and nothing hostile', (format) => {
  const text = formatReport(finding, format);
  expect(formatReport(read(TEXT), format)).toBe(text);
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  if (['html', 'junit'].includes(format)) expect(text).not.toContain('<script');
  expect(text).toContain(ID);
});

describe('where the sides part', () => {
  const hostile = '<script>alert(2)</script> \u001b[31m & ``` ]]> \u202e';
  const instruction = {
    function: '@f',
    line: 4,
    text: '%1 = intcast i32 %0',
    expected: '-128',
    actual: `128 ${hostile}`,
  };
  const relocation = {
    type: 'R_WASM_MEMORY_ADDR_SLEB',
    symbol: `d1 ${hostile}`,
    addend: -3,
    offset: 2,
    object: 'b.o',
    owner: 'function f',
  };
  const placed = (place: object): string =>
    TEXT.replace('"reduction":"1-minimal', `"place":${JSON.stringify(place)},"reduction":"1-minimal`);
  const run = { summary: `line 4, in @f: \`%1 = intcast i32 %0\` gives 128`, instruction, relocation: null };
  const link = { summary: `they differ ${hostile}`, instruction: null, relocation };

  test.each(FORMAT_NAMES)('%s says it, and nothing hostile', (format) => {
    for (const place of [run, link]) {
      const report = read(placed(place));
      expect(report.buckets[0]!.place).toEqual(place);
      const text = formatReport(report, format);
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
      if (['html', 'junit'].includes(format)) expect(text).not.toContain('<script');
      if (format === 'json') continue;
      expect(text).toMatch(
        place === run ? /line 4\b/ : /R_WASM_MEMORY_ADDR_SLEB to d1 .*- 3, at offset 2 of function f of b\.o/,
      );
    }
  });

  test('the page marks the line of the program, and leads to it', () => {
    const page = formatReport(read(placed(run)), 'html');
    const [, id] = /<a href="#([^"]+-line)">line 4<\/a> in @f: %1 = intcast i32 %0/.exec(page)!;
    expect(page).toContain(`\n<mark id="${id!}">  %1 = intcast i32 %0</mark>\n  ret %1\n`);
    expect(page).toContain('<dt>expected</dt><dd>-128</dd><dt>got</dt><dd>128 &lt;script&gt;');
    expect(page.match(/<mark/g)).toHaveLength(1);
    expect(formatReport(read(placed(link)), 'html')).not.toContain('<mark');
    // Beyond what the page shows of a program there is nothing to lead to.
    const far = { ...run, instruction: { ...instruction, line: 100_000 } };
    expect(formatReport(read(placed(far)), 'html')).not.toContain('-line"');
  });

  test('SARIF and annotations point at the line of the case', () => {
    const sarif = JSON.parse(formatReport(read(placed(run)), 'sarif')) as {
      runs: { results: { locations: { physicalLocation: { region: object } }[] }[] }[];
    };
    const [location] = sarif.runs[0]!.results[0]!.locations;
    expect(location!.physicalLocation.region).toEqual({ startLine: 4, snippet: { text: instruction.text } });
    const file = 'file=corpus/findings/codegen-interp-exe-result-intcast.air';
    expect(githubAnnotations(read(placed(run)))).toContain(`${file},line=4,`);
    expect(githubAnnotations(read(placed(link)))).toContain(`${file},line=1,`);
  });

  test('runs of older versions do not say it, and what is no place is refused', () => {
    expect(finding.buckets[0]!.place).toBeNull();
    const last = `:${TEXT.trimEnd().split('\n').length}: error: not what a campaign writes: buckets`;
    for (const bad of [
      { ...instruction, line: 0 },
      { ...instruction, row: 1 },
    ])
      expect(() => read(placed({ ...run, instruction: bad }))).toThrow(last);
  });
});

test('the page shows how a case became smaller, and earlier runs', () => {
  const steps = [
    { bucket: 'codegen/interp-exe/result/-', runs: 1, instructions: 40 },
    { bucket: 'codegen/interp-exe/result/-', runs: 30, instructions: 9 },
    // Of another reduction in the same bucket, at the same time.
    { bucket: 'codegen/interp-exe/result/-', runs: 4, instructions: 31 },
    // Of a case whose cause is known: a bucket of its own.
    { bucket: 'codegen/interp-exe/result/-', cause: 'codegen/run/shl', runs: 2, instructions: 20 },
    { bucket: 'codegen/interp-exe/result/-', cause: 'codegen/run/shl', runs: 40, instructions: 3 },
  ].map((step) => JSON.stringify({ event: 'shrunk', ...step }));
  const lines = TEXT.trimEnd().split('\n');
  const report = read(`${[...lines.slice(0, -1), ...steps, lines.at(-1)!].join('\n')}\n`);
  expect([...report.curves.values()]).toEqual([
    [
      { runs: 1, instructions: 40 },
      { runs: 30, instructions: 9 },
    ],
    [
      { runs: 2, instructions: 20 },
      { runs: 40, instructions: 3 },
    ],
  ]);
  const seen = {
    ...report,
    buckets: [{ ...report.buckets[0]!, raw: [{ bucket: 'codegen/interp-exe/result/-', count: 1 }] }],
  };
  expect(formatReport(seen, 'html')).toContain('How it became smaller');
  expect(formatReport(seen, 'html')).toContain('9 instructions after 30 runs');
  const shl = { ...seen, buckets: [{ ...seen.buckets[0]!, id: 'codegen/run/shl' }] };
  expect(formatReport(shl, 'html')).toContain('3 instructions after 40 runs');
  expect(formatReport(finding, 'html')).not.toContain('How it became smaller');
  const page = formatReport(finding, 'html', null, {
    earlier: [clean, { ...many, buckets: many.buckets.slice(0, 7) }],
    map: null,
  });
  expect(page).toContain('Beside 2 earlier runs');
  expect(page).toContain('1 bucket that none of them has; 0 that');
  expect(page).toContain(`${ID}4 and 2 more`);
  expect(page).not.toMatch(/(?:src|href)="(?!#|data:,")/);
});

test('the page has all parts, no script, and no address outside of it', () => {
  const page = formatReport(finding, 'html');
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt; \\u{1b}[31m');
  for (const part of ['Buckets', 'Checks', 'Discarded cases', 'Where the time goes', 'Cases over time', 'Program'])
    expect(page).toContain(part);
  expect(page.match(/<svg /g)).toHaveLength(2);
  expect(page).not.toMatch(/(?:src|href)="(?!#|data:,")/);
  expect(formatReport(clean, 'html')).not.toContain('<article');
});

/** What an element of JUnit may hold and have: the common part of the schemas of Jenkins and Surefire. */
const JUNIT: Readonly<Record<string, { in: string; needs: string[]; may?: string[] }>> = {
  testsuites: { in: '', needs: ['name', 'tests', 'failures', 'errors', 'time'] },
  testsuite: { in: 'testsuites', needs: ['name', 'tests', 'failures', 'errors', 'skipped', 'time', 'timestamp'] },
  properties: { in: 'testsuite', needs: [] },
  property: { in: 'properties', needs: ['name', 'value'] },
  testcase: { in: 'testsuite', needs: ['name', 'classname', 'time'] },
  failure: { in: 'testcase', needs: ['type', 'message'] },
  error: { in: 'testcase', needs: ['type', 'message'] },
};

function checkJunit(xml: string): Record<string, number> {
  const count: Record<string, number> = {};
  const open: string[] = [''];
  const rest = xml
    .replace(/^<\?xml [^>]*\?>/, '')
    .replace(/<(\/?)(\w+)((?: \w+="[^"<]*")*)(\/?)>/g, (_all, ...groups) => {
      const [close, name, attributes, empty] = groups as [string, string, string, string];
      if (close !== '') {
        expect(open.pop()).toBe(name);
        return '';
      }
      const rule = JUNIT[name]!;
      expect(open[open.length - 1]).toBe(rule.in);
      expect([...attributes.matchAll(/ (\w+)=/g)].map(([, key]) => key).sort()).toEqual(rule.needs.toSorted());
      count[name] = (count[name] ?? 0) + 1;
      if (empty === '') open.push(name);
      return '';
    });
  expect(open).toEqual(['']);
  expect(rest).not.toMatch(/[<>]|&(?!(?:amp|lt|gt|quot|#39);)/);
  return count;
}

test('JUnit is well-formed, and its sums are those of its elements', () => {
  const xml = formatReport(finding, 'junit');
  expect(checkJunit(xml)).toMatchObject({ testsuite: 1, testcase: 2, failure: 1 });
  expect(xml).toContain('tests="2" failures="1" errors="0"');
  const unproved = formatReport({ ...clean, failure: 'no check ran' }, 'junit');
  expect(checkJunit(unproved)).toMatchObject({ testcase: 3, error: 1 });
  expect(() => checkJunit(xml.replace('<failure ', '<fault '))).toThrow();
});

/** The part of the schema of SARIF 2.1.0 that a log of ours uses, without room for anything else. */
const message = z.strictObject({ text: z.string().min(1) });
const SARIF = z.strictObject({
  $schema: z.url(),
  version: z.literal('2.1.0'),
  runs: z.tuple([
    z.strictObject({
      tool: z.strictObject({
        driver: z.strictObject({
          name: z.string().min(1),
          version: z.string(),
          rules: z.array(z.strictObject({ id: z.string(), shortDescription: message })),
        }),
      }),
      automationDetails: z.strictObject({ id: z.string() }),
      invocations: z.array(
        z.strictObject({
          executionSuccessful: z.boolean(),
          startTimeUtc: z.iso.datetime(),
          toolExecutionNotifications: z.array(z.strictObject({ level: z.literal('warning'), message })),
        }),
      ),
      results: z.array(
        z.strictObject({
          ruleId: z.string(),
          ruleIndex: z.int().min(0),
          level: z.literal('error'),
          message,
          locations: z.array(
            z.strictObject({
              physicalLocation: z
                .strictObject({
                  artifactLocation: z.strictObject({ uri: z.string().regex(/^[\w.~%/:-]+$/) }),
                  region: z.strictObject({ startLine: z.int().min(1) }),
                })
                .optional(),
              logicalLocations: z.array(z.strictObject({ name: z.string(), kind: z.string() })),
            }),
          ),
          partialFingerprints: z.record(z.string(), z.string()),
          occurrenceCount: z.int().min(1),
          properties: z.record(z.string(), z.unknown()),
        }),
      ),
    }),
  ]),
});

test('SARIF has the fields of the standard, and a bucket the same fingerprint in every run', () => {
  const log = SARIF.parse(JSON.parse(formatReport(finding, 'sarif')));
  const [{ results, tool }] = log.runs;
  expect(results.map((result) => result.partialFingerprints)).toEqual([{ 'bucket/v1': ID }]);
  expect(tool.driver.rules[results[0]!.ruleIndex]!.id).toBe(results[0]!.ruleId);
  const later = { ...finding, config: { ...finding.config, seed: 99 }, startedAt: '2026-12-01T00:00:00.000Z' };
  expect(SARIF.parse(JSON.parse(formatReport(later, 'sarif'))).runs[0].results[0]!.partialFingerprints).toEqual(
    results[0]!.partialFingerprints,
  );
  SARIF.parse(JSON.parse(formatReport({ ...clean, failure: 'no check ran' }, 'sarif')));
});

test('GitHub gets at most 1 MiB and ten annotations of a kind, and no command but ours', () => {
  const summary = githubSummary(many);
  expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(1024 * 1024);
  expect(Buffer.byteLength(githubSummary({ ...many, warnings: ['x'.repeat(3_000_000)] }))).toBeLessThanOrEqual(1 << 20);
  const lines = githubAnnotations(many).trimEnd().split('\n');
  expect(lines.filter((line) => line.startsWith('::error '))).toHaveLength(10);
  expect(lines.filter((line) => line.startsWith('::warning '))).toHaveLength(10);
  expect(lines[9]).toContain('51 more');
  const hostile = { ...finding.buckets[0]!, caseFile: 'a,b:c\n::error::x.air', detail: '100 %\n::stop-commands::x' };
  const [line, ...others] = githubAnnotations({ ...finding, buckets: [hostile], warnings: [] })
    .trimEnd()
    .split('\n');
  expect(others).toEqual([]);
  expect(line).toMatch(/^::error file=a%2Cb%3Ac%0A%3A%3Aerror%3A%3Ax\.air,line=1,title=[^:]*::100 %25%0A::stop/);
});

test('a bug report has versions, command lines, the program and what differs, behind fences that nothing closes', () => {
  const text = formatReport(finding, 'issue');
  expect(text).toContain('\n````\ncall @f(0x80): results differ');
  for (const part of ['Node v20\\.19', 'intcast i32 %0', 'npx harness repro 0x51', 'corpus/findings/'])
    expect(text.replace('v20.19', 'v20\\.19')).toContain(part);
  expect(() => formatReport(finding, 'issue', 'nosuch')).toThrow("no bucket 'nosuch' in this run");
  expect(() => formatReport(clean, 'issue')).toThrow('no bucket');
});
