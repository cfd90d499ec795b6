/** The judge: what is the same, what is different, and what cannot be compared. */
import { describe, expect, test } from '@jest/globals';
import type { NavIndex } from '../../../core/index.ts';
import { interpret } from '../../../interpreter/interpret.ts';
import type { ObjectImage, PointerTarget, ProgramRun } from '../../../interpreter/model/outcome.ts';
import { nameBucket } from '../../../harness/check/bucket-id.ts';
import { operationOf } from '../../../harness/model/bucket.ts';
import { judge } from '../../../harness/check/judge.ts';
import { compareMemory } from '../../../harness/check/memory-image.ts';
import type { EngineOutcome, EngineRun, EngineState, Slot } from '../../../harness/engine/door.ts';
import { call, unitOf } from './fixtures.ts';

const UNIT = unitOf(`
extern fn @seen(f32) void
export fn @f() f32 { ret f32 1.0 }
export fn @g() u32 { ret u32 5 }
export var @x: [2]u32 = .{ 1, 2 }
export var @p: [2]*u32 = .{ &@x, &@hidden }
var @hidden: u32 = 9
export var @fn: *const fn() u32 = &@g
`);
const [X, P, HIDDEN, FN] = [3, 4, 5, 6] as NavIndex[];
const G = 2 as NavIndex;
const CALLS = [call('f'), call('g')];
const NAN = 0x7fc0_0000n;
const OTHER_NAN = 0xff80_0001n;

function image(bytes: number[], extra: Partial<ObjectImage> = {}): ObjectImage {
  return {
    bytes: Uint8Array.from(bytes),
    defined: new Uint8Array(bytes.length).fill(1),
    pointers: new Map(),
    nans: new Map(),
    ...extra,
  };
}

function reference(run: Partial<ProgramRun>): ProgramRun {
  return { outcomes: [], trace: [], memory: new Map(), steps: 5000, stackBytes: 0, ...run };
}

/** A state with `memory`, where x is at 16, p at 32 and fn at 48. */
function state(fill: (view: DataView) => void = () => undefined, slots: (Slot | null)[] = []): EngineState {
  const memory = new Uint8Array(128);
  fill(new DataView(memory.buffer));
  return {
    addresses: new Map([
      ['x', 16],
      ['p', 32],
      ['fn', 48],
    ]),
    memoryBytes: memory.length,
    // All that anybody could ask for.
    ranges: new Map(Array.from(memory, (_, at) => [at, memory.subarray(at)])),
    slots: new Map(slots.flatMap((slot, at) => (slot === null ? [] : [[at, slot] as const]))),
    stackPointer: null,
    sights: [],
  };
}

function actual(run: Partial<Extract<EngineRun, { kind: 'ran' }>>): EngineRun {
  return { kind: 'ran', outcomes: [], trace: [], state: state(), ...run };
}

function judgeOutcomes(left: ProgramRun['outcomes'], right: readonly EngineOutcome[], steps = 5000): unknown {
  return judge(UNIT, CALLS, reference({ outcomes: left, steps }), actual({ outcomes: right }));
}

const returned = (bits: bigint | null) => ({ kind: 'returned', bits }) as const;
const trapped = (trap: 'unreachable' | 'integer_overflow') => ({ kind: 'trapped', trap }) as const;
const exhausted = (what: 'stack' | 'memory') => ({ kind: 'exhausted', what }) as const;

describe('outcomes', () => {
  test('equal bits are the same, other bits are a different result', () => {
    expect(judgeOutcomes([returned(1n), returned(5n)], [returned(1n), returned(5n)])).toMatchObject({ kind: 'same' });
    expect(judgeOutcomes([returned(1n), returned(5n)], [returned(1n), returned(6n)])).toMatchObject({
      kind: 'different',
      what: 'result',
      where: 'call 2 @g',
      expected: 'returns 5',
      actual: 'returns 6',
    });
    expect(judgeOutcomes([returned(1n), returned(5n)], [returned(1n), returned(null)])).toMatchObject({
      what: 'result',
    });
  });

  test('all NaNs are one float, but not one integer', () => {
    expect(judgeOutcomes([returned(NAN)], [returned(OTHER_NAN)])).toMatchObject({ kind: 'same' });
    expect(judgeOutcomes([returned(NAN)], [returned(0x7f80_0000n)])).toMatchObject({ what: 'result' });
    expect(judgeOutcomes([returned(0n)], [returned(0x8000_0000n)])).toMatchObject({ what: 'result' });
    expect(judgeOutcomes([returned(0n), returned(NAN)], [returned(0n), returned(OTHER_NAN)])).toMatchObject({
      what: 'result',
    });
  });

  test('traps are compared by kind', () => {
    expect(judgeOutcomes([trapped('unreachable')], [trapped('unreachable')])).toMatchObject({ kind: 'same' });
    expect(judgeOutcomes([trapped('unreachable')], [trapped('integer_overflow')])).toMatchObject({ what: 'trap' });
    expect(judgeOutcomes([trapped('unreachable')], [returned(0n)])).toMatchObject({ what: 'trap' });
    expect(judgeOutcomes([returned(0n)], [trapped('unreachable')])).toMatchObject({ what: 'trap' });
  });

  test('exhaustion is incomparable with its reason, a run without end is different', () => {
    expect(judgeOutcomes([returned(0n)], [exhausted('stack')])).toEqual({
      kind: 'incomparable',
      reason: 'engine:stack',
    });
    expect(judgeOutcomes([returned(0n)], [exhausted('stack')], 10)).toMatchObject({ what: 'trap' });
    expect(judgeOutcomes([], [exhausted('memory')])).toEqual({ kind: 'incomparable', reason: 'engine:memory' });
    expect(judgeOutcomes([exhausted('memory')], [returned(0n)])).toEqual({
      kind: 'incomparable',
      reason: 'exhausted:memory',
    });
    expect(judgeOutcomes([returned(0n)], [{ kind: 'exhausted', what: 'time' }])).toMatchObject({ what: 'timeout' });
  });

  test('a rejected module is different and keeps its message class', () => {
    const rejected = { kind: 'rejected', phase: 'instantiate', message: 'missing-export', detail: 'no @f' } as const;
    expect(judge(UNIT, CALLS, reference({}), rejected)).toMatchObject({ what: 'invalid', op: 'missing-export' });
  });
});

describe('the rest of a run', () => {
  const seen = (...args: bigint[]) => ({ name: 'seen', args });

  test('the trace is compared in order with arguments', () => {
    const judgeTrace = (left: ProgramRun['trace'], right: ProgramRun['trace']): unknown =>
      judge(UNIT, [], reference({ trace: left }), actual({ trace: right }));
    expect(judgeTrace([seen(1n), seen(NAN)], [seen(1n), seen(OTHER_NAN)])).toMatchObject({ kind: 'same' });
    expect(judgeTrace([seen(0n)], [seen(0x8000_0000n)])).toMatchObject({ what: 'trace', where: 'imported call 1' });
    expect(judgeTrace([seen(0n), seen(1n)], [seen(0n)])).toMatchObject({ what: 'trace', actual: 'no call' });
    expect(judgeTrace([], [seen(0n)])).toMatchObject({ what: 'trace', expected: 'no call' });
    expect(judgeTrace([seen(0n)], [{ name: 'other', args: [0n] }])).toMatchObject({ what: 'trace' });
  });

  test('the stack pointer must be back, but not after a trap', () => {
    const moved = { ...state(), stackPointer: { before: 64, after: 48 } };
    const run = (outcome: 'r' | 't'): unknown => {
      const outcomes = [outcome === 'r' ? returned(0n) : trapped('unreachable')];
      return judge(UNIT, CALLS, reference({ outcomes }), actual({ outcomes, state: moved }));
    };
    expect(run('r')).toMatchObject({ kind: 'different', what: 'stack', expected: '64', actual: '48' });
    expect(run('t')).toMatchObject({ kind: 'same' });
  });
});

describe('memory', () => {
  const compare = (nav: NavIndex, img: ObjectImage, st: EngineState, more: [NavIndex, ObjectImage][] = []): unknown =>
    compareMemory(UNIT, new Map([[nav, img], ...more]), st);
  const pointers = (...list: [number, PointerTarget][]): Partial<ObjectImage> => ({ pointers: new Map(list) });
  const u32 = (at: number, value: number) => (view: DataView) => view.setUint32(at, value, true);

  test('defined bytes are compared, undefined ones are not', () => {
    expect(compare(X!, image([1, 0, 0, 0]), state(u32(16, 1)))).toMatchObject({ kind: 'same' });
    expect(compare(X!, image([1, 0, 0, 0]), state(u32(16, 0x01000001)))).toMatchObject({
      kind: 'different',
      what: 'memory',
      where: '@x+3',
    });
    const undefinedByte = image([1, 0, 0, 9], { defined: Uint8Array.from([1, 1, 1, 0]) });
    expect(compare(X!, undefinedByte, state(u32(16, 1)))).toMatchObject({ kind: 'same' });
  });

  test('a variable whose address the module does not tell is different, not passed over', () => {
    const blind = { ...state(), addresses: new Map<string, number>() };
    expect(compare(X!, image([0]), blind)).toMatchObject({ what: 'memory', expected: 'exported' });
    expect(compare(X!, image([]), blind)).toMatchObject({ kind: 'same' });
  });

  test('a variable lies at a multiple of its alignment', () => {
    const unit = unitOf('export var @w: u8 align(32) = 0');
    const at = (address: number): unknown =>
      compareMemory(unit, new Map([[0 as NavIndex, image([0])]]), { ...state(), addresses: new Map([['w', address]]) });
    expect(at(64)).toMatchObject({ kind: 'same' });
    expect(at(48)).toMatchObject({ what: 'memory', where: '@w', expected: 'an address that 32 divides' });
  });

  test('where the reference has some NaN, any NaN will do', () => {
    const nan = image([0, 0, 0, 0], { defined: new Uint8Array(4), nans: new Map([[0, 4 as const]]) });
    expect(compare(X!, nan, state(u32(16, 0xffc0_1234)))).toMatchObject({ kind: 'same' });
    expect(compare(X!, nan, state(u32(16, 0x7f80_0000)))).toMatchObject({ what: 'memory', where: '@x+0' });
  });

  test('pointers to exported variables are addresses with offset', () => {
    const img = image([0, 0, 0, 0], pointers([0, { kind: 'nav', nav: X!, offset: 4 }]));
    expect(compare(P!, img, state(u32(32, 20)))).toMatchObject({ kind: 'same' });
    expect(compare(P!, img, state(u32(32, 16)))).toMatchObject({ what: 'memory', expected: '&@x+4 = 20' });
  });

  test('a pointer to a variable that is not exported is followed, and must always lead to the same place', () => {
    const hidden: [NavIndex, ObjectImage] = [HIDDEN!, image([9, 0, 0, 0])];
    const target = { kind: 'nav', nav: HIDDEN!, offset: 0 } as const;
    const one = image([0, 0, 0, 0], pointers([0, target]));
    const two = image([0, 0, 0, 0, 0, 0, 0, 0], pointers([0, target], [4, target]));
    const at = (first: number, second: number) => (view: DataView) => {
      u32(32, first)(view);
      u32(36, second)(view);
      u32(64, 9)(view);
      u32(80, 9)(view);
    };
    expect(compare(P!, one, state(at(64, 0)), [hidden])).toMatchObject({ kind: 'same' });
    expect(compare(P!, one, state(at(68, 0)), [hidden])).toMatchObject({ what: 'memory', where: '@p+0.*+0' });
    expect(compare(P!, two, state(at(64, 64)), [hidden])).toMatchObject({ kind: 'same' });
    expect(compare(P!, two, state(at(64, 80)), [hidden])).toMatchObject({ what: 'memory', where: '@p+4' });
    expect(compare(P!, one, state(at(4000, 0)), [hidden])).toMatchObject({ what: 'memory' });
  });

  test('pointers to a variable without bytes are not compared', () => {
    const toHidden = image([0, 0, 0, 0, 0, 0, 0, 0], pointers([0, { kind: 'nav', nav: HIDDEN!, offset: 24 }]));
    expect(compare(P!, toHidden, state(), [[HIDDEN!, image([])]])).toMatchObject({ kind: 'same' });
    expect(compare(P!, toHidden, state(), [[HIDDEN!, image([9])]])).toMatchObject({ what: 'memory' });
  });

  test('unnamed objects are compared by content, and cycles end', () => {
    const cycle = image([7, 0, 0, 0, 0, 0, 0, 0]);
    (cycle.pointers as Map<number, PointerTarget>).set(4, { kind: 'object', object: cycle, offset: 0 });
    const img = image([0, 0, 0, 0], pointers([0, { kind: 'object', object: cycle, offset: 4 }]));
    const good = (view: DataView): void => {
      u32(32, 68)(view);
      u32(64, 7)(view);
      u32(68, 64)(view);
    };
    expect(compare(P!, img, state(good))).toMatchObject({ kind: 'same' });
    expect(
      compare(
        P!,
        img,
        state((view) => {
          good(view);
          u32(64, 8)(view);
        }),
      ),
    ).toMatchObject({ what: 'memory' });
    expect(
      compare(
        P!,
        img,
        state((view) => {
          good(view);
          u32(68, 60)(view);
        }),
      ),
    ).toMatchObject({ what: 'memory' });
  });

  test('numbers are exact, and dead frames are not compared', () => {
    const number = image([0, 0, 0, 0], pointers([0, { kind: 'number', address: 12 }]));
    expect(compare(P!, number, state(u32(32, 12)))).toMatchObject({ kind: 'same' });
    expect(compare(P!, number, state(u32(32, 13)))).toMatchObject({ what: 'memory' });
    const dangling = image([0, 0, 0, 0], pointers([0, { kind: 'dangling' }]));
    expect(compare(P!, dangling, state(u32(32, 13)))).toMatchObject({ kind: 'same' });
  });

  test('a function pointer is the table slot that holds the function', () => {
    const img = image([0, 0, 0, 0], pointers([0, { kind: 'function', nav: G }]));
    const slots = [null, { index: 5, names: ['g'] }, { index: 6, names: ['f'] }, { index: 7, names: [] }];
    expect(compare(FN!, img, state(u32(48, 1), slots))).toEqual({ kind: 'same' });
    expect(compare(FN!, img, state(u32(48, 2), slots))).toMatchObject({ what: 'memory', actual: '&@f' });
    expect(compare(FN!, img, state(u32(48, 0), slots))).toMatchObject({ actual: 'empty table slot 0' });
    expect(compare(FN!, img, state(u32(48, 3), slots))).toEqual({ kind: 'same' });
    expect(compare(FN!, img, state(u32(48, 1)))).toMatchObject({ actual: 'empty table slot 1' });
    const both = image(
      [0, 0, 0, 0, 0, 0, 0, 0],
      pointers([0, { kind: 'function', nav: G }], [4, { kind: 'function', nav: 1 as NavIndex }]),
    );
    const twice = state((view) => {
      u32(48, 3)(view);
      u32(52, 3)(view);
    }, slots);
    expect(compare(FN!, both, twice)).toMatchObject({ what: 'memory', actual: 'table slot 3 of @g' });
  });

  test('the images are those of the interpreter', () => {
    const run = interpret(UNIT, []);
    const fill = (view: DataView): void => {
      [
        [16, 1],
        [20, 2],
        [32, 16],
        [36, 64],
        [48, 1],
        [64, 9],
      ].forEach(([at, value]) => u32(at!, value!)(view));
    };
    const slots = [null, { index: 1, names: ['g'] }];
    expect(judge(UNIT, [], run, actual({ state: state(fill, slots) }))).toEqual({ kind: 'same' });
    const wrong = state((view) => {
      fill(view);
      u32(64, 8)(view);
    }, slots);
    expect(judge(UNIT, [], run, actual({ state: wrong }))).toMatchObject({ what: 'memory', where: '@p+4.*+0' });
  });
});

describe('buckets', () => {
  test('the operation is the most telling instruction, and a message class stays', () => {
    const unit = unitOf('export fn @f(u8) u16 {\n%0 = arg u8 0\n%1 = intcast u16 %0\nret %1\n}\n');
    expect(operationOf(unit)).toBe('intcast');
    expect(operationOf(unitOf('export var @x: u8 = 1\n'))).toBe('data');
    expect(operationOf(unitOf('export fn @f() void {\n trap\n}\n'))).toBe('trap');
    const finding = { check: 'interp-exe', stage: 'codegen', kind: 'result', op: '-', detail: '' } as const;
    expect(nameBucket(finding, unit)).toBe('codegen/run/intcast');
    expect(nameBucket({ ...finding, kind: 'crash', op: 'no-such' }, unit)).toBe('codegen/build/crash-no-such');
  });
});
