/**
 * The settings of a case and the options of its plan, as arguments of wasm-ld.
 */
import type { Settings } from '../../../core/index.ts';

/** Arguments of wasm-ld for `settings` and `options`. */
export function wasmLdWords(settings: Settings, options: readonly string[], ptrBits: 32 | 64 = 32): string[] {
  const { stackSize, stackFirst, globalBase, gc, strip } = settings;
  return [
    ...(options.some((option) => option.startsWith('--entry=')) ? [] : ['--no-entry']),
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
