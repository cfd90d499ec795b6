/**
 * From `--checks` to check names: `+a,-b` changes the default selection, a list without signs replaces it.
 */
import { CHECK_NAMES, defaultChecks } from '../model/check-names.ts';
import { InputError } from '../model/failure.ts';

/** A selection of checks. */
export interface CheckSelection {
  readonly names: readonly string[];
  /** Those that were asked for by name. */
  readonly required: readonly string[];
  /** Those that must not run: taken away by name, or left out of a list that replaces the default. */
  readonly refused: readonly string[];
}

/** Reads a selection for cases of `profile`; null is the default, all checks but those that this profile has not. */
export function selectChecks(text: string | null, profile: string): CheckSelection {
  const all: readonly string[] = CHECK_NAMES;
  const usual = defaultChecks(profile);
  if (text === null) return { names: usual, required: [], refused: [] };
  const words = text.split(',').map((word) => word.trim());
  const isChange = words.every((word) => /^[+-]/.test(word));
  if (!isChange && words.some((word) => /^[+-]/.test(word))) {
    throw new InputError(`--checks ${text}: either every name has a sign (a change of the default) or none has`);
  }
  const selected = new Set<string>(isChange ? usual : []);
  const required: string[] = [];
  const taken: string[] = [];
  for (const word of words) {
    const name = word.replace(/^[+-]/, '');
    if (!all.includes(name)) throw new InputError(`--checks: no check '${name}' (known: ${all.join(', ')})`);
    if (word.startsWith('-')) {
      selected.delete(name);
      taken.push(name);
    } else {
      selected.add(name);
      required.push(name);
    }
  }
  const names = all.filter((name) => selected.has(name));
  return { names, required, refused: isChange ? taken : all.filter((name) => !selected.has(name)) };
}
