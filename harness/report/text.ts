/**
 * Numbers and counts as reports write them, and the command lines that show a finding again.
 *
 * Owns their wording. Equal on every machine: no locale of the system is asked.
 */
import type { Bucket } from '../campaign/buckets.ts';
import type { CampaignConfig } from '../campaign/config.ts';
import type { Place, RelocationPlace } from '../model/place.ts';
import { optionsOfSpec } from '../model/command-spec.ts';
import { rateText } from '../model/rate.ts';
import { bucketSlug } from '../model/bucket-slug.ts';
import { printSeed } from '../model/case.ts';
import { quoted } from '../model/shell-word.ts';

/** `12,345`. */
export function wholeNumber(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** `1 case`, `2 cases`. */
export function plural(count: number, what: string): string {
  return `${wholeNumber(count)} ${what}${count === 1 ? '' : 's'}`;
}

/** `12.3 s`, `4 min 05 s`, `2 h 03 min`. */
export function timeSpan(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const two = (n: number): string => String(n).padStart(2, '0');
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
}

/** `12.3 %` of `whole`; 0 where there is no whole. */
export function percent(part: number, whole: number): string {
  return `${(whole === 0 ? 0 : (100 * part) / whole).toFixed(1)} %`;
}

/** `flaky: failed 2 of 6`, behind `before`; empty for a bucket whose case fails each time. */
export function flakyText({ flaky }: Pick<Bucket, 'flaky'>, before = ''): string {
  return flaky === null ? '' : `${before}flaky: ${rateText(flaky)}`;
}

/** A relocation in words. */
export function relocationText({ type, symbol, addend, offset, object, owner }: RelocationPlace): string {
  const sum = addend === 0 ? symbol : `${symbol} ${addend < 0 ? '-' : '+'} ${Math.abs(addend)}`;
  return `${type} to ${sum}, at offset ${offset} of ${owner} of ${object}`;
}

/** Whether the sentence about a place says more than its instruction. */
export function saysMore({ summary, instruction }: Place): boolean {
  return instruction === null || !summary.includes(instruction.text);
}

/** Where the two sides of a bucket part, in lines; none where it is not known. */
export function placeLines({ place }: Pick<Bucket, 'place'>): string[] {
  if (place === null) return [];
  const { summary, instruction, relocation } = place;
  return [
    ...(saysMore(place) ? [summary] : []),
    ...(instruction === null
      ? []
      : [
          `line ${instruction.line}, in ${instruction.function}: ${instruction.text}`,
          `  expected: ${instruction.expected}`,
          `  got:      ${instruction.actual}`,
        ]),
    ...(relocation === null ? [] : [`relocation: ${relocationText(relocation)}`]),
  ];
}

/** The line of a bucket's case file to point at, from 1. */
export function lineOf({ place }: Pick<Bucket, 'place'>): number {
  return place?.instruction?.line ?? 1;
}

/** Buckets with those last whose cases fail now and then. */
export function flakyLast(buckets: readonly Bucket[]): readonly Bucket[] {
  return [...buckets.filter(({ flaky }) => flaky === null), ...buckets.filter(({ flaky }) => flaky !== null)];
}

/** Counts by reason, the most frequent first. */
export function byCount(counts: Readonly<Record<string, number>>): [reason: string, count: number][] {
  return Object.entries(counts).sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
}

/** `text` cut to so many lines and characters, with a line that says how much is missing. */
export function cut(text: string, lines: number, characters: number): string {
  const all = text.trimEnd().split('\n');
  const kept: string[] = [];
  let size = 0;
  for (const line of all.slice(0, lines)) {
    size += line.length + 1;
    if (size > characters) break;
    kept.push(line);
  }
  const missing = all.length - kept.length;
  return missing === 0 ? kept.join('\n') : [...kept, `… ${plural(missing, 'more line')}`].join('\n');
}

/** Where the campaign `config` is run again. */
export function fuzzLine(config: CampaignConfig): string {
  const { seed, profile, budget, shard, checks } = config;
  const words = ['npx harness fuzz', `--seed ${printSeed({ seed, profile })}`];
  if (budget.runs !== null) words.push(`--runs ${budget.runs}`);
  if (budget.seconds !== null) words.push(`--time ${budget.seconds}s`);
  if (shard.of > 1) words.push(`--shard ${shard.index}/${shard.of}`);
  if (checks !== null) words.push(`--checks ${quoted(checks)}`);
  if (config.steer === true) words.push('--steer');
  if (config.stopOnFirst) words.push('--stop-on-first');
  return words.join(' ') + onlyOps(config) + sides(config);
}

/** Where the case of a bucket is run again. */
export function reproLine(bucket: Bucket, config: CampaignConfig): string {
  const { caseFile } = bucket;
  if (caseFile !== null) return `npx harness repro ${quoted(caseFile)}${caseFlags(config)} --explain`;
  return `${seedLine(bucket, config)} --explain`;
}

/** Where the case of a bucket is made again from its seed. */
export function seedLine({ seed }: Bucket, config: CampaignConfig): string {
  return `npx harness repro ${printSeed({ seed, profile: config.profile })}${onlyOps(config)}${caseFlags(config)}`;
}

/** A name of a bucket that is safe in an address: its slug. */
export function anchorOf({ id }: Bucket): string {
  return `bucket-${bucketSlug(id)}`;
}

function onlyOps({ onlyOps: names }: CampaignConfig): string {
  return names === null ? '' : ` --only-ops ${quoted(names.join(','))}`;
}

/** Options by which a command runs a case as the campaign did. */
export function caseFlags(config: CampaignConfig): string {
  const { checks } = config;
  return sides(config) + (checks === null ? '' : ` --checks ${quoted(checks)}`);
}

/** Back end and engines of `config` as options. */
function sides({ backend, engines }: CampaignConfig): string {
  const second = engines === undefined ? '' : ` --engines ${quoted(engines)}`;
  return optionsOfSpec(backend) + second;
}
