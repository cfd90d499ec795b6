/**
 * Runs a user's command on programs, and says what its exit code means.
 *
 * Owns the contract of docs/your-back-end.md: 0 and a module is built, {@link UNSUPPORTED} lacks something, every other code
 * refuses; a signal of its own or work without end is a crash; what comes from outside is nobody's fault. Three forms: one source
 * that holds many programs, one source for each, or a list of sources and modules.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Unit } from '../../../core/index.ts';
import { messageClass } from '../../model/message-class.ts';
import { printed } from '../../source/not-printable.ts';
import type { Answer, LinkFiles } from '../door.ts';
import type { StartedEnd, Toolchain } from '../process/compile-together.ts';
import { compileTogether, inScratch, onlyProgram, readModule, runStarted } from '../process/compile-together.ts';
import { linkTogether } from '../process/link-together.ts';
import type { RunLimits } from '../process/run-compiler.ts';
import type { CommandLanguage } from './languages.ts';

/** Exit code by which a command says that it does not have what a program needs; what `automake` calls a skipped test. */
const UNSUPPORTED = 77;

/** What a command is. */
interface Command {
  /** Its words, with placeholders. */
  readonly words: readonly string[];
  readonly language: CommandLanguage;
  /** Folder that it runs in. */
  readonly folder: string;
  readonly limits: RunLimits;
  /** Makes the module where the command writes an object. Absent: it writes the module. */
  readonly link?: LinkFiles;
}

/** Programs of one run. */
export const MOST = 100;

/** Begins the names of a program that is alone in its source. */
const PREFIX = 'p0_';

/** One answer for each of `units`, in order. */
export async function runCommand(units: readonly Unit[], command: Command): Promise<readonly Answer[]> {
  const isList = command.words.some((word) => word.includes('{list}'));
  if (isList) return runList(units, command);
  const { link } = command;
  const toolchain = toolchainOf(command);
  if (toolchain === null) return runEach(units, command);
  return compileTogether(
    units,
    link === undefined ? toolchain : { ...toolchain, link: ([object]) => linkOne(link, object!) },
  );
}

/** For each of `linkers` one answer for each of `units`. The language is one that has several programs in a file. */
export function linkCommand(
  units: readonly Unit[],
  command: Command,
  linkers: readonly LinkFiles[],
): Promise<readonly (readonly Answer[])[]> {
  const { cut } = command.language;
  return linkTogether(units, { ...toolchainOf(command)!, ...(cut !== undefined && { cut }) }, linkers);
}

function linkOne(link: LinkFiles, object: Uint8Array): Answer {
  return link(new Map([['programs.o', object]]));
}

/** The command as what compiles many programs at a time; null where each is in a file of its own. */
function toolchainOf({ words, language, folder, limits }: Command): Toolchain | null {
  const { prelude, file, print } = language;
  if (prelude === null) return null;
  return {
    file,
    prelude,
    print,
    words: (source, module) => filled(words, { source, module, object: module }),
    folder: () => folder,
    environment: () => ({}),
    limits,
    toError: (message, end) => answerOf(end, limits, message),
    alone: (end) => answerOf(end, limits, null),
  };
}

async function runEach(units: readonly Unit[], { words, language, folder, limits, link }: Command): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const unit of units) {
    const source = printed(() => language.print(unit, '', 0, null));
    if (source.kind === 'unsupported') {
      answers.push({ kind: 'unsupported', what: source.reason });
      continue;
    }
    answers.push(
      await inScratch(async (scratch) => {
        const [file, module] = [join(scratch, language.file), join(scratch, 'module.wasm')];
        writeFileSync(file, source.value);
        const end = await runStarted(filled(words, { source: file, module, object: module }), folder, {}, limits);
        const bytes = readModule(module);
        const isBuilt = end.kind === 'exited' && end.code === 0 && bytes !== null;
        if (!isBuilt) return answerOf(end, limits, null);
        return link === undefined ? { kind: 'built', bytes } : linkOne(link, bytes);
      }),
    );
  }
  return answers;
}

/** All programs in one run, each in a file of its own; those without a module in runs of halves, until one stands alone. */
async function runList(units: readonly Unit[], command: Command): Promise<Answer[]> {
  const { words, language, folder, limits } = command;
  const answers: (Answer | null)[] = units.map(() => null);
  const texts = units.map((unit, n) => {
    const source = printed(() => `${language.prelude ?? ''}${language.print(unit, PREFIX, 0, null)}`);
    if (source.kind === 'printed') return source.value;
    answers[n] = { kind: 'unsupported', what: source.reason };
    return '';
  });
  const compile = async (which: readonly number[]): Promise<void> => {
    if (which.length === 0) return;
    await inScratch(async (scratch) => {
      const pathOf = (n: number, name: string): string => join(scratch, `${n}-${name}`);
      const pairs = which.map((n) => [pathOf(n, language.file), pathOf(n, 'module.wasm')] as const);
      which.forEach((n, k) => writeFileSync(pairs[k]![0], texts[n]!));
      const list = join(scratch, 'list.txt');
      writeFileSync(list, pairs.map((pair) => `${pair.join('\t')}\n`).join(''));
      const end = await runStarted(filled(words, { list }), folder, {}, limits);
      which.forEach((n, k) => {
        const module = readModule(pairs[k]![1]);
        // What a run that failed has left may be half of a module.
        const isWhole = module !== null && end.kind === 'exited' && end.code === 0;
        if (isWhole)
          answers[n] = {
            kind: 'built',
            bytes: language.prelude === null ? module : onlyProgram(module, units[n]!, PREFIX),
          };
        else if (which.length === 1) answers[n] = answerOf(end, limits, null);
      });
    });
    const left = which.filter((n) => answers[n] === null);
    if (left.length === 0) return;
    const middle = (left.length + 1) >> 1;
    await compile(left.slice(0, middle));
    await compile(left.slice(middle));
  };
  await compile([...units.keys()].filter((n) => answers[n] === null));
  return answers.map((answer) => answer!);
}

function filled(words: readonly string[], values: Readonly<Record<string, string>>): readonly string[] {
  return words.map((word) => word.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole));
}

/** What a run means that gave no module. `message`: the error of the program, where that is known. */
function answerOf(end: StartedEnd, limits: RunLimits, message: string | null): Answer {
  switch (end.kind) {
    case 'exited': {
      const said = message ?? saidOf(end.stderr);
      if (end.code === UNSUPPORTED) return { kind: 'unsupported', what: classOf(said ?? 'no reason given') };
      const text = said ?? (end.code === 0 ? 'it ended with 0 and wrote no module' : `it ended with ${end.code}`);
      return { kind: 'refused', code: messageClass(text), text: `${text}\n${end.stderr.slice(0, 4000)}`.trimEnd() };
    }
    case 'signal':
      return { kind: 'crashed', message: end.signal, text: `${end.signal}\n${end.stderr.slice(0, 4000)}`.trimEnd() };
    case 'processor-time':
      return { kind: 'crashed', message: 'it does not end', text: `it did not end in ${limits.processor} s of work` };
    case 'killed':
      return { kind: 'unsupported', what: `command ended from outside: ${end.why}` };
  }
}

/** The first error of what a command said, or its first line. */
function saidOf(stderr: string): string | null {
  const error = /\berror: (.*)/i.exec(stderr)?.[1];
  return error ?? stderr.split('\n').find((line) => line.trim() !== '') ?? null;
}

/** A reason without the numbers and names of one program. */
function classOf(text: string): string {
  return text
    .replace(/'[^']*'/g, '…')
    .replace(/\b\d+\b/g, 'N')
    .slice(0, 80)
    .trim();
}
