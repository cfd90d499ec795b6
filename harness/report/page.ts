/**
 * What the HTML pages have in common: self-contained, no script, readable without colours, light and dark, on a phone.
 *
 * Owns their look, and the elements that they are made of. Text goes through markup.ts.
 */
import { escapeMarkup as e } from './markup.ts';
import { cut } from './text.ts';

/** More lines or characters than this of one program or detail are not shown. */
const LINES = 400;
const CHARACTERS = 40_000;

const STYLE = `
:root{color-scheme:light dark;--bg:#fff;--fg:#1b1f24;--soft:#57606a;--line:#d0d7de;--card:#f6f8fa;--good:#116329;--bad:#b3151f;--warn:#7d4e00;--link:#0550ae;
--c0:#0550ae;--c1:#8250df;--c2:#bc4c00;--c3:#116329;--c4:#b3151f;--c5:#57606a}
@media(prefers-color-scheme:dark){:root{--bg:#0d1117;--fg:#e6edf3;--soft:#9da7b3;--line:#30363d;--card:#161b22;--good:#56d364;--bad:#ff7b72;--warn:#e3b341;--link:#79c0ff;
--c0:#79c0ff;--c1:#d2a8ff;--c2:#ffa657;--c3:#56d364;--c4:#ff7b72;--c5:#9da7b3}}
*{box-sizing:border-box}body{margin:0 auto;padding:1rem;max-width:60rem;background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.5rem;margin:.5rem 0}h2{font-size:1.2rem;margin:2rem 0 .5rem;border-bottom:1px solid var(--line)}h3{font-size:1rem;margin:0 0 .5rem}
a{color:var(--link)}a:focus-visible,pre:focus-visible,summary:focus-visible,.scroll:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.verdict{font-size:1.15rem;font-weight:600;padding:.75rem 1rem;border:1px solid;border-left-width:.5rem;border-radius:.4rem}
.clean{color:var(--good)}.finding,.failed{color:var(--bad)}.cut{color:var(--warn)}.soft{color:var(--soft)}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:.5rem;margin:1rem 0;padding:0}
.facts div,article{background:var(--card);border:1px solid var(--line);border-radius:.4rem;padding:.6rem .8rem}.facts dt{color:var(--soft);font-size:.85rem}.facts dd{margin:0;font-weight:600}
article{margin:1rem 0}.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.25rem .75rem .25rem 0;border-bottom:1px solid var(--line);vertical-align:top}
td.n,th.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
pre,code{font-family:ui-monospace,monospace;font-size:.875rem}pre{background:var(--bg);border:1px solid var(--line);border-radius:.3rem;padding:.6rem;overflow-x:auto;max-height:30rem;white-space:pre;overflow-wrap:normal}
mark{background:color-mix(in srgb,var(--bad) 14%,transparent);color:inherit;font-weight:600}.sides{display:grid;align-items:baseline;grid-template-columns:max-content 1fr;gap:.15rem .75rem;margin:.5rem 0}.sides dt{color:var(--soft)}.sides dd{margin:0;font-family:ui-monospace,monospace;font-size:.875rem}
svg{display:block;width:100%;height:auto}svg.bar{height:28px}.grid{stroke:var(--line)}.tick{fill:var(--soft);font:13px system-ui,sans-serif}@media(max-width:40rem){.tick{font-size:22px}}.curve{fill:none;stroke:var(--c0);stroke-width:2}.area{fill:var(--c0);opacity:.12}
.part0{fill:var(--c0)}.part1{fill:var(--c1)}.part2{fill:var(--c2)}.part3{fill:var(--c3)}.part4{fill:var(--c4)}.part5{fill:var(--c5)}
.key{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;padding:0}.key i{display:inline-block;width:.8rem;height:.8rem;border-radius:.15rem;margin-right:.4rem}
.map td,.map th{padding:.1rem .4rem;white-space:nowrap}.map th[scope=row]{font-weight:400;position:sticky;left:0;background:var(--bg)}summary{cursor:pointer;padding:.3rem 0}.cells{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem;padding:0}.cells li{padding:0 .4rem;border-radius:.2rem}
.m1{background:color-mix(in srgb,var(--c0) 6%,transparent)}.m2{background:color-mix(in srgb,var(--c0) 12%,transparent)}.m3{background:color-mix(in srgb,var(--c0) 20%,transparent)}.m4{background:color-mix(in srgb,var(--c0) 30%,transparent)}
.key0{background:var(--c0)}.key1{background:var(--c1)}.key2{background:var(--c2)}.key3{background:var(--c3)}.key4{background:var(--c4)}.key5{background:var(--c5)}
`;

/** A page called `title`; what it says in short is `short`, all that it says `body`, which is HTML. */
export function htmlPage(title: string, short: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,"><title>${e(title)}: ${e(short)}</title><style>${STYLE}</style></head><body>
<main><h1>${e(title)}</h1>
${body}
</main></body></html>
`;
}

/** Names and values side by side. */
export function facts(rows: readonly (readonly [name: string, value: string])[]): string {
  return `<dl class="facts">${rows.map(([name, value]) => `<div><dt>${e(name)}</dt><dd>${e(value)}</dd></div>`).join('')}</dl>`;
}

/** A table: cells of the first columns are text, those of the others numbers. `rows` are HTML. */
export function table(texts: readonly string[], numbers: readonly string[], rows: readonly string[]): string {
  const head = [...texts.map((name) => `<th>${name}</th>`), ...numbers.map((name) => `<th class="n">${name}</th>`)];
  return `<div class="scroll"><table><thead><tr>${head.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

/** Lines that {@link code} shows of `text`. */
export function shownLines(text: string): number {
  const shown = cut(text, LINES, CHARACTERS);
  return shown.split('\n').length - (shown === text.trimEnd() ? 0 : 1);
}

/** Text as it stands, in a box that the keyboard can scroll. `marked`: a line, from 1, that is shown as the one in question and is `id`. */
export function code(
  text: string,
  label: string,
  marked: { readonly line: number; readonly id: string } | null = null,
): string {
  const shown = cut(text, LINES, CHARACTERS);
  const lines = marked === null ? [shown] : shown.split('\n');
  const body = lines.map((line, n) =>
    marked !== null && n === marked.line - 1 ? `<mark id="${marked.id}">${e(line)}</mark>` : e(line),
  );
  return `<pre tabindex="0" role="region" aria-label="${e(label)}">${body.join('\n')}</pre>`;
}
