/** The bounds of core/runtime/routine-stack.ts against the frames of all routines, along their calls. */
import { expect, test } from '@jest/globals';
import type { NavIndex } from '../../../core/index.ts';
import { compileRuntimeFunctions, parseUnit } from '../../../core/index.ts';
import { INTRINSICS } from '../../../core/mir/intrinsics.ts';
import { NAV_WORDS } from '../../../core/mir/mir.ts';
import { routineStack } from '../../../core/runtime/routine-stack.ts';
import { RUNTIME_FAMILIES } from '../../../core/runtime/source.ts';

interface Frame {
  readonly bytes: number;
  readonly callees: readonly string[];
}

function framesOf(ptrBits: 32 | 64): Map<string, Frame> {
  const frames = new Map<string, Frame>();
  for (const family of RUNTIME_FAMILIES) {
    const parsed = parseUnit(family.source(), { target: { ptrBits } });
    if (!parsed.ok) throw new Error(family.name);
    const nameOf = (nav: number): string => parsed.unit.navs[nav as NavIndex]!.name;
    for (const { name, mir } of compileRuntimeFunctions(ptrBits, new Set(family.defines()))) {
      const { stackSize, stackAlignLog2 } = mir.prologue;
      const navs = Array.from({ length: mir.navs.length / NAV_WORDS }, (_, n) => nameOf(mir.navs[n * NAV_WORDS]!));
      const intrinsics = [...mir.intrinsics].map((n) => INTRINSICS[n]!.name);
      // A frame may begin as many bytes lower as its alignment asks for.
      const bytes = stackSize === 0 ? 0 : stackSize + 2 ** stackAlignLog2;
      frames.set(name, { bytes, callees: [...navs, ...intrinsics] });
    }
  }
  return frames;
}

/** Bytes of `name` and the deepest of what it calls. No routine calls itself. */
function depthOf(frames: ReadonlyMap<string, Frame>, name: string, above: readonly string[] = []): number {
  if (above.includes(name)) throw new Error(`${name} calls itself`);
  const frame = frames.get(name);
  if (frame === undefined) return 0;
  return frame.bytes + Math.max(0, ...frame.callees.map((callee) => depthOf(frames, callee, [...above, name])));
}

const ELEMENTARY = ['sin', 'cos', 'tan', 'exp', 'exp2', 'log', 'log2', 'log10'];
const SPELLINGS = ELEMENTARY.flatMap((name) => [name, `${name}f`, `${name}q`, `__${name}h`, `__${name}x`]);

function stackOf(instruction: string): number {
  const parsed = parseUnit(`fn @f(f64) f64 {\n  %0 = arg f64 0\n  %1 = ${instruction} %0\n  ret %1\n}\n`);
  if (!parsed.ok) throw new Error(instruction);
  return routineStack(parsed.unit);
}

test.each([32, 64] as const)('no routine takes more stack than is said, with %d-bit addresses', (ptrBits) => {
  const frames = framesOf(ptrBits);
  const called = RUNTIME_FAMILIES.flatMap((family) => family.defines());
  const elementary = called.filter((name) => SPELLINGS.includes(name));
  const others = called.filter((name) => !SPELLINGS.includes(name));
  expect(elementary).toHaveLength(SPELLINGS.length);
  const deepest = (names: readonly string[]): number => Math.max(...names.map((name) => depthOf(frames, name)));
  expect(deepest(elementary)).toBeGreaterThan(stackOf('sqrt'));
  expect(deepest(elementary)).toBeLessThanOrEqual(stackOf('log'));
  expect(deepest(others)).toBeGreaterThan(100);
  expect(deepest(others)).toBeLessThanOrEqual(stackOf('sqrt'));
});

test.each(ELEMENTARY)('%s is an elementary function', (name) => {
  expect(stackOf(name)).toBe(1024);
  expect(stackOf('neg')).toBe(256);
});
