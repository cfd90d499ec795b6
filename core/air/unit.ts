/**
 * A compilation unit: the pool and its navs (named addressable values: functions, variables, constants, externs).
 *
 * Owns names, linkage and initial values. Knows neither codegen nor linker. The position of a nav is its `NavIndex`, its
 * order in the text form, and the order in which it is handed to the linker.
 */
import type { InternPool } from '../intern/intern-pool.ts';
import type { IpIndex, NavIndex } from '../intern/keys.ts';
import type { Body } from './body/body.ts';

/** What a nav is. */
export type NavKind = 'func' | 'var' | 'const' | 'extern_func' | 'extern_var';

/** A name under which the outside sees a nav. */
export interface NavExport {
  readonly name: string;
  /** `hidden`: usable by other objects of the link, not exported from the final module. */
  readonly visibility: 'default' | 'hidden';
}

/** One named addressable value. */
export interface Nav {
  readonly kind: NavKind;
  /** Fully qualified name, unique in the unit. */
  readonly name: string;
  /** Function type of a function, value type of data. */
  readonly ty: IpIndex;
  /** Explicit alignment in bytes, 0 = natural. Data only. */
  readonly align: number;
  /** Link section, or null for the default. Data only. */
  readonly section: string | null;
  readonly threadlocal: boolean;
  readonly exports: readonly NavExport[];
  /** Initial value of `var` and `const` (may be undef), else null. */
  readonly init: IpIndex | null;
  /** Import module of an `extern_func` ("env" when not given), else null. */
  readonly module: string | null;
  /** Body of a `func`, else null. */
  readonly body: Body | null;
}

/** A whole program, or the part of one that becomes one object. */
export interface Unit {
  readonly pool: InternPool;
  readonly navs: readonly Nav[];
}

/** Nav `index` of `unit`. */
export function navAt(unit: Unit, index: NavIndex): Nav {
  return unit.navs[index]!;
}

/** Whether a nav is a function, defined here or not. */
export function isFunctionNav(nav: Nav): boolean {
  return nav.kind === 'func' || nav.kind === 'extern_func';
}

/** Number of AIR instructions of all functions: the size that reduction and reports speak of. */
export function instructionCount(unit: Unit): number {
  let count = 0;
  for (const nav of unit.navs) if (nav.body) count += nav.body.length;
  return count;
}

/** Fills in the defaults of a nav. */
export function makeNav(nav: Pick<Nav, 'kind' | 'name' | 'ty'> & Partial<Nav>): Nav {
  return {
    align: 0,
    section: null,
    threadlocal: false,
    exports: [],
    init: null,
    module: nav.kind === 'extern_func' ? 'env' : null,
    body: null,
    ...nav,
  };
}
