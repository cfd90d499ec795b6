/**
 * Checks that compare bytes of builds, and run nothing: `determinism` and `reflush`.
 *
 * `determinism`: building twice gives equal bytes, for the executable, the object and the linked module.
 * `reflush`: a compilation that is kept open gives the executable of a clean build at its first flush (`clean`), again at
 * its second (`twice`), after one function was compiled again (`update`), and sometimes after all were compiled again so
 * often that what they replaced must be cleared away (`often`); and random sequences of edits and flushes give the output
 * of a clean build of the edited program (`edits`, `edits-object`). The operation of a finding says which.
 */
import type { NavIndex } from '../../core/index.ts';
import type { BuildResult } from '../way/build-result.ts';
import { crashed, findingOfBuild, settle } from '../way/build-result.ts';
import { Wanted } from '../way/supply.ts';
import type { Finding, Stage } from '../model/finding.ts';
import type { Check } from './check.ts';
import type { CaseContext } from './context.ts';
import { findWrongFlush } from './reflush-edits.ts';
import { sampleHash } from '../model/sampling.ts';

export const determinism: Check = {
  name: 'determinism',
  frequency: 1 / 24,
  possible: ({ bytesVary }) => bytesVary !== true,
  applies: (context) => context.hasExe,
  run(context: CaseContext): readonly Finding[] {
    const { artefacts } = context;
    const again = artefacts.compileExe('again');
    const found = compareBuilds(context, artefacts.exe(), again, 'determinism', 'codegen', 'exe');
    if (found !== null) return [found];
    if (!context.hasObjects) return [];
    const first = artefacts.object();
    const secondObject = artefacts.compileObject();
    const object = compareBuilds(context, first, secondObject, 'determinism', 'object-writer', 'object');
    if (object !== null) return [object];
    const linked = artefacts.linked();
    if (first.kind !== 'built' || linked === null) return [];
    const relinkedModule = artefacts.link([{ name: 'whole.o', bytes: first.bytes }]);
    const relinked = compareBuilds(context, linked, relinkedModule, 'determinism', 'linker', 'link');
    return relinked === null ? [] : [relinked];
  },
};

export const reflush: Check = {
  name: 'reflush',
  frequency: 1 / 24,
  possible: ({ living }) => living !== undefined,
  applies: (context) => context.backend.living !== undefined && context.hasExe,
  run(context: CaseContext): readonly Finding[] {
    // What a campaign does comes first, so a case fails alike where it is replayed.
    const found = reflushed(context, false);
    return context.every && found.length === 0 ? reflushed(context, true) : found;
  },
};

/** What keeping the compilation of the case open shows; `every`: of all functions, and of long sequences of edits. */
function reflushed(context: CaseContext, every: boolean): readonly Finding[] {
  const { artefacts } = context;
  const clean = artefacts.exe();
  const { unit, settings } = context.case;
  const living = context.backend.living!;
  let step = 'clean';
  const compare = (result: BuildResult): Finding | null =>
    compareBuilds(context, clean, result, 'reflush', 'linker', step);
  try {
    const open = context.stopwatch.time('codegen', () => living.open(unit, settings));
    if ('kind' in open) return toList(compare(settle(open)));
    const flush = (): Finding | null => compare(artefacts.attempt('link', () => open.flush()));
    const first = flush();
    if (first !== null) return [first];
    step = 'twice';
    const second = flush();
    if (second !== null) return [second];
    step = 'update';
    for (const group of functionsToUpdate(context, every)) {
      context.stopwatch.time('codegen', () => {
        for (const nav of group) open.updateFunction(nav);
      });
      const found = flush();
      const names = group.map((nav) => `@${unit.navs[nav]!.name}`).join(' ');
      if (found !== null) return [{ ...found, detail: `${found.detail}\nafter ${names} again` }];
    }
    step = 'often';
    for (const part of functionsToUpdateOften(context, every)) {
      context.stopwatch.time('codegen', () => {
        for (const nav of part) open.updateFunction(nav);
      });
      const found = flush();
      if (found !== null) return [found];
    }
    step = 'edits';
    return toList(
      findWrongFlush(context, living, every, (a, b, op) => compareBuilds(context, a, b, 'reflush', 'linker', op)),
    );
  } catch (error) {
    if (error instanceof Wanted) throw error;
    return toList(compare(crashed(error)));
  }
}

/** Flushes of the step `update`: each writes the whole program, so more would not stay linear in the number of functions. */
const MAX_UPDATES = 32;

/**
 * What to update before each flush: one function by the seed; all of them in turn where everything is asked for, so that a
 * smaller case still has its function, and several at a time where there are many.
 */
function functionsToUpdate(context: CaseContext, every: boolean): readonly (readonly NavIndex[])[] {
  const functions = functionNavs(context);
  if (functions.length === 0) return [];
  if (!every) return [[functions[sampleHash(context.case, 'reflush-function') % functions.length]!]];
  const size = Math.ceil(functions.length / MAX_UPDATES);
  const groups = Math.ceil(functions.length / size);
  return Array.from({ length: groups }, (_, n) => functions.slice(n * size, (n + 1) * size));
}

/** One in so many cases has the step `often`. */
const OFTEN = 8;
/** Its flushes, and the AIR instructions that are compiled again before each: some thousands of wasm. */
const OFTEN_FLUSHES = 6;
const OFTEN_INSTRUCTIONS = 700;

/**
 * What to update between flushes: all functions in turns, going on where the flush came, so that each has its time when
 * others are newer.
 */
function functionsToUpdateOften(context: CaseContext, every: boolean): readonly (readonly NavIndex[])[] {
  const isChosen = every || sampleHash(context.case, 'reflush-often') % OFTEN === 0;
  const functions = functionNavs(context);
  if (!isChosen || functions.length === 0) return [];
  let next = 0;
  return Array.from({ length: OFTEN_FLUSHES }, () => {
    const part: NavIndex[] = [];
    for (let lowered = 0; lowered < OFTEN_INSTRUCTIONS; next++) {
      const nav = functions[next % functions.length]!;
      part.push(nav);
      lowered += context.unit.navs[nav]!.body?.length ?? 1;
    }
    return part;
  });
}

function functionNavs(context: CaseContext): readonly NavIndex[] {
  const functions: NavIndex[] = [];
  context.unit.navs.forEach((nav, n) => {
    if (nav.kind === 'func') functions.push(n as NavIndex);
  });
  return functions;
}

function toList(finding: Finding | null): readonly Finding[] {
  return finding === null ? [] : [finding];
}

/** Finding if `again` is not the same build as `first`; a first that failed is somebody else's. */
export function compareBuilds(
  context: CaseContext,
  first: BuildResult,
  again: BuildResult,
  check: string,
  stage: Stage,
  op: string,
): Finding | null {
  if (first.kind !== 'built') return null;
  const failed = findingOfBuild(
    again,
    check,
    stage,
    `building again (${op})`,
    stage === 'linker' ? 'linker' : 'compiler',
  );
  if (failed !== null || again.kind !== 'built') return failed;
  const at = firstDifference(first.bytes, again.bytes);
  if (at < 0) return null;
  context.differing = { what: DIFFERING[op] ?? 'executable', first: first.bytes, again: again.bytes };
  const detail =
    `two builds differ (${op}): at offset ${at} of ${first.bytes.length} and ${again.bytes.length} bytes, ` +
    `${hexByte(first.bytes[at])} and ${hexByte(again.bytes[at])}`;
  return { check, stage, kind: 'bytes', op, detail };
}

/** What differs, for people, by operation; all others are about executables. */
const DIFFERING: Readonly<Partial<Record<string, string>>> = {
  object: 'object',
  link: 'linked object',
  'edits-object': 'object',
};

/** First offset at which two arrays differ, their common length included; -1 if they are equal. */
export function firstDifference(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) if (a[at] !== b[at]) return at;
  return a.length === b.length ? -1 : length;
}

function hexByte(byte: number | undefined): string {
  return byte === undefined ? 'the end' : `0x${byte.toString(16).padStart(2, '0')}`;
}
