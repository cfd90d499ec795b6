/** Mistakes with vectors, planted in a copy of the built core. */
import { testBugsOf } from './hunt.ts';
import { LANE_BUGS, REGISTER_BUGS, SIMD_BUGS, VECTOR_BUGS } from './vector-bugs.ts';

testBugsOf('vectors', VECTOR_BUGS);
testBugsOf('lanes', LANE_BUGS);
testBugsOf('lanes', SIMD_BUGS);
testBugsOf('registers', REGISTER_BUGS);
