/**
 * Steps that ask the machine: where the frame is, where the function returns to, how many pages of memory there are; and where an
 * execution of a function has its error trace.
 *
 * Answers that depend on the layout are symbolic, as addresses are: a program may copy and compare them, and learns no number.
 */
import { IP } from '../../core/intern/keys.ts';
import { abiAlign, abiSize, fieldOffset, STACK_ALIGN } from '../../core/intern/layout.ts';
import { placeToRead } from '../model/access.ts';
import { intFromBits, readValue } from '../model/encoding.ts';
import { NEXT } from '../model/frame.ts';
import { makePointer } from '../model/memory-object.ts';
import { intShapeOf } from '../model/shapes.ts';
import { anyIntOf } from '../model/values.ts';
import type { Handler } from './preparation.ts';

/** frame_addr: one place without bytes per frame, aligned as the stack is. */
export const frameAddress: Handler = (p, inst) => {
  const { machine } = p;
  return (frame) => {
    frame.bottom ??= machine.slot(frame, 0, STACK_ALIGN);
    frame.values[inst] = makePointer(frame.bottom, 0);
    return NEXT;
  };
};

/** runtime_nav_ptr: there is one thread, so a nav has one address. */
export const navAddress: Handler = (p, inst) => {
  const pointer = makePointer(p.machine.space.nav(p.body.nav(inst)), 0);
  return ({ values }) => {
    values[inst] = pointer;
    return NEXT;
  };
};

/** ret_addr: 0. */
export const returnAddress: Handler = (p, inst) => {
  const zero = intFromBits(intShapeOf(p.pool, IP.usize_type), 0n);
  return ({ values }) => {
    values[inst] = zero;
    return NEXT;
  };
};

/** wasm_memory_size. */
export const memorySize: Handler = (p, inst) => {
  const { space } = p.machine;
  return ({ values }) => {
    values[inst] = space.pageCount();
    return NEXT;
  };
};

/** wasm_memory_grow. */
export const growMemory: Handler = (p, inst) => {
  const { space } = p.machine;
  const a = p.operand(p.body.operand(inst));
  const failure = intFromBits(intShapeOf(p.pool, IP.isize_type), -1n);
  return ({ values }) => {
    const before = space.pageCount();
    values[inst] = space.grow(anyIntOf(values[a])) ? before : failure;
    return NEXT;
  };
};

/** set_err_return_trace. */
export const setTrace: Handler = (p, inst) => {
  const a = p.operand(p.body.operand(inst));
  return (frame) => {
    frame.trace = frame.values[a];
    return NEXT;
  };
};

/** err_return_trace. */
export const traceAddress: Handler = (_, inst) => (frame) => {
  frame.values[inst] = frame.trace;
  return NEXT;
};

/** save_err_return_trace_index. */
export const traceIndex: Handler = (p, inst) => {
  const { pool, body } = p;
  const struct = body.ty(inst);
  const distance = fieldOffset(pool, struct, body.number(inst));
  const shape = p.shape(IP.usize_type);
  return (frame) => {
    const place = placeToRead(frame.trace, abiSize(pool, struct), abiAlign(pool, struct));
    frame.values[inst] = readValue(place.object, place.offset + distance, shape);
    return NEXT;
  };
};
