/**
 * The `producers` section: the tools that took part (tool-conventions ProducersSection.md).
 *
 * Owns the joining: fields in the order of the convention, each value of the inputs once, the first version of it counts; then this
 * program itself, if that is wanted.
 */
import { TOOL } from '../../support/tool.ts';
import type { ByteWriter } from '../../wasm/byte-writer.ts';
import type { ParsedObject } from '../input/object-file.ts';

/** Fields that come first, in this order. */
const FIELDS = ['language', 'processed-by', 'sdk'];

/** The section, for an output made from these objects; without the name of this program, nothing if they have none. */
export function writeProducers(out: ByteWriter, objects: readonly ParsedObject[], namesTool: boolean): void {
  const fields = new Map<string, Map<string, string>>(FIELDS.map((field) => [field, new Map()]));
  for (const { producers } of objects) {
    for (const { field, values } of producers)
      for (const { name, version } of values) add(fields, field, name, version);
  }
  if (namesTool) add(fields, 'processed-by', TOOL.name, TOOL.version);
  const said = [...fields].filter(([, values]) => values.size > 0);
  if (said.length === 0) return;
  const mark = out.beginCustomSection('producers');
  out.uleb(said.length);
  for (const [field, values] of said) {
    out.name(field);
    out.uleb(values.size);
    for (const [name, version] of values) {
      out.name(name);
      out.name(version);
    }
  }
  out.endSized(mark);
}

function add(fields: Map<string, Map<string, string>>, field: string, name: string, version: string): void {
  let known = fields.get(field);
  if (known === undefined) {
    known = new Map();
    fields.set(field, known);
  }
  if (!known.has(name)) known.set(name, version);
}
