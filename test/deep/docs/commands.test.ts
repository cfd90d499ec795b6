/**
 * Every command line in the documents runs: those of `sh` blocks, and those in the text that begin with a command of ours.
 *
 * A line runs as it stands unless a table here says otherwise: BUDGET gives a line that would take long, or that has a
 * placeholder, another form; NOT_RUN names those that a test cannot run, with the reason. Both tables may name only lines
 * that the documents really have. The lines run in a folder with a corpus of its own, where `npx` and the shell find the
 * built command. npx takes half a second to find it: one line asks the real one, for the others a script stands in its place.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { makeFolder, ROOT } from '../../harness/cli/run-harness.ts';

const DOCUMENTS = [
  ...['README.md', 'CONTRIBUTING.md', 'ARCHITECTURE.md', 'corpus/README.md'],
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** What is run in place of a line: the same command with a value for each placeholder, and with a small budget. */
const BUDGET: Readonly<Record<string, string>> = {
  'npx harness …': 'npx harness --help',
  'npx harness <command> --help': 'npx harness fuzz --help',
  'npx harness fuzz --time 10m --jobs auto': 'npx harness fuzz --time 1s --jobs auto',
  'npx harness fuzz --seed 1 --runs 3000 --json': 'npx harness fuzz --seed 1 --runs 2 --jobs 1 --json',
  'npx harness mutants --seed 1 --sample 60':
    'npx harness mutants --seed 1 --sample 60 --ids 0cfd63ba --runs 30 --profile default --checks interp-exe',
  'npx harness mutants --only codegen/scalar --sample 20 --runs 500 --jobs 2':
    'npx harness mutants --only codegen/scalar --sample 20 --runs 30 --jobs 2 --seed 1 --ids 0cfd63ba --profile default --checks interp-exe',
  'npx harness mutants --historical --seed 1 --jobs 1':
    'npx harness mutants --historical --seed 1 --jobs 1 --ids L02 --runs 30 --checks validate,interp-exe',
  'npx harness mutants --historical --only core/link --runs 500':
    'npx harness mutants --historical --only core/link --seed 1 --runs 30 --ids L42 --profile default --checks interp-exe',
  'npx harness mutants --historical --ids H05,H14':
    'npx harness mutants --historical --ids L05 --seed 1 --runs 30 --checks validate',
  'npx harness mutants --compare before/mutants.json after/mutants.json':
    'npx harness mutants --compare mutants.json mutants.json',
  'harness mutants': 'harness mutants --help',
  'harness report FOLDER --format html': 'harness report measured --format html',
  'npx harness coverage --profile link --runs 500': 'npx harness coverage --profile link --runs 5',
  'npx harness coverage reports/0x1-1 reports/0x1-2': 'npx harness coverage shard shard --runs 5',
  'npx harness coverage --code --runs 300': 'npx harness coverage --code --runs 5',
  'npx harness coverage -o before.json': 'npx harness coverage -o before.json --runs 5',
  'npx harness coverage reports/0x1-2 -o reports/0x1-2/coverage.json':
    'npx harness coverage shard --runs 5 -o shard/coverage.json',
  'npx harness report reports/0x1-2 --format html --beside reports -o page.html':
    'npx harness report shard --format html --beside . -o page.html',
  'harness coverage': 'harness coverage --runs 5',
  'harness coverage [runs]': 'harness coverage shard --runs 5',
  'harness report --format html --beside FOLDER': 'harness report run --format html --beside .',
  'npx harness fuzz --profile wasm64': 'npx harness fuzz --profile wasm64 --runs 2 --jobs 1',
  'npx harness fuzz --steer': 'npx harness fuzz --steer --runs 2 --jobs 1',
  'npx harness fuzz --profile swarm --steer --runs 20000': 'npx harness fuzz --profile swarm --steer --runs 2 --jobs 1',
  'npx harness coverage --profile swarm --steer --runs 2000': 'npx harness coverage --profile swarm --steer --runs 2',
  'npx harness fuzz --profile sums': 'npx harness fuzz --profile sums --runs 2 --jobs 1',
  'npx harness fuzz --profile vectors': 'npx harness fuzz --profile vectors --runs 2 --jobs 1',
  'npx harness fuzz --profile atomic': 'npx harness fuzz --profile atomic --runs 2 --jobs 1',
  'npx harness fuzz --profile flow': 'npx harness fuzz --profile flow --runs 2 --jobs 1',
  'npx harness fuzz --profile packed': 'npx harness fuzz --profile packed --runs 2 --jobs 1',
  'npx harness fuzz --profile sweep': 'npx harness fuzz --profile sweep --runs 2 --jobs 1',
  'npx harness fuzz --profile drop-in': 'npx harness fuzz --profile drop-in --runs 2 --jobs 1',
  'npx harness fuzz --profile objects': 'npx harness fuzz --profile objects --runs 2 --jobs 1',
  'npx harness fuzz --profile math': 'npx harness fuzz --profile math --runs 2 --jobs 1',
  'npx harness fuzz --profile debug': 'npx harness fuzz --profile debug --runs 2 --jobs 1',
  'harness compile FILE --set --debug-info=FILE': 'harness compile good.air --set --debug-info=good.air -o debug.wasm',
  'npx harness fuzz --only-ops <name> --time 1m': 'npx harness fuzz --only-ops add_wrap --time 1s',
  'npx harness corpus add <case>': 'npx harness corpus add given.air --name given',
  'harness fuzz': 'harness fuzz --time 1s',
  'npx harness fuzz --time 8h --metrics /var/lib/node_exporter/harness.prom':
    'npx harness fuzz --time 1s --metrics harness.prom',
  'harness repro': 'harness repro 0x51f3',
  'harness repro <case>': 'harness repro 0x51f3',
  'harness repro <case> --explain': 'harness repro good.air --explain',
  'harness reduce <case file>': 'harness reduce good.air',
  'harness regress [paths]': 'harness regress good.air',
  'npx harness fuzz --seed 1 --runs 3000 --report html,junit':
    'npx harness fuzz --seed 1 --runs 2 --jobs 1 --report html,junit',
  'harness report': 'harness report run',
  'harness report <run folder>': 'harness report run',
  'npx harness report reports/0x1-1 --format html -o page.html': 'npx harness report run --format html -o page.html',
  'npx harness report reports/0x1-1 --format junit -o junit.xml': 'npx harness report run --format junit -o junit.xml',
  'npx harness report reports/0x1-1 --format sarif -o run.sarif': 'npx harness report run --format sarif -o run.sarif',
  'npx harness report reports/0x1-1 --format github -o "$GITHUB_STEP_SUMMARY"':
    'npx harness report run --format github -o summary.md',
  'npx harness report reports/0x1-1 --format issue --bucket <id>':
    'npx harness report run --format issue --bucket codegen/interp-exe/result/intcast',
  'npx harness fuzz --seed 7 --shard 1/4 --time 4h --out shards/1':
    'npx harness fuzz --seed 7 --shard 1/4 --time 1s --out shards/1',
  'npx harness merge shards/* --out merged --report html': 'npx harness merge shard --out merged --report html',
  'harness merge': 'harness merge shard --out merged-again',
  'harness merge <run folders>': 'harness merge shard --out merged-too',
  'harness gen <seed>': 'harness gen 0x51f3',
  'harness run <file>': 'harness run good.air',
  'harness compile <file.air>': 'harness compile good.air -o compiled.wasm',
  'harness compile': 'harness compile good.air --emit wat',
  'harness compile --emit mir': 'harness compile good.air --emit mir',
  'harness compile case.air --emit zig': 'harness compile good.air --emit zig',
  'harness compile case.air --emit c': 'harness compile good.air --emit c',
  'harness compile --threads N': 'harness compile good.air -o threaded.wasm --threads 2',
  'harness link': 'harness link good.o --no-entry -o linked.wasm',
  'harness link <inputs>': 'harness link good.o --no-entry -o inputs.wasm',
  'harness corpus <action>': 'harness corpus list',
  'npx harness corpus merge <folders>': 'npx harness corpus merge node_modules',
  'harness corpus migrate': 'harness corpus migrate --dry-run',
  'npx harness corpus prune': 'npx harness corpus prune --dry-run',
  'harness corpus add FILE': 'harness corpus add corpus/findings/found.air',
  'harness help [command]': 'harness help fuzz',
  'node dist/bench/mutate-objects.js --runs 100000 --seed 1': 'node dist/bench/mutate-objects.js --runs 20 --seed 1',
  'npm run bench': 'npm run bench -- small',
  'npm run jest': 'npm run jest -- --showConfig',
  'npm run typecheck': 'npm run typecheck -- --version',
  'npm run lint': 'npm run lint -- --version',
  'npm run format': 'npm run format -- --version',
};

/** What a test cannot run, and why. */
const NOT_RUN: Readonly<Record<string, string>> = {
  'npm ci': 'installs: it would delete the packages that this test runs with',
  'npm ci && npm start': 'begins with npm ci',
  'npm ci && npm test': 'begins with npm ci',
  'npm ci --omit=optional': 'installs',
  'npm run nodes:install': 'installs',
  'npm run outside:install engines': 'installs',
  'npx harness report case.air --format issue --backend zig:0.17': 'needs what npm run outside:install installs',
  'npm run jest:deep -- test/nodes': 'needs what npm run nodes:install installs',
  'npm run conformance -- --tests DIR': 'needs the packages and the tests of LLVM',
  'node dist/bench/real-programs.js --sources DIR': 'needs compilers and sources of the distribution',
  'npm run jest:deep': 'CI runs it, and this test is a part of it',
  'npm test': 'this test is a part of it',
  'npm run test:deep': 'CI runs it, and this test is a part of it',
  'npm run static': 'its parts are run here one by one',
  'npm run bless': 'writes files of the repository',
  '.ci/run': 'this test is a part of it',
  'node scripts/make-clang-objects.mjs': 'writes sources of the repository',
  'npx harness gate --base origin/main --time 3m': 'builds a base, which test/deep/harness/cli/gate.test.ts does',
  'npx harness gate --base HEAD~1 --runs 2000 --json': 'builds a base, which test/deep/harness/cli/gate.test.ts does',
  'npx harness gate --backend ./build/my-backend.mjs --base-backend ./last-release/my-backend.mjs --time 3m':
    'needs two builds of a back end, which test/deep/harness/cli/gate.test.ts has',
  "npx harness gate --backend 'command:build/mycc {source} -o {module}' --base-backend 'command:release/mycc {source} -o {module}' --source c":
    'needs two builds of a compiler, which test/deep/harness/cli/gate.test.ts has',
  'npx harness gate --backend zig:0.17 --base-backend zig:0.16':
    'needs two compilers, which test/deep/harness/cli/gate.test.ts replaces by two builds of core',
  'harness gate': 'builds a base, which test/deep/harness/cli/gate.test.ts does',
  'harness gate --base REF': 'builds a base, which test/deep/harness/cli/gate.test.ts does',
  'harness bisect --good REF <case>': 'builds commits, which test/deep/harness/cli/bisect.test.ts does',
  'npx harness bisect --good v1 --bad HEAD corpus/findings/codegen-interp-exe-result-intcast.air':
    'builds commits, which test/deep/harness/cli/bisect.test.ts does',
  'docker build -f deploy/Dockerfile -t wasm-backend-harness .': 'needs docker and a network',
  'kubectl apply -f deploy/kubernetes/nightly.yaml': 'needs a cluster; test/harness/gate/deploy.test.ts reads the file',
};

/** The line that runs with the real npx. */
const REAL_NPX = 'npx harness repro 0x51f3 --explain';

/** A part of the bench measures for minutes; that there is such a part is checked. */
const BENCH_PART = /^npm run bench -- (\w+)/;

/** Lines that end in another code than 0. */
const EXIT_CODES: Readonly<Record<string, number>> = {
  'npx harness fuzz --backend planted --seed 1 --runs 500': 1,
  'npx harness repro corpus/findings/codegen-run-add_wrap.air --backend planted --explain': 1,
};

interface Line {
  readonly document: string;
  readonly text: string;
}

/** A command line in the text: a command with at least one word behind it, and no path such as `harness/check/`. */
const INLINE = /`((?:npx harness|harness|npm|node) [^`]+|\.ci\/run)`/g;

function linesOf(document: string): Line[] {
  const text = readFileSync(join(ROOT, document), 'utf8').replaceAll('\\|', '|');
  const lines: Line[] = [];
  const prose = text.replace(/^```(\w*)\n([\s\S]*?)^```$/gm, (_all, language: string, block: string) => {
    if (language !== 'sh') return '';
    for (const line of block.split('\n')) {
      const command = line.replace(/\s+#.*$/, '').trim();
      if (command !== '') lines.push({ document, text: command });
    }
    return '';
  });
  for (const [, command] of prose.matchAll(INLINE)) lines.push({ document, text: command!.replaceAll(/\s+/g, ' ') });
  return lines;
}

const lines = DOCUMENTS.flatMap(linesOf);
const texts = [...new Set(lines.map(({ text }) => text))];

const folder = makeFolder();
const cwd = folder.path;

beforeAll(async () => {
  const good = '; Returns seven.\nexport fn @f() u32 {\n  ret u32 7\n}\n;! run @f() = 7\n';
  const bin = join(cwd, 'node_modules', '.bin');
  for (const path of [bin, join(cwd, 'corpus', 'findings'), join(cwd, 'corpus', 'regressions', 'area')]) {
    mkdirSync(path, { recursive: true });
  }
  symlinkSync(join(ROOT, 'bin', 'harness.mjs'), join(bin, 'harness'));
  mkdirSync(join(cwd, 'quick'));
  writeFileSync(join(cwd, 'quick', 'npx'), `#!/bin/sh\nname=$1\nshift\nexec "${bin}/$name" "$@"\n`, { mode: 0o755 });
  chmodSync(join(ROOT, 'bin', 'harness.mjs'), 0o755);
  writeFileSync(join(cwd, 'package.json'), '{"name":"documents","private":true,"type":"module"}\n');
  cpSync(join(ROOT, 'dist'), join(cwd, 'dist'), { recursive: true });
  writeFileSync(join(cwd, 'good.air'), good);
  copyFileSync(join(cwd, 'good.air'), join(cwd, 'given.air'));
  writeFileSync(join(cwd, 'corpus', 'findings', 'found.air'), good);
  writeFileSync(join(cwd, 'corpus', 'regressions', 'area', 'good.air'), good);
  writeFileSync(
    join(cwd, 'mutants.json'),
    '{"schema":1,"mutants":[{"id":"1","place":"a.ts:1","operator":"constant","verdict":"killed","cases":1}]}',
  );
  mkdirSync(join(cwd, 'run'));
  copyFileSync(join(ROOT, 'test', 'harness', 'report', 'finding.jsonl'), join(cwd, 'run', 'events.jsonl'));
  expect((await run('harness fuzz --seed 1 --runs 2 --jobs 1 --out shard')).code).toBe(0);
  expect((await run('harness compile good.air --obj -o good.o')).code).toBe(0);
  const measuring = BUDGET['npx harness mutants --seed 1 --sample 60']!;
  const measured = run(`${measuring} --out measured`);
  ran.set(keyOf(measuring), measured);
  expect((await measured).code).toBe(0);
});

afterAll(() => folder.remove());

interface Ran {
  readonly code: number | null;
  readonly output: string;
}

/** Lines that were run: several documented ones have the same form here, and what one writes is not asked by the next. */
const ran = new Map<string, Promise<Ran>>();

function keyOf(line: string): string {
  return line.replace(/^npx /, '');
}

/** What a line came to, which is run if no equal one was. */
function ranOnce(line: string): Promise<Ran> {
  const key = keyOf(line);
  const before = ran.get(key) ?? run(line);
  ran.set(key, before);
  return before;
}

/** Runs a line of a shell: scripts and built files in the repository, everything else in the folder. */
function run(line: string, npx: 'quick' | 'real' = 'quick'): Promise<Ran> {
  const child = spawn('bash', ['-c', line], {
    cwd: /^(?:npm|node) /.test(line) ? ROOT : cwd,
    env: {
      PATH: [
        ...(npx === 'quick' ? [join(cwd, 'quick')] : []),
        join(cwd, 'node_modules', '.bin'),
        process.env['PATH'],
      ].join(':'),
      HOME: cwd,
      npm_config_offline: 'true',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output })));
}

describe('command lines of the documents', () => {
  test('are found', () => {
    expect(texts.length).toBeGreaterThan(35);
    expect(texts).toContain(REAL_NPX);
    expect(texts).toContain('harness corpus add FILE');
    expect(linesOf('README.md').length).toBeGreaterThan(15);
  });

  test('all lines of the tables are in the documents', () => {
    for (const table of [BUDGET, NOT_RUN, EXIT_CODES]) {
      expect(Object.keys(table).filter((line) => !texts.includes(line))).toEqual([]);
    }
  });

  test('a budget changes values, and not the command', () => {
    const words = (line: string): string[] => line.split(' ').filter((word) => /^[a-z]+$/.test(word));
    for (const [line, instead] of Object.entries(BUDGET)) {
      const [name, ...rest] = words(line).slice(0, 2);
      expect(instead.startsWith([name, ...rest].join(' '))).toBe(true);
      for (const option of line.match(/--[a-z-]+/g) ?? []) expect(instead).toContain(option);
    }
  });

  test('scripts that are not run are scripts of package.json', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: object };
    for (const line of texts) {
      const script = /^npm (?:run ([\w:]+)|(test|start))/.exec(line);
      if (script !== null) expect(Object.keys(scripts)).toContain(script[1] ?? script[2]);
    }
  });

  test('parts of the bench are known to it', () => {
    const source = readFileSync(join(ROOT, 'bench', 'main.ts'), 'utf8');
    const parts = texts.flatMap((text) => BENCH_PART.exec(text)?.[1] ?? []);
    expect(parts).toContain('link');
    for (const part of parts) expect(source).toMatch(new RegExp(`^  ${part}: \\{`, 'm'));
  });

  test.each(texts.filter((text) => !Object.hasOwn(NOT_RUN, text) && !BENCH_PART.test(text)))('%s', async (text) => {
    const line = BUDGET[text] ?? text;
    const { code, output } = await (text === REAL_NPX ? run(line, 'real') : ranOnce(line));
    // The output says what was wrong.
    expect({ code, output }).toEqual({ code: EXIT_CODES[text] ?? 0, output });
  });
});
