/**
 * Mistakes: inputs that no linker may take, each with the codes that a refusal may have.
 *
 * What is wrong is reachable from an export, so that no garbage collection hides it.
 */
import { Assembler, GIVES_I32, MAPS_I32, NO_TYPE, words } from './assembler.ts';
import { Op } from './opcodes.ts';
import type { Site } from './draft.ts';
import { Flag, Type } from '../wasm/object-model.ts';
import { ARCHIVE_FLAVOURS } from '../wasm/write-archive.ts';

function refuse(site: Site, ...codes: readonly string[]): true {
  site.draft.refusals.push(...codes);
  return true;
}

/** The output must be checked for features: drops the options that ask for no check, or that need none (settleOptions). */
function checkFeatures({ draft }: Site): void {
  const uncheck = /^--(no-check-features|shared-memory|export-all|export-dynamic|import-memory)\b/;
  const kept = draft.options.filter((option) => !uncheck.test(option));
  draft.options.splice(0, draft.options.length, ...kept);
}

function user(site: Site, write: (assembler: Assembler) => void): void {
  const assembler = new Assembler();
  write(assembler);
  site.add('user', assembler, site.below(4));
}

/** A group with flags that nobody knows. */
export function badComdatFlags(site: Site): boolean {
  user(site, (assembler) => assembler.data(site.name('d'), words(1)).comdat(site.name('group'), [site.name('d')], 1));
  return refuse(site, 'object_malformed');
}

/** A constructor with a parameter. */
export function badConstructor(site: Site): boolean {
  user(site, (assembler) => {
    assembler.func(site.name('init'), { params: [Type.i32], results: [] }, Flag.local, () => undefined);
    assembler.constructorOf(site.name('init'), 65535);
  });
  return refuse(site, 'constructor_with_parameters');
}

/** A name on the command line that stands for nothing. */
export function badDefsym(site: Site): boolean {
  site.draft.notForWasmLd = '--defsym';
  site.draft.options.push(`--defsym=${site.id}_name=${site.id}_nothing`);
  user(site, (assembler) => assembler.probe(site.name('probe'), (code) => code.address(`${site.id}_name`)));
  return refuse(site, 'defsym_undefined');
}

/** One object uses what another one rules out. */
export function badDisallowedFeature(site: Site): boolean {
  checkFeatures(site);
  user(site, (assembler) => assembler.features('+simd128').probe(site.name('probe'), (code) => code.i32(1)));
  user(site, (assembler) => assembler.features('-simd128').probe(site.name('other'), (code) => code.i32(1)));
  return refuse(site, 'feature_disallowed');
}

/** Two strong definitions. */
export function badDuplicate(site: Site): boolean {
  const asData = site.flip();
  for (let n = 0; n < 2; n++) {
    user(site, (assembler) => {
      if (asData) assembler.data(site.name('x'), words(n));
      else assembler.func(site.name('x'), GIVES_I32, n * Flag.hidden, (code) => code.i32(n));
    });
  }
  return refuse(site, 'duplicate_symbol');
}

/** A member that is needed for one name and conflicts in another. */
export function badMemberDuplicate(site: Site): boolean {
  user(site, (assembler) => {
    assembler.func(site.name('x'), GIVES_I32, 0, (code) => code.i32(1));
    assembler.probe(site.name('probe'), (code) => code.call(site.name('needed')));
  });
  const member = new Assembler().func(site.name('x'), GIVES_I32, 0, (code) => code.i32(2));
  member.func(site.name('needed'), GIVES_I32, 0, (code) => code.i32(3));
  site.archive('lib', site.pick(ARCHIVE_FLAVOURS), [site.object('member', member)]);
  return refuse(site, 'duplicate_symbol');
}

/** An export that nobody defines. */
export function badExport(site: Site): boolean {
  site.draft.options.push(`--export=${site.id}_nothing`);
  return refuse(site, 'export_missing');
}

/** A function here, a datum there. */
export function badKind(site: Site): boolean {
  user(site, (assembler) => assembler.data(site.name('x'), words(1)));
  user(site, (assembler) => assembler.probe(site.name('probe'), (code) => code.call(site.name('x'))));
  return refuse(site, 'symbol_kind_mismatch');
}

/** A linking section of another version. */
export function badLinkingVersion(site: Site): boolean {
  const assembler = new Assembler().probe(site.name('probe'), (code) => code.i32(1));
  site.add('user', assembler, 0, { version: site.pick([1, 3]) });
  return refuse(site, 'object_version');
}

/** Relocations that go backwards. */
export function badRelocationOrder(site: Site): boolean {
  const assembler = new Assembler().data(site.name('d'), words(1));
  assembler.probe(site.name('probe'), (code) => code.address(site.name('d')).address(site.name('d'), 4).op(Op.i32Sub));
  site.add('user', assembler, 0, { reverseRelocations: true });
  return refuse(site, 'object_malformed');
}

/** A thread-local access to what all threads share. */
export function badTlsRelocation(site: Site): boolean {
  site.draft.options.push('--shared-memory');
  const assembler = new Assembler().features('+atomics', '+bulk-memory').data(site.name('d'), words(1));
  assembler.probe(site.name('probe'), (code) => code.op(Op.i32Const).reference('MEMORY_ADDR_TLS_SLEB', site.name('d')));
  site.add('user', assembler);
  return refuse(site, 'tls_of_plain_data');
}

/** Thread-local data in objects that cannot have threads. */
export function badTlsWithoutFeatures(site: Site): boolean {
  const { draft } = site;
  // Features of all inputs count together.
  const hasAtomics = [...draft.items, ...draft.tail].some(
    (item) => 'model' in item && item.model.features?.includes('+atomics') === true,
  );
  if (hasAtomics) return false;
  checkFeatures(site);
  const assembler = new Assembler().data(site.name('t'), words(1), {
    section: `.tdata.${site.id}`,
    segmentFlags: 2,
    flags: Flag.tls,
  });
  assembler.probe(site.name('probe'), (code) => {
    code.globalGet('__tls_base').op(Op.i32Const).reference('MEMORY_ADDR_TLS_SLEB', site.name('t')).op(Op.i32Add);
  });
  site.add('user', assembler);
  return refuse(site, 'feature_missing');
}

/** A mutable global here, a constant there. */
export function badType(site: Site): boolean {
  user(site, (assembler) => assembler.global(site.name('g'), 1, true));
  user(site, (assembler) => {
    assembler.undefinedGlobal(site.name('g'), false);
    assembler.probe(site.name('probe'), (code) => code.globalGet(site.name('g')));
  });
  return refuse(site, 'symbol_type_mismatch');
}

/** A datum that nobody defines. */
export function badUndefinedData(site: Site): boolean {
  user(site, (assembler) => assembler.probe(site.name('probe'), (code) => code.address(site.name('nothing'))));
  return refuse(site, 'undefined_symbol');
}

/** A function that nobody defines, called from a function that an export needs. */
export function badUndefinedFunction(site: Site): boolean {
  user(site, (assembler) => {
    assembler.undefinedFunction(site.name('nothing'), MAPS_I32);
    assembler.func(site.name('inner'), NO_TYPE, Flag.local, (code) =>
      code.i32(1).call(site.name('nothing')).op(Op.drop),
    );
    assembler.probe(site.name('probe'), (code) => code.call(site.name('inner')).i32(1));
  });
  return refuse(site, 'undefined_symbol');
}
