/**
 * Globals that hold addresses, as position-independent code wants them: those the linker makes, and those of the host.
 *
 * Owns their list and the way from a symbol to its global. What the host defines and a loader will find
 * (`--unresolved-symbols=import-dynamic`) is an imported global of module `GOT.mem` or `GOT.func`; everything else has a
 * global of the output (tool-conventions DynamicLinking.md).
 */
import { SymbolKind } from '../../wasm/kinds.ts';
import { FIXED_GLOBALS, Target } from './linker-symbols.ts';
import type { NumberedSymbols } from './number-symbols.ts';

/** A global of the output that holds the address of a datum, or the slot of a function. */
export interface AddressGlobal {
  readonly kind: typeof SymbolKind.function | typeof SymbolKind.data;
  readonly name: string;
  /** FuncId, or DataId or a Target value. */
  readonly target: number;
  readonly offset: number;
  /** The datum is thread-local. */
  readonly isTls: boolean;
}

/** Key of an address global. */
export function addressGlobalKey(kind: number, target: number, offset: number): string {
  return `${kind} ${target} ${offset}`;
}

/**
 * GlobalId of the imported global that holds the address of something of the host; -1 for everything else. `kind` is the
 * SymbolKind of what `target` stands for.
 */
export function hostAddressGlobal({ globals, hostFuncs }: NumberedSymbols, kind: number, target: number): number {
  if (target <= Target.host) return FIXED_GLOBALS.length + globals.length + (Target.host - target);
  return kind === SymbolKind.function ? (hostFuncs.get(target) ?? -1) : -1;
}
