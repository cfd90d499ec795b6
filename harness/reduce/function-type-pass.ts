/**
 * A pass over function types: one parameter less for all functions of a type, and for all calls through it.
 *
 * Owns the change of functions whose address is taken, which signature-passes.ts leaves alone. What the parameter was
 * becomes the simplest value of its type.
 */
import type { IpIndex } from '../../core/index.ts';
import { callConv } from '../../core/index.ts';
import { replaceUses } from './body-passes.ts';
import type { ReducePass } from './candidate.ts';
import { edit } from './candidate.ts';
import type { CaseModel } from './case-model.ts';
import type { Node } from './model.ts';
import { forEachNode, isNodeOperand, operandNode, operandValue, valueOperand } from './model.ts';
import { PoolRewrite } from './pool-rewrite.ts';
import { simplestValue } from './simple-values.ts';

export const functionTypesPass: ReducePass = {
  name: 'function types',
  *candidates(current) {
    const { pool, navs } = current.unit;
    const types = new Set(navs.filter(({ nav }) => isFunction(nav.kind)).map(({ nav }) => nav.ty));
    for (const fnTy of types) {
      for (let param = pool.fnParamCount(fnTy) - 1; param >= 0; param--) {
        const instead = simplestValue(pool, pool.fnParam(fnTy, param), navs);
        if (instead === null) continue;
        yield edit(current, (copy) => {
          dropParameter(copy, fnTy, param, instead);
          return true;
        });
      }
    }
  },
};

function isFunction(kind: string): boolean {
  return kind === 'func' || kind === 'extern_func';
}

function dropParameter(model: CaseModel, fnTy: IpIndex, param: number, instead: IpIndex): void {
  const { unit } = model;
  const { pool } = unit;
  const names = new Set<string>();
  for (const { nav, body } of unit.navs) {
    if (body !== null) dropArguments(model, body, fnTy, param);
    if (nav.ty !== fnTy) continue;
    for (const { name } of nav.exports) names.add(name);
    if (body === null) continue;
    const removed = body.findIndex((node) => node.tag === 'arg' && node.numbers[0] === param);
    const [arg] = body.splice(removed, 1);
    for (const node of body) if (node.tag === 'arg' && node.numbers[0]! > param) node.numbers[0]!--;
    replaceUses(body, arg!.id, valueOperand(instead));
  }
  model.calls = model.calls.map((call) =>
    names.has(call.fn) ? { ...call, args: call.args.toSpliced(param, 1) } : call,
  );
  const params = Array.from({ length: pool.fnParamCount(fnTy) }, (_, n) => pool.fnParam(fnTy, n));
  const shorter = pool.fnType(params.toSpliced(param, 1), pool.fnReturn(fnTy), callConv(pool, fnTy));
  new PoolRewrite(pool, { type: (ty) => (ty === fnTy ? shorter : null) }).apply(unit);
}

/** Removes argument `param` of every call of a function of type `fnTy`. */
function dropArguments({ unit }: CaseModel, body: readonly Node[], fnTy: IpIndex, param: number): void {
  const { pool } = unit;
  const types = new Map<number, IpIndex>();
  forEachNode(body, (node) => {
    types.set(node.id, node.result);
    const callee = node.operands[0];
    if (!node.tag.startsWith('call') || callee === undefined) return;
    const pointer = isNodeOperand(callee) ? types.get(operandNode(callee)) : pool.typeOf(operandValue(callee));
    if (pointer !== undefined && pool.childType(pointer) === fnTy) node.operands.splice(param + 1, 1);
  });
}
