/** Defects of engines that nobody here wrote (docs/found.md): which Node has them. */
import { describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../harness/cli/run-harness.ts';
import { MISSING, NODES } from './installed-nodes.ts';

const WAIT = join(ROOT, 'corpus/outside/v8-11.3/parameter-after-wait.mjs');

describe('a parameter over a memory.atomic.wait32 that waits', () => {
  for (const major of MISSING) test.skip(`Node ${major} is not installed`, () => undefined);

  test.each(NODES.map((node) => [node.major, node.path] as const))('in Node %i', (major, path) => {
    const given = (...flags: string[]): string => spawnSync(path, [...flags, WAIT], { encoding: 'utf8' }).stdout.trim();
    expect(given()).toBe(major === 20 ? '0' : '88');
    expect(given('--no-liftoff')).toBe('88');
  });
});
