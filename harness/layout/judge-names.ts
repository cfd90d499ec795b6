/**
 * Whether the name section says what is there: each function, global and table by the name that its input gives it.
 *
 * Source: wasm core specification, appendix "Custom Sections"; which names count: docs/linker.md.
 */
import type { Complaints } from './complaints.ts';
import type { LayoutRules } from './rules.ts';
import type { Trace } from './trace.ts';

/** Sections that stripping leaves out. */
const STRIPPED = ['name', 'producers', 'target_features'];

/** Judges names of everything but data. */
export function judgeNames(trace: Trace, { strips }: LayoutRules, complaints: Complaints): void {
  const { module, sources, bySource, globals } = trace;
  if (strips) {
    const left = module.customs.filter((name) => STRIPPED.includes(name));
    if (left.length > 0) complaints.add('not-stripped', `there is a section ${left.join()}`);
    return;
  }
  if (module.names === null) {
    complaints.add('names-missing', 'there is no name section');
    return;
  }
  const expected: string[] = [];
  for (const { kind, field } of module.imports) if (kind === 0) expected.push(field);
  bySource.forEach(({ functions }, source) => {
    functions.forEach((index, fn) => {
      if (index >= 0) expected[index] = trace.nameOf(source, fn);
    });
  });
  const given = module.names.get(1) ?? [];
  for (let n = 0; n < Math.max(expected.length, given.length); n++) {
    const [index, name] = given[n] ?? [-1, ''];
    if (index === n && name === expected[n]) continue;
    complaints.add('names-functions', `name ${n} is ${index} ${name}; function ${n} is ${String(expected[n])}`);
    break;
  }
  const wanted = new Map([[0, '__stack_pointer']]);
  for (const [name, index] of globals) wanted.set(index, name);
  for (const { name, kind, index } of module.exports) if (kind === 3) wanted.set(index, name);
  const named = new Map(module.names.get(7) ?? []);
  for (const [index, name] of wanted) {
    if (named.get(index) !== name && sources.all.length > 0) {
      complaints.add('names-globals', `global ${index} is called ${String(named.get(index))}, and is ${name}`);
    }
  }
  if (named.size !== wanted.size) complaints.add('names-globals', `${named.size} names for ${wanted.size} globals`);
}
