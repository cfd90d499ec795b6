/**
 * The reducer with made-up judges: it keeps the bucket, ends 1-minimal, and never leaves the language.
 */
import { CORE_SETTINGS } from '../../../harness/backend/core/settings.ts';
import { describe, expect, test } from '@jest/globals';
import type { AirTag, InstIndex, Unit } from '../../../core/index.ts';
import { instructionCount, printUnit, verifyUnit } from '../../../core/index.ts';
import type { Case } from '../../../harness/model/case.ts';
import { readCaseFile } from '../../../harness/case/case-file.ts';
import type { Finding } from '../../../harness/model/finding.ts';
import { bucketOf } from '../../../harness/model/finding.ts';
import { decodeCase } from '../../../harness/reduce/case-model.ts';
import { REDUCE_PASSES, reduceCase } from '../../../harness/reduce/reduce.ts';
import { interpret } from '../../../interpreter/interpret.ts';

const CASE = `;! case 1
;! seed 0x51f3  profile default  generator 1
;! link a.o = @table @counter @helper | b.o = @twice @main @unused | order b.o a.o | --stack-size=131072 --no-gc-sections
const @table: [4]u32 = .{ 3, 1, 4, 1 }
var @counter: u32 = 0
fn @helper(u32, bool) u32 {
  %0 = arg u32 0
  %1 = arg bool 1
  %2 = block u32 {
    cond_br %1 {
      %4 = add_wrap %0, u32 1
      br %2 %4
    } else {
      switch_br %0 {
        case u32 1, u32 5..u32 9 {
          br %2 u32 3
        }
        else {
          %8 = intcast i64 %0
          %9 = trunc i40 %8
          %10 = bitcast u40 %9
          %11 = trunc u32 %10
          br %2 %11
        }
      }
    }
  }
  ret %2
}
fn @twice(u32) u32 {
  %0 = arg u32 0
  %1 = call @helper(%0, bool false)
  %2 = call @helper(%1, bool true)
  ret %2
}
export fn @main(u32, i7) u32 {
  %0 = arg u32 0
  %1 = arg i7 1
  %2 = alloc *u32
  store %2, u32 3
  %4 = block void {
    %5 = loop noreturn {
      %6 = load u32 %2
      %7 = cmp_eq %6, u32 0
      cond_br %7 {
        br %4
      } else {
        %10 = sub_wrap %6, u32 1
        store %2, %10
        %12 = load u32 *u32 &@counter
        %13 = add_wrap %12, %6
        store *u32 &@counter, %13
        repeat %5
      }
    }
  }
  %16 = call @twice(%0)
  %17 = min %16, u32 1000
  ret %17
}
export fn @unused(f64) f64 {
  %0 = arg f64 0
  %1 = mul %0, f64 2.5
  ret %1
}
;! run @main(4294967290, -3)
;! run @unused(1.5)
;! run @main(17, 5)
`;

function read(text: string): Case {
  const result = readCaseFile(text, 'test');
  if (!result.ok) throw new Error(result.errors.map((e) => `${e.line}: ${e.message}`).join('\n'));
  return result.value.case;
}

function finding(kind: Finding['kind']): Finding {
  return { check: 'interp-exe', stage: 'codegen', kind, op: '-', detail: '' };
}

const BUCKET = bucketOf(finding('result'));

function tagsOf(unit: Unit): AirTag[] {
  const tags: AirTag[] = [];
  for (const { body } of unit.navs) {
    for (let i = 0; body !== null && i < body.length; i++) tags.push(body.tag(i as InstIndex));
  }
  return tags;
}

/** Fails when the program still has `tag`. */
function hasTag(tag: AirTag) {
  return (candidate: Case): Finding[] => (tagsOf(candidate.unit).includes(tag) ? [finding('result')] : []);
}

describe('reduction', () => {
  test.each([
    ['intcast', 3],
    ['switch_br', 3],
    ['loop', 2],
    ['min', 2],
    ['call', 3],
    ['store', 2],
  ] as const)('of a case that fails as long as it has %s ends with %i instructions at most', (tag, most) => {
    const start = read(CASE);
    const reduction = reduceCase(start, { bucket: BUCKET, judge: hasTag(tag), maxRuns: 5000 });
    expect(reduction.minimal).toBe(true);
    expect(tagsOf(reduction.case.unit)).toContain(tag);
    expect(instructionCount(reduction.case.unit)).toBeLessThanOrEqual(most);
    expect(reduction.case.calls).toHaveLength(1);
    expect(reduction.case.plan.parts).toEqual([]);
    expect(reduction.lastSweep).toBeGreaterThan(0);
  });

  test('keeps what the failure needs: a call that returns, the loop that counts', () => {
    const start = read(CASE);
    const before = interpret(start.unit, start.calls);
    expect(before.outcomes.map((o) => o.kind)).toEqual(['returned', 'returned', 'returned']);
    const judge = (candidate: Case): Finding[] => {
      const run = interpret(candidate.unit, candidate.calls);
      const isLegal = run.outcomes.every((o) => o.kind === 'returned');
      const bytes = [...run.memory.values()].map((image) => image.bytes[0]);
      return isLegal && bytes.includes(12) && tagsOf(candidate.unit).includes('loop') ? [finding('result')] : [];
    };
    const reduction = reduceCase(start, { bucket: BUCKET, judge, maxRuns: 5000 });
    expect(reduction.minimal).toBe(true);
    expect(instructionCount(reduction.case.unit)).toBeLessThan(14);
    expect(judge(reduction.case)).toHaveLength(1);
  });

  test.each([
    ['interp-exe', 1],
    ['exe-split', 1],
    ['expect', 1],
    ['wabt', 0],
    ['roundtrip', 0],
  ])('of a bucket of %s leaves %i call(s): one is kept where the check compares what calls do', (check, calls) => {
    const found: Finding = { ...finding('crash'), check };
    const judge = (candidate: Case): Finding[] => (tagsOf(candidate.unit).includes('mul') ? [found] : []);
    const reduction = reduceCase(read(CASE), { bucket: bucketOf(found), judge, maxRuns: 5000 });
    expect(reduction.minimal).toBe(true);
    expect(reduction.case.calls).toHaveLength(calls);
  });

  test('ends 1-minimal: no candidate of any pass is smaller and still fails', () => {
    const judge = hasTag('add_wrap');
    const reduction = reduceCase(read(CASE), { bucket: BUCKET, judge, maxRuns: 5000 });
    const again = reduceCase(reduction.case, { bucket: BUCKET, judge, maxRuns: 5000 });
    expect(again.steps).toBe(0);
    expect(again.minimal).toBe(true);
    expect(printUnit(again.case.unit)).toBe(printUnit(reduction.case.unit));
  });

  test('takes the same way each time', () => {
    const run = (): string[] => {
      const steps: string[] = [];
      reduceCase(read(CASE), {
        bucket: BUCKET,
        judge: hasTag('trunc'),
        maxRuns: 5000,
        onStep: (step) => steps.push(`${step.pass} ${step.instructions} ${step.runs}`),
      });
      return steps;
    };
    expect(run()).toEqual(run());
    expect(run().length).toBeGreaterThan(3);
  });

  test('stops at its budget and says that it is not minimal', () => {
    const reduction = reduceCase(read(CASE), { bucket: BUCKET, judge: hasTag('trunc'), maxRuns: 4 });
    expect(reduction.minimal).toBe(false);
    expect(reduction.runs).toBe(4);
    expect(tagsOf(reduction.case.unit)).toContain('trunc');
  });

  test('saves a candidate that slips into another bucket, and does not follow it', () => {
    const judge = (candidate: Case): Finding[] => {
      const tags = tagsOf(candidate.unit);
      if (tags.includes('trunc') && tags.includes('switch_br')) return [finding('result')];
      return tags.includes('trunc') ? [finding('trap')] : [];
    };
    const reduction = reduceCase(read(CASE), { bucket: BUCKET, judge, maxRuns: 5000 });
    expect(tagsOf(reduction.case.unit)).toEqual(expect.arrayContaining(['trunc', 'switch_br']));
    expect(reduction.slips.map((slip) => slip.bucket)).toEqual([bucketOf(finding('trap'))]);
    expect(tagsOf(reduction.slips[0]!.case.unit)).not.toContain('switch_br');
  });

  test('keeps the cause where it is known, and saves what fails alike of another', () => {
    // Two mistakes that look the same: the first one hides the second as long as it is there.
    const judge = (candidate: Case): Finding[] => {
      const tags = tagsOf(candidate.unit);
      const cause = tags.includes('trunc') ? 'codegen/run/trunc' : 'codegen/run/switch_br';
      return tags.includes('trunc') || tags.includes('switch_br') ? [{ ...finding('result'), cause }] : [];
    };
    const kept = 'codegen/run/trunc';
    const reduction = reduceCase(read(CASE), { bucket: BUCKET, cause: kept, judge, maxRuns: 5000 });
    expect(reduction.finding?.cause).toBe(kept);
    expect(tagsOf(reduction.case.unit)).toContain('trunc');
    expect(tagsOf(reduction.case.unit)).not.toContain('switch_br');
    expect(reduction.slips.map(({ bucket, cause }) => [bucket, cause])).toEqual([[BUCKET, 'codegen/run/switch_br']]);
    expect(tagsOf(reduction.slips[0]!.case.unit)).toContain('switch_br');
  });

  test('does nothing to a case that does not fail', () => {
    const reduction = reduceCase(read(CASE), { bucket: BUCKET, judge: () => [], maxRuns: 5000 });
    expect(reduction.finding).toBeNull();
    expect(reduction.steps).toBe(0);
  });

  test('judges only programs that the verifier accepts', () => {
    let judged = 0;
    const judge = (candidate: Case): Finding[] => {
      judged++;
      expect(verifyUnit(candidate.unit)).toEqual([]);
      return tagsOf(candidate.unit).includes('repeat') ? [finding('result')] : [];
    };
    reduceCase(read(CASE), { bucket: BUCKET, judge, maxRuns: 2000 });
    expect(judged).toBeGreaterThan(20);
  });
});

describe('passes', () => {
  test.each(REDUCE_PASSES.map((pass) => [pass.name, pass] as const))(
    '%s leaves the case it is given alone',
    (_name, pass) => {
      const start = read(CASE);
      const text = printUnit(start.unit);
      const model = decodeCase(start, CORE_SETTINGS);
      for (const candidate of pass.candidates(model)) candidate();
      expect(printUnit(start.unit)).toBe(text);
      expect(model.calls).toEqual(start.calls);
    },
  );
});
