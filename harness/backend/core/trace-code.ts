/**
 * Tells which lowering of core made which code: a builder of MIR that looks at who calls it.
 *
 * Owns what the call stack of codegen looks like: `FunctionState.lowerBody` calls the lowering of an instruction, maybe through one that
 * chooses by the class of a type. For people only. Code of a build whose files are not those of the sources has no maker.
 */
import type { Mir, MirBuilder } from '../../../core/index.ts';
import { MIR_OPERAND, MirOperand } from '../../../core/index.ts';
import type { TracedLine } from '../door.ts';

/** Frames between a builder and the lowering, at most. */
const MOST_FRAMES = 100;

const CODEGEN_FILE = /[/\\](codegen[/\\].*)\.[jt]s$/;
const DISPATCH = 'codegen/state/function-state';
const CHOICE = 'codegen/state/choose-lowering';

/** A builder, and who made what it was given. */
export interface MakersOfCode {
  readonly mir: MirBuilder;
  /** Who made code behind the position `line`, `column` and before the next one: `lowerAdd, core/codegen/scalar/arithmetic.ts`. */
  of(line: number, column: number): readonly string[];
}

/** An empty builder that looks at its callers. `Builder`: that of the build which is to fill it. */
export function makersOfCode(Builder: typeof MirBuilder): MakersOfCode {
  const target = new Builder();
  const makers = new Map<string, Set<string>>();
  let here = new Set<string>();
  const mir = new Proxy(target, {
    get(builder, name) {
      const member: unknown = Reflect.get(builder, name, builder);
      if (typeof member !== 'function') return member;
      return (...given: unknown[]): unknown => {
        const before = builder.length;
        const answer: unknown = Reflect.apply(member, builder, given);
        if (name === 'position') {
          const key = given.join(':');
          here = makers.get(key) ?? new Set();
          makers.set(key, here);
        } else if (builder.length > before) {
          const maker = makerOf(callers());
          if (maker !== null) here.add(maker);
        }
        return answer;
      };
    },
  });
  return { mir, of: (line, column) => [...(makers.get(`${line}:${column}`) ?? [])] };
}

/** Lines of `text`, the print of `mir`, with the positions that `makers` was told of. */
export function tracedLines(mir: Mir, text: string, makers: MakersOfCode): TracedLine[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => {
      const number = /^ *(\d+) {2}/.exec(line)?.[1];
      if (number === undefined) return { text: line, position: null };
      const at = Number(number);
      if (MIR_OPERAND[mir.tags[at]!] !== MirOperand.position) return { text: line, position: null };
      const word = mir.data[at]!;
      const [position, column] = [mir.extra[word]!, mir.extra[word + 1]!];
      return { text: line, position: { line: position, column, makers: makers.of(position, column) } };
    });
}

function callers(): readonly NodeJS.CallSite[] {
  const { stackTraceLimit } = Error;
  const before: unknown = Reflect.get(Error, 'prepareStackTrace');
  try {
    Error.stackTraceLimit = MOST_FRAMES;
    Error.prepareStackTrace = (_error, sites) => sites;
    const holder: { stack?: readonly NodeJS.CallSite[] } = {};
    Error.captureStackTrace(holder, callers);
    return holder.stack ?? [];
  } finally {
    Reflect.set(Error, 'prepareStackTrace', before);
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** The function that the innermost dispatch called, past those that choose. */
function makerOf(sites: readonly NodeJS.CallSite[]): string | null {
  const dispatch = sites.findIndex(
    (site) => fileOf(site) === DISPATCH && site.getFunctionName()?.endsWith('lowerBody'),
  );
  for (let n = dispatch - 1; n >= 0; n--) {
    const file = fileOf(sites[n]!);
    if (file === null) return null;
    if (file !== CHOICE) return [sites[n]!.getFunctionName() ?? '', `core/${file}.ts`].filter(Boolean).join(', ');
  }
  return null;
}

/** `codegen/scalar/casts`; null: no file of codegen. */
function fileOf(site: NodeJS.CallSite): string | null {
  const match = CODEGEN_FILE.exec(site.getFileName() ?? '');
  return match === null ? null : match[1]!.replaceAll('\\', '/');
}
