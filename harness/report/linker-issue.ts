/**
 * A finding of the check `linkers` as a report to the makers of the linker that it accuses: the objects, or how to make them, and the command lines.
 *
 * Owns wording and order, as tool-issue.ts does for compilers.
 */
import { operationOf } from '../model/bucket.ts';
import { fenced, inlineCode, plainWords } from './markup.ts';
import type { ToolIssue } from './tool-issue.ts';
import { KIND_WORDS, runLine, sides } from './tool-issue.ts';

/** A linker and its command line. */
interface IssueLinker {
  readonly name: string;
  readonly line: string;
}

/** How an object is made; no source: it comes with the compiler. */
interface Recipe {
  readonly path: string;
  readonly source: { readonly language: string; readonly file: string; readonly text: string } | null;
  readonly command: string;
}

/** What is known of a finding. */
export interface LinkerIssue extends Pick<ToolIssue, 'kind' | 'unit' | 'calls' | 'detail' | 'caseText' | 'again'> {
  /** The one that is accused, in its newest version; null with a line where the link has no such line. */
  readonly accused: IssueLinker;
  /** Linkers that are right. */
  readonly right: readonly IssueLinker[];
  /** Objects and archives of the link by path, in its order. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** How some of them are made. */
  readonly recipes: readonly Recipe[];
  /** Begins the names of what the module exports and imports. */
  readonly prefix: string;
}

/** The report as Markdown. */
export function linkerIssueReport(issue: LinkerIssue): string {
  const { accused, right, files, recipes, kind, unit, detail, caseText, again } = issue;
  const isRun = kind !== 'crash' && kind !== 'link-error';
  const lines = [
    `${accused.line}   # ${accused.name}: wrong`,
    ...right.map(({ name, line }) => `${line}   # ${name}: right`),
  ];
  const [, voters = accused.name, seen = detail] = /^([^:\n]*): (.*)$/s.exec(detail) ?? [];
  const said = sides(seen, null);
  const made = recipes.filter(({ path }) => files.has(path));
  const given = [...files].filter(([path]) => made.every((recipe) => recipe.path !== path));
  const parts = [
    `# ${plainWords(`${accused.name}: ${KIND_WORDS[kind]} with ${operationOf(unit)}`)}`,
    `**Version**: ${plainWords(voters)}.`,
    '**Objects**',
    ...made.flatMap(({ source }) =>
      source === null ? [] : [inlineCode(source.file), fenced(source.text, source.language)],
    ),
    fenced([...made.map(({ command }) => command), ...given.map(unpacked)].join('\n'), 'sh'),
    '**Link**',
    fenced(lines.join('\n'), 'sh'),
    ...(isRun ? ['**Run**', fenced(runLine(issue), 'sh')] : []),
    '**Expected and actual**',
    said === null ? fenced(seen) : said.join('\n'),
    '**How it was found**',
    `Random programs in an intermediate form are compiled, every linker links the same objects, and what the programs do is compared with an interpreter of that form. ${inlineCode(again)} runs this one again:`,
    fenced(caseText),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** Commands that write the file `path`. */
function unpacked([path, bytes]: readonly [string, Uint8Array]): string {
  const text = Buffer.from(bytes)
    .toString('base64')
    .replace(/.{100}/g, '$&\n')
    .trimEnd();
  return `base64 -d > ${path} <<'END'\n${text}\nEND`;
}
