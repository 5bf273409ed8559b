import { checkSafely, type LocalCheckOptions } from '../fast/check-safely.ts';
import type { ImageReport } from '../model/report.ts';
import { isPlainPath } from '../node/access/names.ts';
import type { FolderReport } from '../model/folder.ts';
import { expandPath, surveyLocalFolder } from '../node/local.ts';
import type { Depth } from '../model/rule.ts';
import { existsSync } from 'node:fs';
import { escapeText } from '../report/escape.ts';
import { accessOptions } from './access.ts';
import type { Invocation, RunCommand } from './command.ts';
import { CONFIG_NAME } from './config-name.ts';
import { exitCodeOf } from './exit-codes.ts';
import { PRINTERS, type Result } from './printers.ts';
import { limitOptions } from './limits.ts';
import { openProgress, type Progress } from './progress.ts';

/** `vdcheck check`. */
export const runCheck: RunCommand = async (invocation, terminal) => {
  const printer = PRINTERS[invocation.text('output') ?? 'human']?.(terminal);
  if (printer === undefined) throw new Error('an output of the table has no printer');
  const options = { ...checkOptions(invocation), ...(await demandsFor(invocation)) };
  if (options.depth === 'data') unpackOnAllCores();
  const { paths, folders } = await expandPaths(invocation.operands, options);
  const progress = openProgress(invocation, terminal, paths.length);
  const results: Result[] = [];
  for await (const report of checkAll(paths, options, invocation, progress)) {
    progress.step();
    await printer.image(report);
    if (options.depth === 'data' && report.depth !== 'data' && report.error === null)
      terminal.stderr.write(
        `vdcheck: ${escapeText(report.path)}: not all of the stored data were looked at: there is more of it by the tables than the file has\n`,
      );
    results.push({ verdict: report.verdict, error: report.error });
    // Nobody reads what is still to come.
    if (terminal.stdout.isClosed) break;
  }
  progress.end();
  const exitCode = exitCodeOf(results, invocation.isSet('exit-zero'));
  await printer.end(results, exitCode, folders);
  return exitCode;
};

/**
 * What one image of several may cost where nothing else was said: several times what the largest sound ones take
 * (10 TiB of qcow2: 90 MiB).
 */
const DEFAULT_SECONDS: Readonly<Record<Depth, number>> = { header: 60, metadata: 60, data: 3600 };
const DEFAULT_MEBIBYTES = 384;

/** Images for each process from which on starting it saves time, measured with small ones. */
const IMAGES_PER_PROCESS = 256;

/**
 * Checks images and gives the reports out in their order. Several are checked in processes of their own, so that
 * none harms another; a single one only where a budget is asked for, since a process takes as long to start as a
 * small image to check.
 */
async function* checkAll(
  paths: readonly string[],
  options: LocalCheckOptions,
  invocation: Invocation,
  { units: onUnits }: Progress,
): AsyncIterable<ImageReport> {
  const isSeveral = paths.length > 1;
  const seconds =
    invocation.number('timeout') ?? (isSeveral ? DEFAULT_SECONDS[options.depth ?? 'metadata'] : 0);
  const mebibytes = invocation.number('max-memory') ?? (isSeveral ? DEFAULT_MEBIBYTES : 0);
  const jobs = countJobs(paths.length, invocation);
  // What is counted, and standard input, are of this process.
  const isHere = options.stats !== undefined || paths.includes('-');
  if (isHere || (seconds === 0 && mebibytes === 0 && jobs === 1)) {
    for (const path of paths) yield await checkSafely(path, { ...options, onUnits });
    return;
  }
  const { checkMany } = await import('../fast/check-many.ts');
  const budget = {
    milliseconds: seconds === 0 ? null : seconds * 1000,
    bytes: mebibytes === 0 ? null : mebibytes * 2 ** 20,
  };
  yield* checkMany(paths, options, { jobs, budget });
}

/** What operands stand for. */
interface Expanded {
  readonly paths: readonly string[];
  readonly folders: readonly FolderReport[];
}

/** Archives stand for the images in them, folders for the disks in them; what cannot be read is reported as itself. */
async function expandPaths(operands: readonly string[], options: LocalCheckOptions): Promise<Expanded> {
  const paths: string[] = [];
  const folders: FolderReport[] = [];
  for (const operand of operands) {
    const folder = isPlainPath(operand) ? await surveyLocalFolder(operand, options).catch(() => null) : null;
    if (folder !== null && folder.files.length > 0) folders.push({ path: operand, files: folder.files });
    const found = isPlainPath(operand)
      ? (folder?.images ?? [])
      : await expandPath(operand, options).catch(() => []);
    for (const path of found.length === 0 ? [operand] : found) paths.push(path);
  }
  return { paths, folders };
}

/**
 * Node's pool has four threads unless something else is said before it is used first, which is now; processes that are started for images take it
 * over.
 */
function unpackOnAllCores(): void {
  const cores = process.getBuiltinModule('node:os').availableParallelism();
  process.env['UV_THREADPOOL_SIZE'] ??= String(Math.max(4, cores));
}

/** How many processes check: what was asked for, else what the machine has and the images are worth. */
function countJobs(images: number, invocation: Invocation): number {
  const worth = Math.floor(images / IMAGES_PER_PROCESS);
  const jobs =
    invocation.number('jobs') ??
    (worth < 2 ? 1 : Math.min(worth, process.getBuiltinModule('node:os').availableParallelism()));
  return Math.min(jobs, images);
}

/** What is demanded besides the format; the code for it is loaded where anything is. */
async function demandsFor(invocation: Invocation): Promise<Pick<LocalCheckOptions, 'demands'>> {
  const isAsked = DEMANDING.some((option) => invocation.isSet(option));
  if (!isAsked && (invocation.isSet('no-config') || !existsSync(CONFIG_NAME))) return {};
  const { readDemands } = await import('./demands.ts');
  return { demands: await readDemands(invocation) };
}

const DEMANDING = ['policy', 'for', 'rule', 'config', ...limitOptions.map(({ name }) => name)];

function checkOptions(invocation: Invocation): LocalCheckOptions {
  const format = invocation.text('format');
  return {
    ...(format === undefined ? {} : { format }),
    depth: (invocation.text('depth') ?? 'metadata') as Depth,
    maxProblems: invocation.number('max-problems') ?? 100,
    strict: invocation.isSet('strict'),
    chain: !invocation.isSet('no-chain'),
    ...accessOptions(invocation),
  };
}
