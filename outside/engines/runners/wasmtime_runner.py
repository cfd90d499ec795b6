"""Runs modules that come in on standard input in Wasmtime, and answers on standard output.

One line of JSON for each request and each answer; harness/engine/process/exchange.ts has their form. The argument says which compiler:
cranelift, cranelift-none (not optimizing), winch, or pulley (an interpreter of portable code). All values are integers: floats come
through doors, which are modules of the request. Judges nothing.
"""

import base64
import ctypes
import json
import struct
import sys

import wasmtime
from wasmtime import _ffi as ffi
from wasmtime import Config, Engine, Func, FuncType, Global, Instance, Memory, Module, SharedMemory, Store
from wasmtime import Trap, ValType, WasmtimeError

# Memory is told in pieces that are not all zero.
PIECE = 256
STEP = 0x9E3779B97F4A7C15
WINCH = 2
TYPES = {"i32": ValType.i32, "i64": ValType.i64}
BITS = {"i32": 32, "i64": 64}


FEATURES = ["tail_call", "memory64", "multi_memory", "wide_arithmetic", "relaxed_simd", "exceptions", "threads"]
# What a way refuses to be asked for. What it lacks beside that is told by the smallest modules.
REFUSES = {"winch": ["tail_call", "exceptions", "relaxed_simd", "threads"], "pulley": ["threads"]}


def open_engine(way):
    config = Config()
    for feature in FEATURES:
        setattr(config, f"wasm_{feature}", feature not in REFUSES.get(way, []))
    config.shared_memory = "threads" not in REFUSES.get(way, [])
    if way == "winch":
        error = ffi.wasmtime_config_strategy_set(config.ptr(), WINCH)
        if error:
            raise WasmtimeError._from_ptr(error)
    if way == "cranelift-none":
        config.cranelift_opt_level = "none"
    if way == "pulley":
        config.target = "pulley64"
    return Engine(config)


class Wrong(Exception):
    """A function does not have the type that its call needs."""


class Run:
    def __init__(self, engine, doors, request):
        self.engine = engine
        self.doors = doors
        self.request = request
        self.store = Store(engine)
        self.trace = []
        self.sights = []
        self.memory = None

    def answer(self):
        request = self.request
        phase = "compile"
        try:
            module = Module(self.engine, base64.b64decode(request["module"]))
            phase = "instantiate"
            instance = Instance(self.store, module, self.imports_of(module))
        except (WasmtimeError, Trap) as error:
            return {"rejected": phase, "error": text_of(error), "trace": self.trace}
        self.exports = instance.exports(self.store)
        memory = self.exported("memory")
        self.memory = memory if isinstance(memory, (Memory, SharedMemory)) else None
        before = self.global_of(request["stackPointer"])
        outcomes = []
        for call in request["calls"]:
            try:
                outcomes.append(self.make_call(call))
            except Wrong as wrong:
                return {"wrong": wrong.args[0], "detail": wrong.args[1]}
            if "error" in outcomes[-1]:
                break
        memory = self.memory_now()
        addresses = {}
        for name in request["globals"]:
            value = self.global_of(name)
            if value is not None:
                addresses[name] = value
        return {
            "outcomes": outcomes,
            "trace": self.trace,
            "sights": self.sights,
            "addresses": addresses,
            "before": before,
            "after": self.global_of(request["stackPointer"]),
            "size": len(memory),
            "pieces": pieces_of(memory),
        }

    def exported(self, name):
        try:
            return self.exports[name]
        except KeyError:
            return None

    def global_of(self, name):
        value = self.exported(name)
        if not isinstance(value, Global):
            return None
        bits = 64 if str(value.type(self.store).content) == "i64" else 32
        return str(value.value(self.store) % (1 << bits))

    def memory_now(self):
        memory = self.memory
        if memory is None:
            return b""
        if isinstance(memory, SharedMemory):
            return view_of(memory.data_ptr(), memory.data_len())
        return view_of(memory.data_ptr(self.store), memory.data_len(self.store))

    def imports_of(self, module):
        request = self.request
        offered = {(one["module"], one["name"]): one for one in request["imports"]}
        probes = request["probes"]
        watched = {one["name"]: one for one in probes["functions"]} if probes else {}
        given = []
        for wanted in module.imports:
            ty = wanted.type
            if probes and wanted.module == probes["module"] and wanted.name in watched and isinstance(ty, FuncType):
                given.append(self.probe(watched[wanted.name], ty))
                continue
            found = offered.get((wanted.module, wanted.name))
            if found is None:
                raise WasmtimeError(f"unknown import {wanted.module}.{wanted.name}")
            given.append(self.host_function(found))
        return given

    def host_function(self, offer):
        params, result, rule, name = offer["params"], offer["result"], offer["answer"], offer["name"]

        def called(*values):
            k = len(self.trace)
            self.trace.append([name, [pattern_of(params[n], value) for n, value in enumerate(values)]])
            return None if result is None else signed(answer_of(rule, k), BITS[result])

        results = [] if result is None else [TYPES[result]()]
        func = Func(self.store, FuncType([TYPES[param]() for param in params], results), called)
        return func if offer["door"] is None else self.through_door(offer["door"], func)

    def probe(self, watched, ty):
        read = watched["read"]

        def called(*values):
            if len(self.sights) >= self.request["probes"]["most"]:
                return
            kinds = [str(param) for param in ty.params]
            told = [f"{value}n" if kinds[n] == "i64" else number_text(value) for n, value in enumerate(values)]
            data = None if read is None else self.probed(read, values[1], 64 if kinds[1] == "i64" else 32)
            text = None if data is None else base64.b64encode(data).decode()
            self.sights.append([watched["name"], told, text, len(self.trace)])

        return Func(self.store, ty, called)

    def probed(self, read, raw, bits):
        memory = self.memory_now()
        address = raw % (1 << bits)
        if read["kind"] == "bytes":
            return memory[address : address + read["size"]]
        size = self.request["pointerSize"]
        if address + 2 * size > len(memory):
            return None
        start = int.from_bytes(memory[address : address + size], "little")
        count = int.from_bytes(memory[address + size : address + 2 * size], "little")
        return memory[start : start + min(read["elementSize"] * count, read["most"])]

    def through_door(self, text, inner):
        """The function that calls `inner` with other types."""
        module = self.doors.get(text)
        if module is None:
            module = self.doors[text] = Module(self.engine, base64.b64decode(text))
        return Instance(self.store, module, [inner]).exports(self.store)["f"]

    def make_call(self, call):
        fn = call["fn"]
        called = self.exported(fn)
        if not isinstance(called, Func):
            raise Wrong("missing-export", f"the module does not export @{fn}")
        try:
            if call["door"] is not None:
                called = self.through_door(call["door"], called)
        except WasmtimeError as error:
            raise Wrong("wrong-signature", f"@{fn}: {error}")
        ty = called.type(self.store)
        result = call["result"]
        wanted = (call["params"], [] if result is None else [result])
        if ([str(one) for one in ty.params], [str(one) for one in ty.results]) != wanted:
            raise Wrong("wrong-signature", f"@{fn} has another type")
        values = [signed(int(text), BITS[call["params"][n]]) for n, text in enumerate(call["args"])]
        try:
            value = called(self.store, *values)
        except (WasmtimeError, Trap) as error:
            return {"error": text_of(error)}
        return {"bits": None if result is None else pattern_of(result, value)}


def view_of(pointer, length):
    """The bytes in place: a memory may have gigabytes."""
    if length == 0:
        return memoryview(b"")
    return memoryview((ctypes.c_ubyte * length).from_address(ctypes.addressof(pointer.contents))).cast("B")


def text_of(error):
    text = error.message if isinstance(error, Trap) else str(error)
    # The cause comes last, behind a back trace.
    return f"{type(error).__name__}: {text}"


def number_text(value):
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    return repr(value)


def signed(value, bits):
    value %= 1 << bits
    return value - (1 << bits) if value >> (bits - 1) else value


def pattern_of(kind, value):
    return str(value % (1 << BITS[kind]))


def answer_of(rule, k):
    """Bit pattern of the answer to imported call `k` (docs/air.md section 6)."""
    if rule["kind"] == "f32":
        return struct.unpack("<I", struct.pack("<f", k))[0]
    if rule["kind"] == "f64":
        return struct.unpack("<Q", struct.pack("<d", k))[0]
    raw = (k * STEP) >> 7
    bits = rule["bits"]
    if bits == 0:
        return 0
    return signed(raw, bits) if rule["signed"] else raw % (1 << bits)


ZERO = bytes(PIECE)
ZEROS = bytes(PIECE * 64)


def pieces_of(memory):
    pieces = []
    start = -1
    at = 0
    while at < len(memory):
        # Most of a memory is zero: long steps first.
        if start < 0 and memory[at : at + len(ZEROS)] == ZEROS:
            at += len(ZEROS)
            continue
        is_zero = memory[at : at + PIECE] == ZERO
        if is_zero and start >= 0:
            pieces.append([start, base64.b64encode(memory[start:at]).decode()])
            start = -1
        elif not is_zero and start < 0:
            start = at
        at += PIECE
    if start >= 0:
        pieces.append([start, base64.b64encode(memory[start:]).decode()])
    return pieces


def takes(engine, text):
    try:
        Module(engine, base64.b64decode(text))
        return True
    except WasmtimeError:
        return False


def main():
    engine = open_engine(sys.argv[1])
    doors = {}
    for line in sys.stdin:
        request = json.loads(line)
        if request["ask"] == "features":
            answer = {"has": [takes(engine, text) for text in request["modules"]]}
        else:
            run = Run(engine, doors, request)
            answer = run.answer()
            # Stores hold memories, which are not to wait for a collection.
            run.store.close()
        sys.stdout.write(json.dumps(answer, separators=(",", ":")) + "\n")
        sys.stdout.flush()


main()
