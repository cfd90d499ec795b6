/**
 * Edits of a living compilation: what they are, that core follows them, and that `reflush` sees a linker that does not.
 */
import { describe, expect, test } from '@jest/globals';
import type { NavIndex, Unit } from '../../../core/index.ts';
import {
  CallConv,
  compileExe,
  compileObject,
  DEFAULT_SETTINGS,
  IP,
  openCompilation,
  verifyUnit,
} from '../../../core/index.ts';
import { vectorType } from '../../../core/intern/vectors.ts';
import type { Backend, OpenCompilation } from '../../../harness/backend/door.ts';
import { coreSettings } from '../../../harness/backend/core/settings.ts';
import { CORE_BACKEND } from '../../../harness/backend/core/core-backend.ts';
import { generatorOf } from '../../../harness/case/generate.ts';
import { reflush } from '../../../harness/check/bytes-checks.ts';
import { Edits } from '../../../harness/check/edits.ts';
import { runCase } from '../../../harness/check/run-case.ts';
import { V8_ENGINE } from '../../../harness/engine/v8/v8-engine.ts';
import { unitOf } from './fixtures.ts';

const generate = generatorOf('default', null);

function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) % below;
  };
}

describe('edits', () => {
  test('leave the program valid, are of every kind, and repeat from the seed', () => {
    const kinds = new Set<string>();
    for (let seed = 1; seed <= 30; seed++) {
      const { unit } = generate(seed * 104729);
      const edits = new Edits(unit, numbers(seed));
      const again = new Edits(unit, numbers(seed));
      for (let n = 0; n < 12; n++) {
        const edit = edits.next()!;
        expect(again.next()!.what).toBe(edit.what);
        kinds.add(edit.what.replace(/@\S+|"[^"]*"/g, '_'));
        expect(verifyUnit({ pool: unit.pool, navs: edits.navs })).toEqual([]);
      }
    }
    expect([...kinds].sort()).toEqual([
      '_ holds what _ held',
      '_ is as it was',
      '_ is exported as _ (default)',
      '_ is exported as _ (hidden)',
      '_ is no longer exported as _',
      '_ is undefined',
      '_ only traps',
    ]);
  });
});

describe('changes of which navs there are', () => {
  test('leave the program valid, are of every kind, and repeat from the seed', () => {
    const kinds = new Set<string>();
    for (let seed = 1; seed <= 10; seed++) {
      const { unit } = generate(seed * 104729);
      const edits = new Edits(unit, numbers(seed));
      const again = new Edits(unit, numbers(seed));
      for (let n = 0; n < 12; n++) {
        const what = edits.reshape();
        expect(again.reshape()).toBe(what);
        kinds.add(what.replace(/@\S+/g, '_').replace(/_,/, '_'));
        expect(verifyUnit({ pool: unit.pool, navs: edits.navs })).toEqual([]);
      }
    }
    expect([...kinds].sort()).toEqual(['_ comes, like _', '_ goes', '_ is like _']);
  });

  test('core follows them, and compiles no function again that is what it was', () => {
    const [most, again] = [12, 3];
    for (let seed = 1; seed <= 12; seed++) {
      const { unit, settings } = generate(seed * 7919);
      const open = openCompilation(unit, coreSettings(settings));
      if (!open.ok) throw new Error('refused');
      const random = numbers(seed);
      const edits = new Edits(unit, random);
      for (let n = 0; n < most; n++) {
        const what = edits.reshape();
        if (n % again === 0) {
          const edit = edits.next()!;
          if (edit.edited.kind === 'func' && edit.nav < unit.navs.length) open.value.updateFunc(edit.nav, edit.edited);
        }
        const navs = [...edits.navs];
        const updated = open.value.updateUnit({ pool: unit.pool, navs });
        expect(updated.ok && updated.value).toBeLessThanOrEqual(2);
        const clean = compileExe({ pool: unit.pool, navs }, coreSettings(settings));
        const own = open.value.flush();
        expect([seed, n, what, own.ok]).toEqual([seed, n, what, clean.ok]);
        if (own.ok && clean.ok)
          expect([seed, n, what, Buffer.compare(own.value, clean.value)]).toEqual([seed, n, what, 0]);
      }
    }
  });

  test('a unit that is refused changes nothing', () => {
    const unit = unitOf(PROGRAM);
    const open = openCompilation(unit, DEFAULT_SETTINGS);
    if (!open.ok) throw new Error('refused');
    const first = open.value.flush();
    const { pool } = unit;
    const fn = pool.fnType([vectorType(pool, pool.intType(false, 7), 2)], IP.void_type, CallConv.c);
    const ty = pool.ptrType(fn, { isConst: true });
    const nav = { ...unit.navs[3]!, name: 'unknown', ty, init: pool.undef(ty), exports: [] };
    const updated = open.value.updateUnit({ pool: unit.pool, navs: [...unit.navs, nav] });
    expect(updated.ok ? [] : updated.error.map(({ code }) => code)).toEqual(['refused_type']);
    expect(open.value.flush()).toEqual(first);
  });
});

const PROGRAM = `export fn @f(u32) u32 {
  %0 = arg u32 0
  %1 = call @g(%0)
  %2 = load u32 *u32 &@n
  %3 = add_wrap %1, %2
  ret %3
}
fn @g(u32) u32 {
  %0 = arg u32 0
  %1 = call @h(%0)
  ret %1
}
fn @h(u32) u32 {
  %0 = arg u32 0
  %1 = mul_wrap %0, u32 3
  ret %1
}
export var @n: u32 = 5
`;

describe('a kept compilation', () => {
  const nav = (unit: Unit, name: string): NavIndex => unit.navs.findIndex((one) => one.name === name) as NavIndex;

  test('drops what nothing needs after an export is deleted, and takes it back', () => {
    const unit = unitOf(PROGRAM);
    const result = openCompilation(unit, DEFAULT_SETTINGS);
    if (!result.ok) throw new Error('refused');
    const open = result.value;
    const exportsOf = (): string[] => {
      const flushed = open.flush();
      if (!flushed.ok) throw new Error('not linked');
      return WebAssembly.Module.exports(new WebAssembly.Module(flushed.value.slice().buffer)).map(({ name }) => name);
    };
    const first = open.flush();
    expect(exportsOf()).toEqual(expect.arrayContaining(['f', 'n']));
    open.deleteExport(nav(unit, 'f'), 'f');
    open.deleteExport(nav(unit, 'f'), 'no such name');
    expect(exportsOf()).not.toContain('f');
    const bare = unit.navs.map((one) => (one.name === 'f' ? { ...one, exports: [] } : one));
    expect(open.flush()).toEqual(compileExe({ pool: unit.pool, navs: bare }, DEFAULT_SETTINGS));
    open.updateExports(nav(unit, 'f'), [{ name: 'f', visibility: 'default' }]);
    expect(open.flush()).toEqual(first);
  });

  test('names symbols by the exports of the moment: a name that another function is exported under is not its own', () => {
    const unit = unitOf(PROGRAM);
    const result = openCompilation(unit, DEFAULT_SETTINGS);
    if (!result.ok) throw new Error('refused');
    const open = result.value;
    const first = open.flushObject(false);
    const exports = [{ name: 'h', visibility: 'default' }] as const;
    open.updateExports(nav(unit, 'f'), exports);
    const renamed = unit.navs.map((one) => (one.name === 'f' ? { ...one, exports } : one));
    const clean = compileObject({ pool: unit.pool, navs: renamed }, DEFAULT_SETTINGS);
    expect(clean).not.toEqual(first);
    expect(open.flushObject(false)).toEqual(clean);
    open.updateFunc(nav(unit, 'f'));
    expect(open.flushObject(false)).toEqual(first);
  });

  test('refuses an edit that changes what a nav is', () => {
    const unit = unitOf(PROGRAM);
    const result = openCompilation(unit, DEFAULT_SETTINGS);
    if (!result.ok) throw new Error('refused');
    expect(() => result.value.updateFunc(nav(unit, 'g'), unit.navs[nav(unit, 'h')])).toThrow('not what it is');
  });
});

describe('reflush', () => {
  /** Core whose kept compilations are what `change` makes of them. */
  const wrapped = (change: (open: OpenCompilation) => Partial<OpenCompilation>): Backend => ({
    ...CORE_BACKEND,
    living: {
      open(unit, settings) {
        const open = CORE_BACKEND.living!.open(unit, coreSettings(settings));
        return 'kind' in open ? open : { ...open, ...change(open) };
      },
    },
  });
  const bucketsWith = (backend: Backend): Set<string> => {
    const found = new Set<string>();
    for (let seed = 1; seed <= 8; seed++) {
      const case_ = { ...generate(seed * 7919), seed };
      const report = runCase(case_, { backend, engines: [V8_ENGINE], checks: [reflush], every: true });
      expect(report.checks.length + (report.verdict.kind === 'discarded' ? 1 : 0)).toBe(1);
      for (const { kind, op } of report.findings) found.add(`${kind}/${op}`);
    }
    return found;
  };

  test('finds nothing in core', () => {
    expect(bucketsWith(CORE_BACKEND)).toEqual(new Set());
  });

  test.each([
    ['forgets every fifth edit', (n: number): boolean => n % 5 === 4],
    ['forgets the first edit only', (n: number): boolean => n === 0],
  ])('finds a compilation that %s', (_what, forgets) => {
    const backend = wrapped((open) => {
      let n = 0;
      return {
        edit: (nav, edited) => {
          if (!forgets(n++)) open.edit!(nav, edited);
        },
      };
    });
    expect([...bucketsWith(backend)].every((bucket) => bucket.startsWith('bytes/edits'))).toBe(true);
    expect(bucketsWith(backend).has('bytes/edits')).toBe(true);
  });

  test('finds a compilation that keeps deleted exports', () => {
    const backend = wrapped((open) => {
      const all = new Map<NavIndex, Map<string, 'default' | 'hidden'>>();
      return {
        edit: (nav, edited) => {
          const names = all.get(nav) ?? new Map<string, 'default' | 'hidden'>();
          all.set(nav, names);
          for (const { name, visibility } of edited.exports) names.set(name, visibility);
          const exports = [...names].map(([name, visibility]) => ({ name, visibility }));
          open.edit!(nav, { ...edited, exports });
        },
      };
    });
    expect(bucketsWith(backend).has('bytes/edits')).toBe(true);
  });
});
