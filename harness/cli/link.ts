/**
 * `harness link`: objects to a module, with wasm-ld's option names.
 *
 * Owns the translation of options, and a list of what wasm-ld has and this linker has not: those are refused by name. The
 * module is written only if the engine accepts it.
 */
import type { LinkOptions } from '../../core/index.ts';
import { DEFAULT_SETTINGS, linkObjects } from '../../core/index.ts';
import { readInput, writeWhole } from '../report/files.ts';
import { InputError } from '../report/harness-error.ts';
import { defineCommand } from './command.ts';
import { built, checkModule } from './compile.ts';
import { EXIT } from './exit-codes.ts';
import { readInteger, readText, refuseValue } from './option.ts';

interface LinkCommandOptions {
  readonly out: string;
  readonly z: Partial<LinkOptions>;
  readonly stackFirst: boolean;
  readonly globalBase: number | null;
  readonly initialMemory: number | null;
  readonly maxMemory: number | null;
  readonly exportTable: boolean;
  readonly export: readonly string[];
  readonly entry: string | null;
  readonly gcSections: boolean;
  readonly stripAll: boolean;
  readonly runtime: boolean;
}

/** The address space of wasm32. */
const MOST = 2 ** 32;

/** Options of wasm-ld that this linker does not have. */
const UNSUPPORTED = [
  ...[
    '--allow-undefined',
    '--allow-undefined-file',
    '--import-undefined',
    '--unresolved-symbols',
    '--warn-unresolved-symbols',
  ],
  ...[
    '--import-memory',
    '--import-table',
    '--growable-table',
    '--shared-memory',
    '--shared',
    '--pie',
    '-pie',
    '-r',
    '--relocatable',
  ],
  ...[
    '--export-all',
    '--export-dynamic',
    '-E',
    '--export-if-defined',
    '--export-memory',
    '--emit-relocs',
    '-q',
    '--table-base',
  ],
  ...[
    '--initial-heap',
    '--no-growable-memory',
    '--page-size',
    '--print-gc-sections',
    '--strip-debug',
    '-S',
    '--build-id',
    '-m',
  ],
  ...[
    '--undefined',
    '-u',
    '--wrap',
    '--whole-archive',
    '--no-whole-archive',
    '-l',
    '-L',
    '--Map',
    '-Map',
    '-O',
    '--features',
  ],
  ...[
    '--no-check-features',
    '--check-features',
    '--extra-features',
    '--compress-relocations',
    '--no-merge-data-segments',
  ],
  ...[
    '--merge-data-segments',
    '--lto-O0',
    '--thinlto-jobs',
    '--trace',
    '-t',
    '--trace-symbol',
    '-y',
    '--soname',
    '--rpath',
    '-Bsymbolic',
  ],
];

/** See the file header. */
export const linkCommand = defineCommand<LinkCommandOptions>({
  name: 'link',
  summary: "link objects to a module; wasm-ld's option names",
  details: 'There is no entry point unless --entry names one: a module has what its objects and --export export.',
  args: [['<objects...>', 'object files']],
  options: {
    out: { flags: '-o, --out <file>', help: 'the module to write', fallback: '', read: readText },
    z: {
      flags: '-z <keyword=value>',
      help: 'stack-size=BYTES (a multiple of 16)',
      fallback: {},
      read: (text, before) => ({ ...before, ...readKeyword(text) }),
    },
    stackFirst: {
      flags: '--stack-first',
      help: 'put the stack below the data (the default)',
      negation: ['--no-stack-first', 'put the data below the stack'],
      fallback: DEFAULT_SETTINGS.stackFirst,
    },
    globalBase: {
      flags: '--global-base <address>',
      help: 'first address of the data',
      fallback: null,
      read: readInteger(0, MOST),
    },
    initialMemory: {
      flags: '--initial-memory <bytes>',
      help: 'size of the memory at start',
      fallback: null,
      read: readInteger(0, MOST),
    },
    maxMemory: {
      flags: '--max-memory <bytes>',
      help: 'limit of the memory',
      fallback: null,
      read: readInteger(0, MOST),
    },
    exportTable: { flags: '--export-table', help: 'export the function table', fallback: false },
    export: {
      flags: '--export <symbol>',
      help: 'export a symbol; may be repeated',
      fallback: [],
      read: (text, before) => [...before, text],
    },
    entry: {
      flags: '-e, --entry <symbol>',
      help: 'export this symbol as the entry point',
      negation: ['--no-entry', 'no entry point (the default)'],
      fallback: null,
      read: readText,
    },
    gcSections: {
      flags: '--gc-sections',
      help: 'drop what no export reaches (the default)',
      negation: ['--no-gc-sections', 'keep everything'],
      fallback: DEFAULT_SETTINGS.gc,
    },
    stripAll: { flags: '-s, --strip-all', help: 'leave out the name section', fallback: false },
    runtime: { flags: '--no-runtime', help: 'link without the runtime library of the compiler', fallback: true },
  },
  rejected: (option) => (isUnsupported(option) ? `wasm-ld's ${option} is not supported by this linker` : null),
  run(files, options) {
    if (options.out === '') throw new InputError('link needs -o FILE');
    const inputs = files.map((file) => ({ name: file, bytes: readInput(file) }));
    const { stackFirst, globalBase, initialMemory, maxMemory, exportTable, gcSections, stripAll, runtime } = options;
    const link: Partial<LinkOptions> = {
      stackFirst,
      globalBase,
      initialMemory,
      maxMemory,
      exportTable,
      gc: gcSections,
      strip: stripAll,
      exports: options.export,
      // --no-entry gives false.
      entry: options.entry === null || (options.entry as unknown) === false ? null : options.entry,
      ...options.z,
    };
    const bytes = built('link', linkObjects(inputs, DEFAULT_SETTINGS, { runtime, link }));
    checkModule(bytes, 'module');
    writeWhole(options.out, bytes);
    return EXIT.clean;
  },
});

function readKeyword(text: string): Partial<LinkOptions> {
  const match = /^stack-size=(.*)$/.exec(text);
  if (match === null)
    throw new InputError(`wasm-ld's -z ${text} is not supported by this linker (known: stack-size=BYTES)`);
  const stackSize = readInteger(0, MOST)(match[1]!);
  return stackSize % 16 === 0 ? { stackSize } : refuseValue('a stack size: a multiple of 16', text);
}

function isUnsupported(option: string): boolean {
  const name = option.replace(/=.*$/, '');
  return UNSUPPORTED.includes(name) || /^-[LlOm]./.test(option);
}
