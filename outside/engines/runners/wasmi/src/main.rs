//! Runs modules that come in on standard input in wasmi, and answers on standard output.
//!
//! One line of JSON for each request and each answer; harness/engine/process/exchange.ts has their form. The argument says when
//! functions are translated: eager, or lazy. All values are integers: floats come through doors, which are modules of the
//! request. Judges nothing.

use std::collections::HashMap;
use std::io::{BufRead, Write};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use wasmi::{
    CompilationMode, Config, Engine, Error, Extern, ExternType, Func, FuncType, Instance, Memory, Module, Store,
    StoreContext, Val, ValType,
};

/// Memory is told in pieces that are not all zero.
const PIECE: usize = 256;
const STEP: i128 = 0x9E37_79B9_7F4A_7C15;
/// Calls may nest this deep, and their values take this many bytes: more than any case that is compared needs.
const DEPTH: usize = 200_000;
const STACK: usize = 1 << 26;

/// What calls from wasm leave behind, and the memory that probes read.
#[derive(Default)]
struct Seen {
    trace: Vec<Value>,
    sights: Vec<Value>,
    memory: Option<Memory>,
}

fn open_engine(way: &str) -> Engine {
    let mut config = Config::default();
    config
        .wasm_tail_call(true)
        .wasm_memory64(true)
        .wasm_multi_memory(true)
        .wasm_wide_arithmetic(true)
        .wasm_simd(true)
        .wasm_relaxed_simd(true)
        .wasm_extended_const(true)
        .set_max_recursion_depth(DEPTH)
        .set_max_stack_height(STACK)
        .compilation_mode(if way == "lazy" { CompilationMode::LazyTranslation } else { CompilationMode::Eager });
    Engine::new(&config)
}

struct Runner {
    engine: Engine,
    doors: HashMap<String, Module>,
}

/// A function is not there, or does not have the type that its call needs.
struct Wrong(&'static str, String);

impl Runner {
    fn run(&mut self, request: &Value) -> Value {
        let mut store = Store::new(&self.engine, Seen::default());
        let module = match Module::new(&self.engine, decode(&request["module"])) {
            Ok(module) => module,
            Err(error) => return json!({ "rejected": "compile", "error": text_of(&error), "trace": [] }),
        };
        let instance = self
            .imports_of(&mut store, &module, request)
            .and_then(|imports| Instance::new(&mut store, &module, &imports));
        let instance = match instance {
            Ok(instance) => instance,
            Err(error) => {
                return json!({ "rejected": "instantiate", "error": text_of(&error), "trace": store.data().trace });
            }
        };
        let memory = instance.get_memory(&store, "memory");
        store.data_mut().memory = memory;
        let stack_pointer = request["stackPointer"].as_str().unwrap_or("");
        let before = global_of(&store, &instance, stack_pointer);
        let mut outcomes = Vec::new();
        for call in list(&request["calls"]) {
            match self.call(&mut store, &instance, call) {
                Ok(Ok(bits)) => outcomes.push(json!({ "bits": bits })),
                Ok(Err(error)) => {
                    outcomes.push(json!({ "error": text_of(&error) }));
                    break;
                }
                Err(Wrong(kind, detail)) => return json!({ "wrong": kind, "detail": detail }),
            }
        }
        let mut addresses = serde_json::Map::new();
        for name in list(&request["globals"]).iter().filter_map(Value::as_str) {
            if let Some(value) = global_of(&store, &instance, name) {
                addresses.insert(name.to_string(), Value::String(value));
            }
        }
        let after = global_of(&store, &instance, stack_pointer);
        let bytes = memory.map_or(&[][..], |memory| memory.data(&store));
        json!({
            "outcomes": outcomes,
            "trace": store.data().trace,
            "sights": store.data().sights,
            "addresses": addresses,
            "before": before,
            "after": after,
            "size": bytes.len(),
            "pieces": pieces_of(bytes),
        })
    }

    fn imports_of(&mut self, store: &mut Store<Seen>, module: &Module, request: &Value) -> Result<Vec<Extern>, Error> {
        let mut given = Vec::new();
        for wanted in module.imports() {
            let probes = &request["probes"];
            let watched = list(&probes["functions"]).iter().find(|one| one["name"] == wanted.name());
            if let (Some(watched), ExternType::Func(ty), true) =
                (watched, wanted.ty(), probes["module"] == wanted.module())
            {
                given.push(Extern::Func(probe(store, ty.clone(), watched, request)));
                continue;
            }
            let offer = list(&request["imports"])
                .iter()
                .find(|one| one["module"] == wanted.module() && one["name"] == wanted.name());
            let Some(offer) = offer else {
                return Err(Error::new(format!("unknown import {}.{}", wanted.module(), wanted.name())));
            };
            let func = host_function(store, offer);
            given.push(Extern::Func(match offer["door"].as_str() {
                Some(door) => self.through_door(store, door, func)?,
                None => func,
            }));
        }
        Ok(given)
    }

    /// The function that calls `inner` with other types.
    fn through_door(&mut self, store: &mut Store<Seen>, text: &str, inner: Func) -> Result<Func, Error> {
        if !self.doors.contains_key(text) {
            let module = Module::new(&self.engine, decode(&Value::String(text.to_string())))?;
            self.doors.insert(text.to_string(), module);
        }
        let instance = Instance::new(&mut *store, &self.doors[text], &[Extern::Func(inner)])?;
        instance.get_func(&*store, "f").ok_or_else(|| Error::new("a door without its function"))
    }

    fn call(
        &mut self,
        store: &mut Store<Seen>,
        instance: &Instance,
        call: &Value,
    ) -> Result<Result<Option<String>, Error>, Wrong> {
        let name = call["fn"].as_str().unwrap_or("");
        let Some(mut called) = instance.get_func(&*store, name) else {
            return Err(Wrong("missing-export", format!("the module does not export @{name}")));
        };
        if let Some(door) = call["door"].as_str() {
            called = self
                .through_door(store, door, called)
                .map_err(|error| Wrong("wrong-signature", format!("@{name}: {error}")))?;
        }
        let params: Vec<ValType> = list(&call["params"]).iter().map(type_of).collect();
        let results: Vec<ValType> = Some(&call["result"]).filter(|one| !one.is_null()).map(type_of).into_iter().collect();
        let ty = called.ty(&*store);
        if ty.params() != params || ty.results() != results {
            return Err(Wrong("wrong-signature", format!("@{name} has another type")));
        }
        let args: Vec<Val> = list(&call["args"]).iter().zip(&params).map(|(text, ty)| value_of(*ty, number(text))).collect();
        let mut out: Vec<Val> = results.iter().map(|ty| value_of(*ty, 0)).collect();
        Ok(called.call(&mut *store, &args, &mut out).map(|()| out.first().map(pattern_of)))
    }
}

fn host_function(store: &mut Store<Seen>, offer: &Value) -> Func {
    let params: Vec<ValType> = list(&offer["params"]).iter().map(type_of).collect();
    let result = Some(&offer["result"]).filter(|one| !one.is_null()).map(type_of);
    let (name, rule) = (offer["name"].clone(), offer["answer"].clone());
    Func::new(store, FuncType::new(params, result), move |mut caller, values, out| {
        let trace = &mut caller.data_mut().trace;
        let k = trace.len() as i128;
        trace.push(json!([name, values.iter().map(pattern_of).collect::<Vec<_>>()]));
        if let (Some(place), Some(ty)) = (out.first_mut(), result) {
            *place = value_of(ty, answer_of(&rule, k));
        }
        Ok(())
    })
}

fn probe(store: &mut Store<Seen>, ty: FuncType, watched: &Value, request: &Value) -> Func {
    let (name, read) = (watched["name"].clone(), watched["read"].clone());
    let most = request["probes"]["most"].as_u64().unwrap_or(0) as usize;
    let size = request["pointerSize"].as_u64().unwrap_or(4) as usize;
    Func::new(store, ty, move |mut caller, values, _| {
        if caller.data().sights.len() >= most {
            return Ok(());
        }
        let told: Vec<String> = values.iter().map(told_of).collect();
        let data = match (&read, caller.data().memory, values.get(1)) {
            (Value::Object(_), Some(memory), Some(at)) => {
                probed(memory.data(StoreContext::from(&caller)), &read, address_of(at), size)
            }
            _ => None,
        };
        let calls = caller.data().trace.len();
        let sight = json!([name, told, data.map(|bytes| STANDARD.encode(bytes)), calls]);
        caller.data_mut().sights.push(sight);
        Ok(())
    })
}

/// The bytes that a probe asks for; what lies outside of the memory is left out.
fn probed(memory: &[u8], read: &Value, address: usize, size: usize) -> Option<Vec<u8>> {
    let cut = |start: usize, length: usize| {
        let start = start.min(memory.len());
        memory[start..start.saturating_add(length).min(memory.len())].to_vec()
    };
    if read["kind"] == "bytes" {
        return Some(cut(address, read["size"].as_u64()? as usize));
    }
    if address.checked_add(2 * size)? > memory.len() {
        return None;
    }
    let word = |at: usize| memory[at..at + size].iter().rev().fold(0usize, |sum, &byte| sum << 8 | usize::from(byte));
    let (start, count) = (word(address), word(address + size));
    let length = count.saturating_mul(read["elementSize"].as_u64()? as usize);
    Some(cut(start, length.min(read["most"].as_u64()? as usize)))
}

fn global_of(store: &Store<Seen>, instance: &Instance, name: &str) -> Option<String> {
    instance.get_global(store, name).map(|global| pattern_of(&global.get(store)))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn decode(text: &Value) -> Vec<u8> {
    STANDARD.decode(text.as_str().unwrap_or("")).unwrap_or_default()
}

fn type_of(name: &Value) -> ValType {
    if name == "i64" { ValType::I64 } else { ValType::I32 }
}

fn number(text: &Value) -> i128 {
    text.as_str().and_then(|text| text.parse().ok()).unwrap_or(0)
}

/// The value whose lowest bits are those of `bits`.
fn value_of(ty: ValType, bits: i128) -> Val {
    if ty == ValType::I64 { Val::I64(bits as i64) } else { Val::I32(bits as i32) }
}

/// Bits of an integer, in decimal.
fn pattern_of(value: &Val) -> String {
    match value {
        Val::I32(value) => (*value as u32).to_string(),
        Val::I64(value) => (*value as u64).to_string(),
        _ => String::from("0"),
    }
}

fn address_of(value: &Val) -> usize {
    match value {
        Val::I32(value) => *value as u32 as usize,
        Val::I64(value) => *value as u64 as usize,
        _ => 0,
    }
}

/// A probed value, as JavaScript reads it: an `n` is behind an i64.
fn told_of(value: &Val) -> String {
    match value {
        Val::I32(value) => value.to_string(),
        Val::I64(value) => format!("{value}n"),
        Val::F32(value) => float_text(f64::from(f32::from_bits(value.to_bits()))),
        Val::F64(value) => float_text(f64::from_bits(value.to_bits())),
        _ => String::from("NaN"),
    }
}

fn float_text(value: f64) -> String {
    if value.is_nan() {
        String::from("NaN")
    } else if value.is_infinite() {
        String::from(if value > 0.0 { "Infinity" } else { "-Infinity" })
    } else {
        format!("{value:?}")
    }
}

/// The answer to imported call `k` (docs/air.md section 6).
fn answer_of(rule: &Value, k: i128) -> i128 {
    match rule["kind"].as_str() {
        Some("f32") => i128::from((k as f32).to_bits()),
        Some("f64") => i128::from((k as f64).to_bits()),
        _ => {
            let raw = (k * STEP) >> 7;
            let bits = rule["bits"].as_u64().unwrap_or(0).min(64) as u32;
            if bits == 0 {
                return 0;
            }
            let low = raw & ((1i128 << bits) - 1);
            if rule["signed"] == true && low >> (bits - 1) == 1 { low - (1i128 << bits) } else { low }
        }
    }
}

fn text_of(error: &Error) -> String {
    format!("Error: {error}")
}

fn pieces_of(memory: &[u8]) -> Vec<Value> {
    let mut pieces = Vec::new();
    let mut start = None;
    for (n, piece) in memory.chunks(PIECE).enumerate() {
        let is_zero = piece.iter().all(|&byte| byte == 0);
        match (is_zero, start) {
            (true, Some(from)) => {
                pieces.push(json!([from, STANDARD.encode(&memory[from..n * PIECE])]));
                start = None;
            }
            (false, None) => start = Some(n * PIECE),
            _ => {}
        }
    }
    if let Some(from) = start {
        pieces.push(json!([from, STANDARD.encode(&memory[from..])]));
    }
    pieces
}

fn main() {
    let way = std::env::args().nth(1).unwrap_or_default();
    let mut runner = Runner { engine: open_engine(&way), doors: HashMap::new() };
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let Ok(request) = line.map_err(|_| ()).and_then(|line| serde_json::from_str::<Value>(&line).map_err(|_| ()))
        else {
            return;
        };
        let answer = if request["ask"] == "features" {
            let takes = |module: &Value| Module::new(&runner.engine, decode(module)).is_ok();
            json!({ "has": list(&request["modules"]).iter().map(takes).collect::<Vec<_>>() })
        } else {
            runner.run(&request)
        };
        if writeln!(out, "{answer}").and_then(|()| out.flush()).is_err() {
            return;
        }
    }
}
