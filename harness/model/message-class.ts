/**
 * The class of an error message: what stays of it when numbers, names and types of the program at hand are taken out, so
 * that it does not change while a case gets smaller. Used for buckets, so a change here renames buckets.
 */

/** Words that a class has at most. */
const MAX_WORDS = 6;

/** `type error in fallthru[0] (expected i32, got i64) @+37` gives `type-error-in-fallthru`. `unknown` if nothing stays. */
export function messageClass(message: string): string {
  const told = message
    .split('\n')[0]!
    .replace(/^.* failed: /, '')
    .replace(/^WebAssembly\.\w+\(\): /, '');
  const words = told
    .replace(/"[^"]*"|'[^']*'|`[^`]*`/g, ' ')
    .replace(/\([^()]*\)|\[[^[\]]*\]/g, ' ')
    .replace(/@"[^"]*"|[@%#][\w.$+-]+/g, ' ')
    .replace(/\b[a-z0-9_]+\.[a-z0-9_.]+\b/gi, ' ')
    .replace(/\b(?:[iuf]\d+|0x[0-9a-f]+|-?\d+)\b/gi, ' ')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '');
  return words.length === 0 ? 'unknown' : words.slice(0, MAX_WORDS).join('-');
}
