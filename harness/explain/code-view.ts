/**
 * A function as MIR and as the text of its WebAssembly, as far as that is short enough to read.
 */
import type { InstIndex, NavIndex } from '../../core/index.ts';
import { printNavName } from '../../core/index.ts';
import type { Case } from '../model/case.ts';
import { attempt } from '../way/build-result.ts';
import type { CodePart } from './explanation.ts';
import { functionIndexOf, importCount } from '../wasm/module-place.ts';
import type { ModuleText } from '../wasm/module-text.ts';
import type { Way } from '../way/ways.ts';
import { markInstructions } from './mark-instructions.ts';
import type { Bench } from './runner.ts';
import type { Source } from './source.ts';
import type { TiedPart } from './tie-lines.ts';
import { tieLines } from './tie-lines.ts';

/** Lines above which a listing is not shown. */
const SHOWN_LINES = 60;

/** A function, and the instruction in it that is accused. */
export interface CodePlace {
  readonly nav: NavIndex;
  readonly inst: InstIndex;
}

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

/** The code of function `nav` on `way`; `inst` is the instruction that is accused. `name` is what the user calls the case. */
export function codePart(
  case_: Case,
  bench: Bench,
  way: Way,
  { nav, inst }: CodePlace,
  source: Source,
  textOf: ModuleText,
  name: string,
): CodePart {
  return {
    function: printNavName(case_.unit.navs[nav]!.name),
    mir: mirLines(case_, bench, way, { nav, inst }, source, name),
    wat: watLines(case_, bench, way, nav, textOf, name),
  };
}

function mirLines(case_: Case, bench: Bench, way: Way, place: CodePlace, source: Source, name: string): string[] {
  const { code } = bench.backend;
  if (code === undefined) return ['the back end has no text form of its own code'];
  const store = way.on(bench.store(case_, case_.unit));
  if (store === null) return ['no code'];
  try {
    const { unit } = case_;
    const lines = code.print(unit, store.settings, place.nav).trimEnd().split('\n');
    const traced = code.trace?.(markInstructions(unit, place.nav), store.settings, place.nav);
    const tied = traced === undefined ? null : tieLines(lines, traced);
    const whole = `harness compile ${name} --emit mir`;
    return tied === null ? bounded(lines, whole) : tiedText(lines, tied, place, source, whole);
  } catch (error) {
    return [`no MIR: ${(error as Error).message}`];
  }
}

/** Code under the line that it comes from, with what made it; of a long function that of the accused instruction. */
function tiedText(
  lines: readonly string[],
  tied: readonly TiedPart[],
  { nav, inst }: CodePlace,
  source: Source,
  whole: string,
): string[] {
  const isLong = lines.length >= SHOWN_LINES;
  const shown = isLong ? tied.filter((part) => part.inst === inst) : tied;
  if (isLong && shown.reduce((sum, part) => sum + part.lines.length, 0) >= SHOWN_LINES) return bounded(lines, whole);
  const out = shown.flatMap((part) => {
    if (part.inst === null) return part.lines;
    const line = source.lineOf(nav, part.inst);
    const made = part.makers.length === 0 ? '' : `  (${part.makers.join('; ')})`;
    return [`${part.inst === inst ? '>' : ' '} line ${line}: ${source.text(line)}${made}`, ...part.lines];
  });
  if (isLong) out.push(`${lines.length} lines; to see them: ${whole}`);
  return out.map((line) => line.trimEnd());
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
