import type { ImageReport } from '../model/report.ts';
import type { Depth, ExplainedRule } from '../model/rule-info.ts';
import { isFailureOnly } from '../ops/failures.ts';
import { checkLocalImage } from '../node/local.ts';
import { rulesOfFormat } from '../ops/rules.ts';
import { escapeText } from '../report/escape.ts';
import { renderHuman, renderSummary } from '../report/human.ts';
import { renderJson } from '../report/json.ts';
import { renderNdjson } from '../report/ndjson.ts';
import type { LocalCheckOptions } from './check-workers.ts';
import type { Invocation, RunCommand } from './command.ts';
import { exitCodeOf, type ExitCode } from './exit-codes.ts';
import { compileLater, loadFormatsOf, MANY_IMAGES } from './many-images.ts';
import { openProgress } from './progress.ts';
import type { Terminal } from './terminal.ts';
import { VERSION } from './version.ts';

/** `vdcheck check`. */
export const runCheck: RunCommand = async (invocation, terminal) => {
  const { operands } = invocation;
  const progress = openProgress(invocation, terminal, operands.length);
  const write = printerFor(invocation.text('output') ?? 'human', terminal);
  const results: Result[] = [];
  for await (const report of checkAll(operands, checkOptions(invocation), countThreads(invocation))) {
    progress.step();
    await write.image(report);
    results.push({ verdict: report.verdict });
  }
  progress.end();
  const exitCode = exitCodeOf(results, invocation.isSet('exit-zero'));
  write.end(results, exitCode);
  return exitCode;
};

/** What is kept of each image when it is printed. */
type Result = Pick<ImageReport, 'verdict'>;

/** Images for each thread from which on starting it saves time, measured with small ones: a thread warms up for as long as a hundred take. */
const IMAGES_PER_THREAD = 256;

/** How many threads check, this one included: what was asked for, else what the machine has and the images are worth. */
function countThreads(invocation: Invocation): number {
  const images = invocation.operands.length;
  const jobs = invocation.count('jobs');
  if (jobs !== undefined) return Math.min(jobs, images);
  const worth = Math.floor(images / IMAGES_PER_THREAD);
  return worth < 2 ? 1 : Math.min(worth, process.getBuiltinModule('node:os').availableParallelism());
}

/** Checks images and gives the reports out in their order; the code for several threads is loaded only where there are several. */
async function* checkAll(
  paths: readonly string[],
  options: LocalCheckOptions,
  threads: number,
): AsyncIterable<ImageReport> {
  if (threads > 1) {
    const { checkOnThreads } = await import('./check-workers.ts');
    yield* checkOnThreads(paths, options, threads);
  } else {
    if (paths.length >= MANY_IMAGES) {
      await loadFormatsOf(paths);
      compileLater();
    }
    for (const path of paths) yield await checkLocalImage(path, options);
  }
}

function checkOptions(invocation: Invocation): LocalCheckOptions {
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
  end(results: readonly Result[], exitCode: ExitCode): void;
}

function printerFor(output: string, terminal: Terminal): Printer {
  const { stdout } = terminal;
  const nothing = (): void => undefined;
  if (output === 'ndjson') return { image: (report) => stdout.write(renderNdjson(report)), end: nothing };
  if (output === 'json') {
    const reports: ImageReport[] = [];
    return {
      image: (report) => void reports.push(report),
      end: (_, exitCode) => stdout.write(renderJson(reports, VERSION, exitCode)),
    };
  }
  return {
    image: spaced(terminal),
    end: (results) => {
      if (results.length > 1) stdout.write(renderSummary(results, terminal.style));
    },
  };
}

/** Prints images for people: one-line reports below each other, longer ones with an empty line around them. */
function spaced(terminal: Terminal): (report: ImageReport) => Promise<void> {
  const { style, width } = terminal;
  const known: KnownRules = new Map();
  let wasLong: boolean | null = null;
  return async (report) => {
    // What could not be checked is no result, and goes where errors go.
    if (report.error !== null) terminal.stderr.write(`vdcheck: ${escapeText(report.error.message)}\n`);
    if (isFailureOnly(report)) return;
    const isLong = report.problems.length > 0;
    const explain = await explainer(report, known);
    const gap = wasLong !== null && (wasLong || isLong) ? '\n' : '';
    wasLong = isLong;
    terminal.stdout.write(gap + renderHuman(report, { style, width, explain }));
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
