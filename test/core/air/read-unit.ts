/** Units out of a text that a test states, and what the verifier says of one instruction. */
import { parseUnit } from '../../../core/air/text/parse.ts';
import type { Unit } from '../../../core/air/unit.ts';
import { verifyUnit } from '../../../core/air/verify/verify.ts';
import { formatDiagnostic } from '../../../core/diagnostics/diagnostics.ts';

/** The unit of `text`; throws what the parser says. */
export function read(text: string): Unit {
  const parsed = parseUnit(text);
  if (!parsed.ok) throw new Error(parsed.diagnostics.map(formatDiagnostic).join('\n'));
  return parsed.unit;
}

/** Messages of the verifier about `inst` in a function with arguments of the types `params`. */
export function problems(params: readonly string[], inst: string): string[] {
  const args = params.map((ty, n) => `%${n} = arg ${ty} ${n}`).join('\n');
  return verifyUnit(read(`fn @f(${params.join(', ')}) void {\n${args}\n${inst}\nret void {}\n}`)).map(
    ({ message }) => message,
  );
}
