/**
 * Nominal typing for numbers. Each index space of the project has one branded type, declared beside the table it
 * indexes; a raw `number` never crosses a module boundary as an index. Knows nothing of what is indexed.
 */
declare const brandKey: unique symbol;

/** `T` that cannot be mixed with another `T` of a different name. */
export type Brand<T, N extends string> = T & { readonly [brandKey]: N };
