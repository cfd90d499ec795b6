/**
 * The rooms of a layer and who may import whom, as data.
 *
 * A room is a folder of the layer, or a file that lies directly in it. The rooms of a layer stand from the ground up: a
 * room may name only rooms above its own line, so a table cannot hold a circle. Imports inside a room are free.
 */
import { importGraph, readSource } from './imports.ts';

/** Room -> the rooms that it may import, from the ground up. */
export type Rooms = Readonly<Record<string, readonly string[]>>;

export const ROOMS: Readonly<Record<string, Rooms>> = {
  'core/air': {
    'limits.ts': [],
    'call.ts': [],
    schema: [],
    body: ['schema'],
    'unit.ts': ['body'],
    'panic.ts': ['unit.ts'],
    typing: ['schema', 'body'],
    liveness: ['schema', 'body'],
    text: ['limits.ts', 'schema', 'body', 'typing', 'unit.ts'],
    verify: ['limits.ts', 'schema', 'body', 'typing', 'unit.ts', 'liveness', 'text'],
  },
  'core/codegen': {
    state: [],
    scalar: ['state'],
    memory: ['state', 'scalar'],
    wide: ['state', 'scalar', 'memory'],
    aggregate: ['state', 'scalar', 'memory'],
    control: ['state', 'scalar', 'memory', 'wide'],
    peephole: ['state'],
    'lowerings.ts': ['state', 'scalar', 'memory', 'wide', 'aggregate', 'control'],
    'refusals.ts': ['state'],
    'generate.ts': ['state', 'peephole', 'lowerings.ts'],
  },
  // Relocatable output is no kind of executable: the two share what lies below both.
  'core/link': {
    input: [],
    options: [],
    sections: ['input', 'options'],
    unit: ['input', 'options', 'sections'],
    symbols: ['input', 'options', 'unit'],
    live: ['input', 'options', 'unit', 'symbols'],
    layout: ['input', 'options', 'unit', 'symbols', 'live'],
    executable: ['input', 'options', 'sections', 'unit', 'symbols', 'live', 'layout'],
    relocatable: ['input', 'options', 'sections', 'symbols'],
    report: ['input', 'unit', 'symbols', 'live', 'layout', 'executable'],
    'flush.ts': ['options', 'unit', 'symbols', 'live', 'layout', 'executable', 'relocatable', 'report'],
    'linker.ts': ['input', 'options', 'unit', 'symbols', 'flush.ts'],
    'link-command.ts': ['input', 'options', 'symbols', 'report', 'flush.ts'],
  },
  generators: {
    model: [],
    draw: ['model'],
    emit: ['model', 'draw'],
    sweep: ['model'],
    case: ['model', 'draw', 'emit', 'sweep'],
    'index.ts': ['model', 'emit', 'sweep', 'case'],
  },
  interpreter: {
    model: [],
    steps: ['model'],
    'machine.ts': ['model', 'steps'],
    'interpret.ts': ['model', 'steps', 'machine.ts'],
  },
  harness: {
    model: [],
    wasm: [],
    layout: ['wasm'],
    source: [],
    backend: ['model', 'wasm', 'layout', 'source'],
    engine: ['model', 'wasm'],
    case: ['model', 'backend'],
    external: ['model', 'engine'],
    topology: ['model', 'wasm', 'engine', 'external'],
    linker: ['model', 'wasm', 'source', 'backend', 'external', 'topology'],
    way: ['model', 'wasm', 'backend', 'engine', 'case', 'topology'],
    check: ['model', 'wasm', 'layout', 'backend', 'engine', 'case', 'external', 'topology', 'linker', 'way'],
    reduce: ['model', 'backend', 'engine', 'case', 'way', 'check'],
    explain: ['model', 'wasm', 'layout', 'backend', 'engine', 'case', 'way', 'check', 'reduce'],
    worker: ['model', 'backend', 'engine', 'case', 'way', 'check', 'reduce', 'explain'],
    campaign: ['model', 'check', 'worker'],
    report: ['model', 'check', 'campaign'],
    reach: ['model', 'wasm', 'backend', 'case', 'way', 'worker', 'campaign', 'report'],
    corpus: ['model', 'case', 'check', 'worker', 'campaign', 'report'],
    gate: ['model', 'report', 'corpus'],
    mutants: ['model', 'backend', 'engine', 'case', 'check', 'worker', 'campaign', 'report'],
    cli: [
      'model',
      'wasm',
      'backend',
      'engine',
      'case',
      'external',
      'source',
      'linker',
      'way',
      'check',
      'reduce',
      'explain',
      'worker',
      'campaign',
      'report',
      'reach',
      'corpus',
      'gate',
      'mutants',
    ],
    'index.ts': [
      'model',
      'wasm',
      'backend',
      'engine',
      'case',
      'way',
      'check',
      'reduce',
      'explain',
      'worker',
      'campaign',
    ],
  },
};

/**
 * Edges that still run the wrong way, as `room -> room`. A list only ever gets shorter: an edge that is gone must leave
 * it.
 */
export const STILL_UPWARD: Readonly<Record<string, readonly string[]>> = {};

/** The room of a file of a layer: the folder or the file that lies directly below the layer's own folder. */
function roomOf(layer: string, file: string): string {
  return file.slice(layer.length + 1).split('/', 1)[0]!;
}

/** One edge between two rooms, with an import that makes it. */
export interface RoomEdge {
  readonly edge: string;
  readonly example: string;
}

/** The edges between rooms of a layer that its table does not allow, sorted; and rooms that the table does not have. */
export function forbiddenEdges(
  layer: string,
  files: readonly string[],
  read: (file: string) => string = readSource,
): readonly RoomEdge[] {
  const table = ROOMS[layer]!;
  const found = new Map<string, string>();
  for (const [file, targets] of importGraph(files, read)) {
    const room = roomOf(layer, file);
    if (!Object.hasOwn(table, room)) found.set(`${room} is not in the table`, file);
    for (const target of targets) {
      if (!target.startsWith(`${layer}/`)) continue;
      const other = roomOf(layer, target);
      if (other === room || table[room]?.includes(other) === true) continue;
      const edge = `${room} -> ${other}`;
      if (!found.has(edge)) found.set(edge, `${file} imports ${target}`);
    }
  }
  return [...found].map(([edge, example]) => ({ edge, example })).sort((a, b) => (a.edge < b.edge ? -1 : 1));
}
