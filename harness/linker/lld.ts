/**
 * LLD in every version that is there: that of the package `@yowasp/clang` in this process, those on PATH, and those inside of Zig.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { installedZigs } from '../backend/zig/installed-zig.ts';
import type { Llvm } from '../external/llvm.ts';
import { CRASHED } from '../external/llvm.ts';
import type { ForeignLinker } from './foreign-linker.ts';
import { OUTPUT, runLinker } from './run-linker.ts';

/** LLD as a command. */
interface LldCommand {
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** One of each version; `llvm` comes first. */
export function lldLinkers(llvm: Llvm | null): readonly ForeignLinker[] {
  const found = llvm === null ? [] : [inProcess(llvm)];
  for (const command of commands()) {
    const version = versionOf(command);
    if (version === null || found.some(({ name }) => name === nameOf(version))) continue;
    const { words, environment } = command;
    found.push({
      name: nameOf(version),
      family: 'lld',
      line: lldLine,
      link({ files, options }) {
        const answer = runLinker([...words, ...options, ...files.keys(), '-o', OUTPUT], files, environment);
        const unknown = answer.kind === 'refused' ? /unknown argument: ([^\s=,]+)/.exec(answer.text)?.[1] : undefined;
        return unknown === undefined ? answer : { kind: 'unsupported', what: unknown };
      },
    });
  }
  return found;
}

function lldLine(options: readonly string[], names: readonly string[]): string {
  return ['wasm-ld', ...options, ...names, '-o', 'a.wasm'].join(' ');
}

function nameOf(version: string): string {
  return `lld-${version}`;
}

function inProcess(llvm: Llvm): ForeignLinker {
  return {
    name: nameOf(bannerVersion(llvm.wasmLd(['--version']).stdout) ?? llvm.version),
    family: 'lld',
    line: lldLine,
    link({ files, options }) {
      const { exitCode, stderr, module } = llvm.linkModule([...options, ...files.keys()], Object.fromEntries(files));
      if (exitCode === CRASHED) return { kind: 'crashed', text: stderr };
      return module === null ? { kind: 'refused', text: stderr } : { kind: 'module', bytes: module };
    },
  };
}

/** Commands that may be LLD: `wasm-ld` and `wasm-ld-19` on PATH, in the order of PATH and newest first, then Zig's. */
function commands(): readonly LldCommand[] {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '' && existsSync(folder));
  const files = folders.flatMap((folder) => {
    const names = readdirSync(folder).filter((name) => /^wasm-ld(-\d+)?(\.exe)?$/.test(name));
    return names.sort((a, b) => rankOf(b) - rankOf(a)).map((name) => join(folder, name));
  });
  return [
    ...files.map((file) => ({ words: [file], environment: {} })),
    ...installedZigs().map(({ path, environment }) => ({ words: [path, 'wasm-ld'], environment })),
  ];
}

function rankOf(name: string): number {
  return Number(/\d+/.exec(name)?.[0] ?? 0);
}

/** What a command says that it is; null: no LLD. */
function versionOf({ words, environment }: LldCommand): string | null {
  const env = { ...process.env, ...environment };
  const { stdout } = spawnSync(words[0]!, [...words.slice(1), '--version'], { encoding: 'utf8', timeout: 60_000, env });
  return typeof stdout === 'string' ? bannerVersion(stdout) : null;
}

function bannerVersion(banner: string): string | null {
  return /\bLLD (\d+\.\d+\.\d+)/.exec(banner)?.[1] ?? null;
}
