/**
 * The page of `harness report` in Chromium, where one is installed.
 */
import { expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CORE_BACKEND } from '../../../../harness/backend/core/core-backend.ts';
import { htmlReport } from '../../../../harness/report/html.ts';
import { readRunReport } from '../../../../harness/report/run-report.ts';
import { coverageMap } from '../../../../harness/reach/coverage-map.ts';
import { measureCoverage } from '../../../../harness/reach/measure-coverage.ts';
import { ROOT } from '../../../harness/cli/run-harness.ts';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((f) =>
  existsSync(f),
);

(CHROMIUM === undefined ? test.skip : test)('Chromium shows the page at 360 pixels without scrolling sideways', () => {
  const folder = mkdtempSync(join(tmpdir(), 'harness-page-'));
  try {
    copyFileSync(join(ROOT, 'test', 'harness', 'report', 'finding.jsonl'), join(folder, 'events.jsonl'));
    const inner = join(folder, 'page.html');
    // The policy of the page forbids scripts, so the one that measures runs without it.
    const read = readRunReport(folder);
    const raw = [{ bucket: 'codegen/interp-exe/result/-', count: 2 }];
    const long = 'memory_copy_of_many_words '.repeat(12);
    const place = {
      summary: long,
      instruction: { function: '@f', line: 4, text: long, expected: '1'.repeat(200), actual: long },
      relocation: {
        type: 'R_WASM_MEMORY_ADDR_SLEB',
        symbol: 'x'.repeat(200),
        addend: 1,
        offset: 2,
        object: 'a.o',
        owner: 'function f',
      },
    };
    const steps = [60, 30, 8, 3].map((instructions, n) => ({ runs: 1 + 40 * n, instructions }));
    const report = {
      ...read,
      buckets: read.buckets.map((bucket) => ({ ...bucket, raw, place })),
      curves: new Map([[raw[0]!.bucket, steps]]),
    };
    const earlier = [read, { ...read, buckets: [{ ...read.buckets[0]!, id: 'linker/link/other' }] }];
    const wish = { seed: 1, profile: 'link', shard: { index: 0, of: 1 }, onlyOps: null };
    const [cells, before] = [30, 20].map((cases) => measureCoverage({ ...wish, cases }, CORE_BACKEND));
    const map = coverageMap(cells!, before!).replaceAll('<details>', '<details open>');
    const measured = htmlReport(report, { earlier, map })
      .replace(/<meta http-equiv[^>]*>/, '')
      .replace(
        '</body>',
        '<script>const e=document.documentElement;parent.postMessage(`width ${innerWidth}, too wide by ${e.scrollWidth-e.clientWidth}, names in ${[...document.querySelectorAll(".map th[scope=row]")].every((n)=>n.offsetHeight<40)?"one line":"several lines"}`,"*")</script></body>',
      );
    for (const part of [
      'First to part',
      '<mark',
      'How it became smaller',
      'Beside 2 earlier runs',
      'Relocations by state',
    ])
      expect(measured).toContain(part);
    writeFileSync(inner, measured);
    const outer = `<iframe src="page.html" style="width:360px;height:800px;border:0"></iframe><p id="out"></p><script>addEventListener('message',(m)=>{document.querySelector('#out').textContent=m.data})</script>`;
    writeFileSync(join(folder, 'outer.html'), outer);
    const { stdout, stderr } = spawnSync(
      CHROMIUM!,
      [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--enable-logging=stderr',
        `--user-data-dir=${folder}/profile`,
        '--virtual-time-budget=5000',
        '--dump-dom',
        `file://${folder}/outer.html`,
      ],
      { encoding: 'utf8', timeout: 120_000 },
    );
    expect(stdout).toContain('<p id="out">width 360, too wide by 0, names in one line</p>');
    expect(stderr).not.toContain(':CONSOLE');
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
});
