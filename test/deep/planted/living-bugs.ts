/**
 * Mistakes in a compilation that is kept while navs come, go and change their types, planted in a copy of the built core: the check
 * `reflush` finds each.
 *
 * Data only, as bugs.ts.
 */
import type { PlantedBug } from '../../../bench/planted/bugs.ts';
import { bugOf } from '../../../bench/planted/bugs.ts';

// prettier-ignore
/** All of them. */
export const LIVING_BUGS: readonly PlantedBug[] = [
  bugOf(['retyped-function-keeps-its-code', 'link', 'compile.js', 'const isKept = old?.body === nav.body && old.ty === nav.ty && options.panicNav === this.#options.panicNav;', 'const isKept = old !== undefined && options.panicNav === this.#options.panicNav;', 'what a function was compiled to stays, whatever it is now']),
  bugOf(['linker-keeps-what-has-gone', 'link', 'compile.js', 'this.#functions = new Map(); this.#linker = this.#openLinker();', 'this.#functions = new Map();', 'the linker still has the navs of before']),
  bugOf(['runtime-library-is-forgotten', 'link', 'compile.js', 'this.#hasRuntime = false;', '', 'a new linker has no runtime library if the old one had it']),
  bugOf(['new-navs-are-not-handed-over', 'link', 'compile.js', 'const old = before[n];', 'const old = before[n]; if (old === undefined) return;', 'what comes behind the others is not there']),
];
