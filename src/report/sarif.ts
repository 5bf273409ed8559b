import type { Problem, ProblemPlace, Severity } from '../model/problem.ts';
import type { ImageReport } from '../model/report.ts';
import type { ExplainedRule } from '../model/rule-info.ts';
import { escapeJson } from './escape.ts';

/** Levels of SARIF 2.1.0, 3.27.10. */
const LEVELS: Readonly<Record<Severity, string>> = {
  error: 'error',
  leak: 'warning',
  warning: 'warning',
  info: 'note',
};

/**
 * `check --output sarif`: one run in the Static Analysis Results Interchange Format 2.1.0 (OASIS). Ends with a line
 * feed.
 *
 * @param rules those that the reports name, in any order
 */
export function renderSarif(
  reports: readonly ImageReport[],
  rules: readonly ExplainedRule[],
  version: string,
  exitCode: number,
): string {
  const indexes = new Map(rules.map(({ id }, index) => [id, index]));
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'vdcheck', version, rules: rules.map(toReportingDescriptor) } },
        columnKind: 'utf16CodeUnits',
        invocations: [toInvocation(reports, exitCode)],
        artifacts: reports.map(toArtifact),
        results: reports.flatMap((report) => toResults(report, indexes)),
      },
    ],
  };
  return `${escapeJson(JSON.stringify(log, null, 2))}\n`;
}

/** A rule with its explanation (3.49). */
function toReportingDescriptor({ id, title, severity, repair, spec, explanation }: ExplainedRule) {
  const { what, why, how, readers, repair: help } = explanation;
  return {
    id,
    shortDescription: { text: title },
    fullDescription: { text: `${what} ${why}` },
    help: { text: [what, why, how, readers, help].join('\n\n') },
    defaultConfiguration: { level: LEVELS[severity] },
    properties: { severity, repair, spec },
  };
}

/**
 * The run was successful where every image could be checked; what could not is told as a notification (3.20.14,
 * 3.20.21).
 */
function toInvocation(reports: readonly ImageReport[], exitCode: number) {
  const failures = reports.flatMap(({ path, error }) => (error === null ? [] : [{ path, error }]));
  return {
    executionSuccessful: failures.length === 0,
    exitCode,
    toolExecutionNotifications: failures.map(({ path, error }) => ({
      level: 'error',
      message: { text: error.message },
      descriptor: { id: error.code },
      locations: [{ physicalLocation: { artifactLocation: { uri: toUri(path) } } }],
    })),
  };
}

function toArtifact({ path, files, targets, adjusted, ...report }: ImageReport) {
  const { format, variant, verdict, depth, virtualSize } = report;
  const size = files.find((file) => file.path === path)?.size ?? null;
  return {
    location: { uri: toUri(path) },
    ...(size === null ? {} : { length: size }),
    properties: {
      ...{ verdict, depth, format, variant, virtualSize },
      ...(targets === undefined ? {} : { targets }),
      ...(adjusted === undefined ? {} : { adjusted }),
    },
  };
}

function toResults(report: ImageReport, indexes: ReadonlyMap<string, number>) {
  const seen = new Map<string, number>();
  return report.problems.map((problem) => {
    const { rule, severity, message, guestOffset, expected, actual, repairable, also = [] } = problem;
    const index = indexes.get(rule);
    const print = fingerprint(problem, report.path);
    const before = seen.get(print) ?? 0;
    seen.set(print, before + 1);
    return {
      ruleId: rule,
      ...(index === undefined ? {} : { ruleIndex: index }),
      level: LEVELS[severity],
      message: { text: message },
      locations: [toLocation(problem, report.path)],
      ...(also.length === 0
        ? {}
        : { relatedLocations: also.map((place, id) => ({ id, ...toLocation(place, report.path) })) }),
      partialFingerprints: { 'vdcheck/v1': before === 0 ? print : `${print}|${before}` },
      properties: { severity, guestOffset, expected, actual, repairable },
    };
  });
}

/**
 * What stays the same from run to run while the damage stays: rule, file and place; no figure, no wording, no
 * version.
 */
function fingerprint({ rule, file, field, offset }: Problem, path: string): string {
  return [rule, file ?? path, field ?? offset ?? ''].join('|');
}

function toLocation({ file, offset, length, field }: ProblemPlace, path: string) {
  const region =
    offset === null
      ? {}
      : { region: { byteOffset: offset, ...(length === null ? {} : { byteLength: length }) } };
  return {
    physicalLocation: { artifactLocation: { uri: toUri(file ?? path) }, ...region },
    ...(field === null ? {} : { logicalLocations: [{ fullyQualifiedName: field, kind: 'member' }] }),
  };
}

/** A path as a URI reference (RFC 3986); a URL stays what it is. */
function toUri(path: string): string {
  if (/^https?:\/\//i.test(path)) return path;
  const slashed = /^[A-Za-z]:\\|^\\\\/.test(path) ? path.replaceAll('\\', '/') : path;
  const encoded = encodePath(slashed);
  if (/^[A-Za-z]:\//.test(slashed)) return `file:///${encoded.replace('%3A', ':')}`;
  if (slashed.startsWith('//')) return `file:${encoded}`;
  return slashed.startsWith('/') ? `file://${encoded}` : encoded;
}

/** Every segment by itself. A colon is encoded, too: in a first segment it would end a scheme. */
function encodePath(path: string): string {
  return path
    .split('/')
    .map((segment) => encodeURIComponent(segment.replace(/\p{Cs}/gu, '\ufffd')))
    .join('/');
}
