/**
 * Known bugs of a back end as data: by which instruction, on which types, a program can meet one, and how it shows.
 *
 * Owns the predicate over AIR and its meaning. A finding of a program that meets a bug, and that looks as the bug does, counts as
 * known; generators keep away from what a predicate names. Knows no file (read-known-bugs.ts) and no back end.
 */
import type { AirTag, InstIndex, InternPool, IpIndex, Unit } from '../../core/index.ts';
import {
  abiSize,
  CallConv,
  callConv,
  enumTag,
  FORMS,
  isFunctionNav,
  isInstRef,
  operandAt,
  packedBits,
  refInst,
  refValue,
  resultTypes,
  TypeKind,
  IP,
  AIR_OPS,
} from '../../core/index.ts';
import type { Finding, FindingKind } from '../model/finding.ts';

/** Classes of types that a predicate can name. */
export const TYPE_CLASSES = [
  'bool',
  'int',
  'float',
  'pointer',
  'slice',
  'array',
  'struct',
  'packed',
  'vector',
  'optional',
  'error_set',
  'error_union',
  'enum',
  'union',
  'void',
] as const;
type TypeClass = (typeof TYPE_CLASSES)[number];

/** Which types a predicate means; absent parts: any. A vector is meant with its lanes, unless the class or the element says otherwise. */
export interface TypeWish {
  readonly class?: TypeClass | readonly TypeClass[] | undefined;
  /** Least and most bits, both included: of an integer, float, packed struct, enum or bool. */
  readonly bits?: readonly [least: number, most: number] | undefined;
  /** Of an integer, or of the tags of an enum. */
  readonly signed?: boolean | undefined;
  /** What an array or vector consists of, what a pointer or slice points to, and what any field of a struct, packed struct or union is. */
  readonly element?: TypeWish | undefined;
  /** Least and most fields, both included, of a struct, packed struct or union. */
  readonly fields?: readonly [least: number, most: number] | undefined;
}

/** How the widths of two types compare: `wider`, `narrower` and `equal` say it of the first one. */
export const RELATIONS = ['wider', 'narrower', 'equal'] as const;
type Relation = (typeof RELATIONS)[number];

/** Which instructions meet a bug; absent parts: any. */
interface InstructionWish {
  readonly tags: readonly AirTag[];
  /** Types of the first operands, in order; null: any. */
  readonly operands?: readonly (TypeWish | null)[] | undefined;
  readonly result?: TypeWish | undefined;
  /** Numbers of two operands, or `result`, and how the width of the first compares with that of the second. */
  readonly relation?: readonly [number | 'result', Relation, number | 'result'] | undefined;
  /** The calling convention of the function that it is in. Generators do not keep away from these: programs are drawn again. */
  readonly convention?: 'c' | undefined;
}

/** What a program has in it that meets a bug. */
export type Where = InstructionWish | { readonly dataBytes: number };

/** How a bug shows: a wrong result of any kind, a module that is not valid, a compiler that breaks, a program refused. */
export const SYMPTOMS = ['wrong', 'invalid', 'crash', 'refused'] as const;
type Symptom = (typeof SYMPTOMS)[number];

/** One bug that is known. */
export interface KnownBug {
  /** Stable; letters, digits and hyphens. */
  readonly id: string;
  /** One line for people. */
  readonly what: string;
  /** How findings of it look. */
  readonly shows: readonly Symptom[];
  /** Any of these is enough. */
  readonly where: readonly Where[];
  /** Words of settings (as the back end prints them) that it takes; all of them. */
  readonly flags: readonly string[];
  /** The program that shows it, as a case file. */
  readonly text: string;
}

const SYMPTOM_OF: Readonly<Record<FindingKind, Symptom | null>> = {
  result: 'wrong',
  trap: 'wrong',
  trace: 'wrong',
  memory: 'wrong',
  stack: 'wrong',
  timeout: 'wrong',
  invalid: 'invalid',
  crash: 'crash',
  refused: 'refused',
  'link-error': 'refused',
  accepted: null,
  bytes: null,
  layout: null,
  text: null,
  illegal: null,
  exhausted: null,
};

/** Those of `bugs` that the program meets under settings that print as `words`; null: under some settings. */
export function bugsMet(unit: Unit, words: readonly string[] | null, bugs: readonly KnownBug[]): readonly KnownBug[] {
  const possible = bugs.filter(({ flags }) => words === null || flags.every((flag) => words.includes(flag)));
  if (possible.length === 0) return [];
  const met = new Set<KnownBug>();
  const bytes = dataBytes(unit);
  for (const bug of possible) {
    if (bug.where.some((where) => 'dataBytes' in where && bytes >= where.dataBytes)) met.add(bug);
  }
  const byTag = groupByTag(possible);
  for (const { body, ty } of unit.navs) {
    if (body === null) continue;
    const isC = callConv(unit.pool, ty) === CallConv.c;
    let types: ReturnType<typeof resultTypes> | null = null;
    for (let n = 0; n < body.length; n++) {
      const inst = n as InstIndex;
      const wishes = byTag.get(body.tag(inst));
      if (wishes === undefined) continue;
      types ??= resultTypes(unit.pool, body);
      const known = types;
      const typeOf = (k: number): IpIndex => {
        const ref = operandAt(body, inst, k);
        return isInstRef(ref) ? (known[refInst(ref)] as IpIndex) : unit.pool.typeOf(refValue(ref));
      };
      const operands = Array.from({ length: operandsOf(body.tag(inst)) }, (_, k) => typeOf(k));
      for (const { bug, wish } of wishes) {
        if (wish.convention === 'c' && !isC) continue;
        if (meets(unit.pool, wish, operands, known[inst] as IpIndex)) met.add(bug);
      }
    }
  }
  return possible.filter((bug) => met.has(bug));
}

/** The first of `met` that looks like `finding`, or null. */
export function knownAs(finding: Finding, met: readonly KnownBug[]): KnownBug | null {
  const symptom = SYMPTOM_OF[finding.kind];
  return met.find(({ shows }) => symptom !== null && shows.includes(symptom)) ?? null;
}

/** Whether generators keep away from an instruction: what is not known yet (null) does not make it meet a bug. */
export function avoiding(
  bugs: readonly KnownBug[],
): (pool: InternPool, tag: AirTag, operands: readonly (IpIndex | null)[], result: IpIndex | null) => boolean {
  const byTag = groupByTag(bugs);
  return (pool, tag, operands, result) =>
    byTag.get(tag)?.some(({ wish }) => wish.convention === undefined && meets(pool, wish, operands, result)) === true;
}

function groupByTag(
  bugs: readonly KnownBug[],
): ReadonlyMap<AirTag, readonly { readonly bug: KnownBug; readonly wish: InstructionWish }[]> {
  const byTag = new Map<AirTag, { bug: KnownBug; wish: InstructionWish }[]>();
  for (const bug of bugs) {
    for (const wish of bug.where) {
      if (!('tags' in wish)) continue;
      for (const tag of wish.tags) {
        const list = byTag.get(tag) ?? [];
        byTag.set(tag, list);
        list.push({ bug, wish });
      }
    }
  }
  return byTag;
}

/** Operands that every instruction of `tag` has. */
function operandsOf(tag: AirTag): number {
  const { form } = AIR_OPS[tag];
  return form === null ? 0 : FORMS[form].filter(({ kind }) => kind === 'ref').length;
}

function meets(
  pool: InternPool,
  { operands = [], result, relation }: InstructionWish,
  types: readonly (IpIndex | null)[],
  resultType: IpIndex | null,
): boolean {
  if (!operands.every((wish, n) => wish === null || isWanted(pool, wish, types[n] ?? null))) return false;
  if (result !== undefined && !isWanted(pool, result, resultType)) return false;
  if (relation === undefined) return true;
  const [first, how, second] = relation;
  const bitsOf = (which: number | 'result'): number | null => {
    const ty = which === 'result' ? resultType : (types[which] ?? null);
    return ty === null ? null : widthOf(pool, ty);
  };
  const [a, b] = [bitsOf(first), bitsOf(second)];
  if (a === null || b === null) return false;
  return how === 'wider' ? a > b : how === 'narrower' ? a < b : a === b;
}

function isWanted(pool: InternPool, wish: TypeWish, ty: IpIndex | null): boolean {
  if (ty === null) return false;
  const { class: wanted, bits, signed, element, fields } = wish;
  const own = classOf(pool, ty);
  // What goes wrong for a number goes wrong for each lane.
  if (own === 'vector' && element === undefined && !names(wanted, own)) return isWanted(pool, wish, pool.childType(ty));
  if (wanted !== undefined && !names(wanted, own)) return false;
  const number = own === 'enum' ? enumTag(pool, ty) : ty;
  if (bits !== undefined) {
    const width = widthOf(pool, number);
    if (width === null || width < bits[0] || width > bits[1]) return false;
  }
  if (signed !== undefined && (!pool.isInt(number) || pool.intSigned(number) !== signed)) return false;
  if (fields !== undefined) {
    const count = RECORDS.has(own) ? pool.fieldCount(ty) : -1;
    if (count < fields[0] || count > fields[1]) return false;
  }
  if (element === undefined) return true;
  if (HOLDERS.has(own)) return isWanted(pool, element, pool.childType(ty));
  if (!RECORDS.has(own)) return false;
  return Array.from({ length: pool.fieldCount(ty) }, (_, n) => pool.fieldType(ty, n)).some((field) =>
    isWanted(pool, element, field),
  );
}

/** Whether a wish for `wanted` is one for `own`. */
function names(wanted: TypeWish['class'], own: TypeClass | null): boolean {
  return typeof wanted === 'string' ? own === wanted : wanted !== undefined && wanted.some((one) => one === own);
}

/** Classes whose types have a child. */
const HOLDERS: ReadonlySet<TypeClass | null> = new Set(['pointer', 'slice', 'array', 'vector', 'optional']);

/** Classes whose types have fields. */
const RECORDS: ReadonlySet<TypeClass | null> = new Set(['struct', 'packed', 'union']);

/** Bits of a number; null for other types. */
function widthOf(pool: InternPool, ty: IpIndex): number | null {
  return pool.isFloat(ty) ? pool.floatBits(ty) : packedBits(pool, ty);
}

function classOf(pool: InternPool, ty: IpIndex): TypeClass | null {
  switch (pool.typeKind(ty)) {
    case TypeKind.simple:
      if (ty === IP.bool_type) return 'bool';
      return pool.isInt(ty) ? 'int' : ty === IP.void_type ? 'void' : null;
    case TypeKind.int:
      return 'int';
    case TypeKind.float:
      return 'float';
    case TypeKind.ptr:
      return 'pointer';
    case TypeKind.slice:
      return 'slice';
    case TypeKind.array:
      return 'array';
    case TypeKind.struct:
      return 'struct';
    case TypeKind.fn:
      return null;
    case TypeKind.opt:
      return 'optional';
    case TypeKind.error_set:
      return 'error_set';
    case TypeKind.error_union:
      return 'error_union';
    case TypeKind.enum:
      return 'enum';
    case TypeKind.union:
      return 'union';
    case TypeKind.packed:
      return 'packed';
    case TypeKind.vector:
      return 'vector';
  }
}

/** Bytes of the variables and constants of a program. */
function dataBytes({ pool, navs }: Unit): number {
  return navs.reduce((sum, nav) => sum + (isFunctionNav(nav) ? 0 : abiSize(pool, nav.ty)), 0);
}
