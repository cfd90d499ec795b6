/**
 * Writes chosen mutants into the text of a built file, each behind a switch that is asked at run time.
 *
 * Owns the form of the switched code: `(isOn(3) ? (mistake) : (code))` for an expression, `{ if (!isOn(3)) { statement } }` for a
 * statement. Switched code may be inside switched code; a mistake holds the code as it was. Invariant: with no mutant on, the
 * text does what it did.
 */
import type { Mutant } from './mutant.ts';

/** A mutant with the number that its switch asks for. */
export interface NumberedMutant extends Pick<Mutant, 'start' | 'end' | 'code'> {
  readonly number: number;
}

/** What the function that is asked is called in the instrumented file. */
const SWITCH = '__isMutantOn';

/** `text` with all of `mutants` in it; `specifier` is where the file imports the switch from. */
export function instrument(text: string, mutants: readonly NumberedMutant[], specifier: string): string {
  const outermost = [...mutants].sort((a, b) => a.start - b.start || b.end - a.end || a.number - b.number);
  return `import { isOn as ${SWITCH} } from ${JSON.stringify(specifier)}; ${render(text, 0, text.length, outermost)}`;
}

/** Characters `from` to `to`, with `mutants` in order and those outside before those within. */
function render(text: string, from: number, to: number, mutants: readonly NumberedMutant[]): string {
  let out = '';
  let at = from;
  for (let n = 0; n < mutants.length;) {
    const { start, end } = mutants[n]!;
    const rest = mutants.slice(n);
    const here = rest.filter((one) => one.start === start && one.end === end);
    const within = rest.filter((one) => one.start >= start && one.end <= end && !here.includes(one));
    out += text.slice(at, start) + switched(render(text, start, end, within), here);
    at = end;
    n += here.length + within.length;
  }
  return out + text.slice(at, to);
}

function switched(code: string, mutants: readonly NumberedMutant[]): string {
  const [first] = mutants;
  // In braces of its own, or an `else` behind the statement would be taken for that of the switch.
  if (first!.code === null) return `{ if (!${SWITCH}(${first!.number})) { ${code} } }`;
  const choices = mutants.map(({ number, code: mistake }) => `${SWITCH}(${number}) ? (${mistake!}) : `);
  return `(${choices.join('')}(${code}))`;
}
