import type { ImageReport } from '../model/report.ts';
import type { Depth, RuleInfo } from '../model/rule.ts';
import { checkLocalImage } from '../ops/local.ts';
import { rulesOfFormat } from '../ops/rules.ts';
import { escapeText } from '../report/escape.ts';
import { renderHuman, renderSummary } from '../report/human.ts';
import { renderJson } from '../report/json.ts';
import { renderNdjson } from '../report/ndjson.ts';
import type { Invocation, RunCommand } from './command.ts';
import { exitCodeOf, type ExitCode } from './exit-codes.ts';
import { mapOrdered } from './pool.ts';
import { openProgress } from './progress.ts';
import type { Terminal } from './terminal.ts';
import { VERSION } from './version.ts';

/** `vdcheck check`. */
export const runCheck: RunCommand = async (invocation, terminal) => {
  const progress = openProgress(invocation, terminal, invocation.operands.length);
  const write = printerFor(invocation.text('output') ?? 'human', terminal);
  const checkOne = async (path: string): Promise<ImageReport> => {
    const report = await checkLocalImage(path, checkOptions(invocation));
    progress.step();
    await write.image(report);
    return report;
  };
  const reports = await mapOrdered(invocation.operands, invocation.count('jobs') ?? 1, checkOne);
  progress.end();
  const exitCode = exitCodeOf(reports, invocation.isSet('exit-zero'));
  write.end(reports, exitCode);
  return exitCode;
};

function checkOptions(invocation: Invocation): Parameters<typeof checkLocalImage>[1] {
  const format = invocation.text('format');
  return {
    ...(format === undefined ? {} : { format }),
    depth: (invocation.text('depth') ?? 'metadata') as Depth,
    maxProblems: invocation.count('max-problems') ?? 100,
    strict: invocation.isSet('strict'),
    chain: !invocation.isSet('no-chain'),
    allowOutside: invocation.isSet('allow-outside'),
  };
}

/** How a run is printed: image by image, and what closes it. */
interface Printer {
  image(report: ImageReport): void | Promise<void>;
  end(reports: readonly ImageReport[], exitCode: ExitCode): void;
}

function printerFor(output: string, terminal: Terminal): Printer {
  const { stdout } = terminal;
  const nothing = (): void => undefined;
  if (output === 'ndjson') return { image: (report) => stdout.write(renderNdjson(report)), end: nothing };
  if (output === 'json')
    return {
      image: nothing,
      end: (reports, exitCode) => stdout.write(renderJson(reports, VERSION, exitCode)),
    };
  return {
    image: spaced(terminal),
    end: (reports) => {
      if (reports.length > 1) stdout.write(renderSummary(reports, terminal.style));
    },
  };
}

/** Prints images for people: one-line reports below each other, longer ones with an empty line around them. */
function spaced(terminal: Terminal): (report: ImageReport) => Promise<void> {
  const known: KnownRules = new Map();
  let wasLong: boolean | null = null;
  return async (report) => {
    // What could not be checked is no result, and goes where errors go.
    if (report.error !== null) terminal.stderr.write(`vdcheck: ${escapeText(report.error.message)}\n`);
    const isLong = report.problems.length > 0;
    if (report.error !== null && !isLong) return;
    const explain = await explainer(report, known);
    const gap = wasLong !== null && (wasLong || isLong) ? '\n' : '';
    wasLong = isLong;
    terminal.stdout.write(gap + renderHuman(report, { ...terminal, explain }));
  };
}

/** Rules by id, of each format that was asked for. */
type KnownRules = Map<string | null, ReadonlyMap<string, RuleInfo>>;

/** Finds the rules that a report names; a sound image's report loads none. */
async function explainer(
  report: ImageReport,
  known: KnownRules,
): Promise<(id: string) => RuleInfo | undefined> {
  if (report.problems.length > 0 && !known.has(report.format)) {
    const rules = await rulesOfFormat(report.format);
    known.set(report.format, new Map(rules.map((rule) => [rule.id, rule])));
  }
  return (id) => known.get(report.format)?.get(id);
}
