/**
 * An edit of code that applies exactly once, however the code is broken into lines.
 */

/** `source` with `replace` in place of `find`; the number of places, if that is not one. White space stands for any white space. */
export function editOnce(source: string, find: string, replace: string): string | number {
  const words = find.split(/\s+/).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const places = [...source.matchAll(new RegExp(words.join('\\s+'), 'g'))];
  if (places.length !== 1) return places.length;
  const { index, 0: text } = places[0]!;
  return source.slice(0, index) + replace + source.slice(index + text.length);
}
