/**
 * Where the names of a program are in the executable and in a module that was linked from objects.
 *
 * Functions by the name section; variables by the addresses that both modules export. Variables that the program does not
 * export are exported for this table, which may move them.
 */
import type { NavIndex } from '../../core/index.ts';
import { isFunctionNav, printNavName } from '../../core/index.ts';
import type { Case } from '../model/case.ts';
import { objectName } from '../case/case-file.ts';
import type { EngineRun } from '../engine/door.ts';
import { addressOfNav } from '../engine/state.ts';
import type { SymbolPart } from './explanation.ts';
import { instrument } from './instrument.ts';
import { functionIndexOf } from '../wasm/module-place.ts';
import type { BuildResult } from '../way/build-result.ts';
import type { Way } from '../way/ways.ts';
import { LINKED } from '../way/ways.ts';
import type { Bench } from './runner.ts';

interface Side {
  readonly bytes: Uint8Array;
  readonly run: EngineRun;
}

/** The table; empty where one of the modules cannot be made. */
export function symbolParts(case_: Case, executable: Way, way: Way, bench: Bench): SymbolPart[] {
  const { unit } = instrument(case_.unit, { wants: () => false, exportData: true });
  const store = bench.store(case_, unit, true);
  const side = (built: BuildResult | null): Side | null => {
    if (built?.kind !== 'built') return null;
    return { bytes: built.bytes, run: bench.run(built.bytes, unit, []) };
  };
  const left = side(executable.make(store));
  const right = side(way.make(store));
  if (left === null || right === null) return [];
  return case_.unit.navs.map((nav, n) => {
    const isFunction = isFunctionNav(nav);
    const place = ({ bytes, run }: Side): number | null => {
      if (isFunction) return functionIndexOf(bytes, nav.name);
      return run.kind === 'ran' ? (addressOfNav(run.state, unit, n as NavIndex) ?? null) : null;
    };
    return {
      name: printNavName(nav.name),
      object: objectOf(case_, way, n as NavIndex),
      what: isFunction ? 'function index' : 'address',
      executable: place(left),
      linked: place(right),
    };
  });
}

function objectOf(case_: Case, way: Way, nav: NavIndex): string {
  if (case_.unit.navs[nav]!.kind.startsWith('extern')) return 'imported';
  if (way.id.name === LINKED.id.name) return 'whole.o';
  const part = case_.plan.parts.findIndex((navs) => navs.includes(nav));
  return part < 0 ? '-' : objectName(part);
}
