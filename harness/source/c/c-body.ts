/**
 * The state of printing one function body of AIR as C: lines, names, operands.
 *
 * Owns what all instructions have in common. The result of instruction n is the variable vn; slots lie at the top of the function,
 * because they live as long as it does. A value of several parts is a struct of bytes, whose parts are read and written at the
 * offsets that AIR gives them.
 */
import type { Body, InstIndex, InstSequence, InternPool, IpIndex, NavIndex, Ref, Unit } from '../../../core/index.ts';
import { abiAlign, isInstRef, REF_NONE, refInst, refValue, resultTypes } from '../../../core/index.ts';
import { NotPrintable } from '../not-printable.ts';
import type { CTypes, Shape } from './c-types.ts';
import { shapeOf } from './c-types.ts';
import type { CValues } from './c-values.ts';

/** Prints one instruction, with the bodies that it owns. */
export type CSpelling = (p: CBody, inst: InstIndex, indent: string) => void;

/** One function body. */
export class CBody {
  readonly unit: Unit;
  readonly pool: InternPool;
  readonly body: Body;
  readonly types: CTypes;
  readonly values: CValues;
  readonly ret: IpIndex;
  /** Declarations at the top of the function. */
  readonly slots: string[] = [];
  readonly #lines: string[] = [];
  readonly #spell: CSpelling;
  readonly #branched: Uint8Array;
  readonly #types: Uint32Array;

  constructor(unit: Unit, nav: NavIndex, types: CTypes, values: CValues, spell: CSpelling) {
    this.unit = unit;
    this.pool = unit.pool;
    this.body = unit.navs[nav]!.body!;
    this.types = types;
    this.values = values;
    this.#spell = spell;
    this.ret = unit.pool.fnReturn(unit.navs[nav]!.ty);
    this.#types = resultTypes(unit.pool, this.body);
    this.#branched = new Uint8Array(this.body.length);
    for (let n = 0; n < this.body.length; n++) {
      const tag = this.body.tag(n as InstIndex);
      if (tag === 'br' || tag === 'repeat' || tag === 'switch_dispatch')
        this.#branched[this.body.target(n as InstIndex)] = 1;
    }
  }

  /** The lines of the function between its braces. */
  print(): readonly string[] {
    this.sequence(this.body.mainBody(), '    ');
    return [...this.slots.map((text) => `    ${text}`), ...this.#lines];
  }

  /** Prints the instructions of one body. */
  sequence(insts: InstSequence, indent: string): void {
    for (const inst of insts) this.#spell(this, inst, indent);
  }

  /** A line of its own. */
  line(indent: string, text: string): void {
    this.#lines.push(`${indent}${text}`);
  }

  /** Names the result of `inst`, which `text` computes; nothing is left of a result without bytes. */
  define(inst: InstIndex, text: string, indent: string): void {
    const ty = this.typeOf(inst);
    if (this.shape(ty).kind !== 'none') this.line(indent, `${this.types.text(ty)} v${inst} = ${text};`);
  }

  /** Declares the result of `inst`, which the next lines fill. */
  declare(inst: InstIndex, indent: string): void {
    this.line(indent, `${this.types.text(this.typeOf(inst))} v${inst};`);
  }

  typeOf(inst: InstIndex): IpIndex {
    return this.#types[inst]! as IpIndex;
  }

  shape(ty: IpIndex): Shape {
    return shapeOf(this.pool, ty);
  }

  /** The shape of an integer type. */
  integer(ty: IpIndex): Extract<Shape, { kind: 'int' }> {
    const shape = this.shape(ty);
    if (shape.kind !== 'int') throw new NotPrintable('an operation on something else than an integer');
    return shape;
  }

  refType(ref: Ref): IpIndex {
    return isInstRef(ref) ? this.typeOf(refInst(ref)) : this.pool.typeOf(refValue(ref));
  }

  isBranched(inst: InstIndex): boolean {
    return this.#branched[inst] !== 0;
  }

  /** Whether `ref` is a value with bytes. */
  hasBytes(ref: Ref): boolean {
    return ref !== REF_NONE && this.shape(this.refType(ref)).kind !== 'none';
  }

  /** Operand `ref`, which has bytes. */
  ref(ref: Ref): string {
    return isInstRef(ref) ? `v${refInst(ref)}` : this.values.text(refValue(ref));
  }

  /** The text of operands `lhs` and `rhs`. */
  pair(inst: InstIndex): readonly [string, string] {
    return [this.ref(this.body.lhs(inst)), this.ref(this.body.rhs(inst))];
  }

  /** Address of the bytes of operand `ref`, a value of several parts. */
  bytesOf(ref: Ref): string {
    return isInstRef(ref) ? `v${refInst(ref)}.b` : this.values.bytes(refValue(ref));
  }

  /** The `ty` at address `at`, as something that can be read and assigned. */
  at(ty: IpIndex, at: string, align = abiAlign(this.pool, ty)): string {
    return `(*(${this.types.inMemory(ty, align)} *)(${at}))`;
  }

  /** The `ty` that lies `offset` bytes into the value `ref`. */
  part(ref: Ref, ty: IpIndex, offset: number): string {
    return this.at(ty, `${this.bytesOf(ref)} + ${offset}`);
  }

  /** Writes `ref`, which may have no bytes, to address `at`. */
  put(indent: string, ref: Ref, at: string): void {
    if (this.hasBytes(ref)) this.line(indent, `${this.at(this.refType(ref), at)} = ${this.ref(ref)};`);
  }
}
