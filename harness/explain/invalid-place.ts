/**
 * What a validator means: the module that it refuses, its message, and the instruction at the offset that it names.
 */
import type { Case } from '../model/case.ts';
import type { Finding } from '../model/finding.ts';
import type { ModuleText } from '../wasm/module-text.ts';
import { firstInstruction, functionText } from './code-view.ts';
import type { ModulePart } from './explanation.ts';
import { placeInModule } from '../wasm/module-place.ts';
import { linesAround } from './source.ts';
import { wayOf } from '../way/ways.ts';
import type { Bench } from './runner.ts';

/** Why a validator that is not the engine's refuses a module, or null. */
export type Validator = (bytes: Uint8Array) => string | null;

/** The module that the finding is about, and why it is refused; null where it is valid now. */
export function modulePart(
  finding: Finding,
  case_: Case,
  bench: Bench,
  textOf: ModuleText,
  validator: Validator | null,
): ModulePart | null {
  const way = finding.way === undefined ? null : wayOf(finding.way, bench.backend);
  const result = way?.make(bench.store(case_, case_.unit)) ?? null;
  if (way === null || result?.kind !== 'built') return null;
  const isV8 = finding.check !== 'wabt';
  const message = isV8 ? refusal(result.bytes) : (validator?.(result.bytes) ?? null);
  if (message === null) return null;
  const told = isV8 ? message : (message.split('\n').find((line) => line.includes('error:')) ?? message);
  return describe(way.name, result.bytes, told, isV8 ? /@\+(\d+)/ : WABT_OFFSET, textOf);
}

/** The section of the module of `finding` in which the engine refuses it: `code`, `data`, …; null where it is valid, or is not told. */
export function refusedSection({ way: id, detail }: Finding, case_: Case, bench: Bench): string | null {
  const way = id === undefined ? null : wayOf(id, bench.backend);
  const result = way?.make(bench.store(case_, case_.unit)) ?? null;
  if (result?.kind !== 'built') return null;
  const offset = /@\+(\d+)/.exec(refusal(result.bytes) ?? '')?.[1];
  // What the engine accepts another validator has refused: its message is in the finding.
  const other = WABT_OFFSET.exec(detail)?.[1];
  if (offset === undefined && other === undefined) return null;
  return placeInModule(result.bytes, offset === undefined ? parseInt(other!, 16) : Number(offset)).section;
}

/** Offset in a message of wabt. */
const WABT_OFFSET = /([0-9a-f]{6,8}): error/;

function describe(what: string, bytes: Uint8Array, message: string, pattern: RegExp, textOf: ModuleText): ModulePart {
  const found = pattern.exec(message)?.[1];
  const part = { what, message, offset: null, section: null, function: null, context: [] };
  if (found === undefined) return part;
  const offset = pattern.source.includes('error') ? parseInt(found, 16) : Number(found);
  const { section, functionIndex, functionName, instruction } = placeInModule(bytes, offset);
  if (functionIndex === null) return { ...part, offset, section };
  const lines = functionText(bytes, functionIndex, textOf);
  const context =
    lines === null || instruction === null
      ? []
      : linesAround(lines, Math.min(lines.length, firstInstruction(lines) + instruction + 1));
  return { ...part, offset, section, function: functionName ?? `function ${functionIndex}`, context };
}

/** Why V8 refuses `bytes`, or null. */
function refusal(bytes: Uint8Array): string | null {
  if (WebAssembly.validate(bytes)) return null;
  try {
    new WebAssembly.Module(bytes);
    return 'the validator refuses what the compiler takes';
  } catch (error) {
    return (error as Error).message;
  }
}
