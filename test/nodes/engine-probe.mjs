/**
 * Runs under each Node of installed-nodes.ts: how the engine's words are understood there. Prints one JSON object.
 *
 * Argument: the root of the repository, built. Every entry is what the harness made of the engine's answer, never its text.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import wabtModule from 'wabt';

const root = process.argv[2];
const load = (path) => import(pathToFileURL(join(root, 'dist/harness', path)).href);
const { outcomeOfError } = await load('engine/v8/traps.js');
const { rejectionClass } = await load('engine/v8/rejection-class.js');
const { asEngineTakes, enableMemory64, hasTable64 } = await load('engine/v8/memory64.js');
const { withinTime } = await load('engine/time-guard.js');

const wabt = await wabtModule();
const features = { memory64: true, threads: true };

function wat(text) {
  const module = wabt.parseWat('probe.wat', text, features);
  const { buffer } = module.toBinary({});
  module.destroy();
  return new Uint8Array(buffer);
}

/** Bodies of a function without parameters and results. */
const STOPS = {
  unreachable: 'unreachable',
  load: '(drop (i32.load (i32.const -1)))',
  store: '(i64.store (i32.const -1) (i64.const 0))',
  unaligned: '(drop (i32.atomic.load (i32.const 1)))',
  copy: '(memory.copy (i32.const 0) (i32.const -1) (i32.const 2))',
  fill: '(memory.fill (i32.const -1) (i32.const 0) (i32.const 2))',
  divide: '(drop (i32.div_s (i32.const 1) (i32.const 0)))',
  divideWide: '(drop (i64.div_u (i64.const 1) (i64.const 0)))',
  remainder: '(drop (i32.rem_u (i32.const 1) (i32.const 0)))',
  overflow: '(drop (i32.div_s (i32.const 0x80000000) (i32.const -1)))',
  convert: '(drop (i32.trunc_f32_s (f32.const nan)))',
  convertWide: '(drop (i64.trunc_f64_u (f64.const -5)))',
  emptySlot: '(call_indirect (type $none) (i32.const 0))',
  wrongType: '(drop (call_indirect (type $one) (i32.const 1)))',
  noSlot: '(call_indirect (type $none) (i32.const 99))',
  recursion: '(call $f)',
};

function stop(body) {
  const bytes = wat(`(module (type $none (func)) (type $one (func (result i32))) (memory 1) (table 4 funcref)
    (elem (i32.const 1) $f) (func $f (export "f") ${body}))`);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  try {
    exports.f();
  } catch (error) {
    const outcome = outcomeOfError(error);
    return outcome.trap ?? outcome.what;
  }
  return 'returned';
}

/** Modules that are no modules: bytes of a function type () -> i32, its body, one memory. */
const BODIES = {
  missingValue: [0x45],
  wrongValue: [0x42, 0, 0x45],
  // V8 up to 11 sees the wrong type first, later ones the missing value.
  wrongAndMissing: [0x41, 0, 0x51],
  wrongResult: [0x42, 0],
  tooMany: [0x41, 0, 0x41, 0],
  alignment: [0x41, 0, 0x28, 9, 0],
  memoryIndex: [0x3f, 7],
  memoryInAlignment: [0x41, 0, 0x28, 0x42, 1, 0],
  callee: [0x10, 9],
  local: [0x20, 9],
  global: [0x23, 9],
  branch: [0x41, 0, 0x0c, 9],
  indirectType: [0x41, 0, 0x11, 9, 0],
  opcode: [0xff, 0],
  valueType: [0x02, 0x50],
};

function refusal(bytes) {
  try {
    new WebAssembly.Module(bytes);
  } catch (error) {
    return rejectionClass(error.message);
  }
  return 'accepted';
}

function invalid(body) {
  const code = [1, body.length + 2, 0, ...body, 0x0b];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...[1, 5, 1, 0x60, 0, 1, 0x7f],
    ...[3, 2, 1, 0],
    ...[5, 3, 1, 0, 1],
    ...[10, code.length, ...code],
  ]);
}

const VALID = invalid([0x41, 0]);
/** Modules that are broken outside of their bodies: a byte of `VALID` replaced, or its end cut off. */
const BROKEN = {
  cut: VALID.slice(0, VALID.length - 1),
  typeForm: VALID.with(11, 0x41),
  resultType: VALID.with(14, 0x12),
  limits: VALID.with(22, 0x99),
  functionType: VALID.with(18, 7),
};

/** Modules that cannot be instantiated with the imports below. */
const STARTS = {
  missing: '(module (import "env" "f" (func)))',
  noModule: '(module (import "other" "f" (func)))',
  wrongFunction: '(module (import "env" "w" (func (param i64))))',
  wrongGlobal: '(module (import "env" "g" (global i64)))',
  smallMemory: '(module (import "env" "m" (memory 2)))',
  smallTable: '(module (import "env" "t" (table 4 funcref)))',
  data: '(module (memory 1) (data (i32.const 65536) "x"))',
};

function instantiate(text) {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wat('(module (func (export "w")))')));
  const env = {
    w: exports.w,
    m: new WebAssembly.Memory({ initial: 1 }),
    g: new WebAssembly.Global({ value: 'i32' }, 1),
    t: new WebAssembly.Table({ initial: 1, element: 'anyfunc' }),
  };
  try {
    new WebAssembly.Instance(new WebAssembly.Module(wat(text)), { env });
  } catch (error) {
    return rejectionClass(error.message);
  }
  return 'instantiated';
}

/** A program of LLVM's kind: a 64-bit memory, and a table with 64-bit slots. */
const WIDE = Uint8Array.from([
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[1, 5, 1, 0x60, 0, 1, 0x7e],
  ...[3, 3, 2, 0, 0],
  ...[4, 4, 1, 0x70, 4, 1],
  ...[5, 3, 1, 4, 1],
  ...[7, 5, 1, 1, 0x66, 0, 1],
  ...[9, 7, 1, 0, 0x42, 0, 0x0b, 1, 0],
  ...[10, 14, 2, 4, 0, 0x42, 7, 0x0b, 7, 0, 0x42, 0, 0x11, 0, 0, 0x0b],
]);

function wide() {
  const has = enableMemory64();
  const taken = asEngineTakes(WIDE);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(taken));
  return { memory: has, table: hasTable64(), asItIs: taken === WIDE, result: String(exports.f()) };
}

const map = (record, of) => Object.fromEntries(Object.entries(record).map(([name, value]) => [name, of(value)]));
const spin = wat('(module (func (export "f") (loop (br 0))))');
const endless = new WebAssembly.Instance(new WebAssembly.Module(spin)).exports.f;

console.log(
  JSON.stringify({
    stops: map(STOPS, stop),
    invalid: { ...map(BODIES, (body) => refusal(invalid(body))), ...map(BROKEN, refusal) },
    valid: refusal(VALID),
    starts: map(STARTS, instantiate),
    wide: wide(),
    endless: withinTime(50, endless).timedOut,
  }),
);
