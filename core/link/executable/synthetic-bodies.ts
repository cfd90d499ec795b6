/**
 * Bodies of the functions that the linker makes: stubs, constructor calls, initialisation of memory and of threads.
 *
 * Owns their instructions (tool-conventions, "Linking"; the protocol of shared memory: a flag word that is 0 untouched, 1
 * being initialised, 2 done). All numbers are final. Addresses are constants of the width of the memory.
 */
import { unreachable } from '../../support/assert.ts';
import type { ByteWriter } from '../../wasm/byte-writer.ts';
import { EMPTY_BLOCK, ValType } from '../../wasm/kinds.ts';
import { ATOMIC_OP, MISC_OP, OP } from '../../wasm/opcodes.ts';
import type { OutIndex } from '../input/index-spaces.ts';
import type { Group } from '../layout/group-segments.ts';
import { extraOf, TLS_BASE } from '../symbols/numbered-symbols.ts';
import type { FuncId } from '../symbols/targets.ts';
import type { Indexed } from './indexed.ts';
import { funcIndexOf, globalIndexOf, signatureOfDefined } from './indexed.ts';
import type { Wrapper } from './synthesize.ts';

/** Body of a function that no input has. */
export function syntheticBody(out: ByteWriter, indexed: Indexed, id: FuncId): void {
  const { role } = extraOf(indexed.placed.live.symbols, id)!;
  // No locals of its own.
  out.u8(0);
  switch (role) {
    case 'undefined_weak':
    case 'undefined':
    case 'signature_mismatch':
      out.u8(OP.unreachable);
      break;
    case 'synthetic': {
      const { synthetics } = indexed;
      if (id === synthetics.callCtors) callCtors(out, indexed);
      else if (id === synthetics.initMemory) initMemory(out, indexed);
      else if (id === synthetics.initTls) initTls(out, indexed);
      else if (id === synthetics.applyTls) applyGlobalTls(out, indexed);
      break;
    }
    case 'import':
      break;
    default:
      unreachable(role, 'function without a body');
  }
  out.u8(OP.end);
}

/** Constructors, then the function with its parameters, then the end of the command; the results are those of the function. */
export function wrapperBody(out: ByteWriter, indexed: Indexed, wrapper: Wrapper): void {
  const { synthetics, placed } = indexed;
  const { callDtors } = placed.live;
  const signature = signatureOfDefined(indexed, wrapper.target);
  out.u8(0);
  call(out, funcIndexOf(indexed, synthetics.callCtors));
  for (let i = 0; i < signature.indexOf('>'); i++) {
    out.u8(OP.local_get);
    out.uleb(i);
  }
  call(out, funcIndexOf(indexed, wrapper.target));
  if (callDtors >= 0) call(out, funcIndexOf(indexed, callDtors));
  out.u8(OP.end);
}

function callCtors(out: ByteWriter, indexed: Indexed): void {
  for (const id of indexed.placed.live.initFuncs) {
    call(out, funcIndexOf(indexed, id));
    // It may be an import.
    const signature = extraOf(indexed.placed.live.symbols, id)?.signature ?? signatureOfDefined(indexed, id);
    for (let i = signature.indexOf('>') + 1; i < signature.length; i++) out.u8(OP.drop);
  }
}

function call(out: ByteWriter, index: OutIndex<'function'>): void {
  out.u8(OP.call);
  out.uleb(index);
}

function i32Const(out: ByteWriter, value: number): void {
  out.u8(OP.i32_const);
  out.sleb(value);
}

function addressConst(out: ByteWriter, value: number, is64: boolean): void {
  if (!is64) {
    i32Const(out, value);
    return;
  }
  out.u8(OP.i64_const);
  out.sleb64(value | 0, Math.floor(value / 0x1_0000_0000));
}

function setTlsBase(out: ByteWriter, indexed: Indexed): void {
  out.u8(OP.global_set);
  out.uleb(globalIndexOf(indexed, TLS_BASE));
}

// --- memory ---

function initMemory(out: ByteWriter, indexed: Indexed): void {
  const { memory, live, groups } = indexed.placed;
  const { is64 } = live.symbols.table;
  if (memory.initFlag === null) {
    copyGroups(out, indexed);
    dropGroups(out, groups);
    return;
  }
  const flag = memory.initFlag;
  const block = (): void => {
    out.u8(OP.block);
    out.u8(EMPTY_BLOCK);
  };
  block();
  block();
  block();
  addressConst(out, flag, is64);
  i32Const(out, 0);
  i32Const(out, 1);
  atomic(out, ATOMIC_OP.i32_atomic_rmw_cmpxchg);
  // Untouched: the innermost block ends where the winner begins. Being initialised: wait. Done: nothing to do.
  out.u8(OP.br_table);
  out.append(Uint8Array.of(2, 0, 1, 2));
  out.u8(OP.end);
  copyGroups(out, indexed);
  addressConst(out, flag, is64);
  i32Const(out, 2);
  atomic(out, ATOMIC_OP.i32_atomic_store);
  addressConst(out, flag, is64);
  i32Const(out, -1);
  atomic(out, ATOMIC_OP.memory_atomic_notify);
  out.u8(OP.drop);
  out.u8(OP.br);
  out.uleb(1);
  out.u8(OP.end);
  addressConst(out, flag, is64);
  i32Const(out, 1);
  out.u8(OP.i64_const);
  out.sleb64(-1, -1);
  atomic(out, ATOMIC_OP.memory_atomic_wait32);
  out.u8(OP.drop);
  out.u8(OP.end);
  dropGroups(out, groups);
}

/** An atomic access of an aligned word without an offset. */
function atomic(out: ByteWriter, op: number): void {
  out.u8(OP.prefix_atomics);
  out.uleb(op);
  out.u8(2);
  out.u8(0);
}

function copyGroups(out: ByteWriter, indexed: Indexed): void {
  const { live, groups, memory } = indexed.placed;
  const { is64 } = live.symbols.table;
  let entry = 0;
  for (const group of groups) {
    const size = group.end - group.start;
    if (group.passive) {
      if (group.isTls && memory.initFlag !== null && globalIndexOf(indexed, TLS_BASE) >= 0) {
        addressConst(out, group.start, is64);
        setTlsBase(out, indexed);
      }
      addressConst(out, group.start, is64);
      i32Const(out, 0);
      if (group.isCleared) {
        addressConst(out, size, is64);
        out.u8(OP.prefix_misc);
        out.uleb(MISC_OP.memory_fill);
        out.u8(0);
      } else {
        i32Const(out, size);
        out.u8(OP.prefix_misc);
        out.uleb(MISC_OP.memory_init);
        out.uleb(entry);
        out.u8(0);
      }
    }
    if (!group.isCleared) entry++;
  }
  // The first thread's block is in place now, so its globals can hold addresses of it.
  const { applyTls } = indexed.synthetics;
  if (memory.initFlag !== null && applyTls >= 0) call(out, funcIndexOf(indexed, applyTls));
}

/** Every thread copies the thread-local group, so it stays. */
function dropGroups(out: ByteWriter, groups: readonly Group[]): void {
  let entry = 0;
  for (const group of groups) {
    if (group.isCleared) continue;
    if (group.passive && !group.isTls) {
      out.u8(OP.prefix_misc);
      out.uleb(MISC_OP.data_drop);
      out.uleb(entry);
    }
    entry++;
  }
}

// --- threads ---

function initTls(out: ByteWriter, indexed: Indexed): void {
  const { groups, memory } = indexed.placed;
  const entries = groups.filter((group) => !group.isCleared);
  const entry = entries.findIndex((group) => group.isTls && group.passive);
  if (entry < 0 || memory.tls === null) return;
  out.u8(OP.local_get);
  out.uleb(0);
  setTlsBase(out, indexed);
  if (memory.tls.size > 0) {
    out.u8(OP.local_get);
    out.uleb(0);
    i32Const(out, 0);
    i32Const(out, memory.tls.size);
    out.u8(OP.prefix_misc);
    out.uleb(MISC_OP.memory_init);
    out.uleb(entry);
    out.u8(0);
  }
  const { applyTls } = indexed.synthetics;
  if (applyTls >= 0) call(out, funcIndexOf(indexed, applyTls));
}

/** Globals that hold addresses of thread-local data: base of the thread plus their place in the block. */
function applyGlobalTls(out: ByteWriter, indexed: Indexed): void {
  const { addressGlobals } = indexed.placed.live;
  addressGlobals.forEach(({ isTls }, i) => {
    if (!isTls) return;
    const { valType, value } = indexed.synthetics.addressGlobals[i]!;
    const is64 = valType === ValType.i64;
    out.u8(OP.global_get);
    out.uleb(globalIndexOf(indexed, TLS_BASE));
    addressConst(out, value, is64);
    out.u8(is64 ? OP.i64_add : OP.i32_add);
    out.u8(OP.global_set);
    out.uleb(indexed.addressGlobalBase + i);
  });
}
