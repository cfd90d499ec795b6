/** Mistakes in the elementary functions, planted in a copy of the built core. */
import { MATH_BUGS } from './math-bugs.ts';
import { testBugsOf } from './hunt.ts';

testBugsOf('math', MATH_BUGS);
