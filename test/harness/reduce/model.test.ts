/**
 * The tree form that reduction edits: decoding and encoding give the program back.
 */
import { describe, expect, test } from '@jest/globals';
import type { Unit } from '../../../core/index.ts';
import { parseUnit, printUnit } from '../../../core/index.ts';
import { REFUSED_PROGRAM } from '../../core/air/programs.ts';
import { cloneModel, countNodes, decodeUnit, encodeUnit } from '../../../harness/reduce/model.ts';

const PROGRAM = `
const @limit: u32 = 7
var @counter: u32 = 0
extern fn @host(u32) u32

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
          br %2 %0
        }
      }
    }
  }
  ret %2
}

export fn @main(u32) u32 {
  %0 = arg u32 0
  %1 = alloc *u32
  store %1, %0
  %3 = block void {
    %4 = loop noreturn {
      %5 = load u32 %1
      %6 = cmp_eq %5, u32 0
      cond_br %6 {
        br %3
      } else {
        %9 = sub_wrap %5, u32 1
        store %1, %9
        repeat %4
      }
    }
  }
  %12 = load u32 *const u32 &@limit
  %13 = add_with_overflow tuple { u32, u1 } %12, %0
  %14 = struct_field_val u32 %13, 0
  %15 = aggregate_init [2]u32 { %14, u32 4 }
  %16 = array_elem_val %15, usize 1
  store *u32 &@counter, %16
  %18 = call @host(%16)
  %19 = call @helper(%18, bool true)
  ret %19
}
`;

function parse(text: string): Unit {
  const parsed = parseUnit(text);
  if (!parsed.ok) throw new Error(parsed.diagnostics.map((d) => d.message).join('\n'));
  return parsed.unit;
}

describe('the tree form of a unit', () => {
  test('encodes to the same text', () => {
    const unit = parse(PROGRAM);
    expect(printUnit(encodeUnit(decodeUnit(unit)))).toBe(printUnit(unit));
  });

  test('encodes each form with its own tag, refused ones too', () => {
    expect(printUnit(encodeUnit(decodeUnit(parse(REFUSED_PROGRAM))))).toBe(REFUSED_PROGRAM);
  });

  test('counts what the body has', () => {
    const unit = parse(PROGRAM);
    const model = decodeUnit(unit);
    model.navs.forEach(({ nav, body }) => {
      expect(body === null ? 0 : countNodes(body)).toBe(nav.body?.length ?? 0);
    });
  });

  test('a clone can be changed without the original', () => {
    const unit = parse(PROGRAM);
    const model = decodeUnit(unit);
    const copy = cloneModel(model);
    copy.navs.pop();
    copy.navs[3]!.body!.length = 1;
    copy.navs[3]!.body![0]!.numbers[0] = 9;
    expect(printUnit(encodeUnit(model))).toBe(printUnit(unit));
  });
});
