/**
 * `repro --explain` against mistakes that are known: it must name the instruction that the mistake is in, and nothing else.
 */
import { exeOf } from '../check/fixtures.ts';
import { afterAll, describe, expect, test } from '@jest/globals';
import { Chalk } from 'chalk';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Unit } from '../../../core/index.ts';
import { instructionCount } from '../../../core/index.ts';
import type { Backend } from '../../../harness/backend/door.ts';
import { CORE_BACKEND, loadCoreBackend } from '../../../harness/backend/core/core-backend.ts';
import { readCaseFile } from '../../../harness/case/case-file.ts';
import type { Finding } from '../../../harness/model/finding.ts';
import { loadChecks } from '../../../harness/check/checks.ts';
import { runCase } from '../../../harness/check/run-case.ts';
import { V8_ENGINE } from '../../../harness/engine/v8/v8-engine.ts';
import { loadModuleText } from '../../../harness/wasm/module-text.ts';
import { explain } from '../../../harness/explain/explain.ts';
import type { Explanation } from '../../../harness/explain/explanation.ts';
import { PROBE_MODULE } from '../../../harness/explain/instrument.ts';
import { placeInModule } from '../../../harness/wasm/module-place.ts';
import { printExplanation } from '../../../harness/explain/print.ts';
import { harness, makeFolder } from '../cli/run-harness.ts';
import type { PlantedBug } from '../../../bench/planted/bugs.ts';
import { plant } from '../../../bench/planted/plant.ts';

// Copies of core are loaded, and one test starts processes.
const folder = makeFolder();
const checks = await loadChecks();
const textOf = await loadModuleText();
const plain = new Chalk({ level: 0 });

afterAll(() => folder.remove());

type Mistake = Pick<PlantedBug, 'name' | 'file' | 'find' | 'replace'>;

const cores = new Map<string, Promise<Backend>>();

/** The built core with a mistake in it; made once for each mistake. */
function coreWith(mistake: Mistake): Promise<Backend> {
  const known = cores.get(mistake.name);
  if (known !== undefined) return known;
  const core = plant({ ...mistake, family: 'codegen', mistake: '' }, join(folder.path, mistake.name));
  const made = loadCoreBackend(pathToFileURL(join(core, 'index.js')).href, mistake.name);
  cores.set(mistake.name, made);
  return made;
}

function findingsOf(text: string, backend: Backend, only: string | null = null): readonly Finding[] {
  const read = readCaseFile(text, 'case.air');
  if (!read.ok) throw new Error(read.errors.map(({ line, message }) => `${line}: ${message}`).join('\n'));
  const wanted = only === null ? checks : checks.filter(({ name }) => name === only);
  const report = runCase(read.value.case, { backend, engines: [V8_ENGINE], checks: wanted, every: true });
  expect(report.verdict.kind).toBe('completed');
  return report.findings;
}

/** The explanation of the first finding of a case that must fail. */
async function explained(text: string, backend: Backend): Promise<Explanation> {
  const [finding] = findingsOf(text, backend);
  expect(finding).toBeDefined();
  const parts = { text, name: 'case.air', isFile: true, backend, engine: V8_ENGINE, textOf };
  const explanation = await explain(finding!, parts);
  expect(await explain(finding!, parts)).toEqual(explanation);
  for (const line of printExplanation(explanation, plain).split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  return explanation;
}

const INTCAST = `export fn @f(u32) i64 {
  %0 = arg u32 0
  %1 = add_wrap %0, u32 1
  %2 = intcast i64 %1
  %3 = add_wrap %2, i64 3
  ret %3
}
;! run @f(5)
;! run @f(4294967290)
`;

const WRAP = `export fn @g(u7, u7) u32 {
  %0 = arg u7 0
  %1 = arg u7 1
  %2 = xor %0, %1
  %3 = add_wrap %2, %1
  %4 = shr %3, u3 1
  %5 = intcast u32 %4
  ret %5
}
;! run @g(100, 120)
`;

const STORE = `export var @d: [3]struct { u32, [2]u16 } = .{ .{ 1, .{ 2, 3 } }, .{ 4, .{ 5, 6 } }, .{ 7, .{ 8, 9 } } }

export fn @s(u16) void {
  %0 = arg u16 0
  %1 = add_wrap %0, u16 5
  store *u32 &@d, u32 11
  %3 = ptr_elem_ptr *struct { u32, [2]u16 } *[3]struct { u32, [2]u16 } &@d, usize 1
  %4 = struct_field_ptr_index_1 *[2]u16 %3
  %5 = ptr_elem_ptr *u16 %4, usize 0
  store %5, %1
  ret void {}
}
;! run @s(7)
`;

const ADDEND = `var @d: [4]u32 = .{ 10, 20, 30, 40 }

export fn @f(u32) u32 {
  %0 = arg u32 0
  %1 = load u32 *u32 &@d
  %2 = load u32 *u32 &@d + 8
  %3 = add_wrap %1, %2
  %4 = add_wrap %3, %0
  ret %4
}
;! run @f(1)
`;

const BRANCH = `export fn @f(u32) u32 {
  %0 = arg u32 0
  %1 = block u32 {
    switch_br %0 {
      case u32 0, u32 1, u32 2..u32 5 {
        br %1 u32 100
      }
      case u32 6, u32 7 {
        br %1 u32 200
      }
      else {
        br %1 u32 300
      }
    }
  }
  ret %1
}
;! run @f(5)
`;

const INTCAST_MISTAKE: Mistake = {
  name: 'intcast',
  file: 'casts.js',
  find: 'convertContainer(f, from, to, f.pool.intSigned(f.typeOf(operand)));',
  replace: 'convertContainer(f, from, to, f.pool.intSigned(f.resultType(inst)));',
};
const WRAP_MISTAKE: Mistake = {
  name: 'wrap',
  file: 'arithmetic.js',
  find: 'export const lowerAddWrap = wrapping(opAdd);',
  replace: 'export const lowerAddWrap = exact(opAdd);',
};
const STORE_MISTAKE: Mistake = {
  name: 'store',
  file: 'memory-access.js',
  find: 'f.mir.memory(storeTag(repOf(f.pool, ty), size), offset + baseOffset(base),',
  replace: 'f.mir.memory(storeTag(repOf(f.pool, ty), size), offset + (size === 2 ? 2 : 0) + baseOffset(base),',
};
const ADDEND_MISTAKE: Mistake = {
  name: 'addend',
  file: 'relocate.js',
  find: 'const address = addressOf(placed, target, symbols.symbolOffset[o][symbol], relocs.addend[r]);',
  replace: 'const address = addressOf(placed, target, symbols.symbolOffset[o][symbol], 0);',
};

const WIDE_SUM = `export fn @f(u64) u64 {
  %0 = arg u64 0
  %1 = intcast u128 %0
  %2 = add_wrap %1, u128 1
  %3 = shr %2, u7 64
  %4 = trunc u64 %3
  ret %4
}
;! run @f(18446744073709551615)
`;
const CARRY_MISTAKE: Mistake = {
  name: 'carry',
  file: 'carry-chains.js',
  find: 'if (isLast) { mir.localGet(carry); mir.op(MirTag.i64_add); return; }',
  replace: 'if (isLast) return;',
};

describe('the instruction at fault', () => {
  test('is a cast that extends by the wrong sign', async () => {
    const { instruction, way, code, summary, notes } = await explained(INTCAST, await coreWith(INTCAST_MISTAKE));
    expect(instruction).toMatchObject({
      function: '@f',
      index: 2,
      line: 4,
      text: '%2 = intcast i64 %1',
      kind: 'value',
      count: 2,
      expected: '4294967291',
      actual: '-5',
      operands: [{ name: '%1', value: '4294967291' }],
    });
    expect(instruction!.context.filter(({ marked }) => marked)).toEqual([
      { line: 4, text: '  %2 = intcast i64 %1', marked: true },
    ]);
    expect(way).toBe('executable');
    expect(summary).toContain('case.air:4, in @f');
    // The code shown is that of the back end with the mistake, not of the right one.
    expect(code!.mir.join('\n')).toContain('i64_extend_i32_s');
    expect(code!.wat.join('\n')).toContain('i64.extend_i32_s');
    expect(notes).toEqual([]);
  });

  test('is a sum that does not wrap, though the shift behind it makes another value of it', async () => {
    const { instruction } = await explained(WRAP, await coreWith(WRAP_MISTAKE));
    expect(instruction).toMatchObject({ text: '%3 = add_wrap %2, %1', line: 5, expected: '20' });
    expect(instruction!.actual).toContain('148');
  });

  test('is a sum in memory that has lost a carry', async () => {
    const { instruction } = await explained(WIDE_SUM, await coreWith(CARRY_MISTAKE));
    expect(instruction).toMatchObject({
      text: '%2 = add_wrap %1, u128 1',
      kind: 'value',
      expected: '18446744073709551616',
      actual: '0',
    });
  });

  test('is a store to the wrong place, with the part of the variable that is wrong in the end', async () => {
    const { instruction, memory } = await explained(STORE, await coreWith(STORE_MISTAKE));
    expect(instruction).toMatchObject({ text: 'store %5, %1', line: 10, kind: 'memory', actual: 'bytes 05 00' });
    expect(instruction!.operands).toEqual([
      { name: '%5', value: '&@d + 12' },
      { name: '%1', value: '12' },
    ]);
    expect(memory).toMatchObject({ object: '@d', offset: 12, path: '@d[1].1[0]', type: 'u16' });
  });

  test('is a load whose address the linker got wrong, with where names are on both sides', async () => {
    const { instruction, way, symbols } = await explained(ADDEND, await coreWith(ADDEND_MISTAKE));
    expect(way).toBe('linked object');
    expect(instruction).toMatchObject({ text: '%2 = load u32 *u32 &@d + 8', line: 6, expected: '30', actual: '10' });
    expect(symbols!.map(({ name, object, what }) => [name, object, what])).toEqual([
      ['@d', 'whole.o', 'address'],
      ['@f', 'whole.o', 'function index'],
    ]);
    expect(symbols![0]!.executable).toEqual(expect.any(Number));
    expect(symbols![0]!.linked).toEqual(expect.any(Number));
  });

  test('is a store through a constant address that the linker got wrong', async () => {
    const text = ADDEND.replace('%4 = add_wrap %3, %0', 'store *u32 &@d + 4, %3\n  %5 = load u32 *u32 &@d')
      .replace('%2 = load u32 *u32 &@d + 8', '%2 = load u32 *u32 &@d')
      .replace('ret %4', 'ret %5');
    const { instruction } = await explained(text, await coreWith(ADDEND_MISTAKE));
    expect(instruction).toMatchObject({ text: 'store *u32 &@d + 4, %3', kind: 'memory' });
    expect(instruction!.expected).toBe('writes to &@d + 4');
  });

  test('is a switch that goes the wrong way', async () => {
    const backend = await coreWith({
      name: 'branch',
      file: 'switch.js',
      find: 'Number(intOf(f, lo) - min), Number(intOf(f, hi) - min) + 1)',
      replace: 'Number(intOf(f, lo) - min), Number(intOf(f, hi) - min))',
    });
    const { instruction } = await explained(BRANCH, backend);
    expect(instruction).toMatchObject({ line: 4, kind: 'path', text: 'switch_br %0 {' });
    expect(instruction!.expected).toContain('body 1');
    expect(instruction!.actual).toContain('body 3');
  });

  test('is a call of an imported function with a wrong argument', async () => {
    const text = `extern fn @out(i64) void

export fn @f(u32) void {
  %0 = arg u32 0
  call @out(i64 1)
  call @out(i64 2)
  %3 = intcast i64 %0
  call @out(%3)
  ret void {}
}
;! run @f(4294967290)
`;
    const { instruction, trace } = await explained(text, await coreWith(INTCAST_MISTAKE));
    expect(instruction).toMatchObject({ text: '%3 = intcast i64 %0' });
    expect(trace).toEqual({
      index: 3,
      first: 1,
      expected: ['@out(1)', '@out(2)', '@out(4294967290)'],
      actual: ['@out(1)', '@out(2)', '@out(-6)'],
    });
  });

  test('is none where a variable is wrong before anything runs', async () => {
    const backend = await coreWith({
      name: 'data',
      file: 'lower-data.js',
      find: 'for (let i = 0; i < size; i++) {\n        const word',
      replace: 'for (let i = 0; i < Math.ceil(pool.intBits(ty) / 8); i++) {\n        const word',
    });
    const text =
      'export var @v: [2]i24 = .{ 1, -2 }\n\nexport fn @f() i24 {\n  %0 = load i24 *i24 &@v + 4\n  ret %0\n}\n;! run @f()\n';
    const { instruction, memory, summary } = await explained(text, backend);
    expect(instruction).toBeNull();
    expect(memory).toMatchObject({ path: '@v[1]', type: 'i24' });
    expect(summary).toContain('before the first call');
  });
});

const CORE: Backend = CORE_BACKEND;
/** Core that compiles to executables, and can do nothing else. */
const { name, settings, ways, compiler, code } = CORE;
// Its mistakes come and go with the bytes, so there are no instructions to compare them with.
const PLAIN: Backend = { name, settings, ways, compiler, ...(code && { code: { print: code.print } }) };

/** Core with a mistake in executables of programs that `isHit` picks. */
function sometimes(wrong: Backend, isHit: (probes: number) => boolean): Backend {
  const probes = (unit: Unit): number => {
    const first = unit.navs.findIndex((nav) => nav.module === PROBE_MODULE);
    if (first < 0) return 0;
    return instructionCount(unit);
  };
  return {
    ...PLAIN,
    compiler: {
      kind: 'direct',
      build: ({ unit, settings }) => exeOf(isHit(probes(unit)) ? wrong : CORE, unit, settings),
    },
  };
}

describe('a failure that probes hide', () => {
  test('is narrowed down with fewer probes, and the reader is told', async () => {
    // The program has 6 instructions; with all of its probes some more.
    const backend = sometimes(await coreWith(INTCAST_MISTAKE), (size) => size < 11);
    const { instruction, notes } = await explained(INTCAST, backend);
    expect(instruction!.index).toBeGreaterThanOrEqual(2);
    expect(notes[0]).toContain('probes everywhere hide the failure');
  });

  test('is said to be gone when any probe hides it', async () => {
    const backend = sometimes(await coreWith(INTCAST_MISTAKE), (size) => size === 0);
    const { instruction, summary } = await explained(INTCAST, backend);
    expect(instruction).toBeNull();
    expect(summary).toContain('probes hide the failure');
  });
});

/** Core whose executables go through `edit`, with the number of the build. */
function edited(edit: (bytes: Uint8Array, build: number) => Uint8Array): Backend {
  let builds = 0;
  return {
    ...PLAIN,
    compiler: {
      kind: 'direct',
      build({ unit, settings }) {
        const built = exeOf(CORE, unit, settings);
        return built.kind === 'built' ? { kind: 'built', bytes: edit(built.bytes.slice(), builds++) } : built;
      },
    },
  };
}

const I32_SHR_U = 0x76;
const I64_SHR_U = 0x88;

/** Offset of the shift in the module of WRAP. */
function shiftIn(bytes: Uint8Array): number {
  for (let at = 8; at < bytes.length; at++) {
    if (bytes[at] === I32_SHR_U && placeInModule(bytes, at).section === 'code') return at;
  }
  throw new Error('no shift');
}

describe('bytes', () => {
  test('that differ from build to build are shown with section and function', async () => {
    const backend = edited((bytes, build) => {
      if (build % 2 === 1) bytes[shiftIn(bytes)] = I32_SHR_U - 1;
      return bytes;
    });
    const read = readCaseFile(WRAP, 'case.air');
    if (!read.ok) throw new Error('no case');
    const findings = findingsOf(WRAP, backend, 'determinism');
    const parts = { text: WRAP, name: 'case.air', isFile: true, backend, engine: V8_ENGINE, textOf };
    const { bytes, summary } = await explain(findings[0]!, parts);
    expect(bytes).toMatchObject({ what: 'executable', section: 'code', function: 'g' });
    const pair = [bytes!.first.slice(0, 2), bytes!.second.slice(0, 2)].sort();
    expect(pair).toEqual(['75', '76']);
    expect(bytes!.first.split(' ')).toHaveLength(16);
    expect(summary).toContain('section code, function g');
  });

  test('that are no module are shown with the instruction that V8 means', async () => {
    const backend = edited((bytes) => {
      bytes[shiftIn(bytes)] = I64_SHR_U;
      return bytes;
    });
    const { module } = await explained(WRAP, backend);
    expect(module).toMatchObject({ what: 'executable', section: 'code', function: 'g' });
    expect(module!.message).toContain('i64.shr_u');
    expect(module!.context.find(({ marked }) => marked)!.text).toMatch(/i64\.shr_u|i32\.const 1|local\.get/);
  });
});

describe('harness repro --explain', () => {
  test('prints to the terminal, and to stderr with the fields in the JSON object', async () => {
    const cwd = folder.path;
    writeFileSync(join(cwd, 'wrap.air'), WRAP);
    plant({ ...WRAP_MISTAKE, family: 'codegen', mistake: '' }, join(cwd, 'cli'));
    const args = ['repro', 'wrap.air', '--explain', '--backend', 'cli/core'];
    const said = await harness(cwd, ...args);
    expect(said.code).toBe(1);
    expect(said.stdout).toContain('> 5    %3 = add_wrap %2, %1\n');

    expect(said.stdout).not.toMatch(/\x1b/);
    const json = await harness(cwd, ...args, '--json');
    expect(json.code).toBe(1);
    expect(json.stderr).toContain('> 5    %3 = add_wrap %2, %1\n');
    const { explanations } = JSON.parse(json.stdout) as { explanations: Explanation[] };
    expect(explanations).toHaveLength(1);
    expect(explanations[0]!.instruction).toMatchObject({ function: '@g', index: 3, line: 5 });
  });

  test('says that a case passes that does', async () => {
    const cwd = folder.path;
    writeFileSync(join(cwd, 'right.air'), WRAP);
    const { code, stdout, stderr } = await harness(cwd, 'repro', 'right.air', '--explain', '--json');
    expect(code).toBe(0);
    expect(stderr).toContain('right.air passes');
    expect(JSON.parse(stdout)).toMatchObject({ buckets: [], explanations: [] });
  });
});
