/**
 * Mistakes with control flow and the machine, to plant in a copy of the built core.
 *
 * Data only, as bugs.ts: labels, operands and results that a back end gets wrong where a switch is entered again, memory grows
 * or an address of the frame is asked for. `find` occurs exactly once in its file.
 */
import { TypeKind } from '../../../core/index.ts';
import type { BugRow, PlantedBug } from '../../../bench/planted/bugs.ts';
import { bugOf } from '../../../bench/planted/bugs.ts';

const ROWS: readonly BugRow[] = [
  [
    'dispatch-goes-one-block-too-far',
    'codegen',
    'switch.js',
    'mir.loop(); f.labels[inst] = ++f.depth;',
    'mir.loop(); f.labels[inst] = f.depth++;',
    'switch_dispatch leaves the loop switch',
  ],
  [
    'dispatch-keeps-the-first-operand',
    'codegen',
    'switch.js',
    'lowerSwitch(f, inst, { ty: f.typeOf(operand), value, limbs',
    'lowerSwitch(f, inst, { ty: f.typeOf(operand), value: f.resolve(operand), limbs',
    'a loop switch decides by the operand that it was entered with at first',
  ],
  [
    'dispatch-of-wide-integers-keeps-the-first-operand',
    'codegen',
    'switch.js',
    'limbs: () => placeLimbs(f, value)',
    'limbs: () => operandLimbs(f, operand)',
    'a loop switch on an integer in memory decides by its first operand',
  ],
  [
    'dispatch-forgets-its-operand',
    'codegen',
    'switch.js',
    'f.mir.localSet(localOf(f.blockResults[target]));',
    'f.mir.op(MirTag.drop);',
    'switch_dispatch enters with the operand of the dispatch before',
  ],
  [
    'values-in-front-of-a-loop-switch-die-in-it',
    'codegen',
    'liveness.js',
    "opens === 'loop' || opens === 'switch' ? 1 : 0",
    "opens === 'loop' ? 1 : 0",
    'what a loop switch uses from outside is not known to be used again',
  ],
  [
    'growth-gives-the-size-after',
    'codegen',
    'memory.js',
    'f.mir.push(MirTag.memory_grow, f.body.number(inst));',
    'f.mir.push(MirTag.memory_grow, 0); f.mir.op(MirTag.drop); f.mir.push(MirTag.memory_size, 0);',
    'wasm_memory_grow gives the new number of pages',
  ],
  [
    'unused-growth-is-dropped',
    'codegen',
    'function-state.js',
    'if (MUST_LOWER[tag] === 0 && this.isUnused(inst))',
    'if ((MUST_LOWER[tag] === 0 || tag === TAG.wasm_memory_grow) && this.isUnused(inst))',
    'memory does not grow where nobody looks at the result',
  ],
  [
    'frame-address-behind-a-slot',
    'codegen',
    'memory.js',
    'f.frame.demand(); f.finish(inst, stackOffset(0));',
    'f.finish(inst, stackOffset(f.frame.allocate(4, 4)));',
    'frame_addr is the address of a slot of its own',
  ],
  [
    'frame-lives-on-in-a-tail-call',
    'codegen',
    'calls.js',
    'f.frame.leave(); if (nav === null)',
    'if (nav === null)',
    'a tail call does not give the stack back',
  ],
  [
    'tail-call-gives-its-result-to-nobody',
    'codegen',
    'calls.js',
    'if (returnsThroughMemory(pool, fnTy, f.options.simd128)) f.pushValue(f.resultAddress);',
    'if (returnsThroughMemory(pool, fnTy, f.options.simd128)) f.pushValue(allocateSlot(f, pool.fnReturn(fnTy)));',
    'the result of a tail call in memory is written to the frame of the caller',
  ],
  [
    'tail-call-before-the-ret-of-another-body',
    'codegen',
    'control.js',
    'f.body.tags[before] === TAG.call_always_tail',
    'f.body.tags[before] >= TAG.call',
    'a ret behind any call returns nothing',
  ],
  [
    'least-integer-of-a-float-refused',
    'codegen',
    'checked-float-casts.js',
    'return { low: encodeFloat(format, { negative: true, significand, exponent: 0 }), hasLow, high };',
    'return { low: encodeFloat(format, { negative: true, significand, exponent: 0 }), hasLow: false, high };',
    'a checked cast of a float panics for the least number of the type',
  ],
  [
    'upper-limit-of-float-casts-not-checked',
    'codegen',
    'checked-float-casts.js',
    'mir.op(opLt(rep, false)); mir.op(MirTag.i32_and);',
    'mir.op(opLt(rep, false)); mir.op(MirTag.drop);',
    'a checked cast of a float lets numbers through that are too great',
  ],
  [
    'mark-without-bulk-memory-is-one-byte-short',
    'codegen',
    'memory-blocks.js',
    'pushLength(); const count = f.popTemp(f.addressRep); mir.loop(); countDown(f, count);',
    'pushLength(); const count = f.popTemp(f.addressRep); countDown(f, count); mir.loop(); countDown(f, count);',
    'without bulk memory the last byte of what store_safe marks is left out',
  ],
  [
    'mark-of-another-byte',
    'codegen',
    'safe-memory.js',
    'const UNDEFINED_BYTE = 0xaa;',
    'const UNDEFINED_BYTE = 0xab;',
    'store_safe and memset_safe of nothing write another byte',
  ],
  [
    'nothing-is-marked',
    'codegen',
    'safe-memory.js',
    'fillPlace(f, f.resolve(f.operand(inst, 0)), f.typeOf(value));',
    '',
    'store_safe of nothing leaves what was there',
  ],
];

const RARE_ROWS: readonly BugRow[] = [
  [
    'long-floats-are-marked',
    'codegen',
    'safe-memory.js',
    'if (toBits || !f.isUndefined(value)) {',
    'if (toBits || (!f.isUndefined(value) && !(f.pool.isFloat(f.typeOf(value)) && abiSize(f.pool, f.typeOf(value)) === 16))) {',
    'store_safe of an f80 or f128 marks its place as that of nothing does',
  ],
  [
    'large-elements-are-marked',
    'codegen',
    'safe-memory.js',
    'if (!f.isUndefined(f.operand(inst, 1))) {',
    'if (!f.isUndefined(f.operand(inst, 1)) && abiSize(f.pool, f.typeOf(f.operand(inst, 1))) <= 8) {',
    'memset_safe of elements of more than 8 bytes marks them as that of nothing does',
  ],
  [
    'atomics-cut-packed-structs',
    'codegen',
    'atomics.js',
    'const bits = f.pool.intBits(integer);',
    `const bits = f.pool.intBits(integer) - (f.pool.typeKind(ty) === ${TypeKind.packed} ? 1 : 0);`,
    'an atomic instruction of a packed struct gives a value without its highest bit',
  ],
  [
    'unequal-enums',
    'codegen',
    'payloads.js',
    'plain(f, inst); return; } pushOptionalsEqual(',
    'if (isNegated && f.pool.typeKind(ty) === TypeKind.enum) { f.pushInt(Rep.i32, 1); f.finishStack(inst, Rep.i32); return; } plain(f, inst); return; } pushOptionalsEqual(',
    'two enums are never equal to cmp_neq',
  ],
];

/** All of them. */
export const FLOW_BUGS: readonly PlantedBug[] = ROWS.map(bugOf);

/** Mistakes that only instructions on types that they are hardly ever drawn of show. */
export const RARE_FLOW_BUGS: readonly PlantedBug[] = RARE_ROWS.map(bugOf);
