/** Mistakes with optionals, errors, enums, unions and names, planted in a copy of the built core. */
import { testBugsOf } from './hunt.ts';
import { SUMS_BUGS, WIDE_TAG_BUGS } from './sums-bugs.ts';

testBugsOf('sums', SUMS_BUGS);
testBugsOf('wide-tags', WIDE_TAG_BUGS);
