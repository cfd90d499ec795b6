/**
 * All mutants of a built file.
 *
 * Owns the walk over the syntax tree and what names a place. Deterministic: mutants come in the order of the text, those of one
 * place in the order of the operators.
 */
import { SourceMap } from 'node:module';
import ts from 'typescript';
import type { Mutant, MutantIdentity } from './mutant.ts';
import { idOf, onOneLine } from './mutant.ts';
import { editsAt, statesFact } from './operators.ts';

/** The mutants of `text`, the built file `file` below `core/`; `map` is its source map, if there is one. */
export function findMutants(file: string, text: string, map: string | null): Mutant[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.JS);
  const lines = text.split('\n');
  const sourceMap = map === null ? null : new SourceMap(JSON.parse(map) as ConstructorParameters<typeof SourceMap>[0]);
  const mutants: Mutant[] = [];
  const counts = new Map<string, number>();
  const visit = (node: ts.Node, name: string): void => {
    if (statesFact(node)) return;
    const inside = nameOf(node, name);
    const [start, end] = [node.getStart(), node.end];
    for (const { operator, replacement } of editsAt(node, text)) {
      const { line, character } = source.getLineAndCharacterOfPosition(start);
      const identity: MutantIdentity = {
        file,
        function: name,
        operator,
        line: onOneLine(lines[line]!),
        original: onOneLine(text.slice(start, end)),
        replacement: replacement === null ? null : onOneLine(replacement),
        nth: 1,
      };
      const key = idOf(identity);
      const nth = (counts.get(key) ?? 0) + 1;
      counts.set(key, nth);
      const found = { ...identity, nth };
      const place = placeOf(sourceMap, file, line, character);
      mutants.push({ ...found, code: replacement, id: idOf(found), start, end, place });
    }
    ts.forEachChild(node, (child) => visit(child, inside));
  };
  visit(source, '(module)');
  return mutants;
}

/** The name of the function that what is in `node` belongs to. */
function nameOf(node: ts.Node, outer: string): string {
  if (ts.isClassDeclaration(node)) return node.name?.text ?? outer;
  if (!ts.isFunctionLike(node)) return outer;
  const { parent } = node;
  if (ts.isConstructorDeclaration(node)) return `${outer}.constructor`;
  if (ts.isMethodDeclaration(node) || ts.isAccessor(node)) {
    return outer === '(module)' ? node.name.getText() : `${outer}.${node.name.getText()}`;
  }
  if (ts.isFunctionDeclaration(node)) return node.name?.text ?? outer;
  const isNamed = ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent);
  return outer === '(module)' && isNamed ? parent.name.getText() : outer;
}

function placeOf(map: SourceMap | null, file: string, line: number, column: number): string {
  const entry = map?.findEntry(line, column);
  if (entry === undefined || !('originalLine' in entry)) return `dist/core/${file}:${line + 1}`;
  return `core/${file.replace(/\.js$/, '.ts')}:${entry.originalLine + 1}`;
}
