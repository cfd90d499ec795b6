/**
 * Where the variables of a function can be read: their scopes, and in those the instructions in front of which each is in its place.
 *
 * A flow analysis of finished code, which peepholes have made smaller: a place that was given to another value, or a value that stays
 * on the operand stack, is no place of the variable. Invariant: what is said holds on every way to the instruction; so of a variable
 * that could be read on some ways only, nothing is said. Knows no encoding.
 */
import type { NavIndex } from '../intern/keys.ts';
import type { MirCode } from './mir.ts';
import { MirTag } from './ops.ts';
import type { VariableWords } from './variables.ts';
import { isInLocalPlace, isSilent, variableAt, VariableKind, VariablePlace } from './variables.ts';

/** Instructions `from ..< to` by position in the code of the function. */
interface InstRange {
  readonly from: number;
  readonly to: number;
}

/** A variable; it can be read in front of the instructions in `ranges`. */
export interface Variable extends VariableWords {
  readonly ranges: readonly InstRange[];
  /** It can be read wherever its scope is. */
  readonly isEverywhere: boolean;
}

/** A function, a lexical block in it, or a function that was inlined there. */
export interface Scope {
  /** The inlined function. */
  readonly inlined: NavIndex | null;
  /** Where it was called: line and column; null if no position is known there. */
  readonly call: readonly [line: number, column: number] | null;
  readonly from: number;
  readonly to: number;
  readonly variables: readonly Variable[];
  readonly scopes: readonly Scope[];
}

interface OpenScope {
  readonly inlined: NavIndex | null;
  readonly call: readonly [number, number] | null;
  readonly from: number;
  readonly found: { readonly at: number; readonly words: VariableWords }[];
  readonly scopes: Scope[];
}

/** All that is said of the variables of `code`, a function with `paramCount` wasm parameters; null if nothing is. */
export function findScopes(code: MirCode, paramCount: number): Scope | null {
  const { tags, data, start, extra, extraStart } = code;
  const own = extra.subarray(extraStart);
  let says = false;
  let line: readonly [number, number] | null = null;
  const open: OpenScope[] = [{ inlined: null, call: null, from: 0, found: [], scopes: [] }];
  const close = (to: number): Scope => {
    const { inlined, call, from, found, scopes } = open.pop()!;
    const variables = found.map(({ at, words }) => variableOf(code, paramCount, at, words, from, to));
    return { inlined, call, from, to, variables, scopes };
  };
  let i = start;
  for (; tags[i] !== MirTag.dbg_epilogue_begin; i++) {
    const word = data[i]!;
    switch (tags[i]) {
      case MirTag.dbg_line:
        line = [own[word]!, own[word + 1]!];
        break;
      case MirTag.dbg_var:
        says = true;
        open[open.length - 1]!.found.push({ at: i - start, words: variableAt(own, word) });
        break;
      case MirTag.dbg_scope: {
        says = true;
        const inlined = word === 0 ? null : ((word - 1) as NavIndex);
        open.push({ inlined, call: line, from: i - start, found: [], scopes: [] });
        break;
      }
      case MirTag.dbg_scope_end: {
        const scope = close(i - start);
        open[open.length - 1]!.scopes.push(scope);
        break;
      }
      default:
    }
  }
  return says ? close(i - start) : null;
}

function variableOf(
  code: MirCode,
  paramCount: number,
  at: number,
  words: VariableWords,
  from: number,
  to: number,
): Variable {
  const { kind, place } = words;
  if (place === VariablePlace.none) return { ...words, ranges: [], isEverywhere: false };
  const isAlways =
    place === VariablePlace.constant ||
    place === VariablePlace.frame_address ||
    (place === VariablePlace.frame && kind === VariableKind.variable);
  if (isAlways) return { ...words, ranges: [{ from, to }], isEverywhere: true };
  return { ...words, ranges: new Flow(code, paramCount, at, words).run(from, to), isEverywhere: false };
}

// States: bits of what holds on all ways; unreached code has all of them.
/** The place holds the variable. */
const INTACT = 1;
/** The name has been given. */
const NAMED = 2;
const BOTH = INTACT | NAMED;
const UNREACHED = 7;

/** The flow of one variable. */
class Flow {
  readonly #code: MirCode;
  readonly #paramCount: number;
  readonly #at: number;
  readonly #words: VariableWords;
  /** What is in the local may change, and is the variable all the same. */
  readonly #isVariable: boolean;
  /** State at the beginning of each loop, by position. */
  readonly #atLoop = new Map<number, number>();

  constructor(code: MirCode, paramCount: number, at: number, words: VariableWords) {
    this.#code = code;
    this.#paramCount = paramCount;
    this.#at = at;
    this.#words = words;
    this.#isVariable = words.kind === VariableKind.variable && words.place === VariablePlace.local;
  }

  /** The ranges in `from ..< to`: once no loop begins with less than it was thought to. */
  run(from: number, to: number): readonly InstRange[] {
    for (;;) {
      const ranges: InstRange[] = [];
      if (this.#pass(from, to, ranges)) return ranges;
    }
  }

  /** One pass over the code; false if it has to be made again. */
  #pass(from: number, to: number, ranges: InstRange[]): boolean {
    const { tags, data, start, extra, extraStart } = this.#code;
    const open: { readonly loop: number; state: number }[] = [{ loop: -1, state: UNREACHED }];
    let isStable = true;
    let state = this.#initial();
    let begin = -1;
    let behind = -1;
    const jump = (depth: number): void => {
      const target = open[open.length - 1 - depth];
      if (target === undefined) return;
      target.state &= state;
      if (target.loop < 0) return;
      const known = this.#atLoop.get(target.loop)!;
      if ((known & state) !== known) {
        this.#atLoop.set(target.loop, known & state);
        isStable = false;
      }
    };
    for (let i = start; tags[i] !== MirTag.dbg_epilogue_begin; i++) {
      const at = i - start;
      // A range goes on behind code that is not reached, if the variable is there again.
      if (state !== UNREACHED || at < from || at >= to) {
        const isReadable = state !== UNREACHED && (state & BOTH) === BOTH && at >= from && at < to;
        if (isReadable && begin < 0) begin = at;
        if (!isReadable && begin >= 0) {
          ranges.push({ from: begin, to: behind });
          begin = -1;
        }
        if (isReadable) behind = at + 1;
      }
      const word = data[i]!;
      switch (tags[i]) {
        case MirTag.block:
        case MirTag.if:
          open.push({ loop: -1, state: tags[i] === MirTag.if ? state : UNREACHED });
          break;
        case MirTag.loop:
          if (!this.#atLoop.has(at)) this.#atLoop.set(at, UNREACHED);
          open.push({ loop: at, state: UNREACHED });
          state &= this.#atLoop.get(at)!;
          break;
        case MirTag.end: {
          const closed = open.pop()!;
          if (closed.loop < 0) state &= closed.state;
          break;
        }
        case MirTag.br:
          jump(word);
          state = UNREACHED;
          break;
        case MirTag.br_if:
          jump(word);
          break;
        case MirTag.br_table: {
          const length = extra[extraStart + word]!;
          for (let n = 1; n <= length; n++) jump(extra[extraStart + word + n]!);
          state = UNREACHED;
          break;
        }
        case MirTag.return:
        case MirTag.unreachable:
        case MirTag.return_call_nav:
        case MirTag.return_call_indirect:
          state = UNREACHED;
          break;
        default:
          if (state !== UNREACHED) state = this.#step(i, state);
      }
    }
    if (begin >= 0) ranges.push({ from: begin, to: behind });
    return isStable;
  }

  #initial(): number {
    const { place, a, key } = this.#words;
    // A variable that has not been set is undefined, and any bits are.
    if (!isInLocalPlace(place) || key === 0) return this.#isVariable ? INTACT | NAMED : INTACT;
    return a < this.#paramCount && key - 1 < this.#paramCount ? INTACT : 0;
  }

  #step(i: number, state: number): number {
    const { tags, data, start } = this.#code;
    const { place, a, key } = this.#words;
    const isVariable = this.#isVariable;
    if (i - start === this.#at) return state | NAMED;
    if (!isInLocalPlace(place)) return state;
    switch (tags[i]) {
      case MirTag.local_set:
      case MirTag.local_tee:
        if (data[i] !== a) return state;
        if (key === 0) return isVariable ? state | INTACT : INTACT;
        return isVariable ? state & ~INTACT : 0;
      case MirTag.dbg_set: {
        if (data[i] !== key) return state;
        const isThere = this.#setsBefore(i);
        if (isVariable) return isThere ? state | INTACT | NAMED : state & ~INTACT;
        return isThere ? (state & NAMED) | INTACT : 0;
      }
      default:
        return state;
    }
  }

  /** Whether the instruction in front of the `dbg_set` at `i` sets the local; at the beginning a parameter has been set. */
  #setsBefore(i: number): boolean {
    const { tags, data, start } = this.#code;
    const { a } = this.#words;
    for (let n = i - 1; n >= start; n--) {
      const tag = tags[n]!;
      if (isSilent(tag)) continue;
      return (tag === MirTag.local_set || tag === MirTag.local_tee) && data[n] === a;
    }
    return a < this.#paramCount;
  }
}
