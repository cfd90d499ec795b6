/**
 * `harness compile`: a program to a module, an object, or text.
 *
 * Owns the choice of output. A module is written only if the engine accepts it: what leaves this command can be run.
 */
import type { NavIndex, Settings, Unit } from '../../core/index.ts';
import {
  compileExe,
  compileExeThreaded,
  compileFunction,
  compileObject,
  compileObjectThreaded,
  formatDiagnostic,
  MAX_THREADS,
  printMir,
  printType,
  printValue,
  refusals,
  stopCodegenThreads,
} from '../../core/index.ts';
import type { IpIndex, Result } from '../../core/index.ts';
import { formatCaseFileError, readCaseFile } from '../case/case-file.ts';
import { coreSettings } from '../backend/core/settings.ts';
import type { TargetText } from '../backend/core/settings-text.ts';
import { readSetting, readTarget } from '../backend/core/settings-text.ts';
import { asEngineTakes, enableMemory64, requireAddresses } from '../engine/v8/memory64.ts';
import { readInputText, writeWhole } from '../model/files.ts';
import { HarnessError, InputError } from '../model/failure.ts';
import { defineCommand } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { readInteger, readText, readWord, refuseValue } from './option.ts';

interface CompileOptions {
  readonly out: string | null;
  readonly obj: boolean;
  readonly emit: 'wasm' | 'wat' | 'mir' | 'zig' | 'c';
  readonly target: TargetText | null;
  readonly set: Partial<Settings>;
  /** Null: no way through threads at all. */
  readonly threads: number | null;
}

export const compileCommand = defineCommand<CompileOptions>({
  details: 'The settings are those in the `;!` lines of the file; options override them.',
  args: [['<file>', 'a .air file']],
  options: {
    out: {
      flags: '-o, --out <file>',
      help: 'the file to write; text goes to stdout without it',
      fallback: null,
      read: readText,
    },
    obj: { flags: '--obj', help: 'make a relocatable object', fallback: false },
    emit: {
      flags: '--emit <form>',
      help: 'wasm, wat (text of the module), mir, or zig or c (the program as source)',
      fallback: 'wasm',
      read: readWord(['wasm', 'wat', 'mir', 'zig', 'c']),
    },
    threads: {
      flags: '--threads <n>',
      help: 'number of codegen threads, which does not change the output (0: the same steps in one thread)',
      fallback: null,
      read: readInteger(0, MAX_THREADS),
    },
    target: {
      flags: '--target <target>',
      help: "target and features, such as 'wasm32 -bulk_memory' or wasm64",
      fallback: null,
      read: (text) => {
        const read = readTarget(text);
        return typeof read === 'string' ? refuseValue(`a target (${read})`, text) : read;
      },
    },
    set: {
      flags: '--set <setting>',
      help: 'a setting as a case file spells it: --set --stack-size=131072 --set --br-table=always; may be repeated',
      fallback: {},
      read: (text, before) => {
        const read = readSetting(text.startsWith('--') ? text : `--${text}`);
        return read === null ? refuseValue('a setting of a case file', text) : { ...before, ...read };
      },
    },
  },
  async run([file], options, io) {
    const { threads } = options;
    const { target } = options;
    const width = target === null ? {} : { ptrBits: target.ptrBits };
    const read = readCaseFile(readInputText(file!), file!, { shared: threads !== null && threads > 0, ...width });
    if (!read.ok) throw new InputError(read.errors.map(formatCaseFileError).join('\n'));
    const { unit, settings: stated } = read.value.case;
    const settings = { ...coreSettings(stated), ...target?.settings, ...options.set };
    if (options.emit === 'mir') {
      if (threads !== null)
        throw new InputError('--threads makes no difference to --emit mir, which prints one function after the other');
      output(mirOf(file!, unit, settings), options.out, io.say);
      return EXIT.clean;
    }
    if (options.emit === 'zig' || options.emit === 'c') {
      output(await (options.emit === 'zig' ? zigOf : cOf)(file!, unit), options.out, io.say);
      return EXIT.clean;
    }
    requireAddresses(unit.pool.target.ptrBits);
    const bytes = built(file!, await compile(unit, settings, options.obj, threads));
    checkModule(bytes, options.obj ? 'object' : 'module');
    if (options.emit === 'wat') {
      output(await textOf(bytes), options.out, io.say);
      return EXIT.clean;
    }
    if (options.out === null) throw new InputError('compile needs -o FILE for binary output');
    if (options.out === '-') io.bytes(bytes);
    else writeWhole(options.out, bytes);
    return EXIT.clean;
  },
});

async function compile(
  unit: Unit,
  settings: Settings,
  isObject: boolean,
  threads: number | null,
): Promise<Result<Uint8Array>> {
  if (threads === null) return isObject ? compileObject(unit, settings) : compileExe(unit, settings);
  try {
    const result = await (isObject ? compileObjectThreaded : compileExeThreaded)(unit, settings, { threads });
    const crashes = result.ok ? [] : result.error.filter(({ code }) => code === 'function_crashed');
    if (crashes.length > 0) throw new HarnessError(crashes.map(formatDiagnostic).join('\n'));
    return result;
  } finally {
    await stopCodegenThreads();
  }
}

function output(text: string, out: string | null, say: (text: string) => void): void {
  if (out === null || out === '-') say(text.trimEnd());
  else writeWhole(out, text);
}

/** The bytes of a result; diagnostics are bad input. */
function built(file: string, result: Result<Uint8Array>): Uint8Array {
  if (result.ok) return result.value;
  // Places inside of a program do not name its file.
  throw new InputError(
    result.error
      .map((diagnostic) => {
        const text = formatDiagnostic(diagnostic);
        return diagnostic.place.in === 'file' ? text : `${file}: ${text}`;
      })
      .join('\n'),
  );
}

/**
 * The last gate before bytes are written: what the engine rejects is a bug of the back end, and is not written. A module whose
 * table has 64-bit slots is shown with a narrow one to an engine that has no such tables.
 */
function checkModule(bytes: Uint8Array, what: string): void {
  if (WebAssembly.validate(bytes)) return;
  if (enableMemory64() && WebAssembly.validate(asEngineTakes(bytes))) return;
  throw new HarnessError(`the back end made an invalid ${what}; nothing is written`);
}

function mirOf(file: string, unit: Unit, settings: Settings): string {
  const refused = refusals(unit, settings);
  if (refused.length > 0) built(file, { ok: false, error: refused });
  const names = {
    nav: (nav: number) => `@${unit.navs[nav]?.name ?? nav}`,
    value: (value: number) => printValue(unit.pool, value as IpIndex, unit),
    type: (type: number) => printType(unit.pool, type as IpIndex, unit),
  };
  const parts: string[] = [];
  unit.navs.forEach((nav, index) => {
    if (nav.kind !== 'func') return;
    parts.push(printMir(compileFunction(unit, index as NavIndex, settings), `@${nav.name}`, names));
  });
  return parts.join('\n');
}

async function zigOf(file: string, unit: Unit): Promise<string> {
  const { printed } = await import('../source/not-printable.ts');
  const { printZig, ZIG_PRELUDE } = await import('../source/zig/print-zig.ts');
  const source = printed(() => printZig(unit, ''));
  if (source.kind === 'unsupported') throw new InputError(`${file}: Zig has no spelling for ${source.reason}`);
  return `${ZIG_PRELUDE}${source.value}`;
}

async function cOf(file: string, unit: Unit): Promise<string> {
  const { printed } = await import('../source/not-printable.ts');
  const { C_PRELUDE, printC } = await import('../source/c/print-c.ts');
  const source = printed(() => printC(unit, ''));
  if (source.kind === 'unsupported') throw new InputError(`${file}: C has no spelling for ${source.reason}`);
  return `${C_PRELUDE}${source.value}`;
}

async function textOf(bytes: Uint8Array): Promise<string> {
  const { default: load } = await import('wabt');
  const wabt = await load();
  const module = wabt.readWasm(bytes, { memory64: true, readDebugNames: true });
  try {
    module.applyNames();
    return module.toText({ foldExprs: false, inlineExport: false });
  } finally {
    module.destroy();
  }
}
