/**
 * Steps of control: bodies, branches, switches, calls, returns.
 */
import type { InstIndex } from '../../core/air/body/ref.ts';
import { REF_NONE, refValue } from '../../core/air/body/ref.ts';
import { navAt } from '../../core/air/unit.ts';
import type { Frame, Sequence, TailCall } from '../model/frame.ts';
import { NEXT, RETURN } from '../model/frame.ts';
import { illegal, trapped } from '../model/halt.ts';
import type { Value } from '../model/values.ts';
import { misuse, numberOf, pointerOf } from '../model/values.ts';
import type { Handler, Preparation } from './preparation.ts';

/** What is there for debuggers only. */
export const silent: Handler = () => () => NEXT;

/** arg: the call has put it in place. */
export const argument: Handler = () => () => NEXT;

/** block: a br to it has stored its value already. */
export const block: Handler = (p, inst) => {
  const { machine } = p;
  const body = p.sequence(p.body.blockBody(inst));
  return (frame) => {
    const signal = machine.execute(body, frame);
    return signal === inst ? NEXT : signal;
  };
};

/** loop. */
export const loop: Handler = (p, inst) => {
  const { machine } = p;
  const body = p.sequence(p.body.blockBody(inst));
  return (frame) => {
    let signal: number;
    do signal = machine.execute(body, frame);
    while (signal === inst);
    return signal;
  };
};

/** br. */
export const branch: Handler = (p, inst) => {
  const target = p.body.target(inst);
  const ref = p.body.operand(inst);
  if (ref === REF_NONE) return () => target;
  const a = p.operand(ref);
  return ({ values }) => {
    values[target] = values[a];
    return target;
  };
};

/** repeat. */
export const repeat: Handler = (p, inst) => {
  const target = p.body.target(inst);
  return () => target;
};

/** cond_br. */
export const conditional: Handler = (p, inst) => {
  const { machine } = p;
  const a = p.operand(p.body.operand(inst));
  const then = p.sequence(p.body.thenBody(inst));
  const otherwise = p.sequence(p.body.elseBody(inst));
  return (frame) => machine.execute(numberOf(frame.values[a]) === 1 ? then : otherwise, frame);
};

/** How a switch picks its body. */
function picker(p: Preparation, inst: InstIndex): (v: Value) => Sequence {
  const { machine } = p;
  const decoded = p.body.switchOf(inst);
  const constant = (ref: (typeof decoded)['operand']): number | bigint =>
    integer(machine.space.constant(refValue(ref)));
  const items = new Map<number | bigint, Sequence>();
  const ranges: { readonly low: number | bigint; readonly high: number | bigint; readonly body: Sequence }[] = [];
  for (const one of decoded.cases) {
    const body = p.sequence(one.body);
    for (const item of one.items) items.set(constant(item), body);
    for (const [low, high] of one.ranges) ranges.push({ low: constant(low), high: constant(high), body });
  }
  const otherwise = p.sequence(decoded.elseBody);
  return (operand) => {
    const v = integer(operand);
    return items.get(v) ?? ranges.find(({ low, high }) => low <= v && v <= high)?.body ?? otherwise;
  };
}

/** switch_br. */
export const choose: Handler = (p, inst) => {
  const { machine } = p;
  const a = p.operand(p.body.operand(inst));
  const pick = picker(p, inst);
  return (frame) => machine.execute(pick(frame.values[a]), frame);
};

/** loop_switch_br: a switch_dispatch to it has left the next operand in its place. */
export const chooseAgain: Handler = (p, inst) => {
  const { machine } = p;
  const a = p.operand(p.body.operand(inst));
  const pick = picker(p, inst);
  return (frame) => {
    const { values } = frame;
    let operand = values[a];
    for (;;) {
      const signal = machine.execute(pick(operand), frame);
      if (signal !== inst) return signal;
      operand = values[inst];
    }
  };
};

/** switch_dispatch. */
export const dispatch: Handler = (p, inst) => {
  const target = p.body.target(inst);
  const a = p.operand(p.body.operand(inst));
  return ({ values }) => {
    values[target] = values[a];
    return target;
  };
};

function integer(v: Value): number | bigint {
  return typeof v === 'number' || typeof v === 'bigint' ? v : misuse(v);
}

/** ret. */
export const giveBack: Handler = (p, inst) => {
  const a = p.operand(p.body.operand(inst));
  return (frame) => {
    frame.result = frame.values[a];
    return RETURN;
  };
};

/** unreach. */
export const unreachable: Handler = () => () => illegal('reached_unreachable');

/** trap and breakpoint. */
export const trap: Handler = () => () => trapped('unreachable');

/** call, of a constant or computed address; a modifier changes no meaning. */
export const call: Handler = (p, inst) => {
  const { machine } = p;
  const prepared = preparedCall(p, inst);
  return (frame) => {
    const { nav, args } = prepared(frame);
    frame.values[inst] = machine.call(nav, args);
    return NEXT;
  };
};

/** call_always_tail: the frame is gone before the callee begins. */
export const tailCall: Handler = (p, inst) => {
  const prepared = preparedCall(p, inst);
  return (frame) => {
    frame.tail = prepared(frame);
    return RETURN;
  };
};

/** Which function a call calls, and with what. */
function preparedCall(p: Preparation, inst: InstIndex): (frame: Frame) => TailCall {
  const { machine } = p;
  const callee = p.operand(p.body.operand(inst));
  const ty = p.pool.childType(p.typeOf(p.body.operand(inst)));
  const places = Array.from(p.body.refs(inst), (ref) => p.operand(ref));
  return ({ values }) => {
    const { object, offset } = pointerOf(values[callee]);
    if (object === null || object.role !== 'function' || object.nav === null || offset !== 0)
      return illegal('bad_call');
    if (navAt(machine.unit, object.nav).ty !== ty) return illegal('bad_call');
    return { nav: object.nav, args: places.map((place) => values[place]) };
  };
}
