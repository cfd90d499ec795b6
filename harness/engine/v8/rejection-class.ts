/**
 * Why V8 does not take a module, in words that all its versions share.
 *
 * V8 rewords its messages from version to version, and pops operands in another order; a bucket must have the same name on all
 * of them. Owns the table from texts (V8 11.3 to 14.6) to classes; a text that is not in it keeps its own words
 * (model/message-class.ts). Limit: where a newer V8 knows an instruction, a type or a flag that an older one refuses, the two stop
 * at different places of a broken module, and the classes differ.
 */
import { messageClass } from '../../model/message-class.ts';

const CLASSES: readonly (readonly [text: RegExp, name: string])[] = [
  // Of `i64.eq` over an i32 and nothing, one version says that a type is wrong, the next one that a value is missing.
  [/expected type .*found |^not enough arguments on the stack|^type error in |elements on the stack/, 'operand-types'],
  [/^reached end while|^expected [\w ]*:? *(@|$)|fell off end|^function body must end/, 'truncated'],
  // The bits above the alignment name the memory, and since V8 13 the ordering.
  [/^invalid alignment|memory index|^invalid memory ordering/, 'memory-argument'],
  [/table index/, 'table-index'],
  [/signature index|type index/i, 'type-index'],
  [/mutability|global flags/, 'global-flags'],
  [/signature definition|type form|^type kind/, 'type-form'],
  [/limits flags/, 'limits'],
  [/value type|^invalid type/i, 'value-type'],
  [/^illegal flag value/, 'segment-flags'],
  [/^(invalid|unknown) (\w+ )?opcode/i, 'opcode'],
  [/import .*smaller than/, 'import-too-small'],
];

/** The class of the message of a CompileError or LinkError, or of what else instantiation threw. */
export function rejectionClass(message: string): string {
  const told = message
    .replace(/^WebAssembly\.\w+\(\): /, '')
    .replace(/^Compiling function #\d+(?::".*")? failed: /, '')
    // Import #0 module="env" function="f" error: …, Import #0 module="env" function="f": …, Import #0 "env" "f": …
    .replace(/^Import #\d+ (?:(?:\w+=)?"(?:[^"\\]|\\.)*" ?)*(?:error)?: /, '');
  return CLASSES.find(([text]) => text.test(told))?.[1] ?? messageClass(told);
}
