/** The check `layout`: silent on what core makes, and it sees faults that no program notices. */
import { describe, expect, test } from '@jest/globals';
import { DEFAULT_SETTINGS } from '../../../core/index.ts';
import { CORE_BACKEND } from '../../../harness/backend/core/core-backend.ts';
import type { Answer, Backend } from '../../../harness/backend/door.ts';
import { generatorOf } from '../../../harness/case/generate.ts';
import { layoutCheck } from '../../../harness/check/layout.ts';
import { runCase } from '../../../harness/check/run-case.ts';
import { V8_ENGINE } from '../../../harness/engine/v8/v8-engine.ts';
import { bucketOf } from '../../../harness/model/finding.ts';
import { listSections } from '../../../harness/wasm/cursor.ts';
import { ModuleEdit } from '../../../harness/wasm/module-parts.ts';
import { caseOf } from './fixtures.ts';

const options = { engines: [V8_ENGINE], checks: [layoutCheck], every: true } as const;

test.each(['default', 'link', 'wasm64', 'calls'])(
  'is silent on cases of profile %s, and judges nearly all',
  (profile) => {
    const generate = generatorOf(profile, null);
    let ran = 0;
    let unjudged = 0;
    for (let seed = 1000; seed < 1060; seed++) {
      const { findings, checks, incomparable } = runCase(generate(seed), { ...options, backend: CORE_BACKEND });
      expect([seed, findings]).toEqual([seed, []]);
      ran += checks.length;
      unjudged += incomparable.length;
    }
    expect(ran).toBe(60);
    expect(unjudged).toBeLessThanOrEqual(2);
  },
);

/** Two variables, one of them used twice, so that it comes first; a call, an import, a function with an address. */
const CASE = caseOf(`
;! run @f(3) = 6
;! link a.o = @f @first @ptr | b.o = @double @second @zero
extern fn @seen(u32) void
export fn @f(u32) u32 {
  %0 = arg u32 0
  %1 = load u32 *u32 &@second
  %2 = load u32 *u32 &@first
  %3 = load u32 *u32 &@second
  %4 = load u32 *u32 &@zero
  store **const fn(u32) u32 &@ptr, *const fn(u32) u32 &@double
  %6 = add_wrap %1, %2
  %7 = add_wrap %3, %6
  %8 = add_wrap %4, %7
  %9 = call @seen(%8)
  %10 = call @double(%0)
  ret %10
}
fn @double(u32) u32 {
  %0 = arg u32 0
  %1 = add_wrap %0, %0
  ret %1
}
var @first: u32 = 17
var @second: u32 = 34
var @zero: u32 = 0
var @ptr: *const fn(u32) u32 = &@double
`);

/** Core with executables or objects changed on their way out. */
function changed(exe: (bytes: Uint8Array) => Uint8Array, object = (bytes: Uint8Array): Uint8Array => bytes): Backend {
  const compiler = CORE_BACKEND.compiler as Extract<Backend['compiler'], { kind: 'direct' }>;
  const objects = CORE_BACKEND.objects! as NonNullable<Backend['objects']>;
  const through = (answer: Answer, change: (bytes: Uint8Array) => Uint8Array): Answer =>
    answer.kind === 'built' ? { kind: 'built', bytes: change(answer.bytes) } : answer;
  return {
    ...(CORE_BACKEND as Backend),
    compiler: { kind: 'direct', build: (...args) => through(compiler.build(...args), exe) },
    objects: { ...objects, compile: (...args) => through(objects.compile(...args), object) },
  };
}

function bucketsOf(backend: Backend, strip = false): readonly string[] {
  const case_ = { ...CASE, settings: { ...DEFAULT_SETTINGS, strip } };
  return runCase(case_, { ...options, backend }).findings.map(bucketOf);
}

/** `bytes` with one byte replaced by others. */
function replaced(bytes: Uint8Array, at: number, ...by: number[]): Uint8Array {
  return Uint8Array.from([...bytes.subarray(0, at), ...by, ...bytes.subarray(at + 1)]);
}

function sectionOf(bytes: Uint8Array, id: number): { start: number; from: number; to: number } {
  return listSections(bytes).find((section) => section.id === id)!;
}

/** Custom section `name`: where its contents begin behind the name. */
function customOf(bytes: Uint8Array, name: string): number {
  const wanted = [name.length, ...Buffer.from(name)];
  const found = listSections(bytes).find(({ id, from }) => {
    return id === 0 && wanted.every((byte, n) => bytes[from + n] === byte);
  })!;
  return found.from + wanted.length;
}

const same = (bytes: Uint8Array): Uint8Array => bytes;

describe('a fault that no program notices', () => {
  test('there is none in what core makes', () => {
    expect(bucketsOf(changed(same))).toEqual([]);
    expect(bucketsOf(changed(same), true)).toEqual([]);
  });

  test('a section size with a byte too many', () => {
    const wide = (bytes: Uint8Array): Uint8Array => {
      const { start, from } = sectionOf(bytes, 1);
      return replaced(bytes, start + 1, ...(from - start === 2 ? [bytes[start + 1]! | 0x80, 0] : []));
    };
    expect(bucketsOf(changed(wide))).toEqual(['linker/layout/layout/wide-section-size']);
  });

  test('a type, a page and a slot too many', () => {
    const edited = (edit: (module: ModuleEdit) => void) => (bytes: Uint8Array) => {
      const module = new ModuleEdit(bytes);
      edit(module);
      return module.toBytes();
    };
    const type = edited((module) => module.addLast(1, [0x60, 2, 0x7c, 0x7d, 0], 1));
    expect(bucketsOf(changed(type))).toEqual(['linker/layout/layout/dead-type']);
    const dead = edited((module) => {
      module.addLast(3, [0], 1);
      module.addLast(10, [3, 0, 0, 0x0b], 1);
    });
    expect(bucketsOf(changed(dead))).toEqual(['linker/layout/layout/dead-function']);
    const page = (bytes: Uint8Array): Uint8Array => {
      const at = sectionOf(bytes, 5).from + 2;
      return replaced(bytes, at, bytes[at]! + 1);
    };
    expect(bucketsOf(changed(page))).toEqual(['linker/layout/layout/memory-limits']);
    const table = (bytes: Uint8Array): Uint8Array => {
      const at = sectionOf(bytes, 4).from + 4;
      return replaced(bytes, at, bytes[at]! + 1);
    };
    expect(bucketsOf(changed(table))).toEqual(['linker/layout/layout/table-limits']);
  });

  test('a build id that is not the digest of the module, says another size, or is no UUID', () => {
    const buckets = (edit: (bytes: Uint8Array) => Uint8Array, kind = 'sha1'): readonly string[] => {
      const case_ = { ...CASE, plan: { ...CASE.plan, options: [`--build-id=${kind}`] } };
      const { command } = CORE_BACKEND;
      const link: NonNullable<Backend['command']>['link'] = (...args) => {
        const built = command!.link(...args);
        return built.kind === 'built' ? { ...built, bytes: edit(built.bytes) } : built;
      };
      const backend: Backend = { ...(CORE_BACKEND as Backend), command: { ...command!, link } };
      return runCase(case_, { ...options, backend }).findings.map(bucketOf);
    };
    expect(buckets(same)).toEqual([]);
    const id = (bytes: Uint8Array): number => customOf(bytes, 'build_id');
    expect(buckets((bytes) => replaced(bytes, id(bytes) + 1, bytes[id(bytes) + 1]! ^ 1))).toEqual([
      'linker/layout/layout/build-id-digest',
    ]);
    const wrong = ['linker/layout/layout/build-id'];
    expect(buckets((bytes) => replaced(bytes, id(bytes), 19))).toEqual(wrong);
    expect(buckets(same, 'uuid')).toEqual([]);
    for (const at of [7, 9]) {
      expect(buckets((bytes) => replaced(bytes, id(bytes) + at, bytes[id(bytes) + at]! ^ 0xf0), 'uuid')).toEqual(wrong);
    }
  });

  test('a wrong name, and names in spite of stripping', () => {
    const renamed = (bytes: Uint8Array): Uint8Array => {
      const at = Buffer.from(bytes).indexOf('double', customOf(bytes, 'name'));
      return replaced(bytes, at, 0x44);
    };
    expect(bucketsOf(changed(renamed))).toEqual(['linker/layout/layout/names-functions']);
    const named = (bytes: Uint8Array): Uint8Array => Uint8Array.from([...bytes, 0, 5, 4, ...Buffer.from('name')]);
    expect(bucketsOf(changed(named), true)).toEqual(['linker/layout/layout/not-stripped']);
  });

  test('data in another order', () => {
    // Both have one alignment; the one that is used twice is to come first: their contents and addresses are exchanged.
    const first = Buffer.from([34, 0, 0, 0, 17, 0, 0, 0]);
    const swapped = (bytes: Uint8Array): Uint8Array => {
      const copy = Buffer.from(bytes);
      const at = copy.indexOf(first, sectionOf(bytes, 11).from);
      copy.set([17, 0, 0, 0, 34, 0, 0, 0], at);
      const code = sectionOf(bytes, 10);
      const address = (n: number): Buffer => Buffer.from([0x41, 0x80 + n, 0x80, 0x04]);
      for (let i = code.from; i < code.to; i++) {
        const is = (n: number): boolean => copy.subarray(i, i + 4).equals(address(n));
        if (is(0)) copy.set(address(4), i);
        else if (is(4)) copy.set(address(0), i);
      }
      return Uint8Array.from(copy);
    };
    expect(bucketsOf(changed(swapped))).toEqual(['linker/layout/layout/order-uses']);
  });

  test('a relocation one byte off, and one that is not there', () => {
    const moved = (bytes: Uint8Array): Uint8Array => {
      const at = customOf(bytes, 'reloc.CODE') + 3;
      return replaced(bytes, at, bytes[at]! + 1);
    };
    expect(bucketsOf(changed(same, moved))[0]).toMatch(/^object-writer\/layout\/layout\//);
    const gone = (bytes: Uint8Array): Uint8Array => {
      const at = customOf(bytes, 'reloc.CODE') + 1;
      return replaced(bytes, at, bytes[at]! - 1);
    };
    expect(bucketsOf(changed(same, gone))[0]).toMatch(/^object-writer\/layout\/layout\//);
  });
});
