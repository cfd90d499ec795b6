/**
 * Gadgets that are about the whole module: what is in it though nobody needs it, and what two instances of it share.
 *
 * As run-gadgets.ts, but what is looked at is more than the result of a probe.
 */
import { stubsOf } from '../engine/v8/linked-instance.ts';
import { readLinkedModule } from '../wasm/linked-module.ts';
import type { Code } from './assembler.ts';
import { Assembler, GIVES_I32, words } from './assembler.ts';
import { Op } from './opcodes.ts';
import type { Site } from './draft.ts';
import { Flag, SegmentBit } from '../wasm/object-model.ts';
import { ARCHIVE_FLAVOURS } from '../wasm/write-archive.ts';

/**
 * Functions and data that nobody needs, defined several times and referred to by each other, with any flags. That the program
 * runs is all that a probe can say; which of them are in the output is for the comparison of linkers.
 */
export function garbage(site: Site): boolean {
  const flags = (): number => (site.flip() ? Flag.noStrip : 0) | (site.flip() ? Flag.hidden : 0);
  const [f, d, g] = [site.name('f'), site.name('d'), site.name('g')];
  const objects = 2 + site.below(2);
  for (let n = 0; n < objects; n++) {
    const assembler = new Assembler();
    // The first definitions are strong, or weak as all others.
    const weak = n > 0 || site.flip() ? Flag.weak : 0;
    if (n > 0 && site.below(4) === 3) {
      assembler.undefinedFunction(f, GIVES_I32, { flags: flags() }).undefinedData(d, flags());
    } else {
      const segmentFlags = site.below(4) === 3 ? SegmentBit.retain : 0;
      const reference = { at: 4, type: 'TABLE_INDEX_I32', symbol: g };
      assembler.data(d, words(70 + n, 0), { flags: weak | flags(), segmentFlags, references: [reference] });
      assembler.func(f, GIVES_I32, weak | flags(), (code) => code.loadOf(d).i32(n).op(Op.i32Add));
    }
    assembler.func(`${g}.${n}`, GIVES_I32, Flag.local | flags(), (code) => code.call(f));
    assembler.probe(site.name(`probe${n}`), (code) => code.i32(n));
    site.expect(site.name(`probe${n}`), n);
    site.add(`o${n}`, assembler, n * 3);
  }
  const last = new Assembler()
    .func(g, GIVES_I32, flags(), (code) => code.i32(9))
    .data(d, words(1, 2), { flags: Flag.weak });
  if (site.flip()) site.archive('lib', site.pick(ARCHIVE_FLAVOURS), [site.object('last', last)], site.below(5));
  else site.add('last', last, site.below(5));
  return true;
}

/** Two instances over one shared memory: data is initialised once, and each has thread-local data of its own. */
export function instances(site: Site): boolean {
  const { options } = site.draft;
  const assembler = new Assembler().features('+atomics', '+bulk-memory');
  assembler.data(site.name('d'), words(5)).data(site.name('z'), words(0), { section: `.bss.${site.id}` });
  const alignLog2 = site.pick([2, 4, 6]);
  const tls = { section: `.tdata.${site.id}`, segmentFlags: SegmentBit.tls, flags: Flag.tls, alignLog2 };
  assembler.data(site.name('t'), words(9), tls);
  const local = (code: Code): Code =>
    code.globalGet('__tls_base').op(Op.i32Const).reference('MEMORY_ADDR_TLS_SLEB', site.name('t')).op(Op.i32Add);
  assembler.probe(site.name('bump'), (code) => {
    code.address(site.name('d')).loadOf(site.name('d')).i32(1).op(Op.i32Add).store();
    code.address(site.name('z')).loadOf(site.name('z')).i32(3).op(Op.i32Add).store();
    local(code);
    local(code).load().i32(10).op(Op.i32Add).store();
    code.loadOf(site.name('d')).i32(10000).op(Op.i32Mul).loadOf(site.name('z')).i32(100).op(Op.i32Mul, Op.i32Add);
    local(code).load().op(Op.i32Add);
  });
  site.add('user', assembler);
  if (!options.some((option) => option.startsWith('--import-memory'))) options.push('--import-memory');
  options.push('--shared-memory', '--export-if-defined=__wasm_init_tls');
  site.draft.inspections.push((module, _exports, bytes) => runTwice(module, bytes, site.name('bump')));
  return true;
}

/** Bytes of a block of thread-local data that is large enough for every plan. */
const BLOCK_PAGES = 1;

function runTwice(module: WebAssembly.Module, bytes: Uint8Array, name: string): string | null {
  const { imports, memory } = stubsOf(readLinkedModule(bytes));
  if (memory === null) return 'no memory is imported';
  const [first, second] = [0, 1].map(() => new WebAssembly.Instance(module, imports).exports) as [Bumps, Bumps];
  if (second['__wasm_init_tls'] === undefined) return '__wasm_init_tls is not exported';
  const results = [first[name]!()];
  second['__wasm_init_tls'](memory.grow(BLOCK_PAGES) * 65536);
  results.push(second[name]!(), first[name]!());
  const expected = '60319,70619,80929';
  return String(results) === expected ? null : `two instances give ${String(results)}, not ${expected}`;
}

type Bumps = Record<string, (address?: number) => number>;
