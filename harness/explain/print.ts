/**
 * An explanation as text for a terminal of 80 columns.
 *
 * Owns wording and layout. Colours come from outside and carry no meaning of their own: guilty lines are marked with `>`.
 */
import type { Paint } from '../model/terminal-text.ts';
import type {
  BytesPart,
  Explanation,
  InstructionPart,
  LinkPart,
  ModulePart,
  SourceLine,
  SymbolPart,
} from './explanation.ts';

const WIDTH = 80;

/** The lines of `explanation`. */
export function printExplanation(explanation: Explanation, paint: Paint): string {
  const { instruction, memory, trace, symbols, bytes, module, link, code, notes, way } = explanation;
  const out: string[] = [...wrap(explanation.summary, '').map((line) => paint.bold(line))];
  if (instruction !== null) out.push('', ...instructionLines(instruction, way ?? 'other side', paint));
  if (memory !== null) {
    out.push('', `memory: ${memory.path} (${memory.type}), byte ${memory.offset} of ${memory.object}`);
    out.push(...sides(memory.expected, memory.actual, way ?? 'found'));
  }
  if (trace !== null) out.push('', ...traceLines(trace.index, trace.first, trace.expected, trace.actual));
  if (bytes !== null) out.push('', ...bytesLines(bytes));
  if (module !== null) out.push('', ...moduleLines(module, paint));
  if (link !== null) out.push('', ...linkLines(link, paint));
  if (symbols !== null && symbols.length > 0) out.push('', ...symbolLines(symbols, way ?? 'linked'));
  if (code !== null) {
    out.push('', `MIR of ${code.function}:`, ...code.mir.map((line) => cut(`  ${line}`)));
    out.push('', `WebAssembly of ${code.function}, ${way ?? 'executable'}:`);
    out.push(...code.wat.map((line) => cut(`  ${line}`)));
  }
  for (const note of notes) out.push('', ...wrap(`note: ${note}`, '  '));
  return out.join('\n');
}

function instructionLines(part: InstructionPart, way: string, paint: Paint): string[] {
  const out = sourceLines(part.context, paint);
  const width = Math.max(0, ...part.operands.map(({ name }) => name.length));
  if (part.operands.length > 0) {
    out.push('', 'operands, on which both sides agree:');
    for (const { name, value } of part.operands) out.push(cut(`  ${name.padEnd(width)} = ${value}`));
  }
  out.push('', ...sides(part.expected, part.actual, way));
  return out;
}

function sides(expected: string, actual: string, way: string): string[] {
  const width = Math.max('interpreter'.length, way.length);
  return [`  ${'interpreter'.padEnd(width)}  ${expected}`, `  ${way.padEnd(width)}  ${actual}`].map(cut);
}

function sourceLines(lines: readonly SourceLine[], paint: Paint): string[] {
  const width = Math.max(...lines.map(({ line }) => String(line).length));
  return lines.map(({ line, text, marked }) => {
    const shown = cut(`${marked ? '>' : ' '} ${String(line).padStart(width)}  ${text}`);
    return marked ? paint.red(shown) : shown;
  });
}

function traceLines(index: number, first: number, expected: readonly string[], actual: readonly string[]): string[] {
  const out = [`calls of imported functions; number ${index} differs:`];
  for (const [title, calls] of [
    ['interpreter', expected],
    ['executed', actual],
  ] as const) {
    out.push(`  ${title}:`);
    calls.forEach((call, n) => out.push(cut(`  ${first + n === index ? '>' : ' '} ${first + n}  ${call}`)));
    if (first + calls.length <= index) out.push(`  > ${first + calls.length}  no call`);
  }
  return out;
}

function bytesLines({ what, offset, lengths, section, function: fn, first, second }: BytesPart): string[] {
  return [
    `${what}: offset ${offset} (0x${offset.toString(16)}) of ${lengths[0]} and ${lengths[1]} bytes`,
    `  section   ${section}`,
    ...(fn === null ? [] : [cut(`  function  ${fn}`)]),
    `  first     ${first}`,
    `  then      ${second}`,
  ];
}

function moduleLines({ what, message, offset, section, function: fn, context }: ModulePart, paint: Paint): string[] {
  const out = [...wrap(`${what}: ${message}`, '  ')];
  if (offset !== null) {
    const where = fn === null ? '' : `, function ${fn}`;
    out.push(cut(`  offset ${offset} (0x${offset.toString(16)}): section ${section ?? 'unknown'}${where}`));
  }
  if (context.length > 0) out.push('', ...sourceLines(context, paint));
  return out;
}

function linkLines({ section, relocation, sides, free }: LinkPart, paint: Paint): string[] {
  const rows: [string, string][] = [];
  if (section !== null) rows.push(['section', section]);
  if (relocation !== null) {
    const { type, offset, symbol, addend, object, owner } = relocation;
    const plus = addend === 0 ? '' : ` + ${addend}`;
    rows.push(['input', `${owner} of ${object}`], ['relocation', `${type} at ${offset}, to ${symbol}${plus}`]);
  }
  for (const { name, value, function: fn, address } of sides) {
    const where = fn === null ? (address === null ? '' : `, at address ${address}`) : `, in ${fn}`;
    rows.push([name, `${value}${where}`]);
  }
  const width = Math.max(...rows.map(([title]) => title.length));
  const out = rows.map(([title, text]) => cut(`  ${title.padEnd(width)}  ${text}`));
  for (const { name, context } of sides) {
    if (context.length > 0) out.push('', `${name}:`, ...sourceLines(context, paint));
  }
  if (free.length > 0) out.push('', 'free to differ, and not compared:');
  for (const text of free) out.push(...wrap(`- ${text}`, '  '));
  return out;
}

function symbolLines(symbols: readonly SymbolPart[], way: string): string[] {
  const rows = symbols.map(({ name, object, what, executable, linked }) => {
    return [name, object, what, String(executable ?? '-'), String(linked ?? '-')];
  });
  const head = ['name', 'object', 'what', 'executable', way];
  const widths = head.map((title, n) => Math.max(title.length, ...rows.map((row) => row[n]!.length)));
  return [head, ...rows].map((row) => cut(`  ${row.map((cell, n) => cell.padEnd(widths[n]!)).join('  ')}`.trimEnd()));
}

/** A line cut to the width of the terminal. */
function cut(line: string): string {
  return line.length <= WIDTH ? line : `${line.slice(0, WIDTH - 1)}…`;
}

/** Text broken at spaces; lines behind the first begin with `indent`. */
function wrap(text: string, indent: string): string[] {
  return fold(text.split(/\s+/).join(' '), indent);
}

/** The same of text whose spaces stay; the first line begins with `first`. */
export function fold(text: string, indent: string, first = ''): string[] {
  const lines: string[] = [];
  const words = `${first}${text}`.split(' ');
  let line = words.shift() ?? '';
  for (const word of words) {
    const longer = `${line} ${word}`;
    if (longer.length > WIDTH && line.trim() !== '') {
      lines.push(line.trimEnd());
      line = indent + word;
    } else {
      line = longer;
    }
  }
  return [...lines, line].map(cut);
}
