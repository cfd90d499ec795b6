/**
 * What a command of the program is, as data, and how commander is told about it.
 *
 * Owns the translation from option tables to commander. Knows no particular command.
 */
import { Argument, Command, Option } from 'commander';
import { InputError } from '../model/failure.ts';
import { EXIT_HELP } from './exit-codes.ts';
import type { ExitCode } from './exit-codes.ts';
import type { Io } from '../report/io.ts';
import { openIo } from '../report/io.ts';
import type { CliOption, OptionTable } from './option.ts';

/** Options that commands without any have. */
export type NoOptions = Readonly<Record<string, never>>;

/** One command; its name and its summary are in command-list.ts, which is there before it. */
export interface CommandSpec<T> {
  /** Further help, before the list of options. */
  readonly details?: string;
  /** As commander spells them: `<seed>`, `[paths...]`. */
  readonly args: readonly (readonly [name: string, help: string])[];
  readonly options: OptionTable<T>;
  /** What to say of an option that the command does not have; null: nothing in particular. */
  readonly rejected?: (option: string) => string | null;
  run(args: readonly string[], options: T, io: Io): Promise<ExitCode> | ExitCode;
}

/** A command of some option type, made opaque so that a list can hold all of them. */
export interface AnyCommand {
  addTo(program: Command, listed: Listed, finish: (code: ExitCode) => void): void;
}

/** What the list of commands says of one. */
interface Listed {
  readonly name: string;
  readonly summary: string;
}

/** Makes a command of its data. */
export function defineCommand<T extends object>(spec: CommandSpec<T>): AnyCommand {
  return {
    addTo(program, { name, summary }, finish) {
      const command = new Command(name).summary(summary).description(described(summary, spec.details));
      for (const [arg, help] of spec.args) command.addArgument(new Argument(arg, help));
      const keys = Object.keys(spec.options) as (keyof T & string)[];
      for (const key of keys) for (const option of toCommander(key, spec.options[key])) command.addOption(option);
      command.addHelpText('after', EXIT_HELP);
      if (spec.rejected !== undefined) refuseKnown(command, spec.rejected);
      command.action(async (...actionArgs: unknown[]) => {
        const given = actionArgs
          .slice(0, spec.args.length)
          .flat()
          .filter((arg) => arg !== undefined) as string[];
        const fallbacks = Object.fromEntries(keys.map((key) => [key, spec.options[key].fallback]));
        const options = { ...fallbacks, ...command.opts() } as T;
        finish(await spec.run(given, options, openIo((options as { json?: boolean }).json === true)));
      });
      program.addCommand(command);
    },
  };
}

/** Gives options that people may expect an answer of their own instead of "unknown option". */
function refuseKnown(command: Command, rejected: (option: string) => string | null): void {
  const { unknownOption } = command as unknown as Record<'unknownOption', (this: Command, flag: string) => void>;
  Object.assign(command, {
    unknownOption(flag: string) {
      const message = rejected(flag);
      if (message !== null) throw new InputError(message);
      unknownOption.call(command, flag);
    },
  });
}

function described(summary: string, details: string | undefined): string {
  const sentence = `${summary[0]!.toUpperCase()}${summary.slice(1)}.`;
  return details === undefined ? sentence : `${sentence}\n\n${details}`;
}

/** Fallbacks are filled in after parsing: commander would print those that say nothing (`default: null`). */
function toCommander<T>(key: string, spec: CliOption<T>): Option[] {
  const { fallback, read } = spec;
  const shown = typeof fallback === 'number' || typeof fallback === 'string' ? ` (default: ${fallback})` : '';
  const option = new Option(spec.flags, spec.help + shown);
  if (read !== undefined) {
    option.argParser((text: string, before: T | undefined) => {
      try {
        return read(text, before ?? fallback);
      } catch (error) {
        if (error instanceof InputError) throw new InputError(`option ${spec.flags}: ${error.message}`);
        throw error;
      }
    });
  }
  const options = spec.negation === undefined ? [option] : [option, new Option(spec.negation[0], spec.negation[1])];
  for (const made of options) {
    if (made.attributeName() !== key) throw new Error(`option ${made.flags} has the key ${key}`);
    if (spec.hidden === true) made.hideHelp();
  }
  return options;
}
