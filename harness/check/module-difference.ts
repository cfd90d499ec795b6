/**
 * How two modules that were linked from the same objects differ. Types only: the comparisons share them.
 */

/** The first thing that differs. */
export interface ModuleDifference {
  readonly kind:
    | 'exports'
    | 'imports'
    | 'memory'
    | 'table'
    | 'start'
    | 'live'
    | 'bytes'
    | 'alignment'
    | 'functions'
    | 'custom'
    | 'order'
    | 'joined';
  readonly what: string;
  readonly ours: string;
  readonly theirs: string;
}
