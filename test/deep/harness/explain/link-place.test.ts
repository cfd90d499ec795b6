/** `repro --explain` of decorated links: where the module of a linker with a mistake and that of wasm-ld differ. */
import { afterAll, describe, expect, test } from '@jest/globals';
import { Chalk } from 'chalk';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { plant } from '../../../../bench/planted/plant.ts';
import { loadCoreBackend } from '../../../../harness/backend/core/core-backend.ts';
import { readCaseFile } from '../../../../harness/case/case-file.ts';
import { lldCheck } from '../../../../harness/check/lld.ts';
import { runCase } from '../../../../harness/check/run-case.ts';
import { topologyCheck } from '../../../../harness/check/topology.ts';
import { V8_ENGINE } from '../../../../harness/engine/v8/v8-engine.ts';
import { explain } from '../../../../harness/explain/explain.ts';
import { printExplanation } from '../../../../harness/explain/print.ts';
import { LLVM_ABSENT, loadLlvm } from '../../../../harness/external/llvm.ts';
import { loadModuleText } from '../../../../harness/wasm/module-text.ts';
import { makeFolder } from '../../../harness/cli/run-harness.ts';

const folder = makeFolder();
afterAll(() => folder.remove());
const llvm = await loadLlvm();

const TEXT = `;! case 1
;! link a.o = @f | b.o = @table
export fn @f() u32 {
  %0 = load u32 *u32 &@table+4
  ret %0
}
export var @table: [2]u32 = .{ 5, 6 }
;! run @f()
`;

describe(llvm === null ? LLVM_ABSENT : 'with wasm-ld', () => {
  (llvm === null ? test.skip : test)('an address that forgets its addend is shown with its relocation', async () => {
    const mistake = {
      name: 'address-forgets-the-addend',
      family: 'link',
      file: 'relocate.js',
      find: 'const address = addressOf(placed, target, symbols.symbolOffset[o][symbol], relocs.addend[r]);',
      replace: 'const address = addressOf(placed, target, symbols.symbolOffset[o][symbol], 0);',
      mistake: 'an address in the code of an object has no addend',
    } as const;
    const core = plant(mistake, folder.path);
    const backend = await loadCoreBackend(pathToFileURL(join(core, 'index.js')).href, mistake.name);
    const read = readCaseFile(TEXT, 'case.air');
    if (!read.ok) throw new Error(read.errors.map(({ message }) => message).join('\n'));
    const lld = lldCheck(llvm!);
    const checks = [topologyCheck, lld];
    const { findings } = runCase(read.value.case, { backend, engines: [V8_ENGINE], checks, every: true });
    const finding = findings.find(({ check }) => check === 'lld');
    expect(finding?.kind).toBe('bytes');
    const textOf = await loadModuleText();
    const parts = { text: TEXT, name: 'case.air', isFile: true, backend, engine: V8_ENGINE, textOf };
    const explanation = await explain(finding!, { ...parts, lld });
    const { link } = explanation;
    expect(link?.section).toBe('code');
    expect(link?.relocation).toMatchObject({ symbol: 'table', addend: 4, object: 'a.o', owner: 'f' });
    expect(link?.relocation?.type).toMatch(/^MEMORY_ADDR_/);
    const [ours, theirs] = link!.sides;
    expect([ours.value.split(' (')[0], theirs.value.split(' (')[0]]).toEqual(['0 from table', 'table + 4']);
    for (const { context } of link!.sides) {
      expect(context.filter(({ marked }) => marked).map(({ text }) => text.trim())).toEqual([
        expect.stringMatching(/^i32\.(?:const|load)/),
      ]);
    }
    const printed = printExplanation(explanation, new Chalk({ level: 0 }));
    expect(printed).toContain('free to differ, and not compared:\n- addresses of strings that are shared');
    for (const line of printed.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    // What cannot be compared is said, and the finding keeps its message.
    const alone = await explain(finding!, parts);
    expect([alone.link, alone.summary]).toEqual([null, expect.stringContaining('without wasm-ld')]);
  });
});
