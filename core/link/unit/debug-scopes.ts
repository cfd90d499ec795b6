/**
 * What is said of the variables of one function, in bytes of its body: scopes, and where in them each variable can be read.
 *
 * Scopes without bytes are left out with all that is in them. Knows no encoding.
 */
import type { NavIndex } from '../../intern/keys.ts';
import type { MirCode } from '../../mir/mir.ts';
import type { Scope, Variable } from '../../mir/variable-ranges.ts';
import { findScopes } from '../../mir/variable-ranges.ts';
import type { VariableWords } from '../../mir/variables.ts';
import { VariablePlace } from '../../mir/variables.ts';
import type { LocalName } from '../input/object-file.ts';

/** Bytes of a body. */
type ByteRange = readonly [low: number, high: number];

/** A variable that can be read in `ranges`, ascending and apart from each other. */
export interface DebugVariable extends VariableWords {
  readonly ranges: readonly ByteRange[];
  /** It is all of its scope. */
  readonly isEverywhere: boolean;
}

/** A function, a lexical block, or an inlined function. */
export interface DebugScope {
  /** Name of the inlined function. */
  readonly inlined: string | null;
  readonly call: readonly [line: number, column: number] | null;
  readonly low: number;
  readonly high: number;
  readonly variables: readonly DebugVariable[];
  readonly scopes: readonly DebugScope[];
}

/** What is said of the variables of `code`, whose instructions begin at `starts`; null if nothing is. */
export function debugScope(
  code: MirCode,
  paramCount: number,
  starts: readonly number[],
  nameOf: (nav: NavIndex) => string,
): DebugScope | null {
  const scope = findScopes(code, paramCount);
  return scope === null ? null : inBytes(scope, starts, nameOf);
}

function inBytes(scope: Scope, starts: readonly number[], nameOf: (nav: NavIndex) => string): DebugScope {
  const inner = scope.scopes.filter(({ from, to }) => starts[from]! < starts[to]!);
  return {
    inlined: scope.inlined === null ? null : nameOf(scope.inlined),
    call: scope.call,
    low: starts[scope.from]!,
    high: starts[scope.to]!,
    variables: scope.variables.map((variable) => withBytes(variable, starts)),
    scopes: inner.map((one) => inBytes(one, starts, nameOf)),
  };
}

function withBytes(variable: Variable, starts: readonly number[]): DebugVariable {
  const ranges: ByteRange[] = [];
  for (const { from, to } of variable.ranges) {
    const [low, high] = [starts[from]!, starts[to]!];
    if (low === high) continue;
    const last = ranges[ranges.length - 1];
    if (last?.[1] === low) ranges[ranges.length - 1] = [last[0], high];
    else ranges.push([low, high]);
  }
  return { ...variable, ranges };
}

const decoder = new TextDecoder();

/** Names of the locals that hold variables, each by the first one that it holds; ascending by index. */
export function localNames(scope: DebugScope | null): readonly LocalName[] {
  const names = new Map<number, string>();
  const collect = ({ variables, scopes }: DebugScope): void => {
    for (const { place, a, name, ranges } of variables) {
      if (place !== VariablePlace.local || ranges.length === 0 || name.length === 0 || names.has(a)) continue;
      names.set(a, decoder.decode(name));
    }
    scopes.forEach(collect);
  };
  if (scope !== null) collect(scope);
  return [...names].sort((a, b) => a[0] - b[0]).map(([index, name]) => ({ index, name }));
}
