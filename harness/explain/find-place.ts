/**
 * Finds where the two sides of a finding part in its minimised case: an explanation with all that it needs, cut down to a place.
 *
 * Owns what is loaded for it. Deterministic; never throws.
 */
import type { Backend } from '../backend/door.ts';
import { readCaseFile } from '../case/case-file.ts';
import { loadChecks } from '../check/checks.ts';
import { loadWabtValidator } from '../check/wabt.ts';
import type { Engine } from '../engine/door.ts';
import type { Finding } from '../model/finding.ts';
import type { Place, RelocationPlace } from '../model/place.ts';
import { loadModuleText } from '../wasm/module-text.ts';
import { Supply, supplied } from '../way/supply.ts';
import { explain, LINK_CHECKS } from './explain.ts';
import type { Explanation } from './explanation.ts';
import { linkFault } from './relocation-cause.ts';
import { benchOf } from './runner.ts';

/** The place of `finding` in the case of `text`; null where it is not known. */
export async function findPlace(
  finding: Finding,
  text: string,
  backend: Backend,
  engine: Engine,
): Promise<Place | null> {
  const given = {
    text,
    name: 'the case',
    isFile: false,
    backend,
    engine,
    textOf: await loadModuleText(),
    validator: await loadWabtValidator(),
  };
  const [lld] = LINK_CHECKS.includes(finding.check) ? await loadChecks(['lld']) : [];
  const explanation = await explain(finding, lld === undefined ? given : { ...given, lld });
  return placeOf(
    explanation,
    finding.stage === 'linker' ? await wrongRelocation(finding, text, backend, engine) : null,
  );
}

/** The relocation whose number is wrong, by the bytes of the links of the case; null where these do not prove one. */
async function wrongRelocation(
  finding: Finding,
  text: string,
  backend: Backend,
  engine: Engine,
): Promise<RelocationPlace | null> {
  const read = readCaseFile(text, 'the case', { settings: backend.settings });
  if (!read.ok) return null;
  const supply = new Supply(backend);
  try {
    const fault = await supplied(supply, () => linkFault(read.value.case, benchOf(backend, engine, supply), finding));
    return fault?.relocation ?? null;
  } catch {
    // A module that is broken may not be readable: the explanation says what it can.
    return null;
  }
}

/** Where the bytes of a link alone tell. */
const WRONG_NUMBER = 'a relocation of the link is not the number of its symbol';

/** What `explanation` tells of a place, with the relocation that its link shows or `wrong`, which was found otherwise; null if nothing. */
function placeOf(explanation: Explanation, wrong: RelocationPlace | null): Place | null {
  const { summary, instruction: part, memory, bytes, module, link, notes } = explanation;
  const relocation = link?.relocation ?? wrong;
  const instruction =
    part === null
      ? null
      : { function: part.function, line: part.line, text: part.text, expected: part.expected, actual: part.actual };
  const isTold = [part, memory, bytes, module, link].some((one) => one !== null) || notes.length > 0;
  if (!isTold && relocation === null) return null;
  return {
    summary: isTold ? summary : WRONG_NUMBER,
    instruction,
    relocation: relocation === null ? null : { ...relocation },
  };
}
