/**
 * Objects from plain data, for tests that need exactly one thing in them: any section, symbol, relocation, group or flag.
 *
 * Independent of the linker's own object writers: only the byte writer is shared. Positions of relocations are given inside
 * of a body, segment or custom section and become those of the format here.
 */
import { ByteWriter } from '../../../core/wasm/byte-writer.ts';

export const I32 = 0x7f;
export const I64 = 0x7e;
export const F = {
  weak: 1,
  local: 2,
  hidden: 4,
  undef: 16,
  exported: 32,
  explicit: 64,
  noStrip: 128,
  tls: 256,
  abs: 512,
};
export const K = { func: 0, data: 1, global: 2, section: 3, tag: 4, table: 5 };

export interface Reloc {
  /** Position inside of the owner. */
  readonly at: number;
  readonly type: number;
  /** Symbol or type. */
  readonly index: number;
  readonly addend?: number;
}

export interface Sym {
  readonly kind: number;
  readonly flags: number;
  /** Index in its space, imports first; data: segment. */
  readonly index?: number;
  readonly name?: string;
  readonly offset?: number;
  readonly size?: number;
}

export interface HandObject {
  readonly types?: readonly (readonly [params: readonly number[], results: readonly number[]])[];
  readonly memory?: number | null;
  /** Imported functions: field, type, module. */
  readonly funcImports?: readonly (readonly [field: string, type: number, module?: string])[];
  readonly globalImports?: readonly (readonly [field: string, valType: number, mutable: number])[];
  readonly tableImports?: readonly (readonly [field: string, limits: readonly number[], refType?: number])[];
  readonly tagImports?: readonly (readonly [field: string, type: number])[];
  readonly funcs?: readonly {
    readonly type: number;
    readonly body: readonly number[];
    readonly relocs?: readonly Reloc[];
  }[];
  readonly tables?: readonly (readonly number[])[];
  readonly tags?: readonly number[];
  /** Type, mutability, initialiser with its end. */
  readonly globals?: readonly (readonly number[])[];
  readonly data?: readonly {
    readonly name: string;
    readonly bytes: readonly number[];
    readonly align?: number;
    readonly flags?: number;
    readonly passive?: boolean;
    readonly relocs?: readonly Reloc[];
  }[];
  readonly symbols?: readonly Sym[];
  readonly initFuncs?: readonly (readonly [priority: number, symbol: number])[];
  readonly comdats?: readonly (readonly [name: string, members: readonly (readonly [kind: number, index: number])[]])[];
  /** In front of `linking`, so that section symbols can name them. */
  readonly customs?: readonly {
    readonly name: string;
    readonly bytes: readonly number[];
    readonly relocs?: readonly Reloc[];
  }[];
  readonly features?: readonly string[];
  readonly producers?: readonly (readonly [field: string, name: string, version: string])[];
}

/** Number of the first custom section of an object. */
export function sectionOfCustom(object: HandObject, index: number): number {
  return sectionsBefore(object) + index;
}

function sectionsBefore(o: HandObject): number {
  const has = [o.types, importCount(o) > 0 ? [1] : [], o.funcs, o.tables, o.tags, o.globals, o.funcs, o.data];
  return has.filter((list) => (list?.length ?? 0) > 0).length;
}

function importCount(o: HandObject): number {
  const lists = [o.funcImports, o.globalImports, o.tableImports, o.tagImports];
  return lists.reduce((sum, list) => sum + (list?.length ?? 0), o.memory === null ? 0 : 1);
}

/** Bytes of the object. */
export function handObject(o: HandObject): Uint8Array {
  const out = new ByteWriter();
  const bytes = (list: readonly number[]): void => out.append(Uint8Array.from(list));
  const section = (id: number, write: () => void): void => {
    const mark = out.beginSection(id);
    write();
    out.endSized(mark);
  };
  const vector = <T>(id: number, list: readonly T[] | undefined, write: (item: T) => void): void => {
    if (!list || list.length === 0) return;
    section(id, () => {
      out.uleb(list.length);
      for (const item of list) write(item);
    });
  };
  bytes([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  vector(1, o.types, ([params, results]) => {
    bytes([0x60, params.length, ...params, results.length, ...results]);
  });
  writeImports(out, o, section);
  vector(3, o.funcs, ({ type }) => out.uleb(type));
  vector(4, o.tables, bytes);
  vector(13, o.tags, (type) => bytes([0, type]));
  vector(6, o.globals, bytes);
  const relocs: { section: number; name: string; list: Reloc[] }[] = [];
  let number = sectionsBefore(o) - (o.funcs?.length ? 1 : 0) - (o.data?.length ? 1 : 0);
  if (o.funcs && o.funcs.length > 0) {
    const list: Reloc[] = [];
    section(10, () => {
      const start = out.length;
      out.uleb(o.funcs!.length);
      for (const { body, relocs: own = [] } of o.funcs!) {
        out.uleb(body.length);
        for (const reloc of own) list.push({ ...reloc, at: reloc.at + out.length - start });
        bytes(body);
      }
    });
    relocs.push({ section: number++, name: 'CODE', list });
  }
  if (o.data && o.data.length > 0) {
    const list: Reloc[] = [];
    section(11, () => {
      const start = out.length;
      out.uleb(o.data!.length);
      for (const { bytes: content, passive, relocs: own = [] } of o.data!) {
        bytes(passive ? [1] : [0, 0x41, 0, 0x0b]);
        out.uleb(content.length);
        for (const reloc of own) list.push({ ...reloc, at: reloc.at + out.length - start });
        bytes(content);
      }
    });
    relocs.push({ section: number++, name: 'DATA', list });
  }
  for (const { name, bytes: content, relocs: own = [] } of o.customs ?? []) {
    const mark = out.beginCustomSection(name);
    bytes(content);
    out.endSized(mark);
    relocs.push({ section: number++, name, list: [...own] });
  }
  writeLinking(out, o);
  for (const { section: target, name, list } of relocs) if (list.length > 0) writeRelocs(out, target, name, list);
  if (o.producers) {
    const mark = out.beginCustomSection('producers');
    out.uleb(o.producers.length);
    for (const [field, name, version] of o.producers) {
      out.name(field);
      out.uleb(1);
      out.name(name);
      out.name(version);
    }
    out.endSized(mark);
  }
  if (o.features) {
    const mark = out.beginCustomSection('target_features');
    out.uleb(o.features.length);
    for (const feature of o.features) {
      out.u8(feature.charCodeAt(0));
      out.name(feature.slice(1));
    }
    out.endSized(mark);
  }
  return out.toBytes();
}

function writeImports(out: ByteWriter, o: HandObject, section: (id: number, write: () => void) => void): void {
  if (importCount(o) === 0) return;
  section(2, () => {
    out.uleb(importCount(o));
    const item = (module: string, field: string, rest: readonly number[]): void => {
      out.name(module);
      out.name(field);
      out.append(Uint8Array.from(rest));
    };
    if (o.memory !== null) item('env', '__linear_memory', memoryType(o.memory ?? 0));
    for (const [field, type, module] of o.funcImports ?? []) item(module ?? 'env', field, [0, type]);
    for (const [field, limits, refType = 0x70] of o.tableImports ?? []) item('env', field, [1, refType, ...limits]);
    for (const [field, valType, mutable] of o.globalImports ?? []) item('env', field, [3, valType, mutable]);
    for (const [field, type] of o.tagImports ?? []) item('env', field, [4, 0, type]);
  });
}

function memoryType(flags: number): number[] {
  return (flags & 1) !== 0 ? [2, flags, 0, 1] : [2, flags, 0];
}

function writeLinking(out: ByteWriter, o: HandObject): void {
  const mark = out.beginCustomSection('linking');
  out.uleb(2);
  const subsection = <T>(id: number, list: readonly T[] | undefined, write: (item: T) => void): void => {
    if (!list || list.length === 0) return;
    out.u8(id);
    const size = out.beginSized();
    out.uleb(list.length);
    for (const item of list) write(item);
    out.endSized(size);
  };
  subsection(5, o.data, ({ name, align = 0, flags = 0 }) => {
    out.name(name);
    out.uleb(align);
    out.uleb(flags);
  });
  subsection(8, o.symbols, ({ kind, flags, index = 0, name = '', offset = 0, size = 0 }) => {
    out.u8(kind);
    out.uleb(flags);
    const isUndefined = (flags & F.undef) !== 0;
    if (kind === K.data) {
      out.name(name);
      if (!isUndefined) for (const value of [index, offset, size]) out.uleb(value);
      return;
    }
    out.uleb(index);
    if (kind !== K.section && (!isUndefined || (flags & F.explicit) !== 0)) out.name(name);
  });
  subsection(6, o.initFuncs, ([priority, symbol]) => {
    out.uleb(priority);
    out.uleb(symbol);
  });
  subsection(7, o.comdats, ([name, members]) => {
    out.name(name);
    out.uleb(0);
    out.uleb(members.length);
    for (const [kind, index] of members) {
      out.u8(kind);
      out.uleb(index);
    }
  });
  out.endSized(mark);
}

const WITH_ADDEND = new Set([3, 4, 5, 8, 9, 11, 14, 15, 16, 17, 21, 22, 23, 25, 27]);

function writeRelocs(out: ByteWriter, section: number, name: string, list: readonly Reloc[]): void {
  const mark = out.beginCustomSection(`reloc.${name}`);
  out.uleb(section);
  out.uleb(list.length);
  for (const { at, type, index, addend = 0 } of list) {
    out.u8(type);
    out.uleb(at);
    out.uleb(index);
    if (WITH_ADDEND.has(type)) out.sleb(addend);
  }
  out.endSized(mark);
}

/** Five bytes that a 32-bit relocation overwrites. */
export const P5 = [0x80, 0x80, 0x80, 0x80, 0];
/** Ten bytes that a 64-bit relocation overwrites. */
export const P10 = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0];

/** A body without locals that returns `i32.const value`. */
export function constantBody(value: number): number[] {
  return [0, 0x41, value, 0x0b];
}

/** A body that calls functions one after the other; relocations for symbols `symbols`. */
export function callsBody(symbols: readonly number[], drops = false): { body: number[]; relocs: Reloc[] } {
  const body = [0];
  const relocs: Reloc[] = [];
  for (const index of symbols) {
    body.push(0x10);
    relocs.push({ at: body.length, type: 0, index });
    body.push(...P5);
    if (drops) body.push(0x1a);
  }
  body.push(0x0b);
  return { body, relocs };
}
