/**
 * Passes over types: narrower integers, shorter arrays, smaller structs, natural alignment, everywhere in the unit at once.
 *
 * Owns no edit of an instruction: a change of type that some instruction cannot follow is refused by the verifier.
 */
import type { InternPool, IpIndex } from '../../core/index.ts';
import { bitRange, TypeKind } from '../../core/index.ts';
import type { Candidate, ReducePass } from './candidate.ts';
import { edit } from './candidate.ts';
import type { CaseModel } from './case-model.ts';
import { exporterOf } from './case-model.ts';
import type { UnitModel } from './model.ts';
import { forEachNode, isNodeOperand, operandValue } from './model.ts';
import { PoolRewrite } from './pool-rewrite.ts';

/** Widths that people know, tried in this order. */
const PLAIN_WIDTHS = [8, 16, 32, 64];

/** Every type that the unit uses, parts of types included, in order of first use. */
export function usedTypes(unit: UnitModel): IpIndex[] {
  const found = new Set<IpIndex>();
  const collect = new PoolRewrite(unit.pool, {
    type: (ty) => {
      found.add(ty);
      return null;
    },
  });
  for (const { nav, body } of unit.navs) {
    collect.type(nav.ty);
    if (nav.init !== null) collect.value(nav.init);
    if (body === null) continue;
    forEachNode(body, (node) => {
      collect.type(node.ty);
      collect.type(node.result);
      for (const operand of node.operands) if (!isNodeOperand(operand)) collect.value(operandValue(operand));
    });
  }
  return [...found];
}

/** Types that are simpler than `ty` and may do in its place. */
function simplerTypes(pool: InternPool, ty: IpIndex): IpIndex[] {
  switch (pool.typeKind(ty)) {
    case TypeKind.int: {
      const bits = pool.intBits(ty);
      const signed = pool.intSigned(ty);
      const widths = bits > 64 && bits !== 128 ? [...PLAIN_WIDTHS, 128] : PLAIN_WIDTHS;
      return widths.filter((width) => width !== bits).map((width) => pool.intType(signed, width));
    }
    case TypeKind.array: {
      const length = pool.arrayLen(ty);
      const sentinel = pool.arraySentinel(ty);
      const child = pool.childType(ty);
      const lengths = [...new Set([0, 1, length >> 1, length - 1])].filter((n) => n >= 0 && n < length);
      const simpler = lengths.map((n) => pool.arrayType(child, n, sentinel));
      if (sentinel !== null) simpler.push(pool.arrayType(child, length));
      return simpler;
    }
    case TypeKind.struct: {
      const fields = Array.from({ length: pool.fieldCount(ty) }, (_, n) => ({
        ty: pool.fieldType(ty, n),
        align: pool.fieldAlign(ty, n),
      }));
      const layout = pool.structLayout(ty);
      const simpler: IpIndex[] = [];
      if (fields.length > 0) simpler.push(pool.structType(layout, fields.slice(0, -1)));
      if (fields.some((field) => field.align !== 0)) {
        simpler.push(
          pool.structType(
            layout,
            fields.map((field) => ({ ...field, align: 0 })),
          ),
        );
      }
      return simpler;
    }
    case TypeKind.ptr: {
      if (pool.ptrAlign(ty) === 0 || bitRange(pool, ty) !== null) return [];
      return [
        pool.ptrType(pool.childType(ty), { size: pool.ptrIsMany(ty) ? 1 : 0, isConst: pool.ptrIsConst(ty), align: 0 }),
      ];
    }
    case TypeKind.slice:
      return pool.ptrAlign(ty) === 0 ? [] : [pool.sliceType(pool.childType(ty), { isConst: pool.ptrIsConst(ty) })];
    case TypeKind.simple:
    case TypeKind.float:
    case TypeKind.fn:
    case TypeKind.opt:
    case TypeKind.error_set:
    case TypeKind.error_union:
    case TypeKind.enum:
    case TypeKind.union:
    case TypeKind.packed:
    case TypeKind.vector:
      return [];
  }
}

export const typesPass: ReducePass = {
  name: 'types',
  *candidates(current) {
    const { pool } = current.unit;
    for (const ty of usedTypes(current.unit)) {
      for (const simpler of simplerTypes(pool, ty)) yield withType(current, ty, simpler);
    }
  },
};

function withType(current: CaseModel, ty: IpIndex, simpler: IpIndex): Candidate {
  return edit(current, (copy) => replaceType(copy, ty, simpler));
}

/** Makes `ty` the type `other` wherever it stands in `copy`. */
export function replaceType(copy: CaseModel, ty: IpIndex, other: IpIndex): boolean {
  new PoolRewrite(copy.unit.pool, { type: (t) => (t === ty ? other : null) }).apply(copy.unit);
  fitArguments(copy);
  return true;
}

/** Cuts arguments to the width of their parameters. */
function fitArguments(model: CaseModel): void {
  const { pool, navs } = model.unit;
  model.calls = model.calls.map((call) => {
    const index = exporterOf(model, call.fn);
    if (index < 0) return call;
    const { ty } = navs[index]!.nav;
    const args = call.args.map((bits, n) => {
      const param = pool.fnParam(ty, n);
      return pool.isInt(param) ? BigInt.asUintN(pool.intBits(param), bits) : bits;
    });
    return { ...call, args };
  });
}
