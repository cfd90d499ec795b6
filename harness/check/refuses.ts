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
import { chooseBy } from './choose.ts';
import type { CaseContext } from './context.ts';

const name = 'refuses';

/** What is refused: the code, and a unit with it, in which `bits` is a length or a width. */
interface Refusal {
  readonly what: string;
  readonly code: (settings: Settings) => string;
  readonly text: (bits: number) => string;
}

const TYPE = (): string => 'refused_type';
const INSTRUCTION = (): string => 'refused_instruction';
const TAIL = ({ tailCall }: Settings): string => (tailCall ? 'refused_instruction' : 'refused_tail_call');

/** A vector that is no v128, whatever its length: what the convention of C passes it in is not known. */
const UNKNOWN = (length: number): string => `vector(${length}) u7`;

const REFUSALS: readonly Refusal[] = [
  {
    what: 'parameter',
    code: TYPE,
    text: (bits) => `export fn @f(${UNKNOWN(bits)}) callconv(c) void {\n  ret void {}\n}`,
  },
  {
    what: 'part of a variable',
    code: TYPE,
    text: (bits) => `export var @x: [3]?struct { u8, *const fn(u${bits}) callconv(c) ${UNKNOWN(bits)} } = undef`,
  },
  {
    what: 'declaration of a function',
    code: TYPE,
    text: (bits) => `extern fn @f(u8, struct { ${UNKNOWN(bits)} }) callconv(c) void`,
  },
  {
    what: 'instruction',
    code: INSTRUCTION,
    text: (bits) =>
      `export fn @f(*u${bits}) *u${bits} {\n  %0 = arg *u${bits} 0\n  %1 = addrspace_cast *u${bits} %0\n  ret %1\n}`,
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
  frequency: 1 / 12,
  // Only core says what it refuses, and how.
  possible: ({ layout }) => layout !== undefined,
  applies: (context) => context.hasExe,
  run(context: CaseContext): readonly Finding[] {
    const chosen = sampleHash(context.case, name);
    const bits = 1 + (Math.floor(chosen / REFUSALS.length) % 1000);
    return chooseBy(context, chosen, REFUSALS)
      .flatMap((refusal) => judge(context, refusal, bits) ?? [])
      .slice(0, 1);
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
