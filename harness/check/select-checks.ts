/**
 * From `--checks` to check names: `+a,-b` changes the default selection, a list without signs replaces it.
 */
import { CHECK_NAMES, defaultChecks } from './check-names.ts';
import { InputError } from '../model/failure.ts';

/** A selection of checks. */
export interface CheckSelection {
  readonly names: readonly string[];
  /** Those that were asked for by name. */
  readonly required: readonly string[];
}

/** Reads a selection for cases of `profile`; null is the default, all checks but those that this profile has not. */
export function selectChecks(text: string | null, profile: string): CheckSelection {
  const all: readonly string[] = CHECK_NAMES;
  const usual = defaultChecks(profile);
  if (text === null) return { names: usual, required: [] };
  const words = text.split(',').map((word) => word.trim());
  const isChange = words.every((word) => /^[+-]/.test(word));
  if (!isChange && words.some((word) => /^[+-]/.test(word))) {
    throw new InputError(`--checks ${text}: either every name has a sign (a change of the default) or none has`);
  }
  const selected = new Set<string>(isChange ? usual : []);
  const required: string[] = [];
  for (const word of words) {
    const name = word.replace(/^[+-]/, '');
    if (!all.includes(name)) throw new InputError(`--checks: no check '${name}' (known: ${all.join(', ')})`);
    if (word.startsWith('-')) {
      selected.delete(name);
    } else {
      selected.add(name);
      required.push(name);
    }
  }
  return { names: all.filter((name) => selected.has(name)), required };
}
