/**
 * Globals that hold addresses, as position-independent code wants them: those the linker makes, and those of the host.
 *
 * Owns their list and the way from a symbol to its global. What the host defines and a loader will find
 * (`--unresolved-symbols=import-dynamic`) is an imported global of module `GOT.mem` or `GOT.func`; everything else has a
 * global of the output (tool-conventions DynamicLinking.md).
 */
import { SymbolKind } from '../../wasm/kinds.ts';
import type { NumberedSymbols } from './numbered-symbols.ts';
import { firstGlobalImport } from './numbered-symbols.ts';
import type { FuncId, GlobalId, Target } from './targets.ts';
import { hostGlobalOf } from './targets.ts';

/** A global of the output that holds the address of a datum, or the slot of a function. */
export interface AddressGlobal {
  readonly kind: typeof SymbolKind.function | typeof SymbolKind.data;
  readonly name: string;
  readonly target: Target;
  readonly offset: number;
  /** The datum is thread-local. */
  readonly isTls: boolean;
}

/** Key of an address global. */
export function addressGlobalKey(kind: number, target: Target, offset: number): string {
  return `${kind} ${target} ${offset}`;
}

/**
 * The imported global that holds the address of something of the host; -1 for everything else. `kind` is the SymbolKind of
 * what `target` stands for.
 */
export function hostAddressGlobal(symbols: NumberedSymbols, kind: number, target: Target): GlobalId {
  const host = hostGlobalOf(target);
  if (host >= 0) return (firstGlobalImport(symbols) + host) as GlobalId;
  return kind === SymbolKind.function ? (symbols.hostFuncs.get(target as FuncId) ?? NONE) : NONE;
}

const NONE = -1 as GlobalId;
