/**
 * `.debug_info` and `.debug_loc` of a unit: an entry for each function, with its variables, blocks and inlined functions, in front of
 * them the types, and the functions that are inlined (DWARF 4, sections 2.6, 3.3 and 3.5).
 */
import type { PoolReader } from '../../intern/pool-reader.ts';
import { VariableKind, VariablePlace } from '../../mir/variables.ts';
import { ByteWriter } from '../../wasm/byte-writer.ts';
import { frameBase, locationOf, SHAPE_CODE } from './debug-forms.ts';
import type { DebugFunction, DebugSink } from './debug-model.ts';
import type { DebugStrings } from './debug-strings.ts';
import type { DebugScope, DebugVariable } from './debug-scopes.ts';
import { DebugTypes } from './debug-types.ts';

/** C99, whose values and calls debuggers know; AIR has no language of its own. */
const LANGUAGE = 0x0c;
export const DWARF_VERSION = 4;
/** Number of the one file. */
const FILE = 1;
const INLINED = 1;

/** Whether a variable is not in one place in all of its scope. */
function hasList({ isEverywhere, ranges }: DebugVariable): boolean {
  return !isEverywhere && ranges.length > 0;
}

/** Whether some variable of `scope` needs a list of places. */
export function needsLists({ variables, scopes }: DebugScope): boolean {
  return variables.some(hasList) || scopes.some(needsLists);
}

function eachScope(scope: DebugScope, visit: (scope: DebugScope) => void): void {
  visit(scope);
  for (const inner of scope.scopes) eachScope(inner, visit);
}

/** The two sections. */
export class DebugEntries {
  readonly info = new ByteWriter(256);
  readonly lists = new ByteWriter(256);
  readonly #strings: DebugStrings;
  readonly #sink: DebugSink;
  readonly #types: DebugTypes;
  /** Offset of the entry of each inlined function, by name. */
  readonly #abstract = new Map<string, number>();

  constructor(pool: PoolReader, strings: DebugStrings, sink: DebugSink) {
    this.#strings = strings;
    this.#sink = sink;
    this.#types = new DebugTypes(pool, {
      out: this.info,
      string: (text) => {
        this.#string(text);
      },
    });
  }

  /** Writes all of `functions`, of the file called `file`. */
  write(file: string, producer: string, functions: readonly DebugFunction[]): void {
    const { info } = this;
    const sink = this.#sink;
    info.u32(0);
    info.u8(DWARF_VERSION);
    info.u8(0);
    sink.offset(info, '.debug_info', '.debug_abbrev', 0);
    info.u8(sink.addressSize);
    info.uleb(SHAPE_CODE.unit);
    this.#string(producer);
    info.u8(LANGUAGE);
    info.u8(0);
    this.#string(file);
    sink.offset(info, '.debug_info', '.debug_line', 0);
    info.zeros(sink.addressSize);
    sink.offset(info, '.debug_info', '.debug_ranges', 0);
    for (const { scope } of functions) {
      if (scope === null) continue;
      eachScope(scope, ({ inlined, variables }) => {
        for (const { ty } of variables) this.#types.place(ty);
        if (inlined !== null) this.#addAbstract(inlined);
      });
    }
    functions.forEach((func, n) => {
      this.#function(func, n);
    });
    info.uleb(0);
    info.patchU32(0, info.length - 4);
  }

  #string(text: string | Uint8Array): void {
    this.#sink.offset(this.info, '.debug_info', '.debug_str', this.#strings.place(text));
  }

  #addAbstract(name: string): void {
    if (this.#abstract.has(name)) return;
    this.#abstract.set(name, this.info.length);
    this.info.uleb(SHAPE_CODE.abstractFunction);
    this.#string(name);
    this.info.u8(INLINED);
  }

  #function({ name, size, scope, bottomLocal }: DebugFunction, n: number): void {
    const { info } = this;
    const hasFrame = bottomLocal !== null;
    const shape = scope === null ? 'function' : hasFrame ? 'functionWithFrame' : 'functionOfLocals';
    info.uleb(SHAPE_CODE[shape]);
    this.#code(n, 0, size);
    this.#string(name);
    if (scope === null) return;
    if (hasFrame) this.#block(frameBase(bottomLocal));
    this.#children(scope, n);
  }

  #code(n: number, low: number, high: number): void {
    this.#sink.address(this.info, '.debug_info', n, low);
    this.info.u32(high - low);
  }

  #block(bytes: Uint8Array): void {
    this.info.uleb(bytes.length);
    this.info.append(bytes);
  }

  #children({ variables, scopes }: DebugScope, n: number): void {
    for (const variable of variables) this.#variable(variable, n);
    for (const scope of scopes) this.#scope(scope, n);
    this.info.uleb(0);
  }

  #scope(scope: DebugScope, n: number): void {
    const { info } = this;
    const { inlined, call, low, high } = scope;
    if (inlined === null) {
      info.uleb(SHAPE_CODE.block);
      this.#code(n, low, high);
    } else {
      info.uleb(SHAPE_CODE[call === null ? 'inlined' : 'inlinedAt']);
      info.u32(this.#abstract.get(inlined)!);
      this.#code(n, low, high);
      if (call !== null) {
        info.u8(FILE);
        info.uleb(call[0]);
        info.uleb(call[1]);
      }
    }
    this.#children(scope, n);
  }

  #variable(variable: DebugVariable, n: number): void {
    const { info } = this;
    const { kind, name, ty, place, isEverywhere } = variable;
    const what = kind === VariableKind.argument ? 'argument' : 'variable';
    const isKnown = place !== VariablePlace.none && (isEverywhere || hasList(variable));
    info.uleb(SHAPE_CODE[isKnown ? (`${what}${isEverywhere ? 'At' : 'In'}` as const) : what]);
    this.#string(name);
    info.u32(this.#types.place(ty));
    if (!isKnown) return;
    const location = locationOf(variable, this.#types.sizeOf(ty));
    if (isEverywhere) {
      this.#block(location);
      return;
    }
    this.#sink.offset(info, '.debug_info', '.debug_loc', this.lists.length);
    this.#list(variable, n, location);
  }

  #list({ ranges }: DebugVariable, n: number, location: Uint8Array): void {
    const { lists } = this;
    const sink = this.#sink;
    for (const [low, high] of ranges) {
      sink.address(lists, '.debug_loc', n, low);
      sink.address(lists, '.debug_loc', n, high);
      lists.u8(location.length);
      lists.u8(location.length >> 8);
      lists.append(location);
    }
    lists.zeros(2 * sink.addressSize);
  }
}
