/** Mistakes with atomic instructions, planted in a copy of the built core. */
import { ATOMIC_BUGS } from './atomic-bugs.ts';
import { testBugsOf } from './hunt.ts';

testBugsOf('atomic', ATOMIC_BUGS);
