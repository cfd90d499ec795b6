/**
 * From `--engines` to engines: names and module files, with commas between them. The first runs what every check runs.
 *
 * A module exports `engine` (see door.ts). V8 of this process has the name `v8`; those in processes of their own are in
 * process/families.ts, which is loaded only where one of them is named.
 */
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { HarnessError, InputError } from '../model/failure.ts';
import { messageOf } from '../model/files.ts';
import type { Engine } from './door.ts';
import { V8_ENGINE } from './v8/v8-engine.ts';

/** The engines of `spec`, at least one. */
export async function loadEngines(spec: string): Promise<[Engine, ...Engine[]]> {
  const engines: Engine[] = [];
  for (const word of spec.split(',').map((part) => part.trim())) {
    const engine = word === V8_ENGINE.name ? V8_ENGINE : ((await loadProcess(word)) ?? (await loadEngine(word)));
    if (engines.some(({ name }) => name === engine.name)) {
      throw new InputError(`--engines ${spec}: two engines have the name '${engine.name}'`);
    }
    engines.push(engine);
  }
  return engines as [Engine, ...Engine[]];
}

async function knownNames(): Promise<string> {
  const { engineNames } = await import('./process/families.ts');
  return [V8_ENGINE.name, ...engineNames()].join(', ');
}

/** The engine called `word` that runs in a process of its own, or null. What belongs to them is loaded where one is named. */
async function loadProcess(word: string): Promise<Engine | null> {
  if (!/^[a-z]+(-[a-z]+)?$/.test(word)) return null;
  const [{ findByName }, { processEngine }, { meaningsOf }] = await Promise.all([
    import('./process/families.ts'),
    import('./process/process-engine.ts'),
    import('./process/meanings.ts'),
  ]);
  const found = findByName(word);
  if (found === null) return null;
  const { family, flags } = found;
  const installed = family.find();
  if (installed === null) {
    throw new InputError(`the engine ${word} (${family.what}) is not installed; '${family.install}' installs it`);
  }
  const command = family.command(installed, flags);
  return processEngine({ name: word, command, meaningOf: meaningsOf(family.errors), install: family.install });
}

async function loadEngine(word: string): Promise<Engine> {
  const path = resolve(word);
  if (!existsSync(path) || !statSync(path).isFile()) {
    throw new InputError(`no engine '${word}': neither the name of one (${await knownNames()}) nor a module file`);
  }
  let module: { readonly engine?: Engine };
  try {
    module = (await import(pathToFileURL(path).href)) as typeof module;
  } catch (error) {
    throw new HarnessError(`the engine in ${word} cannot be loaded: ${messageOf(error)}`);
  }
  const { engine } = module;
  if (engine === undefined || typeof engine.name !== 'string' || typeof engine.run !== 'function') {
    throw new InputError(`${word} exports no 'engine' with a name and a function run (docs/your-back-end.md)`);
  }
  return engine;
}
