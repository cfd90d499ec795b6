/**
 * A whole run of the linker by its command line: arguments and files in, files and messages out.
 *
 * Owns the order of things and the search for libraries; files are read through the host, so that the same run works on a
 * disk, in a test, or in a check. Never prints. Invariant: there is a module only if the exit code is 0; of a link that fails there
 * is at most the reason why members were taken.
 */
import { Diagnostics, formatAsWasmLd, formatDiagnostic } from '../diagnostics/diagnostics.ts';
import type { Diagnostic } from '../diagnostics/diagnostics.ts';
import { TOOL } from '../support/tool.ts';
import { isArchive, readArchive } from './input/archive.ts';
import type { Command } from './options/command-line.ts';
import { readCommandLine } from './options/command-line.ts';
import { flushExecutable, flushObject } from './flush.ts';
import { foreignFormat, isWasm } from './input/foreign-format.ts';
import { inputsAre64 } from './symbols/input-width.ts';
import { LazyArchive } from './input/lazy-archive.ts';
import type { InputSpec } from './options/option-table.ts';
import { OPTIONS } from './options/option-table.ts';
import type { LinkOptions } from './options/options.ts';
import { checkOptions, DEFAULT_LINK_OPTIONS, DEFAULT_UNIT_OPTIONS } from './options/options.ts';
import { readObject } from './input/read-object.ts';
import type { DisplayName } from './report/display-names.ts';
import { displayNames, displayText } from './report/display-names.ts';
import type { ReadPools } from './input/read-pools.ts';
import { sharedPools } from './input/read-pools.ts';
import type { ResolveInput, RuntimeLibrary } from './symbols/symbol-table.ts';

/** What a run may ask of the world. */
export interface LinkHost {
  /** Contents of a file, or null. */
  readonly read: (path: string) => Uint8Array | null;
  /** Random bytes, for an identification that nothing else has. */
  readonly randomBytes?: (count: number) => Uint8Array;
  /**
   * What is searched behind all inputs, for addresses of that width; asked for only by a link that is not relocatable.
   */
  readonly intrinsics?: (is64: boolean) => RuntimeLibrary;
  /** Told the name of each step when it begins. */
  readonly onStep?: (step: string) => void;
  /** Why a file cannot be written, asked before anything is linked; null if nothing is known against it. */
  readonly refusesOutput?: (path: string) => string | null;
  /** What a mangled name means, asked only for names that begin like one; it is the name itself if it means nothing. */
  readonly demangle?: (name: string) => string;
  /** Messages have the form of wasm-ld's, in the order of their reports. */
  readonly asWasmLd?: boolean;
}

/** What a run came to. */
export interface LinkOutcome {
  readonly exitCode: 0 | 1;
  /** Path and contents of each file to write; the first is the module, unless the link has failed. */
  readonly files: readonly { readonly path: string; readonly bytes: Uint8Array }[];
  /** Lines for standard output. */
  readonly stdout: readonly string[];
  /** Lines for standard error. */
  readonly stderr: readonly string[];
  /** Why there is no output; empty if there is one, or if none was asked for. */
  readonly errors: readonly Diagnostic[];
}

/** Nothing has been linked that could have names. */
const SAME: DisplayName = (name) => name;
const UUID_SIZE = 16;
const DEFAULT_OUTPUT = 'a.out';

/** Runs the linker with the arguments behind its name. */
export function runLinkCommand(args: readonly string[], host: LinkHost): LinkOutcome {
  const line = readCommandLine(args, (path) => {
    const bytes = host.read(path);
    return bytes === null ? null : new TextDecoder().decode(bytes);
  });
  if (!line.ok) return failed(line.error, 0, host, SAME);
  const command = line.value;
  if (command.help) return { exitCode: 0, files: [], stdout: helpText(), stderr: [], errors: [] };
  // Build systems look for the word LLD in it.
  const stdout = command.version ? [`${TOOL.name} ${TOOL.version} link (compatible with LLD: wasm-ld)`] : [];
  if (command.version && command.inputs.length === 0) return { exitCode: 0, files: [], stdout, stderr: [], errors: [] };
  const diags = new Diagnostics();
  for (const value of command.unknownKeywords) diags.warn('keyword_unknown', { value }, { in: 'options' });
  checkOutputs(command, host, diags);
  host.onStep?.('read inputs');
  const importLists: Uint8Array[] = [];
  const inputs = loadInputs(command, host, importLists, diags);
  const options = finishOptions(command, host, importLists, diags);
  checkOptions(options, diags);
  if (command.inputs.length === 0) diags.error('no_input', {}, { in: 'options' });
  const displayName = displayNames((command.demangle ? host.demangle : null) ?? null);
  if (diags.failed) return failed(diags, command.errorLimit, host, displayName);
  const run = { command, host, inputs, options: { ...options, displayName }, diags, stdout, displayName };
  if (command.isRelocatable) return combine(run);
  const is64 = inputsAre64(inputs, options.wasm64);
  if (host.intrinsics !== undefined) inputs.push({ runtime: host.intrinsics(is64) });
  return link(run);
}

/** A run whose inputs have been read. */
interface Run {
  readonly command: Command;
  readonly host: LinkHost;
  readonly inputs: readonly ResolveInput[];
  readonly options: LinkOptions;
  readonly diags: Diagnostics;
  readonly stdout: string[];
  readonly displayName: DisplayName;
}

/** What is written has one name each. */
function checkOutputs(
  { output, map, whyExtract }: Command,
  { asWasmLd = false, refusesOutput }: LinkHost,
  diags: Diagnostics,
): void {
  if (asWasmLd && output === null) diags.error('output_missing', {}, { in: 'options' });
  const seen = new Map<string, string>();
  const named = [
    ['-o', output ?? DEFAULT_OUTPUT],
    ['--Map', map],
    ['--why-extract', whyExtract],
  ] as const;
  for (const [option, path] of named) {
    if (path === null || path === '-') continue;
    const why = refusesOutput?.(path) ?? null;
    const what = option === '-o' ? 'output file' : option === '--Map' ? 'map file' : `${option} file`;
    if (why !== null) diags.error('output_refused', { what, path, why }, { in: 'options' });
    const first = seen.get(path);
    if (first === undefined) seen.set(path, option);
    else diags.error('output_twice', { first, second: option, path }, { in: 'options' });
  }
}

function link(run: Run): LinkOutcome {
  const { command, host, inputs, options, diags, stdout, displayName } = run;
  const result = flushExecutable({ state: null, inputs }, options);
  if (!result.ok) {
    diags.append(result.error);
    const outcome = failed(diags, command.errorLimit, host, displayName);
    if (command.whyExtract === null || result.extractions === undefined) return outcome;
    const files: TextFile[] = [];
    const lines: string[] = [];
    addText(files, lines, command.whyExtract, displayText(result.extractions, displayName));
    return { ...outcome, files, stdout: lines };
  }
  diags.append(result.warnings);
  const { map, bytes } = result;
  if (command.trace) stdout.push(...map.objects);
  stdout.push(...map.traces(command.traceSymbols));
  if (command.printGc) stdout.push(...map.removed());
  const files = [{ path: command.output ?? DEFAULT_OUTPUT, bytes }];
  if (command.printMap) stdout.push(displayText(map.text(), displayName));
  if (command.map !== null) addText(files, stdout, command.map, displayText(map.text(), displayName));
  if (command.whyExtract !== null)
    addText(files, stdout, command.whyExtract, displayText(map.extractions(), displayName));
  return finish(run, files);
}

function combine(run: Run): LinkOutcome {
  const { command, host, inputs, options, diags, stdout, displayName } = run;
  const result = flushObject({ state: null, inputs }, options, DEFAULT_UNIT_OPTIONS);
  if (!result.ok) {
    diags.append(result.error);
    return failed(diags, command.errorLimit, host, displayName);
  }
  diags.append(result.warnings);
  if (command.trace) stdout.push(...result.objects);
  const files = [{ path: command.output ?? DEFAULT_OUTPUT, bytes: result.bytes }];
  return finish(run, files);
}

function finish({ command, host, diags, stdout, displayName }: Run, files: LinkOutcome['files']): LinkOutcome {
  const { asWasmLd = false } = host;
  const sorted = diags.sorted();
  const shown = asWasmLd ? diags.list : sorted;
  const format = (one: Diagnostic): string => {
    return displayText((asWasmLd ? formatAsWasmLd : formatDiagnostic)(one), displayName);
  };
  if (shown.length > 0 && command.fatalWarnings) {
    // A warning that stops the link is an error, and says so.
    const stderr = shown.map(({ code, message, place }) => format({ code, message, place }));
    return { exitCode: 1, files: [], stdout, stderr: asWasmLd ? apart(stderr) : stderr, errors: sorted };
  }
  const stderr = shown.map(format);
  return { exitCode: 0, files, stdout, stderr: asWasmLd ? apart(stderr) : stderr, errors: [] };
}

/** As wasm-ld: an empty line behind a message of several. */
function apart(messages: readonly string[]): string[] {
  return messages.map((message, i) => (i > 0 && messages[i - 1]!.includes('\n>>> ') ? `\n${message}` : message));
}

interface TextFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Text for a file, or for standard output if the path is `-`. */
function addText(files: TextFile[], stdout: string[], path: string, text: string): void {
  if (path === '-') stdout.push(text.replace(/\n$/, ''));
  else files.push({ path, bytes: new TextEncoder().encode(text) });
}

/** At most `limit` errors (0 = all), then a line that says so. */
function failed(
  diags: Diagnostics,
  limit: number,
  { asWasmLd = false }: LinkHost,
  displayName: DisplayName,
): LinkOutcome {
  const sorted = asWasmLd ? diags.list : diags.sorted();
  const errors = sorted.filter((diagnostic: Diagnostic) => diagnostic.severity !== 'warning');
  const shown = limit === 0 || errors.length <= limit ? sorted : errors.slice(0, limit);
  const format = asWasmLd ? formatAsWasmLd : formatDiagnostic;
  const stderr = shown.map((one) => displayText(format(one), displayName));
  if (shown.length < sorted.length) {
    const text = (dash: string): string =>
      `too many errors emitted, stopping now (use ${dash}error-limit=0 to see all errors)`;
    stderr.push(asWasmLd ? `wasm-ld: error: ${text('-')}` : text('--'));
  }
  return { exitCode: 1, files: [], stdout: [], stderr: asWasmLd ? apart(stderr) : stderr, errors: sorted };
}

function helpText(): string[] {
  const lines = ['usage: link [options] file...'];
  for (const { names, shape, status } of OPTIONS) {
    if (status === 'refused') continue;
    const value = { flag: '', value: ' VALUE', optional: '[=VALUE]', joined: 'VALUE' }[shape];
    lines.push(`  ${names.join(', ')}${value}${status === 'ignored' ? '  (no effect)' : ''}`);
  }
  return lines;
}

function finishOptions(
  command: Command,
  host: LinkHost,
  importLists: readonly Uint8Array[],
  diags: Diagnostics,
): LinkOptions {
  const allowUndefined: string[] = [];
  const allow = (list: Uint8Array): void => {
    for (const text of new TextDecoder().decode(list).split('\n')) {
      const name = text.trim();
      if (name !== '' && !name.startsWith('#')) allowUndefined.push(name);
    }
  };
  importLists.forEach(allow);
  for (const path of command.undefinedFiles) {
    const bytes = host.read(path);
    if (bytes === null) {
      diags.error('input_missing', { path }, { in: 'options' });
      continue;
    }
    allow(bytes);
  }
  let { buildId = null } = command.link;
  if (command.hasRandomId) {
    const bytes = host.randomBytes?.(UUID_SIZE);
    if (bytes) buildId = { kind: 'bytes', bytes: asUuid(bytes) };
    else diags.error('no_random_bytes', {}, { in: 'options' });
  }
  // As wasm-ld: a module that has no other name is called like its file.
  const moduleName = (command.output ?? DEFAULT_OUTPUT).replace(/^.*\//, '');
  const onStep = host.onStep ?? null;
  return {
    ...DEFAULT_LINK_OPTIONS,
    wasmLdOrder: true,
    shareEnds: true,
    moduleName,
    ...command.link,
    allowUndefined,
    buildId,
    onStep,
  };
}

/** Version and variant of a random UUID (RFC 9562, 5.4). */
function asUuid(random: Uint8Array): Uint8Array {
  const bytes = random.slice(0, UUID_SIZE);
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes;
}

// --- inputs ---

/** `importLists` gets the names that an archive wants to be imports, of the file `X.imports` beside `X.a`. */
function loadInputs(command: Command, host: LinkHost, importLists: Uint8Array[], diags: Diagnostics): ResolveInput[] {
  const inputs: ResolveInput[] = [];
  const pools = sharedPools();
  for (const spec of command.inputs) {
    const found =
      spec.kind === 'file' ? openFile(spec.path, host) : findLibrary(spec.name, spec.dynamic, command, host);
    if (!found) {
      if (spec.kind === 'file') diags.error('input_missing', { path: spec.path }, { in: 'options' });
      else diags.error('library_missing', { name: spec.name }, { in: 'options' });
      continue;
    }
    const input = readInput(found, spec, host, pools, diags);
    if (input) inputs.push(input);
    if (input && 'archive' in input) {
      const list = host.read(found.path.replace(/(\.[^./]*)?$/, '.imports'));
      if (list !== null) importLists.push(list);
    }
  }
  return inputs;
}

interface OpenFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

function openFile(path: string, host: LinkHost): OpenFile | null {
  const bytes = host.read(path);
  return bytes === null ? null : { path, bytes };
}

/**
 * `-lNAME` is `libNAME.a` in the first search path that has it, or `libNAME.so` where a shared library may be; `-l:FILE` is
 * that file.
 */
function findLibrary(name: string, dynamic: boolean, command: Command, host: LinkHost): OpenFile | null {
  const files = name.startsWith(':') ? [name.slice(1)] : [...(dynamic ? [`lib${name}.so`] : []), `lib${name}.a`];
  for (const folder of command.searchPaths) {
    for (const file of files) {
      const found = openFile(`${folder}/${file}`, host);
      if (found) return found;
    }
  }
  return null;
}

function readInput(
  { path, bytes }: OpenFile,
  spec: InputSpec,
  host: LinkHost,
  pools: ReadPools,
  diags: Diagnostics,
): ResolveInput | null {
  if (isArchive(bytes)) {
    const archive = readArchive(bytes, path);
    if (!archive.ok) {
      diags.append(archive.error);
      return null;
    }
    const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/') + 1) : '';
    const readThin = (name: string): Uint8Array | null => host.read(name.startsWith('/') ? name : folder + name);
    return { archive: new LazyArchive(archive.value, readThin, pools), whole: spec.whole };
  }
  if (!isWasm(bytes)) {
    const what = foreignFormat(bytes);
    if (what === null) diags.error('input_unknown', {}, { in: 'file', file: path });
    else diags.error('input_foreign', { what }, { in: 'file', file: path });
    return null;
  }
  const object = readObject(bytes, path, pools);
  if (object.ok) return { object: object.value, lazy: spec.lazy };
  diags.append(object.error);
  return null;
}
