/**
 * Whether a finished module has what its inputs need, in its place, and nothing else.
 *
 * Owns the roots of the trace and what counts as dead; judge-memory.ts has memory, judge-names.ts names. Everything is
 * computed from the inputs and the bytes; no linker is asked.
 */
import type { Relocation } from '../wasm/object-model.ts';
import { Kind } from '../wasm/object-model.ts';
import { Cursor } from '../wasm/cursor.ts';
import type { Immediate } from '../wasm/instructions.ts';
import { isSignedImmediate, readInstruction, skipLocals } from '../wasm/instructions.ts';
import { Complaints } from './complaints.ts';
import type { Complaint } from './complaints.ts';
import type { FoundModule } from './found-module.ts';
import { readFoundModule } from './found-module.ts';
import { judgeMemory } from './judge-memory.ts';
import { judgeNames } from './judge-names.ts';
import { isMinimalSigned, isMinimalUnsigned } from './number-reader.ts';
import type { LayoutRules } from './rules.ts';
import { keepsTable, Sources } from './sources.ts';
import type { Source } from './sources.ts';
import { Trace, Unmatched } from './trace.ts';

/** What was found, and what could not be looked at. */
export interface LayoutVerdict {
  readonly complaints: readonly Complaint[];
  /** Why not everything was judged, or null. */
  readonly unjudged: string | null;
  /** The relocation whose number is not that of its symbol, as far as the contents of the module tell; or null. */
  readonly wrong: Relocation | null;
}

/** Judges `bytes`, linked of `inputs` in their order, the unit first if there is one. */
export function judgeModule(bytes: Uint8Array, inputs: readonly Source[], rules: LayoutRules): LayoutVerdict {
  const complaints = new Complaints();
  const module = readFoundModule(bytes);
  judgeNumbers(module, complaints);
  const sources = new Sources(inputs);
  const trace = new Trace(module, sources, complaints);
  try {
    judgeExports(trace, complaints);
    if (!rules.collects && !meetAll(trace))
      return { complaints: complaints.list, unjudged: 'place of unreached inputs', wrong: trace.contradiction };
    trace.run();
    if (rules.collects) judgeGlobals(trace, complaints);
    judgeNames(trace, rules, complaints);
    if (rules.collects) judgeReached(trace, rules, complaints);
    const unjudged = judgePlaces(trace, rules, complaints);
    judgeOrder(trace, complaints);
    // Without collection, data that the order of memory could not place may refer to anything.
    if (!rules.collects && unjudged === null && complaints.list.length === 0) judgeReached(trace, rules, complaints);
    judgeCode(trace, complaints);
    return { complaints: complaints.list, unjudged, wrong: trace.contradiction };
  } catch (error) {
    if (!(error instanceof Unmatched)) throw error;
    const wrong = trace.contradiction ?? error.through;
    return { complaints: complaints.list, unjudged: 'other contents than the object', wrong };
  }
}

/**
 * Memory. A constant may be less aligned than in the object, where what asked for more is collected: then both are tried, and
 * what neither explains is not judged.
 */
function judgePlaces(trace: Trace, rules: LayoutRules, complaints: Complaints): string | null {
  if (!hasUnsureAlignment(trace)) return judgeMemory(trace, rules, complaints);
  for (const isLess of [false, true]) {
    const attempt = new Complaints();
    const unjudged = judgeMemory(trace, rules, attempt, isLess);
    if (unjudged !== null || attempt.list.length === 0) return unjudged;
  }
  return 'alignment of constants';
}

function hasUnsureAlignment({ sources, bySource }: Trace): boolean {
  return sources.all.some(({ moreAligned }, source) => {
    if (moreAligned.size === 0) return false;
    const { functions, addresses } = bySource[source]!;
    const hasDead = functions.includes(-1) || addresses.includes(-1);
    return hasDead && [...moreAligned.keys()].some((segment) => addresses[segment]! >= 0);
  });
}

/** Numbers outside of code. */
export function judgeNumbers({ wide }: FoundModule, complaints: Complaints): void {
  for (const { what, offset } of wide) {
    complaints.add(`wide-${what.replaceAll(' ', '-')}`, `the ${what} at offset ${offset} could be shorter`);
  }
}

/** The exports are those that the inputs ask for, and the memory; they are the roots. */
function judgeExports(trace: Trace, complaints: Complaints): void {
  const { module, sources } = trace;
  const found = new Map(module.exports.map((entry) => [entry.name, entry]));
  for (const { source, symbol } of sources.exported()) {
    const entry = found.get(symbol.name);
    if (entry === undefined) {
      if (sources.all[source]!.isLazy) continue;
      complaints.add('export-missing', `${symbol.name} is not exported`);
      continue;
    }
    found.delete(symbol.name);
    if (symbol.kind === Kind.function) {
      trace.meetFunction(source, symbol.index - sources.all[source]!.importedFunctions, entry.index);
    } else if (symbol.kind === Kind.data) {
      const value = module.globals[entry.index - module.importedGlobals]?.value;
      if (value === undefined || value === null) throw new Unmatched(`${symbol.name} is exported as something else`);
      trace.meetSegment(source, symbol.index, value - symbol.offset);
    }
  }
  found.delete('memory');
  for (const name of found.keys()) complaints.add('export-added', `${name} is exported, and nothing says so`);
}

/** The stack pointer, the base of thread-local data where code takes it, and one for each exported datum. */
function judgeGlobals({ module, sources, globals }: Trace, complaints: Complaints): void {
  const data = sources.exported().filter(({ symbol }) => symbol.kind === Kind.data).length;
  const own = globals.has('__tls_base') ? 2 : 1;
  if (module.globals.length > data + own) complaints.add('dead-global', `${module.globals.length} globals`);
}

/**
 * Without collection every function of an input that takes part is there, in its order. Where an input begins follows from the
 * inputs in front of it, or from one of its functions where members of archives may lie between; false: from neither.
 */
function meetAll(trace: Trace): boolean {
  const { sources, bySource, module } = trace;
  const hasMembers = sources.all.some(({ isLazy, isLibrary }) => isLazy && !isLibrary);
  let index = module.importedFunctions;
  for (const [source, { model, isLazy, isUnit }] of sources.all.entries()) {
    if (isLazy || (hasMembers && !isUnit)) continue;
    model.functions.forEach((_, fn) => trace.meetFunction(source, fn, index++));
  }
  trace.run();
  const whole = new Set<number>();
  for (let before = -1; before < whole.size;) {
    before = whole.size;
    for (const [source, { model }] of sources.all.entries()) {
      const { functions } = bySource[source]!;
      const known = functions.findIndex((at) => at >= 0);
      if (known < 0 || whole.has(source)) continue;
      const first = functions[known]! - known;
      model.functions.forEach((_, fn) => trace.meetFunction(source, fn, first + fn));
      whole.add(source);
    }
    trace.run();
  }
  return sources.all.every(({ model }, source) => {
    return whole.has(source) || model.functions.length === 0 || !trace.takesPart(source);
  });
}

/** Functions come in the order of each input, and of the inputs but for those that take part where they are needed. */
function judgeOrder({ bySource, sources }: Trace, complaints: Complaints): void {
  let end = -1;
  bySource.forEach(({ functions }, source) => {
    const { isLazy } = sources.all[source]!;
    let last = isLazy ? -1 : end;
    for (const index of functions) {
      if (index < 0) continue;
      if (index < last) complaints.add('function-order', `function ${index} comes before function ${last}`);
      last = index;
    }
    if (!isLazy) end = last;
  });
}

function judgeReached(trace: Trace, rules: LayoutRules, complaints: Complaints): void {
  judgeDead(trace, rules, complaints);
  judgeTable(trace, complaints);
}

function judgeDead(trace: Trace, { collects }: LayoutRules, complaints: Complaints): void {
  const { module, bySource } = trace;
  const reached = new Set(bySource.flatMap(({ functions }) => [...functions]));
  module.bodies.forEach((_, n) => {
    const index = module.importedFunctions + n;
    if (!reached.has(index)) complaints.add('dead-function', `nothing reaches function ${index}`);
  });
  for (let index = 0; index < module.importedFunctions; index++) {
    if (collects && !trace.imports.has(index))
      complaints.add('dead-import', `nothing refers to imported function ${index}`);
  }
  const types = new Set([...module.functionTypes, ...trace.types]);
  module.types.forEach((type, n) => {
    if (!types.has(n)) complaints.add('dead-type', `nothing has type ${n}`);
    if (module.types.indexOf(type) !== n)
      complaints.add('equal-types', `types ${module.types.indexOf(type)} and ${n} are equal`);
  });
  if (module.start !== null) complaints.add('start', 'there is a start function, and memory needs none');
  if (module.dataCount !== null)
    complaints.add('data-count', 'the number of data segments is said, and no instruction needs it');
}

function judgeTable(trace: Trace, complaints: Complaints): void {
  const { module, slots, tables, sources } = trace;
  const [elements, ...others] = module.elements;
  if (others.length > 0) complaints.add('elements', 'more than one element segment');
  const functions = elements?.functions ?? [];
  const first = elements?.first ?? 1;
  if (first !== 1) complaints.add('first-slot', `the first function is in slot ${first}`);
  functions.forEach((index, n) => {
    if (!slots.has(first + n)) complaints.add('dead-slot', `nobody takes slot ${first + n}`);
    if (functions.indexOf(index) !== n) complaints.add('equal-slots', `function ${index} has two slots`);
  });
  const isKept = sources.all.some((source, n) => keepsTable(source) && trace.takesPart(n));
  const isNeeded = functions.length > 0 || tables.size > 0 || isKept;
  const [table] = module.tables;
  if (table === undefined) {
    if (isNeeded) complaints.add('table-missing', 'there is no table');
    return;
  }
  if (!isNeeded || module.tables.length > 1) complaints.add('dead-table', `${module.tables.length} tables`);
  const size = functions.length + 1;
  if (table.min !== size || table.max !== size) {
    complaints.add('table-limits', `limits ${table.min}, ${table.max}; ${size} slots are needed`);
  }
}

/** Numbers in code that no relocation covers. */
function judgeCode(trace: Trace, complaints: Complaints): void {
  const { module, sources, bySource } = trace;
  const { bytes } = module;
  sources.all.forEach(({ isUnit }, source) => {
    if (!isUnit) return;
    bySource[source]!.functions.forEach((index, fn) => {
      const place = index < 0 ? undefined : module.bodies[index - module.importedFunctions];
      if (place === undefined) return;
      const cursor = new Cursor(bytes, place.start, place.end, true);
      skipLocals(cursor);
      const judge = (kind: Immediate, { at }: Cursor): void => {
        cursor.number();
        const isSigned = isSignedImmediate(kind);
        if ((isSigned ? isMinimalSigned : isMinimalUnsigned)(bytes, at, cursor.at)) return;
        complaints.add(
          'wide-immediate',
          `${trace.nameOf(source, fn)} has a number at offset ${at} that could be shorter`,
        );
      };
      while (cursor.at < place.end) readInstruction(cursor, judge);
    });
  });
}
