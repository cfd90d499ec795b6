/**
 * A finding as a report to the makers of the compiler that it accuses: their language, their command lines, no word of AIR before the end.
 *
 * Owns wording and order. Everything that is said was found out elsewhere; text of a case goes through markup.ts.
 */
import type { CallInput, Unit } from '../../core/index.ts';
import { operationOf } from '../model/bucket.ts';
import { exportedNav, signatureOf, toWasm } from '../model/scalars.ts';
import type { FindingKind } from '../model/finding.ts';
import { fenced, inlineCode, plainWords } from './markup.ts';

/** What is known of a finding. */
export interface ToolIssue {
  /** `Zig 0.16.0`. */
  readonly tool: string;
  readonly kind: FindingKind;
  readonly unit: Unit;
  readonly calls: readonly CallInput[];
  /** What the harness saw. */
  readonly detail: string;
  readonly language: string;
  readonly file: string;
  /** The program in the language of the compiler; null with the reason where it cannot be spelled. */
  readonly source:
    { readonly kind: 'printed'; readonly value: string } | { readonly kind: 'unsupported'; readonly reason: string };
  /** Command line that shows it, and that of the witness. */
  readonly command: string;
  readonly witness: { readonly name: string; readonly command: string } | null;
  /** Functions of the module as text, or why there are none. */
  readonly wat: string | null;
  /** The case file, and the command that runs it again. */
  readonly caseText: string;
  readonly again: string;
}

export const KIND_WORDS: Readonly<Record<FindingKind, string>> = {
  result: 'wrong result',
  trap: 'wrong trap',
  trace: 'wrong argument of a call',
  memory: 'wrong value in memory',
  stack: 'stack pointer not restored',
  timeout: 'endless loop',
  invalid: 'invalid module',
  crash: 'compiler crash',
  refused: 'program refused',
  'link-error': 'link error',
  accepted: 'program not refused',
  bytes: 'output that varies',
  layout: 'wrong layout',
  text: 'wrong text',
  illegal: 'illegal behaviour',
  exhausted: 'limit exceeded',
};

/** The report as Markdown. */
export function toolIssueReport(issue: ToolIssue): string {
  const { tool, kind, unit, source, language, file, command, witness, wat, caseText, again, detail } = issue;
  const compile = witness === null ? command : `${command}   # wrong\n${witness.command}   # right`;
  const isRun = kind !== 'crash' && kind !== 'refused';
  const said = sides(detail, witness?.name ?? null);
  const parts = [
    `# ${plainWords(`${tool}: ${KIND_WORDS[kind]} with ${operationOf(unit)}`)}`,
    `**Version**: ${plainWords(tool)}, target wasm32-freestanding.`,
    `**Program** (${inlineCode(file)})`,
    source.kind === 'printed' ? fenced(source.value, language) : plainWords(`It cannot be spelled: ${source.reason}.`),
    '**Compile**',
    fenced(compile, 'sh'),
    ...(isRun ? ['**Run**', fenced(runLine(issue), 'sh')] : []),
    '**Expected and actual**',
    said === null ? fenced(detail) : said.join('\n'),
    ...(wat === null ? [] : ['**Code in the module**', fenced(wat, 'wasm')]),
    '**How it was found**',
    `Random programs in an intermediate form are printed as source, compiled, and compared with an interpreter of that form. This one was then reduced; ${inlineCode(again)} runs it again:`,
    fenced(caseText),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** Which side says what, as a list; null where the detail is not a comparison. */
export function sides(detail: string, witness: string | null): string[] | null {
  const match = /^(.*?): [a-z]+\n {2}reference: (.*)\n {2}(\S.*?): (.*)$/m.exec(detail);
  const agrees = witness !== null && detail.includes(`  ${witness}: does the same as the reference`);
  const vote = agrees
    ? [`- ${inlineCode(witness)}, which gets the same source, does what the reference interpreter says.`]
    : witness === null
      ? []
      : [`- ${inlineCode(witness)} was asked and did not agree with the reference interpreter.`];
  if (match === null) {
    const [first] = witness === null ? [detail] : detail.split(`\n  ${witness}: `);
    return [
      fenced(first!),
      '',
      ...(agrees
        ? [
            `- ${inlineCode(witness)} compiles the same source, and the program does what the reference interpreter says.`,
          ]
        : vote),
    ];
  }
  const [, place, expected, , actual] = match;
  return [
    `- Place: ${inlineCode(place!)}`,
    `- Expected: ${inlineCode(expected!)}`,
    `- Actual: ${inlineCode(actual!)}`,
    ...vote,
  ];
}

interface Run extends Pick<ToolIssue, 'unit' | 'calls'> {
  /** Begins the names of what the module exports and imports. */
  readonly prefix?: string;
}

/** A line for Node that makes the calls and prints what they return. */
export function runLine({ unit, calls, prefix = '' }: Run): string {
  const modules = new Map<string, string[]>();
  for (const nav of unit.navs) {
    if (nav.kind !== 'extern_func') continue;
    const zero = signatureOf(unit.pool, nav.ty)?.result;
    const answer = zero === undefined || zero === null ? 'undefined' : literal(toWasm(zero, 0n));
    const name = JSON.stringify(prefix + nav.name);
    const list = modules.get(nav.module ?? 'env') ?? [];
    modules.set(nav.module ?? 'env', list);
    list.push(`${name}: (...args) => (console.log(${name}, ...args), ${answer})`);
  }
  const imports = [...modules].map(([module, list]) => `${JSON.stringify(module)}: { ${list.join(', ')} }`).join(', ');
  const made = calls.map(({ fn, args }) => {
    const nav = exportedNav(unit, fn);
    const params = nav === undefined ? [] : (signatureOf(unit.pool, unit.navs[nav]!.ty)?.params ?? []);
    const list = args.map((bits, n) => literal(toWasm(params[n]!, bits)));
    return `console.log(exports[${JSON.stringify(prefix + fn)}](${list.join(', ')}))`;
  });
  const script = `const bytes = fs.readFileSync("a.wasm");
const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), ${imports === '' ? '{}' : `{ ${imports} }`});
${made.join(';\n')};`;
  return `node -e '${script.replaceAll("'", `'\\''`)}'`;
}

function literal(value: number | bigint): string {
  if (typeof value === 'bigint') return `${value}n`;
  return Object.is(value, -0) ? '-0' : String(value);
}
