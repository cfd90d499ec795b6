/**
 * Gadgets about what gets linked and what runs: constructors, archives, duplicates, thread-locals, imports of the host.
 *
 * Each brings objects of its own and says what its probes give. Names begin with the gadget's prefix, so that gadgets do
 * not meet; values come from its number.
 */
import { Assembler, GIVES_I32, MAPS_I32, NO_TYPE, words } from './assembler.ts';
import { Op } from './opcodes.ts';
import type { Item, ObjectItem, Site } from './draft.ts';
import { isArchiveItem } from './draft.ts';
import { Flag, SegmentBit, Type } from '../wasm/object-model.ts';
import { ARCHIVE_FLAVOURS } from '../wasm/write-archive.ts';

/** A constructor: `log = log * 7 + id`, modulo 2^32. */
export function logger(assembler: Assembler, name: string, log: string, id: number, flags: number = Flag.local): void {
  assembler.func(name, NO_TYPE, flags, (code) => {
    code.address(log).loadOf(log).i32(7).op(Op.i32Mul).i32(id).op(Op.i32Add).store();
  });
}

/** An object with the log and a probe that reads it. */
export function logObject(site: Site): ObjectItem {
  const assembler = new Assembler().data(site.name('log'), words(0), { section: `.bss.${site.id}` });
  assembler.probe(site.name('probe'), (code) => code.loadOf(site.name('log')));
  return site.add('log', assembler);
}

/** What `ids` in this order leave in a log after `runs` runs. */
export function logOf(ids: readonly number[], runs: number): number {
  let log = 0;
  for (let run = 0; run < runs; run++) for (const id of ids) log = (Math.imul(log, 7) + id) | 0;
  return log;
}

/** Who calls the constructors: each export, or the host through an object that refers to them, or through an export. */
export function chooseCaller(site: Site): void {
  const { draft } = site;
  draft.hasConstructors = true;
  if (draft.initialize !== null) return;
  switch (site.below(3)) {
    case 1: {
      const assembler = new Assembler().undefinedFunction('__wasm_call_ctors', NO_TYPE);
      assembler.func('_initialize', NO_TYPE, Flag.exported, (code) => code.call('__wasm_call_ctors'));
      site.add('reactor', assembler);
      draft.initialize = '_initialize';
      return;
    }
    case 2:
      draft.options.push('--export=__wasm_call_ctors');
      draft.initialize = '__wasm_call_ctors';
      return;
    default:
  }
}

interface Constructor {
  readonly id: number;
  readonly priority: number;
  readonly item: ObjectItem;
}

/** Constructors run by priority, then in the order of the objects, then in the order of the object. */
export function constructors(site: Site): boolean {
  chooseCaller(site);
  logObject(site);
  const list: Constructor[] = [];
  const objects = 2 + site.below(3);
  for (let n = 0; n < objects; n++) {
    const assembler = new Assembler();
    const made: { id: number; priority: number }[] = [];
    for (let k = 1 + site.below(2); k > 0; k--) {
      const id = list.length + made.length + 1;
      const priority = site.pick([65535, 100, 65535, 101, 0]);
      logger(assembler, site.name(`init${id}`), site.name('log'), id);
      assembler.constructorOf(site.name(`init${id}`), priority);
      made.push({ id, priority });
    }
    const item = site.add(`init${n}`, assembler, n * 2 + 1);
    list.push(...made.map((entry) => ({ ...entry, item })));
  }
  site.expect(site.name('probe'), (runs) => {
    const place = new Map<Item, number>(site.draft.items.map((item, n) => [item, n]));
    const sorted = list
      .map((entry, n) => ({ ...entry, n }))
      .sort((a, b) => a.priority - b.priority || place.get(a.item)! - place.get(b.item)! || a.n - b.n);
    return logOf(
      sorted.map(({ id }) => id),
      runs,
    );
  });
  return true;
}

/** A member that only a constructor needs brings constructors and functions of its own; one that nobody needs does not. */
export function constructorMembers(site: Site): boolean {
  chooseCaller(site);
  logObject(site);
  const first = new Assembler();
  first.func(site.name('first'), NO_TYPE, Flag.local, (code) => code.call(site.name('helper')).op(Op.drop));
  first.constructorOf(site.name('first'), 200);
  site.add('first', first, 1);
  const second = new Assembler();
  second.func(site.name('helper'), GIVES_I32, 0, (code) => {
    code.address(site.name('log')).loadOf(site.name('log')).i32(7).op(Op.i32Mul).i32(3).op(Op.i32Add).store().i32(0);
  });
  logger(second, site.name('late'), site.name('log'), 5);
  second.constructorOf(site.name('late'), 300);
  const third = new Assembler().func(site.name('unneeded'), NO_TYPE, 0, () => undefined);
  logger(third, site.name('never'), site.name('log'), 9);
  third.constructorOf(site.name('never'), 1);
  const members = [site.object('second', second), site.object('third', third)];
  if (site.flip()) members.reverse();
  site.archive('lib', site.pick(ARCHIVE_FLAVOURS), members, site.below(4));
  site.expect(site.name('probe'), (runs) => logOf([3, 5], runs));
  return true;
}

/** Members of two archives that need each other. */
export function archiveChain(site: Site): boolean {
  const depth = 3 + site.below(4);
  const members: ObjectItem[][] = [[], []];
  for (let n = 0; n < depth; n++) {
    const assembler = new Assembler();
    const next = n + 1 < depth ? site.name(`f${n + 1}`) : null;
    // The way back makes the archives cyclic.
    assembler.func(site.name(`back${n}`), GIVES_I32, 0, (code) => code.i32(1 << n));
    assembler.func(site.name(`f${n}`), GIVES_I32, 0, (code) => {
      code.call(site.name(`back${Math.max(0, n - 1)}`));
      if (next !== null) code.call(next).op(Op.i32Add);
    });
    members[n % 2]!.push(site.object(`m${n}`, assembler));
  }
  const user = new Assembler().probe(site.name('probe'), (code) => code.call(site.name('f0')));
  site.add('user', user);
  const flavours = [site.pick(ARCHIVE_FLAVOURS), site.pick(ARCHIVE_FLAVOURS)];
  flavours.forEach((flavour, n) => {
    // Behind the user or before it: an archive that was passed is searched again.
    site.archive(`lib${n}`, flavour, members[n]!, site.below(5));
  });
  let sum = 1;
  for (let n = 1; n < depth; n++) sum += 1 << (n - 1);
  site.expect(site.name('probe'), sum);
  return true;
}

/** Of two archives that offer a name, the first one is taken. */
export function archiveOrder(site: Site): boolean {
  const user = new Assembler().probe(site.name('probe'), (code) => code.call(site.name('f')));
  const libraries = [0, 1].map((n): Item => {
    const member = new Assembler().func(site.name('f'), GIVES_I32, 0, (code) => code.i32(70 + n));
    const members = [site.object(`m${n}`, member)];
    if (n === 0 && site.flip()) {
      const same = new Assembler().func(site.name('f'), GIVES_I32, 0, (code) => code.i32(99));
      members.push(site.object('same', same));
    }
    return { name: `${site.id}-lib${n}.a`, flavour: site.pick(ARCHIVE_FLAVOURS), members };
  });
  site.draft.insert(libraries[0]!, site.decoration.at);
  site.draft.insertAfter(libraries[1]!, libraries[0]!, site.below(3));
  site.draft.insert(site.object('user', user), site.below(4));
  site.expect(site.name('probe'), 70);
  return true;
}

/** A member that would be a duplicate must not be taken, since nobody needs it. */
export function decoyMember(site: Site): boolean {
  const { draft } = site;
  const strong = draft.parts.flatMap((part) =>
    draft.isMember(part) ? [] : part.model.symbols.filter(({ flags, kind }) => kind === 0 && (flags & 0x13) === 0),
  );
  const decoy = new Assembler();
  decoy.func(site.name('own'), NO_TYPE, 0, (code) => code.op(Op.unreachable));
  for (const { name } of strong.slice(0, 2)) {
    if (!draft.contested.has(name)) decoy.func(name, MAPS_I32, 0, (code) => code.op(Op.unreachable));
  }
  decoy.func(site.name('init'), NO_TYPE, Flag.local, (code) => code.op(Op.unreachable));
  decoy.constructorOf(site.name('init'), 1);
  // Behind everything: where a name is defined already, no archive is searched for it.
  const members = [site.object('decoy', decoy)];
  draft.tail.push({ name: `${site.id}-decoy.a`, flavour: site.pick(ARCHIVE_FLAVOURS), members });
  return true;
}

/** Weak and strong definitions of one name in several objects: the strong one, or the first weak one. */
export function weakDuplicates(site: Site): boolean {
  const count = 2 + site.below(3);
  const strong = site.flip() ? site.below(count) : -1;
  const asData = site.flip();
  const items: ObjectItem[] = [];
  for (let n = 0; n < count; n++) {
    const assembler = new Assembler();
    const flags = n === strong ? 0 : Flag.weak | (site.flip() ? Flag.hidden : 0);
    if (asData) assembler.data(site.name('x'), words(1000 + n), { flags });
    else assembler.func(site.name('x'), GIVES_I32, flags, (code) => code.i32(1000 + n));
    // Each object sees the one that won, also through its own symbol.
    assembler.probe(site.name(`probe${n}`), (code) => {
      if (asData) code.loadOf(site.name('x'));
      else code.call(site.name('x'));
    });
    items.push(site.add(`w${n}`, assembler, n));
  }
  const winner = (): number => {
    if (strong >= 0) return 1000 + strong;
    const { items: order } = site.draft;
    const first = order.find((item) => !isArchiveItem(item) && items.includes(item)) as ObjectItem;
    return 1000 + items.indexOf(first);
  };
  for (let n = 0; n < count; n++) site.expect(site.name(`probe${n}`), winner);
  return true;
}

/** Equal groups in several objects, with other contents: the first one counts for all members. */
export function comdatCopies(site: Site): boolean {
  const count = 2 + site.below(3);
  const items: ObjectItem[] = [];
  for (let n = 0; n < count; n++) {
    const assembler = new Assembler();
    assembler.data(site.name('d'), words(40 + n), { flags: Flag.weak, section: `.rodata.${site.id}` });
    assembler.func(site.name('f'), GIVES_I32, Flag.weak, (code) =>
      code
        .loadOf(site.name('d'))
        .i32(n * 100)
        .op(Op.i32Add),
    );
    const names = [site.name('d'), site.name('f')];
    assembler.comdat(site.name('group'), names);
    assembler.probe(site.name(`probe${n}`), (code) => code.call(site.name('f')));
    items.push(site.add(`c${n}`, assembler, n * 3));
  }
  const expected = (): number => {
    const first = site.draft.items.find((item) => items.includes(item as ObjectItem)) as ObjectItem;
    return 40 + items.indexOf(first) * 101;
  };
  for (let n = 0; n < count; n++) site.expect(site.name(`probe${n}`), expected);
  return true;
}

/** Functions and data that nobody defines, where that is allowed. */
export function weakUndefined(site: Site): boolean {
  const assembler = new Assembler();
  const f = site.name('f');
  const d = site.name('d');
  assembler.undefinedFunction(f, GIVES_I32, { flags: Flag.weak | (site.flip() ? Flag.hidden : 0) });
  assembler.undefinedData(d, Flag.weak);
  assembler.data(site.name('pointers'), words(0, 0, 0), {
    references: [
      { at: 0, type: 'TABLE_INDEX_I32', symbol: f },
      { at: 4, type: 'MEMORY_ADDR_I32', symbol: d },
      { at: 8, type: 'MEMORY_ADDR_I32', symbol: d, addend: 12 },
    ],
  });
  assembler.probe(site.name('probe'), (code) => {
    code.slot(f).op(Op.if, Type.i32).call(f).op(Op.else).i32(42).op(Op.end);
    for (const at of [0, 4, 8]) code.loadOf(site.name('pointers'), at).op(Op.i32Add);
    code.address(d, 8).op(Op.i32Add);
  });
  site.add('user', assembler);
  // A member that defines them is not taken for weak references.
  const member = new Assembler().func(f, GIVES_I32, 0, (code) => code.i32(1)).data(d, words(1));
  if (site.flip()) site.archive('lib', site.pick(ARCHIVE_FLAVOURS), [site.object('member', member)], site.below(4));
  site.expect(site.name('probe'), 42);
  return true;
}

/** Thread-local variables of several objects, in a program of one thread. */
export function tls(site: Site): boolean {
  const count = 1 + site.below(3);
  for (let n = 0; n < count; n++) {
    const assembler = new Assembler().features('+atomics', '+bulk-memory');
    const zero = site.flip();
    const wide = site.flip();
    assembler.data(site.name(`t${n}`), words(7, zero ? 0 : 11 + n), {
      section: `.tdata.${site.id}.${n}`,
      segmentFlags: SegmentBit.tls,
      flags: Flag.tls,
      alignLog2: site.pick([2, 3, 4, 6]),
    });
    assembler.probe(site.name(`probe${n}`), (code) => {
      // The second word, added to what its address leaves at the alignment.
      code.globalGet('__tls_base');
      if (wide)
        code
          .op(Op.i64Const)
          .reference('MEMORY_ADDR_TLS_SLEB64', site.name(`t${n}`), 4)
          .op(Op.i32Wrap);
      else code.op(Op.i32Const).reference('MEMORY_ADDR_TLS_SLEB', site.name(`t${n}`), 4);
      code.op(Op.i32Add).load();
    });
    site.add(`tls${n}`, assembler, n);
    site.expect(site.name(`probe${n}`), zero ? 0 : 11 + n);
  }
  return true;
}

/** Functions and globals of the host, by the names that the object gives; two names want the same one. */
export function hostImport(site: Site): boolean {
  const module = site.pick(['env', site.name('host')]);
  const field = site.name('import');
  const assembler = new Assembler();
  assembler.undefinedFunction(site.name('f'), MAPS_I32, { module, field });
  assembler.probe(site.name('probe'), (code) => code.i32(20).call(site.name('f')));
  assembler.probe(site.name('indirect'), (code) => code.i32(30).slot(site.name('f')).callIndirect(MAPS_I32));
  assembler.undefinedFunction(site.name('alias'), MAPS_I32, { module, field });
  assembler.probe(site.name('shared'), (code) => code.i32(40).call(site.name('alias')));
  site.draft.host.push({ module, field, value: (x: number) => x + 5 });
  site.expect(site.name('shared'), 45);
  site.expect(site.name('probe'), 25);
  site.expect(site.name('indirect'), 35);
  if (site.flip()) {
    assembler.undefinedGlobal(site.name('g'), false, { module: 'env', field: site.name('g') });
    assembler.undefinedGlobal(site.name('h'), false, { module: 'env', field: site.name('g') });
    assembler.probe(site.name('global'), (code) => {
      code.globalGet(site.name('g')).globalGet(site.name('h')).op(Op.i32Add);
    });
    site.draft.host.push({ module: 'env', field: site.name('g'), value: new WebAssembly.Global({ value: 'i32' }, 77) });
    site.expect(site.name('global'), 154);
  }
  site.add('user', assembler);
  return true;
}

/** A call with another signature than the definition has: a function that traps, which nobody calls here. */
export function signature(site: Site): boolean {
  site.draft.warns = true;
  const user = new Assembler().undefinedFunction(site.name('f'), MAPS_I32);
  user.probe(site.name('probe'), (code) => {
    code.i32(0).op(Op.if, Type.i32).i32(1).call(site.name('f')).op(Op.else).i32(63).op(Op.end);
  });
  const definition = new Assembler().func(site.name('f'), GIVES_I32, 0, (code) => code.i32(64));
  definition.probe(site.name('own'), (code) => code.call(site.name('f')));
  site.add('user', user, 1);
  site.add('definition', definition, site.below(4));
  site.expect(site.name('probe'), 63);
  site.expect(site.name('own'), 64);
  return true;
}

/** Local symbols of one name in two objects are two things. */
export function locals(site: Site): boolean {
  for (let n = 0; n < 2; n++) {
    const assembler = new Assembler();
    assembler.data(site.name('d'), words(500 + n), { flags: Flag.local });
    assembler.func(site.name('f'), GIVES_I32, Flag.local | (site.flip() ? Flag.hidden : 0), (code) =>
      code.loadOf(site.name('d')),
    );
    assembler.probe(site.name(`probe${n}`), (code) =>
      code.call(site.name('f')).slot(site.name('f')).callIndirect(GIVES_I32).op(Op.i32Add),
    );
    site.add(`o${n}`, assembler, n * 2);
    site.expect(site.name(`probe${n}`), (500 + n) * 2);
  }
  return true;
}

/** A segment that says it is passive is there from the start all the same, because nobody says memory.init. */
export function passive(site: Site): boolean {
  const assembler = new Assembler().features('+bulk-memory');
  assembler.data(site.name('d'), words(123456, 9), { passive: true });
  assembler.probe(site.name('probe'), (code) => code.loadOf(site.name('d')).loadOf(site.name('d'), 4).op(Op.i32Add));
  site.add('user', assembler);
  site.expect(site.name('probe'), 123465);
  return true;
}
