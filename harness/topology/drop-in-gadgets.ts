/**
 * Gadgets of the profile `drop-in`: what compilers and build systems rely on, and what no program of the generator shows by
 * itself. Each kind was wrong in this linker once, and was found from outside.
 *
 * As run-gadgets.ts. Where only the comparison with wasm-ld's module can tell, the probe is there to say that the link works.
 */
import { Assembler, GIVES_I32, MAPS_I32, NO_TYPE, words } from './assembler.ts';
import { Op } from './opcodes.ts';
import type { Site } from './draft.ts';
import { Flag, SegmentBit } from '../wasm/object-model.ts';
import { ARCHIVE_FLAVOURS } from '../wasm/write-archive.ts';
import { chooseCaller, logger, logObject, logOf } from './run-gadgets.ts';

/** A data symbol that is larger than the rest of its segment. */
export function beyondSegment(site: Site): boolean {
  const size = 8 + site.below(100);
  const assembler = new Assembler().data(site.name('d'), words(11, 12), { section: `.data.${site.id}` });
  assembler.part(site.name('part'), site.name('d'), 4, size, site.flip() ? Flag.local : 0);
  assembler.probe(site.name('probe'), (code) => code.loadOf(site.name('part')));
  site.add('user', assembler);
  site.expect(site.name('probe'), 12);
  return true;
}

/** An archive member that only dead code mentions: its custom sections are those of a member that is loaded. */
export function deadCustoms(site: Site): boolean {
  const section = site.name('info');
  const bytes = Uint8Array.of(...words(site.below(1000)), 7);
  const member = new Assembler().func(site.name('f'), GIVES_I32, 0, (code) => code.i32(1));
  member.custom(section, bytes);
  const user = new Assembler().func(site.name('dead'), GIVES_I32, Flag.hidden, (code) => code.call(site.name('f')));
  user.probe(site.name('probe'), (code) => code.i32(21));
  site.add('user', user);
  site.archive('lib', site.pick(ARCHIVE_FLAVOURS), [site.object('member', member)], site.below(4));
  site.expect(site.name('probe'), 21);
  site.draft.inspections.push((module) => {
    const found = WebAssembly.Module.customSections(module, section);
    const isThere = found.length === 1 && String(new Uint8Array(found[0]!)) === String(bytes);
    return isThere ? null : `${site.decoration.kind} custom section: ${found.length} pieces`;
  });
  return true;
}

/** A constructor that one object declares and another one defines. */
export function declaredConstructor(site: Site): boolean {
  chooseCaller(site);
  logObject(site);
  const [init, own] = [site.name('init'), site.name('own')];
  const declares = new Assembler().undefinedFunction(init, NO_TYPE).constructorOf(init, 100);
  logger(declares, own, site.name('log'), 4);
  declares.constructorOf(own, 200);
  const defines = new Assembler();
  logger(defines, init, site.name('log'), 6, site.flip() ? Flag.hidden : 0);
  const isMember = site.flip();
  if (isMember) site.archive('lib', site.pick(ARCHIVE_FLAVOURS), [site.object('defines', defines)], site.below(4));
  else site.add('defines', defines, site.below(4));
  site.add('declares', declares, site.below(4));
  site.expect(site.name('probe'), (runs) => logOf([6, 4], runs));
  return true;
}

/** A function whose object says under which name it is exported. */
export function exportName(site: Site): boolean {
  const shown = `${site.id}/${site.pick(['a b', 'x#y', '$', 'export'])}`;
  const assembler = new Assembler().probe(site.name('f'), (code) => code.i32(31));
  assembler.exportName(shown, site.name('f'));
  if (site.flip()) assembler.probe(site.name('other'), (code) => code.call(site.name('f')).i32(1).op(Op.i32Add));
  else assembler.probe(site.name('other'), (code) => code.i32(32));
  site.add('user', assembler);
  site.expect(shown, 31);
  site.expect(site.name('other'), 32);
  return true;
}

/** An import whose object names the module of the host and no field. */
export function importModule(site: Site): boolean {
  const module = site.name('host');
  const assembler = new Assembler().undefinedFunction(site.name('f'), MAPS_I32, { plainModule: module });
  assembler.probe(site.name('probe'), (code) => code.i32(50).call(site.name('f')));
  site.add('user', assembler);
  site.draft.options.push(site.pick(['--allow-undefined', '--import-undefined']));
  site.draft.host.push({ module, field: site.name('f'), value: (x: number) => x + 9 });
  site.expect(site.name('probe'), 59);
  return true;
}

/** Relocatable output in which a name is wrapped: by a wrapper that is there, or by one that comes with the link. */
export function joinedWrap(site: Site): boolean {
  const { draft } = site;
  if (draft.joined !== null || draft.ownJoin !== null) return false;
  const [f, probe] = [site.name('f'), site.name('probe')];
  const [wrapper, real] = [`__wrap_${f}`, `__real_${f}`];
  const user = new Assembler().undefinedFunction(f, GIVES_I32).undefinedFunction(real, GIVES_I32);
  user.probe(probe, (code) => code.call(f));
  user.probe(site.name('real'), (code) => code.call(real));
  const defines = new Assembler().func(f, GIVES_I32, 0, (code) => code.i32(5));
  const wraps = (called: string): Assembler =>
    new Assembler()
      .undefinedFunction(called, GIVES_I32)
      .func(wrapper, GIVES_I32, 0, (code) => code.call(called).i32(10).op(Op.i32Add));
  const objects = [site.object('user', user)];
  // Inside, what the wrapper wraps has its other name.
  const isInside = site.flip();
  if (isInside) objects.push(site.object('wrapper', wraps(real)));
  else site.add('wrapper', wraps(f));
  if (site.flip()) site.add('defines', defines, site.below(4));
  else objects.push(site.object('defines', defines));
  if (objects.length < 2) objects.push(site.object('other', new Assembler().data(site.name('d'), words(3))));
  // Behind all others, where nothing comes between them.
  draft.tail.push(...objects);
  draft.ownJoin = { objects, wraps: [f] };
  site.expect(probe, 15);
  site.expect(site.name('real'), 5);
  return true;
}

/** The address of a thread-local datum by a plain relocation, without threads: its place in the block of thread-locals. */
export function plainTls(site: Site): boolean {
  if (site.draft.options.includes('--shared-memory')) return false;
  const assembler = new Assembler().features('+atomics', '+bulk-memory');
  const [d, other] = [site.name('t'), site.name('u')];
  const alignLog2 = site.pick([2, 3, 4]);
  const thread = { segmentFlags: SegmentBit.tls, flags: Flag.tls, alignLog2 };
  assembler.data(other, words(5), { ...thread, section: `.tdata.${site.id}.u` });
  assembler.data(d, words(7, 13), { ...thread, section: `.tdata.${site.id}.t` });
  assembler.probe(site.name('probe'), (code) =>
    code.globalGet('__tls_base').op(Op.i32Const).reference('MEMORY_ADDR_SLEB', d, 4).op(Op.i32Add).load(),
  );
  assembler.probe(site.name('other'), (code) =>
    code.globalGet('__tls_base').op(Op.i32Const).reference('MEMORY_ADDR_TLS_SLEB', other).op(Op.i32Add).load(),
  );
  site.add('user', assembler);
  site.expect(site.name('probe'), 13);
  site.expect(site.name('other'), 5);
  return true;
}

/** What an object declares and nothing uses: an import of a link that collects nothing. */
export function unusedImports(site: Site): boolean {
  const [f, g] = [site.name('f'), site.name('g')];
  const assembler = new Assembler().undefinedFunction(f, NO_TYPE).undefinedGlobal(g, false);
  assembler.probe(site.name('probe'), (code) => code.i32(8));
  site.add('user', assembler);
  site.draft.options.push('--allow-undefined');
  const { host } = site.draft;
  host.push({ module: 'env', field: f, value: () => undefined });
  host.push({ module: 'env', field: g, value: new WebAssembly.Global({ value: 'i32' }, 1) });
  site.expect(site.name('probe'), 8);
  return true;
}
