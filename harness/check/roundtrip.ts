/**
 * `roundtrip`: the text form of the program reads back as the same program.
 *
 * Printing, parsing and printing again gives the same text, and the parsed program compiles to the bytes of the original.
 */
import type { Unit } from '../../core/index.ts';
import { formatDiagnostic, parseUnit, printUnit } from '../../core/index.ts';
import { crashed, findingOfBuild } from '../way/build-result.ts';
import { Wanted } from '../way/supply.ts';
import { firstDifference } from './bytes-checks.ts';
import type { Finding } from '../model/finding.ts';
import type { Check } from './check.ts';
import type { CaseContext } from './context.ts';

const name = 'roundtrip';

/** The text form: what the check calls, so that a test can put a faulty one in. */
export interface TextForm {
  print(unit: Unit): string;
  /** The unit, or the first message. */
  parse(text: string, target: Unit['pool']['target']): Unit | string;
}

/** The text form of core. */
export const CORE_TEXT: TextForm = {
  print: printUnit,
  parse: (text, target) => {
    const parsed = parseUnit(text, { target });
    return parsed.ok ? parsed.unit : formatDiagnostic(parsed.diagnostics[0]!);
  },
};

/** The check over `form`. */
export function roundtripCheck(form: TextForm): Check {
  return {
    name,
    frequency: 1 / 24,
    possible: ({ bytesVary }) => bytesVary !== true,
    applies: () => true,
    run(context: CaseContext): readonly Finding[] {
      try {
        return roundtrip(form, context);
      } catch (error) {
        if (error instanceof Wanted) throw error;
        return [findingOfBuild(crashed(error), name, 'text', 'the text form', 'compiler')!];
      }
    },
  };
}

export const roundtripCore = roundtripCheck(CORE_TEXT);

function roundtrip(form: TextForm, context: CaseContext): readonly Finding[] {
  const first = form.print(context.unit);
  const parsed = form.parse(first, context.unit.pool.target);
  if (typeof parsed === 'string') return [finding('text', 'parse', `printed text does not parse: ${parsed}\n${first}`)];
  const second = form.print(parsed);
  if (second !== first) return [finding('text', 'print', firstDifferentLine(first, second))];
  const exe = context.artefacts.exe();
  if (exe.kind !== 'built') return [];
  const again = context.artefacts.compileExe('parsed', parsed);
  const failed = findingOfBuild(again, name, 'text', 'compiling the parsed text', 'compiler');
  if (failed !== null || again.kind !== 'built') return failed === null ? [] : [failed];
  const at = firstDifference(exe.bytes, again.bytes);
  if (at < 0) return [];
  context.differing = { what: 'executable', first: exe.bytes, again: again.bytes };
  return [finding('bytes', 'compile', `the parsed text compiles to other bytes, from offset ${at} on`)];
}

function finding(kind: 'text' | 'bytes', op: string, detail: string): Finding {
  return { check: name, stage: 'text', kind, op, detail };
}

function firstDifferentLine(first: string, second: string): string {
  const left = first.split('\n');
  const right = second.split('\n');
  const at = left.findIndex((line, n) => line !== right[n]);
  const line = at < 0 ? left.length : at;
  return `line ${line + 1} prints differently after parsing:\n  ${left[line] ?? 'the end'}\n  ${right[line] ?? 'the end'}`;
}
