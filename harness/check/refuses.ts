/**
 * `refuses`: what code generation does not lower is refused by name, and never compiled to something.
 *
 * A unit of its own with one thing that docs/air.md section 7 says is refused, with the settings and the target of the case. Which
 * one, and how wide its types are, is chosen by the seed; all of them where everything runs.
 */
import { parseUnit } from '../../core/index.ts';
import type { Settings } from '../../core/index.ts';
import type { Finding } from '../model/finding.ts';
import { sampleHash } from '../model/sampling.ts';
import { findingOfBuild } from '../way/build-result.ts';
import type { Check } from './check.ts';
import type { CaseContext } from './context.ts';

const name = 'refuses';

/** What is refused: the code, and a unit whose types have `bits` more bits than are lowered. */
interface Refusal {
  readonly what: string;
  readonly code: (settings: Settings) => string;
  readonly text: (bits: number) => string;
}

const TYPE = (): string => 'refused_type';
const INSTRUCTION = (): string => 'refused_instruction';
const TAIL = ({ tailCall }: Settings): string => (tailCall ? 'refused_instruction' : 'refused_tail_call');

/** Widest integers: of values, and of those that are converted to and from `f80` and `f128`. */
const WIDEST = 4096;
const WIDEST_CONVERTED = 128;

const REFUSALS: readonly Refusal[] = [
  {
    what: 'parameter',
    code: TYPE,
    text: (bits) => `export fn @f(u${WIDEST + bits}) void {\n  ret void {}\n}`,
  },
  {
    what: 'part of a variable',
    code: TYPE,
    text: (bits) => `export var @x: [3]?struct { u8, i${WIDEST + bits} } = undef`,
  },
  {
    what: 'packed struct',
    code: TYPE,
    text: (bits) => `export var @x: packed struct(u${WIDEST + bits}) { u${WIDEST}, u${bits} } = undef`,
  },
  {
    what: 'float of an integer',
    code: INSTRUCTION,
    text: (bits) =>
      `export fn @f(i${WIDEST_CONVERTED + bits}) void {\n  %0 = arg i${WIDEST_CONVERTED + bits} 0\n  %1 = float_from_int f80 %0\n  ret void {}\n}`,
  },
  {
    what: 'integer of a float',
    code: INSTRUCTION,
    text: (bits) =>
      `export fn @f(f128) void {\n  %0 = arg f128 0\n  %1 = int_from_float u${WIDEST_CONVERTED + bits} %0\n  ret void {}\n}`,
  },
  {
    what: 'tail call that hands over memory of its frame',
    code: TAIL,
    text: (bits) => `fn @g([${1 + bits}]u32) u32 {
  %0 = arg [${1 + bits}]u32 0
  ret u32 7
}
export fn @f([${1 + bits}]u32) u32 {
  %0 = arg [${1 + bits}]u32 0
  %1 = call_always_tail @g(%0)
  ret %1
}`,
  },
];

export const refusesCheck: Check = {
  name,
  frequency: 1 / 24,
  // Only core says what it refuses, and how.
  possible: ({ layout }) => layout !== undefined,
  applies: (context) => context.hasExe,
  run(context: CaseContext): readonly Finding[] {
    const chosen = sampleHash(context.case, name);
    const bits = 1 + (Math.floor(chosen / REFUSALS.length) % 1000);
    const list = context.every ? REFUSALS : [REFUSALS[chosen % REFUSALS.length]!];
    return list.flatMap((refusal) => judge(context, refusal, bits) ?? []).slice(0, 1);
  },
};

function judge({ artefacts, unit, case: { settings } }: CaseContext, refusal: Refusal, bits: number): Finding | null {
  const { what } = refusal;
  const text = refusal.text(bits);
  const parsed = parseUnit(text, { target: unit.pool.target });
  if (!parsed.ok) throw new Error(`what ${name} writes does not parse:\n${text}`);
  const result = artefacts.compileExe(name, parsed.unit);
  const code = refusal.code(settings as Settings);
  const found = (op: string, detail: string): Finding => ({
    check: name,
    stage: 'codegen',
    kind: 'accepted',
    op,
    detail,
  });
  switch (result.kind) {
    case 'built':
      return found(code, `must be refused as ${code}, and was compiled (${what}):\n${text}`);
    case 'refused':
      if (result.code === code) return null;
      return found(
        `${result.code}-not-${code}`,
        `must be refused as ${code}, and was as ${result.code}:\n${result.text}\n${text}`,
      );
    default:
      return findingOfBuild(result, name, 'codegen', `compiling what must be refused (${what})`, 'compiler');
  }
}
