/**
 * Broken objects and archives of every origin: the linker refuses them with a message or links them to something valid.
 *
 * A bounded part of what `node dist/bench/mutate-objects.js` does; that also watches the memory of a process of its own.
 */
import { describe, expect, test } from '@jest/globals';
import { judgeLink, mutatedLink, withoutBodies } from '../../../bench/mutation/judge.ts';
import { F, handObject, K } from '../../core/link/hand-object.ts';
import { blameBodies } from '../../../bench/mutation/judge-bodies.ts';
import type { InputBody } from '../../../bench/mutation/self-contained.ts';
import { areSoundWhenShort, bodiesOf } from '../../../bench/mutation/self-contained.ts';
import { mutationSeeds } from '../../../bench/mutation/seeds.ts';
import { runLinkCommand } from '../../../core/link/link-command.ts';
import type { NamedBytes } from '../../../harness/external/c-program.ts';
import { loadLlvm } from '../../../harness/external/llvm.ts';

const llvm = await loadLlvm();
const seeds = mutationSeeds(llvm);

const CASES = 3000;
const MOST_MILLISECONDS = 2000;

describe(`mutated objects and archives${llvm === null ? ' (our own only: LLVM is not installed)' : ''}`, () => {
  test('what is mutated links before it is mutated, in full and with -r', () => {
    for (const { name, files, lookups = [], args, isRefused = false } of seeds) {
      const all = new Map([...files, ...lookups].map((file) => [file.name, file.bytes]));
      for (const way of [[], ['-r']]) {
        // An object has no memory that could be shared.
        const fitting = way.length === 0 ? args : args.filter((arg) => arg !== '--shared-memory');
        const options = [...way, '--no-entry', '--allow-undefined', ...fitting];
        const inputs = files.map((file) => file.name);
        const run = runLinkCommand([...options, ...inputs], { read: (path) => all.get(path) ?? null });
        expect({ name, exitCode: run.exitCode }).toEqual({ name, exitCode: isRefused ? 1 : 0 });
      }
    }
    expect(seeds.length).toBeGreaterThan(llvm === null ? 10 : 35);
  });

  test(`${CASES} mutations: a message or a sound output each, and none takes two seconds`, () => {
    const tally = new Map<string, number>();
    const wrong: string[] = [];
    for (let number = 0; number < CASES; number++) {
      const before = process.cpuUsage();
      const link = mutatedLink(seeds, 1, number);
      const outcome = judgeLink(link);
      // Time of the processor: the clock of a busy machine says nothing about the linker.
      const { user, system } = process.cpuUsage(before);
      const milliseconds = (user + system) / 1000;
      tally.set(outcome.kind, (tally.get(outcome.kind) ?? 0) + 1);
      if (outcome.kind === 'wrong') wrong.push(`case ${number}, ${link.seed}: ${outcome.what}`);
      if (milliseconds > MOST_MILLISECONDS) wrong.push(`case ${number}, ${link.seed}: ${milliseconds} ms`);
    }
    expect(wrong).toEqual([]);
    for (const kind of ['refused', 'valid', 'combined']) expect(tally.get(kind)).toBeGreaterThan(CASES / 40);
    // Most of them get past the reader.
    expect(tally.get('refused unread')).toBeLessThan(CASES / 2);
  });

  test('what is mutated has bodies that depend on nothing but their relocations', () => {
    let judged = 0;
    for (const { name, files, args } of seeds) {
      // The engine has no 64-bit tables.
      if (args.includes('-mwasm64')) continue;
      for (const file of files.filter(({ bytes }) => bytes[0] === 0)) {
        const bodies = bodiesOf(file.bytes);
        expect([name, file.name, bodies?.filter(({ isSound }) => !isSound).length]).toEqual([name, file.name, 0]);
        judged += bodies!.length;
      }
    }
    expect(judged).toBeGreaterThan(llvm === null ? 50 : 300);
  });

  test('the linker is blamed for a sound body that it makes invalid, and an input for one that was not sound', () => {
    const { files, args } = seeds[0]!;
    const link = (inputs: typeof files): Uint8Array<ArrayBuffer> => {
      const all = new Map(inputs.map((file) => [file.name, file.bytes]));
      const options = ['--no-entry', '--allow-undefined', ...args, ...all.keys()];
      const { files: written } = runLinkCommand(options, { read: (path) => all.get(path) ?? null });
      return Uint8Array.from(written[0]!.bytes);
    };
    const module = link(files);
    expect(WebAssembly.validate(module)).toBe(true);
    const CALL = 0x10;
    const callOf = ({ bytes, covered }: InputBody): number =>
      bytes.findIndex((byte, i) => byte === CALL && covered[i] === 0 && covered[i + 1] === 1) + 1;
    const [{ bytes: object }] = files as [NamedBytes];
    const body = bodiesOf(object)!.find((candidate) => callOf(candidate) > 0)!;
    // A call that a relocation covers gets a number that no function has.
    module.set([0xff, 0xff, 0xff, 0xff, 0x07], findMasked(module, body.bytes, body.covered) + callOf(body));
    expect(WebAssembly.validate(module)).toBe(false);
    expect(blameBodies(module, files)).toMatchObject({ kind: 'linker', what: expect.stringContaining('sound before') });
    // A byte that no relocation covers is the input's own.
    const broken = Uint8Array.from(object);
    broken[findMasked(broken, body.bytes, new Uint8Array(body.bytes.length)) + body.bytes.length - 1] = 0x1a;
    const inputs = [{ name: files[0]!.name, bytes: broken }, ...files.slice(1)];
    const made = link(inputs);
    expect(WebAssembly.validate(made)).toBe(false);
    expect(blameBodies(made, inputs)).toEqual({ kind: 'input' });
  });

  test('a relocation of what is no number is the fault of the input, also where only shorter numbers show it', () => {
    const object = (relocated: number): Uint8Array =>
      handObject({
        types: [[[], []]],
        funcs: [
          {
            type: 0,
            body: [0, relocated, 0x80, 0x80, 0x80, 0x80, 0, 0x1a, 0x0b],
            relocs: [{ at: 2, type: 7, index: 0 }],
          },
        ],
        globals: [[0x7f, 0, 0x41, 0, 0x0b]],
        symbols: [{ kind: K.global, flags: F.exported, index: 0, name: 'g' }],
      });
    const [globalGet, floatConst] = [0x23, 0x43];
    for (const bytes of [object(globalGet), object(floatConst)]) {
      expect(bodiesOf(bytes)).toMatchObject([{ isSound: true }]);
    }
    expect(areSoundWhenShort(object(globalGet))).toBe(true);
    // Four bytes of the five are the float, and the last one is an instruction.
    expect(areSoundWhenShort(object(floatConst))).toBe(false);
  });

  test('cases are a function of seeds, campaign and number', () => {
    const again = (number: number): string =>
      JSON.stringify(mutatedLink(seeds, 7, number).files.map(({ bytes }) => Buffer.from(bytes).toString('base64')));
    for (const number of [0, 1, 50]) expect(again(number)).toBe(again(number));
    expect(again(1)).not.toBe(again(2));
  });

  test('a mutation leaves the file it began with alone', () => {
    const bytesOf = (): string => JSON.stringify(seeds.map(({ files }) => files.map(({ bytes }) => checksum(bytes))));
    const before = bytesOf();
    for (let number = 0; number < 500; number++) mutatedLink(seeds, 3, number);
    expect(bytesOf()).toBe(before);
  });

  test('the judge tells bodies that nobody reads from everything else', () => {
    const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
    const types = [1, 4, 1, 0x60, 0, 0];
    const code = [10, 5, 1, 3, 0, 0x6a, 0x0b];
    const badBody = Uint8Array.from([...header, ...types, 3, 2, 1, 0, ...code]);
    expect(WebAssembly.validate(badBody)).toBe(false);
    expect(WebAssembly.validate(withoutBodies(badBody))).toBe(true);
    const badType = Uint8Array.from([...header, ...types, 3, 2, 1, 9, ...code]);
    expect(WebAssembly.validate(withoutBodies(badType))).toBe(false);
  });
});

/** Where `pattern` is, but for bytes whose mask is 1. */
function findMasked(bytes: Uint8Array, pattern: Uint8Array, mask: Uint8Array): number {
  for (let at = 0; at + pattern.length <= bytes.length; at++) {
    let same = true;
    for (let i = 0; same && i < pattern.length; i++) same = mask[i] === 1 || bytes[at + i] === pattern[i];
    if (same) return at;
  }
  throw new Error('not found');
}

function checksum(bytes: Uint8Array): number {
  let sum = 0;
  for (const byte of bytes) sum = (Math.imul(sum, 31) + byte) | 0;
  return sum;
}
