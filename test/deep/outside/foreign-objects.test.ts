/**
 * The check `linkers` on objects that another compiler writes (LLVM behind Zig, clang behind a command): real linkers agree, and where one is
 * wrong, it is accused, of the program that shows it alone.
 *
 * `npm run outside:install zig` installs Zig. Where it is missing, the tests are skipped by name; in CI they fail.
 */
import { afterAll, describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CORE_BACKEND } from '../../../harness/backend/core/core-backend.ts';
import type { Backend } from '../../../harness/backend/door.ts';
import { loadBackend } from '../../../harness/backend/load-backend.ts';
import { ALONE_PREFIX } from '../../../harness/backend/process/link-together.ts';
import { installedZigs } from '../../../harness/backend/zig/installed-zig.ts';
import { readCaseFile } from '../../../harness/case/case-file.ts';
import { generatorOf } from '../../../harness/case/generate.ts';
import { foreignLink } from '../../../harness/check/foreign-link.ts';
import { linkersCheck } from '../../../harness/check/linkers.ts';
import { runCasesSupplied } from '../../../harness/check/run-supplied.ts';
import { V8_ENGINE } from '../../../harness/engine/v8/v8-engine.ts';
import type { ForeignLink, ForeignLinker, LinkerFamily } from '../../../harness/linker/foreign-linker.ts';
import { installedLinkers } from '../../../harness/linker/installed-linkers.ts';
import { ourLinker } from '../../../harness/linker/our-linker.ts';
import type { Case } from '../../../harness/model/case.ts';
import type { CaseReport } from '../../../harness/model/case-report.ts';
import { bucketOf } from '../../../harness/model/finding.ts';
import { Flag, Kind } from '../../../harness/wasm/object-model.ts';
import { readObjectModel } from '../../../harness/wasm/read-object.ts';
import { writeObject } from '../../../harness/wasm/write-object.ts';
import { makeFolder } from '../../harness/cli/run-harness.ts';

const zig = installedZigs()[0];
const linkers = await installedLinkers();

test('CI has Zig and its linkers', () => {
  expect(process.env['CI'] === 'true' ? zig : {}).toBeDefined();
});

function reportsOf(
  cases: readonly (() => Case)[],
  some: readonly ForeignLinker[],
  backend: Backend,
): Promise<CaseReport[]> {
  const options = { backend, engines: [V8_ENGINE] as const, checks: [linkersCheck(some)], every: true };
  return runCasesSupplied(cases.length, (n) => cases[n]!(), options);
}

/** A program that returns a variable, whose value is `value`. */
const caseOf = (value: number, backend: Backend): Case => {
  const text = `export var @d: u32 = ${value}
export fn @f() u32 {
  %0 = load u32 *u32 &@d
  ret %0
}
;! run @f() = ${value}
`;
  const read = readCaseFile(text, 'case.air', { settings: backend.settings });
  if (!read.ok) throw new Error(read.errors[0]!.message);
  return read.value.case;
};

const MARKED = 0x12345677;
const OUR_OWN = ourLinker(CORE_BACKEND.command!);

/** Our linker under another name. */
const right = (name: string, family: LinkerFamily): ForeignLinker => ({ ...OUR_OWN, name, family });

/** A linker that adds one to a word of data that is {@link MARKED}. */
const wrong = (name: string, family: LinkerFamily): ForeignLinker => ({
  name,
  family,
  link(link) {
    const files = new Map([...link.files].map(([path, bytes]) => [path, path.endsWith('.o') ? spoilt(bytes) : bytes]));
    return OUR_OWN.link({ ...link, files });
  },
});

function spoilt(bytes: Uint8Array): Uint8Array {
  const model = readObjectModel(bytes);
  // What was read shares its memory with the object, which others link too.
  const segments = model.segments.map((segment) => {
    const own = Buffer.from(segment.bytes);
    if (own.length >= 4 && own.readUInt32LE(0) === MARKED) own.writeUInt32LE(MARKED + 1, 0);
    return { ...segment, bytes: own };
  });
  return writeObject({ ...model, segments });
}

/** A program of two objects whose function `f` calls two functions of the other one, which return `one` and `other`. */
const halvedCase = (one: number, other: number, backend: Backend): Case => {
  const returning = (name: string, value: number): string => `export fn @${name}() u32 {\n  ret u32 ${value}\n}\n`;
  const text = `export fn @f() u32 {
  %0 = call @g()
  %1 = call @i()
  %2 = sub_wrap %0, %1
  ret %2
}
${returning('g', one)}${returning('h', 1)}${returning('i', other)};! run @f() = ${one - other}
`;
  const read = readCaseFile(text, 'case.air', { settings: backend.settings });
  if (!read.ok) throw new Error(read.errors[0]!.message);
  return read.value.case;
};

/** A linker that binds each call of the function 1 of a program in another object to the function 3, and the other way round. */
const swapping = (name: string, family: LinkerFamily): ForeignLinker => ({
  name,
  family,
  link(link) {
    const files = new Map([...link.files].map(([path, bytes]) => [path, path.endsWith('.o') ? swapped(bytes) : bytes]));
    return OUR_OWN.link({ ...link, files });
  },
});

function swapped(bytes: Uint8Array): Uint8Array {
  const model = readObjectModel(bytes);
  for (const symbol of model.symbols) {
    if (symbol.kind !== Kind.function || (symbol.flags & Flag.undefined) === 0) continue;
    // Without it the name is that of the import.
    symbol.flags |= Flag.explicitName;
    symbol.name = symbol.name.replace(/^(p\d+_n)([13])( cut)?$/, (_, prefix: string, number: string, cut = '') => {
      return `${prefix}${number === '1' ? 3 : 1}${cut}`;
    });
  }
  return writeObject(model);
}

/** A linker that refuses objects with a word of data that is {@link MARKED}. */
const refusing = (name: string, family: LinkerFamily): ForeignLinker => ({
  name,
  family,
  link(link) {
    const isMarked = [...link.files].some(
      ([path, bytes]) =>
        path.endsWith('.o') &&
        readObjectModel(bytes).segments.some(
          (segment) => segment.bytes.length >= 4 && Buffer.from(segment.bytes).readUInt32LE(0) === MARKED,
        ),
    );
    return isMarked ? { kind: 'refused', text: 'error: bad data' } : OUR_OWN.link(link);
  },
});

(zig === undefined ? describe.skip : describe)('objects of', () => {
  const folder = makeFolder();
  afterAll(() => folder.remove());

  const clang = (): Promise<Backend> => {
    const file = join(folder.path, 'cc');
    const settings = Object.entries(zig!.environment).map(([key, value]) => `export ${key}='${value}'`);
    const options = '-target wasm32-freestanding -O2 -w -fno-sanitize=undefined -c';
    writeFileSync(
      file,
      `#!/bin/sh\n${settings.join('\n')}\nexport ZIG_LOCAL_CACHE_DIR="$2.cache"\nexec '${zig!.path}' cc ${options} "$1" -o "$2"\n`,
    );
    chmodSync(file, 0o755);
    return loadBackend(`command[c]:${file} {source} {object}`);
  };

  describe.each([
    ['LLVM behind Zig', () => loadBackend('zig-llvm')],
    ['clang', clang],
  ])('%s', (_name, load) => {
    test('are linked by every linker to programs that do the same', async () => {
      const backend = await load();
      const generate = generatorOf('default', null, backend);
      const cases = Array.from({ length: 15 }, (_, n) => () => generate(n + 1));
      const given: string[] = [];
      const noting = linkers.map((linker) => ({
        ...linker,
        link(link: ForeignLink) {
          given.push([...link.files.keys()].join(' '));
          return linker.link(link);
        },
      }));
      const reports = await reportsOf(cases, noting, backend);
      expect(
        given.filter((names) => names.startsWith('neighbour.o programs.o halves.o')).length,
      ).toBeGreaterThanOrEqual(linkers.length);
      expect(reports.flatMap(({ findings }) => findings)).toEqual([]);
      const voted = reports.filter(({ checks, incomparable }) => checks.length === 1 && incomparable.length === 0);
      expect(voted.length).toBeGreaterThan(6);
    });
  });

  test.each([
    ['LLVM behind Zig', () => loadBackend('zig-llvm')],
    ['clang', clang],
  ])('%s are made again by the commands of a report', async (_name, load) => {
    const backend = await load();
    const { unit, settings } = halvedCase(9, 2, backend);
    const job = { unit, settings, way: backend.ways[0].name };
    const link = await foreignLink(job, backend.linkable!, CORE_BACKEND.command!);
    const recipes = backend.linkable!.recipes(job);
    expect([...link!.files.keys()]).toEqual(recipes.map(({ path }) => path));
    const script = recipes.flatMap(({ source, command }) => [
      ...(source === null ? [] : [`cat > ${source.file} <<'END'\n${source.text}\nEND`]),
      command,
    ]);
    const made = join(folder.path, 'made');
    mkdirSync(made);
    const env = {
      ...process.env,
      ...zig!.environment,
      PATH: `${dirname(zig!.path)}:${process.env['PATH']}`,
      LIB: zig!.environment['ZIG_LIB_DIR'],
      ZIG_LOCAL_CACHE_DIR: join(made, 'cache'),
    };
    execFileSync('sh', ['-e', '-c', script.join('\n')], { cwd: made, env, stdio: 'pipe' });
    const files = new Map(recipes.map(({ path }) => [path, new Uint8Array(readFileSync(join(made, path)))]));
    rmSync(made, { recursive: true });
    const answer = OUR_OWN.link({ ...link!, files });
    expect(answer.kind).toBe('module');
    const { exports } = new WebAssembly.Instance(
      new WebAssembly.Module((answer as { bytes: Uint8Array<ArrayBuffer> }).bytes),
    );
    expect((exports[`${ALONE_PREFIX}f`] as () => number)()).toBe(7);
  });

  test.each([
    ['a linker that is wrong', wrong('zig-ld-1', 'zig-ld'), 'result/zig-ld-result'],
    ['a linker that refuses', refusing('zig-ld-1', 'zig-ld'), 'link-error/zig-ld-bad-data'],
  ])('clang accuse %s, of one program of a batch', async (_what, bad, bucket) => {
    const backend = await clang();
    const cases = [1, 2, MARKED, 4].map((value) => () => caseOf(value, backend));
    const reports = await reportsOf(cases, [right('lld-1', 'lld'), bad], backend);
    expect(reports.map(({ findings }) => findings.map(bucketOf))).toEqual([
      [],
      [],
      [`foreign-linker/linkers/${bucket}`],
      [],
    ]);
  });

  test.each([
    ['LLVM behind Zig', () => loadBackend('zig-llvm')],
    ['clang', clang],
  ])('%s accuse a linker that binds calls to another function, of one program of a batch', async (_name, load) => {
    const backend = await load();
    const pairs = [
      [1, 1],
      [7, 7],
      [9, 2],
      [4, 4],
    ] as const;
    const cases = pairs.map(
      ([one, other]) =>
        () =>
          halvedCase(one, other, backend),
    );
    const bad = swapping('zig-ld-1', 'zig-ld');
    const reports = await reportsOf(cases, [right('lld-1', 'lld'), bad], backend);
    expect(reports.map(({ findings }) => findings.map(bucketOf))).toEqual([
      [],
      [],
      ['foreign-linker/linkers/result/zig-ld-result'],
      [],
    ]);
  });

  test('accuse ours where it stands alone, and who wrote them where more are wrong alike than right', async () => {
    const backend = await clang();
    const bucketsOf = async (some: readonly ForeignLinker[]): Promise<readonly string[]> => {
      const [report] = await reportsOf([() => caseOf(MARKED, backend)], some, backend);
      return report!.findings.map(bucketOf);
    };
    const ours = wrong('ours', 'ours');
    expect(await bucketsOf([ours, right('lld-1', 'lld'), right('zig-ld-1', 'zig-ld')])).toEqual([
      'linker/linkers/result/ours-result',
    ]);
    expect(await bucketsOf([ours, wrong('lld-1', 'lld'), right('zig-ld-1', 'zig-ld')])).toEqual([
      'object-writer/linkers/result/linkers-result',
    ]);
  });
});
