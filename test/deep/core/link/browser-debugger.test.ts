/**
 * A browser's debugger takes debug information: Chromium, where one is installed, is driven through its debugging protocol on two
 * pipes, stops at the place of the code that the line table gives for a line, and shows locals by their names.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { ALL_PEEPHOLES } from '../../../../core/codegen/state/peepholes.ts';
import { compileExe, compileObject, linkObjects } from '../../../../core/pipeline/compile.ts';
import { DEFAULT_SETTINGS } from '../../../../core/pipeline/settings.ts';
import { customsOf, readDwarf } from '../../../../harness/layout/read-dwarf.ts';
import { listSections } from '../../../../harness/wasm/cursor.ts';
import { expectOk, readUnit } from '../../../core/codegen/run-air.ts';
import { makeFolder } from '../../../harness/cli/run-harness.ts';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((f) =>
  existsSync(f),
);

/** Line 40 is reached with all names given. */
const PROGRAM = readUnit(`
export fn @main(u32) u32 {
  %0 = arg u32 0
  dbg_stmt 10 1
  dbg_var_val %0, "seed"
  %3 = alloc *u32
  dbg_var_ptr %3, "total"
  store %3, %0
  dbg_stmt 20 1
  %7 = mul_wrap %0, u32 3
  dbg_var_val %7, "tripled"
  dbg_stmt 30 1
  %10 = dbg_inline_block u32 @helper {
    dbg_arg_inline %7, "x"
    dbg_stmt 31 1
    %13 = add_wrap %7, u32 1000
    br %10 %13
  }
  dbg_stmt 40 1
  %16 = add_wrap %10, %7
  store %3, %16
  dbg_stmt 50 1
  %19 = load u32 %3
  ret %19
}

fn @helper(u32) u32 {
  %0 = arg u32 0
  ret %0
}
`);

/** What the browser says, of all kinds of messages. */
interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Message;
  readonly result?: unknown;
  readonly error?: unknown;
  readonly targetId?: string;
  readonly sessionId?: string;
  readonly scriptId?: string;
  readonly scriptLanguage?: string;
  readonly debugSymbols?: unknown;
  readonly callFrames?: unknown;
  readonly actualLocation?: unknown;
}
type Params = Readonly<Record<string, unknown>>;

/** One browser with one page, spoken to by messages that end in NUL. */
class Browser {
  readonly #folder = makeFolder();
  readonly #process: ChildProcess;
  readonly #answers = new Map<number, (message: Message) => void>();
  readonly #events: Message[] = [];
  readonly #waiting: (() => void)[] = [];
  #session: string | null = null;
  #next = 1;

  constructor(path: string) {
    const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--remote-debugging-pipe'];
    this.#process = spawn(path, [...flags, `--user-data-dir=${this.#folder.path}`, 'about:blank'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    });
    let text = '';
    (this.#process.stdio[4] as Readable).setEncoding('utf8').on('data', (part: string) => {
      const messages = (text + part).split('\0');
      text = messages.pop()!;
      for (const message of messages) this.#take(JSON.parse(message) as Message);
    });
  }

  #take(message: Message): void {
    const answer = this.#answers.get(message.id ?? 0);
    if (answer !== undefined) answer(message);
    else this.#events.push(message);
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** Opens the page. */
  async open(): Promise<void> {
    const { targetId } = await this.ask('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await this.ask('Target.attachToTarget', { targetId, flatten: true });
    this.#session = sessionId!;
  }

  /** What `method` answers. */
  async ask(method: string, params: Params = {}): Promise<Message> {
    const id = this.#next++;
    const message = { id, method, params, ...(this.#session === null ? {} : { sessionId: this.#session }) };
    const answer = new Promise<Message>((resolve) => this.#answers.set(id, resolve));
    (this.#process.stdio[3] as Writable).write(`${JSON.stringify(message)}\0`);
    const { result, error } = await answer;
    if (error !== undefined) throw new Error(`${method}: ${JSON.stringify(error)}`);
    return result as Message;
  }

  /** The next event `method` that is `wanted`; it is taken. */
  async event(method: string, wanted: (params: Message) => boolean = () => true): Promise<Message> {
    for (;;) {
      const n = this.#events.findIndex((one) => one.method === method && wanted(one.params!));
      if (n >= 0) return this.#events.splice(n, 1)[0]!.params!;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGKILL');
    await ended;
    this.#folder.remove();
  }
}

interface Frame {
  readonly functionName: string;
  readonly location: { readonly columnNumber: number };
  readonly scopeChain: readonly { readonly type: string; readonly object: { readonly objectId: string } }[];
}

/** Values of the locals of a frame that is stopped, by name. */
async function localsOf(browser: Browser, { scopeChain }: Frame): Promise<Readonly<Record<string, unknown>>> {
  const { objectId } = scopeChain.find(({ type }) => type === 'local')!.object;
  const { result } = await browser.ask('Runtime.getProperties', { objectId, ownProperties: true });
  const locals: Record<string, unknown> = {};
  for (const property of result as { name: string; value?: { value?: unknown; objectId?: string } }[]) {
    const { name, value } = property;
    if (value?.objectId === undefined) locals[name] = value?.value;
    else {
      const inner = await browser.ask('Runtime.getProperties', { objectId: value.objectId, ownProperties: true });
      const own = (inner.result as { name: string; value?: { value?: unknown } }[]).find((one) => one.name === 'value');
      locals[name] = own?.value?.value;
    }
  }
  return locals;
}

describe("a browser's debugger", () => {
  if (CHROMIUM === undefined) {
    test.skip('Chromium is not installed', () => undefined);
    return;
  }
  const browser = new Browser(CHROMIUM);
  beforeAll(async () => {
    await browser.open();
    await browser.ask('Runtime.enable');
    await browser.ask('Debugger.enable');
  });
  afterAll(() => browser.close());

  const settings = { ...DEFAULT_SETTINGS, debugInfo: 'program.air' };
  const small = { ...settings, ...ALL_PEEPHOLES };
  const linked = (): Uint8Array => {
    const bytes = expectOk(compileObject(PROGRAM, settings));
    return expectOk(linkObjects([{ name: 'a.o', bytes }], settings));
  };
  test.each([
    ['an executable', () => expectOk(compileExe(PROGRAM, settings)), true],
    ['a linked object', linked, true],
    ['an executable with all peepholes', () => expectOk(compileExe(PROGRAM, small)), false],
  ])('stops %s at its lines and shows names of locals', async (_name, make, isPlain) => {
    const bytes = make();
    const base64 = Buffer.from(bytes).toString('base64');
    const load = `WebAssembly.instantiate(Uint8Array.from(atob('${base64}'), (c) => c.charCodeAt(0))).then((made) => { globalThis.made = made.instance.exports; })`;
    await browser.ask('Runtime.evaluate', { expression: load, awaitPromise: true });
    const script = await browser.event('Debugger.scriptParsed', (params) => params.scriptLanguage === 'WebAssembly');
    const symbols = [script.debugSymbols].flat() as { type: string }[];
    expect(symbols.map(({ type }) => type)).toContain('EmbeddedDWARF');

    const { rows, entries } = readDwarf(customsOf(bytes))!;
    const main = entries.find(({ name }) => name === 'main')!;
    const code = listSections(bytes).find(({ id }) => id === 10)!.from;
    const placeOf = (line: number): number =>
      code + rows.find((row) => !row.ends && row.line === line && row.address > main.low)!.address;
    const { scriptId } = script;
    for (const line of [20, 40]) {
      const location = { scriptId, lineNumber: 0, columnNumber: placeOf(line) };
      const { actualLocation } = await browser.ask('Debugger.setBreakpoint', { location });
      expect(actualLocation).toMatchObject({ columnNumber: placeOf(line) });
    }
    const running = browser.ask('Runtime.evaluate', { expression: 'made.main(37)' });
    const stopAt = async (line: number): Promise<Readonly<Record<string, unknown>>> => {
      const paused = await browser.event('Debugger.paused');
      const [frame] = paused.callFrames as Frame[];
      expect([line, frame!.location.columnNumber]).toEqual([line, placeOf(line)]);
      expect(frame!.functionName).toMatch(/main/);
      const locals = await localsOf(browser, frame!);
      await browser.ask('Debugger.resume');
      return locals;
    };
    expect(named(await stopAt(20))).toMatchObject({ seed: 37 });
    const locals = named(await stopAt(40));
    expect(locals).toMatchObject({ seed: 37, tripled: 111 });
    if (!isPlain) expect(Object.keys(locals)).not.toContain('total');
    expect(await running).toMatchObject({ result: { value: 37 * 3 + 1000 + 37 * 3 } });
  });
});

/** Locals by their names as the program gives them: the browser puts a `$` in front. */
function named(locals: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(locals).map(([name, value]) => [name.replace(/^\$/, ''), value]));
}
