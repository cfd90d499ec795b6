/**
 * A command as a back end with a real C compiler, that of Zig: source in C means what the program means, and who is at fault is told
 * apart.
 *
 * `npm run outside:install` installs it. Where it is missing, the tests are skipped by name; in CI they fail.
 */
import { afterAll, describe, expect, test } from '@jest/globals';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Backend } from '../../../harness/backend/door.ts';
import { loadBackend } from '../../../harness/backend/load-backend.ts';
import { installedZigs } from '../../../harness/backend/zig/installed-zig.ts';
import { readCaseFile } from '../../../harness/case/case-file.ts';
import { generatorOf } from '../../../harness/case/generate.ts';
import { loadChecks } from '../../../harness/check/checks.ts';
import { runCaseSupplied, runCasesSupplied } from '../../../harness/check/run-supplied.ts';
import { V8_ENGINE } from '../../../harness/engine/v8/v8-engine.ts';
import { bucketOf } from '../../../harness/model/finding.ts';
import { makeFolder } from '../../harness/cli/run-harness.ts';

const zig = installedZigs()[0];
test('CI has a C compiler', () => {
  expect(process.env['CI'] === 'true' ? zig : {}).toBeDefined();
});

const engines = [V8_ENGINE] as const;
const checks = await loadChecks(['validate', 'interp-exe']);

/** A script `cc` that compiles C; `before` may change the source `$source`. */
function compilerIn(folder: string, name: string, before = ''): string {
  const file = join(folder, name);
  const settings = Object.entries(zig!.environment).map(([key, value]) => `export ${key}='${value}'`);
  const script = `#!/bin/sh
${settings.join('\n')}
export ZIG_LOCAL_CACHE_DIR="$(dirname "$2")/cache"
source="$1" module="$2"
shift 2
${before}
exec '${zig!.path}' cc -target wasm32-freestanding -w -fno-sanitize=undefined -Wl,--no-entry "$@" "$source" -o "$module"
`;
  writeFileSync(file, script);
  chmodSync(file, 0o755);
  return file;
}

function caseOf(text: string, backend: Backend): Parameters<typeof runCaseSupplied>[0] {
  const read = readCaseFile(text, 'case', { settings: backend.settings });
  if (!read.ok) throw new Error(read.errors[0]!.message);
  return read.value.case;
}

const XOR = 'export fn @f(u32) u32 {\n  %0 = arg u32 0\n  %1 = xor %0, u32 5\n  ret %1\n}\n;! run @f(4)\n';

(zig === undefined ? describe.skip : describe)('clang as a command', () => {
  const folder = makeFolder();
  afterAll(() => folder.remove());
  const plain = compilerIn(folder.path, 'cc');
  const bucketsOf = async (text: string, spec: string): Promise<readonly string[]> => {
    const backend = await loadBackend(spec);
    const { findings } = await runCaseSupplied(caseOf(text, backend), { backend, engines, checks });
    return findings.map(bucketOf);
  };
  const commandOf = (file: string, options: string): string => `command[c]:${file} {source} {module} ${options}`;

  test.each(['small', 'default', 'sums', 'floats'])(
    'gives programs of profile %s the meaning that they have',
    async (profile) => {
      const backend = await loadBackend(commandOf(plain, '-O2'));
      const generate = generatorOf(profile, null, backend);
      const reports = await runCasesSupplied(40, (n) => generate(n + 1), { backend, engines, checks, every: true });
      expect(reports.flatMap(({ findings }) => findings)).toEqual([]);
      expect(reports.filter(({ incomparable }) => incomparable.length === 0).length).toBeGreaterThan(25);
    },
  );

  test('computes remainders by numbers that are not normal', async () => {
    const text =
      'export fn @f(f64) f64 {\n  %0 = arg f64 0\n  %1 = rem f64 1.7014118346046923e38, %0\n  ret %1\n}\n;! run @f(1.5e-323) = 0.0\n';
    expect(await bucketsOf(text, commandOf(plain, '-O0'))).toEqual([]);
  });

  test('that miscompiles one operation is found', async () => {
    // Only with optimisation does it take ^ for |.
    const wrong = compilerIn(folder.path, 'wrong', `[ "$1" = -O2 ] && sed -i 's/ ^ / | /' "$source"`);
    expect(await bucketsOf(XOR, `${commandOf(wrong, '-O2')} witness: ${commandOf(wrong, '-O0')}`)).toEqual([
      'codegen/interp-exe/result/-',
    ]);
  });

  test('that gets the wrong source is not accused', async () => {
    const wrong = compilerIn(folder.path, 'misprinted', `sed -i 's/ ^ / | /' "$source"`);
    expect(await bucketsOf(XOR, `${commandOf(wrong, '-O2')} witness: ${commandOf(wrong, '-O0')}`)).toEqual([
      'printer/interp-exe/result/-',
    ]);
  });

  test.each([
    ['writes garbage', 'echo garbage > "$module"; exit 0', ['codegen/validate/invalid/-']],
    ['lacks something', 'echo "error: no xor here" >&2; exit 77', []],
    ['is killed', 'kill -KILL $$', []],
    ['breaks', 'kill -SEGV $$', ['codegen/interp-exe/crash/-']],
  ])('that %s costs its own case', async (_, before, buckets) => {
    const file = compilerIn(folder.path, 'broken', before);
    const found = await bucketsOf(XOR, commandOf(file, '-O0'));
    expect(found.map((bucket) => bucket.split('/').slice(0, 3).join('/'))).toEqual(
      buckets.map((bucket) => bucket.split('/').slice(0, 3).join('/')),
    );
  });
});
