/**
 * AIR text to a unit: declarations, and the way from syntax errors to diagnostics.
 *
 * Owns the grammar of docs/air.md section 1. Never throws on bad input, takes linear time, and its recursion is bounded
 * by MAX_NESTING. An error ends its declaration only, so that one reading reports the errors of several.
 */
import { assert } from '../../support/assert.ts';
import type { Diagnostic } from '../../diagnostics/diagnostics.ts';
import { Diagnostics } from '../../diagnostics/diagnostics.ts';
import type { Target } from '../../intern/target.ts';
import { InternPool } from '../../intern/intern-pool.ts';
import type { IpIndex, NavIndex } from '../../intern/keys.ts';
import { BodyStore } from '../body/body-store.ts';
import type { Note } from './lex.ts';
import { lex, Token } from './lex.ts';
import { parseFunctionBody } from './parse-body.ts';
import type { Cursor } from './parse-cursor.ts';
import {
  accept,
  acceptWord,
  atWord,
  expect,
  fail,
  failExpected,
  kindAt,
  navNameAt,
  ParseFailure,
  parseString,
  peek,
  rawText,
  tokenText,
} from './parse-cursor.ts';
import { parseAlign, parseErrorNames } from './parse-sums.ts';
import { parseSignature, parseType, parseValue } from './parse-terms.ts';
import type { Nav, NavExport, Unit } from '../unit.ts';
import { makeNav } from '../unit.ts';

/** Where the parts of a unit stand in its text; lines count from 1. */
export interface UnitLines {
  /** Line of the first word of each nav. */
  readonly navs: readonly number[];
  /** Per nav, the line of each instruction; null for a nav without a body. */
  readonly insts: readonly (Uint32Array | null)[];
}

/** What {@link parseUnit} found. */
export type ParseResult =
  | { readonly ok: true; readonly unit: Unit; readonly lines: UnitLines; readonly notes: readonly Note[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[]; readonly notes: readonly Note[] };

/** Settings of {@link parseUnit}. */
export interface ParseOptions {
  /** Name of the text in diagnostics. */
  readonly file?: string;
  /** Target of the pool; wasm32 when not given. */
  readonly target?: Target;
  /** The unit is for codegen threads: pool and bodies are made in memory that all threads read. */
  readonly shared?: boolean;
}

/** Reading stops after this many errors. */
const MAX_ERRORS = 20;

/** A declaration found by its keyword, before anything else is read. */
interface Declaration {
  /** Token of `fn`, `var` or `const`. */
  readonly keyword: number;
  /** Null if it could not be read. */
  name: string | null;
  /** For functions: token after the signature, 0 if it could not be read. */
  afterSignature: number;
}

interface Prefix {
  readonly isExtern: boolean;
  readonly module: string | null;
  /** Null: exported under its own name. */
  readonly exports: readonly NavExport[] | null;
}

/** Reads `text`. The unit is well formed as text; verify.ts says whether it is valid. */
export function parseUnit(text: string, options: ParseOptions = {}): ParseResult {
  const tokens = lex(text);
  const { notes } = tokens;
  const shared = options.shared ?? false;
  const pool = new InternPool(options.target, shared);
  const store = shared ? new BodyStore() : null;
  const navNames = new Map<string, NavIndex>();
  const fnTypes: (IpIndex | undefined)[] = [];
  const c: Cursor = { tokens, at: 0, pool, store, navs: navNames, fnTypes, depth: 0 };
  const diagnostics = new Diagnostics();
  const full = (): boolean => diagnostics.list.length >= MAX_ERRORS;
  const guarded = (read: () => void): boolean => {
    if (full()) return false;
    try {
      read();
      return true;
    } catch (error) {
      if (!(error instanceof ParseFailure)) throw error;
      c.depth = 0;
      const line = tokens.lines[error.token]!;
      const start = tokens.starts[error.token]!;
      const column = start - text.lastIndexOf('\n', start - 1);
      const place = options.file === undefined ? { line, column } : { file: options.file, line, column };
      error.report((code, args) => {
        diagnostics.error(code, args, { in: 'text', ...place });
      });
      return false;
    }
  };

  // Errors are numbered in the order of their names, so their list goes before everything that may mention one.
  guarded(() => {
    if (acceptWord(c, 'errors')) parseErrorNames(c);
  });
  const start = c.at;
  const declarations = findDeclarations(c, navNames, guarded);
  declarations.forEach((declaration, n) => {
    if (rawText(c, declaration.keyword) !== 'fn') return;
    guarded(() => {
      c.at = declaration.keyword + 2;
      fnTypes[n] = parseSignature(c);
      declaration.afterSignature = c.at;
    });
  });

  const navs: Nav[] = [];
  const lines = { navs: [] as number[], insts: [] as (Uint32Array | null)[] };
  c.at = start;
  let next = 0;
  while (peek(c) !== Token.eof && !full()) {
    const begin = c.at;
    const ok = guarded(() => {
      const line = tokens.lines[begin]!;
      const prefix = parsePrefix(c);
      while (next < declarations.length && declarations[next]!.keyword < c.at) next++;
      const declaration = declarations[next];
      if (declaration?.keyword !== c.at) failExpected(c, 'a declaration');
      const { name } = declaration;
      const ty = fnTypes[next];
      const isFunction = rawText(c, c.at) === 'fn';
      // A bad name or signature was reported before; there is no telling what follows it.
      if (name === null || (isFunction && ty === undefined)) throw new ParseFailure(() => undefined, c.at);
      if (ty !== undefined) {
        c.at = declaration.afterSignature;
        const parsed = parseFunction(c, name, prefix, ty);
        navs.push(parsed.nav);
        lines.insts.push(parsed.lines);
      } else {
        navs.push(parseData(c, name, prefix));
        lines.insts.push(null);
      }
      lines.navs.push(line);
    });
    if (!ok) {
      while (next < declarations.length && declarations[next]!.keyword <= c.at) next++;
      c.at = next < declarations.length ? restart(c, declarations[next]!.keyword, begin) : tokens.count - 1;
    }
  }
  if (diagnostics.failed) return { ok: false, diagnostics: diagnostics.sorted(), notes };
  assert(navs.length === declarations.length, 'a declaration was found but not read');
  return { ok: true, unit: { pool, navs }, lines, notes };
}

/** Finds all declarations and gives each name its index, so that a name may be used before it is declared. */
function findDeclarations(
  c: Cursor,
  navNames: Map<string, NavIndex>,
  guarded: (read: () => void) => boolean,
): Declaration[] {
  const { kinds, count } = c.tokens;
  const found: Declaration[] = [];
  for (let token = 0; token + 1 < count; token++) {
    if (kinds[token + 1] !== Token.nav || kinds[token] !== Token.word) continue;
    const word = rawText(c, token);
    if (word !== 'fn' && word !== 'var' && word !== 'const') continue;
    const declaration: Declaration = { keyword: token, name: null, afterSignature: 0 };
    guarded(() => {
      const name = navNameAt(c, token + 1);
      declaration.name = name;
      if (navNames.has(name)) fail(c, 'air_duplicate_name', { name: tokenText(c, token + 1) }, token + 1);
      navNames.set(name, found.length as NavIndex);
    });
    found.push(declaration);
  }
  return found;
}

/**
 * Where to read on after an error in a declaration that began at token `begin`: at `keyword`, or before it at the
 * `export` or `extern` that belongs to it. Always after `begin`, so that reading ends.
 */
function restart(c: Cursor, keyword: number, begin: number): number {
  for (let token = keyword - 1; token > begin; token--) {
    const kind = kindAt(c, token);
    if (kind === Token.word) {
      const word = rawText(c, token);
      if (word === 'export' || word === 'extern') return token;
      if (word !== 'hidden') return keyword;
    } else if (kind !== Token.string && kind !== Token.comma && kind !== Token.parenOpen && kind !== Token.parenClose) {
      return keyword;
    }
  }
  return keyword;
}

function parsePrefix(c: Cursor): Prefix {
  if (acceptWord(c, 'extern')) {
    let module = null;
    if (accept(c, Token.parenOpen)) {
      module = parseString(c, 'the name of a module');
      expect(c, Token.parenClose, '")"');
    }
    return { isExtern: true, module, exports: [] };
  }
  if (!acceptWord(c, 'export')) return { isExtern: false, module: null, exports: [] };
  if (!accept(c, Token.parenOpen)) return { isExtern: false, module: null, exports: null };
  const exports: NavExport[] = [];
  do {
    const name = parseString(c, 'the name of an export');
    exports.push({ name, visibility: acceptWord(c, 'hidden') ? 'hidden' : 'default' });
  } while (accept(c, Token.comma));
  expect(c, Token.parenClose, '")"');
  return { isExtern: false, module: null, exports };
}

function exportsOf(prefix: Prefix, name: string): readonly NavExport[] {
  return prefix.exports ?? [{ name, visibility: 'default' }];
}

/** Reads what follows the signature of a function. */
function parseFunction(c: Cursor, name: string, prefix: Prefix, ty: IpIndex): { nav: Nav; lines: Uint32Array | null } {
  if (prefix.isExtern) {
    return { nav: makeNav({ kind: 'extern_func', name, ty, module: prefix.module ?? 'env' }), lines: null };
  }
  const { body, lines } = parseFunctionBody(c);
  return { nav: makeNav({ kind: 'func', name, ty, exports: exportsOf(prefix, name), body }), lines };
}

/** Reads a `var` or `const` from its keyword on. */
function parseData(c: Cursor, name: string, prefix: Prefix): Nav {
  const keyword = c.at;
  const kind = rawText(c, keyword) as 'var' | 'const';
  if (prefix.isExtern && (kind === 'const' || prefix.module !== null)) failExpected(c, '"var" or a function');
  c.at += 2;
  expect(c, Token.colon, '":"');
  const ty = parseType(c);
  const align = atWord(c, 'align') ? parseAlign(c) : 0;
  let section = null;
  if (acceptWord(c, 'section')) {
    expect(c, Token.parenOpen, '"("');
    section = parseString(c, 'the name of a section');
    expect(c, Token.parenClose, '")"');
  }
  const threadlocal = acceptWord(c, 'threadlocal');
  if (prefix.isExtern) return makeNav({ kind: 'extern_var', name, ty, align, section, threadlocal });
  expect(c, Token.equals, '"="');
  const init = parseValue(c, ty);
  return makeNav({ kind, name, ty, align, section, threadlocal, exports: exportsOf(prefix, name), init });
}
