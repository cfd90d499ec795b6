/**
 * The mutation operators: which mistakes can be made at one node of the syntax tree of built JavaScript.
 *
 * Owns what each operator does and where it does not apply. Knows one node and its parents, no file and no sample. Invariant: an
 * edit replaces a whole expression by an expression, or drops a whole statement, so it can be switched on at run time.
 */
import ts from 'typescript';

/** Name of an operator; part of the identity of a mutant. */
export type Operator =
  | 'arithmetic'
  | 'comparison'
  | 'boundary'
  | 'constant'
  | 'condition'
  | 'argument-order'
  | 'dropped-statement'
  | 'swapped-branch';

/** One mistake at a node. */
export interface Edit {
  readonly operator: Operator;
  /** What takes the place of the node; null: nothing, the node is a statement. */
  readonly replacement: string | null;
}

const ARITHMETIC: Readonly<Record<string, string>> = {
  '+': '-',
  '-': '+',
  '*': '+',
  '/': '*',
  '%': '*',
  '**': '*',
  '<<': '>>>',
  '>>': '>>>',
  '>>>': '>>',
  '&': '|',
  '|': '&',
  '^': '|',
};

const COMPARISON: Readonly<Record<string, string>> = {
  '===': '!==',
  '!==': '===',
  '==': '!=',
  '!=': '==',
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
};

const BOUNDARY: Readonly<Record<string, string>> = { '<': '<=', '<=': '<', '>': '>=', '>=': '>' };

const LOGIC: Readonly<Record<string, string>> = { '&&': '||', '||': '&&' };

/** Calls that only state what holds: without them, or with weaker arguments, nothing that is right changes. */
const STATEMENTS_OF_FACT = new Set(['assert', 'unreachable']);

/** Whether `node` is a call that states a fact; neither it nor what is in it is mutated. */
export function statesFact(node: ts.Node): boolean {
  return ts.isCallExpression(node) && ts.isIdentifier(node.expression) && STATEMENTS_OF_FACT.has(node.expression.text);
}

/** The mistakes at `node`, in a fixed order. `text` is that of the whole file. */
export function editsAt(node: ts.Node, text: string): Edit[] {
  const at = (part: ts.Node): string => text.slice(part.getStart(), part.end);
  const edits: Edit[] = [];
  const add = (operator: Operator, replacement: string | null): void => void edits.push({ operator, replacement });
  if (ts.isBinaryExpression(node)) addBinary(node, at, add);
  else if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) addUnary(node, at, add);
  else if (ts.isNumericLiteral(node) || ts.isBigIntLiteral(node)) addNumber(node, add);
  else if (node.kind === ts.SyntaxKind.TrueKeyword) add('constant', 'false');
  else if (node.kind === ts.SyntaxKind.FalseKeyword) add('constant', 'true');
  else if (ts.isCallExpression(node) || ts.isNewExpression(node)) addSwaps(node, at, add);
  else if (ts.isExpressionStatement(node) && isDroppable(node.expression)) add('dropped-statement', null);
  if (ts.isExpression(node)) addCondition(node, at, add);
  return edits;
}

type Add = (operator: Operator, replacement: string | null) => void;
type TextOf = (part: ts.Node) => string;

function addBinary({ left, operatorToken, right }: ts.BinaryExpression, at: TextOf, add: Add): void {
  const token = at(operatorToken);
  const replace = (operator: Operator, by: string | undefined): void => {
    if (by !== undefined) add(operator, `${at(left)} ${by} ${at(right)}`);
  };
  const isAssignment = token.endsWith('=') && !Object.hasOwn(COMPARISON, token);
  const plain = isAssignment ? token.slice(0, -1) : token;
  const isText = token.startsWith('+') && (isTextual(left) || isTextual(right));
  const arithmetic = isText ? undefined : ARITHMETIC[plain];
  replace('arithmetic', arithmetic === undefined ? undefined : `${arithmetic}${isAssignment ? '=' : ''}`);
  if (isAssignment) return;
  replace('comparison', COMPARISON[token]);
  replace('boundary', BOUNDARY[token]);
  replace('condition', LOGIC[token]);
}

function isTextual(node: ts.Node): boolean {
  if (ts.isParenthesizedExpression(node)) return isTextual(node.expression);
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    return isTextual(node.left) || isTextual(node.right);
  }
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
}

function addUnary(node: ts.PrefixUnaryExpression | ts.PostfixUnaryExpression, at: TextOf, add: Add): void {
  const operand = at(node.operand);
  switch (node.operator) {
    case ts.SyntaxKind.PlusPlusToken:
    case ts.SyntaxKind.MinusMinusToken: {
      // A loop that counts the wrong way shows nothing but that it does not end.
      if (ts.isForStatement(node.parent) && node.parent.incrementor === node) return;
      const other = node.operator === ts.SyntaxKind.PlusPlusToken ? '--' : '++';
      add('arithmetic', ts.isPrefixUnaryExpression(node) ? `${other}${operand}` : `${operand}${other}`);
      return;
    }
    case ts.SyntaxKind.MinusToken:
    case ts.SyntaxKind.TildeToken:
      add('arithmetic', operand);
      return;
    case ts.SyntaxKind.ExclamationToken:
      add('condition', operand);
      return;
    case ts.SyntaxKind.PlusToken:
  }
}

function addNumber(node: ts.NumericLiteral | ts.BigIntLiteral, add: Add): void {
  if (isName(node)) return;
  // The parser has made the text of a literal decimal and free of separators; fractions are left alone.
  const isBig = ts.isBigIntLiteral(node);
  const digits = isBig ? node.text.slice(0, -1) : node.text;
  if (!/^(\d+|0x[0-9a-f]+)$/i.test(digits)) return;
  const value = BigInt(digits);
  const suffix = isBig ? 'n' : '';
  add('constant', `${value + 1n}${suffix}`);
  if (value > 0n) add('constant', `${value - 1n}${suffix}`);
}

/** A key of an object or a class is no expression. */
function isName(node: ts.Node): boolean {
  return (node.parent as { readonly name?: ts.Node }).name === node;
}

function addSwaps(node: ts.CallExpression | ts.NewExpression, at: TextOf, add: Add): void {
  // Part of a chain `a?.b(c, d)` cannot be replaced by itself.
  if (ts.isOptionalChain(node)) return;
  const args = node.arguments ?? ts.factory.createNodeArray();
  for (let n = 0; n + 1 < args.length; n++) {
    const [first, second] = [args[n]!, args[n + 1]!];
    if ([first, second].some((arg) => ts.isSpreadElement(arg) || ts.isFunctionLike(arg))) continue;
    const [one, other] = [at(first), at(second)];
    if (one === other) continue;
    const texts = args.map(at);
    texts[n] = other;
    texts[n + 1] = one;
    const head = at(node).slice(0, args[0]!.getStart() - node.getStart());
    add('argument-order', `${head}${texts.join(', ')})`);
  }
}

function isDroppable(expression: ts.Expression): boolean {
  if (statesFact(expression)) return false;
  if (ts.isCallExpression(expression)) return expression.expression.kind !== ts.SyntaxKind.SuperKeyword;
  if (ts.isBinaryExpression(expression)) {
    const { kind } = expression.operatorToken;
    return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
  }
  return (
    ts.isPrefixUnaryExpression(expression) ||
    ts.isPostfixUnaryExpression(expression) ||
    ts.isAwaitExpression(expression) ||
    ts.isDeleteExpression(expression)
  );
}

/** What a condition can be replaced by, where `node` is one. */
function addCondition(node: ts.Expression, at: TextOf, add: Add): void {
  const { parent } = node;
  const isLiteral = node.kind === ts.SyntaxKind.TrueKeyword || node.kind === ts.SyntaxKind.FalseKeyword;
  if (isLiteral) return;
  const isLoop =
    ((ts.isWhileStatement(parent) || ts.isDoStatement(parent)) && parent.expression === node) ||
    (ts.isForStatement(parent) && parent.condition === node);
  const isChoice =
    (ts.isIfStatement(parent) && parent.expression === node) ||
    (ts.isConditionalExpression(parent) && parent.condition === node);
  if (isLoop || isChoice) add('condition', 'false');
  if (!isChoice) return;
  add('condition', 'true');
  const hasOther = ts.isConditionalExpression(parent) || parent.elseStatement !== undefined;
  if (hasOther && !isNegatedElsewhere(node, at)) add('swapped-branch', `!(${at(node)})`);
}

/** Comparisons and negations have their opposite among the edits of their own. */
function isNegatedElsewhere(node: ts.Expression, at: TextOf): boolean {
  if (ts.isPrefixUnaryExpression(node)) return node.operator === ts.SyntaxKind.ExclamationToken;
  return ts.isBinaryExpression(node) && Object.hasOwn(COMPARISON, at(node.operatorToken));
}
