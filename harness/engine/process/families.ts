/**
 * The engines that run in a process of their own: their names, how each is started, and where it comes from.
 *
 * Owns names, flags and paths. Starts nothing; an engine that is not installed is told by name, with the line that installs it.
 * Versions are those of what is found; lock files pin what this project installs (docs/engines.md).
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { CHECKOUT, OUTSIDE } from '../../model/outside-folder.ts';
import type { Command } from './line-process.ts';
import type { ErrorTable } from './meanings.ts';
import {
  JSC_ERRORS,
  SPIDERMONKEY_ERRORS,
  V8_ERRORS,
  WASMI_ERRORS,
  WASMTIME_ERRORS,
  WAZERO_ERRORS,
} from './meanings.ts';

/** One product, which may run in several ways. */
export interface Family {
  readonly name: string;
  /** What it is, for people. */
  readonly what: string;
  /** Shell line that installs it. */
  readonly install: string;
  /** Name behind the family's, without which it is the way that it runs by itself -> flags. */
  readonly variants: Readonly<Record<string, readonly string[]>>;
  readonly errors: ErrorTable;
  /** Where it is, or null. */
  find(): Installed | null;
  /** How to start it with `flags`. */
  command(installed: Installed, flags: readonly string[]): Command;
}

/** A product that is there. */
interface Installed {
  readonly path: string;
  readonly version: string;
}

const RUNNERS = join(OUTSIDE, 'engines', 'runners');
const JAVASCRIPT = join(RUNNERS, 'javascript.cjs');
const PACKAGES = join(OUTSIDE, 'engines', 'node_modules');
const PYTHON = join(OUTSIDE, 'engines', 'python');
/** Runners that are compiled: scripts/outside-install.mjs. */
const NATIVE = join(OUTSIDE, 'engines', 'native');
const INSTALL = 'npm run outside:install engines';

/** Major version of the newest Node, which `npm run nodes:install` installs. */
const NEWEST_NODE = 26;

const plain = ({ path }: Installed, flags: readonly string[], script: string): Command => {
  return { words: [path, ...flags, script], environment: {} };
};

/** JavaScriptCore's options; it reads them as words or from its environment. */
const JSC_VARIANTS: Family['variants'] = {
  '': [],
  interpreter: ['useBBQJIT=0', 'useOMGJIT=0'],
  bbq: ['useOMGJIT=0', 'thresholdForBBQOptimizeAfterWarmUp=0', 'thresholdForBBQOptimizeSoon=0', 'useConcurrentJIT=0'],
  omg: [
    'thresholdForBBQOptimizeAfterWarmUp=0',
    'thresholdForBBQOptimizeSoon=0',
    'thresholdForOMGOptimizeAfterWarmUp=0',
    'thresholdForOMGOptimizeSoon=0',
    'useConcurrentJIT=0',
  ],
};

/** All of them. */
export const FAMILIES: readonly Family[] = [
  {
    name: 'node',
    what: 'V8 of the newest Node',
    install: 'npm run nodes:install',
    variants: { '': [], liftoff: ['--liftoff-only'], turbofan: ['--no-liftoff'] },
    errors: V8_ERRORS,
    find() {
      const folder = join(
        CHECKOUT,
        'test',
        'nodes',
        'node_modules',
        `node-${NEWEST_NODE}-${process.platform}-${process.arch}`,
      );
      return fromPackage(folder, join(folder, 'bin', 'node'));
    },
    command: (installed, flags) => plain(installed, ['--expose-gc', ...flags], JAVASCRIPT),
  },
  {
    name: 'bun',
    what: 'JavaScriptCore of Bun',
    install: INSTALL,
    variants: JSC_VARIANTS,
    errors: JSC_ERRORS,
    find() {
      const cpu = process.arch === 'arm64' ? 'aarch64' : process.arch;
      const folder = join(PACKAGES, '@oven', `bun-${process.platform}-${cpu}`);
      return fromPackage(folder, join(folder, 'bin', 'bun'));
    },
    command: ({ path }, flags) => {
      const environment: Record<string, string> = {};
      for (const flag of flags) {
        const [name = '', value = ''] = flag.split('=');
        environment[`BUN_JSC_${name}`] = value;
      }
      return { words: [path, JAVASCRIPT], environment };
    },
  },
  {
    name: 'jsc',
    what: 'JavaScriptCore of WebKitGTK',
    install: 'apt-get install libjavascriptcoregtk-4.0-bin',
    variants: JSC_VARIANTS,
    errors: JSC_ERRORS,
    find: () => onPath('jsc', 'of the system'),
    command: (installed, flags) =>
      plain(
        installed,
        flags.map((flag) => `--${flag}`),
        JAVASCRIPT,
      ),
  },
  {
    name: 'spidermonkey',
    what: 'SpiderMonkey',
    install: 'apt-get install libmozjs-102-dev',
    variants: {
      '': [],
      baseline: ['--wasm-compiler=baseline'],
      optimizing: ['--wasm-compiler=optimizing'],
    },
    errors: SPIDERMONKEY_ERRORS,
    find: () => onPath('js128', '128') ?? onPath('js115', '115') ?? onPath('js102', '102'),
    command: (installed, flags) => plain(installed, flags, JAVASCRIPT),
  },
  {
    name: 'wasmtime',
    what: 'Wasmtime',
    install: INSTALL,
    variants: { '': ['cranelift'], unoptimized: ['cranelift-none'], winch: ['winch'], pulley: ['pulley'] },
    errors: WASMTIME_ERRORS,
    find() {
      const python = onPath('python3', '') ?? onPath('python', '');
      const version = wheelVersion('wasmtime');
      return python === null || version === null ? null : { path: python.path, version };
    },
    command: ({ path }, flags) => ({
      words: [path, join(RUNNERS, 'wasmtime_runner.py'), ...flags],
      environment: { PYTHONPATH: PYTHON, PYTHONDONTWRITEBYTECODE: '1' },
    }),
  },
  {
    ...compiledRunner('wazero'),
    install: `${INSTALL}, with Go 1.25 or newer`,
    variants: { '': ['compiler'], interpreter: ['interpreter'] },
    errors: WAZERO_ERRORS,
  },
  {
    ...compiledRunner('wasmi'),
    install: `${INSTALL}, with Rust 1.86 or newer`,
    variants: { '': ['eager'], lazy: ['lazy'] },
    errors: WASMI_ERRORS,
  },
];

/** Every name that {@link FAMILIES} has: `node`, `node-liftoff`, … */
export function engineNames(): string[] {
  return FAMILIES.flatMap((family) => Object.keys(family.variants).map((variant) => nameOf(family, variant)));
}

function nameOf({ name }: Family, variant: string): string {
  return variant === '' ? name : `${name}-${variant}`;
}

/** The family of an engine's name, and its flags. */
export function findByName(name: string): { readonly family: Family; readonly flags: readonly string[] } | null {
  for (const family of FAMILIES) {
    for (const [variant, flags] of Object.entries(family.variants)) {
      if (nameOf(family, variant) === name) return { family, flags };
    }
  }
  return null;
}

function fromPackage(folder: string, path: string): Installed | null {
  const file = join(folder, 'package.json');
  if (!existsSync(file) || !existsSync(path)) return null;
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { readonly version?: string };
  return { path, version: version ?? 'unknown' };
}

function onPath(name: string, version: string): Installed | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  return found === undefined ? null : { path: found, version };
}

/** pip names the folder with the facts of a package by its version. */
function wheelVersion(name: string): string | null {
  const requirements = join(OUTSIDE, 'engines', 'requirements.txt');
  if (!existsSync(requirements)) return null;
  const version = new RegExp(`^${name}==(\\S+)`, 'm').exec(readFileSync(requirements, 'utf8'))?.[1] ?? null;
  return version !== null && existsSync(join(PYTHON, `${name}-${version}.dist-info`)) ? version : null;
}

/** What engines have in common whose runner is compiled: its file is named after the version of the engine. */
function compiledRunner(name: string): Pick<Family, 'name' | 'what' | 'find' | 'command'> {
  const start = `${name}-`;
  return {
    name,
    what: name,
    find() {
      const file = existsSync(NATIVE) ? readdirSync(NATIVE).find((one) => one.startsWith(start)) : undefined;
      return file === undefined
        ? null
        : { path: join(NATIVE, file), version: file.slice(start.length).replace(/\.exe$/, '') };
    },
    command: ({ path }, flags) => ({ words: [path, ...flags], environment: {} }),
  };
}
