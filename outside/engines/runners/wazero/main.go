// Runs modules that come in on standard input in wazero, and answers on standard output.
//
// One line of JSON for each request and each answer; harness/engine/process/exchange.ts has their form. The argument says how code
// runs: compiler, or interpreter. Values cross as raw bits, floats too, so the doors of a request are read only for the types that
// they have. Judges nothing.
package main

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// Memory is told in pieces that are not all zero.
const piece = 256

var step = new(big.Int).SetUint64(0x9E3779B97F4A7C15)

const features = api.CoreFeaturesV2 | experimental.CoreFeaturesThreads | experimental.CoreFeaturesTailCall |
	experimental.CoreFeaturesExtendedConst | experimental.CoreFeaturesExceptionHandling

type answerRule struct {
	Kind   string `json:"kind"`
	Bits   uint   `json:"bits"`
	Signed bool   `json:"signed"`
}

type importOffer struct {
	Module string     `json:"module"`
	Name   string     `json:"name"`
	Answer answerRule `json:"answer"`
}

type reading struct {
	Kind        string `json:"kind"`
	Size        uint64 `json:"size"`
	ElementSize uint64 `json:"elementSize"`
	Most        uint64 `json:"most"`
}

type probeSet struct {
	Module    string `json:"module"`
	Most      int    `json:"most"`
	Functions []struct {
		Name string   `json:"name"`
		Read *reading `json:"read"`
	} `json:"functions"`
}

type call struct {
	Fn     string   `json:"fn"`
	Params []string `json:"params"`
	Args   []string `json:"args"`
	Result *string  `json:"result"`
	Door   *string  `json:"door"`
}

type request struct {
	Ask          string        `json:"ask"`
	Modules      []string      `json:"modules"`
	Module       string        `json:"module"`
	PointerSize  uint64        `json:"pointerSize"`
	StackPointer string        `json:"stackPointer"`
	Globals      []string      `json:"globals"`
	Probes       *probeSet     `json:"probes"`
	Imports      []importOffer `json:"imports"`
	Calls        []call        `json:"calls"`
}

type object = map[string]any

// One module with what it leaves behind.
type run struct {
	request *request
	trace   []any
	sights  []any
	memory  api.Memory
}

func main() {
	way := ""
	if len(os.Args) > 1 {
		way = os.Args[1]
	}
	// A line holds a module and may be long.
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriter(os.Stdout)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		var asked request
		if json.Unmarshal(line, &asked) != nil {
			return
		}
		text, err := json.Marshal(answer(way, &asked))
		if err != nil {
			return
		}
		out.Write(append(text, '\n'))
		if out.Flush() != nil {
			return
		}
	}
}

func config(way string) wazero.RuntimeConfig {
	if way == "interpreter" {
		return wazero.NewRuntimeConfigInterpreter().WithCoreFeatures(features)
	}
	return wazero.NewRuntimeConfigCompiler().WithCoreFeatures(features)
}

func answer(way string, asked *request) object {
	ctx := context.Background()
	runtime := wazero.NewRuntimeWithConfig(ctx, config(way))
	defer runtime.Close(ctx)
	if asked.Ask == "features" {
		has := make([]bool, len(asked.Modules))
		for n, text := range asked.Modules {
			_, err := runtime.CompileModule(ctx, decode(text))
			has[n] = err == nil
		}
		return object{"has": has}
	}
	one := &run{request: asked, trace: []any{}, sights: []any{}}
	return one.answer(ctx, runtime)
}

func (r *run) answer(ctx context.Context, runtime wazero.Runtime) object {
	rejected := func(phase string, err error) object {
		return object{"rejected": phase, "error": textOf(err), "trace": r.trace}
	}
	compiled, err := runtime.CompileModule(ctx, decode(r.request.Module))
	if err != nil {
		return rejected("compile", err)
	}
	if err := r.giveImports(ctx, runtime, compiled); err != nil {
		return rejected("instantiate", err)
	}
	module, err := runtime.InstantiateModule(ctx, compiled, wazero.NewModuleConfig().WithName("").WithStartFunctions())
	if err != nil {
		return rejected("instantiate", err)
	}
	r.memory = module.ExportedMemory("memory")
	before := globalOf(module, r.request.StackPointer)
	outcomes := []any{}
	for _, one := range r.request.Calls {
		bits, wrong, err := r.call(ctx, module, one)
		if wrong != nil {
			return wrong
		}
		if err != nil {
			outcomes = append(outcomes, object{"error": textOf(err)})
			break
		}
		outcomes = append(outcomes, object{"bits": bits})
	}
	addresses := map[string]string{}
	for _, name := range r.request.Globals {
		if value := globalOf(module, name); value != nil {
			addresses[name] = *value
		}
	}
	memory := r.bytes()
	return object{
		"outcomes":  outcomes,
		"trace":     r.trace,
		"sights":    r.sights,
		"addresses": addresses,
		"before":    before,
		"after":     globalOf(module, r.request.StackPointer),
		"size":      len(memory),
		"pieces":    piecesOf(memory),
	}
}

func (r *run) bytes() []byte {
	if r.memory == nil {
		return nil
	}
	view, _ := r.memory.Read(0, r.memory.Size())
	return view
}

// Makes a host module of each module that is imported from.
func (r *run) giveImports(ctx context.Context, runtime wazero.Runtime, compiled wazero.CompiledModule) error {
	hosts := map[string]wazero.HostModuleBuilder{}
	names := []string{}
	for _, wanted := range compiled.ImportedFunctions() {
		module, name, _ := wanted.Import()
		called := r.probe(module, name, wanted)
		if called == nil {
			called = r.hostFunction(module, name, wanted)
		}
		if called == nil {
			return fmt.Errorf("unknown import %s.%s", module, name)
		}
		if hosts[module] == nil {
			hosts[module] = runtime.NewHostModuleBuilder(module)
			names = append(names, module)
		}
		hosts[module].NewFunctionBuilder().
			WithGoFunction(called, wanted.ParamTypes(), wanted.ResultTypes()).Export(name)
	}
	for _, name := range names {
		if _, err := hosts[name].Instantiate(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) hostFunction(module, name string, wanted api.FunctionDefinition) api.GoFunc {
	n := slices.IndexFunc(r.request.Imports, func(one importOffer) bool { return one.Module == module && one.Name == name })
	if n < 0 {
		return nil
	}
	rule := r.request.Imports[n].Answer
	params, results := wanted.ParamTypes(), wanted.ResultTypes()
	return func(_ context.Context, stack []uint64) {
		k := len(r.trace)
		values := []string{}
		for n, param := range params {
			values = append(values, patternOf(param, stack[n]))
		}
		r.trace = append(r.trace, []any{name, values})
		if len(results) > 0 {
			stack[0] = narrow(results[0], answerOf(rule, k))
		}
	}
}

func (r *run) probe(module, name string, wanted api.FunctionDefinition) api.GoFunc {
	probes := r.request.Probes
	if probes == nil || probes.Module != module {
		return nil
	}
	for _, watched := range probes.Functions {
		if watched.Name != name {
			continue
		}
		params := wanted.ParamTypes()
		return func(_ context.Context, stack []uint64) {
			if len(r.sights) >= probes.Most {
				return
			}
			told := []string{}
			for n, param := range params {
				told = append(told, toldOf(param, stack[n]))
			}
			var data any
			if watched.Read != nil && len(params) > 1 {
				if bytes, ok := r.probed(watched.Read, narrow(params[1], stack[1])); ok {
					data = base64.StdEncoding.EncodeToString(bytes)
				}
			}
			r.sights = append(r.sights, []any{name, told, data, len(r.trace)})
		}
	}
	return nil
}

// The bytes that a probe asks for; what lies outside of the memory is left out.
func (r *run) probed(read *reading, address uint64) ([]byte, bool) {
	memory := r.bytes()
	all := uint64(len(memory))
	cut := func(start, length uint64) []byte {
		start = min(start, all)
		return memory[start : start+min(length, all-start)]
	}
	if read.Kind == "bytes" {
		return cut(address, read.Size), true
	}
	size := r.request.PointerSize
	if address > all || 2*size > all-address {
		return nil, false
	}
	word := func(at uint64) uint64 {
		sum := uint64(0)
		for n := range size {
			sum |= uint64(memory[at+n]) << (8 * n)
		}
		return sum
	}
	start, count := word(address), word(address+size)
	length := read.Most
	if read.ElementSize == 0 || count < read.Most/read.ElementSize+1 {
		length = min(length, count*read.ElementSize)
	}
	return cut(start, length), true
}

// Bits of the result, or what is wrong with the function, or how wasm stopped.
func (r *run) call(ctx context.Context, module api.Module, one call) (*string, object, error) {
	called := module.ExportedFunction(one.Fn)
	if called == nil {
		return nil, object{"wrong": "missing-export", "detail": "the module does not export @" + one.Fn}, nil
	}
	params, results := typesOf(one)
	definition := called.Definition()
	if !slices.Equal(definition.ParamTypes(), params) || !slices.Equal(definition.ResultTypes(), results) {
		return nil, object{"wrong": "wrong-signature", "detail": "@" + one.Fn + " has another type"}, nil
	}
	stack := make([]uint64, max(len(params), len(results)))
	for n, text := range one.Args {
		value, ok := new(big.Int).SetString(text, 10)
		if !ok {
			return nil, object{"wrong": "wrong-signature", "detail": "an argument is no number: " + text}, nil
		}
		stack[n] = narrow(params[n], lowest(value))
	}
	if err := called.CallWithStack(ctx, stack); err != nil {
		return nil, nil, err
	}
	if len(results) == 0 {
		return nil, nil, nil
	}
	bits := patternOf(results[0], stack[0])
	return &bits, nil, nil
}

// The types of the function itself: its door has them first, as a type of the binary format.
func typesOf(one call) (params, results []api.ValueType) {
	if one.Door != nil {
		// Header, id and size of the type section, number of types, 0x60; no list is longer than 127.
		door := decode(*one.Door)[12:]
		count := int(door[0])
		params, door = door[1:1+count], door[1+count:]
		return params, door[1 : 1+int(door[0])]
	}
	params, results = []api.ValueType{}, []api.ValueType{}
	for _, name := range one.Params {
		params = append(params, typeOf(name))
	}
	if one.Result != nil {
		results = append(results, typeOf(*one.Result))
	}
	return params, results
}

func typeOf(name string) api.ValueType {
	if name == "i64" {
		return api.ValueTypeI64
	}
	return api.ValueTypeI32
}

func decode(text string) []byte {
	bytes, _ := base64.StdEncoding.DecodeString(text)
	return bytes
}

func lowest(value *big.Int) uint64 {
	mask := new(big.Int).SetUint64(math.MaxUint64)
	return mask.And(mask, value).Uint64()
}

func is32(kind api.ValueType) bool {
	return kind == api.ValueTypeI32 || kind == api.ValueTypeF32
}

func narrow(kind api.ValueType, raw uint64) uint64 {
	if is32(kind) {
		return raw & math.MaxUint32
	}
	return raw
}

// Bits of a value, in decimal.
func patternOf(kind api.ValueType, raw uint64) string {
	return strconv.FormatUint(narrow(kind, raw), 10)
}

// A probed value, as JavaScript reads it: an `n` is behind an i64.
func toldOf(kind api.ValueType, raw uint64) string {
	switch kind {
	case api.ValueTypeI32:
		return strconv.Itoa(int(int32(raw)))
	case api.ValueTypeI64:
		return strconv.FormatInt(int64(raw), 10) + "n"
	case api.ValueTypeF32:
		return floatText(float64(math.Float32frombits(uint32(raw))))
	default:
		return floatText(math.Float64frombits(raw))
	}
}

func floatText(value float64) string {
	if math.IsInf(value, 0) {
		return strings.TrimPrefix(strconv.FormatFloat(value, 'g', -1, 64), "+") + "inity"
	}
	return strconv.FormatFloat(value, 'g', -1, 64)
}

// Bit pattern of the answer to imported call k (docs/air.md section 6).
func answerOf(rule answerRule, k int) uint64 {
	switch rule.Kind {
	case "f32":
		return uint64(math.Float32bits(float32(k)))
	case "f64":
		return math.Float64bits(float64(k))
	}
	if rule.Bits == 0 {
		return 0
	}
	raw := new(big.Int).Mul(big.NewInt(int64(k)), step)
	bits := lowest(raw.Rsh(raw, 7))
	unused := 64 - min(rule.Bits, 64)
	if rule.Signed {
		return uint64(int64(bits<<unused) >> unused)
	}
	return bits << unused >> unused
}

func globalOf(module api.Module, name string) *string {
	global := module.ExportedGlobal(name)
	if global == nil {
		return nil
	}
	text := patternOf(global.Type(), global.Get())
	return &text
}

// The cause comes last, and in front of it where it happened.
func textOf(err error) string {
	for next := errors.Unwrap(err); next != nil; next = errors.Unwrap(next) {
		err = next
	}
	return "Error: " + err.Error()
}

func piecesOf(memory []byte) []any {
	pieces := []any{}
	start := -1
	for at := 0; at < len(memory); at += piece {
		isZero := true
		for _, one := range memory[at:min(at+piece, len(memory))] {
			if one != 0 {
				isZero = false
				break
			}
		}
		if isZero && start >= 0 {
			pieces = append(pieces, []any{start, base64.StdEncoding.EncodeToString(memory[start:at])})
			start = -1
		} else if !isZero && start < 0 {
			start = at
		}
	}
	if start >= 0 {
		pieces = append(pieces, []any{start, base64.StdEncoding.EncodeToString(memory[start:])})
	}
	return pieces
}
