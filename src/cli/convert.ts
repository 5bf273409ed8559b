import { basename, dirname, join } from 'node:path';
import { UsageError } from '../errors.ts';
import type { Plan, WriteContext } from '../model/writer.ts';
import { nodeCompressor } from '../node/compressor.ts';
import { freshIdentity } from '../node/identity.ts';
import {
  createFiles,
  demandFree,
  demandOther,
  isStream,
  openExisting,
  openStream,
  openStreamFile,
  type Output,
} from '../node/output-files.ts';
import { watchDisk } from '../ops/watched-disk.ts';
import { writePlan } from '../ops/write.ts';
import { loadWriter } from '../ops/writers.ts';
import { openByteProgress } from './byte-progress.ts';
import type { Invocation, RunCommand } from './command.ts';
import { describeOptions, parseCreationOptions, wantsHelp } from './creation-options.ts';
import { EXIT } from './exit-codes.ts';
import { withCleanup } from './interrupt.ts';
import { openDisk, type OpenedDisk } from './open-disk.ts';
import { parseSize } from './sizes.ts';
import type { Terminal } from './terminal.ts';

/** `vdcheck convert`. */
export const runConvert: RunCommand = async (invocation, terminal) => {
  const { id, writer } = await loadWriter(invocation.text('output-format') ?? 'raw');
  if (wantsHelp(invocation.texts('options'))) {
    terminal.stdout.write(describeOptions(id, writer));
    return EXIT.ok;
  }
  const values = parseCreationOptions(invocation.texts('options'), id, writer);
  const { source, path } = operandsOf(invocation);
  const goal = goalOf(invocation, path, id);
  const opened = await openDisk(invocation, terminal, source, invocation.text('format'));
  try {
    const backing = await openBacking(invocation, terminal);
    try {
      demandAllowed(goal, [opened, ...(backing === null ? [] : [backing])]);
      const progress = openByteProgress(invocation, terminal, opened.disk.size);
      const watched = watchDisk(opened.disk, (done) => progress.at(done));
      const plan = await writer.plan(watched, contextOf(invocation, values, goal, backing));
      demandStreamable(plan, goal, id);
      await carryOut(plan, () => openOutput(terminal, plan, goal));
      progress.end();
      opened.losses.end();
      return opened.losses.bytes > 0 ? EXIT.failed : EXIT.ok;
    } finally {
      await backing?.close();
    }
  } finally {
    await opened.close();
  }
};

/** Where the image goes. */
interface Goal {
  readonly path: string;
  /** A pipe or the like. */
  readonly isPipe: boolean;
  /** Written into what exists (`-n`). */
  readonly isInPlace: boolean;
  readonly force: boolean;
}

function operandsOf({ operands }: Invocation): { readonly source: string; readonly path: string } {
  const [source, path] = operands;
  if (source === undefined || path === undefined)
    throw new UsageError('convert needs SRC and DST: vdcheck convert [options] SRC DST');
  return { source, path };
}

function goalOf(invocation: Invocation, path: string, format: string): Goal {
  const isInPlace = invocation.isSet('no-create');
  if (isInPlace && format !== 'raw') throw new UsageError(`-n writes raw disks only, not ${format}`);
  if (isInPlace && path === '-') throw new UsageError('-n needs a file or a device that exists');
  return { path, isPipe: path === '-' || isStream(path), isInPlace, force: invocation.isSet('force') };
}

function demandAllowed(goal: Goal, sources: readonly OpenedDisk[]): void {
  if (goal.path === '-') return;
  for (const { image } of sources) demandOther(goal.path, image);
  if (!goal.isPipe && !goal.isInPlace) demandFree(goal.path, goal);
}

function demandStreamable({ isStreamable, files }: Plan, { isPipe }: Goal, format: string): void {
  if (!isPipe) return;
  if (!isStreamable)
    throw new UsageError(
      `${format} with these options cannot be written into a pipe: its parts do not come in order`,
    );
  if (files.length > 1)
    throw new UsageError(`${format} with these options has ${files.length} files, and a pipe takes one`);
}

/** The parent that the new image is to name, opened to be compared with. */
async function openBacking(
  invocation: Invocation,
  terminal: Terminal,
): Promise<(OpenedDisk & { readonly name: string }) | null> {
  const name = invocation.text('backing');
  const format = invocation.text('second-format');
  if (name === undefined) {
    if (format !== undefined) throw new UsageError('-F says what the parent is, and needs -B');
    return null;
  }
  return { ...(await openDisk(invocation, terminal, name, format)), name };
}

function contextOf(
  invocation: Invocation,
  values: WriteContext['values'],
  { path, isPipe, isInPlace }: Goal,
  backing: (OpenedDisk & { readonly name: string }) | null,
): WriteContext {
  const sparse = parseSize(invocation.text('sparse-size') ?? '4k', '-S');
  if (sparse % 512 !== 0) throw new UsageError(`-S takes a multiple of 512, not ${sparse}`);
  const level = invocation.number('level');
  if (level !== undefined && !invocation.isSet('compress')) throw new UsageError('--level needs -c');
  return {
    values,
    name: basename(path),
    isPipe,
    // What exists has old bytes where nothing is written.
    sparse: isInPlace ? 0 : sparse,
    ...(invocation.isSet('compress') ? { compress: { level } } : {}),
    backing: backing && {
      name: backing.name,
      format: backing.image.format,
      image: backing.image,
      disk: backing.disk,
    },
    compressor: nodeCompressor(),
    identity: freshIdentity(),
  };
}

function openOutput({ stdout }: Terminal, { files }: Plan, goal: Goal): Output {
  const { path } = goal;
  if (path === '-')
    return openStream(
      (bytes) => stdout.write(bytes),
      () => stdout.isClosed,
    );
  if (goal.isPipe) return openStreamFile(path);
  if (goal.isInPlace) return openExisting(path, files[0]?.size ?? 0);
  const others = files.slice(1).map(({ name }) => join(dirname(path), name));
  for (const other of others) demandFree(other, goal);
  return createFiles([path, ...others], goal);
}

/** Writes the plan; whatever ends it early, nothing is left that looks whole. */
async function carryOut(plan: Plan, open: () => Output): Promise<void> {
  const output = open();
  await withCleanup(output.discard, async () => {
    try {
      await writePlan(plan, output.targets);
      output.publish();
    } catch (error) {
      output.discard();
      throw error;
    }
  });
}
