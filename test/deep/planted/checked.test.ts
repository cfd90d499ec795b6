/** Mistakes with checked operations, planted in a copy of the built core. */
import { CHECKED_BUGS } from './checked-bugs.ts';
import { testBugsOf } from './hunt.ts';

testBugsOf('checked', CHECKED_BUGS);
