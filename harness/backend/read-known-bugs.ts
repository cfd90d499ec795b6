/**
 * Reads lists of known bugs: one JSON file for a tool and version (outside/known/), whose cases are files of the corpus.
 *
 * Owns the schema of the file. A list that is not as it says is an InputError with file and place; an absent one is empty.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { AirTag } from '../../core/index.ts';
import { AIR_OPS, isDescribed } from '../../core/index.ts';
import { InputError } from '../model/failure.ts';
import { messageOf, readInputText } from '../model/files.ts';
import type { KnownBug, TypeWish } from './known-bugs.ts';
import { RELATIONS, SYMPTOMS, TYPE_CLASSES } from './known-bugs.ts';

const tag = z.custom<AirTag>(
  (name) => typeof name === 'string' && Object.hasOwn(AIR_OPS, name) && isDescribed(name as AirTag),
  {
    error: 'is no instruction',
  },
);
const typeClass = z.enum(TYPE_CLASSES);
const typeWish: z.ZodType<TypeWish> = z.strictObject({
  class: z.union([typeClass, z.array(typeClass).nonempty()]).optional(),
  bits: z.tuple([z.int().min(0), z.int().min(0)]).optional(),
  signed: z.boolean().optional(),
  get element() {
    return typeWish.optional();
  },
  fields: z.tuple([z.int().min(0), z.int().min(0)]).optional(),
});
const side = z.union([z.literal('result'), z.int().min(0)]);
const where = z.union([
  z.strictObject({
    tags: z.array(tag).nonempty(),
    operands: z.array(typeWish.nullable()).optional(),
    result: typeWish.optional(),
    relation: z.tuple([side, z.enum(RELATIONS), side]).optional(),
    convention: z.literal('c').optional(),
  }),
  z.strictObject({ dataBytes: z.int().min(1) }),
]);
const list = z.strictObject({
  schema: z.literal(1),
  tool: z.string(),
  version: z.string(),
  bugs: z.array(
    z.strictObject({
      id: z.string().regex(/^[a-z0-9-]+$/),
      what: z.string(),
      shows: z.array(z.enum(SYMPTOMS)).nonempty(),
      where: z.array(where).nonempty(),
      flags: z.array(z.string()).optional(),
      /** Path of the case file, from the folder of the list. */
      case: z.string(),
    }),
  ),
});

/** The bugs that `file` lists; none where there is no such file. */
export function readKnownBugs(file: string): readonly KnownBug[] {
  if (!existsSync(file)) return [];
  let value: unknown;
  try {
    value = JSON.parse(readInputText(file));
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`${file}: ${messageOf(error)}`);
  }
  const read = list.safeParse(value);
  if (!read.success) {
    const { path, message } = read.error.issues[0]!;
    throw new InputError(`${file}: ${path.join('.')}: ${message}`);
  }
  const seen = new Set<string>();
  return read.data.bugs.map(({ id, what, shows, where: places, flags = [], case: path }) => {
    if (seen.has(id)) throw new InputError(`${file}: there are two bugs ${id}`);
    seen.add(id);
    return { id, what, shows, where: places, flags, text: readInputText(join(dirname(file), path)) };
  });
}
