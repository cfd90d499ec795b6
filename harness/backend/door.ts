/**
 * The door to a back end: what turns AIR programs into modules. Types only. docs/your-back-end.md shows how to write one.
 *
 * Nothing outside of harness/backend/ knows which back end is at work. What a back end can do beside compiling are objects
 * that are there or not; a check that needs what is not there does not apply. A back end that is asked at once (`direct`)
 * may throw, which counts as a crash; one that takes batches says everything in its answers.
 */
import type { AirTag, IpIndex, Nav, NavIndex, Unit } from '../../core/index.ts';
import type { KnownBug } from './known-bugs.ts';
import type { Stage } from '../model/finding.ts';
import type { LayoutRules } from '../layout/rules.ts';
import type { OpaqueSettings, SettingsKind } from '../model/settings.ts';

/** A module or object, or why there is none. */
export type Answer =
  | { readonly kind: 'built'; readonly bytes: Uint8Array }
  /** A clean refusal of a program that should compile: a finding. `code`: stable name of the reason. `text`: for people. */
  | { readonly kind: 'refused'; readonly code: string; readonly text: string }
  /** Something that the back end does not claim to have: counted under the name `what`, no finding. */
  | { readonly kind: 'unsupported'; readonly what: string }
  /** It broke. `stage`: the part that did, where that is known. */
  | { readonly kind: 'crashed'; readonly message: string; readonly stage?: Stage; readonly text?: string };

/** What is compiled. */
export interface BuildJob<S extends OpaqueSettings = OpaqueSettings> {
  readonly unit: Unit;
  readonly settings: S;
  /** One of the ways of the back end. */
  readonly way: string;
}

/** Takes the time of the parts of a build. */
export interface Meter {
  time<T>(part: 'codegen' | 'link', body: () => T): T;
}

/**
 * Where a back end keeps what several builds of one unit under one set of settings can share. Empty at first; what is in
 * it is the back end's own affair. A build that is given none shares nothing.
 */
export interface SharedWork {
  kept?: unknown;
}

/** Compiles one program at a time, at once: a back end in this process. */
export interface DirectCompiler<S extends OpaqueSettings = OpaqueSettings> {
  readonly kind: 'direct';
  /** `meter` is told which part of the way is at work, where the back end knows. */
  build(job: BuildJob<S>, meter?: Meter, work?: SharedWork): Answer;
}

/** Compiles many programs at a time and answers later: a command, or another process. */
export interface BatchCompiler<S extends OpaqueSettings = OpaqueSettings> {
  readonly kind: 'batch';
  /** Programs at a time, at most. */
  readonly most: number;
  /** One answer for each job, in order. Ends by itself what takes too long. */
  build(jobs: readonly BuildJob<S>[]): Promise<readonly Answer[]>;
}

/** A way of the back end from a program to a module. */
export interface BackendWay {
  /** Stable: findings carry it. */
  readonly name: string;
  /** What a difference accuses. */
  readonly accuses: Stage;
}

/** What programs may have in them. Absent parts: everything. */
export interface Support {
  readonly tag?: (tag: AirTag) => boolean;
  /** Asked about the type of every nav and instruction of a program. */
  readonly type?: (pool: Unit['pool'], type: IpIndex) => boolean;
}

/** An object file or archive with the name that messages call it by. */
export interface ObjectInput {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What is compiled into an object. */
export interface ObjectJob<S extends OpaqueSettings = OpaqueSettings> {
  readonly unit: Unit;
  readonly settings: S;
  /** Navs that the object defines; all others become undefined symbols. Absent: all. */
  readonly defines?: ReadonlySet<NavIndex>;
  /** Symbols are visible to other objects of the link, so that a split program finds its parts. */
  readonly shared?: boolean;
}

/** Relocatable objects, and a linker for them. */
export interface ObjectAbility<S extends OpaqueSettings = OpaqueSettings> {
  compile(job: ObjectJob<S>, work?: SharedWork): Answer;
  /** Inputs may be archives. */
  link(objects: readonly ObjectInput[], settings: S): Answer;
}

/** A part of a program that goes into the executable straight, beside objects and archives that hold the rest. */
interface MixedAbility<S extends OpaqueSettings = OpaqueSettings> {
  /** Compiles `job.defines` and links it with `objects`, parts of the same program that the object ability made. */
  build(job: ObjectJob<S>, objects: readonly ObjectInput[], work?: SharedWork): Answer;
}

/** A linker that somebody else brings: from objects and archives by path, in their order, to a module. */
export type LinkFiles = (files: ReadonlyMap<string, Uint8Array>) => Answer;

/** How an object is made. */
interface ObjectRecipe {
  /** Path of the object. */
  readonly path: string;
  /** The file that `command` compiles; null: one that comes with the compiler. */
  readonly source: { readonly language: string; readonly file: string; readonly text: string } | null;
  readonly command: string;
}

/** Objects of many programs at a time, for linkers that somebody else brings. */
export interface LinkableAbility<S extends OpaqueSettings = OpaqueSettings> {
  /** Programs at a time, at most. */
  readonly most: number;
  /** How the objects of a link of `job` alone are made, in their order, for people. Throws NotPrintable. */
  recipes(job: BuildJob<S>): readonly ObjectRecipe[];
  /** For each of `linkers`, what it makes of the objects of `jobs` and of what they need: one answer for each job, in order. */
  link(jobs: readonly BuildJob<S>[], linkers: readonly LinkFiles[]): Promise<readonly (readonly Answer[])[]>;
}

/** A linker with the command line of wasm-ld. */
export interface CommandAbility<S extends OpaqueSettings = OpaqueSettings> {
  /** Arguments and inputs in `words`; `files` are all that there are, by path. */
  link(words: readonly string[], files: ReadonlyMap<string, Uint8Array>): Answer;
  /** `settings` and `options` as arguments, and those of wasm-ld for the same link. */
  words(settings: S, options: readonly string[], ptrBits: 32 | 64): string[];
  /** Whether wasm-ld can make what `settings` ask for. */
  canCompare(settings: S, ptrBits: 32 | 64): boolean;
  /** Makes one object of several, with the meaning that they have together. */
  readonly join?: (objects: readonly ObjectInput[], wraps: readonly string[]) => Answer;
  /** The objects that a link takes what is needed from by itself, or those of them that define one of `names`. */
  readonly runtime?: (ptrBits: 32 | 64, names?: ReadonlySet<string>) => readonly ObjectInput[];
}

/** A compilation kept open: flushing writes the executable, and does not use anything up. */
export interface OpenCompilation {
  flush(): Answer;
  /** Compiles function `nav` again, as after an edit of its body. */
  updateFunction(nav: NavIndex): void;
  /** Function or data `nav` is now `edited`, of the same name and type. */
  readonly edit?: (nav: NavIndex, edited: Nav) => void;
  /**
   * The program is `unit` now, of the same pool: navs may have come behind the others, gone, or be of another kind or type. One that
   * went from between others is an extern that nothing mentions.
   */
  readonly reshape?: (unit: Unit) => void;
  /** The whole program as one object, as the object ability gives it. */
  readonly flushObject?: () => Answer;
}

/** Compilations that stay open. */
export interface LivingAbility<S extends OpaqueSettings = OpaqueSettings> {
  /** The first flush has not happened yet; a refusal to compile is returned in place of the compilation. */
  open(unit: Unit, settings: S): OpenCompilation | Exclude<Answer, { kind: 'built' }>;
}

/** Codegen threads. */
export interface ThreadAbility<S extends OpaqueSettings = OpaqueSettings> {
  /** The executable by `threads` threads; blocks until they are done. */
  exe(unit: Unit, settings: S, threads: number): Answer;
  /** The whole program as one object. */
  object?(unit: Unit, settings: S, threads: number): Answer;
}

/** The promise to lay out and encode modules and objects as docs/linker.md says. */
interface LayoutAbility<S extends OpaqueSettings = OpaqueSettings> {
  /** What `settings` ask for. */
  rules(settings: S): LayoutRules;
}

/** Text of a function between AIR and wasm, for people. */
export interface CodeText<S extends OpaqueSettings = OpaqueSettings> {
  /** Function `nav` of a program that compiles. Throws where it does not. */
  print(unit: Unit, settings: S, nav: NavIndex): string;
  /** The lines of `print`, with where they come from. Absent: nobody can tell. */
  trace?(unit: Unit, settings: S, nav: NavIndex): readonly TracedLine[];
  /** The same function as the instructions that its bytes must hold. Absent: nobody can tell an encoding that is wrong. */
  instructions?(unit: Unit, settings: S, nav: NavIndex): FunctionCode;
  /** The same of the functions of its runtime library that are called `names`, and maybe of others, by name. Absent: nobody can tell. */
  runtimeCode?(settings: S, ptrBits: 32 | 64, names: ReadonlySet<string>): ReadonlyMap<string, FunctionCode>;
}

/** A line of the text of a function. */
export interface TracedLine {
  readonly text: string;
  /** For a line that states a position, that of a `dbg_stmt`; null: it does not. */
  readonly position: {
    readonly line: number;
    readonly column: number;
    /** What in the back end made the code from here to the next position: for people. */
    readonly makers: readonly string[];
  } | null;
}

/** A function before it is encoded. */
export interface FunctionCode {
  /** Value type byte of each local that is no parameter. */
  readonly locals: readonly number[];
  readonly instructions: readonly CodeInstruction[];
}

/** One WebAssembly instruction, as it must be encoded. */
export interface CodeInstruction {
  /** What the back end calls it, with its operands: for people. */
  readonly text: string;
  /** Opcode byte. */
  readonly op: number;
  /** What the encoder is given: `i32`, `memarg`, `label`; `none`. One mistake of an encoder is in one of them. */
  readonly operand: string;
  /** Values behind the opcode in their order, constants of floats as bit patterns; null: only the linker knows it. */
  readonly immediates: readonly (bigint | null)[];
}

/** What the makers of a compiler need of a report: the program in its own language, and how it is compiled. */
interface ReportAbility<S extends OpaqueSettings = OpaqueSettings> {
  /** Name and version: `Zig 0.16.0`. */
  readonly tool: string;
  /** Name of the language, as a block of code in Markdown has it. */
  readonly language: string;
  /** Name of the file that `command` compiles into `a.wasm`. */
  readonly file: string;
  /** The program alone, or the construct that the language cannot spell. */
  source(
    unit: Unit,
  ): { readonly kind: 'printed'; readonly value: string } | { readonly kind: 'unsupported'; readonly reason: string };
  /** Command line of a way, the witness included. */
  command(way: string, settings: S): string;
}

export interface Backend<S extends OpaqueSettings = OpaqueSettings> {
  readonly name: string;
  readonly settings: SettingsKind<S>;
  readonly compiler: DirectCompiler<S> | BatchCompiler<S>;
  /** Its ways, at least one. The first makes what checks call the executable; the others are compared as well. */
  readonly ways: readonly [BackendWay, ...BackendWay[]];
  readonly supports?: Support;
  /**
   * A further way, that of another compiler. A failure accuses this back end only where the witness does what the interpreter says;
   * else it is filed under the stage `printer`: what both compilers are given may be at fault. Absent: no witness is asked.
   */
  readonly witness?: BackendWay;
  /**
   * The bits of a variable of type `ty` that lie where AIR puts them and say the same: a mask for each byte; null: none do.
   * Absent: all do.
   */
  readonly comparable?: (pool: Unit['pool'], ty: IpIndex) => Uint8Array | null;
  /** A compiler that may give functions with the same code one address: pointers to functions are compared by what calls of them do. */
  readonly mergesFunctions?: true;
  /** Bugs of its that are known: campaigns replay them, keep away from those that are there, and count what they still do as known. */
  readonly known?: readonly KnownBug[];
  /** The bytes of a module depend on what is compiled with it: two builds are not compared. */
  readonly bytesVary?: true;
  readonly objects?: ObjectAbility<S>;
  readonly linkable?: LinkableAbility<S>;
  readonly mixed?: MixedAbility<S>;
  readonly command?: CommandAbility<S>;
  readonly living?: LivingAbility<S>;
  readonly threads?: ThreadAbility<S>;
  readonly layout?: LayoutAbility<S>;
  readonly code?: CodeText<S>;
  readonly report?: ReportAbility<S>;
}

/** The way that most back ends have, and no other. */
export const EXECUTABLE_WAY: BackendWay = { name: 'executable', accuses: 'codegen' };
