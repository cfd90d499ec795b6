/**
 * Explains a finding: where the two sides of its check part.
 *
 * Owns which question is asked about which kind of finding; the answers are found in the other files of this folder. Runs in
 * this process, with a time limit for each step. Deterministic.
 */
import type { NavIndex } from '../../core/index.ts';
import { printNavName } from '../../core/index.ts';
import type { Backend } from '../backend/door.ts';
import type { Case } from '../model/case.ts';
import type { Check } from '../check/check.ts';
import { readCaseFile } from '../case/case-file.ts';
import { crashed } from '../way/build-result.ts';
import type { Finding } from '../model/finding.ts';
import type { Engine } from '../engine/door.ts';
import { quieten } from '../model/scalars.ts';
import type { Ran } from './accused-ways.ts';
import { accusedWays, runOnce } from './accused-ways.ts';
import { stepPastData } from './beside-data.ts';
import { bytesPart } from './bytes-place.ts';
import type { ModuleText } from '../wasm/module-text.ts';
import { codePart } from './code-view.ts';
import { emitFault } from './emit-fault.ts';
import type { Explanation, InstructionPart } from './explanation.ts';
import { guiltySite, instructionPart } from './instruction-part.ts';
import type { Validator } from './invalid-place.ts';
import { modulePart } from './invalid-place.ts';
import { linkPart } from './link-place.ts';
import { symbolParts } from './link-symbols.ts';
import type { Lockstep } from './lockstep.ts';
import { memoryPart } from './memory-path.ts';
import type { Source } from './source.ts';
import { sourceOf } from './source.ts';
import type { Way } from '../way/ways.ts';
import { Supply, supplied } from '../way/supply.ts';
import { waysOf } from '../way/ways.ts';
import type { Bench } from './runner.ts';
import { benchOf } from './runner.ts';

/** With what to explain. */
export interface ExplainParts {
  /** Text of the case, as the user has it. */
  readonly text: string;
  /** What the user calls the case: a seed or a file. */
  readonly name: string;
  readonly isFile: boolean;
  readonly backend: Backend;
  readonly engine: Engine;
  readonly textOf: ModuleText;
  /** wabt's; for findings of its check. */
  readonly validator?: Validator;
  /** The check `lld`, for findings about decorated links; absent: it is not there. */
  readonly lld?: Check;
}

/** Ways whose findings may be due to where the linker has put things. */
const LINKED_WAYS: ReadonlySet<string> = new Set(['linked', 'split', 'ordered']);
/** What an explanation works with. */
interface Work extends ExplainParts {
  readonly bench: Bench;
  readonly supply: Supply;
}

/** Explains `finding` of the case of `parts`. Never throws: a finding must not be lost to its explanation. */
export async function explain(finding: Finding, parts: ExplainParts): Promise<Explanation> {
  const supply = new Supply(parts.backend);
  const work = { ...parts, supply, bench: benchOf(parts.backend, parts.engine, supply) };
  try {
    return await supplied(supply, () => answer(finding, work));
  } catch (error) {
    return nothing(finding, `the explanation itself failed: ${crashed(error).text}`);
  }
}

function answer(finding: Finding, parts: Work): Explanation {
  const read = readCaseFile(parts.text, parts.name, { settings: parts.backend.settings });
  if (!read.ok) return nothing(finding, 'the text of the case cannot be read again');
  const given = read.value.case;
  return withEmitFault(
    given,
    parts,
    explainKind(finding, { ...given, calls: quieten(given.unit, given.calls) }, parts),
  );
}

/** Bytes that do not say what the instructions of a function are come first: all else follows from them. */
function withEmitFault(case_: Case, { bench }: Work, explanation: Explanation): Explanation {
  const { kind, summary, notes } = explanation;
  if (!['result', 'trap', 'trace', 'memory', 'stack', 'timeout', 'invalid'].includes(kind)) return explanation;
  const fault = emitFault(case_, bench);
  if (fault === null) return explanation;
  const name = printNavName(fault.name);
  const said =
    `the code of ${name} is encoded wrongly: ${fault.text} of its MIR should be \`${fault.expected}\`, and its bytes say ` +
    `\`${fault.actual}\``;
  return { ...explanation, summary: said, notes: [summary, ...notes] };
}

function explainKind(finding: Finding, case_: Case, parts: Work): Explanation {
  if (LINK_CHECKS.includes(finding.check) && finding.kind !== 'layout') return explainLink(finding, case_, parts);
  switch (finding.kind) {
    case 'result':
    case 'trap':
    case 'trace':
    case 'memory':
    case 'stack':
    case 'timeout':
      return explainRun(finding, case_, parts);
    case 'bytes':
      return explainBytes(finding, case_, parts);
    case 'invalid':
      return explainInvalid(finding, case_, parts);
    case 'crash':
      return explainCrash(finding, case_, parts);
    case 'refused':
    case 'accepted':
    case 'layout':
    case 'link-error':
    case 'text':
    case 'illegal':
    case 'exhausted':
      return nothing(finding, 'nothing was run that could be stepped through; the message above says what is known');
  }
}

/** Checks of decorated links, whose findings are explained by another linker's module. */
export const LINK_CHECKS: readonly string[] = ['topology', 'lld'];

/** A decorated link by what LLVM's linker makes of the same objects. */
function explainLink(finding: Finding, case_: Case, parts: Work): Explanation {
  const { lld, ...others } = parts;
  if (lld === undefined) {
    return nothing(finding, 'without wasm-ld (the optional package) there is no other link to compare with');
  }
  if (finding.kind === 'link-error') {
    return nothing(finding, 'one of the links was refused: the message above says what is known');
  }
  const link = linkPart(case_, { ...others, lld });
  if (link === null) {
    return nothing(
      finding,
      'the module is the one that wasm-ld makes of the same objects, as far as they can be compared: see the message above',
    );
  }
  const [ours, theirs] = link.sides;
  const summary = `the modules of ${ours.name} and ${theirs.name} differ first in ${link.what}: ${ours.value} here, and ${theirs.value} there`;
  return { ...nothing(finding, summary), link };
}

function nothing(finding: Finding, summary: string): Explanation {
  return {
    check: finding.check,
    kind: finding.kind,
    summary,
    way: null,
    instruction: null,
    memory: null,
    trace: null,
    symbols: null,
    bytes: null,
    module: null,
    link: null,
    code: null,
    notes: [],
  };
}

function explainBytes(finding: Finding, case_: Case, { bench, supply, engine }: Work): Explanation {
  const bytes = bytesPart(finding, case_, bench, supply, engine);
  if (bytes === null) return nothing(finding, 'no two builds differ when they are made here: see the message above');
  const where = bytes.function === null ? '' : `, function ${bytes.function}`;
  const summary = `two builds of the ${bytes.what} differ first at offset ${bytes.offset}: section ${bytes.section}${where}`;
  return { ...nothing(finding, summary), bytes };
}

function explainInvalid(finding: Finding, case_: Case, { bench, textOf, validator }: Work): Explanation {
  const module = modulePart(finding, case_, bench, textOf, validator ?? null);
  if (module !== null) {
    const at = module.context.find(({ marked }) => marked)?.text.trim();
    const where = module.function === null ? '' : ` in function ${module.function}`;
    const which = at === undefined ? '' : `, at \`${at}\``;
    return { ...nothing(finding, `the ${module.what} is refused${where}${which}`), module };
  }
  // A module that compiles and cannot be instantiated.
  for (const way of accusedWays(finding, case_, bench)) {
    const ran = runOnce(case_, way, bench);
    if (ran?.run.kind === 'rejected') {
      return { ...nothing(finding, `the ${way.name} compiles and does not start: ${ran.run.detail}`), way: way.name };
    }
  }
  return nothing(finding, 'every module is accepted when it is made here: see the message above');
}

/** A function that cannot be compiled alone is the one; a crash that needs more than one function is not looked into. */
function explainCrash(finding: Finding, case_: Case, { backend }: Work): Explanation {
  const { unit, settings } = case_;
  if (finding.stage === 'codegen' && backend.code !== undefined) {
    for (let n = 0; n < unit.navs.length; n++) {
      if (unit.navs[n]!.kind !== 'func') continue;
      try {
        backend.code.print(unit, settings, n as NavIndex);
      } catch (error) {
        const name = printNavName(unit.navs[n]!.name);
        return nothing(finding, `code generation of ${name} throws: ${(error as Error).message}`);
      }
    }
  }
  return nothing(finding, 'nothing was run that could be stepped through; the stack above says where it was');
}

function explainRun(finding: Finding, case_: Case, parts: Work): Explanation {
  const { backend, bench } = parts;
  const ways = waysOf(case_, backend);
  for (const way of accusedWays(finding, case_, bench)) {
    const ran = runOnce(case_, way, bench);
    if (ran === null || ran.difference === null) continue;
    const steps = stepPastData(case_, way, bench);
    const explained = explainSteps(finding, case_, parts, way, ran, steps);
    if (!LINKED_WAYS.has(finding.way?.name ?? '')) return explained;
    return { ...explained, symbols: symbolParts(case_, ways[0]!, way, bench) };
  }
  if (finding.check === 'expect') {
    return nothing(finding, 'the interpreter and the executable agree: the case states something else');
  }
  const names = ways.map(({ name }) => name).join(', ');
  return nothing(finding, `these do what the interpreter says: ${names}; only what ${finding.check} makes does not`);
}

function explainSteps(finding: Finding, case_: Case, parts: Work, way: Way, ran: Ran, steps: Lockstep): Explanation {
  const difference = ran.difference!;
  const memory = difference.what === 'memory' ? memoryPart(case_.unit, difference) : null;
  const base = { ...nothing(finding, ''), way: way.name, trace: ran.trace, memory };
  switch (steps.kind) {
    case 'parted': {
      const source = sourceOf(parts.text);
      const instruction = instructionPart(steps, source);
      const code = codePart(case_, parts.bench, way, guiltySite(steps), source, parts.textOf, parts.name);
      const notes = notesOf(steps, source, way);
      return { ...base, summary: sentence(instruction, way, parts), instruction, code, notes };
    }
    case 'initial': {
      const initial = memoryPart(case_.unit, steps.difference);
      const place = initial?.path ?? steps.difference.where;
      const summary = `before the first call, ${place} does not hold what the program says: initial data of the ${way.name}`;
      return { ...base, summary, memory: initial ?? memory };
    }
    case 'unseen':
      return {
        ...base,
        summary: `all values that instructions make agree; the ${way.name} differs behind them: ${difference.where}`,
        notes: ['the probed program fails too, and no probe saw a difference'],
      };
    case 'gone':
      return {
        ...base,
        summary: `probes hide the failure: with each of ${steps.tried} sets of probes the ${way.name} does what it should`,
        notes: ['what is left is the difference of the program without probes, above'],
      };
  }
}

function sentence(
  { function: fn, line, text, kind, count, expected, actual }: InstructionPart,
  way: Way,
  { name, isFile }: ExplainParts,
): string {
  const times = count === 1 ? '' : `, reached ${count} times`;
  const place = `${isFile ? `${name}:${line}` : `line ${line}`}, in ${fn}${times}: \`${text}\``;
  switch (kind) {
    case 'value':
      return `${place} gives ${actual} in the ${way.name}, and should give ${expected}`;
    case 'memory':
      return `${place} leaves ${actual} in the ${way.name}, and should leave ${expected}`;
    case 'host-call':
      return `${place}: the ${way.name} calls ${actual}, and should call ${expected}`;
    case 'path':
      return `${place}: here the ${way.name} ${actual}, where the interpreter ${expected}`;
    case 'garbled':
      return `before ${place}, the ${way.name} ${actual}: calls are not made as they should be`;
  }
}

function notesOf(steps: Extract<Lockstep, { kind: 'parted' }>, source: Source, way: Way): string[] {
  const notes: string[] = [];
  const { range, verdict, parting, watched } = steps;
  if (range !== null) {
    const name = source.unit.navs[range.nav]!.name;
    notes.push(
      `probes everywhere hide the failure; with probes in @${name} from %${range.from} to %${range.to - 1} only, ` +
        'it stays: the fault may lie in an instruction before this one that has no probe',
    );
  }
  if (verdict.kind !== 'different') {
    notes.push(`in the end the probed ${way.name} gives the right result: this difference may be another one`);
  }
  if (parting.at > 0 && parting.kind === 'path') {
    const last = watched.probed.sites[watched.reference[parting.at - 1]!.site]!;
    notes.push(`both sides agree up to line ${source.lineOf(last.nav, last.inst)}`);
  }
  return notes;
}
