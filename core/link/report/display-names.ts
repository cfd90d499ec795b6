/**
 * Names of symbols as people read them, where wasm-ld shows them so: in messages, in reports, in the name section.
 *
 * Owns which names are looked at. What a mangled name means is for a demangler to say, which comes from outside and is asked
 * only for names that can be mangled ones, so that it is loaded only for those. The symbols themselves never change.
 */

/** A name as it is shown. */
export type DisplayName = (name: string) => string;

/** `main` with parameters, as C compilers call it so that it has a signature of its own. */
const MAIN = '__main_argc_argv';
/** As LLVM: names of the Itanium C++ ABI begin so, those of blocks of it with two underscores more; names of Rust with `_R`. */
const MANGLED = /^(?:_{1,4}Z|_R)/;
const MANGLED_IN_TEXT = /(?<![\w.$])(?:(?:_{1,4}Z|_R)[\w.$]+|__main_argc_argv(?![\w.$]))/g;

/** How names are shown; `demangle` is null where they stay mangled. */
export function displayNames(demangle: DisplayName | null): DisplayName {
  return (name) => (name === MAIN ? 'main' : demangle !== null && MANGLED.test(name) ? demangle(name) : name);
}

/** A message with its names as they are shown. */
export function displayText(text: string, displayName: DisplayName): string {
  return text.replace(MANGLED_IN_TEXT, displayName);
}
