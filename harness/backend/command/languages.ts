/**
 * What a command may be given of a program: its AIR, the text of the module that core makes of it, or source in Zig or C.
 *
 * Owns, for each, the name of the file, whether several programs go into one, which bits of a variable mean what they mean in AIR,
 * and what a report says.
 */
import type { AirTag, Unit } from '../../../core/index.ts';
import { compileExe, printUnit } from '../../../core/index.ts';
import type { Backend } from '../door.ts';
import type { Half } from '../../source/cut-program.ts';
import { cutProgram } from '../../source/cut-program.ts';
import { NotPrintable } from '../../source/not-printable.ts';
import { CORE_SETTINGS } from '../core/settings.ts';
import type { SourceName } from '../../model/command-spec.ts';

/** A form in which programs are given. */
export interface CommandLanguage {
  /** Name of the file. */
  readonly file: string;
  /** What a file begins with that may hold several programs; null: each is in a file of its own. */
  readonly prelude: string | null;
  /** The program, or a half of it, whose names begin with `prefix` where several can be in a file. Throws NotPrintable. */
  readonly print: (unit: Unit, prefix: string, n: number, half: Half | null) => string;
  /** The halves of a program that can be given apart; null: it has none. Absent: programs are whole. */
  readonly cut?: (unit: Unit) => readonly [Half, Half] | null;
  /** Whether instructions `tag` can be printed. */
  readonly tag?: (tag: AirTag) => boolean;
  readonly comparable?: NonNullable<Backend['comparable']>;
  /** The program alone, for reports; absent: reports do not show it. */
  readonly alone?: (unit: Unit) => string;
}

/** Loads what `source` needs. */
export async function loadLanguage(source: SourceName): Promise<CommandLanguage> {
  switch (source) {
    case 'air':
      return { file: 'program.air', prelude: null, print: airText };
    case 'wat':
      return watLanguage();
    case 'zig':
      return zigLanguage();
    case 'c':
      return cLanguage();
  }
}

function airText(unit: Unit): string {
  return `;! target wasm${unit.pool.target.ptrBits}\n${printUnit(unit)}`;
}

async function watLanguage(): Promise<CommandLanguage> {
  const { loadModuleText } = await import('../../wasm/module-text.ts');
  const textOf = await loadModuleText();
  return {
    file: 'program.wat',
    prelude: null,
    print(unit) {
      const built = compileExe(unit, CORE_SETTINGS.stored);
      if (!built.ok) throw new NotPrintable(`core refuses it: ${built.error[0]!.code}`);
      const text = textOf(built.value);
      if (text === null) throw new NotPrintable('a module that wabt cannot print');
      return text;
    },
  };
}

async function zigLanguage(): Promise<CommandLanguage> {
  const { printZig, ZIG_PRELUDE } = await import('../../source/zig/print-zig.ts');
  const { printAddressTable } = await import('../../source/zig/zig-addresses.ts');
  const { bordersInZig } = await import('../../source/zig/zig-borders.ts');
  const { isSpelled } = await import('../../source/zig/instructions.ts');
  const { comparableBits } = await import('../../source/zig/zig-layout.ts');
  return {
    file: 'batch.zig',
    prelude: ZIG_PRELUDE,
    print: (unit, prefix, n, half) =>
      `${printZig(unit, prefix, prefix, half)}${printAddressTable(unit, prefix, n, half)}`,
    cut: (unit) => cutProgram(unit, bordersInZig(unit)),
    tag: isSpelled,
    comparable: comparableBits,
    alone: (unit) => `${ZIG_PRELUDE}${printZig(unit, '')}`,
  };
}

async function cLanguage(): Promise<CommandLanguage> {
  const { bordersInC, C_PRELUDE, printC } = await import('../../source/c/print-c.ts');
  const { printCAddressTable } = await import('../../source/c/c-addresses.ts');
  const { isSpelledInC } = await import('../../source/c/c-instructions.ts');
  const { comparableInC } = await import('../../source/c/c-types.ts');
  return {
    file: 'batch.c',
    prelude: C_PRELUDE,
    print: (unit, prefix, n, half) =>
      `${printC(unit, prefix, prefix, half)}${printCAddressTable(unit, prefix, n, half)}`,
    cut: (unit) => cutProgram(unit, bordersInC(unit)),
    tag: isSpelledInC,
    comparable: comparableInC,
    alone: (unit) => `${C_PRELUDE}${printC(unit, '')}`,
  };
}
