/**
 * A command as a back end: what its exit codes mean, and that whatever one program brings about costs that program alone.
 */
import { describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import type { Unit } from '../../../../core/index.ts';
import { parseUnit } from '../../../../core/index.ts';
import { loadLanguage } from '../../../../harness/backend/command/languages.ts';
import { runCommand } from '../../../../harness/backend/command/run-command.ts';

const FAKE = [process.execPath, join(import.meta.dirname, 'fake-compiler.mjs')];
const LIMITS = { processor: 1, clock: 120, memory: 2 ** 40 };
const language = await loadLanguage('air');
const commandOf = (...words: string[]) => ({ words: [...FAKE, ...words], language, folder: '/', limits: LIMITS });

function program(number: number): Unit {
  const parsed = parseUnit(`export fn @f() u32 {\n  ret u32 ${number}\n}\n`);
  if (!parsed.ok) throw new Error(parsed.diagnostics[0]!.message);
  return parsed.unit;
}

function result(answer: { readonly kind: string; readonly bytes?: Uint8Array }): string | number {
  if (answer.bytes === undefined) return answer.kind;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(answer.bytes)));
  return (exports['f'] as () => number)();
}

const FATES = [
  ['that does not end', 66601, { kind: 'crashed', message: 'it does not end' }],
  ['that is killed', 66602, { kind: 'unsupported', what: 'command ended from outside: SIGKILL' }],
  ['that breaks', 66603, { kind: 'crashed', message: 'SIGSEGV' }],
  ['that lacks something', 66604, { kind: 'unsupported', what: 'no N-bit … here' }],
  ['that refuses a program', 66605, { kind: 'refused', code: 'expected-type' }],
  ['that writes no module', 66606, { kind: 'refused', code: 'it-ended-with-and-wrote-no' }],
] as const;

describe('a command that gets one program at a time', () => {
  test.each(FATES)('and %s loses that one', async (_, number, fate) => {
    const answers = await runCommand([1, number, 3].map(program), commandOf('{source}', '{module}'));
    expect(answers[1]).toMatchObject(fate);
    expect([answers[0]!, answers[2]!].map(result)).toEqual([1, 3]);
  });
});

test('a command that gets a list of programs loses those that are at fault', async () => {
  const numbers = [1, 66603, 3, 66604, 5, 66606];
  const answers = await runCommand(numbers.map(program), commandOf('--list', '{list}'));
  expect(answers.map(result)).toEqual([1, 'crashed', 3, 'unsupported', 5, 'refused']);
});

test('what is no module goes to the engine, which says so', async () => {
  const [answer] = await runCommand([program(66607)], commandOf('{source}', '{module}'));
  expect(answer).toEqual({ kind: 'built', bytes: new Uint8Array(Buffer.from('garbage')) });
  // wabt reads all of the memory that the bytes lie in.
  expect((answer as { readonly bytes: Uint8Array }).bytes.buffer.byteLength).toBe(7);
});

test('a command that does not start is no finding', async () => {
  const command = { ...commandOf(), words: ['/no/such/compiler', '{source}', '{module}'] };
  await expect(runCommand([program(1)], command)).rejects.toThrow(/\/no\/such\/compiler does not start/);
});
