/**
 * A mistake has one name: in what a link writes whatever a pointer should lead to, whether a variable or a constant holds it, and whether a module
 * or an object shows it first; in code whichever of the instructions shows it that share the code.
 */
import { afterAll, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PLANTED_BUGS } from '../../../../bench/planted/bugs.ts';
import { plant } from '../../../../bench/planted/plant.ts';
import { loadCoreBackend } from '../../../../harness/backend/core/core-backend.ts';
import type { Backend } from '../../../../harness/backend/door.ts';
import { readCaseFile } from '../../../../harness/case/case-file.ts';
import { bucketId } from '../../../../harness/check/bucket-id.ts';
import { loadChecks } from '../../../../harness/check/checks.ts';
import { runCase } from '../../../../harness/check/run-case.ts';
import { V8_ENGINE } from '../../../../harness/engine/v8/v8-engine.ts';
import { causeOf } from '../../../../harness/explain/cause.ts';
import { makeFolder } from '../../../harness/cli/run-harness.ts';

const folder = makeFolder();
afterAll(() => folder.remove());
const checks = await loadChecks();

async function coreWith(name: string, ...others: string[]): Promise<Backend> {
  const [first, ...more] = [name, ...others].map((one) => PLANTED_BUGS.find((bug) => bug.name === one)!);
  const core = plant(first!, join(folder.path, [name, ...others].join('+')), ...more);
  return loadCoreBackend(pathToFileURL(join(core, 'index.js')).href, name);
}

/** Names of the buckets of all findings of kind `kind` of the minimised case `text`. */
function bucketsOf(backend: Backend, kind: string, text: string): string[] {
  const read = readCaseFile(text, 'case.air');
  if (!read.ok) throw new Error(read.errors.map(({ line, message }) => `${line}: ${message}`).join('\n'));
  const { case: case_ } = read.value;
  const { findings } = runCase(case_, { backend, engines: [V8_ENGINE], checks, every: true });
  const wanted = findings.filter((finding) => finding.kind === kind);
  const causes = wanted.map((finding) => causeOf(finding, case_, { backend, engine: V8_ENGINE, minimised: true }));
  return [...new Set(causes.map(bucketId))];
}

const SLICE = 'slice([*]const u8 &([1]u8 .{ 7 }), 1)';

test('pointers that are not written are data, wherever they are and whatever they should lead to', async () => {
  const backend = await coreWith('repeated-fixups-stay-in-place');
  const functions = 'export var @d: [2]*const fn() u8 = .{ &@f ** }\nfn @f() u8 {\n  ret u8 0\n}\n';
  const slices = `export var @d: [2][]const u8 = .{ ${SLICE} ** }\n`;
  const end = 'export fn @run() void {\n  ret void {}\n}\n;! run @run()\n';
  expect(bucketsOf(backend, 'memory', functions + end)).toEqual(['linker/link/data']);
  expect(bucketsOf(backend, 'memory', slices + end)).toEqual(['linker/link/data']);
  // The object of a program whose own calls show nothing is refused.
  expect(bucketsOf(backend, 'crash', `var @d: [2][]const u8 = .{ ${SLICE} ** }\n${end}`)).toEqual(['linker/link/data']);
  const constant = `export fn @run() u8 {
  %0 = array_elem_val [2]*const fn() u8 .{ &@f ** }, usize 1
  %1 = call %0()
  ret %1
}

fn @f() u8 {
  ret u8 0
}
;! run @run()
`;
  expect(bucketsOf(backend, 'trap', constant)).toEqual(['linker/link/data']);
});

test('pointers that lead elsewhere are wrong numbers of their kind', async () => {
  const backend = await coreWith('table-is-filled-from-slot-0');
  const text = `export var @d: [2]*const fn() u8 = .{ &@f, &@g }
fn @f() u8 {
  ret u8 0
}
fn @g() u8 {
  ret u8 1
}
export fn @run() void {
  ret void {}
}
;! run @run()
`;
  expect(bucketsOf(backend, 'memory', text)).toEqual(['linker/link/table-index']);
});

test('an invalid module is named by the index that is not there, and its code by itself only where it is cut short', async () => {
  const backend = await coreWith('first-function-of-an-object-is-the-one-before');
  const element = `;! link a.o = @d | b.o = @f | --strip-all
export fn @f() f64 {
  store **const fn() u8 undef, *const fn() u8 &@ext
  ret f64 0.0
}

extern fn @ext() u8
var @d: f64 = 0.0
`;
  expect(bucketsOf(backend, 'invalid', element)).toEqual(['linker/link/function-index']);
  const library = `;! link --strip-all
export fn @run() f16 {
  %0 = fptrunc f16 f32 0.0
  %1 = mul_add %0, f16 0.0, f16 0.0
  ret %1
}
`;
  expect(bucketsOf(backend, 'invalid', library)).toEqual(['linker/module/code']);
});

test('an instruction that is wrong whatever variables hold is not hidden by variables that are wrong from the start', async () => {
  const backend = await coreWith('popcount-counts-the-sign-extension', 'exports-share-one-address');
  const variables = 'export var @first: i40 = 0\nexport var @second: i40 = -1\n';
  const run = '  %1 = popcount u6 %0\n  ret %1\n}\n;! run @run(-1)\n';
  const computed = `${variables}export fn @run(i40) u6 {\n  %0 = arg i40 0\n${run}`;
  expect(bucketsOf(backend, 'result', computed)).toEqual(['codegen/run/popcount']);
  // A variable that is read before, and written elsewhere, has nothing to do with it.
  const read = (used: string): string => `${variables}export var @third: i40 = 5
export fn @run(i40) u6 {
  %0 = arg i40 0
  %1 = load i40 *i40 &@first
  store *i40 &@third, %1
  %3 = popcount u6 ${used}
  ret %3
}
;! run @run(-1)
`;
  expect(bucketsOf(backend, 'result', read('%0'))).toEqual(['codegen/run/popcount']);
  const shared = await coreWith('exports-share-one-address');
  expect(bucketsOf(shared, 'memory', read('%1'))).toEqual(['linker/link/data']);
  // Alone, the variables are at fault.
  const wrong = await coreWith('integers-have-zero-padding');
  const loaded = `${variables}export fn @run() i40 {\n  %0 = load i40 *i40 &@second\n  %1 = add_wrap %0, i40 1\n  ret %1\n}\n;! run @run()\n`;
  expect(bucketsOf(wrong, 'memory', loaded)).toEqual(['linker/link/data']);
});

function program(type: string, instruction: string): string {
  return `export fn @run(${type}, ${type}) ${type} {
  %0 = arg ${type} 0
  %1 = arg ${type} 1
  %2 = ${instruction}
  ret %2
}
;! run @run(${type === 'u64' ? '72623859790382856, 1' : '3, 1'})
`;
}

test('instructions that share their code share a name', async () => {
  const swapped = await coreWith('bswap-mask-of-the-other-half');
  for (const tag of ['byte_swap', 'bit_reverse'])
    expect(bucketsOf(swapped, 'result', program('u64', `${tag} u64 %0`))).toEqual(['codegen/run/byte_swap']);
  const masks = await coreWith('mask-of-32-bits-is-empty');
  const saturating = [program('i33', 'add_sat %0, %1'), program('u32', 'mul_sat %0, %1')];
  for (const text of saturating) expect(bucketsOf(masks, 'result', text)).toEqual(['codegen/run/saturate']);
});

test('an instruction is not the cause of a failure that its right value leaves as it is', async () => {
  const backend = await coreWith('round-takes-halves-down', 'names-start-behind-the-imports');
  const rounding = (result: string): string => `export fn @run() f32 {
  %0 = round f32 0.5
  call @observe()
  ret ${result}
}

fn @f() u8 {
  ret u8 0
}

export var @d: [1]*const fn() u8 = .{ &@f }
extern fn @observe() void
;! run @run()
`;
  // What a pointer leads to is told by names, which are wrong; nobody sees what was rounded.
  expect(bucketsOf(backend, 'memory', rounding('f32 0.0'))).toEqual(['linker/layout/names']);
  expect(bucketsOf(backend, 'result', rounding('%0'))).toEqual(['codegen/run/round-float']);
});
