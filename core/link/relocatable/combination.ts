/**
 * What a combination of objects contains: the plan that combine-plan.ts makes and combine-write.ts writes.
 *
 * Shapes only. Indexes called output indexes count imports first, as the format does.
 */
import type { ObjectCustom, SignatureKey } from '../input/object-file.ts';
import type { SymbolTable } from '../symbols/symbols.ts';

/** A symbol of the output; the fields are those of the `linking` section. */
export interface CombinedSymbol {
  readonly kind: number;
  readonly flags: number;
  readonly name: string;
  /** Index in its space, imports first; data: segment, -1 if undefined or absolute; section: joined section. */
  index: number;
  readonly offset: number;
  readonly size: number;
}

/** An import of the output: what an undefined symbol of an input was. */
export interface CombinedImport {
  readonly kind: number;
  readonly module: string;
  readonly field: string;
  readonly object: number;
  /** Index among the imports of its kind of that object. */
  readonly index: number;
}

/** Where a segment of an input goes. */
export interface CombinedSegment {
  readonly object: number;
  readonly segment: number;
  /** Provisional. */
  readonly address: number;
}

/** Custom sections of one name. */
export interface CombinedCustom {
  readonly name: string;
  readonly parts: readonly { readonly object: number; readonly custom: ObjectCustom; readonly offset: number }[];
}

/** See the file header. */
export interface CombinationPlan {
  readonly table: SymbolTable;
  readonly types: readonly SignatureKey[];
  readonly typeIndex: ReadonlyMap<SignatureKey, number>;
  readonly imports: readonly CombinedImport[];
  /** Object and function of each function with a body. */
  readonly funcs: readonly { readonly object: number; readonly index: number }[];
  /** Signatures of functions behind `funcs` that only trap. */
  readonly stubs: readonly SignatureKey[];
  readonly globals: readonly { readonly object: number; readonly index: number }[];
  readonly tables: readonly { readonly object: number; readonly index: number }[];
  readonly tags: readonly { readonly object: number; readonly index: number }[];
  readonly segments: readonly CombinedSegment[];
  readonly customs: readonly CombinedCustom[];
  readonly symbols: readonly CombinedSymbol[];
  /** Per object, by symbol: output symbol, or -1 for one that is gone. */
  readonly symbolOf: readonly Int32Array[];
  /** Per object: output index of its own definitions by their index, imports not counted; -1 if gone. */
  readonly funcOf: readonly Int32Array[];
  readonly globalOf: readonly Int32Array[];
  readonly tableOf: readonly Int32Array[];
  readonly tagOf: readonly Int32Array[];
  readonly segmentOf: readonly Int32Array[];
  /** Per object: joined section and offset in it by section number. */
  readonly customOf: readonly ReadonlyMap<number, { readonly index: number; readonly offset: number }>[];
  /** Provisional slot by output function index; slot 0 stays empty. */
  readonly slots: ReadonlyMap<number, number>;
  readonly dataEnd: number;
}
