/**
 * Code generation alone: functions per second of processor time, and bytes of code per AIR instruction, without and with peepholes.
 *
 * The programs are those of a campaign; each of their functions is compiled to MIR, and each program to an executable for its size.
 * What the linker adds is part of the bytes, as it is of what is shipped.
 */
import type { NavIndex, Settings, Unit } from '../core/index.ts';
import { ALL_PEEPHOLES, compileExe, compileFunction, DEFAULT_SETTINGS } from '../core/index.ts';
import { generatorOf } from '../harness/case/generate.ts';
import { codeSize } from './code-size.ts';

const PROGRAMS = 300;
/** Times that everything is compiled: once to warm up, then the least time counts. */
const ROUNDS = 4;

/** Prints the figures for programs of `profile`. */
export function benchCodegen(profile: string): void {
  const generate = generatorOf(profile, null);
  // A program that asks for more than the default settings give is not counted.
  const units = Array.from({ length: PROGRAMS }, (_, seed) => generate(seed).unit).filter(
    (unit) => compileExe(unit, DEFAULT_SETTINGS).ok,
  );
  const instructions = units.reduce((sum, unit) => sum + countInstructions(unit), 0);
  console.log(`codegen alone, ${units.length} programs, ${instructions} AIR instructions`);
  for (const [name, settings] of [
    ['without peepholes', DEFAULT_SETTINGS],
    ['with peepholes', { ...DEFAULT_SETTINGS, ...ALL_PEEPHOLES }],
  ] as const) {
    const { functions, seconds } = timeCodegen(units, settings);
    const bytes = units.reduce((sum, unit) => sum + sizeOf(unit, settings), 0);
    const rate = `${(functions / seconds).toFixed(0).padStart(8)} functions per second of processor time`;
    console.log(
      `  ${name.padEnd(18)}${rate}${(bytes / instructions).toFixed(2).padStart(8)} bytes per AIR instruction`,
    );
  }
}

function countInstructions({ navs }: Unit): number {
  return navs.reduce((sum, { body }) => sum + (body === null ? 0 : body.length), 0);
}

function timeCodegen(units: readonly Unit[], settings: Settings): { functions: number; seconds: number } {
  let seconds = Infinity;
  let functions = 0;
  for (let round = 0; round < ROUNDS; round++) {
    functions = 0;
    const before = process.cpuUsage();
    for (const unit of units) {
      unit.navs.forEach((nav, n) => {
        if (nav.kind !== 'func') return;
        compileFunction(unit, n as NavIndex, settings);
        functions++;
      });
    }
    const { user, system } = process.cpuUsage(before);
    if (round > 0) seconds = Math.min(seconds, (user + system) / 1e6);
  }
  return { functions, seconds };
}

function sizeOf(unit: Unit, settings: Settings): number {
  const compiled = compileExe(unit, settings);
  return compiled.ok ? codeSize(compiled.value) : 0;
}
