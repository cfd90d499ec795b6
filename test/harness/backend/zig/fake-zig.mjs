/**
 * Stands in for a Zig compiler: gives a module in which each exported function returns the number of its program, and misbehaves at
 * programs that hold a number which says how.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const args = process.argv.slice(2);
const file = args.find((arg) => arg.endsWith('.zig'));
const source = readFileSync(file, 'utf8');
const output = args.find((arg) => arg.startsWith('-femit-bin=')).slice('-femit-bin='.length);

const has = (number) => new RegExp(`\\b${number}\\b`).test(source);
const lineOf = (number) => source.split('\n').findIndex((line) => new RegExp(`\\b${number}\\b`).test(line)) + 1;

if (has(66601)) for (;;);
if (has(66602)) process.kill(process.pid, 'SIGKILL');
if (has(66603)) process.kill(process.pid, 'SIGSEGV');
if (has(66604)) {
  console.error(`batch.zig:${lineOf(66604)}:5: error: TODO: implement 'x' for p0_n0 of 12 bits`);
  process.exit(1);
}
if (has(66605)) {
  console.error(`batch.zig:${lineOf(66605)}:5: error: expected type 'u8', found 'u9'`);
  process.exit(1);
}
if (has(66606)) {
  console.error('error: OutOfMemory');
  process.exit(1);
}

if (has(66607) || (has(66608) && !existsSync(process.env.FAKE_SEEN))) {
  if (has(66608)) writeFileSync(process.env.FAKE_SEEN, '');
  console.error('wasm-ld: cannot open cache/tmp/e7e5329cf11842bd/batch_zcu.o: No such file or directory');
  process.exit(1);
}
if (has(66609)) {
  rmSync(dirname(file), { recursive: true });
  process.exit(1);
}

const exported = [...source.matchAll(/@export\(&\w+, \.\{ \.name = "(p(\d+)_f)" \}\)/g)];
const name = (text) => [text.length, ...Buffer.from(text)];
const section = (id, bytes) => [id, ...leb(bytes.length), ...bytes];
function leb(value) {
  return value < 128 ? [value] : [(value & 127) | 128, ...leb(value >> 7)];
}
const vector = (items) => [...leb(items.length), ...items.flat()];
writeFileSync(
  output,
  Buffer.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector([[0x60, 0, 1, 0x7f]])),
    ...section(3, vector(exported.map(() => [0]))),
    ...section(5, vector([[0, 1]])),
    ...section(6, vector([[0x7f, 1, 0x41, 0, 0x0b]])),
    ...section(7, vector([...exported.map(([, full], n) => [...name(full), 0, n]), [...name('memory'), 2, 0]])),
    ...section(10, vector(exported.map(([, , n]) => [4, 0, 0x41, Number(n) & 63, 0x0b]))),
  ]),
);
