/**
 * Rewrites types and values of a pool by a few hooks: what a change of one type or the loss of one nav does to everything
 * that is made of it.
 *
 * Owns the recursion over item kinds and its memory. New items go to the same pool; equal items stay equal. Invariant:
 * with hooks that change nothing, every item maps to itself.
 */
import type { InternPool, IpIndex, NavIndex } from '../../core/index.ts';
import {
  backingOf,
  bitPtrType,
  bitRange,
  callConv,
  elemCount,
  elemValue,
  enumFieldCount,
  enumFieldName,
  enumFieldValue,
  enumTag,
  enumType,
  enumValue,
  errorPayload,
  errorSetOf,
  errorUnionType,
  errorValue,
  isOpenEnum,
  isPackedUnion,
  nameText,
  nullValue,
  optType,
  packedBits,
  packedType,
  packedUnionType,
  payloadValue,
  TypeKind,
  unionTag,
  unionType,
  unionValue,
  ValueKind,
  vectorType,
} from '../../core/index.ts';
import type { UnitModel } from './model.ts';
import { forEachNode, hasNav, isNodeOperand, operandValue, valueOperand } from './model.ts';

/** What a rewrite changes. */
export interface RewriteHooks {
  /** Replacement of a whole type (its parts are not looked at any more), or null to rewrite its parts. */
  readonly type?: (ty: IpIndex) => IpIndex | null;
  /** New index of a nav, or -1: pointers to it become undefined. */
  readonly nav?: (nav: NavIndex) => number;
}

/** A rewrite of all types and values of a pool. */
export class PoolRewrite {
  readonly #pool: InternPool;
  readonly #hooks: RewriteHooks;
  readonly #types = new Map<IpIndex, IpIndex>();
  readonly #values = new Map<IpIndex, IpIndex>();

  constructor(pool: InternPool, hooks: RewriteHooks) {
    this.#pool = pool;
    this.#hooks = hooks;
  }

  /** New form of type `ty`. */
  type(ty: IpIndex): IpIndex {
    const known = this.#types.get(ty);
    if (known !== undefined) return known;
    const made = this.#hooks.type?.(ty) ?? this.#partsOfType(ty);
    this.#types.set(ty, made);
    return made;
  }

  /** New form of value `value`. */
  value(value: IpIndex): IpIndex {
    const known = this.#values.get(value);
    if (known !== undefined) return known;
    const made = this.#partsOfValue(value);
    this.#values.set(value, made);
    return made;
  }

  /** Rewrites every type and constant of `model`, in place. Navs themselves are neither dropped nor moved. */
  apply(model: UnitModel): void {
    for (const entry of model.navs) {
      const { nav } = entry;
      entry.nav = { ...nav, ty: this.type(nav.ty), init: nav.init === null ? null : this.value(nav.init) };
      if (entry.body === null) continue;
      forEachNode(entry.body, (node) => {
        node.ty = this.type(node.ty);
        node.result = this.type(node.result);
        node.operands = node.operands.map((o) => (isNodeOperand(o) ? o : valueOperand(this.value(operandValue(o)))));
        const item = (o: number): ReturnType<typeof valueOperand> => valueOperand(this.value(o as IpIndex));
        for (const c of node.cases) {
          c.items = c.items.map(item);
          c.ranges = c.ranges.map(([lo, hi]) => [item(lo), item(hi)]);
        }
        node.mask = node.mask.map((lane) =>
          lane.from === 'value' ? { ...lane, value: this.value(lane.value) } : lane,
        );
        if (hasNav(node)) node.nav = (this.#hooks.nav?.(node.nav) ?? node.nav) as NavIndex;
      });
    }
  }

  #partsOfType(ty: IpIndex): IpIndex {
    const pool = this.#pool;
    switch (pool.typeKind(ty)) {
      case TypeKind.ptr: {
        const bits = bitRange(pool, ty);
        const child = this.type(pool.childType(ty));
        if (bits !== null) return bitPtrType(pool, child, bits, pool.ptrIsConst(ty), pool.ptrAlign(ty));
        return pool.ptrType(child, {
          size: pool.ptrIsMany(ty) ? 1 : 0,
          isConst: pool.ptrIsConst(ty),
          align: pool.ptrAlign(ty),
        });
      }
      case TypeKind.slice:
        return pool.sliceType(this.type(pool.childType(ty)), {
          isConst: pool.ptrIsConst(ty),
          align: pool.ptrAlign(ty),
        });
      case TypeKind.array: {
        const sentinel = pool.arraySentinel(ty);
        const child = this.type(pool.childType(ty));
        return pool.arrayType(child, pool.arrayLen(ty), sentinel === null ? null : this.value(sentinel));
      }
      case TypeKind.struct:
        return pool.structType(
          pool.structLayout(ty),
          Array.from({ length: pool.fieldCount(ty) }, (_, n) => ({
            ty: this.type(pool.fieldType(ty, n)),
            align: pool.fieldAlign(ty, n),
          })),
        );
      case TypeKind.vector:
        return vectorType(pool, this.type(pool.childType(ty)), pool.arrayLen(ty));
      case TypeKind.packed: {
        const fields = Array.from({ length: pool.fieldCount(ty) }, (_, n) => this.type(pool.fieldType(ty, n)));
        const isUnion = isPackedUnion(pool, ty);
        const bits = fields.reduce((sum, field) => (isUnion ? 0 : sum) + (packedBits(pool, field) ?? 0), 0);
        const backing = bits === 0 ? backingOf(pool, ty) : pool.intType(false, Math.min(bits, 65535));
        return isUnion ? packedUnionType(pool, backing, fields) : packedType(pool, backing, fields);
      }
      case TypeKind.fn:
        return pool.fnType(
          Array.from({ length: pool.fnParamCount(ty) }, (_, n) => this.type(pool.fnParam(ty, n))),
          this.type(pool.fnReturn(ty)),
          callConv(pool, ty),
        );
      case TypeKind.opt:
        return optType(pool, this.type(pool.childType(ty)));
      case TypeKind.error_union:
        return errorUnionType(pool, this.type(errorSetOf(pool, ty)), this.type(errorPayload(pool, ty)));
      case TypeKind.enum: {
        const fields = Array.from({ length: enumFieldCount(pool, ty) }, (_, n) => ({
          name: nameText(pool, enumFieldName(pool, ty, n)),
          value: pool.intBig(enumFieldValue(pool, ty, n)),
        }));
        return enumType(pool, this.type(enumTag(pool, ty)), fields, isOpenEnum(pool, ty));
      }
      case TypeKind.union: {
        const tag = unionTag(pool, ty);
        return unionType(
          pool,
          pool.structLayout(ty),
          tag === null ? null : this.type(tag),
          Array.from({ length: pool.fieldCount(ty) }, (_, n) => ({
            ty: this.type(pool.fieldType(ty, n)),
            align: pool.fieldAlign(ty, n),
          })),
        );
      }
      case TypeKind.error_set:
      case TypeKind.simple:
      case TypeKind.int:
      case TypeKind.float:
        return ty;
    }
  }

  #partsOfValue(value: IpIndex): IpIndex {
    const pool = this.#pool;
    const ty = pool.typeOf(value);
    const newTy = this.type(ty);
    switch (pool.valueKind(value)) {
      case ValueKind.undef:
        return pool.undef(newTy);
      case ValueKind.int:
        return newTy === ty || !pool.isInt(newTy) ? value : pool.int(newTy, pool.intBig(value));
      case ValueKind.aggregate:
        return pool.aggregate(newTy, this.#elements(value, newTy));
      case ValueKind.bytes: {
        // A `bytes` value has u8 elements; with any other element type or length it is spelled out.
        if (newTy === ty) return value;
        return pool.aggregate(newTy, this.#elements(value, newTy));
      }
      case ValueKind.repeated:
        return pool.repeated(newTy, this.value(elemValue(pool, value, 0)));
      case ValueKind.ptr_nav: {
        const nav = pool.word(value, 1) as NavIndex;
        const moved = this.#hooks.nav === undefined ? nav : this.#hooks.nav(nav);
        return moved < 0 ? pool.undef(newTy) : pool.ptrNav(newTy, moved as NavIndex, pool.ptrOffset(value));
      }
      case ValueKind.ptr_uav:
        return pool.ptrUav(
          newTy,
          this.value(pool.word(value, 1) as IpIndex),
          pool.word(value, 2),
          pool.ptrOffset(value),
        );
      case ValueKind.ptr_int:
        return pool.ptrInt(newTy, pool.word(value, 1));
      case ValueKind.slice:
        return pool.slice(
          newTy,
          this.value(pool.word(value, 1) as IpIndex),
          this.value(pool.word(value, 2) as IpIndex),
        );
      case ValueKind.null:
        return nullValue(pool, newTy);
      case ValueKind.payload:
        return payloadValue(pool, newTy, this.value(pool.word(value, 1) as IpIndex));
      case ValueKind.err:
        return errorValue(pool, newTy, pool.word(value, 1));
      case ValueKind.enum_tag:
        return newTy === ty ? value : enumValue(pool, newTy, pool.intBig(pool.word(value, 1) as IpIndex));
      case ValueKind.union_value:
        return unionValue(pool, newTy, pool.word(value, 1), this.value(pool.word(value, 2) as IpIndex));
      case ValueKind.bool:
      case ValueKind.float:
      case ValueKind.void:
        return value;
    }
  }

  /** Elements for a value of the new type: those that it still has, in its order. */
  #elements(value: IpIndex, newTy: IpIndex): IpIndex[] {
    const pool = this.#pool;
    const count = elemCount(pool, newTy);
    const elements: IpIndex[] = [];
    for (let n = 0; n < count; n++) elements.push(this.value(elemValue(pool, value, n)));
    return elements;
  }
}

/** Whether any constant or instruction of the unit names nav `index` (its own body included). */
export function isNavUsed(model: UnitModel, index: NavIndex): boolean {
  let used = false;
  const rewrite = new PoolRewrite(model.pool, {
    nav: (nav) => {
      if (nav === index) used = true;
      return nav;
    },
  });
  for (const { nav, body } of model.navs) {
    if (nav.init !== null) rewrite.value(nav.init);
    if (body === null) continue;
    forEachNode(body, (node) => {
      for (const o of node.operands) if (!isNodeOperand(o)) rewrite.value(operandValue(o));
      for (const lane of node.mask) if (lane.from === 'value') rewrite.value(lane.value);
      if (hasNav(node) && node.nav === index) used = true;
    });
  }
  return used;
}
