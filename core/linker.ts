/**
 * The door of core for a process that only links: nothing behind it loads the compiler unless it is needed.
 *
 * Owns the choice of what is public, and nothing else; everybody else comes in through index.ts.
 */
export { runLinkerLate } from './pipeline/run-linker-late.ts';
