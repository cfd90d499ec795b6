/**
 * Settings of a back end, as the harness sees them: something that can be drawn, printed, read, made simpler and varied, and
 * that only its back end looks into. Types only.
 */
import type { Unit } from '../../core/index.ts';
import type { RandomStream } from '../../generators/index.ts';
import type { Stage } from './finding.ts';

/** Settings of some back end. A back end knows its own; to everybody else they are closed. */
export type OpaqueSettings = object;

/** The same settings with one of them changed, in a way that must not change what a program does. */
export interface Variation<S extends OpaqueSettings> {
  /** Name of the setting: the operation of a finding. */
  readonly name: string;
  /** What a difference accuses. */
  readonly stage: Stage;
  readonly settings: S;
}

/** What a back end says about its type of settings. */
export interface SettingsKind<S extends OpaqueSettings = OpaqueSettings> {
  /** What a case file means that names none. Never changes: stored cases lean on it. */
  readonly stored: S;
  /** Settings of a new case. `given`: those that the generator has drawn, which are core's. */
  draw(random: RandomStream, given: OpaqueSettings): S;
  /**
   * Words that tell the settings, `+feature`, `-feature` or `--option=value`, in a fixed order and without white space or
   * `|`. Reading them, beginning with `stored`, gives equal settings.
   */
  print(settings: S): readonly string[];
  /** `settings` with what `word` says, or null where it says nothing to this back end. */
  read(settings: S, word: string): S | null;
  /** How far from the simplest settings these are: a reduction makes this number smaller. */
  size(settings: S): number;
  /** Simpler settings, from coarse to fine. */
  simpler(settings: S): Iterable<S>;
  /**
   * Programs of `unit` do the same under each of these. None for `stored` and a unit without navs: nothing ever varies, and the check
   * `config` is not there.
   */
  variations(settings: S, unit: Unit): readonly Variation<S>[];
  /** Why no program can have these settings, or null. Absent: every one can. */
  error?(settings: S): string | null;
  /** Bytes of stack that the frames of `unit` get, without what routines take that they call; null or absent: enough for every program that is run. */
  stackBytes?(settings: S, unit: Unit): number | null;
  /** The same, and modules tell the names of their functions, which help people. Absent: no such setting. */
  withNames?(settings: S): S;
}
