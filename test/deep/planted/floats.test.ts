/** Mistakes in the float formats without wasm instructions, planted in a copy of the built core. */
import { FLOAT_BUGS } from './float-bugs.ts';
import { testBugsOf } from './hunt.ts';

testBugsOf('formats', FLOAT_BUGS);
