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
import type { Engine, EngineRun } from '../engine/door.ts';
import type { SymbolPart } from './explanation.ts';
import { instrument } from './instrument.ts';
import { functionIndexOf } from '../wasm/module-place.ts';
import type { Way } from './ways.ts';

interface Side {
  readonly bytes: Uint8Array;
  readonly run: EngineRun;
}

const RUN_TIME = 5000;

/** The table; empty where one of the modules cannot be made. */
export function symbolParts(case_: Case, executable: Way, way: Way, engine: Engine): SymbolPart[] {
  const { unit } = instrument(case_.unit, { wants: () => false, exportData: true });
  const settings = { ...case_.settings, strip: false };
  const side = (built: ReturnType<Way['build']>): Side | null => {
    if (built.kind !== 'built') return null;
    return { bytes: built.bytes, run: engine.run(built.bytes, unit, [], { timeout: RUN_TIME }) };
  };
  const left = side(executable.build(unit, settings));
  const right = side(way.build(unit, settings));
  if (left === null || right === null) return [];
  return case_.unit.navs.map((nav, n) => {
    const isFunction = isFunctionNav(nav);
    const place = ({ bytes, run }: Side): number | null => {
      if (isFunction) return functionIndexOf(bytes, nav.name);
      return run.kind === 'ran' ? (run.state.addressOf(n as NavIndex) ?? null) : null;
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
  if (way.name === 'linked object') return 'whole.o';
  const part = case_.plan.parts.findIndex((navs) => navs.includes(nav));
  return part < 0 ? '-' : objectName(part);
}
