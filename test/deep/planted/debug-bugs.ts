/**
 * Mistakes in debug information, planted in a copy of the built core: the check `layout` finds each in cases of profile `debug`.
 *
 * Data only, as bugs.ts.
 */
import type { PlantedBug } from '../../../bench/planted/bugs.ts';
import { bugOf } from '../../../bench/planted/bugs.ts';

// prettier-ignore
/** All of them. */
export const DEBUG_BUGS: readonly PlantedBug[] = [
  bugOf(['ranges-begin-at-the-size', 'link', 'write-code.js', 'debug.push({ name, start, size: body.length, positions });', 'debug.push({ name, start: start - 1, size: body.length, positions });', 'functions begin in front of their bodies']),
  bugOf(['positions-of-the-previous-function', 'link', 'write-code.js', 'positions = new Positions();', 'positions = debug.at(-1)?.positions ?? new Positions();', 'the rows of all functions are in one list']),
  bugOf(['line-steps-have-31-bits', 'link', 'debug-info.js', 'const special = lineStep - LINE_BASE + LINE_RANGE * bytes + OPCODE_BASE;', 'const special = lineStep - LINE_BASE + LINE_RANGE * (bytes & 3) + OPCODE_BASE;', 'a row behind many bytes is too near']),
  bugOf(['columns-are-kept', 'link', 'debug-info.js', 'if (toColumn !== column) {', 'if (toColumn > column) {', 'a column that is less than the one before is not written']),
  bugOf(['debug-addends-are-lost', 'object', 'relocatable-debug.js', 'own.get(section).relocs.push(addressType, out.length, functionSymbols[n], offset);', 'own.get(section).relocs.push(addressType, out.length, functionSymbols[n], 0);', 'ranges in objects end where they begin']),
  bugOf(['names-by-function-number', 'link', 'placed-debug.js', 'writeWord(info, at, offsetOf(offset))', 'writeWord(info, at, offsetOf(offset) + 1)', 'names lose their first letter where strings are merged']),
];

// prettier-ignore
/** Of error traces: what programs do shows them. */
export const TRACE_BUGS: readonly PlantedBug[] = [
  bugOf(['a-trace-for-each-instruction', 'codegen', 'error-traces.js', 'if (f.traceLocal === null) {', 'if (f.traceLocal !== undefined) {', 'each instruction has an error trace of its own']),
  bugOf(['the-trace-is-an-alias', 'codegen', 'error-traces.js', 'f.mir.localGet(traceLocal(f));\n    f.finishStack(inst, f.addressRep);', 'f.finishAlias(inst, local(traceLocal(f)));', 'the address of the trace changes when it is said to be elsewhere']),
  bugOf(['the-index-is-the-first-field', 'codegen', 'error-traces.js', 'fieldOffset(pool, struct, body.number(inst))', 'fieldOffset(pool, struct, 0)', 'the index of a trace is read from field 0']),
];
