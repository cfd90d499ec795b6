/**
 * A run folder that is read back: what a campaign wrote is believed, what a kill has torn is dropped, and nothing else passes.
 */
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readDone, storedIdentity } from '../../../harness/campaign/stored-run.ts';
import { addTally, countCase, emptyTally } from '../../../harness/model/tally.ts';
import { harness, makeFolder } from '../cli/run-harness.ts';

const folder = makeFolder();
const cwd = folder.path;

afterAll(() => folder.remove());

/** The line of a campaign about the cases from `first` on, all of which passed. */
function ranLine(
  first: number,
  count: number,
  change: (line: Record<string, never>) => void = () => undefined,
): string {
  const tally = emptyTally();
  for (let n = 0; n < count; n++) {
    countCase(tally, {
      verdict: { kind: 'completed' },
      incomparable: [],
      checks: [{ name: 'interp-exe', failed: false }],
    });
  }
  const line = { event: 'ran', ranges: [[first, first + count]], tally, found: [], seconds: 0.5 };
  change(line as unknown as Record<string, never>);
  return `${JSON.stringify(line)}\n`;
}

describe('events.jsonl', () => {
  const run = join(cwd, 'run');
  const file = join(run, 'events.jsonl');
  const warned: string[] = [];
  const read = () => readDone(run, (text) => warned.push(text));

  beforeEach(() => {
    mkdirSync(run, { recursive: true });
    warned.length = 0;
    writeFileSync(file, `{"event":"started"}\n${ranLine(0, 32)}${ranLine(64, 3)}{"event":"of a later version"}\n`);
  });

  test('gives ranges and sums', () => {
    const { ranges, tally, found, seconds } = read();
    const sum = emptyTally();
    addTally(sum, { ...emptyTally(), cases: 35, checks: { 'interp-exe': { ran: 35, failed: 0 } } });
    expect({ ranges, tally, found, seconds }).toEqual({
      ranges: [
        { first: 0, next: 32 },
        { first: 64, next: 67 },
      ],
      tally: sum,
      found: [],
      seconds: 1,
    });
    expect(warned).toEqual([]);
  });

  test('gives findings back as they were, with and without a way', () => {
    const plain = { check: 'interp-exe', stage: 'codegen', kind: 'result', op: '-', detail: 'differs' } as const;
    const found = [
      {
        position: 96,
        seed: 5,
        findings: [
          plain,
          { ...plain, way: { name: 'executable' } },
          { ...plain, way: { name: 'other-setting', parameters: { setting: 'gc' } } },
        ],
      },
    ];
    appendFileSync(
      file,
      ranLine(96, 3, (line) => Object.assign(line, { found })),
    );
    expect(read().found).toEqual(found);
  });

  test('a torn last line is dropped with a word, wherever it is torn', () => {
    const before = readFileSync(file, 'utf8');
    const next = ranLine(96, 32);
    for (const length of [1, 20, next.length - 1]) {
      writeFileSync(file, before + next.slice(0, length));
      expect(read().tally.cases).toBe(35);
      expect(warned.splice(0)).toEqual([expect.stringContaining('the last line is not whole')]);
      expect(readFileSync(file, 'utf8')).toBe(before);
    }
    appendFileSync(file, next);
    expect(read().tally.cases).toBe(67);
    expect(warned).toEqual([]);
  });

  test.each<[string, string]>([
    ['no JSON', 'garbage\n'],
    ['half of a line, with others behind it', `${ranLine(96, 1).slice(0, 40)}\n`],
    ['no object', 'null\n'],
    ['no event', '{}\n'],
    ['a tally without numbers', ranLine(96, 1, (line) => Object.assign(line['tally']!, { cases: 'many' }))],
    ['no tally', ranLine(96, 1, (line) => Object.assign(line, { tally: undefined }))],
    ['half a case', ranLine(96, 1, (line) => Object.assign(line['tally']!, { cases: 0.5 }))],
    ['cases below zero', ranLine(96, 1, (line) => Object.assign(line['tally']!, { cases: -1 }))],
    ['more cases than a number counts', ranLine(96, 1, (line) => Object.assign(line['tally']!, { cases: 1e300 }))],
    ['cases that no position has', ranLine(96, 1, (line) => Object.assign(line['tally']!, { cases: 3000 }))],
    ['positions without cases', ranLine(96, 1, (line) => Object.assign(line, { ranges: [[96, 1e9]] }))],
    ['an empty range', ranLine(96, 1, (line) => Object.assign(line, { ranges: [[96, 96]] }))],
    ['a check that failed more often than it ran', ranLine(96, 1).replace('"failed":0', '"failed":2')],
    ['a count of no number', ranLine(96, 1).replace('"discarded":{}', '"discarded":{"illegal":null}')],
    ['a key of JavaScript', ranLine(96, 1).replace('"discarded":{}', '"discarded":{"__proto__":1}')],
    ['time that is no number', ranLine(96, 1).replace('"engine":0', '"engine":"0"')],
    ['a time that nobody measures', ranLine(96, 1).replace('"engine":0', '"engine":0,"moon":1')],
    [
      'a failing case without findings',
      ranLine(96, 1).replace('"found":[]', '"found":[{"position":96,"seed":1,"findings":[]}]'),
    ],
    [
      'a failing case of no range',
      ranLine(96, 1).replace(
        '"found":[]',
        '"found":[{"position":7,"seed":1,"findings":[{"check":"a","stage":"codegen","kind":"crash","op":"-","detail":""}]}]',
      ),
    ],
    [
      'a stage that accuses nobody',
      ranLine(96, 1).replace(
        '"found":[]',
        '"found":[{"position":96,"seed":1,"findings":[{"check":"a","stage":"moon","kind":"crash","op":"-","detail":""}]}]',
      ),
    ],
  ])('%s is an error with its line', (_what, line) => {
    appendFileSync(file, `${line}${ranLine(128, 1)}`);
    expect(() => read()).toThrow(/events\.jsonl:5: error: not what a campaign writes: /);
    expect(warned).toEqual([]);
  });

  test('a case that is counted twice is an error', () => {
    appendFileSync(file, ranLine(31, 1));
    expect(() => read()).toThrow('the case at position 31 is counted twice');
  });
});

test.each([
  ['', 'run.json: error: '],
  ['{}', 'run.json: error: not what a campaign writes: schema: '],
  ['{"schema":2,"identity":{}}', 'run.json: error: not what a campaign writes: schema: '],
  ['{"schema":1,"identity":"x"}', 'run.json: error: not what a campaign writes: identity: '],
])('run.json with %j is an error', (text, message) => {
  mkdirSync(join(cwd, 'broken'), { recursive: true });
  writeFileSync(join(cwd, 'broken', 'run.json'), text);
  expect(() => storedIdentity(join(cwd, 'broken'))).toThrow(message);
});

describe('harness fuzz --resume', () => {
  const args = ['fuzz', '--seed', '3', '--runs', '40', '--jobs', '1', '--checks', 'interp-exe', '--out', 'resumed'];
  const file = join(cwd, 'resumed', 'events.jsonl');

  test('takes what a campaign wrote, says that a line was torn, and refuses what was changed', async () => {
    const first = await harness(cwd, ...args, '--json');
    expect(first.code).toBe(0);
    const whole = readFileSync(file, 'utf8');
    writeFileSync(file, `${whole}{"event":"ran","ranges":[[0,`);
    const torn = await harness(cwd, ...args, '--json', '--resume');
    expect(torn.stderr).toContain(`events.jsonl: the last line is not whole`);
    expect(torn.code).toBe(0);
    expect(JSON.parse(torn.stdout)).toMatchObject({ cases: 40 });

    writeFileSync(file, whole.replace('"cases":', '"cases":"NaN","was":'));
    const crafted = await harness(cwd, ...args, '--json', '--resume');
    expect(crafted).toMatchObject({ code: 2, stdout: '' });
    expect(crafted.stderr).toMatch(/^harness: resumed\/events\.jsonl:\d+: error: not what a campaign writes: /);
  });

  test('refuses a run.json that is none', async () => {
    writeFileSync(join(cwd, 'resumed', 'run.json'), '{"schema":');
    const ended = await harness(cwd, ...args, '--resume');
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain('resumed/run.json: error: not what a campaign writes');
  });
});
