/**
 * Which classes of types each instruction takes, by asking its typing rule about operands and results of many types.
 *
 * Owns the types that are tried: some of each class, with their pointers and slices. Only instructions whose form has nothing but
 * operands, a type, numbers and words are asked about: what owns bodies, has targets, lists or names of navs is not. Second
 * operands are few: the first one's type again, what it points to, and types of amounts.
 */
import type { InternPool, IpIndex } from '../core/index.ts';
import { AIR_OPS, DESCRIBED_TAGS, parseUnit, resultTypes } from '../core/index.ts';
import { BodyBuilder } from '../core/air/body/builder.ts';
import type { Body } from '../core/air/body/body.ts';
import type { InstIndex } from '../core/air/body/ref.ts';
import { instRef } from '../core/air/body/ref.ts';
import { FORMS } from '../core/air/schema/forms.ts';
import type { DescribedTag } from '../core/air/schema/ops.ts';
import type { Form } from '../core/air/schema/slots.ts';
import { NO_TYPE } from '../core/air/typing/rule.ts';
import { TYPING } from '../core/air/typing/rules.ts';
import { assert } from '../core/support/assert.ts';
import type { TypeClass } from './type-classes.ts';
import { aboutOf } from './type-classes.ts';

const VALUES = [
  ...['u8', 'u32', 'i32', 'u1', 'u5', 'usize', 'isize', 'u128', 'bool', 'f16', 'f32', 'f64', 'f80', 'f128'],
  ...['struct { u32, u8 }', '[4]u32', '?u32', '?*u32', 'error{A, B}', 'error{A, B}!u32', 'union { u32, u8 }'],
  ...['enum(u8) { a = 0, b = 1 }', 'packed struct(u8) { u3, u5 }', 'packed union(u8) { u8, i8 }'],
  ...['vector(4) u32', 'vector(4) bool', 'vector(4) f32'],
];
/** Results and amounts that the others have no use for. */
const FURTHER = [
  ...['tuple { u32, u1 }', 'tuple { u128, u1 }', 'tuple { vector(4) u32, vector(4) u1 }', 'vector(4) i32'],
  ...['vector(4) u16', 'vector(4) u6', 'vector(4) f64', '?bool', '?u8', '?*const u32', '[]u32', '[]const u8'],
  ...['[*]u32', '*[]u32', '*[*]u32', '**u32', '*const fn(u32) void', 'u64', 'u6'],
];
const SLICES = VALUES.filter((text) => text !== 'u32').map((text) => `[]${text}`);
const AMOUNTS = ['usize', 'u5', 'u6', 'u8', 'vector(4) u6', 'vector(4) u32'];
/** The classes of a type do not depend on the size of an address. */
const PTR_BITS = 32;
/** Choices of words that are tried where a form has several lists of them: the first of each, and orders that a compare-exchange takes. */
const ORDERS = [
  [0, 1],
  [1, 4],
  [5, 5],
];

/** An instruction and a class of types that its rule takes. */
export interface AcceptedCell {
  readonly tag: DescribedTag;
  readonly about: TypeClass;
}

interface Universe {
  readonly pool: InternPool;
  readonly fnTy: IpIndex;
  readonly operands: readonly IpIndex[];
  readonly results: readonly IpIndex[];
  /** Types that second operands are tried of, by the first one's. */
  readonly seconds: ReadonlyMap<IpIndex, readonly IpIndex[]>;
}

function universe(): Universe {
  const results = [...VALUES, ...VALUES.map((text) => `*${text}`), ...FURTHER];
  const texts = [...results, ...SLICES];
  const parsed = parseUnit(texts.map((text, n) => `extern fn @t${n}(${text}) void`).join('\n'), {
    target: { ptrBits: PTR_BITS },
  });
  assert(parsed.ok, 'the types that are tried are in text form');
  const { pool, navs } = parsed.unit;
  const operands = navs.map(({ ty }) => pool.fnParam(ty, 0));
  const byText = new Map(texts.map((text, n) => [text, operands[n]!]));
  const amounts = AMOUNTS.map((text) => byText.get(text)!);
  const seconds = operands.map((first, n) => {
    const child = byText.get(texts[n]!.replace(/^(?:\*|\[\]|\[\*\])/, ''));
    return [first, [...new Set([first, ...amounts, ...(child === undefined ? [] : [child])])]] as const;
  });
  return {
    pool,
    fnTy: navs[0]!.ty,
    operands,
    results: operands.slice(0, results.length),
    seconds: new Map(seconds),
  };
}

let known: readonly AcceptedCell[] | null = null;

/** All of them, by instruction, in the order of the table; found once. */
export function acceptedCells(): readonly AcceptedCell[] {
  return (known ??= findCells());
}

function findCells(): readonly AcceptedCell[] {
  const all = universe();
  const cells: AcceptedCell[] = [];
  for (const tag of DESCRIBED_TAGS) {
    const form: Form = FORMS[AIR_OPS[tag].form];
    if (!form.every(({ kind }) => kind === 'ref' || kind === 'type' || kind === 'number' || kind === 'word')) continue;
    for (const about of takenBy(tag, form, all)) cells.push({ tag, about });
  }
  return cells;
}

function takenBy(tag: DescribedTag, form: Form, all: Universe): ReadonlySet<TypeClass> {
  const { pool, results } = all;
  const count = form.filter(({ kind }) => kind === 'ref').length;
  const saysType = form.some(({ kind }) => kind === 'type');
  const numbers = form.some(({ kind }) => kind === 'number') ? [0, 1] : [0];
  const lists = form.filter(({ kind }) => kind === 'word');
  const words = lists.length === 1 ? lists[0]!.words!.map((_, n) => [n]) : lists.length === 0 ? [[]] : ORDERS;
  const taken = new Set<TypeClass>();
  const builder = new BodyBuilder();
  for (const operands of operandTypes(count, saysType, all)) {
    for (const ty of saysType ? results : [NO_TYPE]) {
      if (saysType && taken.has(aboutOf(pool, operands, ty))) continue;
      for (const number of numbers) {
        for (const chosen of words) {
          builder.reset();
          operands.forEach((operand, n) => builder.arg(operand, n));
          let [refs, said] = [0, 0];
          builder.put(
            tag,
            form.map(({ kind }) => {
              if (kind === 'ref') return instRef(refs++ as InstIndex);
              return kind === 'type' ? ty : kind === 'number' ? number : chosen[said++]!;
            }),
          );
          const body = builder.finish();
          const types = resultTypes(pool, body);
          if (!takes(tag, body, types, all)) continue;
          taken.add(aboutOf(pool, operands, types[body.length - 1]! as IpIndex));
        }
      }
    }
  }
  return taken;
}

/** Slices of everything are for instructions that say no type. */
function* operandTypes(
  count: number,
  saysType: boolean,
  { operands, results, seconds }: Universe,
): Generator<readonly IpIndex[]> {
  if (count === 0) yield [];
  for (const first of saysType ? results : operands) {
    if (count === 1) yield [first];
    for (const second of count > 1 ? seconds.get(first)! : []) {
      if (count === 2) yield [first, second];
      else yield* [[first, second, second] as const, [first, second, first] as const];
    }
  }
}

/** Whether the rule of `tag` takes the last instruction of `body`. */
function takes(tag: DescribedTag, body: Body, types: Uint32Array, { pool, fnTy }: Universe): boolean {
  const context = {
    ...{ pool, body, fnTy, types, open: new Uint8Array(body.length), inLanes: false },
    isFunction: () => true,
    threadLocalProblem: () => null,
    nameOf: () => '',
    valueProblem: () => null,
  };
  return TYPING[tag].check(context, (body.length - 1) as InstIndex) === null;
}
