import type { Problem, Severity } from '../model/problem.ts';
import type { ImageReport } from '../model/report.ts';
import { describeAdjustments } from './demands.ts';
import { escapeText } from './escape.ts';
import { formatPosition } from './units.ts';

/** Workflow commands of GitHub Actions know three levels. */
const LEVELS: Readonly<Record<Severity, string>> = {
  error: 'error',
  leak: 'warning',
  warning: 'warning',
  info: 'notice',
};

/**
 * One image as annotations of a GitHub Actions run, one line for each problem (docs.github.com, "Workflow commands
 * for GitHub Actions"). A sound image has none.
 */
export function renderGithub(report: ImageReport): string {
  const lines = report.problems.map((problem) => renderProblem(problem, report));
  // What is set shows nowhere else among annotations.
  for (const line of describeAdjustments(report))
    lines.push(annotation('notice', report.path, 'rules that are set', line));
  if (report.error !== null)
    lines.unshift(
      annotation('error', report.path, `not checked: ${report.error.code}`, report.error.message),
    );
  return lines.join('');
}

function renderProblem(problem: Problem, report: ImageReport): string {
  const { rule, severity, message, offset, field, expected, actual } = problem;
  const place = [offset === null ? null : `at ${formatPosition(offset)}`, field].filter(
    (part) => part !== null,
  );
  const figures = [
    ...(actual === null ? [] : [`found ${actual}`]),
    ...(expected === null ? [] : [`expected ${expected}`]),
  ];
  const details = [...place, ...figures].join(', ');
  const text = details === '' ? message : `${message} (${details})`;
  return annotation(LEVELS[severity], problem.file ?? report.path, rule, text);
}

function annotation(level: string, file: string, title: string, message: string): string {
  return `::${level} file=${escapeProperty(file)},title=${escapeProperty(title)}::${escapeData(message)}\n`;
}

/**
 * A line feed would begin a command of the image's own; `escapeText` makes it visible, and `%` is what the runner's
 * own escapes begin with.
 */
function escapeData(text: string): string {
  return escapeText(text).replaceAll('%', '%25');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
