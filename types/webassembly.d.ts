/**
 * The part of the WebAssembly JavaScript interface that the project uses, declared for Node without the `dom` library.
 *
 * Source: W3C "WebAssembly JavaScript Interface" (Module, Instance, Memory, Table, Global, Tag-free subset) as V8 in
 * Node 20 implements it. It describes the host only; it must not mention a type of this project.
 */
declare namespace WebAssembly {
  type ImportExportKind = 'function' | 'table' | 'memory' | 'global' | 'tag';
  type TableKind = 'anyfunc' | 'externref';
  type ValueType = 'i32' | 'i64' | 'f32' | 'f64' | 'v128' | 'externref' | 'anyfunc';

  /** What a wasm number or reference is on the JavaScript side: i64 is a bigint, every other number a number. */
  type ExportValue = ExportedFunction | Global | Memory | Table;
  type ImportValue = ExportValue | ((...args: never[]) => unknown) | number | bigint;
  type Imports = Record<string, Record<string, ImportValue>>;
  type Exports = Readonly<Record<string, ExportValue>>;

  /** An exported function; its `name` property is the decimal index of the function in its module. */
  interface ExportedFunction {
    (...args: unknown[]): unknown;
    readonly name: string;
    readonly length: number;
  }

  interface ModuleExportDescriptor {
    readonly name: string;
    readonly kind: ImportExportKind;
  }

  interface ModuleImportDescriptor {
    readonly module: string;
    readonly name: string;
    readonly kind: ImportExportKind;
  }

  /** Bytes of a module; V8 copies them before it compiles. */
  type Bytes = ArrayBufferView | ArrayBuffer | SharedArrayBuffer;

  class Module {
    constructor(bytes: Bytes);
    static exports(module: Module): ModuleExportDescriptor[];
    static imports(module: Module): ModuleImportDescriptor[];
    static customSections(module: Module, sectionName: string): ArrayBuffer[];
  }

  class Instance {
    constructor(module: Module, imports?: Imports);
    readonly exports: Exports;
  }

  interface MemoryDescriptor {
    /** Pages of 65,536 bytes. */
    initial: number;
    maximum?: number;
    /** A shared memory needs a maximum. */
    shared?: boolean;
  }

  class Memory {
    constructor(descriptor: MemoryDescriptor);
    /** A new object after each growth; the old one is detached unless the memory is shared. */
    readonly buffer: ArrayBuffer;
    /** Returns the former size in pages; throws RangeError where the limit is passed. */
    grow(delta: number): number;
  }

  interface TableDescriptor {
    element: TableKind;
    initial: number;
    maximum?: number;
  }

  class Table {
    constructor(descriptor: TableDescriptor, value?: unknown);
    readonly length: number;
    get(index: number): ExportedFunction | null;
    set(index: number, value?: ExportedFunction | null): void;
    grow(delta: number, value?: ExportedFunction | null): number;
  }

  interface GlobalDescriptor {
    value: ValueType;
    mutable?: boolean;
  }

  class Global {
    constructor(descriptor: GlobalDescriptor, value?: number | bigint | ExportedFunction | null);
    value: unknown;
    valueOf(): unknown;
  }

  interface WebAssemblyInstantiatedSource {
    readonly module: Module;
    readonly instance: Instance;
  }

  class CompileError extends Error {}
  class LinkError extends Error {}
  class RuntimeError extends Error {}

  function validate(bytes: Bytes): boolean;
  function compile(bytes: Bytes): Promise<Module>;
  function instantiate(module: Module, imports?: Imports): Promise<Instance>;
  function instantiate(bytes: Bytes, imports?: Imports): Promise<WebAssemblyInstantiatedSource>;
}
