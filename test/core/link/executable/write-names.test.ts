/** What a module says of itself: names of functions, locals, globals and data, its own name, and the tools that made it. */
import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runLinkCommand } from '../../../../core/link/link-command.ts';
import { joinObjects, linkObjects } from '../../../../core/link/linker.ts';
import type { LinkOptions } from '../../../../core/link/options/options.ts';
import { TOOL } from '../../../../core/support/tool.ts';
import { ByteReader } from '../../../../core/wasm/byte-reader.ts';
import type { HandObject } from '../hand-object.ts';
import { callsBody, F, handObject, I32, K } from '../hand-object.ts';
import { payloadOf } from '../with-section.ts';

const text = (value: string): number[] => [value.length, ...Buffer.from(value)];
const subsection = (id: number, ...items: readonly (readonly number[])[]): number[] => {
  const content = [items.length, ...items.flat()];
  return [id, content.length, ...content];
};

/** Two functions behind an import; the name section calls them otherwise than the symbols, and names locals. */
const named: HandObject = {
  types: [[[I32], []]],
  funcImports: [['host', 0]],
  funcs: [
    { type: 0, body: [0, 0x0b] },
    { type: 0, ...callsBody([]), body: [1, 1, I32, 0x0b] },
  ],
  symbols: [
    { kind: K.func, flags: F.exported, index: 1, name: 'a_symbol' },
    { kind: K.func, flags: F.exported, index: 2, name: 'b_symbol' },
  ],
  customs: [
    {
      name: 'name',
      bytes: [
        ...subsection(1, [1, ...text('first')]),
        ...subsection(2, [0, 0], [1, 1, 0, ...text('argument')], [2, 2, 0, ...text('x'), 1, ...text('y')]),
      ],
    },
  ],
};
const plain: HandObject = {
  types: [[[I32], []]],
  funcs: [{ type: 0, body: [0, 0x0b] }],
  symbols: [{ kind: K.func, flags: F.exported, index: 0, name: 'plain' }],
};

const inputs = (...parts: readonly HandObject[]) =>
  parts.map((part, i) => ({ name: `${i}.o`, bytes: handObject(part) }));

function link(parts: readonly HandObject[], options: Partial<LinkOptions> = {}): Uint8Array {
  const result = linkObjects(inputs(...parts), options);
  if (!result.ok) throw new Error(result.error.text());
  return result.bytes;
}

/** Subsections as `id: text`, with index=name, and function(local=name, ...). */
function names(module: Uint8Array): string[] {
  const reader = new ByteReader(payloadOf(module, 'name'));
  const lines: string[] = [];
  const list = (): string => {
    const items: string[] = [];
    for (let left = reader.uleb(); left > 0; left--) items.push(`${reader.uleb()}=${reader.text()}`);
    return items.join(' ');
  };
  while (!reader.done) {
    const id = reader.u8();
    reader.uleb();
    if (id === 0) lines.push(`0: ${reader.text()}`);
    else if (id === 2) {
      const items: string[] = [];
      for (let left = reader.uleb(); left > 0; left--) items.push(`${reader.uleb()}(${list()})`);
      lines.push(`2: ${items.join(' ')}`);
    } else lines.push(`${id}: ${list()}`);
  }
  return lines;
}

function producers(module: Uint8Array): string[] {
  const reader = new ByteReader(payloadOf(module, 'producers'));
  if (reader.done) return [];
  const lines: string[] = [];
  for (let fields = reader.uleb(); fields > 0; fields--) {
    const field = reader.text();
    for (let left = reader.uleb(); left > 0; left--) lines.push(`${field} ${reader.text()} ${reader.text()}`);
  }
  return lines;
}

/** Every module has a stack pointer. */
const SP = '7: 0=__stack_pointer';

describe('names', () => {
  test('are those that the objects give, else those of the symbols; locals move with their function', () => {
    expect(names(link([plain, named]))).toEqual(['1: 0=plain 1=first 2=b_symbol', '2: 1(0=argument) 2(0=x 1=y)', SP]);
    expect(names(link([plain, named], { strip: true }))).toEqual([]);
    const kept = { strip: true, keepSections: ['name'] };
    expect(names(link([plain, named], kept))).toEqual(names(link([plain, named])));
  });

  test('of functions that are left out are left out', () => {
    const symbols = named.symbols!.map((symbol, i) => ({ ...symbol, flags: i === 0 ? 0 : symbol.flags }));
    expect(names(link([{ ...named, symbols }]))).toEqual(['1: 0=b_symbol', '2: 0(0=x 1=y)', SP]);
  });

  test('survive a combination', () => {
    const joined = joinObjects(inputs(plain, named));
    if (!joined.ok) throw new Error(joined.error.text());
    expect(names(joined.bytes)).toEqual(['1: 0=plain 1=first 2=b_symbol', '2: 1(0=argument) 2(0=x 1=y)']);
    const result = linkObjects([{ name: 'j.o', bytes: joined.bytes }]);
    expect(result.ok && names(result.bytes)).toEqual(names(link([plain, named])));
  });

  test('that are malformed count as absent, and never fail a link', () => {
    const { bytes } = named.customs![0]!;
    const broken = [bytes.slice(0, -1), [9, 200, 1], [1, 5, 0xff, 0xff, 0xff, 0xff, 0x0f], [1, 3, 1, 1, 9]];
    for (const content of broken) {
      const object = { ...named, customs: [{ name: 'name', bytes: content }] };
      expect(names(link([object]))).toEqual(['1: 0=a_symbol 1=b_symbol', SP]);
    }
  });

  test('the module is called like its file, or as the command line says', () => {
    const read = (path: string): Uint8Array | null => (path === 'a.o' ? handObject(plain) : null);
    const moduleName = (...args: string[]): string | undefined => {
      const { files, stderr } = runLinkCommand(['--no-entry', 'a.o', ...args], { read });
      expect(stderr).toEqual([]);
      return names(files[0]!.bytes)[0];
    };
    expect(moduleName('-o', 'out/deep/x.wasm')).toBe('0: x.wasm');
    expect(moduleName()).toBe('0: a.out');
    expect(moduleName('-o', 'x.wasm', '--soname=other')).toBe('0: other');
    expect(moduleName('-r', '-o', 'x.o')).toBe('0: x.o');
    expect(names(link([plain]))).toEqual(['1: 0=plain', SP]);
  });
});

describe('producers', () => {
  const own = `processed-by ${TOOL.name} ${TOOL.version}`;
  const made = (...values: [string, string, string][]): HandObject => ({ ...plain, producers: values });

  test('are those of the inputs, each once, and this program', () => {
    const second = {
      ...named,
      producers: [
        ['language', 'C', '12'],
        ['processed-by', 'clang', '22'],
      ],
    } as const;
    const bytes = link([made(['language', 'C', '11'], ['sdk', 'S', '1']), second]);
    expect(producers(bytes)).toEqual(['language C 11', 'processed-by clang 22', own, 'sdk S 1']);
    expect(producers(link([plain]))).toEqual([own]);
    expect(producers(link([plain], { strip: true }))).toEqual([]);
    expect(producers(link([plain], { strip: true, keepSections: ['producers'] }))).toEqual([own]);
  });

  test('name this program once, however often an object goes through it', () => {
    const once = joinObjects(inputs(plain));
    const twice = once.ok ? joinObjects([{ name: 'j.o', bytes: once.bytes }]) : once;
    expect(once.ok && twice.ok && producers(twice.bytes)).toEqual([own]);
    expect(twice).toMatchObject({ bytes: once.ok ? once.bytes : null });
  });

  test('say the version of the package', () => {
    const { name, version } = JSON.parse(readFileSync(join(process.cwd(), 'package.json'), 'utf8')) as typeof TOOL;
    expect({ name, version }).toEqual(TOOL);
  });
});
