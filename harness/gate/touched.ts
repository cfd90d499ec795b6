/**
 * Where a gate spends its time: what the paths of a diff can change, as profiles.
 *
 * Data, and the way from it to shares. A path counts for the first row that matches. What every gate looks at is in the table as
 * well: a change may reach further than its path says.
 */

/** Paths, and the profiles whose programs go through them. No profile: nothing that runs. */
type Row = readonly [path: RegExp, profiles: readonly string[]];

// prettier-ignore
const ROWS: readonly Row[] = [
  [/^(?:docs|test|corpus|reports|deploy|outside|bench|\.github|\.ci)\/|\.md$|^(?:eslint|jest|knip|\.prettier|\.git)/, []],
  [/^core\/codegen\/wide\/wide-packed/, ['wide-packed', 'packed', 'packed-unions']],
  [/^core\/codegen\/wide\/.*float/, ['formats', 'wide']],
  [/^core\/codegen\/wide\//, ['sweep', 'wide', 'formats']],
  [/^core\/codegen\/aggregate\/(?:lanes|vector|simd)/, ['vectors', 'lanes', 'registers']],
  [/^core\/codegen\/aggregate\/packed/, ['packed', 'wide-packed', 'packed-unions']],
  [/^core\/codegen\/aggregate\//, ['sums', 'memory']],
  [/^core\/codegen\/(?:control\/carried|state\/(?:conventions|vector))/, ['abi', 'calls', 'registers']],
  [/^core\/codegen\/(?:peephole\/|memory\/promote|state\/peepholes)/, ['peepholes']],
  [/^core\/codegen\/control\//, ['control', 'flow', 'calls']],
  [/^core\/codegen\/memory\/atomics/, ['atomic']],
  [/^core\/codegen\/memory\/vectors/, ['registers', 'lanes']],
  [/^core\/codegen\/memory\/bit-pointers/, ['packed', 'wide-packed', 'packed-unions']],
  [/^core\/codegen\/memory\//, ['memory', 'wasm64']],
  [/^core\/codegen\/scalar\/(?:floats|half)/, ['sweep', 'floats', 'formats']],
  [/^core\/codegen\/scalar\/panics/, ['checked']],
  [/^core\/codegen\/scalar\//, ['sweep', 'integers', 'checked']],
  [/^core\/codegen\//, ['sweep', 'integers', 'memory', 'calls']],
  [/^core\/runtime\/(?:elementary|fixed-point)/, ['math', 'math-sweep']],
  [/^core\/runtime\//, ['formats', 'wide', 'sweep']],
  [/^core\/link\/(?:unit|executable)\/.*debug/, ['debug', 'link']],
  [/^core\/link\/unit\//, ['link', 'thread-locals', 'abi']],
  [/^core\/link\//, ['link', 'drop-in', 'objects', 'wasm64', 'calls']],
  [/^core\/(?:wasm|mir)\//, ['link', 'sweep', 'flow']],
  [/^core\/pipeline\//, ['small', 'link']],
  [/^core\/(?:air|intern)\//, ['sums', 'packed', 'vectors', 'memory']],
  [/^core\//, ['link', 'memory']],
  [/^interpreter\//, ['sweep', 'formats', 'sums', 'memory']],
  [/^generators\/sweep\//, ['sweep']],
  [/^generators\//, ['small', 'memory', 'sums']],
  [/^harness\/(?:topology|layout|wasm|external)\//, ['link']],
  [/^harness\//, ['small', 'link']],
  [/./, ['small']],
];

/** What every gate looks at, however little its diff says of it. */
const ALWAYS: Readonly<Record<string, number>> = { default: 2, sweep: 1 };

/** What is looked at where no diff says anything: a back end from elsewhere. */
const UNKNOWN: Readonly<Record<string, number>> = { default: 3, sweep: 2, memory: 1, sums: 1, floats: 1, calls: 1 };

/** Weight of all that the diff touches, beside {@link ALWAYS}. */
const TOUCHED = 6;

/** One part of a gate: a campaign of its own. */
export interface Part {
  readonly profile: string;
  /** Of the whole gate; all parts together have 1. */
  readonly share: number;
}

/** Whether none of `paths` can change what a case does. */
export function isQuiet(paths: readonly string[]): boolean {
  return paths.every((path) => rowOf(path).length === 0);
}

/** At most `most` parts for a diff of `paths` (null: there is none), those that are worth most; ties go by name. */
export function planParts(paths: readonly string[] | null, most: number): Part[] {
  const touches = new Map<string, number>();
  for (const path of paths ?? []) {
    const profiles = rowOf(path);
    for (const profile of profiles) touches.set(profile, (touches.get(profile) ?? 0) + 1 / profiles.length);
  }
  const all = [...touches.values()].reduce((sum, n) => sum + n, 0);
  const weights = new Map(Object.entries(paths === null ? UNKNOWN : ALWAYS));
  for (const [profile, n] of touches) weights.set(profile, (weights.get(profile) ?? 0) + (TOUCHED * n) / all);
  const chosen = [...weights].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).slice(0, Math.max(1, most));
  const total = chosen.reduce((sum, [, weight]) => sum + weight, 0);
  return chosen.map(([profile, weight]) => ({ profile, share: weight / total }));
}

/** Profiles of the table, for its test. */
export function profilesOfTable(): string[] {
  const named = [...Object.keys(ALWAYS), ...Object.keys(UNKNOWN)];
  return [...new Set([...ROWS.flatMap(([, profiles]) => profiles), ...named])].sort();
}

function rowOf(path: string): readonly string[] {
  return ROWS.find(([pattern]) => pattern.test(path))![1];
}
