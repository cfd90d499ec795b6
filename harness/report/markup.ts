/**
 * Hostile text in HTML, XML and Markdown: the only ways by which text of a case reaches a report.
 *
 * Owns escaping. Control characters, formats and lone surrogates become visible first (`\u{1b}`), so none of them can hide
 * or reorder text, and XML, which cannot hold them at all, stays well-formed.
 */
import { printable } from '../model/terminal-text.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** `text` as the content of an element, or the value of an attribute in quotes, of HTML or XML. */
export function escapeMarkup(text: string): string {
  return visible(text).replace(/[&<>"']/g, (char) => ENTITIES[char]!);
}

/** `text` in which everything is printable; the two characters of XML's own exclusion too. */
export function visible(text: string): string {
  return printable(text).replace(/[\ufffe\uffff]/g, (char) => `\\u{${char.charCodeAt(0).toString(16)}}`);
}

/** `text` as a block of code of Markdown: the fence is longer than any in it. */
export function fenced(text: string, language = ''): string {
  const content = visible(text).trimEnd();
  const longest = Math.max(2, ...(content.match(/`+/g) ?? []).map((ticks) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${content}\n${fence}`;
}

/** `text` as code within a line of Markdown, also in a cell of a table. */
export function inlineCode(text: string): string {
  const content = visible(text).replace(/[\s]+/g, ' ').replaceAll('|', '\\|');
  const longest = Math.max(0, ...(content.match(/`+/g) ?? []).map((ticks) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  const pad = content.startsWith('`') || content.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${content}${pad}${fence}`;
}

/** `text` as plain words of Markdown on one line: nothing in it is markup. */
export function plainWords(text: string): string {
  return visible(text)
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_{}[\]()#+!|<>~&@]/g, (char) => `\\${char}`);
}
