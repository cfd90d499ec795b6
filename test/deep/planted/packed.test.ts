/** Mistakes with packed structs, packed unions and pointers to bits, planted in a copy of the built core. */
import { testBugsOf } from './hunt.ts';
import { PACKED_BUGS, PACKED_UNION_BUGS, WIDE_PACKED_BUGS } from './packed-bugs.ts';

testBugsOf('packed', PACKED_BUGS);
testBugsOf('wide-packed', WIDE_PACKED_BUGS);
testBugsOf('packed-unions', PACKED_UNION_BUGS);
