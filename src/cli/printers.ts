import type { FolderReport } from '../model/folder.ts';
import type { ImageReport } from '../model/report.ts';
import type { ExplainedRule } from '../model/rule-info.ts';
import { isFailureOnly } from '../ops/failures.ts';
import { listRules, rulesOfFormat } from '../ops/rules.ts';
import { escapeText } from '../report/escape.ts';
import { renderGithub } from '../report/github.ts';
import { renderHuman, renderSummary } from '../report/human.ts';
import { renderJson } from '../report/json.ts';
import { renderNdjson } from '../report/ndjson.ts';
import type { ExitCode } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';
import { VERSION } from './version.ts';

/** What is kept of each image when it is printed. */
export type Result = Pick<ImageReport, 'verdict' | 'error'>;

/** How a run is printed: image by image, and what closes it. */
export interface Printer {
  image(report: ImageReport): void | Promise<void>;
  /** @param folders what was found in folders that were named */
  end(results: readonly Result[], exitCode: ExitCode, folders: readonly FolderReport[]): void | Promise<void>;
}

const nothing = (): void => undefined;

/** What each value of `--output` prints; the names are those of the option's choices. */
export const PRINTERS: Readonly<Record<string, (terminal: Terminal) => Printer>> = {
  human: printHuman,
  json: (terminal) =>
    printDocument((reports, exitCode, folders) =>
      terminal.stdout.write(renderJson(reports, VERSION, exitCode, folders)),
    ),
  ndjson: ({ stdout }) => ({ image: (report) => stdout.write(renderNdjson(report)), end: nothing }),
  sarif: (terminal) =>
    printDocument(async (reports, exitCode) => {
      const { renderSarif } = await import('../report/sarif.ts');
      terminal.stdout.write(renderSarif(reports, await rulesNamedIn(reports), VERSION, exitCode));
    }),
  html: (terminal) =>
    printDocument(async (reports) => {
      const { renderHtml } = await import('../report/html.ts');
      terminal.stdout.write(renderHtml(reports, await rulesNamedIn(reports), VERSION));
    }),
  github: ({ stdout }) => ({ image: (report) => stdout.write(renderGithub(report)), end: nothing }),
};

/** The rules that found something; where none did no format is loaded. */
async function rulesNamedIn(reports: readonly ImageReport[]): Promise<readonly ExplainedRule[]> {
  const found = new Set(reports.flatMap(({ problems }) => problems.map(({ rule }) => rule)));
  return found.size === 0 ? [] : (await listRules()).filter(({ id }) => found.has(id));
}

/** One document over all images, which is written when the last is checked. */
function printDocument(
  write: (
    reports: readonly ImageReport[],
    exitCode: ExitCode,
    folders: readonly FolderReport[],
  ) => void | Promise<void>,
): Printer {
  const reports: ImageReport[] = [];
  return {
    image: (report) => void reports.push(report),
    end: (_, exitCode, folders) => write(reports, exitCode, folders),
  };
}

/** Prints images for people: one-line reports below each other, longer ones with an empty line around them. */
function printHuman(terminal: Terminal): Printer {
  const { style, width, stdout, stderr } = terminal;
  const known: KnownRules = new Map();
  let wasLong: boolean | null = null;
  return {
    image: async (report) => {
      // What could not be checked is no result, and goes where errors go.
      if (report.error !== null) stderr.write(`vdcheck: ${escapeText(report.error.message)}\n`);
      if (isFailureOnly(report)) return;
      const isLong = report.problems.length > 0;
      const explain = await explainer(report, known);
      const gap = wasLong !== null && (wasLong || isLong) ? '\n' : '';
      wasLong = isLong;
      stdout.write(gap + renderHuman(report, { style, width, explain }));
    },
    end: async (results, _, folders) => {
      if (results.length > 1) stdout.write(renderSummary(results, style));
      if (folders.length === 0) return;
      const { renderFolder } = await import('../report/folder-human.ts');
      for (const folder of folders) stdout.write(renderFolder(folder, style));
    },
  };
}

/** Rules by id, of each format that was asked for. */
type KnownRules = Map<string | null, ReadonlyMap<string, ExplainedRule>>;

/** Finds the rules that a report names; where there is nothing to explain none are loaded. */
async function explainer(
  report: ImageReport,
  known: KnownRules,
): Promise<(id: string) => ExplainedRule | undefined> {
  if (report.problems.some(({ severity }) => severity !== 'info') && !known.has(report.format)) {
    const rules = await rulesOfFormat(report.format);
    known.set(report.format, new Map(rules.map((rule) => [rule.id, rule])));
  }
  return (id) => known.get(report.format)?.get(id);
}
