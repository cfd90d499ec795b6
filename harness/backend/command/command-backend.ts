/**
 * Any command as a back end: `--backend 'command:mycc {source} -o {module}' --source c`. docs/your-back-end.md is the manual.
 *
 * Owns what such a back end is; how a command is run is in run-command.ts. The witness is another back end, which gets the same
 * programs: its way is one of this one's.
 */
import type { IpIndex, Unit } from '../../../core/index.ts';
import { InputError } from '../../model/failure.ts';
import { printed } from '../../source/not-printable.ts';
import type { Answer, Backend, BatchCompiler, BuildJob, LinkFiles, LinkableAbility } from '../door.ts';
import { EXECUTABLE_WAY } from '../door.ts';
import { noSettings } from '../no-settings.ts';
import type { RunLimits } from '../process/run-compiler.ts';
import { readCommandSpec, splitWords, writesObject } from '../../model/command-spec.ts';
import { CORE_BACKEND } from '../core/core-backend.ts';
import { LINK_WORDS, linkSources } from '../process/link-together.ts';
import type { CommandLanguage } from './languages.ts';
import { loadLanguage } from './languages.ts';
import { linkCommand, MOST, runCommand } from './run-command.ts';

/** Address space of a command: engines of JavaScript set aside 10 GB for each memory of a WebAssembly instance. */
const MEMORY = 128 * 2 ** 30;

/** What one run of a command may take. */
const LIMITS: RunLimits = { processor: 60, clock: 240, memory: MEMORY };

/** Bytes of stack that a program has at least: what wasm-ld gives. */
const STACK = 65536;

/** A command says all that it wants to know in its own words. */
const SETTINGS = noSettings(STACK);

/** The way of the witness. */
const WITNESS = 'witness';

/** The back end `spec` (command-spec.ts). `load`: loads its witness. Programs of the command run in the current folder. */
export async function commandBackend(
  spec: string,
  load: (spec: string) => Promise<Backend>,
  limits = LIMITS,
): Promise<Backend> {
  const { source, command, witness: named } = readCommandSpec(spec);
  if (source === null) throw new InputError(`${spec}: a command needs --source`);
  const language = await loadLanguage(source);
  const words = splitWords(command);
  const witness = named === null ? null : await load(named);
  const isObject = writesObject(words);
  const own = { words, language, folder: process.cwd(), limits, ...(isObject && { link: linkByCore }) };
  const run = (units: readonly Unit[]): Promise<readonly Answer[]> => runCommand(units, own);
  const linkable: LinkableAbility = {
    most: MOST,
    recipes({ unit }) {
      const { prelude, print, cut } = language;
      return [...linkSources(unit, { prelude: prelude!, print, ...(cut !== undefined && { cut }) })].map(
        ([path, text]) => {
          const file = path.replace(/o$/, source);
          return { path, source: { language: source, file, text }, command: lineOf(command, file, path) };
        },
      );
    },
    link: (jobs, linkers) =>
      linkCommand(
        jobs.map(({ unit }) => unit),
        own,
        linkers,
      ),
  };
  const compiler: BatchCompiler = {
    kind: 'batch',
    most: MOST,
    async build(jobs) {
      const asked = jobs.filter(({ way }) => way !== WITNESS);
      const others = jobs.filter(({ way }) => way === WITNESS);
      const answers = [...(asked.length === 0 ? [] : await run(asked.map(({ unit }) => unit)))];
      const second = others.length === 0 ? [] : [...(await buildWith(witness!, others))];
      return jobs.map(({ way }) => (way === WITNESS ? second : answers).shift()!);
    },
  };
  const comparable = together(language.comparable, witness?.comparable);
  const { alone } = language;
  return {
    name: `${words[0]!} (${source})`,
    settings: SETTINGS,
    ways: [EXECUTABLE_WAY],
    ...(witness !== null && { witness: { name: WITNESS, accuses: 'codegen' as const } }),
    compiler,
    ...(isObject && language.prelude !== null && { linkable }),
    ...(language.tag !== undefined && { supports: { tag: language.tag } }),
    ...(comparable !== undefined && { comparable }),
    // Addresses depend on the neighbours.
    ...(language.prelude !== null && { bytesVary: true as const }),
    ...(alone !== undefined && {
      report: {
        tool: words[0]!,
        language: source,
        file: `a.${source}`,
        source: (unit: Unit) => printed(() => alone(unit)),
        command: (way: string) =>
          way === WITNESS ? witnessLine(witness!, named!, source) : lineOf(command, `a.${source}`),
      },
    }),
  };
}

/** An object, linked by core, whose run-time library has the names and signatures of LLVM's. */
const linkByCore: LinkFiles = (files) => CORE_BACKEND.command!.link([...LINK_WORDS, ...files.keys()], files);

/** The command line on one `file`. */
function lineOf(command: string, file: string, object = 'a.o'): string {
  return command
    .replaceAll('{source}', file)
    .replaceAll('{module}', 'a.wasm')
    .replaceAll('{object}', object)
    .replaceAll('{list}', 'list.txt');
}

function witnessLine(witness: Backend, spec: string, source: CommandLanguage['file']): string {
  if (witness.report === undefined) return `# ${spec}`;
  return witness.report.language === source
    ? witness.report.command(witness.ways[0].name, witness.settings.stored)
    : `# ${spec}`;
}

/** The answers of another back end, in its first way and with the settings that it takes for granted. */
async function buildWith(other: Backend, jobs: readonly BuildJob[]): Promise<readonly Answer[]> {
  const { compiler, settings, ways } = other;
  const asked = jobs.map(({ unit }) => ({ unit, settings: settings.stored, way: ways[0].name }));
  if (compiler.kind === 'batch') {
    const answers: Answer[] = [];
    for (let at = 0; at < asked.length; at += compiler.most) {
      answers.push(...(await compiler.build(asked.slice(at, at + compiler.most))));
    }
    return answers;
  }
  return asked.map((job) => {
    try {
      return compiler.build(job);
    } catch (error) {
      return { kind: 'crashed', message: (error as Error).message };
    }
  });
}

type Comparable = Backend['comparable'];

/** The bits that mean the same in both. */
function together(one: Comparable, other: Comparable): Comparable {
  if (one === undefined || other === undefined) return one ?? other;
  return (pool: Unit['pool'], ty: IpIndex) => {
    const [a, b] = [one(pool, ty), other(pool, ty)];
    return a === null || b === null ? null : a.map((mask, n) => mask & b[n]!);
  };
}
