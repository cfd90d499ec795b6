/**
 * Blocks, loops, switches, calls and returns of AIR as C: a block is left by a `goto` to the label behind it, a loop is entered again by
 * one to the label before it.
 */
import type { NavIndex, Ref } from '../../../core/index.ts';
import { integerValue, IP, isInstRef, REF_NONE, refValue, ValueKind } from '../../../core/index.ts';
import type { CBody, CSpelling } from './c-body.ts';
import { functionType } from './c-functions.ts';

export const block: CSpelling = (p, inst, indent) => {
  if (p.shape(p.typeOf(inst)).kind !== 'none') p.declare(inst, indent);
  p.line(indent, '{');
  p.sequence(p.body.blockBody(inst), `${indent}    `);
  p.line(indent, '}');
  if (p.isBranched(inst)) p.line(indent, `b${inst}:;`);
};

export const branch: CSpelling = (p, inst, indent) => {
  const [operand, target] = [p.body.operand(inst), p.body.target(inst)];
  if (operand !== REF_NONE && p.hasBytes(operand)) p.line(indent, `v${target} = ${p.ref(operand)};`);
  p.line(indent, `goto b${target};`);
};

export const loop: CSpelling = (p, inst, indent) => {
  if (p.isBranched(inst)) p.line(indent, `l${inst}:;`);
  p.line(indent, '{');
  p.sequence(p.body.blockBody(inst), `${indent}    `);
  p.line(indent, '}');
};

export const repeat: CSpelling = (p, inst, indent) => p.line(indent, `goto l${p.body.target(inst)};`);

export const conditional: CSpelling = (p, inst, indent) => {
  p.line(indent, `if (${p.ref(p.body.operand(inst))}) {`);
  p.sequence(p.body.thenBody(inst), `${indent}    `);
  p.line(indent, '} else {');
  p.sequence(p.body.elseBody(inst), `${indent}    `);
  p.line(indent, '}');
};

export const switched: CSpelling = (p, inst, indent) => {
  const { operand, cases, elseBody } = p.body.switchOf(inst);
  const ty = p.refType(operand);
  const { bits, signed } = p.integer(ty);
  const number = (ref: Ref): string => p.values.int(bits, signed, integerValue(p.pool, refValue(ref)) ?? 0n);
  p.line(indent, `${p.types.text(ty)} w${inst} = ${p.ref(operand)};`);
  if (p.isBranched(inst)) p.line(indent, `d${inst}:;`);
  p.line(indent, `switch (w${inst}) {`);
  for (const { items, ranges, body } of cases) {
    if (items.length + ranges.length === 0) continue;
    for (const item of items) p.line(indent, `case ${number(item)}:`);
    for (const [low, high] of ranges) p.line(indent, `case ${number(low)} ... ${number(high)}:`);
    p.line(indent, '{');
    p.sequence(body, `${indent}    `);
    p.line(indent, '}');
  }
  p.line(indent, 'default: {');
  p.sequence(elseBody, `${indent}    `);
  p.line(indent, '} }');
};

export const dispatch: CSpelling = (p, inst, indent) => {
  const target = p.body.target(inst);
  p.line(indent, `w${target} = ${p.ref(p.body.operand(inst))};`);
  p.line(indent, `goto d${target};`);
};

export const returned: CSpelling = (p, inst, indent) => {
  const operand = p.body.operand(inst);
  p.line(indent, p.shape(p.ret).kind === 'none' ? 'return;' : `return ${p.ref(operand)};`);
};

/** Any statement. */
export const statement =
  (text: string): CSpelling =>
  (p, _inst, indent) =>
    p.line(indent, text);

export const call: CSpelling = (p, inst, indent) => {
  const callee = p.body.a[inst]! as Ref;
  const args = [...p.body.refs(inst)].filter((ref) => p.hasBytes(ref)).map((ref) => p.ref(ref));
  const text = `${calleeText(p, callee)}(${args.join(', ')})`;
  const ty = p.typeOf(inst);
  if (p.shape(ty).kind !== 'none') return p.define(inst, text, indent);
  p.line(indent, `${text};`);
  if (ty === IP.noreturn_type) p.line(indent, '__builtin_unreachable();');
};

function calleeText(p: CBody, callee: Ref): string {
  if (!isInstRef(callee) && p.pool.valueKind(refValue(callee)) === ValueKind.ptr_nav) {
    return p.values.navName(p.pool.word(refValue(callee), 1) as NavIndex);
  }
  const type = functionType(p.pool, p.types, p.pool.childType(p.refType(callee)));
  return `((${type.result} (*)(${type.params}))${p.ref(callee)})`;
}
