/**
 * What a validator means: the module that it refuses, its message, and the instruction at the offset that it names.
 */
import type { Backend } from '../backend/door.ts';
import type { Case } from '../model/case.ts';
import { objectName } from '../case/case-file.ts';
import type { BuildResult } from '../way/build-result.ts';
import { attempt } from '../way/build-result.ts';
import type { Finding } from '../model/finding.ts';
import type { ModuleText } from './code-view.ts';
import { firstInstruction, functionText } from './code-view.ts';
import type { ModulePart } from './explanation.ts';
import { placeInModule } from '../wasm/module-place.ts';
import { linesAround } from './source.ts';
import { BUILD_TIME, waysOf } from './ways.ts';

/** The module that is refused; null where all are valid now. */
export function modulePart(finding: Finding, case_: Case, backend: Backend, textOf: ModuleText): ModulePart | null {
  for (const { what, result } of modulesOf(case_, backend)) {
    if (result.kind !== 'built') continue;
    const isV8 = finding.check !== 'wabt';
    const message = isV8 ? refusal(result.bytes) : wabtMessage(finding, what);
    if (message === null) continue;
    return describe(what, result.bytes, message, isV8 ? /@\+(\d+)/ : /([0-9a-f]{6,8}): error/, textOf);
  }
  return null;
}

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

interface Module {
  readonly what: string;
  readonly result: BuildResult;
}

/** In the order of the check `validate`: what is made first is refused first. */
function* modulesOf(case_: Case, backend: Backend): Generator<Module> {
  const [executable, linked, split] = waysOf(case_, backend);
  yield { what: 'executable', result: executable!.build(case_.unit) };
  if (linked === undefined) return;
  const { unit, settings, plan } = case_;
  const object = attempt(() => backend.compileObject!(unit, settings, {}), BUILD_TIME);
  yield { what: 'object', result: object };
  yield { what: 'linked object', result: linked.build(unit) };
  for (let n = 0; n < plan.parts.length; n++) {
    const options = { defines: new Set(plan.parts[n]), shared: true };
    yield {
      what: `object ${objectName(n)}`,
      result: attempt(() => backend.compileObject!(unit, settings, options), BUILD_TIME),
    };
  }
  if (split !== undefined) yield { what: 'linked split program', result: split.build(unit) };
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

function wabtMessage({ detail }: Finding, what: string): string | null {
  if (!detail.startsWith(`wabt refuses the ${what},`)) return null;
  return detail.split('\n').find((line) => line.includes('error:')) ?? null;
}
