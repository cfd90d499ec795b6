/**
 * The index spaces of objects and of the output, one type each.
 *
 * Owns no value. A number of one space cannot be passed for a number of another; it becomes one only through the map that
 * some phase made. Spaces of the link itself (FuncId and its like) are declared where they are numbered.
 */
import type { Brand } from '../../support/brand.ts';

/** Kinds of things that a module numbers with the imported ones first. */
export type Space = 'function' | 'global' | 'table' | 'tag';

/** Number of an object among those of a link. */
export type ObjectId = Brand<number, 'object of a link'>;

/** Index in a space of an object, imports first. */
export type ObjIndex<S extends Space> = Brand<number, `index of a ${S} of an object`>;
/** Position among the definitions of an object; negative for what it imports. */
export type ObjDefined<S extends Space> = Brand<number, `position of a ${S} of an object`>;
/** Index into the type section of an object. */
export type ObjTypeIndex = Brand<number, 'type of an object'>;
/** Index into `ParsedObject.symbols`. */
export type ObjSymIndex = Brand<number, 'symbol of an object'>;
/** Index into `ParsedObject.segments`. */
export type ObjSegIndex = Brand<number, 'segment of an object'>;
/** Number of a section of an object among all of its sections. */
export type ObjSectionIndex = Brand<number, 'section of an object'>;

/** Index in a space of the output, imports first. */
export type OutIndex<S extends Space> = Brand<number, `index of a ${S} of the output`>;
/** Index into the type section of the output. */
export type OutTypeIndex = Brand<number, 'type of the output'>;
/** Index into the symbol table of the output. */
export type OutSymIndex = Brand<number, 'symbol of the output'>;
/** Index of an entry of the data section of the output. */
export type OutSegIndex = Brand<number, 'segment of the output'>;
/** Slot of the table of function addresses; 0 is the null pointer. */
export type Slot = Brand<number, 'slot of the function table'>;
