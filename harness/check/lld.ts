/**
 * `lld`: LLVM's linker makes of the same objects what ours makes.
 *
 * The decorated objects of the plan (or the plain ones) go through wasm-ld in this process. Its module must do what the
 * interpreter says and what the decorations add; a plan with a mistake must be refused by wasm-ld too. What ours and LLVM's
 * module tell about themselves is compared (compare-modules.ts). A difference accuses the object writer if wasm-ld's
 * module is wrong and ours is right, else the linker. Needs an optional package; without it the check is not in the list.
 */
import { afterJoin } from './after-join.ts';
import type { Llvm } from '../external/llvm.ts';
import { CRASHED } from '../external/llvm.ts';
import { messageClass } from '../model/message-class.ts';
import type { ObjectInput } from '../backend/door.ts';
import type { Topology } from '../topology/build-topology.ts';
import { writeItem } from '../topology/build-topology.ts';
import type { ObjectItem } from '../topology/draft.ts';
import { forWasmLd } from '../topology/for-wasm-ld.ts';
import { linkWords, PLAIN_WORDS } from '../topology/link-words.ts';
import { withMarkers } from '../topology/markers.ts';
import { writeArchive } from '../wasm/write-archive.ts';
import type { BuildResult } from '../way/build-result.ts';
import { textOfFailure } from '../way/build-result.ts';
import type { Finding } from '../model/finding.ts';
import type { Check } from './check.ts';
import { compareJoined } from './compare-joined.ts';
import { compareModules, withoutCustoms } from './compare-modules.ts';
import { concludeVerdict, findingOfDifference } from './conclude.ts';
import type { CaseContext } from './context.ts';
import { findingOfDiscrepancy, runDecorated, simplerVerdicts } from './topology.ts';
import { agree } from '../model/verdict.ts';
import type { ModuleDifference } from './module-difference.ts';

const name = 'lld';
/** What wasm-ld has to be told of. */
const RUNTIME = 'runtime.a';

/** The check over `llvm`. */
export function lldCheck(llvm: Llvm): Check {
  const runtimes = { 32: new WeakMap<object, Uint8Array>(), 64: new WeakMap<object, Uint8Array>() };
  return {
    name,
    frequency: 1 / 10,
    possible: ({ objects, command }) => objects !== undefined && command !== undefined,
    applies({ artefacts, backend, unit, case: { settings }, hasExe }) {
      const { command } = backend;
      if (command?.canCompare(settings, unit.pool.target.ptrBits) !== true || !hasExe) return false;
      return artefacts.linkPlan()?.notForWasmLd === null;
    },
    run(context): readonly Finding[] {
      const { artefacts, backend } = context;
      const command = backend.command!;
      const topology = artefacts.linkPlan()!;
      const { ptrBits } = context.unit.pool.target;
      let runtime = runtimes[ptrBits].get(backend);
      if (runtime === undefined) {
        const objects = command.runtime?.(ptrBits) ?? [];
        const members = objects.map(({ name, bytes }) => ({ name: `${name}.o`, bytes, symbols: [] }));
        runtime = members.length === 0 ? new Uint8Array(0) : writeArchive(members, 'plain');
        runtimes[ptrBits].set(backend, runtime);
      }
      const said = forWasmLd(topology);
      // A mistake is refused with or without markers; some are in what writes the object, which markers would hide.
      const marked = topology.refusals.length > 0 ? null : withMarkers(said.items);
      const joined = artefacts.inputsOf(
        marked === null ? topology : { inputs: marked.items.map(writeItem), joined: topology.joined },
      );
      if (joined.kind === 'failed') return [];
      const { inputs } = joined;
      const odd = marked === null ? null : judgeJoined(context, llvm, { ...topology, items: marked.items });
      if (odd !== null) return [odd];
      const files: Record<string, Uint8Array> = {};
      for (const input of inputs) files[input.name] = input.bytes;
      if (runtime.length > 0) files[RUNTIME] = runtime;
      const options = command.words(context.case.settings, said.options, ptrBits);
      const linked = context.stopwatch.time('link', () => llvm.linkModule([...options, ...Object.keys(files)], files));
      // An assertion of wasm-ld is nobody's bug here; counted, because then nothing was compared.
      if (linked.exitCode === CRASHED) {
        context.incomparable('lld:crash');
        return [];
      }
      if (marked === null) return judgeRefusal(topology, linked.module);
      const judged = judgeModule(context, topology, linked);
      if (judged !== null) return judged;
      // Both take the same words; that ours has its runtime library without being told is for the check `topology`.
      const runtimeFiles = runtime.length === 0 ? [] : [{ name: RUNTIME, bytes: runtime }];
      const link = (objects: readonly ObjectInput[]): BuildResult =>
        artefacts.attempt('link', () => {
          const { words, files } = linkWords([...objects, ...runtimeFiles], said.items, options, PLAIN_WORDS);
          return command.link(words, files);
        });
      const unmarked = (): BuildResult => {
        const plain = artefacts.inputsOf({ inputs: said.items.map(writeItem), joined: topology.joined });
        return plain.kind === 'failed' ? plain.result : link(plain.inputs);
      };
      const { first, count, wraps } = topology.joined ?? { first: 0, count: 0, wraps: [] };
      const names = new Set(marked.items.slice(first, first + count).map((item) => item.name));
      const objects = afterJoin(marked.objects, names, wraps);
      return judgeStructure(context, link(inputs), linked.module!, unmarked, objects, options);
    },
  };
}

function judgeRefusal({ refusals }: Topology, module: Uint8Array | null): readonly Finding[] {
  if (module === null || LENIENT.some((code) => refusals.includes(code))) return [];
  const detail = `wasm-ld takes objects with a mistake (${refusals.join(' or ')})`;
  return [{ check: name, stage: 'linker', kind: 'link-error', op: `lld-takes-${refusals[0]!}`, detail }];
}

/** With -r too wasm-ld refuses a thread-local variable that an object of the later link defines; ours leaves it to that link. */
const TLS_ELSEWHERE = /R_WASM_MEMORY_ADDR_TLS_SLEB\w* cannot be used against an undefined symbol/;

/** What both make of the objects that are to be joined; a plan joins by the library of ours, whose order is its own. */
function judgeJoined(context: CaseContext, llvm: Llvm, { items, joined }: Topology): Finding | null {
  if (joined === null) return null;
  const { first, count, wraps } = joined;
  const files = Object.fromEntries(items.slice(first, first + count).map((item) => [item.name, writeItem(item).bytes]));
  const words = ['-r', ...wraps.map((wrapped) => `--wrap=${wrapped}`), ...Object.keys(files)];
  const theirs = context.stopwatch.time('link', () => llvm.linkModule(words, files));
  if (theirs.exitCode === CRASHED) {
    context.incomparable('lld:crash');
    return null;
  }
  const { command } = context.backend;
  const ours = context.artefacts.attempt('link', () => command!.link(words, new Map(Object.entries(files))));
  if (theirs.module === null || ours.kind !== 'built') {
    if ((theirs.module === null) === (ours.kind !== 'built')) return null;
    if (ours.kind === 'built' && TLS_ELSEWHERE.test(theirs.stderr)) {
      context.incomparable('lld:tls-elsewhere');
      return null;
    }
    const said = ours.kind === 'built' ? theirs.stderr : textOfFailure(ours);
    const detail = `one linker refuses to join, with ${words.join(' ')}:\n${said}`;
    return { check: name, stage: 'linker', kind: 'link-error', op: 'joined', detail };
  }
  const odd = compareJoined(ours.bytes, theirs.module);
  if (odd === null) return null;
  context.differingLinks = { ours: ours.bytes, theirs: theirs.module, difference: odd };
  return findingOfModules(odd);
}

function findingOfModules({ what, kind, theirs, ours }: ModuleDifference): Finding {
  const detail = `${what}\n  wasm-ld: ${theirs}\n  ours: ${ours}`;
  return { check: name, stage: 'linker', kind: 'bytes', op: kind, detail };
}

/** What wasm-ld made, by what it does; null if that is right and ours was linked too. */
function judgeModule(
  context: CaseContext,
  topology: Topology,
  { module, stderr }: { readonly module: Uint8Array | null; readonly stderr: string },
): readonly Finding[] | null {
  if (module === null) {
    const ours = context.artefacts.linkedPlan();
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
  return context.artefacts.linkedPlan()?.kind === 'built' ? null : [];
}

/** Both modules, by what they are. */
function judgeStructure(
  context: CaseContext,
  ours: BuildResult,
  theirs: Uint8Array,
  unmarked: () => BuildResult,
  objects: readonly ObjectItem[],
  options: readonly string[],
): readonly Finding[] {
  if (ours.kind !== 'built') {
    const detail = `a custom section that names symbols makes the link fail:\n${textOfFailure(ours)}`;
    return [{ check: name, stage: 'linker', kind: 'link-error', op: 'marked', detail }];
  }
  const plain = unmarked();
  if (plain.kind === 'built' && Buffer.compare(withoutCustoms(ours.bytes), withoutCustoms(plain.bytes)) !== 0) {
    const detail = 'a custom section that names symbols changes other sections';
    return [{ check: name, stage: 'linker', kind: 'bytes', op: 'marked', detail }];
  }
  const odd = context.stopwatch.time('compare', () => compareModules(ours.bytes, theirs, { objects, options }));
  if (odd === null) return [];
  context.differingLinks = { ours: ours.bytes, theirs, difference: odd };
  return [findingOfModules(odd)];
}

/** Mistakes that wasm-ld does not look for. */
const LENIENT: readonly string[] = ['object_malformed', 'defsym_undefined'];
