/**
 * Gadgets of the profile `objects`: objects as other compilers and assemblers write them, valid and rarely seen.
 *
 * As run-gadgets.ts: what each probe gives is known by construction.
 */
import type { Code } from './assembler.ts';
import { Assembler, GIVES_I32, MAPS_I32, words } from './assembler.ts';
import { Op } from './opcodes.ts';
import type { Site } from './draft.ts';
import type { FunctionType, Relocation } from '../wasm/object-model.ts';
import { Flag, Kind, SegmentBit, Type } from '../wasm/object-model.ts';
import { ARCHIVE_FLAVOURS } from '../wasm/write-archive.ts';

/** Undefined symbols that an option allows, in each kind of relocation: addresses and slots of 0. */
export function allowedUndefined(site: Site): boolean {
  const { options } = site.draft;
  // A name that may be imported is there.
  if (site.draft.hasMistake || options.some((option) => /^--(allow-undefined|import-undefined)/.test(option)))
    return false;
  options.push(site.pick(['--unresolved-symbols=ignore-all', '--warn-unresolved-symbols']));
  site.draft.warns = true;
  const [f, d] = [site.name('f'), site.name('d')];
  const assembler = new Assembler().undefinedFunction(f, GIVES_I32);
  // Called before its slot is taken: wasm-ld gives it a slot otherwise.
  assembler.func(site.name('called'), GIVES_I32, Flag.exported, (code) => code.call(f));
  assembler.data(site.name('pointers'), words(0, 0, 0, 0), {
    references: [
      { at: 0, type: 'TABLE_INDEX_I32', symbol: f },
      { at: 4, type: 'MEMORY_ADDR_I32', symbol: d },
      { at: 8, type: 'TABLE_INDEX_I64', symbol: f },
    ],
  });
  const isRelative = site.flip();
  // Versions of wasm-ld do not agree on that one.
  if (isRelative) site.draft.notForWasmLd = 'a relative slot of what is undefined';
  assembler.probe(site.name('probe'), (code) => {
    code.slot(f);
    if (isRelative) code.op(Op.i32Const).reference('TABLE_INDEX_REL_SLEB', f).op(Op.i32Or);
    for (const at of [0, 4, 8, 12]) code.loadOf(site.name('pointers'), at).op(Op.i32Or);
    code.address(d).op(Op.i32Or);
  });
  site.add('user', assembler);
  site.expect(site.name('probe'), 0);
  return true;
}

/** A global that starts as another one that the host gives: its constant expression has an index. */
export function indexGlobals(site: Site): boolean {
  site.draft.notForWasmLd = 'a global that starts as another';
  const [module, first, second] = [site.name('host'), site.name('a'), site.name('b')];
  const assembler = new Assembler();
  // The object imports one that nothing uses, so that the others have other indexes in the output.
  assembler.undefinedGlobal(site.name('unused'), false, { module, field: 'unused' });
  assembler.undefinedGlobal(first, false, { module, field: 'a' });
  assembler.undefinedGlobal(second, false, { module, field: 'b' });
  assembler.globalFrom(site.name('g'), second, site.flip());
  assembler.probe(site.name('probe'), (code) => {
    code.globalGet(site.name('g'));
    if (site.flip()) code.globalGet(first).op(Op.i32Add).i32(-40).op(Op.i32Add);
  });
  site.add('user', assembler, site.below(4));
  for (const [field, value] of [
    ['unused', 0],
    ['a', 40],
    ['b', 51],
  ] as const) {
    site.draft.host.push({ module, field, value: new WebAssembly.Global({ value: 'i32' }, value) });
  }
  site.expect(site.name('probe'), 51);
  return true;
}

/** What nobody needs and a flag keeps, in objects that are joined first. */
export function joinedKeep(site: Site): boolean {
  const { draft } = site;
  if (draft.joined !== null || draft.ownJoin !== null) return false;
  const shown = [0x5eed_0000 + site.below(1000), 0x0dd_f00d, site.below(1000)] as const;
  const kept = new Assembler().data(site.name('kept'), words(...shown), {
    flags: site.pick([Flag.noStrip, Flag.noStrip | Flag.hidden, Flag.noStrip | Flag.local]),
  });
  const user = new Assembler().probe(site.name('probe'), (code) => code.i32(3));
  const objects = [site.object('kept', kept), site.object('user', user)];
  draft.tail.push(...objects);
  draft.ownJoin = { objects, wraps: [] };
  site.expect(site.name('probe'), 3);
  const pattern = Buffer.from(words(...shown));
  draft.inspections.push((_module, _exports, bytes) => {
    const isThere = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(pattern);
    return isThere ? null : `${site.decoration.kind} a datum that must be kept is gone`;
  });
  return true;
}

/** An object of the time before tables had symbols: it imports the function table, and calls through table 0. */
export function legacyTable(site: Site): boolean {
  const [f, slot] = [site.name('f'), site.name('slot')];
  const user = new Assembler().legacyTable();
  user.probe(site.name('probe'), (code) => {
    // The slot may be 0, where nothing is called.
    code.loadOf(slot).op(Op.if, Type.i32).loadOf(slot).callIndirect(GIVES_I32, null).op(Op.else).i32(23).op(Op.end);
  });
  const pointer = new Assembler().func(f, GIVES_I32, 0, (code) => code.i32(23));
  const isTaken = site.flip();
  pointer.data(slot, words(0), isTaken ? { references: [{ at: 0, type: 'TABLE_INDEX_I32', symbol: f }] } : {});
  site.add('user', user, site.below(4));
  site.add('pointer', pointer, site.below(4));
  site.expect(site.name('probe'), 23);
  return true;
}

/** More types than symbols: the index of a type in a relocation is none of a symbol. */
export function manyTypes(site: Site): boolean {
  const f = site.name('f');
  const assembler = new Assembler();
  let type: FunctionType = GIVES_I32;
  for (let count = 1; count < 6 + site.below(8); count++) {
    type = { params: Array.from({ length: count }, () => Type.i32), results: [Type.i32] };
    assembler.type(type);
  }
  const pass = (code: Code): Code => {
    for (const at of type.params.keys()) code.i32(at + 1);
    return code;
  };
  assembler.func(f, type, Flag.local, (code) => code.op(Op.localGet, type.params.length - 1));
  assembler.probe(site.name('probe'), (code) => pass(code).slot(f).callIndirect(type));
  site.add('user', assembler, site.below(4));
  site.expect(site.name('probe'), type.params.length);
  return true;
}

/** A weak function whose slot nobody but its own object takes, and the strong one that replaces it. */
export function replacedSlot(site: Site): boolean {
  const [f, pointer] = [site.name('f'), site.name('pointer')];
  const weak = new Assembler().func(f, GIVES_I32, Flag.weak, (code) => code.i32(1));
  weak.probe(site.name('weak'), (code) => code.slot(f).callIndirect(GIVES_I32));
  weak.data(pointer, words(0), { references: [{ at: 0, type: 'TABLE_INDEX_I32', symbol: f }] });
  const strong = new Assembler().func(f, GIVES_I32, 0, (code) => code.i32(2));
  strong.probe(site.name('strong'), (code) => code.loadOf(pointer).callIndirect(GIVES_I32));
  site.add('weak', weak, site.below(4));
  if (site.flip()) site.archive('lib', site.pick(ARCHIVE_FLAVOURS), [site.object('strong', strong)], site.below(4));
  else site.add('strong', strong, site.below(4));
  // A member that defines what is defined already is not taken, unless somebody asks for what else it has.
  site.draft.require(site.name('strong'));
  site.expect(site.name('weak'), 2);
  site.expect(site.name('strong'), 2);
  return true;
}

/** An import that the host gives, whose field is the name of a function of the runtime library that no program here calls. */
export function runtimeName(site: Site): boolean {
  const { draft } = site;
  // Other compilers link a library of their own, which wasm-ld takes the name from.
  draft.notForWasmLd = 'an import with the name of a function of the library';
  const name = site.pick(['sin', 'cosf', 'log2f']);
  if (draft.host.some(({ field }) => field === name)) return false;
  const module = site.name('host');
  const assembler = new Assembler().undefinedFunction(name, MAPS_I32, { module, field: name });
  assembler.probe(site.name('probe'), (code) => code.i32(60).call(name));
  site.add('user', assembler, site.below(4));
  draft.host.push({ module, field: name, value: (x: number) => x + 4 });
  site.expect(site.name('probe'), 64);
  return true;
}

/** A shared memory whose maximum nobody gives. */
export function sharedLimit(site: Site): boolean {
  const { draft } = site;
  if (draft.options.some((option) => /^--(max-memory|import-memory|no-growable)/.test(option))) return false;
  draft.options.push('--shared-memory');
  draft.ownLimit = true;
  const assembler = new Assembler().features('+atomics', '+bulk-memory').data(site.name('d'), words(12));
  assembler.probe(site.name('probe'), (code) => code.loadOf(site.name('d')));
  site.add('user', assembler);
  site.expect(site.name('probe'), 12);
  draft.inspections.push((_module, exports) => {
    const memory = Object.values(exports).find((value) => value instanceof WebAssembly.Memory);
    const isShared = memory === undefined || memory.buffer instanceof SharedArrayBuffer;
    return isShared ? null : `${site.decoration.kind} the memory is not shared`;
  });
  return true;
}

type Offset = (code: Code, name: string) => Code;

/** The address of thread-local `t` in a global, and what is there. */
function addressInGlobal(site: Site, assembler: Assembler, t: string, offset: Offset): void {
  const address = (code: Code): Code => code.op(Op.globalGet).reference('GLOBAL_INDEX_LEB', t, 0, Kind.data);
  assembler.probe(site.name('global'), (code) => {
    offset(address(code).globalGet('__tls_base'), t).op(Op.i32Add, Op.i32Eq);
  });
  assembler.probe(site.name('there'), (code) => address(code).load(4));
  site.expect(site.name('global'), 1);
  site.expect(site.name('there'), 14);
}

/** Thread-local data with threads: the size of the block, addresses in globals, and what nobody defines. */
export function threadBlock(site: Site): boolean {
  const t = site.name('t');
  const assembler = new Assembler().features('+atomics', '+bulk-memory');
  const alignLog2 = site.pick([2, 3, 5]);
  const thread = { section: `.tdata.${site.id}`, segmentFlags: SegmentBit.tls, flags: Flag.tls, alignLog2 };
  assembler.data(t, words(4, 14), thread);
  const offset: Offset = (code, name) => code.op(Op.i32Const).reference('MEMORY_ADDR_TLS_SLEB', name);
  assembler.probe(site.name('size'), (code) => {
    // Below the lowest address of data, with all that a plan has.
    code.globalGet('__tls_size').i32(8).op(Op.i32GeU).globalGet('__tls_size').i32(1024).op(Op.i32LtU, Op.i32And);
  });
  if (site.flip()) {
    // llvm/llvm-project#149832: wasm-ld does not set them on the main thread.
    site.draft.notForWasmLd = 'the address of a thread-local in a global';
    addressInGlobal(site, assembler, t, offset);
  }
  assembler.probe(site.name('value'), (code) => offset(code.globalGet('__tls_base'), t).op(Op.i32Add).load(4));
  site.add('user', assembler, site.below(4));
  site.draft.options.push('--shared-memory');
  site.expect(site.name('size'), 1);
  site.expect(site.name('value'), 14);
  return true;
}

/** A function with two results, called from another object. */
export function twoResults(site: Site): boolean {
  const f = site.name('f');
  const type: FunctionType = { params: [Type.i32], results: [Type.i32, site.pick([Type.i32, Type.i64])] };
  const isWide = type.results[1] === Type.i64;
  const definition = new Assembler().features('+multivalue').func(f, type, 0, (code) => {
    code.op(Op.localGet, 0);
    if (isWide) code.op(Op.i64Const, 5);
    else code.i32(5);
  });
  const user = new Assembler().features('+multivalue').undefinedFunction(f, type);
  user.probe(site.name('probe'), (code) => {
    code.i32(75);
    if (site.flip()) code.slot(f).callIndirect(type);
    else code.call(f);
    if (isWide) code.op(Op.i32Wrap);
    code.op(Op.i32Sub);
  });
  site.add('definition', definition, site.below(4));
  site.add('user', user, site.below(4));
  site.expect(site.name('probe'), 70);
  return true;
}

/** A relocated field that is no number before it is written, where numbers are shortened; the address in it takes all of the field. */
export function unpaddedField(site: Site): boolean {
  const { options } = site.draft;
  if (!options.includes('--emit-relocs')) options.push('--compress-relocations');
  const [d, probe] = [site.name('d'), site.name('probe')];
  const assembler = new Assembler().data(d, words(17, 18));
  assembler.probe(probe, (code) =>
    code
      .address(d, FAR + 4)
      .i32(-FAR)
      .op(Op.i32Add)
      .load(),
  );
  const item = site.add('user', assembler, site.below(4));
  const [entry] = item.model.functions;
  const [{ offset }] = entry!.relocations as [Relocation];
  item.model.functions[0] = { ...entry!, body: entry!.body.fill(site.pick([0, 0x7f, 0xff]), offset, offset + FIELD) };
  site.expect(probe, 18);
  return true;
}

/** An address beyond this takes five bytes. */
const FAR = 0x4000_0000;
/** Bytes of a relocated field of 32 bits in code. */
const FIELD = 5;
