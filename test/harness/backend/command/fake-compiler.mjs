/**
 * Stands in for a compiler of AIR: gives a module whose exported function `f` returns the number that the program returns, and
 * misbehaves at numbers that say how. Takes SOURCE MODULE, or a list of such pairs behind `--list`.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const args = process.argv.slice(2);
const pairs =
  args[0] === '--list'
    ? readFileSync(args[1], 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => line.split('\t'))
    : [args];

for (const [source, module] of pairs) {
  const number = Number(/ret u32 (\d+)/.exec(readFileSync(source, 'utf8'))[1]);
  if (number === 66601) for (;;);
  if (number === 66602) process.kill(process.pid, 'SIGKILL');
  if (number === 66603) process.kill(process.pid, 'SIGSEGV');
  if (number === 66604) {
    console.error(`${source}:3: error: no 12-bit 'widgets' here`);
    process.exit(77);
  }
  if (number === 66605) {
    console.error('error: expected type u8');
    process.exit(1);
  }
  if (number === 66606) process.exit(0);
  if (number === 66607) writeFileSync(module, 'garbage');
  else writeFileSync(module, moduleOf(number));
}

function moduleOf(number) {
  const section = (id, bytes) => [id, bytes.length, ...bytes];
  return Buffer.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 0, 1, 0x7f]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, 1]),
    ...section(7, [2, 1, 0x66, 0, 0, 6, ...Buffer.from('memory'), 2, 0]),
    ...section(10, [1, 4, 0, 0x41, number & 63, 0x0b]),
  ]);
}
