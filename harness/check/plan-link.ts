/**
 * The link of a case's plan as every linker gets it: objects, archives and options in the words of wasm-ld.
 *
 * The check `linkers` has it linked; a report to the makers of a linker shows it.
 */
import type { ObjectInput } from '../backend/door.ts';
import type { ForeignLink } from '../linker/foreign-linker.ts';
import { runtimeArchive } from '../linker/runtime-archive.ts';
import { writeItem } from '../topology/build-topology.ts';
import { forWasmLd } from '../topology/for-wasm-ld.ts';
import type { CommandLine } from '../topology/link-words.ts';
import { linkWords, PLAIN_WORDS } from '../topology/link-words.ts';
import { Flag, Kind } from '../wasm/object-model.ts';
import { readObjectModel } from '../wasm/read-object.ts';
import type { Artefacts } from '../way/artefacts.ts';

/** One link. */
interface PlanLink {
  /** For linkers without a run-time library of their own, which goes along. */
  readonly link: ForeignLink;
  /** The same for ours. */
  readonly own: Pick<CommandLine, 'words' | 'files'>;
}

/** The link; null where the plan does not cut, or an object was not built. */
export function planLink(artefacts: Artefacts): PlanLink | null {
  const { unit, settings, backend } = artefacts;
  const topology = artefacts.linkPlan();
  const { command } = backend;
  if (topology === null || command === undefined) return null;
  const { ptrBits } = unit.pool.target;
  const said = forWasmLd(topology);
  const joined = artefacts.inputsOf({ inputs: said.items.map(writeItem), joined: topology.joined });
  if (joined.kind === 'failed') return null;
  const options = command.words(settings, said.options, ptrBits);
  const files = new Map(joined.inputs.map((input) => [input.name, input.bytes]));
  const library = (names?: ReadonlySet<string>): readonly ObjectInput[] => command.runtime?.(ptrBits, names) ?? [];
  const isPlain = artefacts.topology() === null;
  const runtime = isPlain ? runtimeFor(joined.inputs, library) : library();
  if (runtime.length > 0) files.set('runtime.a', runtimeArchive(runtime));
  return {
    link: { files, options, ptrBits, variablesOf: unit },
    own: linkWords(joined.inputs, said.items, options, PLAIN_WORDS),
  };
}

/** The objects of a runtime library that define what `inputs` lack, and what those lack. */
export function runtimeFor(
  inputs: readonly ObjectInput[],
  defining: (names: ReadonlySet<string>) => readonly ObjectInput[],
): readonly ObjectInput[] {
  const names = new Set(inputs.flatMap(undefinedIn));
  for (;;) {
    const objects = names.size === 0 ? [] : defining(names);
    const more = objects.flatMap(undefinedIn).filter((one) => !names.has(one));
    if (more.length === 0) return objects;
    for (const one of more) names.add(one);
  }
}

function undefinedIn({ bytes }: ObjectInput): readonly string[] {
  return readObjectModel(bytes).symbols.flatMap(({ kind, flags, name: one }) =>
    kind === Kind.function && (flags & Flag.undefined) !== 0 ? [one] : [],
  );
}
