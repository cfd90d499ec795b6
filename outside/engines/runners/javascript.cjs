/**
 * Runs modules that come in on standard input in the JavaScript engine that runs this file, and answers on standard output.
 *
 * One line of JSON for each request and each answer; harness/engine/process/exchange.ts has their form. Works in Node, Bun and in
 * the shells of SpiderMonkey and JavaScriptCore, and so uses nothing but the language, WebAssembly, and the few functions that
 * `host` finds. All values are integers: floats come through doors, which are modules of the request. Judges nothing.
 */
'use strict';

const host = openHost();

/** Requests between collections: live memories exhaust the address space. */
const COLLECT_EVERY = 200;
/** What memory is told in: pieces that are not all zero. */
const PIECE = 256;
const STEP = 0x9e3779b97f4a7c15n;
const scratch = new DataView(new ArrayBuffer(8));

const doors = new Map();
let runs = 0;

for (let line = host.readLine(); line !== null; line = host.readLine()) {
  if (line === '') continue;
  const request = JSON.parse(line);
  host.writeLine(ascii(request.ask === 'features' ? tellFeatures(request) : answer(request)));
  if (++runs % COLLECT_EVERY === 0) host.collect();
}

/** Shells do not agree on how other characters are written. */
function ascii(data) {
  const escape = (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(data).replace(/[^\0-\x7f]/g, escape);
}

function tellFeatures({ modules }) {
  return { has: modules.map((text) => WebAssembly.validate(host.fromBase64(text))) };
}

function answer(request) {
  const trace = [];
  const sights = [];
  let phase = 'compile';
  let exports;
  let memory = null;
  const memoryNow = () => (memory === null ? new Uint8Array(0) : new Uint8Array(memory.buffer));
  try {
    const module = new WebAssembly.Module(host.fromBase64(request.module));
    phase = 'instantiate';
    exports = new WebAssembly.Instance(module, importsOf(request, trace, sights, memoryNow)).exports;
  } catch (error) {
    return { rejected: phase, error: errorOf(error), trace };
  }
  if (Object.hasOwn(exports, 'memory')) memory = exports.memory;
  const before = globalOf(exports, request.stackPointer);
  const outcomes = [];
  for (const call of request.calls) {
    const outcome = makeCall(exports, call);
    if (outcome.wrong !== undefined) return outcome;
    outcomes.push(outcome);
    if (outcome.error !== undefined) break;
  }
  const bytes = memoryNow();
  const addresses = {};
  for (const name of request.globals) {
    const value = globalOf(exports, name);
    if (value !== null) addresses[name] = value;
  }
  const after = globalOf(exports, request.stackPointer);
  return { outcomes, trace, sights, addresses, before, after, size: bytes.length, pieces: piecesOf(bytes) };
}

function importsOf({ imports, probes, pointerSize }, trace, sights, memoryNow) {
  const given = Object.create(null);
  for (const { module, name, params, result, answer: rule, door } of imports) {
    const called = (...values) => {
      const k = trace.length;
      trace.push([name, values.map((value, n) => patternOf(params[n], value))]);
      return result === null ? undefined : valueOf(result, answerOf(rule, k));
    };
    const functions = (given[module] ??= Object.create(null));
    functions[name] = door === null ? called : throughDoor(door, called);
  }
  if (probes !== null) {
    const functions = (given[probes.module] = Object.create(null));
    for (const { name, read } of probes.functions) {
      functions[name] = (...values) => {
        if (sights.length >= probes.most) return;
        const told = values.map((value) => (typeof value === 'bigint' ? `${value}n` : numberText(value)));
        const bytes = read === null ? null : probed(memoryNow(), read, values[1], pointerSize);
        sights.push([name, told, bytes === null ? null : host.toBase64(bytes), trace.length]);
      };
    }
  }
  return given;
}

/** JSON has none of these. */
function numberText(value) {
  return Object.is(value, -0) ? '-0' : String(value);
}

function probed(memory, read, raw, size) {
  const address = typeof raw === 'bigint' ? Number(BigInt.asUintN(64, raw)) : raw >>> 0;
  if (read.kind === 'bytes') return memory.slice(address, address + read.size);
  if (address + 2 * size > memory.length) return null;
  const view = new DataView(memory.buffer);
  const at = (from) => view.getUint32(from, true) + (size === 8 ? view.getUint32(from + 4, true) * 0x100000000 : 0);
  const start = at(address);
  return memory.slice(start, start + Math.min(read.elementSize * at(address + size), read.most));
}

function makeCall(exports, { fn, params, args, result, door }) {
  const exported = exports[fn];
  if (typeof exported !== 'function') return { wrong: 'missing-export', detail: `the module does not export @${fn}` };
  let called = exported;
  try {
    if (door !== null) called = throughDoor(door, exported);
  } catch (error) {
    return { wrong: 'wrong-signature', detail: `@${fn}: ${error.message}` };
  }
  try {
    const value = called(...args.map((text, n) => valueOf(params[n], BigInt(text))));
    const expected = result === null ? 'undefined' : result === 'i64' ? 'bigint' : 'number';
    if (typeof value !== expected) return { wrong: 'wrong-signature', detail: `@${fn} gives a ${typeof value}` };
    return { bits: result === null ? null : patternOf(result, value) };
  } catch (error) {
    if (error instanceof TypeError || error instanceof SyntaxError) {
      return { wrong: 'wrong-signature', detail: `@${fn}: ${error.message}` };
    }
    return { error: errorOf(error) };
  }
}

/** The function that calls `inner` with other types. */
function throughDoor(text, inner) {
  let module = doors.get(text);
  if (module === undefined) doors.set(text, (module = new WebAssembly.Module(host.fromBase64(text))));
  return new WebAssembly.Instance(module, { h: { f: inner } }).exports.f;
}

function errorOf(error) {
  return `${error?.name ?? typeof error}: ${error?.message ?? error}`;
}

function valueOf(type, pattern) {
  return type === 'i64' ? BigInt.asIntN(64, pattern) : Number(BigInt.asIntN(32, pattern));
}

function patternOf(type, value) {
  return type === 'i64' ? String(BigInt.asUintN(64, value)) : String(value >>> 0);
}

/** Bit pattern of the answer to imported call `k` (docs/air.md section 6). */
function answerOf({ kind, bits, signed }, k) {
  if (kind === 'f32') {
    scratch.setFloat32(0, k);
    return BigInt(scratch.getUint32(0));
  }
  if (kind === 'f64') {
    scratch.setFloat64(0, k);
    return scratch.getBigUint64(0);
  }
  const raw = (BigInt(k) * STEP) >> 7n;
  return signed ? BigInt.asIntN(bits, raw) : BigInt.asUintN(bits, raw);
}

function globalOf(exports, name) {
  const value = Object.hasOwn(exports, name) ? exports[name] : null;
  if (!(value instanceof WebAssembly.Global)) return null;
  const held = value.value;
  return typeof held === 'bigint' ? String(BigInt.asUintN(64, held)) : String(held >>> 0);
}

function piecesOf(bytes) {
  const words = new Float64Array(bytes.buffer, 0, bytes.length / 8);
  const pieces = [];
  let from = -1;
  for (let at = 0; at < bytes.length; at += PIECE) {
    let isZero = true;
    for (let n = at / 8; n < (at + PIECE) / 8 && isZero; n++) isZero = Object.is(words[n], 0);
    if (isZero && from >= 0) {
      pieces.push([from, host.toBase64(bytes.subarray(from, at))]);
      from = -1;
    } else if (!isZero && from < 0) from = at;
  }
  if (from >= 0) pieces.push([from, host.toBase64(bytes.subarray(from))]);
  return pieces;
}

function openHost() {
  return typeof process === 'object' && typeof require === 'function' ? nodeHost() : shellHost();
}

/** Node and Bun. */
function nodeHost() {
  const fs = require('node:fs');
  let rest = Buffer.alloc(0);
  const chunk = Buffer.alloc(1 << 16);
  const again = (body) => {
    for (;;) {
      try {
        return body();
      } catch (error) {
        if (error.code !== 'EAGAIN') throw error;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
      }
    }
  };
  const read = () => {
    try {
      return again(() => fs.readSync(0, chunk, 0, chunk.length, null));
    } catch (error) {
      if (error.code === 'EOF') return 0;
      throw error;
    }
  };
  return {
    readLine() {
      for (;;) {
        const end = rest.indexOf(10);
        if (end >= 0) {
          const line = rest.toString('utf8', 0, end);
          rest = rest.subarray(end + 1);
          return line;
        }
        const count = read();
        if (count === 0) return null;
        rest = Buffer.concat([rest, chunk.subarray(0, count)]);
      }
    },
    writeLine(text) {
      let left = Buffer.from(`${text}\n`);
      while (left.length > 0) left = left.subarray(again(() => fs.writeSync(1, left)));
    },
    collect: typeof Bun === 'object' ? () => Bun.gc(true) : (globalThis.gc ?? (() => undefined)),
    fromBase64: (text) => new Uint8Array(Buffer.from(text, 'base64')),
    toBase64: (bytes) => Buffer.from(bytes).toString('base64'),
  };
}

/** The shells of SpiderMonkey and JavaScriptCore. */
function shellHost() {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const values = new Uint8Array(128);
  for (let n = 0; n < 64; n++) values[alphabet.charCodeAt(n)] = n;
  return {
    readLine() {
      // At the end SpiderMonkey's gives null, and JavaScriptCore's an empty line for ever.
      const line = readline();
      return line === null || line === undefined || line === '' ? null : line;
    },
    writeLine: (text) => print(text),
    collect: () => gc(),
    fromBase64(text) {
      const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
      const bytes = new Uint8Array((text.length / 4) * 3 - padding);
      for (let from = 0, to = 0; from < text.length; from += 4) {
        let group = 0;
        for (let n = 0; n < 4; n++) group = (group << 6) | values[text.charCodeAt(from + n)];
        bytes[to++] = group >> 16;
        bytes[to++] = group >> 8;
        bytes[to++] = group;
      }
      return bytes;
    },
    toBase64(bytes) {
      let text = '';
      for (let at = 0; at < bytes.length; at += 3) {
        const group = (bytes[at] << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
        text += alphabet[group >> 18] + alphabet[(group >> 12) & 63];
        text += at + 1 < bytes.length ? alphabet[(group >> 6) & 63] : '=';
        text += at + 2 < bytes.length ? alphabet[group & 63] : '=';
      }
      return text;
    },
  };
}
