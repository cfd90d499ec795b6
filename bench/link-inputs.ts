/**
 * The inputs of the link bench: two programs against wasi-libc, and a synthetic set of objects of any size.
 *
 * A synthetic object is one that clang made of a C++ source, under new names: the numbers in its symbols are replaced in
 * place, so that it defines functions of its own, calls those of the next object, and shares inline functions (COMDATs),
 * strings and templates with all others. Every object is reached; about a fifth of its functions is not.
 */
import type { NamedBytes } from '../harness/external/c-program.ts';
import { commandInputs } from '../harness/external/c-program.ts';
import type { Llvm } from '../harness/external/llvm.ts';
import { HarnessError } from '../harness/model/failure.ts';

/** A link to be timed. */
export interface LinkInput {
  readonly name: string;
  readonly files: readonly NamedBytes[];
  readonly args: readonly string[];
  /** The output is a WASI command that can be run and compared. */
  readonly runs: boolean;
}

const HELLO = `
  #include <stdio.h>
  int main(void) { printf("hello, %s: %d\\n", "world", 42); return 0; }`;

const STREAMS = `
  #include <algorithm>
  #include <iostream>
  #include <map>
  #include <sstream>
  #include <string>
  #include <vector>
  int main() {
    std::map<std::string, std::vector<int>> words;
    std::istringstream text("the quick brown fox jumps over the lazy dog and the cat");
    std::string word;
    for (int i = 0; text >> word; i++) words[word].push_back(i);
    for (auto &[name, places] : words) {
      std::sort(places.rbegin(), places.rend());
      std::cout << name << ' ' << places.size() << ' ' << places.front() << std::endl;
    }
  }`;

/** `printf` of a line against libc. */
export function helloInput(llvm: Llvm): LinkInput {
  const files = commandInputs(llvm, 'c', [compile(llvm, 'hello.c', HELLO, ['-O1'])]);
  return { name: 'wasi-libc hello', files, args: [], runs: true };
}

/** Streams, strings and containers against libc++. */
export function streamsInput(llvm: Llvm): LinkInput {
  const files = commandInputs(llvm, 'c++', [compile(llvm, 'streams.cpp', STREAMS, ['-O1', '-fno-exceptions'])]);
  return { name: 'C++ iostream', files, args: [], runs: true };
}

const UNIT_DIGITS = 5;
/** Stand for the number of an object and for that of the next one. */
const OWN = 'Q'.repeat(UNIT_DIGITS);
const NEXT = 'R'.repeat(UNIT_DIGITS);
const FUNCTIONS = 12;
const VARIANTS = 4;

/** Objects that take `count` numbers, of about 25 KB each, and a start function. */
export function syntheticInput(llvm: Llvm, count: number): LinkInput {
  const templates = Array.from({ length: VARIANTS }, (_, variant) => {
    const { bytes } = compile(llvm, 'unit.cpp', unitSource(variant), ['-O1', '-fno-exceptions', '-fno-rtti', '-g1']);
    return { bytes, own: placesOf(bytes, OWN), next: placesOf(bytes, NEXT) };
  });
  const main = `extern "C" int f_${numberOf(0)}_0(int); extern "C" void _start() { f_${numberOf(0)}_0(1); }`;
  const files = [compile(llvm, 'main.cpp', main, ['-O1'])];
  for (let unit = 0; unit < count; unit++) {
    const { bytes, own, next } = templates[unit % VARIANTS]!;
    const copy = new Uint8Array(bytes);
    write(copy, own, numberOf(unit));
    write(copy, next, numberOf((unit + 1) % count));
    files.push({ name: `unit${numberOf(unit)}.o`, bytes: copy });
  }
  return { name: `${count} objects`, files, args: [], runs: false };
}

function unitSource(variant: number): string {
  const lines = [
    'template <int N> struct Step { int value; virtual int go(int x) { return x * N + value; } virtual ~Step() {} };',
    'extern "C" void *memcpy(void *, const void *, unsigned long);',
    'void operator delete(void *, unsigned long) noexcept;',
    'inline void operator delete(void *, unsigned long) noexcept {}',
    `extern "C" int table_${NEXT}[64]; int table_${OWN}[64] = { 1, 2, 3, ${variant} };`,
    `extern "C" const char *name_${NEXT}; const char *name_${OWN} = "the name of a unit, ${variant}";`,
  ];
  for (let f = 0; f < FUNCTIONS; f++)
    lines.push(`extern "C" int f_${NEXT}_${f}(int); extern "C" int f_${OWN}_${f}(int);`);
  for (let f = 0; f < FUNCTIONS; f++) {
    const isDead = f % 5 === 4;
    const callee = (f + 1) % FUNCTIONS;
    const next = callee % 5 === 4 ? callee + 1 : callee;
    lines.push(
      `extern "C" __attribute__((noinline)) int f_${OWN}_${f}(int x) {`,
      `  static int calls_${OWN}; static const char *const text[] = { "line ${f} of unit ${variant}", "line ${f}", name_${OWN} };`,
      `  Step<${f}> step; step.value = x + ++calls_${OWN}; Step<${f}> *volatile at = &step;`,
      `  for (int i = 0; i < 9; i++) { x += at->go(i) ^ table_${OWN}[(x + i) & 63]; table_${NEXT}[i & 63] += text[i % 3][0]; }`,
      `  if (x & 1) x += f_${OWN}_${next % FUNCTIONS}(x - 1);`,
      isDead ? '' : `  if (x & 2) x -= f_${NEXT}_${f}(x >> 1);`,
      `  switch (x & 7) { case 0: return x; case 1: return x * 3; case 2: x ^= 0x1234; break; case 5: x >>= 3; break; case 6: return name_${NEXT}[1]; }`,
      '  return x * 5 + calls_' + OWN + ';',
      '}',
    );
  }
  return lines.join('\n').replaceAll(/^int table_|^const char \*name_/gm, (text) => `extern "C" ${text}`);
}

function compile(llvm: Llvm, unit: string, source: string, flags: readonly string[]): NamedBytes {
  const tool = unit.endsWith('.c') ? 'clang' : 'clang++';
  const name = `${unit}.o`;
  const run = llvm.run(tool, ['-w', ...flags, '-c', unit, '-o', name], { [unit]: source });
  const bytes = run.files.get(name);
  if (run.exitCode !== 0 || bytes === undefined) throw new HarnessError(`${tool} refused ${unit}:\\n${run.stderr}`);
  return { name, bytes };
}

function numberOf(unit: number): string {
  return String(unit).padStart(UNIT_DIGITS, '0');
}

function placesOf(bytes: Uint8Array, text: string): number[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const places: number[] = [];
  for (let at = buffer.indexOf(text); at >= 0; at = buffer.indexOf(text, at + text.length)) places.push(at);
  return places;
}

function write(bytes: Uint8Array, places: readonly number[], text: string): void {
  for (const place of places) for (let i = 0; i < text.length; i++) bytes[place + i] = text.charCodeAt(i);
}
