/**
 * The walk from what is marked to everything that it reaches, to a fixed point.
 *
 * Owns the visits: summaries of functions, fixups of data, initialisers, objects. An object of an archive is included when
 * something of it is reached; then its constructors, its retained segments and the symbols it must keep are reached too.
 * Counts the uses of data in code; undefined symbols that are reached are reported, each once.
 */
import type { Diagnostics, Place } from '../../diagnostics/diagnostics.ts';
import type { IpIndex, NavIndex } from '../../intern/keys.ts';
import { INTRINSICS } from '../../mir/intrinsics.ts';
import { NAV_WORDS, UAV_WORDS } from '../../mir/mir.ts';
import { SegmentFlag, SymbolFlag, SymbolKind } from '../../wasm/kinds.ts';
import { eachObject } from '../input/each-object.ts';
import type { ObjectId, ObjSegIndex } from '../input/index-spaces.ts';
import type { LinkOptions } from '../options/options.ts';
import { entryMeaning } from '../symbols/find-name.ts';
import type { NumberedSymbols } from '../symbols/numbered-symbols.ts';
import {
  dataId,
  dataOwner,
  extraOf,
  funcOwner,
  funcPosition,
  initialiserTarget,
  isUnitFunc,
  navTargetOf,
  segmentPosition,
  targetOf,
  TLS_BASE,
} from '../symbols/numbered-symbols.ts';
import { FIXED_GLOBALS } from '../symbols/provided-symbols.ts';
import { UNDEFINED } from '../symbols/symbol-table.ts';
import type { DataId, FuncId, GlobalId } from '../symbols/targets.ts';
import { hostGlobalOf, isDefinition, Target } from '../symbols/targets.ts';
import type { LoweredData } from '../unit/lower-data.ts';
import { FIXUP_WORDS, FixupKind } from '../unit/lower-data.ts';
import type { FuncRecord, LinkState } from '../unit/state.ts';
import type { FollowOptions } from './follow-relocations.ts';
import { Follower } from './follow-relocations.ts';
import type { Marks } from './marks.ts';
import { UndefinedReports } from './undefined-reports.ts';

/** The options that marking looks at. */
export type MarkOptions = FollowOptions & Pick<LinkOptions, 'undefinedPolicy'>;

export class Walk {
  readonly #symbols: NumberedSymbols;
  readonly #marks: Marks;
  readonly #warnsOfUndefined: boolean;
  readonly #state: LinkState | null;
  readonly #reports: UndefinedReports;
  readonly #follower: Follower;

  constructor(symbols: NumberedSymbols, marks: Marks, options: MarkOptions, diags: Diagnostics) {
    this.#symbols = symbols;
    this.#marks = marks;
    this.#warnsOfUndefined = options.undefinedPolicy === 'warn';
    this.#state = symbols.table.state;
    this.#reports = new UndefinedReports(diags);
    this.#follower = new Follower(symbols, marks, options, this.#reports);
  }

  /** Object `o` takes part: so do its constructors and what it says must stay. */
  includeObject(o: ObjectId): void {
    const marks = this.#marks;
    if (marks.included[o] === 1) return;
    marks.included[o] = 1;
    const { table } = this.#symbols;
    const { initFuncs, roots, symbols, segments, file } = table.objects[o]!;
    for (const { symbol } of initFuncs) {
      const target = targetOf(this.#symbols, o, symbol);
      if (isDefinition(target)) marks.markFunc(target as FuncId);
      else if (target === Target.undefined) this.#reports.error(symbols[symbol]!.name, { in: 'file', file });
    }
    for (const s of roots) {
      const { kind, flags } = symbols[s]!;
      const target = targetOf(this.#symbols, o, s);
      if ((flags & SymbolFlag.no_strip) === 0 || target === Target.undefined) continue;
      // A weak definition that lost keeps nothing alive, nor does a reference, unless the host or the linker satisfies it.
      const entry = table.symbolEntries[o]![s]!;
      // A wrapper is not what is to be kept.
      if (entry?.definedIn === o) marks.mark(kind, entryMeaning(this.#symbols, entry).target);
      else if (!entry || (entry.definedIn === UNDEFINED && this.#isTakenAsIs(kind, target))) marks.mark(kind, target);
    }
    for (let s = 0; s < segments.length; s++) {
      if ((segments[s]!.flags & SegmentFlag.retain) === 0 || table.discarded[o]?.segments.has(s)) continue;
      marks.markData(dataId(this.#symbols, o, s as ObjSegIndex));
    }
  }

  /** Whether an undefined symbol leads to an import or to something of the linker's, not to a stub. */
  #isTakenAsIs(kind: number, target: Target): boolean {
    if (kind !== SymbolKind.function) return isDefinition(target);
    return extraOf(this.#symbols, target as FuncId)?.role === 'import';
  }

  /** What custom sections mention and nobody defines, of the objects that take part: wasm-ld reports it where nothing is collected. */
  reportCustoms(): void {
    const { objects, discarded } = this.#symbols.table;
    eachObject(objects, ({ customs }, o) => {
      if (this.#marks.included[o] === 0) return;
      for (const { section, relocs } of customs) {
        if (!discarded[o]?.sections.has(section)) this.#follower.reportUndefined(o, relocs);
      }
    });
  }

  /** Visits marked things until none is left. */
  drain(): void {
    const marks = this.#marks;
    for (;;) {
      const func = marks.funcWork.pop();
      if (func !== undefined) {
        this.#visitFunc(func);
        continue;
      }
      const data = marks.dataWork.pop();
      if (data !== undefined) {
        this.#visitData(data);
        continue;
      }
      const global = marks.globalWork.pop();
      if (global !== undefined) {
        this.#visitGlobal(global);
        continue;
      }
      if (marks.visitedUavs === marks.uavs.length) return;
      const uav = marks.uavs[marks.visitedUavs++]!;
      this.#visitFixups(uav.lowered, { in: 'nav', nav: '<constant>' });
    }
  }

  #visitFunc(id: FuncId): void {
    const symbols = this.#symbols;
    const extra = extraOf(symbols, id);
    if (isUnitFunc(symbols, id)) {
      this.#visitUnitFunc(this.#state!.funcs.values[id]!);
    } else if (extra) {
      if (extra.role === 'undefined' && this.#warnsOfUndefined) this.#reports.warnOnce(extra.name);
    } else {
      const o = funcOwner(symbols, id);
      this.includeObject(o);
      const { codeRelocs, funcRelocs } = symbols.table.objects[o]!;
      const f = funcPosition(symbols, o, id);
      this.#follower.follow(o, codeRelocs, funcRelocs[f]!, funcRelocs[f + 1]!);
    }
  }

  #visitUnitFunc(func: FuncRecord): void {
    const marks = this.#marks;
    const navs = this.#state!.unit.navs;
    if (func.callsTable) marks.usesTable = true;
    for (let i = 0; i < func.uavs.length; i += UAV_WORDS) {
      marks.markUav(func.uavs[i]! as IpIndex, func.uavs[i + 1]!, func.uavs[i + 2]!);
    }
    for (let i = 0; i < func.navs.length; i += NAV_WORDS) {
      const nav = func.navs[i]! as NavIndex;
      const target = navTargetOf(this.#symbols, nav);
      const isFunction = navs[nav]!.kind === 'func' || navs[nav]!.kind === 'extern_func';
      if (isMissing(target)) this.#reports.error(navs[nav]!.name, { in: 'nav', nav: navs[func.nav]!.name });
      else if (isFunction) marks.markFunc(target as FuncId);
      else {
        if (navs[nav]!.threadlocal) marks.markGlobal(TLS_BASE);
        marks.markData(target);
        if (isDefinition(target)) marks.dataUses[target]! += func.navs[i + 1]!;
      }
    }
    for (const row of func.intrinsics) {
      const target = this.#symbols.intrinsicTarget.get(row)!;
      if (isDefinition(target)) marks.markFunc(target as FuncId);
      else this.#reports.intrinsic(INTRINSICS[row]!.name, { in: 'nav', nav: navs[func.nav]!.name });
    }
  }

  #visitData(id: DataId): void {
    const symbols = this.#symbols;
    if (id >= symbols.navDataBase) {
      const record = this.#state!.data.values[id - symbols.navDataBase]!;
      this.#visitFixups(record.lowered, { in: 'nav', nav: this.#state!.unit.navs[record.nav]!.name });
    } else {
      const o = dataOwner(symbols, id);
      this.includeObject(o);
      const { dataRelocs, segmentRelocs } = symbols.table.objects[o]!;
      const s = segmentPosition(symbols, o, id);
      this.#follower.follow(o, dataRelocs, segmentRelocs[s]!, segmentRelocs[s + 1]!);
    }
  }

  #visitGlobal(id: GlobalId): void {
    const ref = this.#symbols.globals[id - FIXED_GLOBALS.length];
    if (!ref) return;
    this.includeObject(ref.object);
    const { globals, file } = this.#symbols.table.objects[ref.object]!;
    for (const mention of globals[ref.index]!.refs) {
      const target = initialiserTarget(this.#symbols, ref.object, mention);
      if (!isDefinition(target)) this.#reports.error(`${mention.kind} ${mention.index}`, { in: 'file', file });
      else if (mention.kind === 'global') this.#marks.markGlobal(target as GlobalId);
      else this.#marks.markFunc(target as FuncId);
    }
  }

  #visitFixups({ fixups }: LoweredData, place: Place): void {
    for (let i = 0; i < fixups.length; i += FIXUP_WORDS) {
      if (fixups[i + 1] === FixupKind.uav) this.#marks.markUav(fixups[i + 2]! as IpIndex, fixups[i + 4]!, 0);
      else this.#reachNav(fixups[i + 2]! as NavIndex, place);
    }
  }

  #reachNav(nav: NavIndex, place: Place): void {
    const target = navTargetOf(this.#symbols, nav);
    const { kind, name } = this.#state!.unit.navs[nav]!;
    if (isMissing(target)) this.#reports.error(name, place);
    else if (kind === 'func' || kind === 'extern_func') this.#marks.markFunc(target as FuncId);
    else this.#marks.markData(target);
  }
}

/** Nothing that code of a unit, which is never position-independent, can refer to. */
function isMissing(target: Target): boolean {
  return target === Target.undefined || hostGlobalOf(target) >= 0;
}
