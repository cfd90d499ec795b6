/**
 * Collects what a report to the makers of a compiler says about one case: runs it, compiles it, and takes its code apart.
 */
import type { Backend } from '../backend/door.ts';
import { optionsOfSpec } from '../model/command-spec.ts';
import { loadBackend } from '../backend/load-backend.ts';
import { readCaseFile } from '../case/case-file.ts';
import { replay } from '../corpus/replay.ts';
import { loadModuleText } from '../wasm/module-text.ts';
import type { Case } from '../model/case.ts';
import { HarnessError, InputError } from '../model/failure.ts';
import { quoted } from '../model/shell-word.ts';
import type { Finding } from '../model/finding.ts';
import { issueReport } from '../report/markdown.ts';
import type { RunReport } from '../report/run-report.ts';
import { reproLine } from '../report/text.ts';
import type { LinkerIssue } from '../report/linker-issue.ts';
import { linkerIssueReport } from '../report/linker-issue.ts';
import { toolIssueReport } from '../report/tool-issue.ts';
import { planLink } from '../check/plan-link.ts';
import { foreignLink } from '../check/foreign-link.ts';
import type { ForeignLinker } from '../linker/foreign-linker.ts';
import { installedLinkers } from '../linker/installed-linkers.ts';
import { CORE_BACKEND } from '../backend/core/core-backend.ts';
import { ALONE_PREFIX } from '../backend/process/link-together.ts';
import { printed } from '../source/not-printable.ts';
import { Stopwatch } from '../model/stopwatch.ts';
import { Artefacts } from '../way/artefacts.ts';
import { caseOfFile } from './find-case.ts';
import { withWorker } from './one-worker.ts';
import { DEFAULT_ENGINES } from './option.ts';

/** Lines of code above which that of a module is left out. */
const MOST_LINES = 120;

/** What is reported. */
interface Reported {
  readonly case: Case;
  readonly text: string;
  readonly finding: Pick<Finding, 'kind' | 'detail' | 'way' | 'stage'>;
  /** The command that shows it again. */
  readonly again: string;
}

/** The report of a bucket of a run (null: the first): for the makers of the compiler where the back end speaks their language. */
export async function issueOfRun(run: RunReport, bucket: string | null): Promise<string> {
  const plain = issueReport(run, bucket);
  const found = run.buckets.find(({ id }) => bucket === null || id === bucket)!;
  const backend = await loadBackend(run.config.backend);
  const isOfLinker = found.stage === LINKER_STAGE;
  if ((backend.report === undefined && !isOfLinker) || found.text === null || found.stage === 'printer') return plain;
  const read = readCaseFile(found.text, found.id, { settings: backend.settings });
  if (!read.ok) throw new InputError(`the case of ${found.id} cannot be read: ${read.errors[0]!.message}`);
  const again = reproLine(found, run.config);
  return issueOf({ case: read.value.case, text: found.text, finding: found, again }, backend);
}

/** The report of the case in `file`, which is run with the back end `spec`. */
export async function issueOfFile(file: string, spec: string, checks: string | null): Promise<string> {
  const backend = await loadBackend(spec);
  const found = caseOfFile(file, backend.settings);
  const isLinker = found.stored?.bucket?.startsWith(`${LINKER_STAGE}/`) === true;
  const wanted = checks ?? (isLinker ? 'linkers' : null);
  if (backend.report === undefined && wanted === null) {
    throw new InputError(
      `the back end ${backend.name} has no language of its own to report in; name another with --backend`,
    );
  }
  const setup = { profile: 'default', checks: wanted, onlyOps: null, backend: spec, engines: DEFAULT_ENGINES };
  const { findings } = await withWorker(setup, (workers) => replay(workers, found.source));
  const finding = findings[0];
  if (finding === undefined)
    throw new InputError(`${file} does not fail with ${backend.name}: there is nothing to report`);
  if (finding.stage === 'harness') throw new HarnessError(finding.detail);
  const text = found.source.from === 'text' ? found.source.text : '';
  const again = `npx harness repro ${quoted(file)}${optionsOfSpec(spec)}${wanted === null ? '' : ` --checks ${quoted(wanted)}`}`;
  return issueOf({ case: found.stored!.case, text, finding, again }, backend);
}

const LINKER_STAGE = 'foreign-linker';

/** The report to the makers of the linker that `finding` accuses. */
async function issueOfLinker({ case: case_, text, finding, again }: Reported, backend: Backend): Promise<string> {
  const { kind, detail } = finding;
  const { unit, calls, settings } = case_;
  const [, wrong = '', right = ''] = /^(\S+(?:, (?!and not )\S+)*?)(?:, and not ([^:]*))?: /.exec(detail) ?? [];
  const { linkable } = backend;
  const job = { unit, settings, way: backend.ways[0].name };
  const parts = { case: case_, backend, stopwatch: new Stopwatch(), stepTime: null, supply: null };
  const link =
    linkable === undefined
      ? (planLink(new Artefacts(parts))?.link ?? null)
      : await foreignLink(job, linkable, CORE_BACKEND.command!);
  if (link === null) throw new HarnessError('the objects of the case cannot be made');
  const installed = await installedLinkers();
  const meant = (names: string): typeof installed =>
    names.split(', ').flatMap((one) => installed.filter(({ name }) => name === one));
  const accused = meant(wrong).at(-1);
  if (accused === undefined) throw new HarnessError(`no installed linker is meant by: ${detail.split('\n')[0]!}`);
  const files = accused.inputs?.(link) ?? link.files;
  const told = ({ name, line }: ForeignLinker): LinkerIssue['accused'] => {
    const words = line?.(link.options, [...files.keys()], link.ptrBits) ?? null;
    return { name, line: words ?? `# ${name} lacks an option of this link` };
  };
  const recipes = printed(() => linkable?.recipes(job) ?? []);
  return linkerIssueReport({
    kind,
    unit,
    calls,
    detail,
    caseText: text,
    again,
    accused: told(accused),
    right: meant(right).map(told),
    files,
    recipes: recipes.kind === 'printed' ? recipes.value : [],
    prefix: linkable === undefined ? '' : ALONE_PREFIX,
  });
}

async function issueOf(reported: Reported, backend: Backend): Promise<string> {
  const { case: case_, text, finding, again } = reported;
  if (finding.stage === LINKER_STAGE) return issueOfLinker(reported, backend);
  const { report, witness } = backend;
  const way = finding.way?.name ?? backend.ways[0].name;
  return toolIssueReport({
    tool: report!.tool,
    kind: finding.kind,
    unit: case_.unit,
    calls: case_.calls,
    detail: finding.detail,
    language: report!.language,
    file: report!.file,
    source: report!.source(case_.unit),
    command: report!.command(way, case_.settings),
    witness:
      witness === undefined ? null : { name: witness.name, command: report!.command(witness.name, case_.settings) },
    wat: await codeOf(case_, backend, way),
    caseText: text,
    again,
  });
}

/** The functions of the module as text; null where there is none, or too much. */
async function codeOf({ unit, settings }: Case, { compiler }: Backend, way: string): Promise<string | null> {
  const job = { unit, settings, way };
  const answer = compiler.kind === 'batch' ? (await compiler.build([job]))[0]! : compiler.build(job);
  if (answer.kind !== 'built') return null;
  const text = (await loadModuleText())(answer.bytes);
  if (text === null) return null;
  const lines: string[] = [];
  let isFunction = false;
  for (const line of text.split('\n')) {
    if (/^ {2}\(/.test(line)) isFunction = line.startsWith('  (func');
    if (isFunction) lines.push(line.slice(2));
  }
  return lines.length === 0 || lines.length > MOST_LINES ? null : lines.join('\n');
}
