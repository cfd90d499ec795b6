/** The settings of a back end with which nothing can be chosen. */
import type { SettingsKind } from '../model/settings.ts';

/** `stackBytes`: bytes of stack that its programs have at least. */
export function noSettings(stackBytes: number): SettingsKind {
  return {
    stored: {},
    draw: () => ({}),
    print: () => [],
    read: () => null,
    size: () => 0,
    simpler: () => [],
    variations: () => [],
    stackBytes: () => stackBytes,
  };
}
