/**
 * Mistakes with control flow and the machine, to plant in a copy of the built core.
 *
 * Data only, as bugs.ts: labels, operands and results that a back end gets wrong where a switch is entered again, memory grows
 * or an address of the frame is asked for. `find` occurs exactly once in its file.
 */
import type { BugRow, PlantedBug } from './bugs.ts';
import { bugOf } from './bugs.ts';

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
];

/** All of them. */
export const FLOW_BUGS: readonly PlantedBug[] = ROWS.map(bugOf);
