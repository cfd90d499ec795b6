/**
 * Zig's compilers as back ends, with the real ones: known defects of theirs are seen, confirmed by the witness, and nothing else is.
 *
 * `npm run outside:install` installs them. Where one is missing, its tests are skipped by name; in CI they fail.
 */
import { describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IpIndex, Unit } from '../../../core/index.ts';
import { parseUnit, printUnit } from '../../../core/index.ts';
import { CORE_BACKEND } from '../../../harness/backend/core/core-backend.ts';
import type { Backend, BuildJob } from '../../../harness/backend/door.ts';
import { installedZigs } from '../../../harness/backend/zig/installed-zig.ts';
import { loadBackend } from '../../../harness/backend/load-backend.ts';
import { formatCaseFileError, readCaseFile } from '../../../harness/case/case-file.ts';
import { generatorOf } from '../../../harness/case/generate.ts';
import { loadChecks } from '../../../harness/check/checks.ts';
import { runCaseSupplied, runCasesSupplied } from '../../../harness/check/run-supplied.ts';
import { V8_ENGINE } from '../../../harness/engine/v8/v8-engine.ts';
import { explain } from '../../../harness/explain/explain.ts';
import { bucketOf } from '../../../harness/model/finding.ts';
import { ZigTypes } from '../../../harness/source/zig/zig-types.ts';
import { loadModuleText } from '../../../harness/wasm/module-text.ts';
import { ROOT } from '../../harness/cli/run-harness.ts';

/** Versions that CI has. */
const VERSIONS = ['0.16.0', '0.17.1'];

/**
 * Cases that a back end fails in another way than its list of known bugs says: something that comes before is broken, no predicate can
 * name the bug, which lies in the order of the code, the list has another program of it, or the witness has no module.
 */
const OTHERWISE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'zig:0.16.0': {
    'atomic-max-of-nan': 'codegen/interp-exe/crash',
    'null-error-behind-a-pointer': 'codegen/interp-exe/result',
    'return-before-the-frame': 'codegen/interp-exe/stack',
    'fused-multiply-add-of-f16': 'printer/interp-exe/result',
    'shuffle-of-f80': 'codegen/validate/invalid',
  },
  'zig:0.17.1': { 'fused-multiply-add-of-f16': 'codegen/interp-exe/result' },
  'zig-llvm:0.16.0': {
    'shl-sat-of-signed-lanes': 'printer/interp-exe/refused',
    'float-from-a-long-integer': 'printer/interp-exe/crash',
    'shl-sat-of-signed-lanes-by-a-number': 'printer/interp-exe/refused',
  },
};

const FOLDER = join(ROOT, 'corpus', 'outside');
/** Files by the names of the cases. */
const FILES = new Map(
  readdirSync(FOLDER).flatMap((folder) =>
    readdirSync(join(FOLDER, folder))
      .filter((file) => file.endsWith('.air'))
      .map((file) => [file.replace(/\.air$/, ''), join(FOLDER, folder, file)] as const),
  ),
);
const NAMES = [...FILES.keys()];

const installed = installedZigs().map(({ version }) => version);
const missing = VERSIONS.filter((version) => !installed.includes(version));
for (const version of missing) {
  test.skip(`Zig ${version} is not installed: npm run outside:install`, () => undefined);
}

test('CI has all of them', () => {
  expect(process.env['CI'] === 'true' ? missing : []).toEqual([]);
});

const engines = [V8_ENGINE] as const;
const checks = await loadChecks(['validate', 'interp-exe']);

function storedCase(
  name: string,
  backend: Backend,
): { readonly case: Parameters<typeof runCaseSupplied>[0]; readonly bucket: string } {
  const read = readCaseFile(readFileSync(FILES.get(name)!, 'utf8'), name, { settings: backend.settings });
  if (!read.ok) throw new Error(read.errors.map(formatCaseFileError).join('\n'));
  return { case: read.value.case, bucket: read.value.bucket! };
}

/** The buckets of each case, without the operation, which the minimised program gives. */
async function bucketsWith(spec: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const backend = await loadBackend(spec);
  const cases = NAMES.map((name) => storedCase(name, backend).case);
  const reports = await runCasesSupplied(cases.length, (n) => cases[n]!, { backend, engines, checks, every: true });
  return Object.fromEntries(
    NAMES.map((name, n) => [name, reports[n]!.findings.map((found) => kindOf(bucketOf(found)))]),
  );
}

const kindOf = (bucket: string): string => bucket.split('/').slice(0, 3).join('/');

test('core does right in all cases', async () => {
  const backend = CORE_BACKEND as unknown as Backend;
  for (const name of NAMES) {
    const { findings, verdict } = await runCaseSupplied(storedCase(name, backend).case, { backend, engines, checks });
    expect({ name, findings, verdict }).toEqual({ name, findings: [], verdict: { kind: 'completed' } });
  }
});

const here = VERSIONS.filter((version) => installed.includes(version));
// `describe.each` takes no empty table.
(here.length === 0 ? describe.skip : describe).each(here.length === 0 ? VERSIONS : here)('Zig %s', (version) => {
  test.each([`zig:${version}`, `zig-llvm:${version}`])(
    '%s fails in the cases of its known bugs, as they say, and in no other',
    async (spec) => {
      const found = await bucketsWith(spec);
      const { known = [] } = await loadBackend(spec);
      const still = known.map(({ text }) => NAMES.find((name) => readFileSync(FILES.get(name)!, 'utf8') === text));
      const stated = NAMES.map((name) => {
        const { bucket } = storedCase(name, CORE_BACKEND);
        const otherwise = OTHERWISE[spec]?.[name];
        return [name, otherwise !== undefined ? [otherwise] : still.includes(name) ? [kindOf(bucket)] : []];
      });
      expect(found).toEqual(Object.fromEntries(stated));
    },
  );

  test('a fault of the printer is filed as the printer’s', async () => {
    const backend = await loadBackend(`zig:${version}`);
    const { compiler } = backend;
    if (compiler.kind !== 'batch') throw new Error('no batches');
    // The source says `|` where the program says xor, whichever compiler gets it.
    const misprinted = (unit: Unit): Unit => {
      const parsed = parseUnit(printUnit(unit).replaceAll(' = xor ', ' = bit_or '));
      if (!parsed.ok) throw new Error(parsed.diagnostics[0]!.message);
      return parsed.unit;
    };
    const faulty: Backend = {
      ...backend,
      compiler: {
        ...compiler,
        build: (jobs: readonly BuildJob[]) =>
          compiler.build(jobs.map((job) => ({ ...job, unit: misprinted(job.unit) }))),
      },
    };
    const text = 'export fn @f(u32) u32 {\n  %0 = arg u32 0\n  %1 = xor %0, u32 5\n  ret %1\n}\n;! run @f(4)\n';
    const read = readCaseFile(text, 'case', { settings: backend.settings });
    if (!read.ok) throw new Error(read.errors[0]!.message);
    const { findings } = await runCaseSupplied(read.value.case, { backend: faulty, engines, checks });
    expect(findings.map(bucketOf)).toEqual(['printer/interp-exe/result/-']);
  });

  describe('functions of the calling convention of C', () => {
    const text = `fn @g(extern struct { u32, u32 }, i8) callconv(c) u32 {
  %0 = arg extern struct { u32, u32 } 0
  %1 = arg i8 1
  %2 = struct_field_val u32 %0, 1
  %3 = intcast i32 %1
  %4 = bitcast u32 %3
  %5 = add_wrap %2, %4
  ret %5
}
var @to_g: *const fn(extern struct { u32, u32 }, i8) callconv(c) u32 = &@g
export fn @f(u32) u32 {
  %0 = arg u32 0
  %1 = aggregate_init extern struct { u32, u32 } { u32 1, %0 }
  %2 = call @g(%1, i8 -3)
  %3 = load *const fn(extern struct { u32, u32 }, i8) callconv(c) u32 **const fn(extern struct { u32, u32 }, i8) callconv(c) u32 &@to_g
  %4 = call %3(%1, i8 5)
  %5 = mul_wrap %2, %4
  ret %5
}
;! run @f(10) = 105
`;
    const run = async (): ReturnType<typeof runCaseSupplied> => {
      const backend = await loadBackend(`zig:${version}`);
      const read = readCaseFile(text, 'case', { settings: backend.settings });
      if (!read.ok) throw new Error(read.errors[0]!.message);
      return runCaseSupplied(read.value.case, { backend, engines, checks });
    };

    test('are called as such, by name and by pointer', async () => {
      const { findings, verdict } = await run();
      expect({ findings, verdict }).toEqual({ findings: [], verdict: { kind: 'completed' } });
    });

    test('a printer that says it of the function alone, and not of a pointer to it, is at fault', async () => {
      const before = Object.getOwnPropertyDescriptor(ZigTypes.prototype, 'convention')!;
      const right = before.value as ZigTypes['convention'];
      // Each time that the program is printed, the first one is left out.
      const begun = new WeakSet<ZigTypes>();
      const wrong = function (this: ZigTypes, ty: IpIndex): string {
        const said = right.call(this, ty);
        if (said === '' || begun.has(this)) return said;
        begun.add(this);
        return '';
      };
      Object.defineProperty(ZigTypes.prototype, 'convention', { ...before, value: wrong });
      try {
        const buckets = (await run()).findings.map(bucketOf);
        expect(buckets).toEqual(['printer/interp-exe/refused/expected-type-found']);
      } finally {
        Object.defineProperty(ZigTypes.prototype, 'convention', before);
      }
    });
  });

  test('the NaNs of lanes of f80 are looked at without what LLVM refuses for them', async () => {
    const text = `var @v: vector(8) f80 = .{ 1.0, 2.0, 3.0, 4.0, 5.0, 21.0, 7.0, 8.0 }
export fn @f() f64 {
  %0 = load vector(8) f80 *vector(8) f80 &@v
  %1 = add %0, %0
  %2 = array_elem_val %1, usize 5
  %3 = fptrunc f64 %2
  ret %3
}
;! run @f() = 42.0
`;
    const backend = await loadBackend(`zig-llvm:${version}`);
    const read = readCaseFile(text, 'case', { settings: backend.settings });
    if (!read.ok) throw new Error(read.errors[0]!.message);
    const { findings, verdict } = await runCaseSupplied(read.value.case, { backend, engines, checks, every: true });
    expect({ findings, verdict }).toEqual({ findings: [], verdict: { kind: 'completed' } });
  });

  test('equal functions may have one address through LLVM', async () => {
    const functions = ['a', 'b'].map(
      (name) => `fn @${name}(u32) u32 {\n  %0 = arg u32 0\n  %1 = add_wrap %0, u32 7\n  ret %1\n}\n`,
    );
    const pointers = ['a', 'b'].map((name) => `export var @to_${name}: *const fn(u32) u32 = &@${name}\n`);
    const calls = [
      '  %1 = load *const fn(u32) u32 **const fn(u32) u32 &@to_a\n  %2 = call %1(%0)\n',
      '  %3 = load *const fn(u32) u32 **const fn(u32) u32 &@to_b\n  %4 = call %3(%2)\n',
    ];
    const text = `${functions.join('')}${pointers.join('')}export fn @f(u32) u32 {\n  %0 = arg u32 0\n${calls.join('')}  ret %4\n}\n;! run @f(1) = 15\n`;
    const backend = await loadBackend(`zig-llvm:${version}`);
    const read = readCaseFile(text, 'case', { settings: backend.settings });
    if (!read.ok) throw new Error(read.errors[0]!.message);
    const { findings, verdict } = await runCaseSupplied(read.value.case, { backend, engines, checks, every: true });
    expect({ findings, verdict }).toEqual({ findings: [], verdict: { kind: 'completed' } });
  });

  test('shows the WebAssembly of a function by its name, to an explanation', async () => {
    const backend = await loadBackend(`zig:${version}`);
    const { case: case_ } = storedCase('round-to-even', backend);
    const [finding] = (await runCaseSupplied(case_, { backend, engines, checks, every: true })).findings;
    const text = readFileSync(FILES.get('round-to-even')!, 'utf8');
    const textOf = await loadModuleText();
    const parts = { text, name: 'case', isFile: true, backend, engine: V8_ENGINE, textOf };
    const { code } = await explain(finding!, parts);
    expect(code?.wat.join('\n')).toMatch(/f(32|64)\.nearest/);
  });

  test('gives the same alone as in a batch, and nothing accuses the printer', async () => {
    const backend = await loadBackend(`zig:${version}`);
    const generate = generatorOf('small', null, backend);
    const seeds = Array.from({ length: 40 }, (_, n) => n + 1);
    const options = { backend, engines, checks, every: true };
    const together = await runCasesSupplied(seeds.length, (n) => generate(seeds[n]!), options);
    const stages = together.flatMap(({ findings }) => findings.map(({ stage }) => stage));
    expect(stages.filter((stage) => stage !== 'codegen')).toEqual([]);
    for (const seed of seeds.slice(0, 6)) {
      const alone = await runCaseSupplied(generate(seed), options);
      expect(alone.findings.map(bucketOf)).toEqual(together[seed - 1]!.findings.map(bucketOf));
    }
  });
});
