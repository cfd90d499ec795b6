/**
 * Puts a probe behind each name that a program gives: a call of an imported function with the value that has the name.
 *
 * Owns the program that the check `variables` runs, in which some constants have names as well. Names are numbered, so that each is there once. A variable in memory is loaded
 * where its type is a scalar, and else its address is given. Invariant: the program does what it did, and calls probes besides.
 */
import type { AirTag, Body, InstIndex, InstSequence, InternPool, IpIndex, Unit } from '../../core/index.ts';
import {
  bitRange,
  isInstRef,
  parseUnit,
  printNavName,
  printRef,
  printType,
  printUnit,
  refInst,
  refValue,
  resultTypes,
} from '../../core/index.ts';
import { scalarOf } from '../model/scalars.ts';

/** Import module of the probes. */
export const PROBE_MODULE = 'variables';

/** First argument of a probe: the number of the name, and this. */
export const FIRST_NAME = 0x2b45_0000;

/** What a probe is given. */
type Given = 'value' | 'address';

/** A program with probes. */
export interface NamedProgram {
  readonly unit: Unit;
  /** Names of the probes. */
  readonly probes: readonly string[];
  /** What the probe of each name is given, by number; names without a probe have null. Name n is `n`. */
  readonly given: readonly (Given | null)[];
  /** Bits of each value that count, by number; 0: all. */
  readonly bits: readonly number[];
}

const NAMING: ReadonlySet<AirTag> = new Set(['dbg_var_ptr', 'dbg_var_val', 'dbg_arg_inline']);
const LINE = /^( +)(?:dbg_var_ptr|dbg_var_val|dbg_arg_inline) /;

/** `unit` with probes; null if it gives no name that can have one. */
export function probeNames(unit: Unit): NamedProgram | null {
  const { pool } = unit;
  const wanted: { readonly text: string; readonly probe: readonly [given: Given, ty: IpIndex] | null }[] = [];
  for (const { body } of unit.navs) {
    if (body === null) continue;
    const types = resultTypes(pool, body);
    for (const inst of namingIn(body, body.mainBody())) {
      const ref = body.operand(inst);
      const ty = isInstRef(ref) ? (types[refInst(ref)]! as IpIndex) : pool.typeOf(refValue(ref));
      const isVariable = body.tag(inst) === 'dbg_var_ptr';
      wanted.push({ text: printRef(unit, ref), probe: isVariable ? ofVariable(pool, ty) : ofValue(pool, ty) });
    }
  }
  if (!wanted.some(({ probe }) => probe !== null)) return null;
  const declared = new Map<string, string>();
  let taken = 'probe';
  while (unit.navs.some(({ name }) => name.startsWith(`${taken}.`))) taken += '.';
  const probeOf = (type: string): string => {
    let name = declared.get(type);
    if (name === undefined) declared.set(type, (name = `${taken}.${declared.size}`));
    return name;
  };
  let n = 0;
  // Behind the first name there are some of constants, which programs hardly name.
  const constants = (indent: string): string[] =>
    CONSTANTS.flatMap(([type, value], k) => {
      const number = wanted.length + k;
      return [
        `${indent}dbg_var_val ${type} ${value}, "${number}"`,
        `${indent}call ${printNavName(probeOf(type))}(u32 ${FIRST_NAME + number}, ${type} ${value})`,
      ];
    });
  const lines = printUnit(unit)
    .split('\n')
    .flatMap((line) => {
      const found = LINE.exec(line);
      if (found === null) return [line];
      const { text, probe } = wanted[n]!;
      const [whole, indent] = found;
      const named = `${whole}${text}, "${n}"`;
      const more = n === 0 ? constants(indent!) : [];
      const id = FIRST_NAME + n++;
      if (probe === null) return [named, ...more];
      const [given, ty] = probe;
      const type = printType(pool, ty, unit);
      if (given === 'address' || !whole.includes('dbg_var_ptr')) {
        return [named, `${indent}call ${printNavName(probeOf(type))}(u32 ${id}, ${text})`, ...more];
      }
      const loaded = `%${LOADED + n}`;
      return [
        named,
        `${indent}${loaded} = load ${type} ${text}`,
        `${indent}call ${printNavName(probeOf(type))}(u32 ${id}, ${loaded})`,
        ...more,
      ];
    });
  for (const [type, name] of declared)
    lines.push(`extern("${PROBE_MODULE}") fn ${printNavName(name)}(u32, ${type}) void`);
  const parsed = parseUnit(lines.join('\n'), { target: pool.target });
  if (!parsed.ok) throw new Error(`a program with probes does not parse: ${JSON.stringify(parsed.diagnostics[0])}`);
  const given = [...wanted.map(({ probe }) => probe?.[0] ?? null), ...CONSTANTS.map(() => 'value' as const)];
  const bits = [
    ...wanted.map(({ probe }) => (probe?.[0] === 'value' ? scalarOf(pool, probe[1])!.bits : 0)),
    ...CONSTANTS.map(([, , width]) => width),
  ];
  return { unit: parsed.unit, probes: [...declared.values()], given, bits };
}

/** Constants of each representation and their bits, as in {@link NamedProgram}: all bytes differ, and the highest bit is set. */
const CONSTANTS: readonly (readonly [type: string, value: string, bits: number])[] = [
  ['u8', '199', 8],
  ['i16', '-2', 16],
  ['u32', '2309737967', 32],
  ['i64', '-9141386507638288913', 64],
  ['f32', '-1.5', 0],
  ['f64', '-2.75', 0],
];

/** Written names of instructions that no program has. */
const LOADED = 1_000_000;

/** The instructions of `list` that give names, in the order of the text. */
function* namingIn(body: Body, list: InstSequence): Generator<InstIndex> {
  for (let n = 0; n < list.length; n++) {
    const inst = list[n]!;
    if (NAMING.has(body.tag(inst))) yield inst;
    for (const inner of body.ownedBodies(inst)) yield* namingIn(body, inner);
  }
}

function ofValue(pool: InternPool, ty: IpIndex): readonly [Given, IpIndex] | null {
  return isScalar(pool, ty) ? ['value', ty] : null;
}

function ofVariable(pool: InternPool, pointer: IpIndex): readonly [Given, IpIndex] | null {
  if (bitRange(pool, pointer) !== null) return null;
  const child = pool.childType(pointer);
  return isScalar(pool, child) ? ['value', child] : ['address', pointer];
}

function isScalar(pool: InternPool, ty: IpIndex): boolean {
  const scalar = scalarOf(pool, ty);
  return scalar !== null && scalar.rep !== 'none';
}
