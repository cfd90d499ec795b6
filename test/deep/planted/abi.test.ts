/** Mistakes in calling conventions, planted in a copy of the built core. */
import { ABI_BUGS } from './abi-bugs.ts';
import { testBugsOf } from './hunt.ts';

testBugsOf('abi', ABI_BUGS);
