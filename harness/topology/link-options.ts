/**
 * wasm-ld's options, as far as plans have them, as options of our linker and as arguments of wasm-ld.
 *
 * Owns the list that a case file may name. An option that is not in it is refused when a case is read.
 */
import type { LinkOptions, Settings } from '../../core/index.ts';

type Draft = { -readonly [K in keyof LinkOptions]?: LinkOptions[K] };

/** Takes the value of an option (empty where it has none); false if it is no value of it. */
type Take = (draft: Draft, value: string) => boolean | undefined;

function size(key: 'tableBase' | 'initialHeap' | 'initialMemory' | 'maxMemory'): Take {
  return (draft, value) => {
    if (!/^\d+$/.test(value)) return false;
    draft[key] = Number(value);
    return true;
  };
}

function name(key: 'exports' | 'exportIfDefined' | 'undefined' | 'wrap' | 'keepSections'): Take {
  return (draft, value) => {
    if (value === '') return false;
    draft[key] = [...(draft[key] ?? []), value];
    return true;
  };
}

function flag<K extends keyof LinkOptions>(key: K, set: LinkOptions[K]): Take {
  return (draft, value) => {
    draft[key] = set;
    return value === '';
  };
}

const OPTIONS: Readonly<Record<string, Take>> = {
  '--export-table': flag('exportTable', true),
  '--import-table': flag('importTable', true),
  '--growable-table': flag('growableTable', true),
  '--table-base': size('tableBase'),
  '--import-memory': (draft, value) => {
    const [module, field] = value === '' ? ['env', 'memory'] : value.split(',');
    if (module === undefined || field === undefined) return false;
    draft.importMemory = { module, field };
    draft.exportMemory ??= false;
    return true;
  },
  '--export-memory': (draft, value) => {
    draft.exportMemory = true;
    draft.memoryName = value === '' ? 'memory' : value;
  },
  '--export-dynamic': flag('exportDynamic', true),
  '--export-all': flag('exportAll', true),
  '--export': name('exports'),
  '--export-if-defined': name('exportIfDefined'),
  '--undefined': name('undefined'),
  '--wrap': name('wrap'),
  '--keep-section': name('keepSections'),
  '--defsym': (draft, value) => {
    const [symbol, target] = value.split('=');
    if (symbol === undefined || target === undefined) return false;
    draft.defsyms = [...(draft.defsyms ?? []), { name: symbol, target, offset: 0 }];
    return true;
  },
  '--initial-heap': size('initialHeap'),
  '--initial-memory': size('initialMemory'),
  '--max-memory': size('maxMemory'),
  '--no-growable-memory': flag('fixedMemory', true),
  '--shared-memory': flag('sharedMemory', true),
  '--no-check-features': flag('checkFeatures', false),
  '--extra-features': (draft, value) => {
    draft.extraFeatures = value.split(',');
  },
  '--no-merge-data-segments': flag('splitSegments', true),
  '--emit-relocs': flag('emitRelocs', true),
  '--compress-relocations': flag('compressRelocations', true),
  '--strip-debug': flag('stripDebug', true),
  '--strip-all': flag('strip', true),
  '-O0': flag('mergeStrings', false),
  '-O2': flag('mergeStrings', true),
  '--build-id': (draft, value) => {
    if (value === 'fast' || value === 'sha1') draft.buildId = { kind: value };
    else if (/^0x([0-9a-f]{2})+$/.test(value)) {
      const bytes = Uint8Array.from(value.slice(2).match(/../g)!, (pair) => Number.parseInt(pair, 16));
      draft.buildId = { kind: 'bytes', bytes };
    } else return false;
    return true;
  },
};

/** Whether `option` may stand in a plan. */
export function isPlanOption(option: string): boolean {
  return take({}, option);
}

function take(draft: Draft, option: string): boolean {
  const equals = option.indexOf('=');
  const head = equals < 0 ? option : option.slice(0, equals);
  const found = Object.hasOwn(OPTIONS, head) ? OPTIONS[head] : undefined;
  return found !== undefined && found(draft, equals < 0 ? '' : option.slice(equals + 1)) !== false;
}

/** `options` for our linker; throws RangeError for one that is not in the list. */
export function linkOptionsOf(options: readonly string[]): Partial<LinkOptions> {
  const draft: Draft = {};
  for (const option of options) {
    if (!take(draft, option)) throw new RangeError(`unknown link option '${option}'`);
  }
  return draft;
}

/** Arguments of wasm-ld for `settings` and `options`. */
export function wasmLdArguments(settings: Settings, options: readonly string[], ptrBits: 32 | 64 = 32): string[] {
  const { stackSize, stackFirst, globalBase, gc, strip } = settings;
  return [
    '--no-entry',
    ...(ptrBits === 64 ? ['-mwasm64'] : []),
    '-z',
    `stack-size=${stackSize}`,
    stackFirst ? '--stack-first' : '--no-stack-first',
    ...(globalBase === null ? [] : [`--global-base=${globalBase}`]),
    gc ? '--gc-sections' : '--no-gc-sections',
    ...(strip ? ['--strip-all'] : []),
    ...options,
  ];
}
