/** The decorated link of a case, with the objects that core makes of its parts. */
import { CORE_BACKEND } from '../../../harness/backend/core/core-backend.ts';
import { objectName } from '../../../harness/case/case-file.ts';
import type { Case } from '../../../harness/model/case.ts';
import type { Topology } from '../../../harness/topology/build-topology.ts';
import { buildTopology } from '../../../harness/topology/build-topology.ts';

export function topologyOf({ unit, settings, plan }: Case): Topology {
  const parts = plan.parts.map((navs, n) => {
    const built = CORE_BACKEND.compileObject!(unit, settings, { defines: new Set(navs), shared: true });
    if (built.kind !== 'built') throw new Error(built.text);
    return { name: objectName(n), bytes: built.bytes };
  });
  const { order, decorations = [], options = [] } = plan;
  return buildTopology({ parts, order, decorations, options });
}
