/**
 * `npm run bench -- compare OTHER_DIST`: processor time per case of this build against that of another build of the project.
 *
 * Each round runs both builds in processes of their own, one after the other, over the same seeds, so that a machine whose
 * speed drifts slows both. Parts: generate, codegen (with the linker's bookkeeping of it), link, the object way, interpret.
 * What is measured begins after 2,000 cases, when V8 has compiled what is hot: a worker of a campaign runs thousands more.
 * Prints the median over the rounds of each part and of the ratios. A build is used through its public doors only.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type * as Core from '../core/index.ts';
import type * as Generators from '../generators/index.ts';
import type { interpret } from '../interpreter/interpret.ts';

const ROUNDS = 5;
const WARM_UP = 2000;
const MEASURED = 2000;
const PARTS = ['generate', 'codegen', 'link', 'objects', 'interpret'] as const;
type Times = Readonly<Record<(typeof PARTS)[number], number>>;

/** Compares this build with the one in folder `other`; throws if there is none. */
export async function benchCompare(other: string, profile = 'default'): Promise<void> {
  const mine = dirname(dirname(fileURLToPath(import.meta.url)));
  const dists = { new: mine, old: resolve(other) };
  for (const dist of Object.values(dists)) {
    if (!existsSync(join(dist, 'core/index.js'))) throw new Error(`${dist} holds no built core/index.js`);
  }
  const [mineVersion, otherVersion] = [await generatorOf(dists.new), await generatorOf(dists.old)];
  if (mineVersion !== otherVersion) {
    console.log(
      `the builds draw other programs (generators ${otherVersion} and ${mineVersion}): the ratios say nothing of their speed`,
    );
  }
  const rounds = Array.from({ length: ROUNDS }, () => ({
    new: measureApart(dists.new, profile),
    old: measureApart(dists.old, profile),
  }));
  console.log(`profile ${profile}, ${MEASURED} cases, ${ROUNDS} rounds, ms of processor time per case`);
  console.log(`${'part'.padEnd(28)}${'old'.padStart(8)}${'new'.padStart(8)}${'new/old'.padStart(9)}`);
  const row = (name: string, of: (times: Times) => number): void => {
    const [older, newer] = [median(rounds.map((one) => of(one.old))), median(rounds.map((one) => of(one.new)))];
    const ratio = median(rounds.map((one) => of(one.new) / of(one.old)));
    const cells = [older.toFixed(3).padStart(8), newer.toFixed(3).padStart(8), ratio.toFixed(3).padStart(9)];
    console.log(`${name.padEnd(28)}${cells.join('')}`);
  };
  for (const part of PARTS) row(part, (times) => times[part]);
  row('generate + codegen + link', ({ generate, codegen, link }) => generate + codegen + link);
  row('all', (times) => PARTS.reduce((sum, part) => sum + times[part], 0));
}

async function generatorOf(dist: string): Promise<number> {
  const { GENERATOR_VERSION } = (await import(
    pathToFileURL(join(dist, 'generators/index.js')).href
  )) as typeof Generators;
  return GENERATOR_VERSION;
}

function measureApart(dist: string, profile: string): Times {
  const self = fileURLToPath(import.meta.url);
  const child = spawnSync(process.execPath, [self, dist, profile], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (child.status !== 0) throw new Error(`the build in ${dist} could not be measured`);
  return JSON.parse(child.stdout) as Times;
}

async function measure(dist: string, profile: string): Promise<Times> {
  const load = (path: string): Promise<unknown> => import(pathToFileURL(join(dist, path)).href);
  const core = (await load('core/index.js')) as typeof Core;
  const generators = (await load('generators/index.js')) as typeof Generators;
  const { interpret: run } = (await load('interpreter/interpret.js')) as { interpret: typeof interpret };
  const generate = generators.caseGenerator(profile)!;
  const spent = Object.fromEntries(PARTS.map((part) => [part, 0])) as Record<(typeof PARTS)[number], number>;
  for (let seed = 1; seed <= WARM_UP + MEASURED; seed++) {
    const timed = <T>(part: (typeof PARTS)[number], body: () => T): T => {
      const before = process.cpuUsage();
      const value = body();
      const { user, system } = process.cpuUsage(before);
      if (seed > WARM_UP) spent[part] += (user + system) / 1000 / MEASURED;
      return value;
    };
    const { unit, settings, calls, plan } = timed('generate', () => generate(seed));
    timed('interpret', () => run(unit, calls));
    const open = timed('codegen', () => core.openCompilation(unit, settings));
    if (!open.ok) throw new Error(`seed ${seed} is refused`);
    timed('link', () => open.value.flush());
    timed('objects', () => {
      const parts = plan.parts.map((navs) =>
        core.compileObject(unit, settings, { defines: new Set(navs), shared: true }),
      );
      const inputs = plan.order.flatMap((n) => {
        const part = parts[n]!;
        return part.ok ? [{ name: `${n}.o`, bytes: part.value }] : [];
      });
      if (inputs.length > 0) core.linkObjects(inputs, settings);
    });
  }
  return spent;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(JSON.stringify(await measure(process.argv[2]!, process.argv[3]!)));
}
