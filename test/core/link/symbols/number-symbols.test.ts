/** Resolution among inputs: what satisfies what, what becomes an import, and what is an error. */
import type { LocalIndex } from '../../../../core/mir/mir.ts';
import { describe, expect, test } from '@jest/globals';
import { linkObjects } from '../../../../core/link/linker.ts';
import type { ParsedObject } from '../../../../core/link/input/object-file.ts';
import { readObject } from '../../../../core/link/input/read-object.ts';
import type { RuntimeLibrary } from '../../../../core/link/symbols/symbol-table.ts';
import { intrinsicIndex } from '../../../../core/mir/intrinsics.ts';
import { MirTag } from '../../../../core/mir/ops.ts';
import type { HandProgram } from '../hand-program.ts';
import { codes, expectLinked, inputs, linkerFor, namesOf, objects, run } from '../hand-program.ts';

/** One object of a program of its own. */
function objectOf(program: HandProgram): Uint8Array {
  return objects(program, 1, () => 0)[0]!;
}

/** The object as the library of the compiler. */
function libraryOf(object: ParsedObject): RuntimeLibrary {
  return { find: (name) => (object.symbols.some((symbol) => symbol.name === name) ? object : null) };
}

const constant =
  (value: number): HandProgram['bodies'][string] =>
  (b) =>
    b.i32Const(value);

const caller: HandProgram = {
  text: 'extern fn @callee() u32  export fn @main() u32 { trap }',
  bodies: { main: (b, n) => b.callNav(n.nav('callee')) },
};
const callee: HandProgram = { text: 'export("callee" hidden) fn @impl() u32 { trap }', bodies: { impl: constant(42) } };

describe('definitions and references', () => {
  test('an extern function is satisfied by another object, and is a host import if nobody defines it', () => {
    const [main, impl] = [objectOf(caller), objectOf(callee)];
    for (const parts of [
      [main, impl],
      [impl, main],
    ]) {
      const { bytes } = expectLinked(linkObjects(inputs(parts)));
      expect(run(bytes).call('main')).toBe(42);
    }
    const { bytes } = expectLinked(linkObjects(inputs([main])));
    const imports = WebAssembly.Module.imports(new WebAssembly.Module(bytes));
    expect(imports).toEqual([{ module: 'env', name: 'callee', kind: 'function' }]);
  });

  test('an executable takes definitions from objects, and objects from the unit', () => {
    const linker = linkerFor(caller, namesOf(caller.text));
    linker.addObject(parsed(objectOf(callee)));
    expect(run(expectLinked(linker.flushExecutable()).bytes).call('main')).toBe(42);

    const reverse = linkerFor(callee, namesOf(callee.text));
    reverse.addObject(parsed(objectOf(caller)));
    expect(run(expectLinked(reverse.flushExecutable()).bytes).call('main')).toBe(42);
  });

  test('an extern variable is the variable of another object', () => {
    const user = {
      text: 'extern var @v: u32  const @p: *const u32 = &@v  export fn @main() u32 { trap }',
      bodies: {
        main: (b, n) => {
          b.navRef(n.nav('v'));
          b.memory(MirTag.i32_load, 0, 4);
          b.navRef(n.nav('p'));
          b.memory(MirTag.i32_load, 0, 4);
          b.memory(MirTag.i32_load, 0, 4);
          b.op(MirTag.i32_add);
        },
      },
    } satisfies HandProgram;
    const owner = { text: 'export var @v: u32 = 21', bodies: {} };
    expect(run(expectLinked(linkObjects(inputs([objectOf(user), objectOf(owner)]))).bytes).call('main')).toBe(42);
    const linker = linkerFor(user, namesOf(user.text));
    linker.addObject(parsed(objectOf(owner)));
    expect(run(expectLinked(linker.flushExecutable()).bytes).call('main')).toBe(42);
    expect(codes(linkObjects(inputs([objectOf(user)])))).toEqual(['undefined_symbol']);
    expect(codes(linkerFor(user, namesOf(user.text)).flushExecutable())).toEqual(['undefined_symbol']);
  });

  test('a missing part of a program is an undefined symbol with the place of its first use', () => {
    const program = {
      text: 'fn @helper() u32 { trap }  export fn @main() u32 { trap }',
      bodies: { helper: constant(1), main: (b, n) => b.callNav(n.nav('helper')) },
    } satisfies HandProgram;
    const [, main] = objects(program, 2, (nav) => nav);
    const result = linkObjects(inputs([main!]));
    expect(codes(result)).toEqual(['undefined_symbol']);
    if (!result.ok) expect(result.error.text()).toMatch(/^part0\.o:0x[0-9a-f]+: error: undefined symbol: helper$/);
  });

  test('what is undefined but not reached is no error', () => {
    const program = {
      text: 'fn @gone() u32 { trap }  fn @dead() u32 { trap }  export fn @main() u32 { trap }',
      bodies: { gone: constant(1), dead: (b, n) => b.callNav(n.nav('gone')), main: constant(3) },
    } satisfies HandProgram;
    const [, rest] = objects(program, 2, (nav) => (nav === 0 ? 0 : 1));
    expect(run(expectLinked(linkObjects(inputs([rest!]))).bytes).call('main')).toBe(3);
    expect(codes(linkObjects(inputs([rest!]), { gc: false }))).toEqual(['undefined_symbol']);
  });

  test('local names of different objects do not meet', () => {
    const make = (name: string, value: number): HandProgram => ({
      text: `fn @same() u32 { trap }  export fn @${name}() u32 { trap }`,
      bodies: { same: constant(value), [name]: (b, n) => b.callNav(n.nav('same')) },
    });
    const { bytes } = expectLinked(linkObjects(inputs([objectOf(make('x', 1)), objectOf(make('y', 2))])));
    expect([run(bytes).call('x'), run(bytes).call('y')]).toEqual([1, 2]);
  });

  test('a nav whose name another nav is exported under keeps apart from it', () => {
    const program = {
      text: 'fn @a() u32 { trap }  export("a") fn @b() u32 { trap }  export fn @both() u32 { trap }',
      bodies: {
        a: constant(1),
        b: constant(20),
        both: (b, n) => {
          b.callNav(n.nav('a'));
          b.callNav(n.nav('b'));
          b.op(MirTag.i32_add);
        },
      },
    } satisfies HandProgram;
    const exe = run(expectLinked(linkerFor(program, namesOf(program.text)).flushExecutable()).bytes);
    const split = run(expectLinked(linkObjects(inputs(objects(program, 3, (nav) => nav)))).bytes);
    for (const program of [exe, split]) expect([program.call('a'), program.call('both')]).toEqual([20, 21]);
  });
});

describe('conflicts', () => {
  const one: HandProgram = { text: 'export fn @f() u32 { trap }', bodies: { f: constant(1) } };

  test('two definitions of one name', () => {
    const result = linkObjects(inputs([objectOf(one), objectOf(one)]));
    expect(codes(result)).toEqual(['duplicate_symbol']);
    if (!result.ok) expect(result.error.text()).toContain('part0.o');
    const linker = linkerFor(one, namesOf(one.text));
    linker.addObject(parsed(objectOf(one)));
    expect(codes(linker.flushExecutable())).toEqual(['duplicate_symbol']);
  });

  test('two signatures of one function', () => {
    const other: HandProgram = {
      text: 'extern fn @f(u64) u32  export fn @main() u32 { trap }',
      bodies: { main: (b, n) => (b.i64Const(0, 0), b.callNav(n.nav('f'))) },
    };
    for (const parts of [
      [objectOf(one), objectOf(other)],
      [objectOf(other), objectOf(one)],
    ]) {
      // A call with another signature than the definition's traps; the definition itself is not harmed.
      const { bytes, warnings, map } = expectLinked(linkObjects(inputs(parts)));
      expect(warnings.text()).toContain('warning: function signature mismatch: f\n>>> defined as (i64) -> i32 in part');
      expect(map.functions).toContain('signature_mismatch:f');
      expect(run(bytes).call('f')).toBe(1);
      expect(() => run(bytes).call('main')).toThrow(WebAssembly.RuntimeError);
      expect(codes(linkObjects(inputs(parts), { signatureMismatch: 'error' }))).toEqual(['signature_mismatch']);
    }
  });

  test('a function and a variable of one name', () => {
    const other = { text: 'export var @f: u32 = 1', bodies: {} };
    expect(codes(linkObjects(inputs([objectOf(one), objectOf(other)])))).toEqual(['symbol_kind_mismatch']);
  });

  test('one function imported from two modules', () => {
    const use = (module: string, name: string): HandProgram => ({
      text: `extern("${module}") fn @h() u32  export fn @${name}() u32 { trap }`,
      bodies: { [name]: (b, n) => b.callNav(n.nav('h')) },
    });
    expect(codes(linkObjects(inputs([objectOf(use('m', 'x')), objectOf(use('n', 'y'))])))).toEqual(['import_conflict']);
    const { bytes } = expectLinked(linkObjects(inputs([objectOf(use('m', 'x')), objectOf(use('m', 'y'))])));
    const imports = WebAssembly.Module.imports(new WebAssembly.Module(bytes));
    expect(imports).toEqual([{ module: 'm', name: 'h', kind: 'function' }]);
  });

  test('an export called like the memory', () => {
    const program: HandProgram = { text: 'export fn @memory() u32 { trap }', bodies: { memory: constant(1) } };
    expect(codes(linkerFor(program, namesOf(program.text)).flushExecutable())).toEqual(['export_collision']);
    expect(codes(linkObjects(inputs([objectOf(program)])))).toEqual(['export_collision']);
    expect(linkObjects(inputs([objectOf(program)]), { exportMemory: false }).ok).toBe(true);
  });
});

describe('runtime functions', () => {
  const program: HandProgram = {
    text: 'export fn @main(u32) u32 { trap }',
    bodies: {
      main: (b) => {
        b.localGet(0 as LocalIndex);
        b.callIntrinsic(intrinsicIndex('__bswapsi2'));
      },
    },
  };
  const runtime: HandProgram = {
    text: `
      export("__bswapsi2" hidden) fn @swap(u32) u32 { trap }
      export("__bitreversesi2" hidden) fn @reverse(u32) u32 { trap }`,
    bodies: {
      swap: (b) => {
        b.localGet(0 as LocalIndex);
        b.i32Const(8);
        b.op(MirTag.i32_rotl);
      },
      reverse: constant(0),
    },
  };

  test('come from a lazy object, and only those that are called', () => {
    const linker = linkerFor(program, namesOf(program.text));
    linker.addObject(parsed(objectOf(runtime)), { lazy: true });
    const { bytes, map } = expectLinked(linker.flushExecutable());
    expect(run(bytes).call('main', 0x1122_3344)).toBe(0x2233_4411);
    expect(map.functions).toEqual(['main', 'swap']);
    const object = { name: 'main.o', bytes: objectOf(program) };
    const lazy = { name: 'rt.o', bytes: objectOf(runtime), lazy: true };
    expect(run(expectLinked(linkObjects([lazy, object])).bytes).call('main', 1)).toBe(256);
  });

  test('stay out of a program that calls none', () => {
    const plain: HandProgram = { text: 'export fn @main() u32 { trap }', bodies: { main: constant(5) } };
    const linker = linkerFor(plain, namesOf(plain.text));
    linker.addObject(parsed(objectOf(runtime)), { lazy: true });
    expect(expectLinked(linker.flushExecutable({ gc: false })).map.functions).toEqual(['main']);
  });

  test('that nobody defines are named', () => {
    const result = linkerFor(program, namesOf(program.text)).flushExecutable();
    expect(codes(result)).toEqual(['intrinsic_missing']);
    if (!result.ok) expect(result.error.text()).toContain('__bswapsi2');
    expect(codes(linkObjects(inputs([objectOf(program)])))).toEqual(['undefined_symbol']);
  });

  test('never capture a host import of the same name', () => {
    const host: HandProgram = {
      text: 'extern("host") fn @__bswapsi2(u32) u32  export fn @main() u32 { trap }',
      bodies: { main: (b, n) => (b.i32Const(1), b.callNav(n.nav('__bswapsi2'))) },
    };
    const importsWith = (isRuntime: boolean): number => {
      const linker = linkerFor(host, namesOf(host.text));
      const object = parsed(objectOf(runtime));
      if (isRuntime) linker.addLibrary(libraryOf(object));
      else linker.addObject(object, { lazy: true });
      const { bytes } = expectLinked(linker.flushExecutable());
      return WebAssembly.Module.imports(new WebAssembly.Module(bytes)).length;
    };
    expect(importsWith(true)).toBe(1);
    // A library that the user names does, as with wasm-ld.
    expect(importsWith(false)).toBe(0);
  });

  test('are found for a plain call though a host import of the same name was looked for before', () => {
    const host = objectOf({
      text: 'extern("host") fn @__bswapsi2(u32) u32  export fn @ask() u32 { trap }',
      bodies: { ask: (b, n) => (b.i32Const(1), b.callNav(n.nav('__bswapsi2'))) },
    });
    const linker = linkerFor(program, namesOf(program.text));
    linker.addObject(parsed(host));
    linker.addLibrary(libraryOf(parsed(objectOf(runtime))));
    const { bytes } = expectLinked(linker.flushExecutable());
    expect(run(bytes).call('main', 0x1122_3344)).toBe(0x2233_4411);
    const reverse = linkObjects([{ object: parsed(host) }, { object: parsed(objectOf(program)) }], {}, () =>
      libraryOf(parsed(objectOf(runtime))),
    );
    expect(run(expectLinked(reverse).bytes).call('main', 1)).toBe(256);
  });
});

function parsed(bytes: Uint8Array) {
  const result = readObject(bytes, 'input.o');
  if (!result.ok) throw new Error(result.error.text());
  return result.value;
}
