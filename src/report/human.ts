import type { Problem, Severity } from '../model/problem.ts';
import type { ImageReport, Verdict } from '../model/report.ts';
import type { ExplainedRule } from '../model/rule-info.ts';
import { describeAdjustments, describeTargets, verdictWord } from './demands.ts';
import { escapeText } from './escape.ts';
import type { Style } from './style.ts';
import { formatCount, formatPosition, groupDigits } from './units.ts';
import { describeImage, groupByRule, VERDICT_WORDS } from './words.ts';
import { wrapText } from './wrap.ts';

/** What the human report needs besides the data. */
export interface HumanContext {
  readonly style: Style;
  /** Columns that running text is broken at. */
  readonly width: number;
  /** Looks up the rule that a problem names; without it the report leaves the explanation out. */
  readonly explain: (ruleId: string) => ExplainedRule | undefined;
}

/** Severities in the order that verdicts rank them, worst first. */
const SEVERITIES: readonly Severity[] = ['error', 'leak', 'warning', 'info'];

/**
 * An image's report for people: a sound image is one line; else every rule that found something is one block in the
 * manner of a compiler error, and a line with the verdict closes. Ends with a line feed.
 */
export function renderHuman(report: ImageReport, context: HumanContext): string {
  const blocks = groupByRule(report.problems).map((problems) => renderRule(problems, report, context));
  const adjusted = describeAdjustments(report).map((line) => context.style.quiet(line));
  const demands = [...adjusted, ...describeTargets(report)];
  if (demands.length > 0) blocks.push(`${demands.join('\n')}\n`);
  return [...blocks, `${renderVerdict(report, context.style)}\n`].join('\n');
}

/** The line that closes a run over several images. */
export function renderSummary(reports: readonly Pick<ImageReport, 'verdict'>[], style: Style): string {
  const parts = (['ok', 'warning', 'leak', 'corrupt', 'unchecked'] as const).flatMap((verdict) => {
    const count = reports.filter((report) => report.verdict === verdict).length;
    return count === 0 ? [] : [paintVerdict(verdict, `${count} ${VERDICT_WORDS[verdict]}`, style)];
  });
  return `\n${style.heading(`${formatCount(reports.length, 'image')}:`)} ${parts.join(', ')}\n`;
}

function paintVerdict(verdict: Verdict, text: string, style: Style): string {
  if (verdict === 'ok') return style.good(text);
  if (verdict === 'unchecked' || verdict === 'corrupt') return style.error(text);
  return style[verdict](text);
}

function renderRule(
  problems: readonly [Problem, ...Problem[]],
  report: ImageReport,
  context: HumanContext,
): string {
  const [first, ...others] = problems;
  const lines =
    first.severity === 'info'
      ? renderOddity(first, report, context.style)
      : renderFinding(first, report, context);
  const more = renderOthers(first, others, countUnlisted(problems, report), context);
  return `${[...lines, ...more].join('\n')}\n`;
}

/** An oddity does no harm: what it is and where. */
function renderOddity(problem: Problem, report: ImageReport, style: Style): string[] {
  return [
    `${labelOf(problem, style)}: ${escapeText(problem.message)}`,
    `${style.quiet('  -->')} ${renderPlace(problem, report.path)}`,
  ];
}

function renderFinding(problem: Problem, report: ImageReport, context: HumanContext): string[] {
  const { style } = context;
  const rule = context.explain(problem.rule);
  const title = rule === undefined ? '' : ` ${style.heading(rule.title)}`;
  return [
    `${labelOf(problem, style)}:${title}`,
    ...renderProblem(problem, report, context),
    ...(rule === undefined ? [] : renderNotes(rule, context)),
  ];
}

function labelOf({ severity, rule }: Problem, style: Style): string {
  return paintSeverity(severity, `${severity}[${escapeText(rule)}]`, style);
}

function paintSeverity(severity: Severity, text: string, style: Style): string {
  return severity === 'info' ? style.quiet(text) : style[severity](text);
}

/** How many problems of this rule were found but are not listed. */
function countUnlisted(problems: readonly [Problem, ...Problem[]], report: ImageReport): number {
  const [{ rule }] = problems;
  const listed = report.problems.filter((problem) => problem.rule === rule);
  const last = listed.at(-1);
  // A rule whose findings differ in severity has several blocks; what is left out is told in the last one.
  if (last !== problems.at(-1)) return 0;
  return Math.max(0, (report.counts.byRule[rule] ?? listed.length) - listed.length);
}

function renderProblem(problem: Problem, report: ImageReport, context: HumanContext): string[] {
  const { style, width } = context;
  const bar = style.quiet('   |');
  const place = renderPlace(problem, report.path);
  const lines = wrapText(escapeText(problem.message), width - 6)
    .split('\n')
    .map((line) => `${bar}  ${line}`);
  lines.unshift(`${style.quiet('  -->')} ${place}`);
  for (const [name, value] of figuresOf(problem))
    lines.push(`${bar}  ${style.quiet(name.padEnd(9))} ${escapeText(value)}`);
  return lines;
}

function renderPlace(problem: Problem, imagePath: string): string {
  const file = escapeText(problem.file ?? imagePath);
  const parts = [problem.offset === null ? file : `${file} at ${formatPosition(problem.offset)}`];
  if (problem.length !== null) parts.push(formatCount(problem.length, 'byte'));
  if (problem.field !== null) parts.push(escapeText(problem.field));
  return parts.join(', ');
}

function figuresOf(problem: Problem): [name: string, value: string][] {
  const figures: [string, string][] = [];
  if (problem.actual !== null) figures.push(['found', problem.actual]);
  if (problem.expected !== null) figures.push(['expected', problem.expected]);
  if (problem.guestOffset !== null) figures.push(['guest at', formatPosition(problem.guestOffset)]);
  return figures;
}

/** What the finding means and what can be done. */
function renderNotes(rule: ExplainedRule, { style, width }: HumanContext): string[] {
  const note = (label: string, text: string): string => {
    const first = `   = ${label}: `;
    return style.quiet(first) + wrapText(text, width, first).slice(first.length);
  };
  return [
    note('means', rule.explanation.why),
    note('help', rule.explanation.repair),
    note('see', `vdcheck rules ${rule.id}`),
  ];
}

/** What else the rule found, a line each; the file is named where it is not that of the first finding. */
function renderOthers(
  first: Problem,
  others: readonly Problem[],
  unlisted: number,
  { style }: HumanContext,
): string[] {
  const lines = others.map(({ file, offset, field, message }) => {
    const place = [
      file === first.file ? null : file,
      offset === null ? null : formatPosition(offset),
      field,
    ].filter((part) => part !== null);
    const where = place.length === 0 ? '' : `${place.join(', ')}: `;
    return `${style.quiet('  and')} ${escapeText(where + message)}`;
  });
  if (unlisted > 0) lines.push(style.quiet(`  ... and ${groupDigits(unlisted)} more`));
  return lines;
}

function renderVerdict(report: ImageReport, style: Style): string {
  const { verdict } = report;
  const path = style.heading(`${escapeText(report.path)}:`);
  const word = paintVerdict(verdict, verdictWord(report), style);
  const counted = SEVERITIES.flatMap((severity) => {
    const count = report.counts[severity];
    return count === 0 ? [] : [formatCount(count, severity === 'info' ? 'note' : severity)];
  });
  const tail = counted.length === 0 ? '' : `: ${counted.join(', ')}`;
  return `${path} ${word}${tail} ${style.quiet(`(${describeImage(report)})`)}`;
}
