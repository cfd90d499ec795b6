/** Mistakes with control flow and the machine, planted in a copy of the built core. */
import { FLOW_BUGS } from './flow-bugs.ts';
import { testBugsOf } from './hunt.ts';

testBugsOf('flow', FLOW_BUGS);
