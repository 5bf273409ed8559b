import type { Problem } from '../model/problem.ts';
import type { ImageReport } from '../model/report.ts';
import type { ExplainedRule } from '../model/rule-info.ts';
import { describeAdjustments, describeTargets, verdictWord } from './demands.ts';
import { escapeText } from './escape.ts';
import { joinHtml, markup, type Html } from './html-text.ts';
import { formatCount, formatPosition } from './units.ts';
import { describeImage, groupByRule } from './words.ts';

/**
 * `check --output html`: one page that needs nothing else, no script and no network, to be kept or sent. Ends with
 * a line feed.
 *
 * @param rules those that the reports name, in any order
 */
export function renderHtml(
  reports: readonly ImageReport[],
  rules: readonly ExplainedRule[],
  version: string,
): string {
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  const title = `vdcheck: ${formatCount(reports.length, 'image')}`;
  const images = reports.map((report, index) => renderImage(report, index, byId));
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
${STYLE}
</head>
<body>
<h1>${title}</h1>
${renderSummary(reports)}
${joinHtml(images)}
<footer>vdcheck ${version}</footer>
</body>
</html>
`;
  return page.text;
}

const STYLE = markup`<style>
:root { color-scheme: light dark; font-family: system-ui, sans-serif; line-height: 1.5; }
body { max-width: 64rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
td, th { text-align: left; vertical-align: top; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid #8886; }
code, .place { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
.ok { color: #2a7d2a; } .warning { color: #9a6700; } .leak { color: #a03ca0; }
.error, .corrupt, .unchecked { color: #c62828; }
.info, .place, footer { opacity: .75; }
dt { font-weight: 600; }
</style>`;

const NOTHING = markup``;

function renderSummary(reports: readonly ImageReport[]): Html {
  const rows = reports.map((report, index) => {
    const name = markup`<a href="#image-${String(index)}"><code>${escapeText(report.path)}</code></a>`;
    const verdict = markup`<td class="${report.verdict}">${verdictWord(report)}</td>`;
    return markup`<tr><td>${name}</td>${verdict}<td>${describeImage(report)}</td></tr>\n`;
  });
  return markup`<table>
<tr><th>image</th><th>verdict</th><th>what it is</th></tr>
${joinHtml(rows)}</table>`;
}

function renderImage(report: ImageReport, index: number, rules: ReadonlyMap<string, ExplainedRule>): Html {
  const { path, verdict, depth, error } = report;
  const blocks = groupByRule(report.problems).map((problems) => renderRule(problems, report, rules));
  const failure =
    error === null
      ? NOTHING
      : markup`<p class="error">${escapeText(error.message)} <code>${escapeText(error.code)}</code></p>\n`;
  return markup`<section id="image-${String(index)}">
<h2><code>${escapeText(path)}</code></h2>
<p><strong class="${verdict}">${verdictWord(report)}</strong> (${describeImage(report)}; depth ${depth})</p>
${failure}${renderDemands(report)}${joinHtml(blocks)}</section>
`;
}

/** What was set, and what each platform makes of the image. */
function renderDemands(report: ImageReport): Html {
  const lines = [...describeAdjustments(report), ...describeTargets(report)];
  if (lines.length === 0) return NOTHING;
  return markup`<ul>\n${joinHtml(lines.map((line) => markup`<li>${line}</li>\n`))}</ul>\n`;
}

function renderRule(
  problems: readonly [Problem, ...Problem[]],
  report: ImageReport,
  rules: ReadonlyMap<string, ExplainedRule>,
): Html {
  const [{ rule: id, severity }] = problems;
  const rule = rules.get(id);
  const listed = report.problems.filter((problem) => problem.rule === id).length;
  const count = report.counts.byRule[id] ?? listed;
  const all =
    count > listed ? markup`<p>${formatCount(count, 'problem')} of this rule in all.</p>\n` : NOTHING;
  return markup`<h3><span class="${severity}">${severity}</span> <code>${escapeText(id)}</code> ${rule?.title ?? ''}</h3>
<ul>
${joinHtml(problems.map((problem) => renderProblem(problem, report.path)))}</ul>
${all}${rule === undefined ? NOTHING : renderExplanation(rule)}`;
}

function renderProblem(problem: Problem, imagePath: string): Html {
  const { message, file, offset, length, field, actual, expected, guestOffset } = problem;
  const name = file ?? imagePath;
  const parts = [
    offset === null ? name : `${name} at ${formatPosition(offset)}`,
    length === null ? null : formatCount(length, 'byte'),
    field,
    actual === null ? null : `found ${actual}`,
    expected === null ? null : `expected ${expected}`,
    guestOffset === null ? null : `guest at ${formatPosition(guestOffset)}`,
  ].filter((part) => part !== null);
  const place = markup`<span class="place">${escapeText(parts.join(', '))}</span>`;
  return markup`<li>${escapeText(message)}<br>${place}</li>\n`;
}

function renderExplanation({ explanation: { what, why, how, readers, repair } }: ExplainedRule): Html {
  return markup`<details><summary>What it means, and what can be done</summary>
<dl>
<dt>What is wrong</dt><dd>${what}</dd>
<dt>What it means</dt><dd>${why}</dd>
<dt>How it arises</dt><dd>${how}</dd>
<dt>What programs do</dt><dd>${readers}</dd>
<dt>What can be done</dt><dd>${repair}</dd>
</dl></details>
`;
}
