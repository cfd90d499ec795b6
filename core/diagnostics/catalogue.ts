/**
 * Every message that core can give about bad input: code -> template with `{holes}`.
 *
 * Owns the wording. Codes are stable (tests and scripts match them), sorted by area and then by name; the holes of a
 * template are extracted at type level, so a report with a missing or misspelt argument does not compile. A bug in our
 * own code is not a message: it is an InternalError.
 */

/** Code -> template. */
export const MESSAGES = {
  // --- reading AIR text ---
  air_bad_escape: 'unknown escape {text} in a string',
  air_bad_name: '{text} is not a name: its bytes are not UTF-8',
  air_bad_token: 'cannot read {text}',
  air_duplicate_name: '{name} is declared twice',
  air_element_count: 'a value of type {type} has {need} elements, found {found}',
  air_expected: 'expected {what}, found {found}',
  air_invalid: '{why}',
  air_nesting: '{what} nest deeper than {limit} levels',
  air_no_text_form: 'instruction {name} has no text form in this version',
  air_number_range: '{number} is out of range for {what}',
  air_unknown_instruction: 'unknown instruction {name}',
  air_unknown_name: 'unknown name {name}',

  // --- lowering AIR ---
  function_crashed: 'the back end failed in this function (a bug of the back end): {why}',
  refused_instruction: 'instruction {name} is not lowered by this back end',
  refused_tail_call: 'call_always_tail needs the feature tail_call, which is off (--target "wasm32 +tail_call")',
  refused_type: 'type {type} is not lowered by this back end (docs/air.md, section 7)',

  // --- reading an archive ---
  archive_malformed: 'malformed archive: {why}',
  archive_member_foreign: 'member {name} is ignored: {what} is not supported by this linker',
  archive_member_missing: 'cannot open {name}, a member of a thin archive',
  archive_member_ignored: "archive member '{name}' is neither Wasm object file nor LLVM bitcode",

  // --- reading an object file ---
  object_index_out_of_range: '{what} index {index} is out of range (there are {count})',
  object_malformed: 'malformed: {why}',
  object_missing_linking: 'not a relocatable object: no "linking" section',
  object_reloc_misplaced: '{type} relocation is not allowed in section {section}',
  object_reloc_overlap: 'relocation {type} overlaps the one in front of it',
  object_reloc_outside: 'relocation {type} lies outside of every {owner}',
  object_reloc_symbol_kind: '{type} relocation points to a {kind} symbol',
  object_reloc_type: 'unknown relocation type {type}',
  object_section_order: 'section {section} is out of order or repeated',
  object_unsupported: '{what} is not supported by this linker',
  object_version_number: 'invalid version number: {version} (need {need})',
  object_version: '{what} version {version} is not supported (need {need})',

  // --- resolving, laying out and writing ---
  address_width_mismatch: "{found} object file can't be linked in {need} mode",
  compress_needs_strip:
    '--compress-relocations is incompatible with output debug information. Please pass --strip-debug or --strip-all',
  constructor_with_parameters: 'constructor {name} takes parameters',
  defsym_undefined: 'symbol {name} is defined as {target}, which is not defined',
  duplicate_symbol: 'duplicate symbol: {name}\n>>> defined in {first}\n>>> defined in {second}',
  entry_missing: 'entry symbol not defined (pass --no-entry to suppress): {name}',
  export_collision: 'two exports are called {name}',
  export_missing: 'symbol exported via --export not found: {name}',
  feature_disallowed:
    "Target feature '{name}' used in {file} is disallowed by {other}. Use --no-check-features to suppress.",
  feature_missing: "'{name}' feature must be used in order to use {what}",
  feature_required:
    "Missing target feature '{name}' in {file}, required by {other}. Use --no-check-features to suppress.",
  feature_not_allowed: "Target feature '{name}' used by {file} is not allowed.",
  global_base_too_low: 'global base {base} lies inside the stack of {stack} bytes',
  host_address: 'relocation {type} cannot refer to {name}, whose address only the loader knows (compile with -fPIC)',
  import_conflict:
    'import {what} mismatch for symbol: {name}\n>>> defined as {first} in {file}\n>>> defined as {second} in {other}',
  input_missing: 'cannot open {path}: No such file or directory',
  input_foreign: '{what} is not supported by this linker',
  input_unknown: 'unknown file type',
  intrinsic_missing: 'missing runtime intrinsic {name}: no input defines it',
  keyword_unknown: 'unknown -z value: {value}',
  legacy_table_not_first:
    "object file not built with 'reference-types' feature conflicts with import of table {name} by file {other}",
  library_missing: 'unable to find library -l{name}',
  memory_size_not_page_multiple: '{what} must be {page}-byte aligned',
  memory_too_large: '{what} too large, cannot be greater than {limit}: {size}',
  memory_too_small: '{what} too small, {need} bytes needed',
  mutable_global_crosses:
    "mutable global {how} but 'mutable-globals' feature not present in inputs: `{name}`. Use --no-check-features to suppress.",
  no_input: 'no input files',
  no_random_bytes: 'a random build id needs a source of random bytes',
  output_missing: 'no output file specified',
  output_refused: 'cannot open {what} {path}: {why}',
  output_twice: '{first} and {second} name the same file, {path}',
  page_size_mismatch: 'the memory of the object has page size {found}, that of the output {need} (--page-size)',
  option_bad: '{message}',
  option_invalid: 'invalid value {value} for {option}: {why}',
  option_number: "{option}: number expected, but got '{value}'",
  option_not_relocatable: '--relocatable is incompatible with {option}',
  option_refused: 'option {option} of wasm-ld is not supported by this linker',
  option_unknown: 'unknown argument: {option}',
  option_value_missing: '{option}: missing argument',
  options_incompatible: '{first} is incompatible with {second}',
  options_conflict: '{first} and {second} may not be used together',
  response_file_cycle: 'response files nest too deep: {file}',
  shared_memory_disallowed:
    "--shared-memory is disallowed by {file} because it was not compiled with 'atomics' or 'bulk-memory' features.",
  signature_mismatch:
    'function signature mismatch: {name}\n>>> defined as {first} in {file}\n>>> defined as {second} in {other}',
  symbol_kind_mismatch:
    'symbol type mismatch: {name}\n>>> defined as {first} in {file}\n>>> defined as {second} in {other}',
  symbol_type_mismatch:
    '{kind} type mismatch: {name}\n>>> defined as {first} in {file}\n>>> defined as {second} in {other}',
  table_width_mismatch: 'the object needs a function table with slots of {found} bits, others one of {need}',
  tls_base_is_set: 'the object sets __tls_base, which does not change without --shared-memory',
  tls_of_nothing: 'relocation {type} cannot be used against an undefined symbol `{name}`',
  tls_of_plain_data: 'thread-local relocation of {name}, which is not thread-local',
  undefined_symbol: 'undefined symbol: {name}',
} as const;

/** A stable message code. */
export type MessageCode = keyof typeof MESSAGES;

type Holes<Text extends string> = Text extends `${string}{${infer Hole}}${infer Rest}` ? Hole | Holes<Rest> : never;

/** Arguments of a message: one value for each hole of its template. */
export type MessageArgs<Code extends MessageCode> = {
  readonly [Hole in Holes<(typeof MESSAGES)[Code]>]: string | number;
};

/** Text of a message. */
export function formatMessage<Code extends MessageCode>(code: Code, args: MessageArgs<Code>): string {
  const values = args as Readonly<Record<string, string | number>>;
  return MESSAGES[code].replace(/\{(\w+)\}/g, (hole, name: string) => String(values[name] ?? hole));
}
