/**
 * `npm run bench -- digests FILE`: a digest of every artefact that core makes of a fixed set of cases, one line each.
 *
 * Two builds that give equal files make the same bytes: run it before and after a change that must not move one, and
 * compare the files with `diff`. Per case: the program's text, its MIR, executable, object, linked object, the objects of
 * its link plan, the same linked and joined, and its decorated link. A refusal counts by its diagnostics.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Unit } from '../core/index.ts';
import {
  compileExe,
  compileFunction,
  compileObject,
  formatDiagnostic,
  joinObjects,
  linkObjects,
  printMir,
  printUnit,
  runLinker,
} from '../core/index.ts';
import { PROFILES } from '../generators/index.ts';
import { generatorOf } from '../harness/case/generate.ts';
import { coreSettings } from '../harness/backend/core/settings.ts';
import type { Case } from '../harness/model/case.ts';
import { objectName, readCaseFile } from '../harness/case/case-file.ts';
import { sampleHash } from '../harness/model/sampling.ts';
import { airFilesBelow } from '../harness/corpus/air-files.ts';
import { buildTopology } from '../harness/topology/build-topology.ts';
import { growsMemory } from '../harness/topology/grows-memory.ts';
import { wasmLdWords } from '../harness/backend/core/wasm-ld-words.ts';
import { linkWords } from '../harness/topology/link-words.ts';

/** Cases of each profile. */
const SEEDS = 334;

type Outcome = { readonly ok: true; readonly value: Uint8Array } | { readonly ok: false; readonly error: string };

/** Writes the digests of all cases to `file`. */
export function writeDigests(file: string): void {
  const lines: string[] = [];
  const add = (name: string, case_: Case): void => {
    for (const [artefact, outcome] of artefactsOf(case_)) lines.push(`${name} ${artefact} ${digest(outcome)}`);
  };
  for (const profile of Object.keys(PROFILES)) {
    const generate = generatorOf(profile, null);
    for (let seed = 1; seed <= SEEDS; seed++) add(`${profile}:${seed}`, generate(seed));
  }
  for (const path of airFilesBelow('corpus/regressions')) {
    const read = readCaseFile(readFileSync(path, 'utf8'), path);
    if (!read.ok) throw new Error(`${path} cannot be read`);
    add(path, read.value.case);
  }
  writeFileSync(file, `${lines.join('\n')}\n`);
  console.log(`${lines.length} artefacts, all together ${hash(lines.join('\n'))}`);
}

function* artefactsOf(case_: Case): Generator<[string, Outcome]> {
  const { unit, plan } = case_;
  const settings = coreSettings(case_.settings);
  yield ['text', { ok: true, value: Buffer.from(printUnit(unit)) }];
  const exe = outcomeOf(() => compileExe(unit, settings));
  yield ['exe', exe];
  if (exe.ok) yield ['mir', { ok: true, value: Buffer.from(mirOf(unit, case_)) }];
  const object = outcomeOf(() => compileObject(unit, settings));
  yield ['object', object];
  if (object.ok) {
    yield ['linked', outcomeOf(() => linkObjects([{ name: 'whole.o', bytes: object.value }], settings))];
  }
  const parts: { name: string; bytes: Uint8Array }[] = [];
  for (const [n, navs] of plan.parts.entries()) {
    const part = outcomeOf(() => compileObject(unit, settings, { defines: new Set(navs), shared: true }));
    yield [`part${n}`, part];
    if (part.ok) parts.push({ name: objectName(n), bytes: part.value });
  }
  if (parts.length === 0 || parts.length < plan.parts.length) return;
  const inputs = plan.order.map((n) => parts[n]!);
  yield ['split', outcomeOf(() => linkObjects(inputs, settings))];
  yield ['joined', outcomeOf(() => joinObjects(inputs))];
  const { decorations = [], options = [] } = plan;
  if (decorations.length + options.length === 0) return;
  const topology = buildTopology({ parts, order: plan.order, decorations, options, growsMemory: growsMemory(unit) });
  const { joined } = topology;
  let decorated: readonly { name: string; bytes: Uint8Array }[] = topology.inputs;
  if (joined !== null) {
    const { first, count } = joined;
    const one = outcomeOf(() => joinObjects(decorated.slice(first, first + count)));
    yield ['decorated-joined', one];
    if (!one.ok) return;
    decorated = decorated.toSpliced(first, count, { name: 'joined.o', bytes: one.value });
  }
  const plain = wasmLdWords(settings, topology.options, unit.pool.target.ptrBits);
  const { words, files } = linkWords(decorated, topology.items, plain, sampleHash(case_, 'words') + 1);
  const { files: written, errors } = runLinker(words, { runtime: true, read: (path) => files.get(path) ?? null });
  const said = Buffer.from(errors.map(formatDiagnostic).join('\n'));
  yield ['decorated-said', { ok: true, value: said }];
  for (const [n, { bytes }] of written.entries()) yield [`decorated${n}`, { ok: true, value: bytes }];
}

function mirOf(unit: Unit, case_: Case): string {
  const settings = coreSettings(case_.settings);
  const text: string[] = [];
  unit.navs.forEach(({ name, body }, nav) => {
    if (body === null) return;
    const names = { nav: String, value: String, type: String };
    text.push(printMir(compileFunction(unit, nav as never, settings), name, names));
  });
  return text.join('\n');
}

function outcomeOf(body: () => ReturnType<typeof compileExe>): Outcome {
  try {
    const result = body();
    return result.ok ? result : { ok: false, error: result.error.map(formatDiagnostic).join('\n') };
  } catch (error) {
    return { ok: false, error: `threw ${(error as Error).message}` };
  }
}

function digest(outcome: Outcome): string {
  return outcome.ok ? `${outcome.value.length} ${hash(outcome.value)}` : `refused ${hash(outcome.error)}`;
}

function hash(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex').slice(0, 24);
}
