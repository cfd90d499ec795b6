/** Names of Rust: by hand for each rule of the grammar, and as LLVM's c++filt shows 320 names that rustc 1.95 made (rust-names.txt). */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { displayNames, displayText } from '../../../core/link/report/display-names.ts';
import { openDemangler } from '../../../harness/external/demangler.ts';
import { demangleRust } from '../../../harness/external/rust-demangler.ts';
import { LLVM_ABSENT, loadLlvm } from '../../../harness/external/llvm.ts';

const llvm = await loadLlvm();

describe('names of Rust', () => {
  test.each([
    ['_RNvC1a4main', 'a::main'],
    ['_RNvC1a4main.llvm.123', 'a::main (.llvm.123)'],
    ['_RNvCs1234_1a4mainC1b', 'a::main'],
    ['_RNCNvC1a1f0', 'a::f::{closure#0}'],
    ['_RNSNvC1a1fs_4name', 'a::f::{shim:name#1}'],
    ['_RMC1aINtC1a1ShE', '<a::S<u8>>'],
    ['_RNvXs_C1aNtB4_1SNtB4_1T1f', '<a::S as a::T>::f'],
    ['_RNvYNtC1a1SNtC1a1T1f', '<a::S as a::T>::f'],
    ['_RINvC1a1fRShQlPyOeE', 'a::f::<&[u8], &mut i32, *const u64, *mut str>'],
    ['_RINvC1a1fTETaETatEAhj4_E', 'a::f::<(), (i8,), (i8, u16), [u8; 4]>'],
    ['_RINvC1a1fFUKCPhOlEzE', 'a::f::<unsafe extern "C" fn(*const u8, *mut i32) -> !>'],
    ['_RINvC1a1fFK8sys_vwinEuE', 'a::f::<extern "sys-vwin" fn()>'],
    ['_RINvC1a1fFG_RL0_hEuE', "a::f::<for<'a> fn(&'a u8)>"],
    ['_RINvC1a1fDNtC1a1TNtC1a4SyncEL_E', 'a::f::<dyn a::T + a::Sync>'],
    ['_RINvC1a1fDINtC1a1TuEp3OuthEL_E', 'a::f::<dyn a::T<(), Out = u8>>'],
    ['_RINvC1a1fKb1_Kc41_Kan5_Ky0_KpE', "a::f::<true, 'A', -5, 0, _>"],
    ['_RINvC1a1fKoffffffffffffffffffff_Kc27_Kc2202_E', "a::f::<0xffffffffffffffffffff, '\\'', '\\u{2202}'>"],
    ['_RNvC1au8gdel_5qa', 'a::gödel'],
    ['_RNvC1a2_1x', 'a::1x'],
  ])('%s', (name, text) => {
    expect(demangleRust(name)).toBe(text);
  });

  test.each([
    ['is cut off', '_RNvC1a4mai'],
    ['has more behind it', '_RNvC1a1fC1bx'],
    ['is another word', '_RESOURCE'],
    ['refers to what is not before it', '_RNvB9_1f'],
    ['refers to itself', '_RNvB_1f'],
    ['has a lifetime that nothing binds', '_RINvC1a1fRL0_hE'],
    ['nests too deeply', `_RINvC1a1f${'R'.repeat(10_000)}hE`],
    ['has a number that is too great', `_RNCs${'z'.repeat(40)}_C1a1f`],
    ['has punycode that is none', '_RNvC1au3a_!'],
    ['is nothing', '_R'],
  ])('a name that %s has no meaning', (_why, name) => {
    expect(demangleRust(name)).toBeNull();
    expect(openDemangler([])(name)).toBe(name);
  });

  test('text that back references double again and again ends at 64 KiB', () => {
    let name = '_RINvC1a1fThE';
    const digits = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
    const reference = (at: number): string => {
      const value = at - 1;
      const high = Math.floor(value / 62);
      return `B${high > 0 ? digits[high]! : ''}${digits[value % 62]!}_`;
    };
    let last = name.length - 2 - 3;
    for (let i = 0; i < 40; i++) {
      const at = name.length - 2;
      name += `T${reference(last)}${reference(last)}E`;
      last = at;
    }
    expect(demangleRust(`${name}E`)).toBeNull();
  });

  test('are shown in messages and in the name section', () => {
    const show = displayNames(openDemangler([]));
    expect(show('_RNvC1a4main')).toBe('a::main');
    expect(displayText('x.o: undefined symbol: _RNvC1a4main, _RX', show)).toBe('x.o: undefined symbol: a::main, _RX');
  });

  (llvm === null ? test.skip : test)(llvm === null ? LLVM_ABSENT : 'are what LLVM says of each', () => {
    const names = readFileSync(new URL('rust-names.txt', import.meta.url), 'utf8')
      .trimEnd()
      .split('\n');
    const { stdout } = llvm!.run('c++filt', names);
    expect(names.map(openDemangler())).toEqual(stdout.trimEnd().split('\n'));
  });
});
