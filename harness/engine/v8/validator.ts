/**
 * V8 as a validator: why it does not take a module, in its own words.
 */
import { asEngineTakes } from './memory64.ts';
import { uniqueModule } from './unique-module.ts';

/** Why V8 refuses `bytes`, whose addresses have `ptrBits`; null for a valid module. */
export function refusalOf(bytes: Uint8Array, ptrBits: 32 | 64 = 32): string | null {
  const form = ptrBits === 64 ? asEngineTakes(bytes) : bytes;
  if (WebAssembly.validate(form)) return null;
  try {
    const module = new WebAssembly.Module(uniqueModule(form));
    return `the validator refuses what the compiler takes (${WebAssembly.Module.exports(module).length} exports)`;
  } catch (error) {
    return (error as Error).message;
  }
}
