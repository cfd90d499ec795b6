/**
 * Settings of Zig's compilers as the harness handles them: whether the target has wasm's atomic instructions.
 *
 * Optimisation is none of them: it changes nothing in Zig's own code generator, and with LLVM it is a way of its own.
 */
import type { SettingsKind } from '../../model/settings.ts';

export interface ZigSettings {
  readonly atomics: boolean;
  /** Modules tell the names of functions: for people, and never drawn or stored. */
  readonly isNamed?: true;
}

const WORD = '+atomics';

/** `stackBytes`: bytes of stack that programs have at least. */
export function zigSettings(stackBytes: number): SettingsKind<ZigSettings> {
  return {
    stored: { atomics: false },
    draw: (_random, given) => ({ atomics: (given as Partial<ZigSettings>).atomics === true }),
    print: ({ atomics }) => (atomics ? [WORD] : []),
    read: (_settings, word) => (word === WORD ? { atomics: true } : null),
    size: ({ atomics }) => (atomics ? 1 : 0),
    simpler: ({ atomics }) => (atomics ? [{ atomics: false }] : []),
    variations: () => [],
    withNames: (settings) => ({ ...settings, isNamed: true }),
    stackBytes: () => stackBytes,
  };
}

/** What the command line needs for `settings`. */
export const zigTarget = ({ atomics }: ZigSettings): readonly string[] => (atomics ? ['-mcpu=generic+atomics'] : []);
