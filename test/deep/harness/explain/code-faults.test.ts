/**
 * What the code of a program shows is told from everything else: no program of the generators has a wrong encoding, and a mistake in the encoder is found in
 * its own place, whatever the program was about.
 */
import { afterAll, describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Backend } from '../../../../harness/backend/door.ts';
import { CORE_BACKEND, loadCoreBackend } from '../../../../harness/backend/core/core-backend.ts';
import { readCaseFile } from '../../../../harness/case/case-file.ts';
import { generatorOf } from '../../../../harness/case/generate.ts';
import { loadChecks } from '../../../../harness/check/checks.ts';
import { runCase } from '../../../../harness/check/run-case.ts';
import { V8_ENGINE } from '../../../../harness/engine/v8/v8-engine.ts';
import { causeOf } from '../../../../harness/explain/cause.ts';
import { emitFault } from '../../../../harness/explain/emit-fault.ts';
import { benchOf } from '../../../../harness/explain/runner.ts';
import type { Case } from '../../../../harness/model/case.ts';
import { Supply } from '../../../../harness/way/supply.ts';
import { plant } from '../../../../bench/planted/plant.ts';
import { makeFolder } from '../../../harness/cli/run-harness.ts';

const folder = makeFolder();
afterAll(() => folder.remove());

async function coreWith(name: string, file: string, find: string, replace: string): Promise<Backend> {
  const core = plant({ name, file, find, replace, family: 'emit', mistake: '' }, join(folder.path, name));
  return loadCoreBackend(pathToFileURL(join(core, 'index.js')).href, name);
}

function caseOf(text: string): Case {
  const read = readCaseFile(text, 'case.air');
  if (!read.ok) throw new Error(read.errors.map(({ line, message }) => `${line}: ${message}`).join('\n'));
  return read.value.case;
}

function faultOf(case_: Case, backend: Backend): ReturnType<typeof emitFault> {
  return emitFault(case_, benchOf(backend, V8_ENGINE, new Supply(backend)));
}

const PROGRAM = `fn @f(*u32, u32) u64 {
  %0 = arg *u32 0
  %1 = arg u32 1
  %2 = alloc *u32
  store %2, u32 77
  %4 = load u32 %2
  %5 = add_wrap %4, %1
  %6 = intcast u64 %5
  %7 = add_wrap %6, u64 9000000000
  ret %7
}
;! run @g(3) = 9000000080
export fn @g(u32) u64 {
  %0 = arg u32 0
  %1 = alloc *u32
  store %1, %0
  %3 = call @f(%1, %0)
  ret %3
}
`;

/** %3 is put where %1 is. */
const CROWDED = `;! run @f(5) = 23
export fn @f(u32) u32 {
  %0 = arg u32 0
  %1 = add_wrap %0, u32 1
  %2 = mul_wrap %0, u32 3
  %3 = xor %0, u32 7
  %4 = add_wrap %1, %2
  %5 = add_wrap %4, %3
  ret %5
}
`;

describe('an encoding that is wrong', () => {
  test.each(['default', 'sweep', 'wide', 'formats', 'sums', 'flow', 'atomic', 'vectors', 'wasm64'])(
    'is in no program of profile %s',
    (profile) => {
      const generate = generatorOf(profile, null);
      for (let seed = 1; seed <= 8; seed++) expect(faultOf(generate(seed), CORE_BACKEND)).toBe(null);
    },
  );

  test.each([
    ['i32', 'emit.js', 'out.u8Sleb(OP.i32_const, word);', 'out.u8Uleb(OP.i32_const, word);'],
    [
      'i64',
      'emit.js',
      'out.sleb64(extra[extraStart + word], extra[extraStart + word + 1]);',
      'out.sleb64(extra[extraStart + word], 0);',
    ],
    ['memarg-align', 'emit.js', 'out.uleb(log2Exact(extra[at + 1]));', 'out.uleb(0);'],
    ['frame', 'emit.js', 'out.sleb(-align);', 'out.sleb(align);'],
    ['locals', 'emit.js', 'out.uleb(i - runStart);', 'out.uleb(i - runStart + 1);'],
    ['local', 'emit.js', 'out.u8Uleb(tag, word);', 'out.u8Uleb(tag, word === 0 ? 0 : word - 1);'],
    ['i32_add', 'emit.js', 'default: out.u8(tag); }', 'default: out.u8(tag === 0x6a ? 0x6b : tag); }'],
  ])('%s is found by the bytes', async (cause, file, find, replace) => {
    const backend = await coreWith(cause, file, find, replace);
    const fault = faultOf(caseOf(PROGRAM), backend);
    expect(fault?.cause).toBe(cause);
    expect(fault?.actual).not.toBe(fault?.expected);
  });

  test('is the cause of what is seen of it', async () => {
    const backend = await coreWith(
      'signs',
      'emit.js',
      'out.u8Sleb(OP.i32_const, word);',
      'out.u8Uleb(OP.i32_const, word);',
    );
    const case_ = caseOf(PROGRAM);
    const checks = await loadChecks();
    const { findings } = runCase(case_, { backend, engines: [V8_ENGINE], checks, every: true });
    expect(findings.map(({ stage }) => stage)).toContain('codegen');
    const cause = causeOf(findings[0]!, case_, { backend, engine: V8_ENGINE });
    expect(cause).toEqual({ stage: 'emit', family: 'code', name: 'i32' });
  });

  test('is found in a function of the runtime library, where the program has none of its own that shows it', async () => {
    const backend = await coreWith(
      'library',
      'emit.js',
      'if (i === localsStart || locals[i] !== locals[i - 1])',
      'if (i === 0 || locals[i] !== locals[i - 1])',
    );
    const text =
      'export fn @f(u128, u128) u128 {\n  %0 = arg u128 0\n  %1 = arg u128 1\n  %2 = div_trunc %0, %1\n  ret %2\n}\n';
    const fault = faultOf(caseOf(text), backend);
    expect(fault).toMatchObject({ nav: null, cause: 'locals' });
    expect(fault?.name).toMatch(/^__/);
    expect(faultOf(caseOf(text), CORE_BACKEND)).toBe(null);
  });

  test('is found in the object, where the executable does not have the function', async () => {
    const backend = await coreWith(
      'dead',
      'emit.js',
      'out.u8Sleb(OP.i32_const, word);',
      'out.u8Uleb(OP.i32_const, word);',
    );
    const dead =
      'fn @dead() u32 {\n  %0 = alloc *u32\n  store %0, u32 77\n  %2 = load u32 %0\n  ret %2\n}\nexport fn @f() void {\n  ret void {}\n}\n';
    expect(faultOf(caseOf(dead), backend)?.cause).toBe('i32');
    expect(faultOf(caseOf(dead), CORE_BACKEND)).toBe(null);
  });

  test('a function that keeps its frame is one cause, whatever goes wrong after it', async () => {
    const find = 'this.#mir.restoreSp(this.#reserve().saved);';
    const backend = await coreWith('keeps', 'frame.js', find, `if (this.#size > 4) ${find}`);
    const case_ = caseOf(PROGRAM);
    const { findings } = runCase(case_, { backend, engines: [V8_ENGINE], checks: await loadChecks(), every: true });
    const cause = causeOf(findings[0]!, case_, { backend, engine: V8_ENGINE });
    expect(cause).toEqual({ stage: 'codegen', family: 'code', name: 'frame' });
  });

  test('a value that is overwritten before it is used is not the fault of who uses it', async () => {
    const find =
      'const recycled = this.#free[rep].pop(); if (recycled === undefined) return this.append(rep); this.#refs[recycled] = 1;';
    const taken =
      'const recycled = this.#free[rep].pop() ?? (this.#refs.length > this.#paramCount + 1 ? this.#paramCount : undefined);' +
      'if (recycled === undefined) return this.append(rep); this.#refs[recycled]++;';
    const backend = await coreWith('crowded', 'locals.js', find, taken);
    const case_ = caseOf(CROWDED);
    const { findings } = runCase(case_, { backend, engines: [V8_ENGINE], checks: await loadChecks(), every: true });
    expect(findings.map(({ stage, kind, detail }) => (kind === 'crash' ? detail : `${stage} ${kind}`))).toContain(
      'codegen result',
    );
    const cause = causeOf(findings[0]!, case_, { backend, engine: V8_ENGINE });
    expect(cause).toEqual({ stage: 'codegen', family: 'run', name: 'local' });
  });

  test('is none where names of functions are wrong', async () => {
    const backend = await coreWith('names', 'write-names.js', 'let index = 0;', 'let index = imports.length + 1;');
    expect(faultOf(caseOf(PROGRAM), backend)).toBe(null);
  });
});
