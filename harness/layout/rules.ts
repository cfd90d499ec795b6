/**
 * What the settings of a build say about the place of things. Plain data; a back end that lays out as docs/linker.md says
 * gives it to the check `layout`.
 */
export interface LayoutRules {
  /** Bytes. */
  readonly stackSize: number;
  readonly stackFirst: boolean;
  /** First address of data; null: behind the stack if that is first, else {@link FIRST_ADDRESS}. */
  readonly globalBase: number | null;
  /** What nothing reaches is left out. */
  readonly collects: boolean;
  /** There are no names, producers and features. */
  readonly strips: boolean;
  /** Name of the source in the debug information of the unit; null: there is none. */
  readonly debugInfo: string | null;
}

/** Where data begins by itself when the stack is not in front of it. */
export const FIRST_ADDRESS = 1024;
