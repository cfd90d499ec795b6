/**
 * Filetests in the manner of Cranelift: a `.air` file whose first line says what is to be shown of it, and whose trailing
 * comments are what must be shown.
 *
 * The first line is `; test` and one or more of: `mir` (the machine form of each function), `wat` (the executable as
 * text), `object` (the relocatable object as text, with its relocations and symbols). `;!` lines state target and settings
 * as in a case file. What is expected starts at the line `; ==== mir` (and so on) and is written by `npm run bless`.
 */
import loadWabt from 'wabt';
import { coreSettings } from '../../harness/backend/core/settings.ts';
import type { Case } from '../../harness/model/case.ts';
import { formatCaseFileError, readCaseFile } from '../../harness/case/case-file.ts';
import type { IpIndex, NavIndex, Result } from '../../core/index.ts';
import {
  compileExe,
  compileFunction,
  compileObject,
  formatDiagnostic,
  printMir,
  printType,
  printValue,
} from '../../core/index.ts';
import { printLinking } from './print-linking.ts';

export const VIEWS = ['mir', 'wat', 'object'] as const;
type View = (typeof VIEWS)[number];

/** A file taken apart. */
export interface Filetest {
  readonly views: readonly View[];
  /** Everything before the expectations. */
  readonly program: string;
  /** The rest, as it stands in the file. */
  readonly expected: string;
}

/** Takes the text of a file apart. Throws what is wrong with it. */
export function readFiletest(text: string): Filetest {
  const words = /^; test ([^\n]*)\n/.exec(text)?.[1]?.trim().split(/\s+/) ?? [];
  if (words.length === 0) throw new Error(`the first line is not '; test' and what to show (${VIEWS.join(', ')})`);
  const unknown = words.find((word) => !(VIEWS as readonly string[]).includes(word));
  if (unknown !== undefined) throw new Error(`there is nothing called '${unknown}' to show (${VIEWS.join(', ')})`);
  const start = text.indexOf('\n; ==== ');
  const program = start < 0 ? text : text.slice(0, start + 1);
  return { views: words as View[], program, expected: text.slice(program.length) };
}

/** The expectations that `test` must have. Throws if the program does not compile. */
export async function showFiletest({ views, program }: Filetest): Promise<string> {
  const read = readCaseFile(program, 'filetest');
  if (!read.ok) throw new Error(read.errors.map(formatCaseFileError).join('\n'));
  const parts: string[] = [];
  for (const view of views) {
    const lines = (await SHOW[view](read.value.case)).trimEnd().split('\n');
    parts.push(`; ==== ${view}\n${lines.map((line) => `; ${line}`.trimEnd()).join('\n')}\n`);
  }
  return parts.join('');
}

const SHOW: Readonly<Record<View, (made: Case) => string | Promise<string>>> = {
  mir: mirOf,
  wat: ({ unit, settings }) => textOf(valueOf(compileExe(unit, coreSettings(settings)))),
  object: async ({ unit, settings }) => {
    const bytes = valueOf(compileObject(unit, coreSettings(settings)));
    return `${(await textOf(bytes)).trimEnd()}\n${printLinking(bytes)}`;
  },
};

function mirOf({ unit, settings }: Case): string {
  const names = {
    nav: (nav: number) => `@${unit.navs[nav]!.name}`,
    value: (value: number) => printValue(unit.pool, value as IpIndex, unit),
    type: (type: number) => printType(unit.pool, type as IpIndex, unit),
  };
  return unit.navs
    .map((nav, n) => {
      if (nav.kind !== 'func') return '';
      return printMir(compileFunction(unit, n as NavIndex, coreSettings(settings)), `@${nav.name}`, names);
    })
    .join('');
}

function valueOf(result: Result<Uint8Array>): Uint8Array {
  if (!result.ok) throw new Error(result.error.map(formatDiagnostic).join('\n'));
  return result.value;
}

async function textOf(bytes: Uint8Array): Promise<string> {
  const wabt = await loadWabt();
  const module = wabt.readWasm(bytes, { memory64: true, tail_call: true, readDebugNames: true });
  try {
    module.applyNames();
    return module.toText({ foldExprs: false, inlineExport: false });
  } finally {
    module.destroy();
  }
}
