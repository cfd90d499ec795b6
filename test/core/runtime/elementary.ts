/** A module with every elementary function of every float format, asked by patterns. */
import { DEFAULT_SETTINGS } from '../../../core/pipeline/settings.ts';
import { compileExe } from '../../../core/pipeline/compile.ts';
import type { Elementary } from '../../../interpreter/model/elementary.ts';
import { expectOk, readUnit, start } from '../codegen/run-air.ts';

export const NAMES: readonly Elementary[] = ['sin', 'cos', 'tan', 'exp', 'exp2', 'log', 'log2', 'log10'];

export const FORMATS = [16, 32, 64, 80, 128] as const;
type Format = (typeof FORMATS)[number];

/** What compiled code makes of the float of `bits` bits with a pattern. */
export type Ask = (name: Elementary, bits: Format, pattern: bigint) => bigint;

/** Compiles it. */
export function elementaryModule(): Ask {
  const variables = FORMATS.map((bits) => `export var @v${bits} : f${bits} = 0.0\n`);
  const functions = FORMATS.flatMap((bits) =>
    NAMES.map(
      (name) => `export fn @${name}${bits}() void {
  %0 = load f${bits} *f${bits} &@v${bits}
  %1 = ${name} %0
  store *f${bits} &@v${bits}, %1
  ret void {}
}
`,
    ),
  );
  const unit = readUnit(variables.join('') + functions.join(''));
  const { call, memory, address } = start(expectOk(compileExe(unit, DEFAULT_SETTINGS)));
  return (name, bits, pattern) => {
    const at = address(`v${bits}`);
    const view = memory();
    const bytes = bits / 8;
    for (let n = 0; n < bytes; n++) view.setUint8(at + n, Number((pattern >> BigInt(8 * n)) & 0xffn));
    call[`${name}${bits}`]!();
    let result = 0n;
    for (let n = bytes - 1; n >= 0; n--) result = (result << 8n) | BigInt(view.getUint8(at + n));
    return result;
  };
}
