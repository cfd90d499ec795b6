/**
 * Gadgets about addresses, indexes and sections: each relocation type, names of the linker, borders, zeros.
 *
 * A probe computes one thing in two ways that must agree, so no address needs to be known.
 */
import { Assembler, GIVES_I32, words } from './assembler.ts';
import { Op } from './opcodes.ts';
import type { Code } from './assembler.ts';
import type { Site } from './draft.ts';
import { Flag, Kind, SegmentBit, Type } from '../wasm/object-model.ts';

/** Pushes 1 if the two words that were pushed are equal, and joins it with the word below. */
function agree(code: Code): Code {
  return code.op(Op.i32Eq, Op.i32And);
}

/** Addresses of one datum in all 32-bit ways, with addends of both signs. */
export function addresses(site: Site): boolean {
  const d = site.name('d');
  const other = new Assembler().data(d, words(1, 2, 3, 4, 5, 6), { alignLog2: site.pick([2, 4, 8, 12]) });
  if (site.flip()) other.data(site.name('pad'), new Array<number>(site.pick([64, 128, 8192, 16384])).fill(1));
  site.add('data', other, site.below(3));
  const assembler = new Assembler();
  assembler.data(site.name('p'), words(0, 0, 0, 0), {
    references: [
      { at: 0, type: 'MEMORY_ADDR_I32', symbol: d, addend: 8 },
      { at: 4, type: 'MEMORY_ADDR_I32', symbol: d, addend: -16 },
      { at: 8, type: 'MEMORY_ADDR_LOCREL_I32', symbol: d, addend: 4 },
    ],
  });
  const p = site.name('p');
  assembler.probe(site.name('probe'), (code) => {
    code.i32(1);
    // The word at d + 8 through the offset field of a load, and through a constant.
    agree(code.i32(0).op(Op.i32Load, 2).reference('MEMORY_ADDR_LEB', d, 8).loadOf(d, 8));
    agree(code.loadOf(p).address(d, 8));
    agree(code.loadOf(p, 4).i32(16).op(Op.i32Add).address(d));
    agree(code.loadOf(p, 8).address(p, 8).op(Op.i32Add).address(d, 4));
    agree(
      code
        .op(Op.i32Const)
        .reference('MEMORY_ADDR_REL_SLEB', d, -4)
        .globalGet('__memory_base')
        .op(Op.i32Add)
        .address(d, -4),
    );
    agree(code.loadOf(d, 20).i32(6));
    agree(code.address(d, 1000).i32(1000).op(Op.i32Sub).address(d));
  });
  site.add('user', assembler);
  site.expect(site.name('probe'), 1);
  return true;
}

/** The same in the 64-bit forms, which may stand in 32-bit programs too. */
export function wideAddresses(site: Site): boolean {
  const d = site.name('d');
  const assembler = new Assembler().data(d, words(1, 2, 3));
  assembler.func(site.name('f'), GIVES_I32, 0, (code) => code.i32(5));
  const p = site.name('p');
  const hasLocal = site.flip();
  const local = { at: 16, type: 'MEMORY_ADDR_LOCREL_I64', symbol: d, addend: 4 };
  assembler.data(p, words(0, 0, 0, 0, 0, 0), {
    alignLog2: 3,
    references: [
      { at: 0, type: 'MEMORY_ADDR_I64', symbol: d, addend: 4 },
      { at: 8, type: 'TABLE_INDEX_I64', symbol: site.name('f') },
      ...(hasLocal ? [local] : []),
    ],
  });
  assembler.probe(site.name('probe'), (code) => {
    code.i32(1);
    agree(code.op(Op.i64Const).reference('MEMORY_ADDR_SLEB64', d, -8).op(Op.i32Wrap).address(d, -8));
    agree(code.op(Op.i64Const).reference('MEMORY_ADDR_REL_SLEB64', d, 8).op(Op.i32Wrap).address(d, 8));
    // Meant for the offset of an access. With all its bytes it reads as a signed number as well, without them it does not.
    if (!site.draft.options.includes('--compress-relocations')) {
      agree(code.op(Op.i64Const).reference('MEMORY_ADDR_LEB64', d, 4).op(Op.i32Wrap).address(d, 4));
    }
    agree(code.op(Op.i64Const).reference('TABLE_INDEX_SLEB64', site.name('f')).op(Op.i32Wrap).slot(site.name('f')));
    code.op(Op.i64Const).reference('TABLE_INDEX_REL_SLEB64', site.name('f')).op(Op.i32Wrap);
    agree(code.op(Op.i32Const).reference('TABLE_INDEX_REL_SLEB', site.name('f')));
    agree(code.loadOf(p).address(d, 4));
    agree(code.loadOf(p, 4).i32(0));
    agree(code.loadOf(p, 8).slot(site.name('f')));
    if (hasLocal) agree(code.loadOf(p, 16).address(p, 16).op(Op.i32Add).address(d, 4));
  });
  site.add('user', assembler);
  site.expect(site.name('probe'), 1);
  return true;
}

/** Slots of functions in all ways; a second name of a function has the same slot, another function has not. */
export function functionSlots(site: Site): boolean {
  const [f, same, other] = [site.name('f'), site.name('same'), site.name('other')];
  const definition = new Assembler();
  definition.func(f, GIVES_I32, 0, (code) => code.i32(31)).alias(same, f, site.flip() ? Flag.weak : 0);
  definition.func(other, GIVES_I32, site.flip() ? Flag.hidden : 0, (code) => code.i32(32));
  site.add('definition', definition, site.below(3));
  const assembler = new Assembler();
  const p = site.name('p');
  assembler.data(p, words(0, 0), {
    references: [
      { at: 0, type: 'TABLE_INDEX_I32', symbol: f },
      { at: 4, type: 'TABLE_INDEX_I32', symbol: other },
    ],
  });
  assembler.probe(site.name('probe'), (code) => {
    code.i32(1);
    agree(code.slot(f).slot(same));
    agree(code.slot(f).slot(other).op(Op.i32Eq).i32(0));
    agree(code.loadOf(p).slot(same));
    agree(code.op(Op.i32Const).reference('TABLE_INDEX_REL_SLEB', f).globalGet('__table_base').op(Op.i32Add).slot(f));
    agree(code.loadOf(p).callIndirect(GIVES_I32).i32(31));
    agree(code.loadOf(p, 4).callIndirect(GIVES_I32).i32(32));
    agree(code.call(same).i32(31));
    agree(code.slot(f).i32(0).op(Op.i32Ne).i32(1));
  });
  site.add('user', assembler);
  site.expect(site.name('probe'), 1);
  return true;
}

/** Globals that hold the address of a datum or the slot of a function. */
export function addressGlobal(site: Site): boolean {
  const assembler = new Assembler().data(site.name('d'), words(1, 2), { flags: site.flip() ? Flag.hidden : 0 });
  assembler.func(site.name('f'), GIVES_I32, 0, (code) => code.i32(8));
  assembler.probe(site.name('probe'), (code) => {
    code.i32(1);
    agree(code.op(Op.globalGet).reference('GLOBAL_INDEX_LEB', site.name('d'), 0, Kind.data).address(site.name('d')));
    agree(code.op(Op.globalGet).reference('GLOBAL_INDEX_LEB', site.name('f'), 0, Kind.function).slot(site.name('f')));
  });
  site.add('user', assembler);
  site.expect(site.name('probe'), 1);
  return true;
}

/** Globals of objects, one of them defined elsewhere. */
export function globals(site: Site): boolean {
  const definition = new Assembler().global(site.name('shared'), 900, true, site.flip() ? Flag.weak : 0);
  site.add('definition', definition, site.below(3));
  const assembler = new Assembler().global(site.name('own'), -5, true, Flag.local);
  assembler.undefinedGlobal(site.name('shared'), true);
  assembler.probe(site.name('probe'), (code) => {
    code.globalGet(site.name('own')).globalGet(site.name('shared')).op(Op.i32Add);
  });
  site.add('user', assembler);
  site.expect(site.name('probe'), 895);
  return true;
}

/** A table of an object, and its number in instructions. */
export function privateTable(site: Site): boolean {
  const assembler = new Assembler()
    .features('+reference-types')
    .table(site.name('t'), 4, site.flip() ? Flag.hidden : 0);
  assembler.probe(site.name('probe'), (code) => {
    code.op(0xfc, 16).reference('TABLE_NUMBER_LEB', site.name('t')); // table.size
  });
  site.add('user', assembler);
  site.expect(site.name('probe'), 4);
  return true;
}

/** An exception with a tag that another object defines. */
export function tag(site: Site): boolean {
  const features = ['+exception-handling'];
  const definition = new Assembler().features(...features).tag(site.name('tag'), [Type.i32], Flag.weak);
  site.add('definition', definition, site.below(3));
  const assembler = new Assembler().features(...features).undefinedTag(site.name('tag'), [Type.i32]);
  assembler.probe(site.name('probe'), (code) => {
    code.op(Op.try, Type.i32).i32(17).op(Op.throw).reference('TAG_INDEX_LEB', site.name('tag'));
    code.op(Op.catch).reference('TAG_INDEX_LEB', site.name('tag')).op(Op.end);
  });
  site.add('user', assembler);
  site.expect(site.name('probe'), 17);
  return true;
}

/** Begin and end of the segments of one name. */
export function brackets(site: Site): boolean {
  const section = `${site.id}_section`;
  const count = 1 + site.below(3);
  // Ours keeps a section whose borders are named; wasm-ld wants to be told.
  const retained = site.flip();
  let sum = 0;
  for (let n = 0; n < count; n++) {
    const segmentFlags = retained ? SegmentBit.retain : 0;
    const assembler = new Assembler().data(site.name(`e${n}`), words(n + 10), { section, segmentFlags });
    site.add(`e${n}`, assembler, n * 2);
    sum += n + 10;
  }
  const assembler = new Assembler();
  assembler.probe(site.name('size'), (code) =>
    code.address(`__stop_${section}`).address(`__start_${section}`).op(Op.i32Sub),
  );
  assembler.probe(site.name('sum'), (code) => {
    for (let n = 0; n < count; n++) {
      code.loadOf(`__start_${section}`, n * 4);
      if (n > 0) code.op(Op.i32Add);
    }
  });
  site.add('user', assembler);
  site.expect(site.name('size'), count * 4);
  site.expect(site.name('sum'), sum);
  return true;
}

/** What the linker says of memory fits together. */
export function linkerSymbols(site: Site): boolean {
  const assembler = new Assembler().data(site.name('d'), words(5));
  const below = (code: Code): Code => code.op(Op.i32LtU, Op.i32Eqz, Op.i32And);
  assembler.probe(site.name('probe'), (code) => {
    code.i32(1);
    // a >= b for each pair.
    below(code.address('__heap_base').address('__data_end'));
    below(code.address('__data_end').address(site.name('d')));
    below(code.address('__heap_end').address('__heap_base'));
    below(code.address(site.name('d')).address('__global_base'));
    below(code.address('__stack_high').address('__stack_low'));
    agree(code.address('__heap_end').op(0x3f, 0).i32(65536).op(Op.i32Mul));
    agree(code.address('__stack_high').globalGet('__stack_pointer'));
    agree(code.address('__heap_base').i32(15).op(Op.i32And).i32(0));
    agree(code.address('__stack_low').i32(15).op(Op.i32And).i32(0));
  });
  site.add('user', assembler);
  site.expect(site.name('probe'), 1);
  return true;
}

/** Zeros between data of all alignments: they are zero, and lie where their alignment says. */
export function zeros(site: Site): boolean {
  const count = 1 + site.below(3);
  const assembler = new Assembler();
  for (let n = 0; n < count; n++) {
    const alignLog2 = site.pick([2, 4, 8, 16]);
    const size = site.pick([4, 0, 64, 4096]);
    assembler.data(site.name(`z${n}`), new Array<number>(size).fill(0), {
      section: site.pick([`.bss.${site.id}${n}`, `.data.${site.id}${n}`]),
      alignLog2,
    });
    assembler.probe(site.name(`probe${n}`), (code) => {
      code
        .address(site.name(`z${n}`))
        .i32((1 << alignLog2) - 1)
        .op(Op.i32And);
      if (size > 0) code.loadOf(site.name(`z${n}`), size - 4).op(Op.i32Or);
    });
    site.expect(site.name(`probe${n}`), 0);
  }
  site.add('zeros', assembler);
  return true;
}

/** A symbol whose value is its address. */
export function absolute(site: Site): boolean {
  const address = site.pick([4, 0, 1024, 0x7fff_0000]);
  const definition = new Assembler()
    .data(site.name('d'), words(1))
    .absolute(site.name('a'), address, site.flip() ? Flag.hidden : 0);
  site.add('definition', definition, site.below(3));
  const assembler = new Assembler().probe(site.name('probe'), (code) => code.address(site.name('a'), 4));
  site.add('user', assembler);
  site.expect(site.name('probe'), address + 4);
  return true;
}

/** Symbols that share bytes, have none, or end where the segment ends. */
export function dataParts(site: Site): boolean {
  const d = site.name('d');
  const definition = new Assembler().data(d, words(1, 2, 3, 4));
  definition.part(site.name('inner'), d, 4, 8, site.flip() ? Flag.weak : 0).part(site.name('end'), d, 16, 0);
  definition.part(site.name('same'), d, 0, 16, Flag.noStrip);
  site.add('definition', definition, site.below(3));
  const assembler = new Assembler().probe(site.name('probe'), (code) => {
    code.i32(1);
    agree(code.address(site.name('inner')).address(d, 4));
    agree(code.address(site.name('end')).address(d, 16));
    agree(code.address(site.name('same')).address(d));
    agree(code.loadOf(site.name('inner'), 4).i32(3));
    agree(code.loadOf(site.name('end'), -4).i32(4));
  });
  site.add('user', assembler);
  site.expect(site.name('probe'), 1);
  return true;
}

/** A custom section that names functions, addresses and places: linked like data, read from outside. */
export function customSection(site: Site): boolean {
  // What is gone is marked in another way in each of these.
  const name = `${site.pick(['.note', '.debug_note', 'llvm.func_attr'])}.${site.id}`;
  const probe = site.name('probe');
  const assembler = new Assembler().data(site.name('d'), words(1, 2));
  assembler.global(site.name('global'), 3, false, Flag.exported);
  assembler.probe(probe, (code) => code.address(site.name('d')));
  assembler.func(site.name('dead'), GIVES_I32, Flag.local, (code) => code.i32(1));
  assembler.data(site.name('gone'), words(7), { flags: Flag.local });
  assembler.custom(`.side.${site.id}`, words(1, 2, 3));
  assembler.custom(name, new Array<number>(36).fill(0), [
    { at: 0, type: 'FUNCTION_INDEX_I32', symbol: probe },
    { at: 4, type: 'MEMORY_ADDR_I32', symbol: site.name('d'), addend: 4 },
    { at: 8, type: 'SECTION_OFFSET_I32', symbol: `SECTION..side.${site.id}`, addend: 8 },
    { at: 12, type: 'FUNCTION_OFFSET_I32', symbol: probe, addend: 2 },
    { at: 16, type: 'GLOBAL_INDEX_I32', symbol: site.name('global') },
    { at: 20, type: 'FUNCTION_OFFSET_I64', symbol: probe, addend: 3 },
    { at: 28, type: 'FUNCTION_INDEX_I32', symbol: site.name('dead') },
    { at: 32, type: 'MEMORY_ADDR_I32', symbol: site.name('gone'), addend: 5 },
  ]);
  site.add('user', assembler);
  site.draft.inspections.push((module, exports) => {
    const content = WebAssembly.Module.customSections(module, name)[0];
    if (content === undefined) return null;
    const view = new DataView(content);
    const word = (at: number): number => view.getUint32(at, true);
    const exported = exports[probe] as WebAssembly.ExportedFunction;
    const address = (exported as unknown as () => number)();
    if (!site.draft.runsConstructorsPerCall && word(0) !== Number(exported.name)) {
      return `${name} has function ${word(0)}, the probe is ${exported.name}`;
    }
    if (word(4) !== address + 4) return `${name} has address ${word(4)}, the datum is at ${address}`;
    if (word(8) !== 8) return `${name} has section offset ${word(8)}, not 8`;
    if (word(20) !== word(12) + 1 || word(24) !== 0) return `${name} has function offsets ${word(12)} and ${word(20)}`;
    return null;
  });
  return true;
}

/** One symbol of any kind with any flags that go together, and a reference to it with flags of its own. */
export function flags(site: Site): boolean {
  const kind = site.pick(['function', 'data', 'tls', 'global', 'table', 'tag'] as const);
  const binding = site.pick([0, Flag.weak, Flag.local]);
  const extra = (site.flip() ? Flag.hidden : 0) | (site.flip() ? Flag.noStrip : 0) | (site.flip() ? Flag.exported : 0);
  const own = binding | (binding === Flag.local ? extra & ~Flag.exported : extra);
  // Only one of two weak references may be undefined, so a weak reference needs no more than the others.
  const reference = (site.flip() ? Flag.hidden : 0) | (site.flip() ? Flag.noStrip : 0) | (site.flip() ? Flag.weak : 0);
  const isExplicit = site.flip();
  const x = site.name('x');
  const features = { tls: ['+atomics', '+bulk-memory'], table: ['+reference-types'], tag: ['+exception-handling'] };
  const newObject = (): Assembler => new Assembler().features(...(kind in features ? features[kind as 'tls'] : []));
  const define = (assembler: Assembler): void => {
    if (kind === 'function') assembler.func(x, GIVES_I32, own, (code) => code.i32(77));
    else if (kind === 'data') assembler.data(x, words(77), { flags: own });
    else if (kind === 'tls') {
      const options = { flags: own | Flag.tls, section: `.tdata.${site.id}`, segmentFlags: SegmentBit.tls };
      assembler.data(x, words(77), options);
    } else if (kind === 'global') assembler.global(x, 77, false, own);
    else if (kind === 'table') assembler.table(x, 77, own);
    else assembler.tag(x, [Type.i32], own);
  };
  const refer = (assembler: Assembler): void => {
    const options = isExplicit ? { flags: reference, field: site.name('field') } : { flags: reference };
    if (kind === 'function') assembler.undefinedFunction(x, GIVES_I32, options);
    else if (kind === 'data') assembler.undefinedData(x, reference);
    else if (kind === 'tls') assembler.undefinedData(x, reference | Flag.tls);
    else if (kind === 'global') assembler.undefinedGlobal(x, false, options);
    else if (kind === 'table') assembler.undefinedTable(x, reference);
    else assembler.undefinedTag(x, [Type.i32], reference);
  };
  const use = (code: Code): void => {
    if (kind === 'function') code.call(x);
    else if (kind === 'data') code.loadOf(x);
    else if (kind === 'global') code.globalGet(x);
    else if (kind === 'table') code.op(0xfc, 16).reference('TABLE_NUMBER_LEB', x);
    else if (kind === 'tls') {
      code.globalGet('__tls_base').op(Op.i32Const).reference('MEMORY_ADDR_TLS_SLEB', x).op(Op.i32Add).load();
    } else {
      code.op(Op.try, Type.i32).i32(77).op(Op.throw).reference('TAG_INDEX_LEB', x);
      code.op(Op.catch).reference('TAG_INDEX_LEB', x).op(Op.end);
    }
  };
  const definition = newObject();
  define(definition);
  definition.probe(site.name('own'), use);
  site.add('definition', definition, site.below(3));
  site.expect(site.name('own'), 77);
  if (binding === Flag.local) return true;
  const user = newObject();
  refer(user);
  user.probe(site.name('probe'), use);
  site.add('user', user, site.below(3));
  site.expect(site.name('probe'), 77);
  return true;
}
