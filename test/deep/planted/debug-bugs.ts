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
  bugOf(['ranges-begin-at-the-size', 'link', 'write-code.js', 'debug.push({ ...state.describe(id, positions, body.length), id, start });', 'debug.push({ ...state.describe(id, positions, body.length), id, start: start - 1 });', 'functions begin in front of their bodies']),
  bugOf(['positions-of-the-previous-function', 'link', 'write-code.js', 'positions = new Positions();', 'positions = debug.at(-1)?.positions ?? new Positions();', 'the rows of all functions are in one list']),
  bugOf(['line-steps-have-31-bits', 'link', 'debug-info.js', 'const special = lineStep - LINE_BASE + LINE_RANGE * bytes + OPCODE_BASE;', 'const special = lineStep - LINE_BASE + LINE_RANGE * (bytes & 3) + OPCODE_BASE;', 'a row behind many bytes is too near']),
  bugOf(['columns-are-kept', 'link', 'debug-info.js', 'if (toColumn !== column) {', 'if (toColumn > column) {', 'a column that is less than the one before is not written']),
  bugOf(['debug-addends-are-lost', 'object', 'relocatable-debug.js', 'own.get(section).relocs.push(addressType, out.length, functionSymbols[n], offset);', 'own.get(section).relocs.push(addressType, out.length, functionSymbols[n], 0);', 'ranges in objects end where they begin']),
  bugOf(['names-by-function-number', 'link', 'placed-debug.js', 'writeWord(info, at, offsetOf(offset))', 'writeWord(info, at, offsetOf(offset) + 1)', 'names lose their first letter where strings are merged']),
  bugOf(['values-stay-in-their-locals', 'link', 'variable-ranges.js', 'return isVariable ? state | INTACT : INTACT;', 'return state | INTACT;', 'a value is said to be in its local when another one is']),
  bugOf(['the-frame-is-the-saved-pointer', 'link', 'state.js', 'func.prologue.bottomLocal : null', 'func.prologue.spLocal : null', 'offsets of the frame count from the stack pointer of the caller']),
  bugOf(['inlined-from-the-one-before', 'link', 'variable-ranges.js', '(word - 1)', 'Math.max(word - 2, 0)', 'what is inlined has the name of the function before it']),
  bugOf(['calls-at-the-column', 'link', 'variable-ranges.js', 'line = [own[word], own[word + 1]];', 'line = [own[word + 1], own[word + 1]];', 'the line of an inlined call is its column']),
  bugOf(['strings-by-their-length', 'link', 'debug-strings.js', 'const key = latin1.decode(bytes);', 'const key = String(bytes.length);', 'two names of one length are one string']),
  bugOf(['frame-slots-are-counted-twice', 'codegen', 'debug.js', 'return [VariablePlace.frame, v.a, 0];', 'return [VariablePlace.frame, 2 * v.a + 16, 0];', 'variables in memory are said to be elsewhere in the frame']),
];

// prettier-ignore
/** Of which local it is that holds a variable: only values show them. */
export const VARIABLE_BUGS: readonly PlantedBug[] = [
  bugOf(['named-parameters-are-the-first', 'codegen', 'share-locals.js', '(local < paramCount ? local : numbers[local])', '(local < paramCount ? 0 : numbers[local])', 'behind peepholes, each parameter with a name is said to be the first one']),
  bugOf(['names-of-the-local-before', 'codegen', 'debug.js', 'return [VariablePlace.local, v.a, 0];', 'return [VariablePlace.local, Math.max(v.a - 1, 0), 0];', 'a value is said to be in the local in front of its own']),
  bugOf(['constants-begin-with-their-upper-word', 'codegen', 'debug.js', 'return [VariablePlace.constant, v.a, v.b];', 'return [VariablePlace.constant, v.b, v.a];', 'the words of a constant are in the wrong order']),
];

// prettier-ignore
/** Of error traces: what programs do shows them. */
export const TRACE_BUGS: readonly PlantedBug[] = [
  bugOf(['a-trace-for-each-instruction', 'codegen', 'error-traces.js', 'if (f.traceLocal === null) {', 'if (f.traceLocal !== undefined) {', 'each instruction has an error trace of its own']),
  bugOf(['the-trace-is-an-alias', 'codegen', 'error-traces.js', 'f.mir.localGet(traceLocal(f));\n    f.finishStack(inst, f.addressRep);', 'f.finishAlias(inst, local(traceLocal(f)));', 'the address of the trace changes when it is said to be elsewhere']),
  bugOf(['the-index-is-the-first-field', 'codegen', 'error-traces.js', 'fieldOffset(pool, struct, body.number(inst))', 'fieldOffset(pool, struct, 0)', 'the index of a trace is read from field 0']),
];
