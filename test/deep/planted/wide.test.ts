/** Mistakes with integers of more than 64 bits, planted in a copy of the built core. */
import { testBugsOf } from './hunt.ts';
import { WIDE_BUGS } from './wide-bugs.ts';

testBugsOf('wide', WIDE_BUGS);
