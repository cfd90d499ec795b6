/**
 * What a relocatable output contains: the plan that plan-object.ts makes and write-object.ts writes.
 *
 * Shapes, and the look-ups from indexes of inputs to those of the output. The latter count imports first, as the format does.
 */
import type {
  ObjDefined,
  ObjectId,
  ObjIndex,
  ObjSectionIndex,
  ObjSegIndex,
  ObjSymIndex,
  OutIndex,
  OutSegIndex,
  OutSymIndex,
  OutTypeIndex,
  Slot,
  Space,
} from '../input/index-spaces.ts';
import type { ObjectCustom, SignatureKey } from '../input/object-file.ts';
import type { TypeList } from '../sections/type-list.ts';
import type { SymbolTable } from '../symbols/symbol-table.ts';

/** A symbol of the output; the fields are those of the `linking` section. */
export interface OutputSymbol {
  readonly kind: number;
  readonly flags: number;
  readonly name: string;
  /** Index in its space, imports first; data: segment, -1 if undefined or absolute; section: joined section. */
  index: number;
  readonly offset: number;
  readonly size: number;
}

/** An import of the output: what an undefined symbol of an input was. */
export interface OutputImport<S extends Space = Space> {
  readonly kind: number;
  readonly module: string;
  readonly field: string;
  readonly object: ObjectId;
  /** Among the imports of its kind of that object. */
  readonly index: ObjIndex<S>;
  /** Functions and tags; null of everything else. */
  readonly signature: SignatureKey | null;
}

/** A definition of an input that the output has. */
export interface Definition<S extends Space> {
  readonly object: ObjectId;
  readonly index: ObjDefined<S>;
}

/** Where a segment of an input goes. */
export interface OutputSegment {
  readonly object: ObjectId;
  readonly segment: ObjSegIndex;
  /** Provisional. */
  readonly address: number;
}

/** Custom sections of one name. */
export interface JoinedCustom {
  readonly name: string;
  readonly parts: readonly { readonly object: ObjectId; readonly custom: ObjectCustom; readonly offset: number }[];
}

/** Custom sections of the inputs, joined by name. */
export interface JoinedCustoms {
  readonly sections: readonly JoinedCustom[];
  /** Per object, by section number: which joined section it is a part of, and where in it. */
  readonly placeOf: readonly ReadonlyMap<ObjSectionIndex, { readonly index: number; readonly offset: number }>[];
}

/** Per object: output index of its own definitions by their position; -1 if gone. */
export interface DefinitionMaps {
  readonly funcOf: readonly Int32Array[];
  readonly globalOf: readonly Int32Array[];
  readonly tableOf: readonly Int32Array[];
  readonly tagOf: readonly Int32Array[];
  readonly segmentOf: readonly Int32Array[];
}

/** Everything of an object except its bytes. */
export interface ObjectPlan extends DefinitionMaps {
  readonly phase: 'planned';
  readonly table: SymbolTable;
  readonly types: TypeList<OutTypeIndex>;
  readonly imports: readonly OutputImport[];
  /** Imported functions. */
  readonly importedFuncs: number;
  /** Functions with a body. */
  readonly funcs: readonly Definition<'function'>[];
  /** Signatures of functions in front of `funcs` that only trap. */
  readonly stubs: readonly SignatureKey[];
  readonly globals: readonly Definition<'global'>[];
  readonly tables: readonly Definition<'table'>[];
  readonly tags: readonly Definition<'tag'>[];
  readonly segments: readonly OutputSegment[];
  readonly customs: JoinedCustoms;
  readonly symbols: readonly OutputSymbol[];
  /** Per object, by symbol: output symbol, or -1 for one that is gone. */
  readonly symbolOf: readonly Int32Array[];
  /** Provisional slots; slot 0 stays empty. */
  readonly slots: ReadonlyMap<OutIndex<'function'>, Slot>;
  readonly dataEnd: number;
}

/** Output symbol of a symbol of object `o`; negative if it is gone. */
export function outputSymbol(
  { symbolOf }: Pick<ObjectPlan, 'symbolOf'>,
  o: ObjectId,
  symbol: ObjSymIndex,
): OutSymIndex {
  return symbolOf[o]![symbol]! as OutSymIndex;
}

/** Entry of the data section for a segment of object `o`; negative if it is gone. */
export function outputSegment({ segmentOf }: DefinitionMaps, o: ObjectId, segment: ObjSegIndex): OutSegIndex {
  return segmentOf[o]![segment]! as OutSegIndex;
}
