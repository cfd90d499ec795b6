/**
 * Charts as SVG text: stacked bars and lines. No script, no colour of its own: classes, which the style sheet of the page
 * colours for light and dark.
 *
 * Owns geometry and ticks. Every text is escaped by the caller's `markup.ts`. Invariant: equal data give equal bytes.
 */
import { escapeMarkup } from './markup.ts';
import { wholeNumber } from './text.ts';

/** A named part of a bar. */
export interface Part {
  readonly name: string;
  readonly value: number;
}

/** A point of a line; `x` does not decrease. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

const WIDTH = 640;

/** One bar, its parts side by side in the order given; `label` is read to those who do not see it. */
export function stackedBar(parts: readonly Part[], label: string): string {
  const sum = parts.reduce((all, { value }) => all + value, 0);
  if (sum <= 0) return '';
  let x = 0;
  const rects = parts.map(({ name, value }, n) => {
    const width = (WIDTH * value) / sum;
    const rect =
      `<rect class="part part${n}" x="${at(x)}" y="0" width="${at(width)}" height="28">` +
      `<title>${escapeMarkup(`${name}: ${((100 * value) / sum).toFixed(1)} %`)}</title></rect>`;
    x += width;
    return rect;
  });
  return svg(28, label, rects.join(''), ' preserveAspectRatio="none"');
}

const HEIGHT = 250;
const LEFT = 64;
const RIGHT = 12;
/** Room for the larger letters that narrow screens get. */
const TOP = 36;
const BOTTOM = 54;
/** More points than this cannot be told apart. */
const MAX_POINTS = 400;

/** A line over time, with axes; `y` begins at 0. */
export function lineChart(
  points: readonly Point[],
  texts: { readonly label: string; readonly x: string; readonly y: string },
): string {
  const shown = thin(points);
  const last = shown[shown.length - 1];
  if (last === undefined || shown.length < 2 || last.x <= 0) return '';
  const top = Math.max(1, ...shown.map(({ y }) => y));
  const xTicks = ticks(last.x, 5);
  const yTicks = ticks(top, 4);
  const yMax = yTicks[yTicks.length - 1]!;
  const px = (x: number): number => LEFT + ((WIDTH - LEFT - RIGHT) * x) / last.x;
  const py = (y: number): number => HEIGHT - BOTTOM - ((HEIGHT - TOP - BOTTOM) * y) / yMax;
  const grid = [
    ...yTicks.map((tick) => {
      const y = at(py(tick));
      return (
        `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}"/>` +
        `<text class="tick" x="${LEFT - 6}" y="${y}" dy="4" text-anchor="end">${tickText(tick)}</text>`
      );
    }),
    ...xTicks
      .filter((tick) => tick <= last.x)
      .map((tick) => {
        const anchor = px(tick) > WIDTH - 40 ? 'end' : 'middle';
        return `<text class="tick" x="${at(px(tick))}" y="${HEIGHT - BOTTOM + 22}" text-anchor="${anchor}">${tickText(tick)}</text>`;
      }),
    `<text class="tick" x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 4}" text-anchor="middle">${escapeMarkup(texts.x)}</text>`,
    `<text class="tick" x="0" y="${TOP - 18}">${escapeMarkup(texts.y)}</text>`,
  ];
  const path = shown.map(({ x, y }, n) => `${n === 0 ? 'M' : 'L'}${at(px(x))} ${at(py(y))}`).join('');
  const bottom = at(py(0));
  const area = `<path class="area" d="${path}L${at(px(last.x))} ${bottom}L${at(px(shown[0]!.x))} ${bottom}Z"/>`;
  return svg(HEIGHT, texts.label, `${grid.join('')}${area}<path class="curve" d="${path}"/>`);
}

function svg(height: number, label: string, content: string, more = ''): string {
  return (
    `<svg role="img" aria-label="${escapeMarkup(label)}" viewBox="0 0 ${WIDTH} ${height}"${more} ` +
    `xmlns="http://www.w3.org/2000/svg">${content}</svg>`
  );
}

/** At most {@link MAX_POINTS} of `points`, the first and the last among them. */
function thin(points: readonly Point[]): readonly Point[] {
  if (points.length <= MAX_POINTS) return points;
  const step = (points.length - 1) / (MAX_POINTS - 1);
  return Array.from({ length: MAX_POINTS }, (_, n) => points[Math.round(n * step)]!);
}

/** Round values from 0 up to `limit` or just past it, about `wanted` of them. */
function ticks(limit: number, wanted: number): number[] {
  const rough = limit / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  return Array.from({ length: Math.ceil(limit / step - 1e-9) + 1 }, (_, n) => n * step);
}

function tickText(value: number): string {
  return Number.isInteger(value) ? wholeNumber(value) : String(Number(value.toPrecision(3)));
}

/** A coordinate with at most two digits behind the point. */
function at(value: number): string {
  return String(Number(value.toFixed(2)));
}
