/**
 * Collector of diagnostics: failures of the input as data.
 *
 * Owns the list and its order. A phase reports into it and goes on as far as it sensibly can; the caller asks `failed`
 * between phases. Never prints. Invariant: `sorted()` and `text()` depend only on what was reported, not on timing.
 */
import type { MessageArgs, MessageCode } from './catalogue.ts';
import { formatMessage } from './catalogue.ts';

/** Where a diagnostic belongs. Lines and columns count from 1, offsets are bytes from 0. */
export type Place =
  | { readonly in: 'file'; readonly file: string; readonly offset?: number }
  | { readonly in: 'text'; readonly file?: string; readonly line: number; readonly column?: number }
  | { readonly in: 'nav'; readonly nav: string; readonly inst?: number }
  | { readonly in: 'options' };

/** Whether a failure stops the work or is only worth knowing. */
type Severity = 'error' | 'warning';

/** One reported failure. */
export interface Diagnostic {
  readonly code: MessageCode;
  /** Absent for errors. */
  readonly severity?: Severity;
  /** Formatted text, without the place. */
  readonly message: string;
  readonly place: Place;
}

/** `place` as a prefix of a line of output. */
export function formatPlace(place: Place): string {
  switch (place.in) {
    case 'file':
      return place.offset === undefined ? place.file : `${place.file}:0x${place.offset.toString(16)}`;
    case 'text': {
      const column = place.column === undefined ? '' : `:${String(place.column)}`;
      return `${place.file ?? '<text>'}:${String(place.line)}${column}`;
    }
    case 'nav':
      return place.inst === undefined ? `@${place.nav}` : `@${place.nav} %${String(place.inst)}`;
    case 'options':
      return 'options';
  }
}

/** One line of text for `diagnostic`. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  return `${formatPlace(diagnostic.place)}: ${diagnostic.severity ?? 'error'}: ${diagnostic.message}`;
}

/** Messages behind which wasm-ld names the file. */
const FILE_LAST: ReadonlySet<MessageCode> = new Set(['input_unknown']);

/** The same as wasm-ld would say it: who reports first, and no offset. */
export function formatAsWasmLd({ code, place, severity, message }: Diagnostic): string {
  if (FILE_LAST.has(code)) return `wasm-ld: ${severity ?? 'error'}: ${message}: ${placeFile(place)}`;
  // A text of several lines names its files itself.
  const where = place.in === 'options' || message.includes('\n>>> ') ? '' : `${placeFile(place)}: `;
  return `wasm-ld: ${severity ?? 'error'}: ${where}${message}`;
}

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function placeFile(place: Place): string {
  return place.in === 'file' || place.in === 'text' ? (place.file ?? '') : place.in === 'nav' ? place.nav : '';
}

function placeOffset(place: Place): number {
  switch (place.in) {
    case 'file':
      return place.offset ?? -1;
    case 'text':
      return place.line * 0x10000 + (place.column ?? 0);
    case 'nav':
      return place.inst ?? -1;
    case 'options':
      return -1;
  }
}

/** Messages of one run of the compiler or linker. */
export class Diagnostics {
  readonly #list: Diagnostic[] = [];
  #errors = 0;

  /** Whether an error was reported. */
  get failed(): boolean {
    return this.#errors > 0;
  }

  /** Everything reported, in order of report. */
  get list(): readonly Diagnostic[] {
    return this.#list;
  }

  /** Reports one failure of the input. */
  error<Code extends MessageCode>(code: Code, args: MessageArgs<Code>, place: Place): void {
    this.#list.push({ code, message: formatMessage(code, args), place });
    this.#errors++;
  }

  /** Reports something that does not stop the work. */
  warn<Code extends MessageCode>(code: Code, args: MessageArgs<Code>, place: Place): void {
    this.#list.push({ code, severity: 'warning', message: formatMessage(code, args), place });
  }

  /** Takes over everything another collector holds. */
  append(other: Diagnostics): void {
    for (const diagnostic of other.list) this.#list.push(diagnostic);
    this.#errors += other.#errors;
  }

  /** Everything reported, by kind of place, file, offset or line, and then order of report. */
  sorted(): readonly Diagnostic[] {
    return this.#list
      .map((diagnostic, index) => ({ diagnostic, index }))
      .sort(
        (a, b) =>
          compare(a.diagnostic.place.in, b.diagnostic.place.in) ||
          compare(placeFile(a.diagnostic.place), placeFile(b.diagnostic.place)) ||
          placeOffset(a.diagnostic.place) - placeOffset(b.diagnostic.place) ||
          a.index - b.index,
      )
      .map((entry) => entry.diagnostic);
  }

  /** One line per diagnostic, sorted. */
  text(): string {
    return this.sorted().map(formatDiagnostic).join('\n');
  }
}
