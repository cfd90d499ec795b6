/**
 * From `--engines` to engines: names and module files, with commas between them. The first runs what every check runs.
 *
 * A module exports `engine` (see door.ts). V8 of this process has the name `v8`.
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
    const engine = word === V8_ENGINE.name ? V8_ENGINE : await loadEngine(word);
    if (engines.some(({ name }) => name === engine.name)) {
      throw new InputError(`--engines ${spec}: two engines have the name '${engine.name}'`);
    }
    engines.push(engine);
  }
  return engines as [Engine, ...Engine[]];
}

async function loadEngine(word: string): Promise<Engine> {
  const path = resolve(word);
  if (!existsSync(path) || !statSync(path).isFile()) {
    throw new InputError(`no engine '${word}': neither the name of one (${V8_ENGINE.name}) nor a module file`);
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
