/**
 * The state of printing one function body of AIR as Zig: lines, names, operands.
 *
 * Owns what all instructions have in common; what each becomes is in instructions.ts. The result of instruction n is called
 * vn, with the type that AIR gives it. Constants that Zig would compute with at compile time are hidden behind a variable.
 */
import type { AirTag, Body, InstIndex, InstSequence, IpIndex, NavIndex, Ref, Unit } from '../../../core/index.ts';
import {
  bitRange,
  IP,
  isInstRef,
  REF_NONE,
  refInst,
  refValue,
  resultTypes,
  TypeKind,
  ValueKind,
} from '../../../core/index.ts';
import type { ZigTypes } from './zig-types.ts';
import type { ZigValues } from './zig-values.ts';

/** Prints one instruction, with the bodies that it owns. */
export type Spelling = (p: BodyPrinter, inst: InstIndex, indent: string) => void;

/** How constant operands are spelled: hidden from the compiler, or as literals where one operand is no constant. */
type Constants = 'hidden' | 'literal';

/** Instructions that make a NaN out of something else. */
const ARITHMETIC: ReadonlySet<AirTag> = new Set([
  ...(['add', 'sub', 'mul', 'div_float', 'div_trunc', 'div_floor', 'div_exact', 'rem', 'mod', 'max', 'min'] as const),
  ...(['mul_add', 'sqrt', 'floor', 'ceil', 'trunc_float', 'round', 'fptrunc', 'fpext', 'reduce'] as const),
]);

/** One function body. */
export class BodyPrinter {
  readonly unit: Unit;
  readonly body: Body;
  readonly types: ZigTypes;
  readonly values: ZigValues;
  readonly ret: IpIndex;
  readonly #lines: string[] = [];
  readonly #spell: Spelling;
  /** 1 for each instruction whose result a printed line names. */
  readonly #used: Uint8Array;
  /** Lines that are left out where the result of the instruction is named elsewhere. */
  readonly #discards = new Map<number, InstIndex>();
  /** Labels by their lines. */
  readonly #labels = new Map<number, { readonly inst: InstIndex; readonly text: string }>();
  /** Whether a branch that is printed names it: the else of a switch over everything is not printed. */
  readonly #branched: Uint8Array;
  /** Type of the result of each instruction. */
  readonly #types: Uint32Array;
  /** Type of the one place of the result, if an instruction asks for it. */
  resultPlace: IpIndex | null = null;

  constructor(unit: Unit, nav: NavIndex, types: ZigTypes, values: ZigValues, spell: Spelling) {
    this.unit = unit;
    this.body = unit.navs[nav]!.body!;
    this.types = types;
    this.values = values;
    this.#spell = spell;
    this.ret = unit.pool.fnReturn(unit.navs[nav]!.ty);
    this.#types = resultTypes(unit.pool, this.body);
    this.#used = new Uint8Array(this.body.length);
    this.#branched = new Uint8Array(this.body.length);
  }

  /** The lines of the function between its braces. */
  print(): readonly string[] {
    this.sequence(this.body.mainBody(), '    ');
    const lines = this.#lines.flatMap((line, n) => {
      const inst = this.#discards.get(n);
      if (inst !== undefined && this.#used[inst] !== 0) return [];
      const label = this.#labels.get(n);
      return [label === undefined || this.#branched[label.inst] !== 0 ? line : line.replace(label.text, '')];
    });
    if (this.resultPlace === null) return lines;
    const type = this.types.text(this.resultPlace);
    return [`    var result: ${type} = undefined;`, '    _ = &result;', ...lines];
  }

  /** Prints the instructions of one body. */
  sequence(insts: InstSequence, indent: string): void {
    for (const inst of insts) this.#spell(this, inst, indent);
  }

  /** A line of its own. */
  line(indent: string, text: string): void {
    this.#lines.push(`${indent}${text}`);
  }

  /** Names the result of `inst`, which `text` computes. */
  define(inst: InstIndex, text: string, indent: string): void {
    const ty = this.typeOf(inst);
    if (ty === IP.void_type) {
      this.line(indent, `${text};`);
      return;
    }
    // Zig knows better than AIR which pointers into a packed struct are pointers to bits.
    const isBits = bitRange(this.unit.pool, ty) !== null;
    const value = ARITHMETIC.has(this.body.tag(inst)) ? this.values.withQuietNan(ty, text) : text;
    this.line(indent, `const v${inst}${isBits ? '' : `: ${this.types.text(ty)}`} = ${value};`);
    this.keep(inst, indent);
  }

  /** Tells Zig that the result of `inst` is wanted, where nobody wants it. */
  keep(inst: InstIndex, indent: string): void {
    this.#discards.set(this.#lines.length, inst);
    // Zig lets nobody throw an error away, but its address.
    const kind = this.unit.pool.typeKind(this.typeOf(inst));
    const isError = kind === TypeKind.error_set || kind === TypeKind.error_union;
    this.line(indent, `_ = ${isError ? '&' : ''}v${inst};`);
  }

  typeOf(inst: InstIndex): IpIndex {
    return this.#types[inst]! as IpIndex;
  }

  refType(ref: Ref): IpIndex {
    return isInstRef(ref) ? this.typeOf(refInst(ref)) : this.unit.pool.typeOf(refValue(ref));
  }

  /** What stands before `inst` in the next line, so that branches can name it: Zig refuses labels that none names. */
  label(letter: string, inst: InstIndex): string {
    const text = `${letter}${inst}: `;
    this.#labels.set(this.#lines.length, { inst, text });
    return text;
  }

  /** The label of `inst`, for a branch to it. */
  labelled(letter: string, inst: InstIndex): string {
    this.#branched[inst] = 1;
    return `:${letter}${inst}`;
  }

  /** Operand `ref`. */
  ref(ref: Ref, constants: Constants = 'hidden'): string {
    if (ref === REF_NONE) return '{}';
    if (isInstRef(ref)) {
      if (this.refType(ref) === IP.void_type) return '{}';
      this.#used[refInst(ref)] = 1;
      return `v${refInst(ref)}`;
    }
    const constant = refValue(ref);
    const { pool } = this.unit;
    if (pool.valueKind(constant) === ValueKind.ptr_nav) {
      const { kind } = this.unit.navs[pool.word(constant, 1)]!;
      // The address of a variable is a literal in any case: what is behind it is not known to the compiler.
      if (kind !== 'const') return this.values.typed(constant);
    }
    return constants === 'hidden' ? this.values.runtime(constant) : this.values.typed(constant);
  }

  /** The two operands: constants are literals if one of the two is none, and if Zig does not fold with them. */
  pair(
    inst: InstIndex,
    folds: (p: BodyPrinter, constant: IpIndex) => boolean = () => false,
  ): readonly [string, string] {
    const { lhs, rhs } = { lhs: this.body.lhs(inst), rhs: this.body.rhs(inst) };
    const both = !isInstRef(lhs) && !isInstRef(rhs);
    const one = (ref: Ref): string =>
      this.ref(ref, both || (!isInstRef(ref) && folds(this, refValue(ref))) ? 'hidden' : 'literal');
    return [one(lhs), one(rhs)];
  }
}
