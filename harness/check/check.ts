/**
 * What a check is. Types only.
 */
import type { Backend } from '../backend/door.ts';
import type { Engine } from '../engine/door.ts';
import type { Finding } from '../model/finding.ts';
import type { CaseContext } from './context.ts';

/** What the checks are run on, once each; a check computes nothing that the context has. */
export interface Check {
  readonly name: string;
  /** Runs on one case in `frequency`, chosen by the seed. */
  readonly frequency: number;
  /** Profiles whose cases the check is about; in others it may have nothing to run on. Absent: all. */
  readonly onlyIn?: readonly string[];
  /** Whether cases can have it with these at all. Absent: yes. */
  readonly possible?: (backend: Backend, engines: readonly Engine[]) => boolean;
  applies(context: CaseContext): boolean;
  run(context: CaseContext): readonly Finding[];
}
