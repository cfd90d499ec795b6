/**
 * What a finished link can tell a person: the map, what was removed, who mentions a symbol, why a member was taken.
 *
 * Owns the text of wasm-ld's report options. Computed when asked; a link that nobody questions pays nothing.
 */
import { eachObject } from '../input/each-object.ts';
import { SymbolFlag, SymbolKind } from '../../wasm/kinds.ts';
import type { Indexed } from '../executable/indexed.ts';
import { signatureOfDefined } from '../executable/indexed.ts';
import { functionName } from '../executable/function-name.ts';
import type { ObjDefined, ObjSegIndex } from '../input/index-spaces.ts';
import { hasData, hasFunc } from '../live/live-set.ts';
import { dataId, extraOf, funcId, funcOwner, isUnitFunc } from '../symbols/numbered-symbols.ts';
import type { FuncId } from '../symbols/targets.ts';
import { UNIT_FILE } from '../unit/state.ts';
import type { SymbolTable } from '../symbols/symbol-table.ts';

/** One line for each function and segment of the objects that is not in the output. */
export function removedSections({ placed }: Indexed): string[] {
  const { live } = placed;
  const { symbols } = live;
  const lines: string[] = [];
  eachObject(symbols.table.objects, (object, o) => {
    for (let f = 0; f < object.funcTypes.length; f++) {
      if (hasFunc(live, funcId(symbols, o, f as ObjDefined<'function'>))) continue;
      const symbol = object.symbols[object.funcSymbol[f]!];
      lines.push(`removing unused section ${object.file}:(${symbol?.name ?? `function ${f}`})`);
    }
    object.segments.forEach(({ name }, s) => {
      const isLive = hasData(live, dataId(symbols, o, s as ObjSegIndex));
      if (!isLive) lines.push(`removing unused section ${object.file}:(${name})`);
    });
  });
  return lines;
}

/** Mentions of the names, object by object. */
export function traceSymbols(table: SymbolTable, names: readonly string[]): string[] {
  const wanted = new Set(names);
  if (wanted.size === 0) return [];
  return table.objects.flatMap(({ file, symbols }) =>
    symbols
      .filter(({ name, flags }) => wanted.has(name) && (flags & SymbolFlag.local) === 0)
      .map(
        ({ name, flags }) =>
          `${file}: ${(flags & SymbolFlag.undefined) !== 0 ? 'reference to' : 'definition of'} ${name}`,
      ),
  );
}

/** Tab-separated table of members taken from archives: who wanted them, their file, for which name. */
export function extractions(table: SymbolTable): string {
  const rows = table.extracted.map(({ reference, name, file }) => `${reference}\t${file}\t${name}\n`);
  return `reference\textracted\tsymbol\n${rows.join('')}`;
}

/** Where the body of a function comes from. */
function functionFile({ placed }: Indexed, id: FuncId): string {
  const { symbols } = placed.live;
  if (isUnitFunc(symbols, id)) return UNIT_FILE;
  return extraOf(symbols, id) ? '<internal>' : symbols.table.objects[funcOwner(symbols, id)]!.file;
}

/** The map: address or index, size, alignment, and what lies there. */
export function mapText(indexed: Indexed): string {
  const { placed, defined, imports } = indexed;
  const { live, segments, memory } = placed;
  const { table } = live.symbols;
  const lines = ['    Addr     Size  Align  In'];
  const line = (address: number, size: number, align: number, text: string): void => {
    const hex = (value: number, width: number): string => value.toString(16).padStart(width);
    lines.push(`${hex(address, 8)} ${hex(size, 8)} ${String(align).padStart(6)}  ${text}`);
  };
  line(memory.stackLow, memory.stackPointer - memory.stackLow, 16, '<stack>');
  for (const { address, size, align, object, segment, strings, name } of segments) {
    const owner = strings ? '<merged strings>' : object < 0 ? '<unit>' : table.objects[object]!.file;
    line(address, size, align, `${owner}:(${name})`);
    if (object < 0) continue;
    for (const symbol of table.objects[object]!.symbols) {
      const isHere = symbol.kind === SymbolKind.data && symbol.index === segment;
      if (!isHere || (symbol.flags & (SymbolFlag.undefined | SymbolFlag.absolute)) !== 0) continue;
      line(address + symbol.offset, symbol.size, 1, `        ${symbol.name}`);
    }
  }
  line(memory.heapBase, memory.heapEnd - memory.heapBase, 16, '<heap>');
  lines.push('', '   Index  Functions');
  imports.forEach((id, i) => lines.push(`${String(i).padStart(8)}  ${functionName(indexed, id)} (import)`));
  defined.forEach((id, i) => {
    const type = signatureOfDefined(indexed, id);
    const arity = `${type.indexOf('>')} -> ${type.length - type.indexOf('>') - 1}`;
    const place = `${functionFile(indexed, id)}:(${functionName(indexed, id)})`;
    lines.push(`${String(imports.length + i).padStart(8)}  ${place} (${arity})`);
  });
  return `${lines.join('\n')}\n`;
}
