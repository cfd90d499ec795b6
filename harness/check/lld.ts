/**
 * `lld`: LLVM's linker makes of the same objects what ours makes.
 *
 * The decorated objects of the plan (or the plain ones) go through wasm-ld in this process. Its module must do what the
 * interpreter says and what the decorations add; a plan with a mistake must be refused by wasm-ld too. What ours and LLVM's
 * module tell about themselves is compared (compare-modules.ts). A difference accuses the object writer if wasm-ld's
 * module is wrong and ours is right, else the linker. Needs an optional package; without it the check is not in the list.
 */
import type { Llvm } from '../external/llvm.ts';
import { CRASHED } from '../external/llvm.ts';
import { messageClass } from '../engine/message-class.ts';
import type { ObjectInput } from '../backend/backend.ts';
import type { Topology } from '../topology/build-topology.ts';
import { wasmLdArguments } from '../topology/link-options.ts';
import { writeArchive } from '../topology/write-archive.ts';
import type { Check, Finding } from './check.ts';
import { compareModules } from './compare-modules.ts';
import { concludeVerdict, findingOfDifference } from './conclude.ts';
import type { CaseContext } from './context.ts';
import { findingOfDiscrepancy, runDecorated, simplerVerdicts } from './topology.ts';
import { agree } from './verdict.ts';

const name = 'lld';

/** The check over `llvm`. */
export function lldCheck(llvm: Llvm): Check {
  const runtimes = new WeakMap<object, Uint8Array>();
  return {
    name,
    frequency: 1 / 10,
    stage: 'linker',
    applies(context) {
      const topology = context.linkPlan();
      return context.exe().kind === 'built' && topology !== null && topology.notForWasmLd === null;
    },
    run(context): readonly Finding[] {
      const topology = context.linkPlan()!;
      let runtime = runtimes.get(context.backend);
      if (runtime === undefined) {
        const bytes = context.backend.runtimeObject?.() ?? new Uint8Array(0);
        runtime = bytes.length === 0 ? bytes : writeArchive([{ name: 'runtime.o', bytes, symbols: [] }], 'plain');
        runtimes.set(context.backend, runtime);
      }
      const files: Record<string, Uint8Array> = {};
      const inputs = context.inputsOf(topology);
      if (!Array.isArray(inputs)) return [];
      for (const input of inputs as readonly ObjectInput[]) files[input.name] = input.bytes;
      if (runtime.length > 0) files['runtime.a'] = runtime;
      const args = [...wasmLdArguments(context.case.settings, topology.options), ...Object.keys(files)];
      const linked = context.stopwatch.time('link', () => llvm.linkModule(args, files));
      // An assertion of wasm-ld is nobody's bug here; counted, because then nothing was compared.
      if (linked.exitCode === CRASHED) {
        context.incomparable('lld:crash');
        return [];
      }
      return judgeLld(context, topology, linked);
    },
  };
}

function judgeLld(
  context: CaseContext,
  topology: Topology,
  linked: { readonly module: Uint8Array | null; readonly stderr: string },
): readonly Finding[] {
  const { module, stderr } = linked;
  if (topology.refusals.length > 0) {
    if (module === null || LENIENT.some((code) => topology.refusals.includes(code))) return [];
    const detail = `wasm-ld takes objects with a mistake (${topology.refusals.join(' or ')})`;
    return [{ check: name, stage: 'linker', kind: 'link-error', op: `lld-takes-${topology.refusals[0]!}`, detail }];
  }
  if (module === null) {
    const ours = context.linkedPlan();
    if (ours !== null && ours.kind !== 'built') return [];
    const op = messageClass(stderr.replace(/^wasm-ld: (error|warning): /gm, '').split('\n')[0]!);
    return [{ check: name, stage: 'object-writer', kind: 'link-error', op, detail: `wasm-ld refuses:\n${stderr}` }];
  }
  const { verdict, discrepancies } = runDecorated(context, topology, module);
  const wrong = discrepancies[0];
  if (wrong !== undefined) return [findingOfDiscrepancy(wrong, name, 'linked by wasm-ld')];
  const difference = concludeVerdict(context, verdict);
  if (difference !== null) {
    if (simplerVerdicts(context).some((other) => other !== null && agree(other, difference))) return [];
    return [findingOfDifference(difference, name, 'object-writer', 'linked by wasm-ld')];
  }
  const ours = context.linkedPlan();
  if (ours?.kind !== 'built') return [];
  const odd = compareModules(ours.bytes, module);
  if (odd === null) return [];
  const detail = `${odd.what}\n  wasm-ld: ${odd.theirs}\n  ours: ${odd.ours}`;
  return [{ check: name, stage: 'linker', kind: 'bytes', op: odd.kind, detail }];
}

/** Mistakes that wasm-ld does not look for. */
const LENIENT: readonly string[] = ['object_malformed', 'tls_of_plain_data', 'defsym_undefined'];
