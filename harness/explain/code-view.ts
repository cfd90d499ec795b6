/**
 * A function as MIR and as the text of its WebAssembly, as far as that is short enough to read.
 */
import type { NavIndex } from '../../core/index.ts';
import { printNavName } from '../../core/index.ts';
import type { Case } from '../model/case.ts';
import { attempt } from '../way/build-result.ts';
import type { CodePart } from './explanation.ts';
import { functionIndexOf, importCount } from '../wasm/module-place.ts';
import type { ModuleText } from '../wasm/module-text.ts';
import type { Way } from '../way/ways.ts';
import type { Bench } from './runner.ts';

/** Lines above which a listing is not shown. */
const SHOWN_LINES = 60;

/** Lines of function `index` of a module; null where there are none. */
export function functionText(bytes: Uint8Array, index: number, textOf: ModuleText): string[] | null {
  const text = textOf(bytes);
  if (text === null) return null;
  const defined = index - importCount(bytes);
  let seen = -1;
  const lines: string[] = [];
  for (const line of text.split('\n')) {
    if (/^ {2}\(/.test(line) && seen === defined) break;
    if (/^ {2}\(func\b/.test(line)) seen++;
    if (seen === defined && seen >= 0) lines.push(line.replace(/^ {2}/, ''));
  }
  return lines.length === 0 ? null : lines;
}

/** Where the instructions begin in lines of {@link functionText}: behind the head and the locals. */
export function firstInstruction(lines: readonly string[]): number {
  return lines[1]?.trimStart().startsWith('(local') === true ? 2 : 1;
}

/** The code of function `nav` on `way`. `name` is what the user calls the case. */
export function codePart(
  case_: Case,
  bench: Bench,
  way: Way,
  nav: NavIndex,
  textOf: ModuleText,
  name: string,
): CodePart {
  return {
    function: printNavName(case_.unit.navs[nav]!.name),
    mir: mirLines(case_, bench, way, nav, name),
    wat: watLines(case_, bench, way, nav, textOf, name),
  };
}

function mirLines(case_: Case, bench: Bench, way: Way, nav: NavIndex, name: string): string[] {
  const { code } = bench.backend;
  if (code === undefined) return ['the back end has no text form of its own code'];
  const store = way.on(bench.store(case_, case_.unit));
  if (store === null) return ['no code'];
  try {
    const text = code.print(case_.unit, store.settings, nav);
    return bounded(text.trimEnd().split('\n'), `harness compile ${name} --emit mir`);
  } catch (error) {
    return [`no MIR: ${(error as Error).message}`];
  }
}

function watLines(case_: Case, bench: Bench, way: Way, nav: NavIndex, textOf: ModuleText, name: string): string[] {
  // Without names, nothing says which function is which.
  const built = way.make(bench.store(case_, case_.unit, true));
  if (built?.kind !== 'built') return ['no module'];
  const index = functionIndexOf(built.bytes, case_.unit.navs[nav]!.name);
  const lines = index === null ? null : attemptText(() => functionText(built.bytes, index, textOf));
  if (lines === null) return ['no text of the function: it is not in the module, or the module cannot be read'];
  return bounded(lines, `harness compile ${name} --emit wat`);
}

function attemptText(body: () => string[] | null): string[] | null {
  let lines: string[] | null = null;
  attempt(() => {
    lines = body();
    return { kind: 'refused', code: '', text: '' };
  }, null);
  return lines;
}

/** `lines`, or how to get them if they are too many. */
function bounded(lines: readonly string[], command: string): string[] {
  if (lines.length < SHOWN_LINES) return lines.map((line) => line.trimEnd());
  return [`${lines.length} lines; to see them: ${command}`];
}
