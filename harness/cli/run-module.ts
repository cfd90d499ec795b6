/**
 * Executes a finished module whose program is not known: what `harness run x.wasm` does.
 *
 * Owns the reading of calls against nothing but the module itself. Imported functions answer 0; anything else that a
 * module imports is refused by name.
 */
import { asEngineTakes, enableMemory64 } from '../engine/v8/memory64.ts';
import { readInput } from '../model/files.ts';
import { InputError } from '../model/failure.ts';
import type { ExitCode } from './exit-codes.ts';
import { EXIT } from './exit-codes.ts';
import type { Io } from '../report/io.ts';
import { messageOf } from '../model/files.ts';

/** Runs `calls` (`f(1, 2n)`, `n` for i64) on the module in `file`; none: each export without parameters. */
export function runModule(file: string, calls: readonly string[], io: Io): ExitCode {
  const module = compileModule(file);
  // Names are the module's: `__proto__` is one like any other.
  const imports = Object.create(null) as Record<string, Record<string, () => number>>;
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    if (kind !== 'function')
      throw new InputError(`${file}: imports the ${kind} ${from}.${name}, which this command cannot provide`);
    (imports[from] ??= Object.create(null) as Record<string, () => number>)[name] = () => 0;
  }
  let instance: WebAssembly.Instance;
  try {
    instance = new WebAssembly.Instance(module, imports);
  } catch (error) {
    io.say(`instantiation fails: ${messageOf(error)}`);
    return EXIT.clean;
  }
  const functions = Object.entries(instance.exports).filter(([, value]) => typeof value === 'function');
  const wanted =
    calls.length > 0
      ? calls.map(readCall)
      : functions
          .filter(([, value]) => typeof value === 'function' && value.length === 0)
          .map(([name]) => ({ name, args: [] }));
  for (const { name, args } of wanted) {
    const fn = instance.exports[name];
    if (typeof fn !== 'function') throw new InputError(`${file}: exports no function '${name}'`);
    const shown = `${name}(${args.map((arg) => String(arg)).join(', ')})`;
    try {
      io.say(`${shown} = ${describeValue(fn(...args))}`);
    } catch (error) {
      if (error instanceof TypeError) throw new InputError(`${shown}: ${error.message} (write an i64 as 5n)`);
      io.say(`${shown} traps: ${messageOf(error)}`);
    }
  }
  if (wanted.length > 0) return EXIT.clean;
  io.say(`no function without parameters to call; exports: ${Object.keys(instance.exports).join(', ')}`);
  return EXIT.unknown;
}

function compileModule(file: string): WebAssembly.Module {
  try {
    return new WebAssembly.Module(runnable(readInput(file)));
  } catch (error) {
    if (error instanceof InputError) throw error;
    const message = messageOf(error);
    const offset = /@\+(\d+)/.exec(message)?.[1];
    const place = offset === undefined ? file : `${file}:0x${Number(offset).toString(16)}`;
    throw new InputError(`${place}: error: not a valid module: ${message}`);
  }
}

/** A module with 64-bit addresses, as this engine takes it; any other as it is. */
function runnable(bytes: Uint8Array): Uint8Array {
  return WebAssembly.validate(bytes) || !enableMemory64() ? bytes : asEngineTakes(bytes);
}

function readCall(text: string): { name: string; args: (number | bigint)[] } {
  const match = /^@?([^()]+)\(([^()]*)\)$/.exec(text.trim());
  if (match === null) throw new InputError(`--call '${text}' is not a call such as f(1, 2n)`);
  const words = match[2]!.trim() === '' ? [] : match[2]!.split(',').map((word) => word.trim());
  return { name: match[1]!, args: words.map((word) => readNumber(word, text)) };
}

function readNumber(word: string, call: string): number | bigint {
  if (/^-?[0-9]+n$/.test(word)) return BigInt(word.slice(0, -1));
  const value = Number(word);
  if (word === '' || (Number.isNaN(value) && word !== 'NaN'))
    throw new InputError(`--call '${call}': '${word}' is not a number`);
  return value;
}

function describeValue(value: unknown): string {
  if (value === undefined) return '{}';
  if (typeof value === 'bigint') return `${value} (0x${BigInt.asUintN(64, value).toString(16)})`;
  if (typeof value === 'number' && Number.isInteger(value) && value < 0 && value >= -(2 ** 31)) {
    return `${value} (0x${(value >>> 0).toString(16)})`;
  }
  return typeof value === 'number' ? String(value) : 'a reference';
}
