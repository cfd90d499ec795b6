/**
 * A backend: what turns an AIR program and settings into modules. Types only.
 *
 * Nothing outside of harness/backend/ knows which backend is at work; generators and checks ask for capabilities. A
 * backend refuses a program by returning a refusal. Anything it throws is a crash of the backend, and the caller's to catch.
 */
import type { Nav, NavIndex, Settings, Unit } from '../../core/index.ts';

/** What a backend can do; a check that needs what is missing does not apply. */
export interface Capabilities {
  /** Makes relocatable objects (`compileObject`). */
  readonly objects: boolean;
  /** Links objects (`linkObjects`). */
  readonly links: boolean;
  /** Keeps a compilation that can be flushed again (`openCompilation`). */
  readonly reflush: boolean;
  /** Compiles with codegen threads (`compileExeThreaded`, and `compileObjectThreaded` where it makes objects). */
  readonly threads: boolean;
}

/** Modules or objects made, or a clean refusal. */
export type Built =
  | { readonly kind: 'built'; readonly bytes: Uint8Array }
  /** `code`: stable name of the first reason, for buckets. `text`: all reasons, one a line. */
  | { readonly kind: 'refused'; readonly code: string; readonly text: string };

/** An object file with the name that messages call it by. */
export interface ObjectInput {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * Where a backend keeps what several builds of one unit under one set of settings can share. Empty at first; what is in
 * it is the backend's own affair. A build that is given none shares nothing.
 */
export interface SharedWork {
  kept?: unknown;
}

/** What `compileObject` may be told. */
export interface ObjectOptions {
  /** Navs that the object defines; all others become undefined symbols. Absent: all. */
  readonly defines?: ReadonlySet<NavIndex>;
  /** Symbols are visible to other objects of the link, so that a split program finds its parts. */
  readonly shared?: boolean;
  readonly work?: SharedWork;
}

/** A compilation kept open: flushing writes the executable, and does not use anything up. */
export interface OpenCompilation {
  flush(): Built;
  /** Compiles function `nav` again, as after an edit of its body. */
  updateFunction(nav: NavIndex): void;
  /** Function or data `nav` is now `edited`, of the same name and type. */
  edit?(nav: NavIndex, edited: Nav): void;
  /** The whole program as one object, as `compileObject` without options gives it. */
  flushObject?(): Built;
}

/** Takes the time of the parts of a build. */
export interface Meter {
  time<T>(part: 'codegen' | 'link', body: () => T): T;
}

/** See the file header. Methods that a capability announces are present. */
export interface Backend {
  readonly name: string;
  readonly capabilities: Capabilities;
  /** `meter` is told which part of the way is at work, where the backend knows. */
  compileExe(unit: Unit, settings: Settings, meter?: Meter, work?: SharedWork): Built;
  compileObject?(unit: Unit, settings: Settings, options: ObjectOptions): Built;
  /** Inputs may be archives. */
  linkObjects?(objects: readonly ObjectInput[], settings: Settings): Built;
  /** A link by wasm-ld's command line, arguments and inputs in `words`; `files` are all that there are, by path. */
  linkCommand?(words: readonly string[], files: ReadonlyMap<string, Uint8Array>): Built;
  /** Makes one object of several, with the meaning that they have together. */
  joinObjects?(objects: readonly ObjectInput[]): Built;
  /** The object that `linkObjects` takes what is needed from by itself: for other linkers. */
  runtimeObject?(ptrBits: 32 | 64): Uint8Array;
  /** As `compileExe`, with `threads` codegen threads; blocks until they are done. */
  compileExeThreaded?(unit: Unit, settings: Settings, threads: number): Built;
  /** As `compileObject` without options, with `threads` codegen threads. */
  compileObjectThreaded?(unit: Unit, settings: Settings, threads: number): Built;
  /** Text of the MIR of function `nav` of a program that compiles, for people; where the backend has such a form. */
  printMir?(unit: Unit, settings: Settings, nav: NavIndex): string;
  /** The first flush has not happened yet; a refusal to compile is returned in place of the compilation. */
  openCompilation?(unit: Unit, settings: Settings): OpenCompilation | Extract<Built, { kind: 'refused' }>;
}
