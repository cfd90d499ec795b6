/**
 * How two modules that were linked from the same objects differ. Types only: the comparisons and explanations share them.
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
  /** The field of code or data that differs, if it is about one. */
  readonly field?: DifferentField;
}

/** A relocated field that says one thing in one module and another in the other. */
export interface DifferentField {
  readonly section: 'code' | 'data';
  /** The function or segment of an input that has it, and the object. */
  readonly owner: string;
  readonly object: string;
  readonly relocation: string;
  /** In the section of the object. */
  readonly offset: number;
  /** Name of the symbol, or `type N`. */
  readonly symbol: string;
  readonly addend: number;
  /** Where it is: offset in the module, of data the address. */
  readonly ours: number;
  readonly theirs: number;
}
