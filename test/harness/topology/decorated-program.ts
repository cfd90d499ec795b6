/** A program in three objects, its links with decorations, and what the checks of linkers say of them. */
import type { Decoration } from '../../../generators/index.ts';
import { coreSettings } from '../../../harness/backend/core/settings.ts';
import { CORE_BACKEND } from '../../../harness/backend/core/core-backend.ts';
import type { Case } from '../../../harness/model/case.ts';
import { objectName, readCaseFile } from '../../../harness/case/case-file.ts';
import { bucketOf } from '../../../harness/model/finding.ts';
import { loadChecks } from '../../../harness/check/checks.ts';
import { runCase } from '../../../harness/check/run-case.ts';
import { V8_ENGINE } from '../../../harness/engine/v8/v8-engine.ts';
import type { Topology } from '../../../harness/topology/build-topology.ts';
import { buildTopology } from '../../../harness/topology/build-topology.ts';
import { growsMemory } from '../../../harness/topology/grows-memory.ts';

export const PROGRAM = `;! case 1
;! link a.o = @f @g | b.o = @h @x | c.o = @y
;! run @f(7) = 2015
export fn @f(u32) u32 {
  %0 = arg u32 0
  %1 = call @h(%0)
  %2 = load u32 *u32 &@y
  %3 = add %1, %2
  %4 = call @g(%3)
  ret %4
}
fn @g(u32) u32 {
  %0 = arg u32 0
  %1 = add %0, u32 1
  ret %1
}
fn @h(u32) u32 {
  %0 = arg u32 0
  %1 = load u32 *u32 &@x
  %2 = add %0, %1
  ret %2
}
export var @x: u32 = 2000
var @y: u32 = 7
`;

/** The program without decorations. */
export const plain = read(PROGRAM);
export const checks = await loadChecks(['topology', 'lld']);

export function read(text: string): Case {
  const result = readCaseFile(text, 'test');
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result.value.case;
}

export function decorated(decorations: readonly Decoration[], options: readonly string[] = []): Case {
  return { ...plain, plan: { ...plain.plan, decorations, options } };
}

export function topologyOf({ unit, settings, plan }: Case): Topology {
  const parts = plan.parts.map((navs, n) => {
    const built = CORE_BACKEND.objects!.compile({
      unit,
      settings: coreSettings(settings),
      defines: new Set(navs),
      shared: true,
    });
    if (built.kind !== 'built') throw new Error(built.kind);
    return { name: objectName(n), bytes: built.bytes };
  });
  const { order, decorations = [], options = [] } = plan;
  return buildTopology({ parts, order, decorations, options, growsMemory: growsMemory(unit) });
}

export function outcome(case_: Case): { readonly failed: readonly string[]; readonly ran: readonly string[] } {
  const report = runCase(case_, { backend: CORE_BACKEND, engines: [V8_ENGINE], checks, every: true });
  const failed = report.findings.map((finding) => `${bucketOf(finding)}\n${finding.detail}`);
  return { failed, ran: report.checks.map(({ name }) => name) };
}
