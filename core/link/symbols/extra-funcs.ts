/**
 * Functions that no input defines: imports of the host, stubs that trap, and what the linker makes.
 *
 * Owns their list while symbols are numbered; a number is a place in it. Invariant: the list grows in order of first use, so
 * numbers are the same for equal inputs.
 */
import type { SignatureKey } from '../input/object-file.ts';
import type { ExtraFunc } from './numbered-symbols.ts';
import type { SyntheticName } from './provided-symbols.ts';
import { syntheticSignature } from './provided-symbols.ts';
import type { FuncId, Target } from './targets.ts';

/** Why a function is a stub. */
export type StubRole = Exclude<ExtraFunc['role'], 'import' | 'synthetic'>;

/** See the file header. */
export class ExtraFuncs {
  readonly list: ExtraFunc[] = [];
  readonly #base: number;
  readonly #is64: boolean;
  readonly #variants = new Map<string, FuncId>();
  readonly #synthetics = new Map<SyntheticName, FuncId>();

  /** `base` is the number of functions that inputs define. */
  constructor(base: number, is64: boolean) {
    this.#base = base;
    this.#is64 = is64;
  }

  /** What `target` is, if it is one of these. */
  get(target: Target): ExtraFunc | undefined {
    return this.list[target - this.#base];
  }

  /** An import of the host. */
  import(name: string, signature: SignatureKey, module: string, field: string): FuncId {
    return this.#add({ role: 'import', name, signature, module, field });
  }

  /** A function that traps when it is called. */
  stub(role: StubRole, name: string, signature: SignatureKey): FuncId {
    return this.#add({ role, name, signature, module: '', field: '' });
  }

  /** As stub, one for each name and signature: what calls of `name` with another signature than its own reach. */
  variant(role: StubRole, name: string, signature: SignatureKey): FuncId {
    const key = `${signature} ${name}`;
    let id = this.#variants.get(key);
    if (id === undefined) {
      id = this.stub(role, name, signature);
      this.#variants.set(key, id);
    }
    return id;
  }

  /** A function that the linker makes, of which there is one. */
  synthetic(name: SyntheticName): FuncId {
    let id = this.#synthetics.get(name);
    if (id === undefined) {
      const signature = syntheticSignature(name, this.#is64);
      id = this.#add({ role: 'synthetic', name, signature, module: '', field: '' });
      this.#synthetics.set(name, id);
    }
    return id;
  }

  #add(extra: ExtraFunc): FuncId {
    return (this.#base + this.list.push(extra) - 1) as FuncId;
  }
}
