/**
 * Which lines and functions of core some work runs, by the counters of V8.
 *
 * Owns the reading of the counters. What runs while modules are loaded is no part of it: lines outside of functions are not counted. Counters slow
 * the process down, and belong to all of it: nothing else may run meanwhile. Deterministic for work that is.
 */
import { readFileSync } from 'node:fs';
import type { Profiler } from 'node:inspector';
import { Session } from 'node:inspector';
import { fileURLToPath } from 'node:url';

/** A file of core; names are those of the build, below its folder. */
export interface CodeFile {
  readonly file: string;
  /** Lines inside of functions, and those of them that were run. */
  readonly lines: number;
  readonly run: number;
  /** Functions that have a name and were never called, in their order. */
  readonly uncalled: readonly string[];
  /** Parts of functions that were called, such as arms of a branch, that were not. */
  readonly unreached: number;
}

/** Runs `work`, and says what of the modules below the folder `root` (a `file:` URL with a slash at its end) it ran, in the order of names. */
export function linesRun(root: string, work: () => void): CodeFile[] {
  const session = new Session();
  session.connect();
  try {
    post(session, 'Profiler.enable');
    post(session, 'Profiler.startPreciseCoverage', { callCount: true, detailed: true });
    work();
    const { result } = post(session, 'Profiler.takePreciseCoverage') as Profiler.TakePreciseCoverageReturnType;
    return result
      .filter(({ url }) => url.startsWith(root))
      .map((script) => fileOf(script, script.url.slice(root.length)))
      .filter(({ lines }) => lines > 0)
      .sort((a, b) => (a.file < b.file ? -1 : 1));
  } finally {
    session.disconnect();
  }
}

/** Sessions of the own thread answer at once. */
function post(session: Session, method: string, parameters: object = {}): unknown {
  let answer: { error: Error | null; result: unknown } | null = null as { error: Error | null; result: unknown } | null;
  session.post(method, parameters, (error, result: unknown) => (answer = { error, result }));
  if (answer === null || answer.error !== null)
    throw new Error(`${method}: ${answer?.error?.message ?? 'the inspector does not answer'}`);
  return answer.result;
}

function fileOf({ url, functions }: Profiler.ScriptCoverage, file: string): CodeFile {
  const text = readFileSync(fileURLToPath(url), 'utf8');
  /** For each character: in no function, in one but not run, run. */
  const state = new Uint8Array(text.length);
  const uncalled: string[] = [];
  let unreached = 0;
  for (const { functionName, ranges } of functions) {
    const [whole, ...parts] = ranges as [Profiler.CoverageRange, ...Profiler.CoverageRange[]];
    // The module itself.
    if (functionName === '' && whole.startOffset === 0) continue;
    if (whole.count === 0 && functionName !== '') uncalled.push(functionName);
    unreached += parts.filter(({ count }) => count === 0).length;
    // Functions and ranges come from the outside in.
    for (const { startOffset, endOffset, count } of ranges) state.fill(count > 0 ? 2 : 1, startOffset, endOffset);
  }
  let [lines, run, at] = [0, 0, 0];
  for (const line of text.split('\n')) {
    const first = state[at + line.search(/\S/)] ?? 0;
    if (line.trim() !== '' && first > 0) {
      lines++;
      if (first === 2) run++;
    }
    at += line.length + 1;
  }
  return { file, lines, run, uncalled, unreached };
}

/** What `files` come to, by folder, and the functions that were never called. */
export function codeLines(files: readonly CodeFile[]): string[] {
  const folders = new Map<string, { lines: number; run: number; unreached: number }>();
  for (const { file, lines, run, unreached } of files) {
    const folder = file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '.';
    const sum = folders.get(folder) ?? { lines: 0, run: 0, unreached: 0 };
    folders.set(folder, { lines: sum.lines + lines, run: sum.run + run, unreached: sum.unreached + unreached });
  }
  const row = (name: string, lines: string, share: string, unreached: string): string =>
    `${name.padEnd(24)}${lines.padStart(8)}${share.padStart(9)}${unreached.padStart(12)}`;
  const uncalled = files.flatMap(({ file, uncalled: names }) =>
    names.length === 0 ? [] : [`  ${file}: ${names.join(' ')}`],
  );
  return [
    row('core', 'lines', 'run', 'unreached'),
    ...[...folders].map(([name, { lines, run, unreached }]) =>
      row(name, String(lines), `${((100 * run) / lines).toFixed(1)} %`, String(unreached)),
    ),
    '',
    `functions that were never called: ${files.reduce((sum, one) => sum + one.uncalled.length, 0)}`,
    ...uncalled,
  ];
}
