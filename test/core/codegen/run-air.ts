/**
 * From AIR text to running exports, for tests: parse, verify, check liveness, compile, validate, instantiate.
 */
import { parseUnit } from '../../../core/air/text/parse.ts';
import type { Unit } from '../../../core/air/unit.ts';
import { analyzeLiveness } from '../../../core/air/liveness/liveness.ts';
import { verifyLiveness } from '../../../core/air/verify/verify-liveness.ts';
import { verifyUnit } from '../../../core/air/verify/verify.ts';
import { formatDiagnostic } from '../../../core/diagnostics/diagnostics.ts';
import type { Result } from '../../../core/pipeline/compile.ts';
import { compileExe } from '../../../core/pipeline/compile.ts';
import type { Settings } from '../../../core/pipeline/settings.ts';
import { DEFAULT_SETTINGS } from '../../../core/pipeline/settings.ts';

export type Scalar = number | bigint;

/** Exported functions by name. */
export type Exports = Readonly<Record<string, (...args: Scalar[]) => Scalar>>;

/** A running module. */
export interface Running {
  readonly call: Exports;
  readonly memory: () => DataView;
  /** Addresses of exported data. */
  readonly address: (name: string) => number;
  readonly bytes: Uint8Array;
}

/** Reads a valid unit; fails with the messages otherwise. */
export function readUnit(text: string): Unit {
  const parsed = parseUnit(text);
  if (!parsed.ok) throw new Error(parsed.diagnostics.map(formatDiagnostic).join('\n'));
  const errors = verifyUnit(parsed.unit, parsed.lines);
  if (errors.length > 0) throw new Error(errors.map((e) => `${e.line ?? 0}: ${e.message}`).join('\n'));
  for (const nav of parsed.unit.navs) {
    if (nav.body === null) continue;
    const problem = verifyLiveness(nav.body, analyzeLiveness(nav.body));
    if (problem !== null) throw new Error(`liveness of @${nav.name}: ${problem}`);
  }
  return parsed.unit;
}

/** The value of a result that must be one. */
export function expectOk<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.error.map(formatDiagnostic).join('\n'));
  return result.value;
}

/** Instantiates a module. */
export function start(bytes: Uint8Array, imports: Readonly<Record<string, unknown>> = {}): Running {
  const module = new WebAssembly.Module(bytes);
  const instance = new WebAssembly.Instance(module, { env: imports } as WebAssembly.Imports);
  const exports = instance.exports as Readonly<Record<string, unknown>>;
  return {
    call: exports as Exports,
    memory: () => new DataView((exports['memory'] as WebAssembly.Memory).buffer),
    address: (name) => Number((exports[name] as WebAssembly.Global).value),
    bytes,
  };
}

/** Compiles and starts `text`. */
export function runAir(
  text: string,
  settings: Partial<Settings> = {},
  imports: Readonly<Record<string, unknown>> = {},
): Running {
  return start(expectOk(compileExe(readUnit(text), { ...DEFAULT_SETTINGS, ...settings })), imports);
}
