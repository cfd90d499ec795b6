/**
 * The `target` line of a case file: width of addresses, and the settings that are spelt as features.
 */
import type { OpaqueSettings, SettingsKind } from '../model/settings.ts';

/** `wasm32 +bulk_memory`; of `words`, those that are features. */
export function printTargetLine(words: readonly string[], ptrBits: 32 | 64): string {
  return [`wasm${ptrBits}`, ...words.filter(isFeature)].join(' ');
}

/** Whether a word of settings is written as a feature of the target, and not as an option of the link. */
export function isFeature(word: string): boolean {
  return /^[+-][^-]/.test(word);
}

/** `settings` with what the line says; a string is an error message. The width was looked for before the program was read. */
export function readTargetLine(text: string, settings: OpaqueSettings, kind: SettingsKind): OpaqueSettings | string {
  const [target, ...features] = text.split(/\s+/);
  if (target !== 'wasm32' && target !== 'wasm64') return `unknown target '${target ?? ''}' (known: wasm32, wasm64)`;
  let read = settings;
  for (const feature of features) {
    const next = isFeature(feature) ? kind.read(read, feature) : null;
    if (next === null) {
      const known = kind.print(kind.stored).filter(isFeature);
      return `unknown feature '${feature}' (with + or -; as a rule: ${known.join(' ') || 'none'})`;
    }
    read = next;
  }
  return read;
}

/**
 * Width of addresses of the case file `text`, which decides how its program is read, so it is looked for before that. The last
 * target line counts, as it does for features; one that is wrong is reported when the recipe is read.
 */
export function addressWidthOf(text: string): 32 | 64 {
  let width: 32 | 64 = 32;
  for (const [, target] of text.matchAll(/^[ \t]*;![ \t]*target[ \t]+(\S+)/gm)) width = target === 'wasm64' ? 64 : 32;
  return width;
}
