/**
 * One disturbed link, run and judged.
 *
 * Owns what counts as wrong: an exception, a failure without a message, relocatable output that cannot be read back, or a
 * module that the engine rejects, unless for a body that was not sound before (judge-bodies.ts). Time and memory are the
 * caller's to watch.
 */
import { isArchive, readArchive } from '../../core/link/input/archive.ts';
import type { LinkOutcome } from '../../core/link/link-command.ts';
import { runLinkCommand } from '../../core/link/link-command.ts';
import { readObject } from '../../core/link/input/read-object.ts';
import { enableMemory64, hasTable64 } from '../../harness/engine/v8/memory64.ts';
import { withTable32 } from '../../harness/engine/v8/table64.ts';
import type { NamedBytes } from '../../harness/external/c-program.ts';
import { blameBodies, hasUnsoundBodies } from './judge-bodies.ts';
import { mutate } from './mutate.ts';
import { pick, randomOf } from './random.ts';
import type { MutationSeed } from './seeds.ts';
import { joinBytes, leb, readLeb, splitSections, joinSections } from './sections.ts';

/** A link line with one input mutated. */
export interface MutatedLink {
  readonly seed: string;
  readonly files: readonly NamedBytes[];
  readonly args: readonly string[];
  /** Position of the mutated input. */
  readonly victim: number;
}

/** What came of it. `wrong` says what must not be. */
export type MutatedOutcome =
  | { readonly kind: 'refused unread' | 'refused' | 'combined' | 'valid' | 'body was unsound' | 'unchecked' }
  | { readonly kind: 'wrong'; readonly what: string };

const COMPRESS = '--compress-relocations';

/** Ways to link; each case takes one. */
const WAYS: readonly (readonly string[])[] = [
  [],
  [],
  ['--no-gc-sections'],
  ['--whole-archive', '--export-all'],
  ['-r'],
  ['-r', '--whole-archive'],
  ['--emit-relocs', '--no-gc-sections'],
  ['--strip-debug', COMPRESS],
  ['--import-memory', '--export-table', '--no-stack-first', '--no-merge-data-segments'],
  ['--Map=map.txt', '--print-gc-sections', '--build-id=sha1', '--import-table', '--growable-table'],
];

const UNRESOLVED: readonly (readonly string[])[] = [
  ['--allow-undefined'],
  ['--allow-undefined'],
  ['--unresolved-symbols=import-dynamic'],
  ['--unresolved-symbols=ignore-all'],
  ['--warn-unresolved-symbols'],
  [],
];

/** Case `number` of a campaign: a pure function of its arguments. */
export function mutatedLink(seeds: readonly MutationSeed[], campaign: number, number: number): MutatedLink {
  const random = randomOf(campaign, number);
  const seed = pick(random, seeds);
  const donorSeed = pick(random, seeds);
  const donor = pick(random, donorSeed.files).bytes;
  const victim = random(seed.files.length + (seed.lookups ?? []).length);
  const files = [...seed.files, ...(seed.lookups ?? [])];
  files[victim] = { name: files[victim]!.name, bytes: mutate(files[victim]!.bytes, random, donor) };
  const way = pick(random, WAYS);
  const unresolved = pick(random, UNRESOLVED);
  // What is named twice on a command line is read twice: an archive behind itself, an object that clashes with itself.
  const names = seed.files.map(({ name }) => name);
  if (random(20) === 0) names.push(names[victim % names.length]!);
  const entry = seed.args.includes('--export-all') || random(2) === 0 ? ['--no-entry'] : [];
  // An object has no memory that could be shared.
  const own = way.includes('-r') ? seed.args.filter((arg) => arg !== '--shared-memory') : seed.args;
  return {
    seed: seed.name,
    files,
    args: [...way, ...unresolved, ...entry, ...own, ...names, '-o', 'out'],
    victim,
  };
}

function linkOf(files: readonly NamedBytes[], args: readonly string[]): LinkOutcome {
  const byName = new Map(files.map(({ name, bytes }) => [name, bytes]));
  return runLinkCommand(args, { read: (path) => byName.get(path) ?? null });
}

/** Runs the linker. Never throws. */
export function judgeLink({ files, args, victim }: MutatedLink): MutatedOutcome {
  try {
    const run = linkOf(files, args);
    if (run.exitCode !== 0) {
      const silent = run.stderr.length === 0 || run.stderr.some((line) => line.trim() === '');
      if (silent || run.files.length > 0) return { kind: 'wrong', what: 'failed without a message, or with output' };
      return { kind: isReadable(files[victim]!) ? 'refused' : 'refused unread' };
    }
    const { bytes } = run.files[0]!;
    if (args.includes('-r')) {
      const back = readObject(bytes, 'out');
      return back.ok
        ? { kind: 'combined' }
        : { kind: 'wrong', what: `-r wrote what it cannot read: ${back.error.text()}` };
    }
    if (args.includes('-mwasm64') && !enableMemory64()) return { kind: 'unchecked' };
    const narrow = args.includes('-mwasm64') && !hasTable64();
    // Bodies that nobody has read can be anything, so a table is made narrow by what it can do without them.
    const whole = narrow ? withTable32(bytes) : bytes;
    if (whole !== null && WebAssembly.validate(whole)) return { kind: 'valid' };
    const hollow = narrow ? withTable32(withoutBodies(bytes)) : withoutBodies(bytes);
    if (hollow === null) return { kind: 'wrong', what: 'a section in front of the code cannot be read' };
    if (!WebAssembly.validate(hollow)) return { kind: 'wrong', what: `invalid module: ${reasonOf(hollow)}` };
    if (narrow) return { kind: 'unchecked' };
    return judgeBodies(bytes as Uint8Array<ArrayBuffer>, files, args);
  } catch (error) {
    return {
      kind: 'wrong',
      what: `exception: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    };
  }
}

/** Whether the reader has nothing against a file, alone or in any member. */
function isReadable({ name, bytes }: NamedBytes): boolean {
  if (!isArchive(bytes)) return readObject(bytes, name).ok;
  const archive = readArchive(bytes, name);
  return (
    archive.ok && archive.value.members.every((member) => member.isThinReference || readObject(member.bytes, name).ok)
  );
}

/** A module whose bodies the engine rejects: those of the inputs are to blame, or the linker is. */
function judgeBodies(
  module: Uint8Array<ArrayBuffer>,
  files: readonly NamedBytes[],
  args: readonly string[],
): MutatedOutcome {
  if (args.includes(COMPRESS)) {
    // What it makes of a sound body is not the bytes of the input; but it must be as valid as what a plain link makes of it.
    const plain = linkOf(
      files,
      args.filter((arg) => arg !== COMPRESS),
    ).files[0]!.bytes as Uint8Array<ArrayBuffer>;
    if (WebAssembly.validate(plain)) {
      return hasUnsoundBodies(files)
        ? { kind: 'body was unsound' }
        : { kind: 'wrong', what: 'compression made valid bodies invalid' };
    }
    return judgeBodies(plain, files, []);
  }
  const blame = blameBodies(module, files);
  if (blame.kind === 'linker') return { kind: 'wrong', what: blame.what };
  return { kind: blame.kind === 'input' ? 'body was unsound' : 'unchecked' };
}

function reasonOf(bytes: Uint8Array): string {
  try {
    new WebAssembly.Module(bytes);
    return 'none';
  } catch (error) {
    return (error as Error).message;
  }
}

const CODE = 10;
/** No locals, `unreachable`, `end`. */
const EMPTY_BODY = Uint8Array.of(3, 0, 0x00, 0x0b);

/** The module with a trap in place of each body. */
export function withoutBodies(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const pieces = splitSections(bytes).map((piece) => {
    if (piece.id !== CODE) return piece;
    const count = readLeb(piece.payload, 0).value;
    return { id: CODE, payload: joinBytes([leb(count), ...new Array<Uint8Array>(count).fill(EMPTY_BODY)]) };
  });
  return joinSections(pieces) as Uint8Array<ArrayBuffer>;
}
