/** Mistakes with control flow and the machine, planted in a copy of the built core. */
import { FLOW_BUGS, RARE_FLOW_BUGS } from './flow-bugs.ts';
import { testBugsOf } from './hunt.ts';

testBugsOf('flow', FLOW_BUGS);
testBugsOf('flow', RARE_FLOW_BUGS);
