/**
 * The options that name a back end, and the one text that they come to in setups, run folders and replay lines.
 */
import { SOURCES, specOfOptions } from '../model/command-spec.ts';
import { BACKEND_OPTION, readText, readWord } from './option.ts';

/** What commands with a back end are given. */
export interface BackendOptions {
  readonly backend: string;
  readonly source: string | null;
  readonly witness: string | null;
}

/** The options of {@link BackendOptions}. */
export const BACKEND_OPTIONS = {
  backend: BACKEND_OPTION,
  source: {
    flags: '--source <language>',
    help: `what a back end 'command:…' is given: ${SOURCES.join(', ')} (docs/your-back-end.md)`,
    fallback: null as string | null,
    read: readWord(SOURCES),
  },
  witness: {
    flags: '--witness <backend>',
    help: "with a back end 'command:…': another back end, whose vote a difference needs",
    fallback: null as string | null,
    read: readText,
  },
} as const;

/** `options` with a back end that says everything. */
export function withBackend<T extends BackendOptions>({
  source,
  witness,
  ...others
}: T): Omit<T, 'source' | 'witness'> {
  return { ...others, backend: specOfOptions(others.backend, source, witness) };
}
