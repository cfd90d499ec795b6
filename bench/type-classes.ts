/**
 * The classes of types of docs/instructions.md, and which of them an instruction is about.
 *
 * Data and two functions over it; knows nothing of campaigns.
 */
import type { InternPool, IpIndex } from '../core/index.ts';
import { IP, TypeKind } from '../core/index.ts';
import { NO_TYPE } from '../core/air/typing/rule.ts';
import { unreachable } from '../core/support/assert.ts';

/** Classes of types, in the order of the columns. */
export const CLASSES = [
  'int ≤ 64',
  'int > 64',
  'bool',
  'f16',
  'f32 f64',
  'f80 f128',
  'pointer',
  'struct array',
  'optional error union',
  'enum',
  'packed',
  'vector',
  'nothing',
] as const;
export type TypeClass = (typeof CLASSES)[number];

const WORD_BITS = 64;

function classOf(pool: InternPool, ty: IpIndex): TypeClass {
  const kind = pool.typeKind(ty);
  switch (kind) {
    case TypeKind.int:
      return pool.intBits(ty) > WORD_BITS ? 'int > 64' : 'int ≤ 64';
    case TypeKind.float: {
      const bits = pool.floatBits(ty);
      return bits === 16 ? 'f16' : bits > WORD_BITS ? 'f80 f128' : 'f32 f64';
    }
    case TypeKind.ptr:
    case TypeKind.slice:
    case TypeKind.fn:
      return 'pointer';
    case TypeKind.struct:
    case TypeKind.array:
      return 'struct array';
    case TypeKind.opt:
    case TypeKind.error_set:
    case TypeKind.error_union:
    case TypeKind.union:
      return 'optional error union';
    case TypeKind.enum:
      return 'enum';
    case TypeKind.packed:
      return 'packed';
    case TypeKind.vector:
      return 'vector';
    case TypeKind.simple:
      if (ty === IP.bool_type) return 'bool';
      return pool.isInt(ty) ? 'int ≤ 64' : 'nothing';
  }
  return unreachable(kind, 'kind of type');
}

/** What an instruction is about: the first operand that is no pointer, else the result, else a pointer. */
export function aboutOf(pool: InternPool, operands: readonly IpIndex[], result: IpIndex): TypeClass {
  const classes = operands.map((ty) => classOf(pool, ty));
  const own = result === NO_TYPE ? 'nothing' : classOf(pool, result);
  return classes.find((cls) => cls !== 'pointer') ?? (own === 'nothing' ? (classes[0] ?? own) : own);
}
